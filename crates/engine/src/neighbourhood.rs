//! Whom a community has around it: who may look into its hours, and against whom it may complain.

use store::{Organisation, OrganisationKind, Scope, StoreError};
use workflow::actor::{Actor, Role};

use crate::Engine;
use crate::error::EngineError;

impl Engine {
    /// The community of a code, if the actor may look into it.
    ///
    /// # Errors
    /// `NotFound`, also where the actor may not.
    pub async fn community_seen_by(&self, actor: &Actor, code: &str) -> Result<Organisation, EngineError> {
        let organisation = self.reader().organisation(code).await?;
        let seen = match self.scope(actor) {
            Scope::Everything => true,
            Scope::District(district) => organisation.district == district,
            Scope::Community(own) => organisation.id == own,
            Scope::Department(own) => is_subdistrict(actor) && organisation.parent == Some(own),
        };
        if seen && organisation.kind == OrganisationKind::Community {
            return Ok(organisation);
        }
        Err(StoreError::NotFound("organisation").into())
    }

    /// Departments and subdistricts against which the actor's community may complain: those of its district, and the
    /// city's; by name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn accusable_by(&self, actor: &Actor) -> Result<Vec<Organisation>, EngineError> {
        let Actor::Person(person) = actor else { return Ok(Vec::new()) };
        let kinds = [OrganisationKind::Department, OrganisationKind::Subdistrict];
        let mut found = self.reader().organisations_of_kinds(&kinds).await?;
        found.retain(|one| one.closed_on.is_none());
        found.retain(|one| one.district == person.district || self.is_city(one.district));
        Ok(found)
    }
}

fn is_subdistrict(actor: &Actor) -> bool {
    match actor {
        Actor::Person(person) => person.standings().any(|standing| standing.role == Role::Subdistrict),
        Actor::System => false,
    }
}
