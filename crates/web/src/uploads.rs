//! A form of our own pages that carries files: its token comes first, and nothing that is too large is kept in memory.

use axum::body::Bytes;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use workflow::oversight::OversightError;
use workflow::parameters::EvidenceParameters;
use workflow::text::unfit;

use crate::pages::addresses::segment;
use crate::problem::Problem;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

/// The fields and files of a form whose token was right.
#[derive(Debug)]
pub(crate) struct Uploaded {
    fields: Vec<(String, String)>,
    /// Names and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// Bytes of one field that is no file, and fields of a form.
const FIELD: usize = 1 << 16;
const FIELDS: usize = 64;

impl Uploaded {
    /// A field without the blanks around it; empty where it is missing.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }
}

impl FromRequest<Server> for Uploaded {
    type Rejection = Failed;

    async fn from_request(request: Request, server: &Server) -> Result<Uploaded, Failed> {
        let visitor = request.extensions().get::<Visitor>().cloned();
        let tongue =
            visitor.as_ref().map_or_else(|| Tongue::asked(request.headers()), |visitor| visitor.tongue);
        let token = visitor.as_ref().and_then(|visitor| visitor.known.as_ref());
        let token = token.map(|known| known.form_token().to_owned()).unwrap_or_default();
        let content = server.engine.content();
        let limits = &content.rules.parameters().oversight.evidence;
        let parts = Multipart::from_request(request, server).await.map_err(|_| broken(tongue))?;
        Form { parts, tongue, limits, left: limits.most_bytes.saturating_mul(limits.most_files) }
            .read(&token)
            .await
    }
}

struct Form<'a> {
    parts: Multipart,
    tongue: Tongue,
    limits: &'a EvidenceParameters,
    /// Bytes that may still come.
    left: usize,
}

impl Form<'_> {
    async fn read(mut self, token: &str) -> Result<Uploaded, Failed> {
        let mut uploaded = Uploaded { fields: Vec::new(), files: Vec::new() };
        while let Some(part) = self.parts.next_field().await.map_err(|_| broken(self.tongue))? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let (bytes, whole) = take(part, (self.limits.most_bytes, &mut self.left), self.tongue).await?;
            let Some(file) = file else {
                let text = (bytes.len() <= FIELD && uploaded.fields.len() < FIELDS)
                    .then(|| String::from_utf8(bytes));
                let text = text.and_then(Result::ok).ok_or_else(|| broken(self.tongue))?;
                if uploaded.fields.is_empty() && (name != "_token" || token.is_empty() || text != token) {
                    return Err(stale(self.tongue));
                }
                if let Some(unfit) = unfit(&text) {
                    let said = unfit.message(self.tongue.0);
                    return Err(failed(StatusCode::UNPROCESSABLE_ENTITY, "text_unfit", &said, self.tongue));
                }
                uploaded.fields.push((name, text));
                continue;
            };
            if uploaded.fields.is_empty() {
                return Err(stale(self.tongue));
            }
            let size = || OversightError::FileSize { name: file.clone(), most: self.limits.most_bytes };
            if !whole {
                return Err(engine::EngineError::Overseen(size())).tell(self.tongue);
            }
            // A browser sends a file without a name where none was chosen.
            if !file.is_empty() {
                uploaded.files.push((file, bytes));
            }
        }
        if uploaded.fields.is_empty() { Err(stale(self.tongue)) } else { Ok(uploaded) }
    }
}

/// The bytes of a part, and whether these are all; what is too much is read and forgotten, so that the answer arrives.
async fn take(
    mut part: Field<'_>,
    (most, left): (usize, &mut usize),
    tongue: Tongue,
) -> Result<(Vec<u8>, bool), Failed> {
    let (mut bytes, mut whole) = (Vec::new(), true);
    loop {
        let chunk: Option<Bytes> = part.chunk().await.map_err(|_| broken(tongue))?;
        let Some(chunk) = chunk else { return Ok((bytes, whole)) };
        *left = left.checked_sub(chunk.len()).ok_or_else(|| too_long(tongue))?;
        whole = whole && bytes.len() + chunk.len() <= most;
        if whole {
            bytes.extend_from_slice(&chunk);
        }
    }
}

fn failed(status: StatusCode, code: &'static str, said: &str, tongue: Tongue) -> Failed {
    Failed::person(Problem::new(status, code, said), tongue)
}

fn broken(tongue: Tongue) -> Failed {
    let said = tongue.say("上传内容不完整，请重试", "the upload is not complete; try again");
    failed(StatusCode::BAD_REQUEST, "malformed", said, tongue)
}

fn too_long(tongue: Tongue) -> Failed {
    let said = tongue.say("文件总量过大，请减少文件", "the files together are too large; send fewer");
    failed(StatusCode::PAYLOAD_TOO_LARGE, "too_long", said, tongue)
}

fn stale(tongue: Tongue) -> Failed {
    let said =
        tongue.say("页面已过期，请返回刷新后再提交", "the page has expired; go back, reload and send again");
    failed(StatusCode::FORBIDDEN, "stale_form", said, tongue)
}

/// A file to be saved, never to be shown by the browser; a program that knows no other letters gets a plain name (RFC 6266).
pub(crate) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let name = name.rsplit('/').next().unwrap_or(name);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is_plain =
        |ending: &&str| ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let plain = ending.filter(is_plain).map_or_else(|| "file".to_owned(), |ending| format!("file.{ending}"));
    let said = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", segment(name));
    let said = HeaderValue::from_str(&said).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/octet-stream");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, said)], bytes).into_response()
}
