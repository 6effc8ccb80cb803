//! Deputies (代理): who stands in for whom, by role and days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::actor::{Deputyship, Person, Role};
use workflow::id::{OrganisationId, UserId};

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::people::in_deputyships;
use crate::rows::{deputy, organisation, person, person_role};

/// One person's role in another's hands, both days counted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DeputyLine {
    pub id: Uuid,
    pub principal: UserId,
    pub deputy: UserId,
    pub role: Role,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub set_by: UserId,
}

impl Tx {
    /// Keeps that someone stands in for someone else.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_deputy(&self, line: &DeputyLine) -> Result<(), StoreError> {
        let DeputyLine { id, principal, deputy, role, from, until, set_by } = line;
        let row = deputy::Model {
            id: *id,
            principal_id: principal.0,
            deputy_id: deputy.0,
            role: role.word().to_owned(),
            from_on: *from,
            until_on: *until,
            set_by: set_by.0,
        };
        self.tell([&row]);
        deputy::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Ends deputyships of a principal's role on a day; those that end earlier stay. Gives how many there were.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_deputies(
        &self,
        principal: UserId,
        role: Role,
        last: NaiveDate,
    ) -> Result<u64, StoreError> {
        let running = deputy::Entity::find()
            .filter(deputy::Column::PrincipalId.eq(principal.0))
            .filter(deputy::Column::Role.eq(role.word()))
            .filter(deputy::Column::UntilOn.gt(last))
            .all(&self.on)
            .await?;
        let ended: Vec<_> = running.into_iter().map(|row| deputy::Model { until_on: last, ..row }).collect();
        self.tell(&ended);
        let update = deputy::Entity::update_many()
            .col_expr(deputy::Column::UntilOn, Expr::value(last))
            .filter(deputy::Column::Id.is_in(ended.iter().map(|row| row.id)));
        update.exec(&self.on).await?;
        Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
    }
}

impl Reader<'_> {
    /// All deputyships that have not ended before a day, by principal and first day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn deputies(&self, since: NaiveDate) -> Result<Vec<DeputyLine>, StoreError> {
        let rows = deputy::Entity::find()
            .filter(deputy::Column::UntilOn.gte(since))
            .order_by_asc(deputy::Column::PrincipalId)
            .order_by_asc(deputy::Column::FromOn)
            .all(&self.on)
            .await?;
        rows.into_iter().map(deputy_line).collect()
    }

    /// Who stands in for some people on a day, by principal and first day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn deputies_of(
        &self,
        principals: &[UserId],
        day: NaiveDate,
    ) -> Result<Vec<DeputyLine>, StoreError> {
        if principals.is_empty() {
            return Ok(Vec::new());
        }
        let rows = deputy::Entity::find()
            .filter(deputy::Column::PrincipalId.is_in(principals.iter().map(|user| user.0)))
            .filter(deputy::Column::FromOn.lte(day))
            .filter(deputy::Column::UntilOn.gte(day))
            .order_by_asc(deputy::Column::PrincipalId)
            .order_by_asc(deputy::Column::FromOn)
            .order_by_asc(deputy::Column::Id)
            .all(&self.on)
            .await?;
        rows.into_iter().map(deputy_line).collect()
    }

    /// The person with the roles of today, own and of those for whom the person stands in. What was true when the person
    /// signed in does not count.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn person_on(&self, user: UserId, day: NaiveDate) -> Result<Person, StoreError> {
        let stands_in = in_deputyships(deputy::Column::DeputyId, day);
        let (workers, stands_in) =
            self.marked(person::Column::Id.eq(user.0), person::Column::Id, stands_in).await?;
        let mut person = workers.into_iter().next().ok_or(StoreError::NotFound("person"))?.person;
        if stands_in {
            person.deputises = self.deputyships(user, day).await?;
        }
        Ok(person)
    }

    async fn deputyships(&self, user: UserId, day: NaiveDate) -> Result<Vec<Deputyship>, StoreError> {
        let rows = deputy::Entity::find()
            .filter(deputy::Column::DeputyId.eq(user.0))
            .filter(deputy::Column::FromOn.lte(day))
            .filter(deputy::Column::UntilOn.gte(day))
            .order_by_asc(deputy::Column::Id)
            .all(&self.on)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let principals = rows.iter().map(|row| row.principal_id);
        let people = person::Entity::find().filter(person::Column::Id.is_in(principals.clone()));
        let people = people.all(&self.on).await?;
        let places = organisation::Entity::find()
            .filter(organisation::Column::Id.is_in(people.iter().map(|row| row.organisation_id)))
            .all(&self.on)
            .await?;
        let held = person_role::Entity::find().filter(person_role::Column::PersonId.is_in(principals));
        let held = held.all(&self.on).await?;
        let districts: BTreeMap<_, _> = places.into_iter().map(|row| (row.id, row.district_id)).collect();
        let homes: BTreeMap<_, _> = people.into_iter().map(|row| (row.id, row.organisation_id)).collect();
        let still_held = |row: &deputy::Model| {
            held.iter().any(|role| role.person_id == row.principal_id && role.role == row.role)
        };
        let deputyship = |row: deputy::Model| {
            let organisation = homes.get(&row.principal_id).copied();
            let district = organisation.and_then(|home| districts.get(&home).copied());
            let Some((organisation, district)) = organisation.zip(district) else {
                return Err(unreadable("deputies", row.id, "the principal is missing"));
            };
            let line = deputy_line(row)?;
            Ok(Deputyship {
                principal: line.principal,
                role: line.role,
                organisation: OrganisationId(organisation),
                district: OrganisationId(district),
            })
        };
        rows.into_iter().filter(still_held).map(deputyship).collect()
    }
}

fn deputy_line(row: deputy::Model) -> Result<DeputyLine, StoreError> {
    let deputy::Model { id, principal_id, deputy_id, role, from_on, until_on, set_by } = row;
    Ok(DeputyLine {
        id,
        principal: UserId(principal_id),
        deputy: UserId(deputy_id),
        role: Role::from_word(&role).ok_or_else(|| unreadable("deputies", id, &role))?,
        from: from_on,
        until: until_on,
        set_by: UserId(set_by),
    })
}
