//! Ratings of departments: a community answers about a settled request, its residents' representatives vote, and what
//! the answers come to. Departments see no more than the count while too few have answered.

use std::collections::BTreeMap;

use store::{RatingScope, Scope, StoreError};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::id::{OrganisationId, RatingId};
use workflow::oversight::OversightError;
use workflow::rating::{self, Answer, Rating, RatingKind, Results};

use crate::Engine;
use crate::error::EngineError;
use crate::oversight::{By, Tries, record};

/// The results of a department's year, and the single answers for those who may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingView {
    pub department: OrganisationId,
    pub year: i32,
    pub results: Results,
    /// Office, leading group and audit see all; a community its own; a department none.
    pub answers: Vec<Rating>,
}

impl Engine {
    /// Gives the answer of the actor's community about a request.
    ///
    /// # Errors
    /// The request is not the community's, not settled or too long ago, the answer was given before or does not add up.
    pub async fn rate(&self, by: By<'_>, written: &str, answer: Answer) -> Result<Rating, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.rate_once(by, written, answer.clone())).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn rate_once(&self, by: By<'_>, written: &str, answer: Answer) -> Result<Rating, EngineError> {
        let Actor::Person(person) = by.actor else { return Err(OversightError::NotYours.into()) };
        let content = self.content();
        let tx = self.store.begin().await?;
        let reader = tx.reader();
        let scope = self.scope(by.actor);
        let request = reader.request(reader.request_id(written, scope).await?, scope).await?;
        let before = reader.ratings(RatingScope::Answered(request.id, person.organisation)).await?;
        let given: Vec<RatingKind> = before.iter().map(|rating| rating.answer.kind()).collect();
        let new = (RatingId(Uuid::now_v7()), answer);
        let (rating, happened) = rating::rate(&request, new, &given, (by.actor, by.moment(&content)))?;
        tx.insert_rating(&rating).await?;
        record(&tx, rating.community, by, happened).await?;
        self.commit(tx, by.now, &rating).await?;
        Ok(rating)
    }

    /// The results of a department in a year, as the actor may see them.
    ///
    /// # Errors
    /// `NotFound` for a department of another district, or for another department.
    pub async fn rating_results(
        &self,
        by: By<'_>,
        (department, year): (&str, i32),
    ) -> Result<RatingView, EngineError> {
        let Actor::Person(person) = by.actor else { return Err(OversightError::NotYours.into()) };
        let reader = self.store.reader();
        let rated = reader.organisation(department).await?;
        let scope = self.scope(by.actor);
        let own = rated.id == person.organisation;
        let near = match scope {
            Scope::Everything => true,
            Scope::District(district) => rated.district == district,
            Scope::Community(_) => rated.district == person.district,
            Scope::Department(_) => own,
        };
        if !near || rated.body.is_none() {
            return Err(StoreError::NotFound("organisation").into());
        }
        let answers = reader.ratings(RatingScope::Department(rated.id, year)).await?;
        let content = self.content();
        let parameters = &content.rules.parameters().oversight.ratings;
        let results = rating::results(&answers, parameters);
        // Nobody of the rated department sees who gave what, whatever else he is.
        if oversees(person) && !own {
            return Ok(RatingView { department: rated.id, year, results, answers });
        }
        let results = results.for_department(&answers, parameters);
        let of_own = answers.into_iter().filter(|rating| rating.community == person.organisation);
        Ok(RatingView { department: rated.id, year, results, answers: of_own.collect() })
    }

    /// The results of every rated department of a year, for those who oversee a district or the city. One query.
    ///
    /// # Errors
    /// `NotYours` for anybody else.
    pub async fn ratings_of_year(&self, by: By<'_>, year: i32) -> Result<Vec<RatingView>, EngineError> {
        let Actor::Person(person) = by.actor else { return Err(OversightError::NotYours.into()) };
        let district = match self.scope(by.actor) {
            Scope::Everything => None,
            Scope::District(district) => Some(district),
            Scope::Department(_) | Scope::Community(_) => return Err(OversightError::NotYours.into()),
        };
        if !oversees(person) {
            return Err(OversightError::NotYours.into());
        }
        let mut by_department: BTreeMap<OrganisationId, Vec<Rating>> = BTreeMap::new();
        for rating in self.store.reader().ratings(RatingScope::Year(district, year)).await? {
            by_department.entry(rating.department).or_default().push(rating);
        }
        let content = self.content();
        let parameters = &content.rules.parameters().oversight.ratings;
        let view = |(department, answers): (OrganisationId, Vec<Rating>)| {
            let results = rating::results(&answers, parameters);
            if department == person.organisation {
                let results = results.for_department(&answers, parameters);
                return RatingView { department, year, results, answers: Vec::new() };
            }
            RatingView { department, year, results, answers }
        };
        Ok(by_department.into_iter().map(view).collect())
    }

    /// All that the actor's community has answered, oldest first.
    ///
    /// # Errors
    /// `NotYours` for whoever is no committee.
    pub async fn own_ratings(&self, by: By<'_>) -> Result<Vec<Rating>, EngineError> {
        match self.scope(by.actor) {
            Scope::Community(own) => Ok(self.store.reader().ratings(RatingScope::Community(own)).await?),
            _ => Err(OversightError::NotYours.into()),
        }
    }
}

/// Whether a person sees the answers of a whole district.
fn oversees(person: &Person) -> bool {
    [Role::Reviewer, Role::Approver, Role::Auditor].iter().any(|role| person.roles.contains(role))
}
