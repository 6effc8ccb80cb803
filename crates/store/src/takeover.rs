//! Histories from before events told what changes: one more event takes over all that the older ones left out.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::OrganisationId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::connect::{Store, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::{EventLine, Head, NOTHING_TOLD, REGISTER, TAKEN_OVER};
use crate::fold::changes;
use crate::requests::request_row;
use crate::rows::{assessment, calendar, calendar_load, catalogue, chain, community, hour_entry};
use crate::rows::{organisation, person, person_role, posting, request, reward, rule_set, special_fund};
use crate::told::Told;

impl Store {
    /// Takes over a database whose history does not tell its content, once; gives the number of requests.
    ///
    /// # Errors
    /// What the database says, or a request that cannot be read; nothing is taken over then.
    pub async fn take_over(&self, at: DateTime<Utc>) -> Result<usize, StoreError> {
        let tx = self.begin().await?;
        if chain::Entity::find_by_id(REGISTER).one(&tx.on).await?.is_some() {
            return Ok(0);
        }
        tx.take_over_register(at).await?;
        for organisation in organisation::Entity::find().all(&tx.on).await? {
            tx.take_over_organisation(organisation.id, at).await?;
        }
        let requests = tx.reader().requests_in(StageKind::ALL).await?;
        let count = requests.len();
        for request in requests {
            tx.take_over_request(&request?, at).await?;
        }
        tx.commit().await?;
        Ok(count)
    }
}

impl Tx {
    async fn take_over_register(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.tell_table::<organisation::Entity>().await?;
        self.tell_table::<person::Entity>().await?;
        self.tell_table::<person_role::Entity>().await?;
        self.tell_table::<community::Entity>().await?;
        self.tell_table::<special_fund::Entity>().await?;
        self.tell_table::<reward::Entity>().await?;
        self.tell_table::<calendar::Entity>().await?;
        self.tell_table::<calendar_load::Entity>().await?;
        self.tell_table::<catalogue::Entity>().await?;
        self.tell_table::<rule_set::Entity>().await?;
        self.record_in_register(line(at)).await
    }

    async fn tell_table<E: EntityTrait>(&self) -> Result<(), StoreError>
    where
        E::Model: Told,
    {
        self.tell(&E::find().all(&self.on).await?);
        Ok(())
    }

    /// Tells one by one what older events of a chain made.
    async fn tell_made_before(&self, subject: Uuid) -> Result<bool, StoreError> {
        let postings = posting::Entity::find().filter(posting::Column::SubjectId.eq(subject));
        let postings = postings.all(&self.on).await?;
        let entries = hour_entry::Entity::find().filter(hour_entry::Column::SubjectId.eq(subject));
        let entries = entries.all(&self.on).await?;
        self.tell(&postings);
        self.tell(&entries);
        Ok(!postings.is_empty() || !entries.is_empty())
    }

    async fn take_over_organisation(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
        if self.tell_made_before(id).await? {
            self.record(OrganisationId(id), line(at)).await?;
            self.finish_event().await?;
        }
        Ok(())
    }

    async fn take_over_request(&self, request: &Request, at: DateTime<Utc>) -> Result<(), StoreError> {
        let id = request.id.0;
        let stored = request::Entity::find_by_id(id).one(&self.on).await?;
        let stored = stored.ok_or(StoreError::NotFound("request"))?;
        self.tell_made_before(id).await?;
        let records = assessment::Entity::find().filter(assessment::Column::RequestId.eq(id));
        self.tell(&records.all(&self.on).await?);
        let told = changes(None, &[], (request, &request_row(request)?), self.take_untold())?;
        let mut told: Map<String, Value> =
            serde_json::from_str(&told).map_err(|error| unreadable("requests", id, error))?;
        told.insert("filed_at".to_owned(), stored.filed_at.timestamp_micros().into());
        let stage = request.stage.kind().word().to_owned();
        let line = EventLine {
            subject: id,
            district: request.district.0,
            before: stage.clone(),
            after: stage,
            changes: Value::Object(told).to_string(),
            ..line(at)
        };
        let head = Head { count: stored.event_count, hash: stored.event_head };
        let head = self.append(line, &head).await?;
        let row = request::ActiveModel {
            event_count: Set(head.count),
            event_head: Set(head.hash),
            ..request::ActiveModel::default()
        };
        let update = request::Entity::update_many().set(row).filter(request::Column::Id.eq(id));
        update.exec(&self.on).await?;
        Ok(())
    }
}

fn line(at: DateTime<Utc>) -> EventLine {
    EventLine {
        at,
        role: Role::System.word().to_owned(),
        action: TAKEN_OVER.to_owned(),
        detail: NOTHING_TOLD.to_owned(),
        ..EventLine::default()
    }
}
