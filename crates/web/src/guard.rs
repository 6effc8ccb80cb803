//! What stands before every handler: who is asking, whether the access table admits them, and whether a form comes from our
//! own pages.

use std::any::Any;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::{SessionState, TokenReach};
use workflow::language::Language;

use crate::access::Admits;
use crate::fit;
use crate::problem::{self, Problem, Reader};
use crate::proxies;
use crate::reply::{Failed, go};
use crate::secrets::digest;
use crate::server::Server;
use crate::sign_in::wanted::Wanted;
use crate::tongue::{self, Tongue};
use crate::visitor::{Known, Means, Visitor};

/// The cookie of a session.
pub(crate) const SESSION: &str = "__Host-zhunru";

/// Looks at every request before its handler.
pub(crate) async fn guard(State(server): State<Server>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let source = proxies::source(&server.settings.trusted_proxies, &headers, request.extensions());
    let source = source.map_or_else(|| "-".to_owned(), |address| address.to_string());
    let reader = reader(&request);
    let asked = Tongue::asked(&headers);
    if has_nul(&request) {
        return nul(asked).answer(reader, asked);
    }
    let found = visitor(&server, &headers, (source, reader)).await;
    match found {
        Err(failed) => failed.into_response(),
        Ok(visitor) => {
            let tongue = visitor.tongue;
            match admitted(&server, &request, &visitor) {
                Ok(()) => match fit::checked(request, tongue).await {
                    Ok(mut request) => {
                        request.extensions_mut().insert(visitor);
                        told(next.run(request).await, (reader, tongue))
                    }
                    Err(problem) => problem.answer(reader, tongue),
                },
                Err(Refusal::To(page)) => go(&page),
                Err(Refusal::Problem(problem)) => problem.answer(reader, tongue),
            }
        }
    }
}

/// No code, number or word holds the character NUL, and not every database takes it.
fn has_nul(request: &Request) -> bool {
    request.uri().path_and_query().is_some_and(|written| written.as_str().contains("%00"))
}

fn nul(tongue: Tongue) -> Problem {
    let said = tongue.say("地址中有不允许的字符", "the address holds a character that is not allowed");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", said)
}

enum Refusal {
    To(String),
    Problem(Problem),
}

/// Programs ask under `/api`, people everywhere else; a script of a page that reads problems says so.
pub(crate) fn reader(request: &Request) -> Reader {
    let accepts = text(request.headers(), header::ACCEPT).unwrap_or_default();
    let is_program = request.uri().path().starts_with("/api/") || accepts.contains(problem::KIND);
    if is_program { Reader::Program } else { Reader::Person }
}

/// The handlers of pages tell a problem as a page; a script that reads problems gets it as one.
fn told(mut answer: Response, (reader, tongue): (Reader, Tongue)) -> Response {
    match (reader, answer.extensions_mut().remove::<Problem>()) {
        (Reader::Program, Some(problem)) => problem.answer(reader, tongue),
        _ => answer,
    }
}

async fn visitor(
    server: &Server,
    headers: &HeaderMap,
    (source, reader): (String, Reader),
) -> Result<Visitor, Failed> {
    let now = (server.now)();
    let asked = Tongue::asked(headers);
    let failed = |error: &engine::EngineError| Failed::to(reader, Problem::of(error, asked), asked);
    let known = match (bearer(headers), cookie(headers, SESSION)) {
        (Some(token), _) => {
            let found = server.engine.token(&digest(token), now).await.map_err(|error| failed(&error))?;
            found.map(|(token, worker, actor)| Known { worker, actor, means: Means::Token(token.reach) })
        }
        (None, Some(token)) => {
            let limits = &server.settings.limits;
            let found = server.engine.session(&digest(token), now, limits).await;
            let found = found.map_err(|error| failed(&error))?;
            found.map(|(session, worker, actor)| Known {
                worker,
                actor,
                means: Means::Session(Box::new(session)),
            })
        }
        (None, None) => None,
    };
    let chosen = cookie(headers, tongue::COOKIE).and_then(Language::of);
    let own = known.as_ref().map(|known| known.worker.language);
    let tongue = chosen.or(own).map_or(asked, Tongue);
    let agent = text(headers, header::USER_AGENT).unwrap_or_default().chars().take(200).collect();
    Ok(Visitor { known, tongue, source, agent, now })
}

