//! A form of our own pages that carries files: its token comes first, and its files go piece by piece to the disk, each into a
//! file without a name, so that none is in memory as a whole and nothing is left of one that never arrives.

use std::io;

use axum::body::Bytes;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use store::{Arriving, HandedIn, StoreError};
use workflow::oversight::OversightError;
use workflow::parameters::EvidenceParameters;
use workflow::text::unfit;

use crate::problem::Problem;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

/// The fields and files of a form whose token was right.
#[derive(Debug)]
pub(crate) struct Uploaded {
    fields: Vec<(String, String)>,
    pub(crate) files: Vec<HandedIn>,
}

/// Bytes of one field that is no file, and fields of a form.
const FIELD: usize = 1 << 16;
const FIELDS: usize = 64;
/// Bytes that are gathered before they are written.
const GATHERED: usize = 128 << 10;

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
        let left = limits.most_bytes.saturating_mul(limits.most_files);
        Form { parts, server, tongue, limits, left }.read(&token).await
    }
}

struct Form<'a> {
    parts: Multipart,
    server: &'a Server,
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
            if file.is_some() && uploaded.fields.is_empty() {
                return Err(stale(self.tongue));
            }
            let mut coming = Coming { part, left: &mut self.left, tongue: self.tongue };
            match file {
                None => {
                    let text = coming.text().await?;
                    check(&text, (&name, &uploaded), (token, self.tongue))?;
                    uploaded.fields.push((name, text));
                }
                // A browser sends a file without a name where none was chosen.
                Some(file) if file.is_empty() => coming.nothing().await?,
                Some(file) => {
                    let most = self.limits.most_files;
                    if uploaded.files.len() >= most {
                        return Err(refused(OversightError::FileCount { most }, self.tongue));
                    }
                    uploaded.files.push(coming.file(file, (self.server, self.limits.most_bytes)).await?);
                }
            }
        }
        if uploaded.fields.is_empty() { Err(stale(self.tongue)) } else { Ok(uploaded) }
    }
}

/// A field may be kept: the first is the token, and no text holds what nobody can see.
fn check(
    text: &str,
    (name, uploaded): (&str, &Uploaded),
    (token, tongue): (&str, Tongue),
) -> Result<(), Failed> {
    if uploaded.fields.len() >= FIELDS {
        return Err(broken(tongue));
    }
    if uploaded.fields.is_empty() && (name != "_token" || token.is_empty() || text != token) {
        return Err(stale(tongue));
    }
    match unfit(text) {
        None => Ok(()),
        Some(unfit) => {
            let said = unfit.message(tongue.0);
            Err(failed(StatusCode::UNPROCESSABLE_ENTITY, "text_unfit", &said, tongue))
        }
    }
}

/// A part of the form that is on its way.
struct Coming<'a, 'b> {
    part: Field<'a>,
    left: &'b mut usize,
    tongue: Tongue,
}

impl Coming<'_, '_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Failed> {
        let chunk = self.part.chunk().await.map_err(|_| broken(self.tongue))?;
        let length = chunk.as_ref().map_or(0, Bytes::len);
        *self.left = self.left.checked_sub(length).ok_or_else(|| too_long(self.tongue))?;
        Ok(chunk)
    }

    async fn text(&mut self) -> Result<String, Failed> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.next().await? {
            if bytes.len() + chunk.len() > FIELD {
                return Err(broken(self.tongue));
            }
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes).map_err(|_| broken(self.tongue))
    }

    async fn nothing(&mut self) -> Result<(), Failed> {
        while self.next().await?.is_some() {}
        Ok(())
    }

    /// A file onto the disk; what is too much is read and forgotten, so that the answer arrives.
    async fn file(&mut self, name: String, (server, most): (&Server, usize)) -> Result<HandedIn, Failed> {
        let folder = server.settings.arriving.clone();
        let arriving = self.aside(move || Arriving::in_folder(&folder)).await?;
        let (mut arriving, mut size, mut gathered) = (Some(arriving), 0, Vec::new());
        while let Some(chunk) = self.next().await? {
            size += chunk.len();
            if size > most {
                (arriving, gathered) = (None, Vec::new());
            }
            let Some(open) = arriving.take() else { continue };
            gathered.extend_from_slice(&chunk);
            arriving = Some(match gathered.len() < GATHERED {
                true => open,
                false => self.written(open, std::mem::take(&mut gathered)).await?,
            });
        }
        let Some(arriving) = arriving else {
            return Err(refused(OversightError::FileSize { name, most }, self.tongue));
        };
        Ok(self.written(arriving, gathered).await?.arrived(name))
    }

    async fn written(&self, mut arriving: Arriving, bytes: Vec<u8>) -> Result<Arriving, Failed> {
        self.aside(move || arriving.takes(&bytes).map(|()| arriving)).await
    }

    /// Work with the disk, which nobody else waits for.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, Failed> {
        let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other);
        let unavailable = |error: io::Error| StoreError::Unavailable(error.to_string());
        done.and_then(|done| done).map_err(unavailable).tell(self.tongue)
    }
}

fn refused(error: OversightError, tongue: Tongue) -> Failed {
    let refusal: Result<(), _> = Err(engine::EngineError::Overseen(error)).tell(tongue);
    refusal.err().unwrap_or_else(|| broken(tongue))
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
