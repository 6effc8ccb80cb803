//! Whom a notice is meant for: the people of its audiences, and whether somebody stands in for one of them.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use workflow::notice::Audience;

use crate::connect::Reader;
use crate::error::StoreError;
use crate::people::{Worker, in_deputyships};
use crate::rows::{deputy, organisation, person, person_role};

impl Reader<'_> {
    /// Who is meant by each audience, in the order given; one query however many they are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recipients(&self, audiences: &[Audience]) -> Result<Vec<Vec<Worker>>, StoreError> {
        if audiences.is_empty() {
            return Ok(Vec::new());
        }
        let workers = self.workers(all_of(audiences), person::Column::Id).await?;
        Ok(audiences.iter().map(|audience| meant(audience, &workers)).collect())
    }

    /// The same, and whether somebody stands in for any of them on a day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recipients_on(
        &self,
        audiences: &[Audience],
        day: NaiveDate,
    ) -> Result<(Vec<Vec<Worker>>, bool), StoreError> {
        if audiences.is_empty() {
            return Ok((Vec::new(), false));
        }
        let absent = in_deputyships(deputy::Column::PrincipalId, day);
        let (workers, absent) = self.marked(all_of(audiences), person::Column::Id, absent).await?;
        Ok((audiences.iter().map(|audience| meant(audience, &workers)).collect(), absent))
    }
}

/// Everyone whom the audiences may mean: by place and role, or by name.
fn all_of(audiences: &[Audience]) -> Condition {
    let (mut organisations, mut districts, mut roles, mut people) = (vec![], vec![], vec![], vec![]);
    for audience in audiences {
        match audience {
            Audience::Organisation { organisation, role } => {
                organisations.push(organisation.0);
                roles.push(role.word());
            }
            Audience::District { district, role } => {
                districts.push(district.0);
                roles.push(role.word());
            }
            Audience::Person(user) => people.push(user.0),
        }
    }
    // Each way to a person has an index of its own; a condition around both would read everybody.
    let holds = || {
        let held = person_role::Entity::find()
            .select_only()
            .column(person_role::Column::PersonId)
            .filter(
                Expr::col((person_role::Entity, person_role::Column::PersonId))
                    .equals((person::Entity, person::Column::Id)),
            )
            .filter(person_role::Column::Role.is_in(roles.iter().copied()));
        Expr::exists(held.into_query())
    };
    let mut meant = Condition::any().add(person::Column::Id.is_in(people));
    if !organisations.is_empty() {
        meant = meant.add(person::Column::OrganisationId.is_in(organisations).and(holds()));
    }
    if !districts.is_empty() {
        let places = organisation::Entity::find()
            .select_only()
            .column(organisation::Column::Id)
            .filter(organisation::Column::DistrictId.is_in(districts));
        meant = meant.add(person::Column::OrganisationId.in_subquery(places.into_query()).and(holds()));
    }
    meant
}

fn meant(audience: &Audience, workers: &[Worker]) -> Vec<Worker> {
    let is_meant = |worker: &&Worker| match audience {
        Audience::Organisation { organisation, role } => {
            worker.person.organisation == *organisation && worker.person.roles.contains(role)
        }
        Audience::District { district, role } => {
            worker.person.district == *district && worker.person.roles.contains(role)
        }
        Audience::Person(user) => worker.person.user == *user,
    };
    workers.iter().filter(is_meant).cloned().collect()
}