/// Whether the access table admits the visitor, and whether a change comes from our own pages.
fn admitted(server: &Server, request: &Request, visitor: &Visitor) -> Result<(), Refusal> {
    let tongue = visitor.tongue;
    let problem = |status, code, zh, en| Refusal::Problem(Problem::new(status, code, tongue.say(zh, en)));
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(()) };
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let row = server.table.iter().find(|((of, at), _)| *of == method && *at == path.as_str());
    let Some((_, row)) = row else {
        // The path is known, the method is not: the router says which are.
        return Ok(());
    };
    let changes = ![Method::GET, Method::HEAD].contains(request.method());
    if changes && !from_here(server, request.headers(), visitor) {
        return Err(problem(
            StatusCode::FORBIDDEN,
            "foreign_form",
            "请求不是从本系统页面发出的",
            "the request does not come from our own pages",
        ));
    }
    let reach = visitor.known.as_ref().map(|known| &known.means);
    if changes && matches!(reach, Some(Means::Token(TokenReach::Read))) {
        return Err(problem(
            StatusCode::FORBIDDEN,
            "read_only",
            "此令牌只能读取",
            "this token may only read",
        ));
    }
    if row.in_person && matches!(reach, Some(Means::Token(_))) {
        return Err(Refusal::Problem(Problem::session_needed(tongue)));
    }
    if let Some(page) = unfinished(visitor, row.admits) {
        return Err(match reader(request) {
            Reader::Person => Refusal::To(page.to_owned()),
            Reader::Program => problem(
                StatusCode::UNAUTHORIZED,
                "sign_in_unfinished",
                "登录尚未完成",
                "signing in is not finished",
            ),
        });
    }
    let roles = visitor.known.as_ref().map(Known::roles);
    if row.admits.admits(roles.as_deref()) {
        return Ok(());
    }
    match (visitor.known.is_some(), reader(request)) {
        (true, _) => Err(problem(
            StatusCode::FORBIDDEN,
            "not_yours",
            "您的角色不办理此事",
            "this is not in the hands of your role",
        )),
        (false, Reader::Program) => {
            Err(problem(StatusCode::UNAUTHORIZED, "sign_in_needed", "请先登录", "sign in first"))
        }
        (false, Reader::Person) => Err(Refusal::To(Wanted::of(request).by("/sign-in"))),
    }
}

/// Where a session must go that is not open yet.
fn unfinished(visitor: &Visitor, admits: Admits) -> Option<&'static str> {
    let Means::Session(session) = &visitor.known.as_ref()?.means else { return None };
    match session.state {
        SessionState::Open => None,
        _ if matches!(admits, Admits::Anyone | Admits::Beginning) => None,
        SessionState::AwaitsPassword => Some("/sign-in/password"),
        SessionState::AwaitsCode => Some("/sign-in/code"),
    }
}

/// A change comes from our own pages: same origin by what the browser says itself. Bearers of tokens have no browser that
/// could be misled.
fn from_here(server: &Server, headers: &HeaderMap, visitor: &Visitor) -> bool {
    if matches!(visitor.known.as_ref().map(|known| &known.means), Some(Means::Token(_))) {
        return true;
    }
    let site = text(headers, header::HeaderName::from_static("sec-fetch-site"));
    match (site, text(headers, header::ORIGIN)) {
        (Some("same-origin"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => origin == server.settings.origin,
        (None, None) => false,
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The token of a program.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    text(headers, header::AUTHORIZATION)?.strip_prefix("Bearer ")
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// What no route answers.
pub(crate) async fn nothing_here(visitor: Visitor, request: Request) -> Response {
    Problem::not_found(visitor.tongue).answer(reader(&request), visitor.tongue)
}

/// A handler has panicked; the others go on. The words are added by the last look.
pub(crate) fn broken(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler has panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
