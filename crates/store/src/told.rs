//! Rows that the history tells of: whoever writes one tells it, and the next event of the same transaction keeps what
//! was told under its hash. A transaction that leaves something untold is not committed.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::connect::Tx;
use crate::error::StoreError;
use crate::events::hex;
use crate::rows::{
    assessment, calendar, calendar_load, catalogue, community, complaint, deputy, evidence, hour_entry,
    inspection_plan, inspection_proposal, meeting, organisation,
};
use crate::rows::{card, closed_account, credential, digest_item, identity, recovery_code, webhook};
use crate::rows::{
    outbox, person, person_role, posting, quota, rating, request_invitation, reward, rule_set, special_fund,
    sweep_failure, tick,
};

/// Rows by table and key, as they are after an event; null where the row has gone.
pub(crate) type Images = BTreeMap<String, Value>;

/// Before the name of a table, in the place of a row: the hash of all that the event makes in it.
pub(crate) const MADE: &str = "made/";

/// A row that events tell of.
pub(crate) trait Told {
    /// Its table and key.
    fn place(&self) -> String;
    /// All else that it holds.
    fn image(&self) -> Value;
}

/// A value of a column as it stands in an image.
pub(crate) trait Plain {
    fn plain(&self) -> Value;
}

macro_rules! plain {
    ($($kind:ty => $of:expr;)+) => { $(impl Plain for $kind {
        fn plain(&self) -> Value { let of: fn(&$kind) -> Value = $of; of(self) }
    })+ };
}

plain! {
    String => |text| Value::from(text.as_str());
    i64 => |number| Value::from(*number);
    i32 => |number| Value::from(*number);
    bool => |truth| Value::from(*truth);
    Uuid => |id| Value::from(id.to_string());
    NaiveDate => |day| Value::from(day.to_string());
    DateTime<Utc> => |at| Value::from(at.timestamp_micros());
    Vec<u8> => |bytes| Value::from(digest(bytes));
}

impl<T: Plain> Plain for Option<T> {
    fn plain(&self) -> Value {
        self.as_ref().map_or(Value::Null, Plain::plain)
    }
}

/// The hash of what is too long to be repeated.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Takes a row apart completely: its key, what the image holds, texts held by their hash, what is checked elsewhere.
macro_rules! told {
    ($row:ident, $table:literal: [$($key:ident)+] [$($column:ident)*] long [$($long:ident)*] apart [$($apart:ident)*]) => {
        impl Told for $row::Model {
            fn place(&self) -> String {
                let $row::Model { $($key,)+ .. } = self;
                let keys: Vec<String> = vec![$($key.to_string()),+];
                format!("{}/{}", $table, keys.join("/"))
            }

            fn image(&self) -> Value {
                let $row::Model { $($key: _,)+ $($column,)* $($long,)* $($apart: _,)* } = self;
                Value::Object(Map::from_iter([
                    $((stringify!($column).to_owned(), $column.plain()),)*
                    $((stringify!($long).to_owned(), Value::from(digest($long.as_bytes()))),)*
                ]))
            }
        }
    };
}

told!(organisation, "organisations": [id] [district_id parent_id kind code name name_en body hosts_office closed_on merged_into]
    long [] apart [event_count event_head]);
told!(person, "people": [id] [organisation_id name email language letters quiet] long [] apart []);
told!(person_role, "person_roles": [person_id role] [] long [] apart []);
told!(deputy, "deputies": [id] [principal_id deputy_id role from_on until_on set_by] long [] apart []);
told!(request_invitation, "request_invitations": [request_id organisation_id] [] long [] apart []);
told!(community, "communities": [organisation_id year] [households residents workers station_workers] long [] apart []);
told!(calendar, "calendars": [id] [version hash loaded_at] long [content] apart []);
told!(calendar_load, "calendar_loads": [loaded_at calendar_id] [] long [] apart []);
told!(catalogue, "catalogues": [id] [hash loaded_at] long [content] apart []);
told!(rule_set, "rule_sets": [hash] [name version stored_at] long [files] apart []);
told!(assessment, "assessments": [id] [request_id made_at rule_set_hash calendar_id]
    long [facts assessment trace] apart []);
told!(special_fund, "special_funds": [id] [district_id code name name_en first_year last_year purpose]
    long [] apart []);
told!(reward, "rewards": [request_id community_id] [amount_fen posting_id] long [] apart []);
told!(posting, "postings": [id]
    [district_id subject_id event_seq debit credit amount_fen purpose at reverses] long [] apart []);
told!(hour_entry, "hour_entries": [subject_id event_seq request_id community_id pool month]
    [centihours forced_centihours at] long [] apart []);

told!(complaint, "complaints": [id] [district_id community_id department_id year ordinal number filed_by filed_on
    imposed hearer escalated_on stage stage_data version] long [] apart []);
told!(evidence, "evidence": [id] [subject_id name sha256 size kept_at] long [] apart []);
told!(inspection_plan, "inspection_plans": [id] [district_id year number built_by built_on stage stage_data version]
    long [content] apart []);
