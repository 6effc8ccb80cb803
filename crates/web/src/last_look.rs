//! The last look at every answer, whoever gave it: the headers that each carries, and words where somebody would stand before
//! nothing: after a panic, after too long a time, and where the router itself refuses. Answers that have words keep them.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use workflow::language::Language;

use crate::guard::{cookie, reader};
use crate::problem::{Problem, Reader};
use crate::server::Server;
use crate::tongue::{self, Tongue};

/// Scripts, styles and forms of our own only; nobody may frame a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// For a year, browsers that came by an encrypted way come by no other.
const ENCRYPTED_ONLY: &str = "max-age=31536000";

pub(crate) async fn last_look(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (reader, tongue) = (reader(&request), chosen(request.headers()));
    let answer = next.run(request).await;
    let mut answer = if is_wordless(&answer) { with_words(answer, reader, tongue) } else { answer };
    let headers = answer.headers_mut();
    add_headers(headers);
    if server.settings.origin.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ENCRYPTED_ONLY));
    }
    answer
}

/// The language as far as it can be known without asking who it is.
fn chosen(headers: &HeaderMap) -> Tongue {
    let chosen = cookie(headers, tongue::COOKIE).and_then(Language::of);
    chosen.map_or_else(|| Tongue::asked(headers), Tongue)
}

/// A refusal or failure that is not ours: ours are pages or JSON, the framework's are empty or plain text.
fn is_wordless(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let failed = answer.status().is_client_error() || answer.status().is_server_error();
    failed && kind.is_none_or(|kind| kind.starts_with(b"text/plain"))
}

/// The same status with words; what the headers say besides, such as the methods that are allowed, stays.
fn with_words(answer: Response, reader: Reader, tongue: Tongue) -> Response {
    let (mut parts, _) = answer.into_parts();
    let (said, body) = of_status(parts.status, tongue).answer(reader, tongue).into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(said.headers);
    Response::from_parts(parts, Body::new(body))
}

fn of_status(status: StatusCode, tongue: Tongue) -> Problem {
    let (code, zh, en) = match status {
        StatusCode::NOT_FOUND => return Problem::not_found(tongue),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method_not_allowed", "此地址不接受这种请求方法", "this address does not take that method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("too_long", "内容过长", "that is too long"),
        StatusCode::SERVICE_UNAVAILABLE => (
            "unavailable",
            "系统未能及时办完，请稍后再试；再次提交前，请先查看是否已经办成",
            "this took too long; try again shortly, and look first whether it was done after all",
        ),
        status if status.is_server_error() => (
            "broken",
            "系统出错，已记入日志，请稍后再试",
            "something went wrong; it has been logged, please try again later",
        ),
        _ => ("malformed", "请求有误，无法识别", "the request cannot be understood"),
    };
    Problem::new(status, code, tongue.say(zh, en))
}

fn add_headers(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
