//! Everyone with an account: looked for, and added with a password for one sign-in.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{Account, AccountState, EngineError, NewPerson};
use serde::Deserialize;
use workflow::actor::Role;
use workflow::language::Language;

use super::{at, by, tabs};
use crate::pages::frame::{Entry, Frame};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Tell, page, page_with};
use crate::secrets::one_time_password;
use crate::server::Server;
use crate::sign_in::passwords;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/people.html")]
struct PeoplePage {
    frame: Frame,
    tabs: Vec<Entry>,
    words: String,
    lines: Vec<Line>,
    count: usize,
    places: Vec<(String, String)>,
    may_add: bool,
    refusal: Option<String>,
    written: Wanted,
}

struct Line {
    id: String,
    name: String,
    email: String,
    organisation: String,
    roles: Vec<&'static str>,
    state: Standing,
    has_factor: bool,
}

/// How an account stands, with the class of its colour.
pub(super) struct Standing {
    pub(super) name: String,
    pub(super) tone: &'static str,
}

#[derive(Template)]
#[template(path = "administration/password.html")]
pub(super) struct PasswordPage {
    pub(super) frame: Frame,
    pub(super) tabs: Vec<Entry>,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) to: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    email: String,
    name: String,
    organisation: String,
    language: String,
}

/// Accounts that one page shows.
const MOST: usize = 100;

pub(super) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let words: String = asked.q.unwrap_or_default().chars().take(100).collect();
    shown(&server, &member, (words, Wanted::default(), None)).await
}

async fn shown(
    server: &Server,
    member: &Member,
    (words, written, refusal): (String, Wanted, Option<Problem>),
) -> Answer {
    let tongue = member.tongue();
    let (accounts, count) = server.engine.accounts(by(member), &words, (None, MOST)).await.tell(tongue)?;
    let tree = server.engine.administered_places(&member.known.actor).await.tell(tongue)?;
    let named = |account: &Account| {
        let place = tree.iter().find(|one| one.id == account.worker.person.organisation);
        place.map(|one| name_of(tongue, (&one.name, &one.name_en)).to_owned()).unwrap_or_default()
    };
    let line = |account: &Account| Line {
        id: account.worker.person.user.to_string(),
        name: account.worker.person.name.clone(),
        email: account.worker.email.clone(),
        organisation: named(account),
        roles: account.worker.person.roles.iter().map(|role| role.name(tongue.0)).collect(),
        state: state(server, account.state, tongue),
        has_factor: account.has_factor,
    };
    let open = tree.iter().filter(|one| one.closed_on.is_none());
    let places = open.map(|one| {
        (one.code.clone(), format!("{} {}", one.code, name_of(tongue, (&one.name, &one.name_en))))
    });
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let may_add = member.known.has(Role::Admin);
    Ok(page_with(
        status,
        &PeoplePage {
            frame: Frame::of(member, "/administration"),
            tabs: tabs(member, "/administration"),
            words,
            lines: accounts.iter().map(line).collect(),
            count,
            places: if may_add { places.collect() } else { Vec::new() },
            may_add,
            refusal: refusal.map(|problem| problem.said()),
            written,
        },
    ))
}

/// A name in the reader's language, in Chinese where there is no other.
pub(super) fn name_of<'a>(tongue: Tongue, (zh, en): (&'a str, &'a str)) -> &'a str {
    if en.is_empty() { zh } else { tongue.say(zh, en) }
}

pub(super) fn state(server: &Server, state: AccountState, tongue: Tongue) -> Standing {
    let chip = |zh: &str, en: &str, tone| Standing { name: tongue.say(zh, en).to_owned(), tone };
    let since = |zh: &str, en: &str, time, tone| Standing {
        name: format!("{} {}", tongue.say(zh, en), at(server, time)),
        tone,
    };
    match state {
        AccountState::Unused => chip("未设密码", "no password", "quiet"),
        AccountState::OneTime => chip("待首次登录", "awaits its first sign-in", "wait"),
        AccountState::Open => chip("正常", "open", "good"),
        AccountState::LockedUntil(until) => since("失败锁定至", "locked until", until, "bad"),
        AccountState::Locked => chip("已锁定", "locked", "bad"),
        AccountState::ClosedSince(since_when) => since("注销于", "closed", since_when, "quiet"),
    }
}

pub(super) async fn add(
    State(server): State<Server>,
    member: Member,
    Posted(wanted): Posted<Wanted>,
) -> Answer {
    let tongue = member.tongue();
    let password = one_time_password();
    let phc = passwords::hash(&server, password.clone()).await.tell(tongue)?;
    let new = NewPerson {
        email: wanted.email.clone(),
        name: wanted.name.trim().to_owned(),
        organisation: wanted.organisation.trim().to_owned(),
        roles: Vec::new(),
        language: Language::of(&wanted.language).unwrap_or_default(),
    };
    match server.engine.enrol(by(&member), new, (phc, member.visitor.visit())).await {
        Ok(Account { worker, .. }) => Ok(page(&PasswordPage {
            frame: Frame::of(&member, "/administration"),
            tabs: tabs(&member, "/administration"),
            name: worker.person.name,
            email: worker.email,
            password,
            to: format!("/administration/people/{}", worker.person.user),
        })),
        Err(error) => refused(&server, &member, (wanted, error)).await,
    }
}

async fn refused(server: &Server, member: &Member, (wanted, error): (Wanted, EngineError)) -> Answer {
    let problem = Problem::of(&error, member.tongue());
    if problem.is_broken() {
        return Err(error).tell(member.tongue());
    }
    shown(server, member, (String::new(), wanted, Some(problem))).await
}
