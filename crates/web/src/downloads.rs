//! Files that are saved, never shown by the browser: as bytes that are there, or piece by piece as they are kept.

use std::io;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use futures_util::stream;
use store::Evidence;

use crate::pages::addresses::segment;
use crate::server::Server;

/// Bytes that are in memory as a whole.
pub(crate) fn download(name: &str, bytes: Vec<u8>) -> Response {
    saved(name, Body::from(bytes))
}

/// A file of evidence that has been found to be as it was kept; no more than a piece of it is in memory.
pub(crate) fn hand_out(server: &Server, file: Evidence) -> Response {
    let (name, size) = (file.name.clone(), file.size);
    let pieces = stream::try_unfold((server.clone(), file, 0), |(server, file, number)| async move {
        let piece = server.engine.piece(file.id, number).await.map_err(lost)?;
        Ok::<_, io::Error>(piece.map(|bytes| (bytes, (server, file, number + 1))))
    });
    let mut answer = saved(&name, Body::from_stream(pieces));
    answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    answer
}

/// The download breaks off, and whoever saves it sees that bytes are missing.
fn lost(error: EngineError) -> io::Error {
    tracing::warn!(%error, "a file could not be read on");
    io::Error::other(error)
}

/// A program that knows no other letters gets a plain name (RFC 6266).
fn saved(name: &str, body: Body) -> Response {
    let name = name.rsplit('/').next().unwrap_or(name);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is_plain =
        |ending: &&str| ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let plain = ending.filter(is_plain).map_or_else(|| "file".to_owned(), |ending| format!("file.{ending}"));
    let said = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", segment(name));
    let said = HeaderValue::from_str(&said).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/octet-stream");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, said)], body).into_response()
}
