//! One account: who it is, how it stands, its newest sign-ins, and what each administrator may do with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{Account, AccountChange, AccountError, AccountState, EngineError, Seen, roles_version};
use serde::Deserialize;
use store::StoreError;
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::UserId;

use super::people::{PasswordPage, Standing, name_of, state};
use super::{at, by, tabs};
use super::{deputies, identity};
use crate::pages::deputies::part::{Appointed, Part};
use crate::pages::frame::{Entry, Frame};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page, page_with};
use crate::secrets::one_time_password;
use crate::server::Server;
use crate::sign_in::passwords;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/person.html")]
struct PersonPage {
    frame: Frame,
    tabs: Vec<Entry>,
    id: String,
    name: String,
    email: String,
    organisation: String,
    state: Standing,
    has_factor: bool,
    identity: Option<identity::Part>,
    is_closed: bool,
    is_locked: bool,
    roles: Vec<Held>,
    /// That of the roles.
    version: i64,
    reader: Looking,
    deputies: Option<Part>,
    sign_ins: Vec<(String, &'static str, String)>,
    refusal: Option<String>,
}

/// Who looks at the account: whoever gives roles and locks, whoever closes, and the person whose account it is.
struct Looking {
    secures: bool,
    closes: bool,
    is_own: bool,
}

struct Held {
    word: &'static str,
    name: &'static str,
    is_ticked: bool,
}

/// What the page of security asks for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    change: String,
}

#[derive(Deserialize)]
pub(super) struct Closing {
    to: String,
}

/// Sign-ins that are shown.
const SIGN_INS: u64 = 10;

pub(super) fn user_of(written: &str, member: &Member) -> Result<UserId, crate::reply::Failed> {
    let id = written.parse::<Uuid>().map_err(|_| StoreError::NotFound("person"));
    id.map(UserId).tell(member.tongue())
}

pub(super) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    let user = user_of(&written, &member)?;
    shown(&server, &member, (user, None), Appointed::default()).await
}

/// The page, with a refusal and what was written for a deputy that was refused.
pub(super) async fn shown(
    server: &Server,
    member: &Member,
    (user, refusal): (UserId, Option<Problem>),
    appointed: Appointed,
) -> Answer {
    let tongue = member.tongue();
    let Account { worker, state: standing, has_factor } =
        server.engine.account(by(member), user).await.tell(tongue)?;
    let reader = server.engine.reader();
    let place = reader.organisation_by_id(worker.person.organisation).await.tell(tongue)?;
    let sign_ins = reader.sign_ins(Some(user), SIGN_INS).await.tell(tongue)?;
    let sign_ins =
        sign_ins.into_iter().map(|line| (at(server, line.at), line.outcome.name(tongue.0), line.source));
    let given = Role::ALL.iter().filter(|role| **role != Role::System);
    let held = |role: &Role| Held {
        word: role.word(),
        name: role.name(tongue.0),
        is_ticked: worker.person.roles.contains(role),
    };
    let looking = Looking {
        secures: member.known.has(Role::Security),
        closes: member.known.has(Role::Admin),
        is_own: member.known.worker.person.user == user,
    };
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    Ok(page_with(
        status,
        &PersonPage {
            frame: Frame::of(member, "/administration"),
            tabs: tabs(member, "/administration"),
            id: user.to_string(),
            organisation: name_of(tongue, (&place.name, &place.name_en)).to_owned(),
            state: state(server, standing, tongue),
            has_factor,
            identity: identity::part(server, user).await.tell(tongue)?,
            is_closed: matches!(standing, AccountState::ClosedSince(_)),
            is_locked: matches!(standing, AccountState::Locked | AccountState::LockedUntil(_)),
            roles: given.map(held).collect(),
            version: roles_version(&worker.person.roles),
            reader: looking,
            deputies: deputies::part(server, member, (&worker, appointed)).await?,
            sign_ins: sign_ins.collect(),
            refusal: refusal.map(|problem| problem.said()),
            name: worker.person.name,
            email: worker.email,
        },
    ))
}

/// Goes back to the page, or shows it with the refusal.
pub(super) async fn done<T>(
    server: &Server,
    member: &Member,
    (user, done): (UserId, Result<T, EngineError>),
) -> Answer {
    match done {
        Ok(_) => Ok(go(&format!("/administration/people/{user}"))),
        Err(error @ (EngineError::Account(_) | EngineError::Malformed(_) | EngineError::Stale)) => {
            let problem = Problem::of(&error, member.tongue());
            shown(server, member, (user, Some(problem)), Appointed::default()).await
        }
        Err(error) => Err(error).tell(member.tongue()),
    }
}

/// The roles that were ticked, each a field of its own: `role.WORD`.
pub(super) async fn give_roles(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let user = user_of(&written, &member)?;
    let word = |(name, _): &(String, String)| name.strip_prefix("role.").and_then(Role::from_word);
    let roles: Vec<Role> = fields.iter().filter_map(word).filter(|role| *role != Role::System).collect();
    let written = fields.iter().find(|(name, _)| name == "version").map_or("", |(_, text)| text.as_str());
    let seen = match version(written, member.tongue()) {
        Ok(seen) => Seen::Version(seen),
        Err(problem) => return shown(&server, &member, (user, Some(problem)), Appointed::default()).await,
    };
    let given = server.engine.give_roles(by(&member), (user, seen), &roles).await;
    done(&server, &member, (user, given)).await
}

pub(super) async fn change(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Wanted { change }): Posted<Wanted>,
) -> Answer {
    let user = user_of(&written, &member)?;
    let change = match change.as_str() {
        "one_time" => return one_time(&server, &member, user).await,
        "lock" => AccountChange::Lock,
        "unlock" => AccountChange::Unlock,
        "end_sessions" => AccountChange::EndSessions,
        "take_factor" => AccountChange::TakeFactor,
        _ => {
            return Ok(
                Problem::not_found(member.tongue()).answer(crate::problem::Reader::Person, member.tongue())
            );
        }
    };
    let changed = server.engine.change_account(by(&member), (user, change), member.visitor.visit()).await;
    done(&server, &member, (user, changed)).await
}

/// A new password for one sign-in, shown this once.
async fn one_time(server: &Server, member: &Member, user: UserId) -> Answer {
    let tongue = member.tongue();
    let password = one_time_password();
    let phc = passwords::hash(server, password.clone()).await.tell(tongue)?;
    let change = (user, AccountChange::OneTime(phc));
    let given = server.engine.change_account(by(member), change, member.visitor.visit()).await;
    let worker = match given {
        Ok(Account { worker, .. }) => worker,
        Err(error) => return done::<Account>(server, member, (user, Err(error))).await,
    };
    Ok(page(&PasswordPage {
        frame: Frame::of(member, "/administration"),
        tabs: tabs(member, "/administration"),
        name: worker.person.name,
        email: worker.email,
        password,
        to: format!("/administration/people/{user}"),
    }))
}

pub(super) async fn close(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Closing { to }): Posted<Closing>,
) -> Answer {
    let user = user_of(&written, &member)?;
    let changed = match to.as_str() {
        "open" => server.engine.reopen_account(by(&member), user).await,
        "close" => server.engine.close_account(by(&member), user).await,
        _ => Err(AccountError::Closed.into()),
    };
    done(&server, &member, (user, changed)).await
}
