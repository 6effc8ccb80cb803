//! Drafts: what a department wants, before it submits; and corrections of what was returned.

use chrono::{DateTime, Utc};
use serde_json::Value;
use store::{OrganisationKind, Reader};
use uuid::Uuid;
use workflow::action::Action;
use workflow::actor::{Actor, Role};
use workflow::decide::DecideError;
use workflow::facts::{Application, Fault, read_application};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::{Request, Target};
use workflow::stage::Stage;

use crate::Engine;
use crate::act::{Intent, Order};
use crate::error::EngineError;

/// What a department files: the application of `contract.md` (without the department, which is the filer's own) and
/// the codes of the communities.
#[derive(Debug, Clone, PartialEq)]
pub struct Filing {
    pub application: Application,
    pub communities: Vec<String>,
}

impl Filing {
    /// Reads a filing from JSON.
    ///
    /// # Errors
    /// Every fault of the application with its JSON pointer.
    pub fn read(application: &Value, communities: Vec<String>) -> Result<Filing, EngineError> {
        let application = read_application(application).map_err(EngineError::Malformed)?;
        Ok(Filing { application, communities })
    }
}

impl Engine {
    /// Keeps a new draft of the actor's own department.
    ///
    /// # Errors
    /// The actor files for no department, or a community is not in the department's district.
    pub async fn draft(
        &self,
        filing: Filing,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Request, EngineError> {
        let Actor::Person(person) = actor else { return Err(DecideError::NotYours.into()) };
        if !person.roles.contains(&Role::Submitter) {
            return Err(DecideError::NotYours.into());
        }
        let tx = self.store.begin().await?;
        let targets = targets(&tx.reader(), person.district, &filing.communities).await?;
        let request = Request {
            id: RequestId(Uuid::now_v7()),
            district: person.district,
            department: person.organisation,
            filed_by: person.user,
            number: None,
            application: filing.application,
            targets,
            assessed: None,
            stage: Stage::Draft,
            assignments: Vec::new(),
            version: 0,
        };
        tx.insert_draft(&request, now).await?;
        tx.commit().await?;
        Ok(request)
    }

    /// Replaces what a draft or a returned request says; it is submitted again by its own command.
    ///
    /// # Errors
    /// The request is in another stage, at another version, or past the correction limit.
    pub async fn correct(&self, order: Order<'_>, filing: Filing) -> Result<Request, EngineError> {
        let Actor::Person(person) = order.actor else { return Err(DecideError::NotYours.into()) };
        let targets = targets(&self.store.reader(), person.district, &filing.communities).await?;
        let application = Box::new(filing.application);
        let correct = Action::Correct { application, targets };
        self.trying(order, |request| Ok(Intent::Action(request, correct.clone()))).await
    }
}

/// The communities of those codes; each must lie in the district.
async fn targets(
    reader: &Reader<'_>,
    district: OrganisationId,
    codes: &[String],
) -> Result<Vec<Target>, EngineError> {
    let found = reader.organisations_of(codes).await?;
    let mut faults = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        let known = found.iter().find(|organisation| organisation.code == *code);
        let fits = known.is_some_and(|o| o.kind == OrganisationKind::Community && o.district == district);
        let twice = codes.iter().take(index).any(|other| other == code);
        if !fits || twice {
            let why = if twice { "is given twice" } else { "is no community of this district" };
            faults
                .push(Fault { pointer: format!("/communities/{index}"), message: format!("`{code}` {why}") });
        }
    }
    if !faults.is_empty() {
        return Err(EngineError::Malformed(faults));
    }
    let target =
        |organisation: store::Organisation| Target { community: organisation.id, code: organisation.code };
    Ok(found.into_iter().map(target).collect())
}
