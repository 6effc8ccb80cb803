//! The history: one chain of events for each subject, each keyed hash covering the one before it. The head lies on the
//! subject's own row, which the change locks anyway.

use std::sync::PoisonError;

use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::Sha256;
use uuid::Uuid;
use workflow::id::{OrganisationId, RequestId};
use workflow::request::Event;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::rows::{chain, event, organisation, request};
use crate::told::of_rows;

/// The key of the chains; without it nobody can make an edited history look whole.
#[derive(Clone)]
pub struct AuditKey([u8; 32]);

impl AuditKey {
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> AuditKey {
        AuditKey(bytes)
    }

    /// HMAC-SHA256 over fields, each with its length before it.
    pub(crate) fn mac<'a>(&self, fields: impl IntoIterator<Item = &'a &'a str>) -> String {
        hex(&self.bytes(fields))
    }

    /// The same, in bytes.
    pub(crate) fn bytes<'a>(&self, fields: impl IntoIterator<Item = &'a &'a str>) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for field in fields {
            mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(field.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditKey")
    }
}

/// The hash before the first event.
pub(crate) const START: &str = "";

/// The event that keeps a new draft, before the workflow begins.
pub const DRAFTED: &str = "draft";
/// The event that tells all that older events left out.
pub const TAKEN_OVER: &str = "take_over";
/// Before the history told what changes.
pub(crate) const NOTHING_TOLD: &str = "{}";
/// The chain of what belongs to no single organisation: the register of organisations and people, and content.
pub const REGISTER: Uuid = Uuid::nil();

/// An event as it is kept, words instead of types, so that an old history can always be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct EventLine {
    pub subject: Uuid,
    pub seq: i64,
    pub district: Uuid,
    pub at: DateTime<Utc>,
    pub person: Option<Uuid>,
    pub role: String,
    pub action: String,
    pub before: String,
    pub after: String,
    pub reason: Option<String>,
    pub detail: String,
    /// What is different after it (JSON); the store fills it in. Folded, these are the state.
    pub changes: String,
    pub hash: String,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub count: i64,
    pub hash: String,
}

/// An event whose place in its chain is taken.
#[derive(Debug)]
pub(crate) struct Begun {
    line: EventLine,
    head: Head,
}

impl EventLine {
    /// Whether it is a step of the workflow, and not only a record beside it.
    #[must_use]
    pub fn is_step(&self) -> bool {
        self.action != DRAFTED && self.action != TAKEN_OVER
    }

    /// The hash this event must have after `previous`: HMAC-SHA256 over the previous hash and every field. An event that
    /// tells of no changes is hashed as before there were any.
    #[must_use]
    pub fn expected_hash(&self, previous: &str, key: &AuditKey) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let (subject, seq) = (self.subject.to_string(), self.seq.to_string());
        let person = self.person.map(|person| person.to_string()).unwrap_or_default();
        let reason = self.reason.as_deref().map_or("-".to_owned(), |reason| format!("+{reason}"));
        let district = self.district.to_string();
        let told = [self.changes.as_str(), district.as_str()];
        let told = if self.changes == NOTHING_TOLD { &[] } else { told.as_slice() };
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
        key.mac(fields.iter().chain(told))
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

/// The event of a step of a request, still without its place and hash.
pub(crate) fn step_line(event: &Event) -> EventLine {
    EventLine {
        at: to_microsecond(event.at),
        person: event.user.map(|user| user.0),
        role: event.role.word().to_owned(),
        action: event.action.word().to_owned(),
        before: event.before.word().to_owned(),
        after: event.after.word().to_owned(),
        reason: event.reason.clone(),
        detail: serde_json::Value::Object(event.detail.clone()).to_string(),
        ..EventLine::default()
    }
}

impl Tx {
    /// Puts an event at the end of its chain and gives the new head, which the caller keeps.
    pub(crate) async fn append(&self, mut line: EventLine, head: &Head) -> Result<Head, StoreError> {
        line.seq = head.count + 1;
        line.at = to_microsecond(line.at);
        line.hash = line.expected_hash(&head.hash, &self.key);
        let EventLine {
            subject,
            seq,
            district,
            at,
            person,
            role,
            action,
            before,
            after,
            reason,
            detail,
            changes,
            hash,
        } = line;
        let head = Head { count: seq, hash: hash.clone() };
        let row = event::ActiveModel {
            subject_id: Set(subject),
            seq: Set(seq),
            district_id: Set(district),
            at: Set(at),
            person_id: Set(person),
            role: Set(role),
            action: Set(action),
            before: Set(before),
            after: Set(after),
            reason: Set(reason),
            detail: Set(detail),
            changes: Set(changes),
            hash: Set(hash),
        };
        event::Entity::insert(row).exec_without_returning(&self.on).await?;
        Ok(head)
    }

