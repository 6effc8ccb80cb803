//! The log of events: by subject, person, action and day, the newest first, each with its place in its chain.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use serde::Deserialize;
use store::{EventLine, EventSieve, REGISTER, Scope};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::{RequestId, UserId};

use super::words;
use crate::event_sieve::{self, Sought};
use crate::pages::addresses::{of_request, segment};
use crate::pages::frame::Frame;
use crate::pages::names::names;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "audit/log.html")]
struct LogPage {
    frame: Frame,
    asked: Asked,
    actions: Vec<(&'static str, &'static str)>,
    /// A subject or a person that is not there.
    unknown: Option<String>,
    lines: Vec<Line>,
    before: Option<String>,
    after: Option<String>,
    export: String,
}

struct Line {
    at: String,
    subject: String,
    to: Option<String>,
    seq: i64,
    who: String,
    role: &'static str,
    action: String,
    before: String,
    after: String,
    reason: String,
    detail: String,
    hash: String,
}

/// What stands in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(super) subject: String,
    #[serde(default)]
    pub(super) person: String,
    #[serde(default)]
    pub(super) action: String,
    #[serde(default)]
    pub(super) from: String,
    #[serde(default)]
    pub(super) until: String,
    #[serde(default)]
    pub(super) skip: String,
}

/// Events of one page.
const MOST: u64 = 50;

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let (mut events, unknown) = match sieve(&server, &member, &asked).await? {
        Sought::Known(sieve) => (reader.event_lines(&sieve, MOST + 1).await.tell(tongue)?, None),
        Sought::Unknown(said) => (Vec::new(), Some(said)),
    };
    let more = events.len() as u64 > MOST;
    events.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let skip = asked.skip();
    let people: Vec<UserId> = events.iter().filter_map(|event| event.person.map(UserId)).collect();
    let people = reader.names(&people).await.tell(tongue)?;
    let subjects = subjects(&server, &events, tongue).await?;
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    let line = |event: &EventLine| {
        let at = event.at.with_timezone(&offset).format("%Y-%m-%d %H:%M:%S").to_string();
        let who = event.person.and_then(|person| people.get(&UserId(person)).cloned());
        Line::of(event, (at, who.unwrap_or_default()), (&subjects, tongue))
    };
    Ok(page(&LogPage {
        frame: Frame::of(&member, "/audit"),
        actions: words::actions(tongue),
        unknown,
        lines: events.iter().map(line).collect(),
        before: (skip > 0).then(|| asked.query(skip.saturating_sub(MOST))),
        after: more.then(|| asked.query(skip + MOST)),
        export: asked.query(0),
        asked,
    }))
}

/// The sieve of an address within what the reader oversees.
pub(super) async fn sieve(server: &Server, member: &Member, asked: &Asked) -> Result<Sought, Failed> {
    let Asked { subject, person, action, from, until, skip: _ } = asked;
    let wanted = event_sieve::Wanted { subject, person, action, from, until };
    let sought = event_sieve::sieve(server, &member.known.actor, &wanted).await.tell(member.tongue())?;
    Ok(match sought {
        Sought::Known(sieve) => Sought::Known(EventSieve { skip: asked.skip(), ..sieve }),
        unknown @ Sought::Unknown(_) => unknown,
    })
}

/// What the subjects of some events are called, and where they are seen. Two queries.
async fn subjects(
    server: &Server,
    events: &[EventLine],
    tongue: Tongue,
) -> Result<BTreeMap<Uuid, (String, Option<String>)>, Failed> {
    let reader = server.engine.reader();
    let organisations = reader.organisations().await.tell(tongue)?;
    let names = names(&organisations, tongue);
    let mut subjects: BTreeMap<Uuid, (String, Option<String>)> =
        names.into_iter().map(|(id, name)| (id.0, (name, None))).collect();
    subjects.insert(REGISTER, (tongue.say("登记", "register").to_owned(), None));
    let others: Vec<RequestId> = events
        .iter()
        .filter(|event| !subjects.contains_key(&event.subject))
        .map(|event| RequestId(event.subject))
        .collect();
    for request in reader.requests_named(Scope::Everything, &others).await.tell(tongue)? {
        let Ok(request) = request else { continue };
        let name = format!("{} {}", request.number(), request.title());
        subjects.insert(request.id.0, (name, Some(of_request(&request.id.to_string()))));
    }
    Ok(subjects)
}

impl Asked {
    fn skip(&self) -> u64 {
        self.skip.parse().unwrap_or(0)
    }

    /// The same question, passing over other events.
    fn query(&self, skip: u64) -> String {
        let Asked { subject, person, action, from, until, skip: _ } = self;
        let pairs =
            [("subject", subject), ("person", person), ("action", action), ("from", from), ("until", until)];
        let mut query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", segment(value)))
            .collect();
        if skip > 0 {
            query.push(format!("skip={skip}"));
        }
        query.join("&")
    }
}

impl Line {
    fn of(
        event: &EventLine,
        (at, who): (String, String),
        (subjects, tongue): (&BTreeMap<Uuid, (String, Option<String>)>, Tongue),
    ) -> Line {
        let subject = subjects.get(&event.subject).cloned();
        let (subject, to) = subject.unwrap_or_else(|| (event.subject.to_string(), None));
        let role = Role::from_word(&event.role).map(|role| role.name(tongue.0));
        Line {
            at,
            subject,
            to,
            seq: event.seq,
            who: if who.is_empty() { tongue.say("系统", "system").to_owned() } else { who },
            role: role.unwrap_or_default(),
            action: words::action(&event.action, tongue),
            before: words::stage(&event.before, tongue),
            after: words::stage(&event.after, tongue),
            reason: event.reason.clone().unwrap_or_default(),
            detail: event.detail.clone(),
            hash: event.hash.clone(),
        }
    }
}
