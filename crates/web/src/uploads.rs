//! A form of our own pages that carries files: its token comes first, and its files go piece by piece to the disk, each into a
//! file without a name, so that none is in memory as a whole and nothing is left of one that never arrives.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::{io, mem};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use futures_util::{Stream, StreamExt};
use store::{Arriving, HandedIn, StoreError};
use workflow::oversight::OversightError;
use workflow::parameters::EvidenceParameters;
use workflow::text::unfit;

use crate::fit::{self, Kind};
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
/// Bytes that come without anything being found in them, such as a head without an end.
const UNREAD: usize = 64 << 10;
/// Bytes of a whole form beside its files.
const BESIDE: usize = 1 << 20;

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
        let kind = fit::expects(&request, Kind::FormWithFiles, tongue);
        kind.map_err(|problem| Failed::person(problem, tongue))?;
        let flow = Flow::default();
        let most = limits.most_bytes.saturating_mul(limits.most_files).saturating_add(BESIDE);
        let request = measured(request, &flow, most);
        let parts = Multipart::from_request(request, server).await.map_err(|_| broken(tongue))?;
        Form { parts, server, tongue, limits, flow }.read(&token).await
    }
}

struct Form<'a> {
    parts: Multipart,
    server: &'a Server,
    tongue: Tongue,
    limits: &'a EvidenceParameters,
    flow: Flow,
}

impl Form<'_> {
    async fn read(mut self, token: &str) -> Result<Uploaded, Failed> {
        let mut uploaded = Uploaded { fields: Vec::new(), files: Vec::new() };
        while let Some(part) = self.parts.next_field().await.map_err(|_| self.flow.refusal(self.tongue))? {
            self.flow.moves();
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            if file.is_some() && uploaded.fields.is_empty() {
                return Err(stale(self.tongue));
            }
            let mut coming = Coming { part, flow: &self.flow, tongue: self.tongue };
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
    flow: &'b Flow,
    tongue: Tongue,
}

impl Coming<'_, '_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Failed> {
        let chunk = self.part.chunk().await.map_err(|_| self.flow.refusal(self.tongue))?;
        self.flow.moves();
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

/// What is known of a form on its way, to whoever brings its bytes and to whoever takes it apart.
#[derive(Debug, Clone, Default)]
struct Flow(Arc<Mutex<Passed>>);

#[derive(Debug, Default)]
struct Passed {
    /// What is here already is looked at before more is brought.
    rests: bool,
    /// Bytes since something was found in them.
    unread: usize,
    whole: usize,
    cut: Option<Cut>,
}

/// Why a form is not read to its end.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Shapeless,
    TooLong,
}

impl Flow {
    fn passed(&self) -> MutexGuard<'_, Passed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was found in what came.
    fn moves(&self) {
        let mut passed = self.passed();
        passed.rests = true;
        passed.unread = 0;
    }

    /// Why nothing more is found.
    fn refusal(&self, tongue: Tongue) -> Failed {
        match self.passed().cut {
            Some(Cut::Shapeless) => shapeless(tongue),
            Some(Cut::TooLong) => too_long(tongue),
            None => broken(tongue),
        }
    }
}

impl Passed {
    fn ends(&mut self, cut: Cut) -> axum::Error {
        self.cut = Some(cut);
        axum::Error::new("the form is cut off")
    }
}

/// The same request, whose bytes are counted here instead of by the server: whoever takes a form apart keeps all that comes
/// until something is found in it.
fn measured(request: Request, flow: &Flow, most: usize) -> Request {
    let (parts, body) = request.into_parts();
    let measured = Measured { bytes: body.into_data_stream(), flow: flow.clone(), most };
    let mut request = Request::from_parts(parts, Body::from_stream(measured));
    DefaultBodyLimit::disable().apply(&mut request);
    request
}

/// The bytes of a form, of which more come only when nothing is found any more in those that are there.
struct Measured {
    bytes: BodyDataStream,
    flow: Flow,
    most: usize,
}

impl Stream for Measured {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Measured { bytes, flow, most } = self.get_mut();
        let mut passed = flow.passed();
        if mem::take(&mut passed.rests) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if passed.unread > UNREAD {
            return Poll::Ready(Some(Err(passed.ends(Cut::Shapeless))));
        }
        let next = ready!(bytes.poll_next_unpin(context));
        let length = if let Some(Ok(piece)) = &next { piece.len() } else { 0 };
        passed.rests = true;
        passed.unread += length;
        passed.whole += length;
        if passed.whole > *most {
            return Poll::Ready(Some(Err(passed.ends(Cut::TooLong))));
        }
        Poll::Ready(next)
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

fn shapeless(tongue: Tongue) -> Failed {
    let said = tongue.say("上传内容的格式不正确", "the upload is not a form");
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