    /// Begins an event of an organisation's own chain, for what belongs to no request, and gives its place. It is
    /// written with the next event or with the commit, and tells of every row that is written until then.
    ///
    /// # Errors
    /// The organisation is not there.
    pub async fn record(&self, organisation: OrganisationId, mut line: EventLine) -> Result<i64, StoreError> {
        self.finish_event().await?;
        let row = organisation::Entity::find_by_id(organisation.0).lock_exclusive().one(&self.on).await?;
        let row = row.ok_or(StoreError::NotFound("organisation"))?;
        line.subject = organisation.0;
        line.district = row.district_id;
        let head = Head { count: row.event_count, hash: row.event_head };
        Ok(self.begin_event(line, head))
    }

    /// Appends an event to the chain of the register, telling of what was written in this transaction; where nothing was,
    /// there is no event.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_in_register(&self, mut line: EventLine) -> Result<(), StoreError> {
        self.finish_event().await?;
        if self.untold.lock().unwrap_or_else(PoisonError::into_inner).first().is_none() {
            return Ok(());
        }
        let first = chain::ActiveModel {
            subject_id: Set(REGISTER),
            event_count: Set(0),
            event_head: Set(START.into()),
        };
        let known = OnConflict::column(chain::Column::SubjectId).do_nothing().to_owned();
        let opened = chain::Entity::insert(first).on_conflict(known).try_insert();
        opened.exec_without_returning(&self.on).await?;
        let row = chain::Entity::find_by_id(REGISTER).lock_exclusive().one(&self.on).await?;
        let row = row.ok_or(StoreError::NotFound("chain"))?;
        line.subject = REGISTER;
        line.district = REGISTER;
        self.begin_event(line, Head { count: row.event_count, hash: row.event_head });
        self.finish_event().await
    }

    fn begin_event(&self, line: EventLine, head: Head) -> i64 {
        let seq = head.count + 1;
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(Begun { line, head });
        seq
    }

    /// Writes the event that was begun, with all that it has to tell.
    pub(crate) async fn finish_event(&self) -> Result<(), StoreError> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Begun { mut line, head: before }) = begun else { return Ok(()) };
        line.changes = of_rows(self.take_untold().images());
        let subject = line.subject;
        let head = self.append(line, &before).await?;
        let moved = if subject == REGISTER {
            let update = chain::Entity::update_many()
                .col_expr(chain::Column::EventCount, Expr::value(head.count))
                .col_expr(chain::Column::EventHead, Expr::value(head.hash))
                .filter(chain::Column::SubjectId.eq(subject))
                .filter(chain::Column::EventCount.eq(before.count));
            update.exec(&self.on).await?
        } else {
            let update = organisation::Entity::update_many()
                .col_expr(organisation::Column::EventCount, Expr::value(head.count))
                .col_expr(organisation::Column::EventHead, Expr::value(head.hash))
                .filter(organisation::Column::Id.eq(subject))
                .filter(organisation::Column::EventCount.eq(before.count));
            update.exec(&self.on).await?
        };
        if moved.rows_affected == 1 { Ok(()) } else { Err(StoreError::Conflict) }
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

    /// The newest events of a request, the newest first, at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_events(&self, request: RequestId, most: u64) -> Result<Vec<EventLine>, StoreError> {
        let rows = event::Entity::find()
            .filter(event::Column::SubjectId.eq(request.0))
            .order_by_desc(event::Column::Seq)
            .limit(most)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(line).collect())
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
        let requests = request::Entity::find().select_only().columns([
            request::Column::Id,
            request::Column::EventCount,
            request::Column::EventHead,
        ]);
        let organisations = organisation::Entity::find().select_only().columns([
            organisation::Column::Id,
            organisation::Column::EventCount,
            organisation::Column::EventHead,
        ]);
        let others = chain::Entity::find().select_only().columns([
            chain::Column::SubjectId,
            chain::Column::EventCount,
            chain::Column::EventHead,
        ]);
        let mut heads: Vec<(Uuid, i64, String)> = requests.into_tuple().all(&self.on).await?;
        heads.extend(organisations.into_tuple::<(Uuid, i64, String)>().all(&self.on).await?);
        heads.extend(others.into_tuple::<(Uuid, i64, String)>().all(&self.on).await?);
        let heads = heads.into_iter();
        Ok(heads.map(|(id, count, hash)| (id, Head { count, hash })).collect())
    }
}

pub(crate) fn line(row: event::Model) -> EventLine {
    let event::Model {
        subject_id,
        seq,
        district_id,
        at,
        person_id,
        role,
        action,
        before,
        after,
        reason,
        detail,
        changes,
        hash,
    } = row;
    EventLine {
        subject: subject_id,
        seq,
        district: district_id,
        at,
        person: person_id,
        role,
        action,
        before,
        after,
        reason,
        detail,
        changes,
        hash,
    }
}
