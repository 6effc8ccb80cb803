//! Events of all chains as an auditor looks through them: a sieve of subject, person, action and time, the newest first.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use workflow::id::{OrganisationId, UserId};

use crate::connect::Reader;
use crate::error::StoreError;
use crate::events::{EventLine, line};
use crate::rows::event;

/// Which events are looked at; what is not given does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventSieve {
    pub district: Option<OrganisationId>,
    /// Requests, organisations, or the register; none are all.
    pub subjects: Vec<Uuid>,
    pub person: Option<UserId>,
    pub action: Option<String>,
    /// From this time on.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
    /// Events that are passed over, the newest first.
    pub skip: u64,
    /// Only what comes later in the list than the event of this place.
    pub after: Option<EventPlace>,
}

/// The place of an event in the list of all, which new events do not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPlace {
    pub at: DateTime<Utc>,
    pub subject: Uuid,
    pub seq: i64,
}

impl EventPlace {
    fn condition(self) -> Condition {
        use event::Column as C;
        let EventPlace { at, subject, seq } = self;
        let of_subject = Condition::all().add(C::SubjectId.eq(subject)).add(C::Seq.lt(seq));
        let at_once = Condition::any().add(C::SubjectId.lt(subject)).add(of_subject);
        Condition::any().add(C::At.lt(at)).add(Condition::all().add(C::At.eq(at)).add(at_once))
    }
}

impl EventSieve {
    fn condition(&self) -> Condition {
        use event::Column as C;
        let mut all = Condition::all();
        if let Some(district) = self.district {
            all = all.add(C::DistrictId.eq(district.0));
        }
        if !self.subjects.is_empty() {
            all = all.add(C::SubjectId.is_in(self.subjects.iter().copied()));
        }
        if let Some(person) = self.person {
            all = all.add(C::PersonId.eq(person.0));
        }
        if let Some(action) = &self.action {
            all = all.add(C::Action.eq(action.as_str()));
        }
        if let Some(from) = self.from {
            all = all.add(C::At.gte(from));
        }
        if let Some(until) = self.until {
            all = all.add(C::At.lt(until));
        }
        if let Some(after) = self.after {
            all = all.add(after.condition());
        }
        all
    }
}

impl Reader<'_> {
    /// The events of a sieve, the newest first, at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn event_lines(&self, sieve: &EventSieve, most: u64) -> Result<Vec<EventLine>, StoreError> {
        let rows = event::Entity::find()
            .filter(sieve.condition())
            .order_by_desc(event::Column::At)
            .order_by_desc(event::Column::SubjectId)
            .order_by_desc(event::Column::Seq)
            .offset(sieve.skip)
            .limit(most)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(line).collect())
    }
}
