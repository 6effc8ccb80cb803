//! The log of all events, for auditors: each as it lies in its chain, with the names of who did it and of what it is about.

use std::collections::BTreeMap;

use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, SecondsFormat, Utc};
use engine::EngineError;
use serde_json::json;
use store::{EventLine, EventPlace, EventSieve, REGISTER, StoreError};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::{RequestId, UserId};

use super::caller::{Asked, Said, fault, with};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::schema;
use super::shapes::office as shapes;
use crate::access::Admits;
use crate::event_sieve::{Sought, Wanted, sieve};
use crate::reply::Failed;

pub(crate) fn operations() -> Vec<Operation> {
    let way = (Method::GET, "/api/v1/audit/events", Admits::Roles(&[Role::Auditor]), get(list));
    let said = (
        "list_events",
        "Events of all chains that the caller oversees, newest first: by request or organisation, person, action and days",
    );
    let listed = Operation::new(way, said, shapes::events)
        .asks("subject", schema::named)
        .asks("person", schema::named)
        .asks("action", schema::named)
        .asks("from", schema::day)
        .asks("until", schema::day)
        .sliced();
    vec![listed.within(Group::Office)]
}

/// The place of an event, as a page names it.
fn name(event: &EventLine) -> String {
    let at = event.at.to_rfc3339_opts(SecondsFormat::Micros, true);
    format!("{at}|{}|{}", event.subject, event.seq)
}

fn place(written: &str) -> Option<EventPlace> {
    let mut parts = written.split('|');
    let at = DateTime::parse_from_rfc3339(parts.next()?).ok()?.with_timezone(&Utc);
    let (subject, seq) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(EventPlace { at, subject, seq })
}

const NEXT_EXPECTED: (&str, &str) = ("应为上一页的 `next`", "`next` of a page is expected here");

fn after(asked: &Asked) -> Result<Option<EventPlace>, EngineError> {
    let Some(written) = asked.text("after") else { return Ok(None) };
    let place = place(written).ok_or_else(|| fault("/query/after", NEXT_EXPECTED))?;
    Ok(Some(place))
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let after = after(&reading.asked).said(tongue)?;
    let text = |name: &str| reading.asked.text(name).unwrap_or_default();
    let (from, until) = (text("from"), text("until"));
    let (subject, person, action) = (text("subject"), text("person"), text("action"));
    let wanted = Wanted { subject, person, action, from, until };
    let sought = sieve(&reading.server, reading.caller.actor(), &wanted).await.said(tongue)?;
    let Sought::Known(known) = sought else { return Err(StoreError::NotFound("event")).said(tongue) };
    let sieve = EventSieve { after, ..known };
    let events = reading.reader().event_lines(&sieve, slice.most as u64 + 1).await.said(tongue)?;
    let people: Vec<UserId> = events.iter().filter_map(|event| event.person.map(UserId)).collect();
    let people = reading.reader().names(&people).await.said(tongue)?;
    let about = subjects(&reading, &events).await?;
    let line = |event: &EventLine| {
        let by = event.person.and_then(|person| people.get(&UserId(person)));
        let shown = with(json!(event), "about", json!(about.get(&event.subject)));
        with(shown, "by", json!(by))
    };
    Ok(slice.read(events, name, line))
}

/// Numbers of requests, codes of organisations, and the register, by their ids. Two queries.
async fn subjects(reading: &Reading, events: &[EventLine]) -> Result<BTreeMap<Uuid, String>, Failed> {
    let tongue = reading.tongue();
    let tree = reading.reader().organisations().await.said(tongue)?;
    let mut names: BTreeMap<Uuid, String> = tree.into_iter().map(|one| (one.id.0, one.code)).collect();
    names.insert(REGISTER, "register".to_owned());
    let others = events.iter().filter(|event| !names.contains_key(&event.subject));
    let others: Vec<RequestId> = others.map(|event| RequestId(event.subject)).collect();
    let requests = reading.reader().requests_named(reading.scope(), &others).await.said(tongue)?;
    names.extend(requests.into_iter().flatten().map(|one| (one.id.0, one.number().to_owned())));
    Ok(names)
}
