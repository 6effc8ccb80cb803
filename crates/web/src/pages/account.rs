//! My account: language and letters, password, second factor, identity at a provider, open sessions, the newest sign-ins.

mod devices;
mod factor;
mod identity;
mod letters;
mod password;
mod sessions;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::{DateTime, FixedOffset, Utc};
use store::{Session, SignInLine};
use workflow::language::Language;
use workflow::letters::{LetterMode, QuietHours};

use crate::access::Admits;
use crate::pages::frame::Frame;
use crate::reply::{Answer, Tell, page_with};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::{Known, Means, Member};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/account", Admits::SignedIn, get(show)),
        writes("/account/letters", Admits::SignedIn, post(letters::keep)),
        writes("/account/password", Admits::SignedIn, post(password::change)),
        reads("/account/factor", Admits::SignedIn, get(factor::show)),
        writes("/account/factor", Admits::SignedIn, post(factor::turn_on)),
        writes("/account/factor/off", Admits::SignedIn, post(factor::turn_off)),
        writes("/account/factor/codes", Admits::SignedIn, post(factor::renew)),
        writes("/account/identity", Admits::SignedIn, post(identity::link)),
        writes("/account/identity/off", Admits::SignedIn, post(identity::take)),
        writes("/account/sessions/end", Admits::SignedIn, post(sessions::end_others)),
        writes("/account/sessions/{id}/end", Admits::SignedIn, post(sessions::end)),
    ]
}

#[derive(Template)]
#[template(path = "account/show.html")]
struct AccountPage {
    frame: Frame,
    email: String,
    organisation: String,
    roles: String,
    languages: [Choice; 2],
    letters: Vec<Choice>,
    quiet: Vec<Choice>,
    quiet_hours: String,
    has_password: bool,
    has_factor: bool,
    codes_left: u64,
    identity: Option<identity::Part>,
    sessions: Vec<OpenSession>,
    others: bool,
    sign_ins: Vec<Line>,
    /// What went wrong, by the part of the page.
    news: News,
}

/// One of several answers.
struct Choice {
    word: &'static str,
    name: &'static str,
    is_chosen: bool,
}

struct OpenSession {
    id: String,
    device: String,
    source: String,
    begun: String,
    seen: String,
    is_this: bool,
}

struct Line {
    at: String,
    outcome: &'static str,
    source: String,
}

/// What the page says besides what stands on it always.
#[derive(Default)]
struct News {
    password: Option<String>,
    factor: Option<String>,
    identity: Option<String>,
}

/// Sign-ins that are shown.
const SIGN_INS: u64 = 10;

async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (StatusCode::OK, News::default())).await
}

async fn shown(server: &Server, member: &Member, (status, news): (StatusCode, News)) -> Answer {
    let tongue = member.tongue();
    let (reader, content) = (server.engine.reader(), server.engine.content());
    let parameters = content.rules.parameters();
    let worker = &member.known.worker;
    let user = worker.person.user;
    let credential = reader.credential(user).await.tell(tongue)?;
    let organisation = reader.organisation_by_id(worker.person.organisation).await.tell(tongue)?;
    let has_factor = credential.as_ref().is_some_and(|credential| credential.totp_secret.is_some());
    let codes_left = reader.recovery_codes_left(user).await.tell(tongue)?;
    let clock = Clock { offset: parameters.jurisdiction.offset(), tongue };
    let limits = &server.settings.limits;
    let sessions = reader.sessions(user).await.tell(tongue)?;
    let living =
        sessions.iter().filter(|session| session.lives(member.visitor.now, (limits.idle, limits.whole)));
    let this = member.visitor.session().map(|session| session.id);
    let sessions: Vec<OpenSession> =
        living.map(|session| clock.session(session, this == Some(session.id))).collect();
    let sign_ins = reader.sign_ins(Some(user), SIGN_INS).await.tell(tongue)?;
    let role = |role: &workflow::actor::Role| role.name(tongue.0);
    let roles: Vec<&str> = worker.person.roles.iter().map(role).collect();
    let preference = worker.preference;
    let letters = &parameters.letters;
    Ok(page_with(
        status,
        &AccountPage {
            frame: Frame::of(member, "/account"),
            email: worker.email.clone(),
            organisation: tongue.say(&organisation.name, &organisation.name_en).to_owned(),
            roles: roles.join(tongue.say("、", ", ")),
            languages: [Language::Chinese, Language::English].map(|language| Choice {
                word: language.code(),
                name: Tongue(language).say("中文", "English"),
                is_chosen: language == worker.language,
            }),
            letters: LetterMode::ALL
                .iter()
                .map(|mode| choice((mode.word(), mode.name(tongue.0)), *mode == preference.letters))
                .collect(),
            quiet: QuietHours::ALL
                .iter()
                .map(|quiet| choice((quiet.word(), quiet.name(tongue.0)), *quiet == preference.quiet))
                .collect(),
            quiet_hours: format!(
                "{}–{}",
                letters.quiet_from.format("%H:%M"),
                letters.quiet_until.format("%H:%M")
            ),
            has_password: credential.is_some_and(|credential| credential.password.is_some()),
            has_factor,
            codes_left,
            identity: identity::part(server, member, &clock).await.tell(tongue)?,
            others: sessions.iter().any(|session| !session.is_this),
            sessions,
            sign_ins: sign_ins.iter().map(|line| clock.line(line)).collect(),
            news,
        },
    ))
}

fn choice((word, name): (&'static str, &'static str), is_chosen: bool) -> Choice {
    Choice { word, name, is_chosen }
}

/// Times as the jurisdiction writes them.
struct Clock {
    offset: FixedOffset,
    tongue: Tongue,
}

impl Clock {
    fn at(&self, time: DateTime<Utc>) -> String {
        time.with_timezone(&self.offset).format("%Y-%m-%d %H:%M").to_string()
    }

    fn session(&self, session: &Session, is_this: bool) -> OpenSession {
        OpenSession {
            id: session.id.to_string(),
            device: devices::name(&session.agent, self.tongue),
            source: session.source.clone(),
            begun: self.at(session.created_at),
            seen: self.at(session.seen_at),
            is_this,
        }
    }

    fn line(&self, line: &SignInLine) -> Line {
        let (at, outcome) = (self.at(line.at), line.outcome.name(self.tongue.0));
        Line { at, outcome, source: line.source.clone() }
    }
}

/// The member with the session that has just taken the place of all others.
fn renewed(member: &Member, session: Session) -> Member {
    let mut member = member.clone();
    member.known = Known { means: Means::Session(Box::new(session)), ..member.known };
    member.visitor.known = Some(member.known.clone());
    member
}