told!(inspection_proposal, "inspection_proposals": [id]
    [district_id department_id year written named proposed_by proposed_on cause] long [] apart []);
told!(meeting, "meetings": [id] [district_id year ordinal number held_on place called_by stage stage_data version]
    long [agenda] apart []);
told!(rating, "ratings": [id]
    [district_id department_id request_id community_id year kind answer given_by given_on] long [] apart []);
told!(card, "cards": [id] [district_id organisation_id request_id number title department step begun_on due given_on
    colour cause stage stage_data version] long [] apart []);
told!(webhook, "webhooks": [id] [district_id organisation_id sight name url kinds state generation former_until made_by
    made_at] long [] apart []);
told!(outbox, "outbox": [id] [district_id request_id kind message_id sender recipient subject bytes state attempts
    next_at sent_at failure hours step] long [] apart []);
told!(digest_item, "digest_items": [id] [person_id district_id request_id kind details step at state reason letter_id]
    long [] apart []);
told!(credential, "credentials": [person_id] [password one_time changed_at failures locked_until totp_secret totp_step]
    long [] apart []);
told!(recovery_code, "recovery_codes": [person_id code_hash] [used_at] long [] apart []);
told!(closed_account, "closed_accounts": [person_id] [closed_at closed_by] long [] apart []);
told!(identity, "identities": [id] [person_id issuer linked_at linked_by] long [subject] apart []);
told!(tick, "ticks": [job due] [fired_at request_id] long [] apart []);
told!(sweep_failure, "sweep_failures": [request_id] [first_at last_at tries failure] long [] apart []);
told!(quota, "quotas": [community_id pool month] [capacity_centihours]
    long [] apart [booked_centihours forced_centihours]);

/// A row that an event makes and that never changes. There are many of them, so the event keeps one hash of all.
pub(crate) trait Made: Told {
    const TABLE: &'static str;
    /// The subject and the number of its event.
    fn event(&self) -> (Uuid, i64);
}

impl Made for posting::Model {
    const TABLE: &'static str = "postings";

    fn event(&self) -> (Uuid, i64) {
        (self.subject_id, self.event_seq)
    }
}

impl Made for hour_entry::Model {
    const TABLE: &'static str = "hour_entries";

    fn event(&self) -> (Uuid, i64) {
        (self.subject_id, self.event_seq)
    }
}

/// A row as the hash of its event covers it.
pub(crate) fn line_of<R: Told>(row: &R) -> String {
    format!("{} {}", row.place(), row.image())
}

/// The hash of all rows that an event makes in a table, in whatever order they are read.
pub(crate) fn digest_of(mut lines: Vec<String>) -> String {
    lines.sort_unstable();
    digest(lines.join("\n").as_bytes())
}

/// What was written in a transaction and is told by no event yet.
#[derive(Debug, Default)]
pub(crate) struct Untold {
    rows: Images,
    /// By table, a line for each row.
    made: BTreeMap<&'static str, Vec<String>>,
}

impl Untold {
    /// Some place that is untold.
    pub(crate) fn first(&self) -> Option<String> {
        self.rows.keys().next().cloned().or_else(|| self.made.keys().next().map(|table| (*table).to_owned()))
    }

    /// All of it, for the event that is written now.
    pub(crate) fn images(mut self) -> Images {
        let made =
            self.made.into_iter().map(|(table, lines)| (format!("{MADE}{table}"), digest_of(lines).into()));
        self.rows.extend(made);
        self.rows
    }
}

impl Tx {
    /// Tells of rows as they are now; the next event keeps it.
    pub(crate) fn tell<'a, R: Told + 'a>(&self, rows: impl IntoIterator<Item = &'a R>) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.rows.extend(rows.into_iter().map(|row| (row.place(), row.image())));
    }

    /// Tells of the rows of a condition as they are now in the table.
    pub(crate) async fn tell_written<E: EntityTrait>(
        &self,
        which: impl IntoCondition,
    ) -> Result<(), StoreError>
    where
        E::Model: Told,
    {
        self.tell(&E::find().filter(which.into_condition()).all(&self.on).await?);
        Ok(())
    }

    /// Tells of rows that go.
    pub(crate) fn tell_gone<R: Told>(&self, rows: &[R]) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.rows.extend(rows.iter().map(|row| (row.place(), Value::Null)));
    }

    /// Tells of rows that the next event makes.
    pub(crate) fn tell_made<R: Made>(&self, rows: &[R]) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        untold.made.entry(R::TABLE).or_default().extend(rows.iter().map(line_of));
    }

    /// What the event that is written now has to tell.
    pub(crate) fn take_untold(&self) -> Untold {
        std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Changes of an event that only tells of rows.
pub(crate) fn of_rows(rows: Images) -> String {
    let mut changes = Map::new();
    if !rows.is_empty() {
        changes.insert("rows".to_owned(), Value::Object(rows.into_iter().collect()));
    }
    Value::Object(changes).to_string()
}
