//! The history: one chain of events for each subject, each keyed hash covering the one before it. The head lies on the
//! subject's own row, which the change locks anyway.

use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use sha2::Sha256;
use uuid::Uuid;
use workflow::id::{OrganisationId, RequestId};
use workflow::request::Event;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::rows::{event, organisation, request};

/// The key of the chains; without it nobody can make an edited history look whole.
#[derive(Clone)]
pub struct AuditKey([u8; 32]);

impl AuditKey {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> AuditKey {
        AuditKey(bytes)
    }
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditKey")
    }
}

/// The hash before the first event.
pub(crate) const START: &str = "";

/// An event as it is kept, words instead of types, so that an old history can always be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EventLine {
    pub subject: Uuid,
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub person: Option<Uuid>,
    pub role: String,
    pub action: String,
    pub before: String,
    pub after: String,
    pub reason: Option<String>,
    pub detail: String,
    pub hash: String,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub count: i64,
    pub hash: String,
}

impl EventLine {
    /// The hash this event must have after `previous`: HMAC-SHA256 over the previous hash and every field.
    #[must_use]
    pub fn expected_hash(&self, previous: &str, key: &AuditKey) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let (subject, seq) = (self.subject.to_string(), self.seq.to_string());
        let person = self.person.map(|person| person.to_string()).unwrap_or_default();
        let reason = self.reason.as_deref().map_or("-".to_owned(), |reason| format!("+{reason}"));
        let fields = [
            previous,
            &subject,
            &seq,
            &at,
            &person,
            &self.role,
            &self.action,
            &self.before,
            &self.after,
            &reason,
            &self.detail,
        ];
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("HMAC takes a key of any length");
        for field in fields {
            mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(field.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}

/// Two hex digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Times are kept to the microsecond, which both databases hold exactly.
pub(crate) fn to_microsecond(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

/// The next event of a subject after its head.
pub(crate) fn next_line(subject: Uuid, head: &Head, event: &Event, key: &AuditKey) -> EventLine {
    let mut line = EventLine {
        subject,
        seq: head.count + 1,
        at: to_microsecond(event.at),
        person: event.user.map(|user| user.0),
        role: event.role.word().to_owned(),
        action: event.action.word().to_owned(),
        before: event.before.word().to_owned(),
        after: event.after.word().to_owned(),
        reason: event.reason.clone(),
        detail: serde_json::Value::Object(event.detail.clone()).to_string(),
        hash: String::new(),
    };
    line.hash = line.expected_hash(&head.hash, key);
    line
}

impl Tx {
    pub(crate) async fn insert_event(
        &self,
        line: &EventLine,
        district: OrganisationId,
    ) -> Result<(), StoreError> {
        let EventLine { subject, seq, at, person, role, action, before, after, reason, detail, hash } =
            line.clone();
        let row = event::ActiveModel {
            subject_id: Set(subject),
            seq: Set(seq),
            district_id: Set(district.0),
            at: Set(at),
            person_id: Set(person),
            role: Set(role),
            action: Set(action),
            before: Set(before),
            after: Set(after),
            reason: Set(reason),
            detail: Set(detail),
            hash: Set(hash),
        };
        event::Entity::insert(row).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Appends an event to an organisation's own chain, for what belongs to no request, and gives its place.
    ///
    /// # Errors
    /// The organisation is not there, or its chain has grown meanwhile.
    pub async fn record(&self, organisation: OrganisationId, mut line: EventLine) -> Result<i64, StoreError> {
        let row = organisation::Entity::find_by_id(organisation.0).one(&self.on).await?;
        let row = row.ok_or(StoreError::NotFound("organisation"))?;
        line.subject = organisation.0;
        line.seq = row.event_count + 1;
        line.at = to_microsecond(line.at);
        line.hash = line.expected_hash(&row.event_head, &self.key);
        let moved = organisation::Entity::update_many()
            .col_expr(organisation::Column::EventCount, Expr::value(line.seq))
            .col_expr(organisation::Column::EventHead, Expr::value(line.hash.clone()))
            .filter(organisation::Column::Id.eq(organisation.0))
            .filter(organisation::Column::EventCount.eq(row.event_count))
            .exec(&self.on)
            .await?;
        if moved.rows_affected != 1 {
            return Err(StoreError::Conflict);
        }
        self.insert_event(&line, OrganisationId(row.district_id)).await?;
        Ok(line.seq)
    }
}

impl Reader<'_> {
    /// The history of a request, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn history(&self, request: RequestId) -> Result<Vec<EventLine>, StoreError> {
        self.events_of(request.0).await
    }

    /// The whole chain of a subject, oldest first.
    pub(crate) async fn events_of(&self, subject: Uuid) -> Result<Vec<EventLine>, StoreError> {
        let rows = event::Entity::find()
            .filter(event::Column::SubjectId.eq(subject))
            .order_by_asc(event::Column::Seq)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(line).collect())
    }

    /// Every event of every chain, by subject and place.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_events(&self) -> Result<Vec<EventLine>, StoreError> {
        let rows = event::Entity::find()
            .order_by_asc(event::Column::SubjectId)
            .order_by_asc(event::Column::Seq)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(line).collect())
    }

    /// The head of every chain: requests and organisations.
    ///
    /// # Errors
    /// What the database says.
    pub async fn heads(&self) -> Result<Vec<(Uuid, Head)>, StoreError> {
        let requests = request::Entity::find().all(&self.on).await?;
        let organisations = organisation::Entity::find().all(&self.on).await?;
        let of_requests = requests.into_iter().map(|row| (row.id, row.event_count, row.event_head));
        let of_organisations = organisations.into_iter().map(|row| (row.id, row.event_count, row.event_head));
        let heads = of_requests.chain(of_organisations);
        Ok(heads.map(|(id, count, hash)| (id, Head { count, hash })).collect())
    }
}

fn line(row: event::Model) -> EventLine {
    let event::Model {
        subject_id,
        seq,
        district_id: _,
        at,
        person_id,
        role,
        action,
        before,
        after,
        reason,
        detail,
        hash,
    } = row;
    EventLine {
        subject: subject_id,
        seq,
        at,
        person: person_id,
        role,
        action,
        before,
        after,
        reason,
        detail,
        hash,
    }
}
