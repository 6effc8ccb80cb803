//! Ratings of departments: a community answers about a settled request, its residents' representatives vote, and what
//! the answers come to. Departments see no more than the count while too few have answered.

use store::{RatingScope, Scope, StoreError};
use uuid::Uuid;
use workflow::actor::{Actor, Role};
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
        tx.commit().await?;
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
        let oversees = [Role::Reviewer, Role::Approver, Role::Auditor];
        // Nobody of the rated department sees who gave what, whatever else he is.
        let oversees = oversees.iter().any(|role| person.roles.contains(role)) && !own;
        if oversees {
            return Ok(RatingView { department: rated.id, year, results, answers });
        }
        let results = results.for_department(&answers, parameters);
        let of_own = answers.into_iter().filter(|rating| rating.community == person.organisation);
        Ok(RatingView { department: rated.id, year, results, answers: of_own.collect() })
    }
}
