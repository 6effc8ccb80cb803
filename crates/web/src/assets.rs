//! Style, script and icon, compiled into the binary; named with their hash, so that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::secrets::digest;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// One word for the state of all assets; it stands in their addresses.
pub(crate) static STAMP: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    let all: String = names
        .iter()
        .filter_map(|name| Some(digest(&String::from_utf8_lossy(&Files::get(name)?.data))))
        .collect();
    digest(&all).chars().take(12).collect()
});

/// `/assets/STAMP/NAME`.
pub(crate) async fn file(Path(path): Path<String>) -> Response {
    let (stamp, name) = path.split_once('/').unwrap_or(("", &path));
    let Some(file) = Files::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    // While a new program takes the place of an old one, a page of the one may ask the other: that must not be kept for ever.
    let keep = if stamp == *STAMP { "public, max-age=31536000, immutable" } else { "no-store" };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], file.data).into_response()
}

/// The address of an asset.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", STAMP.as_str())
}
