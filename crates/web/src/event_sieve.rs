//! Which events of the log somebody wants to see, as it is written in an address: a subject, a person, an action, days; and
//! never more than the reader oversees.

use chrono::{DateTime, Days, Utc};
use engine::EngineError;
use store::{EventSieve, Scope, StoreError};
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::calendar::read_day;
use workflow::id::OrganisationId;

use crate::server::Server;

/// What is written; empty where it does not narrow.
pub(crate) struct Wanted<'a> {
    /// A request by number or id, or an organisation by code.
    pub(crate) subject: &'a str,
    /// An address.
    pub(crate) person: &'a str,
    pub(crate) action: &'a str,
    /// Days, both counted.
    pub(crate) from: &'a str,
    pub(crate) until: &'a str,
}

/// Events, or something that is not there.
pub(crate) enum Sought {
    Known(EventSieve),
    Unknown(String),
}

/// The sieve of what is written, within what the reader oversees.
pub(crate) async fn sieve(
    server: &Server,
    actor: &Actor,
    wanted: &Wanted<'_>,
) -> Result<Sought, EngineError> {
    let scope = server.engine.scope(actor);
    let district = match scope {
        Scope::Everything => None,
        Scope::District(district) => Some(district),
        Scope::Department(_) | Scope::Community(_) => return Err(StoreError::NotFound("event").into()),
    };
    let mut subjects = Vec::new();
    if !wanted.subject.trim().is_empty() {
        match subject(server, (scope, district), wanted.subject.trim()).await? {
            Some(found) => subjects.push(found),
            None => return Ok(Sought::Unknown(wanted.subject.to_owned())),
        }
    }
    let person = match wanted.person.trim() {
        "" => None,
        email => match server.engine.reader().worker_within(email, district).await {
            Ok(worker) => Some(worker.person.user),
            Err(StoreError::NotFound(_)) => return Ok(Sought::Unknown(email.to_owned())),
            Err(error) => return Err(error.into()),
        },
    };
    let day = |text: &str| read_day(text.trim()).map(|day| server.engine.start_of(day));
    let next: Option<DateTime<Utc>> = day(wanted.until).and_then(|at| at.checked_add_days(Days::new(1)));
    let action = Some(wanted.action.to_owned()).filter(|action| !action.is_empty());
    let from = day(wanted.from);
    let sieve = EventSieve { district, subjects, person, action, from, until: next, ..EventSieve::default() };
    Ok(Sought::Known(sieve))
}

/// A request by number or id, or an organisation by code.
async fn subject(
    server: &Server,
    (scope, district): (Scope, Option<OrganisationId>),
    written: &str,
) -> Result<Option<Uuid>, StoreError> {
    let reader = server.engine.reader();
    match reader.request_id(written, scope).await {
        Ok(id) => return Ok(Some(id.0)),
        Err(StoreError::NotFound(_)) => {}
        Err(error) => return Err(error),
    }
    match reader.organisation(written).await {
        Ok(one) if district.is_none_or(|district| district == one.district) => Ok(Some(one.id.0)),
        Ok(_) | Err(StoreError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
