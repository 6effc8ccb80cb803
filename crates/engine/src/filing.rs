//! Drafts: what a department wants, before it submits; and corrections of what was returned.

use chrono::{DateTime, Utc};
use serde_json::Value;
use store::{OrganisationKind, Reader};
use uuid::Uuid;
use workflow::action::{Action, ActionKind};
use workflow::actor::{Actor, Person, Role};
use workflow::decide::DecideError;
use workflow::dossier::{Dossier, Origin};
use workflow::facts::{Application, Fault, read_application};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::{Request, Target};
use workflow::stage::{Stage, StageKind};

use crate::Engine;
use crate::act::{Intent, Order};
use crate::error::EngineError;
use crate::mergers;
use crate::step::Step;

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
        let actor = self.of_today(actor, now).await?;
        let Actor::Person(person) = &actor else { return Err(DecideError::NotYours.into()) };
        if !person.roles.contains(&Role::Submitter) {
            return Err(DecideError::NotYours.into());
        }
        let tx = self.store.begin().await?;
        let targets = targets(&tx.reader(), person.district, &filing.communities).await?;
        let request = new_draft(person, (filing.application, targets), Origin::New);
        tx.insert_draft(&request, now).await?;
        self.commit(tx, now, &request).await?;
        Ok(request)
    }

    /// Drafts the successor of a request that is in force (续期), in one step with the note on the old one. It goes the
    /// whole way again; the item stays in force only if its funds are committed before the old end.
    ///
    /// # Errors
    /// The old request is not in force, has ended, or has a successor already.
    pub async fn renew(&self, order: Order<'_>, filing: Filing) -> Result<Request, EngineError> {
        let (origin, content) = (order.request, self.content());
        let tx = self.store.begin().await?;
        let step = Step { engine: self, tx: &tx, content: &content, now: order.now };
        let (old, actor) = self.origin(&step, order).await?;
        let Actor::Person(person) = &actor else { return Err(DecideError::NotYours.into()) };
        let targets = targets(&tx.reader(), person.district, &filing.communities).await?;
        let request = new_draft(person, (filing.application, targets), Origin::Renewal { of: origin });
        let renew = Action::Renew { successor: request.id };
        step.take(old, renew, &actor).await?;
        tx.insert_draft(&request, order.now).await?;
        self.commit(tx, order.now, &request).await?;
        Ok(request)
    }

    /// Drafts a supplement to a request that is in force (追加); all together they add at most a share of its price.
    ///
    /// # Errors
    /// The request is not in force or not of the actor's department.
    pub async fn supplement(&self, order: Order<'_>, filing: Filing) -> Result<Request, EngineError> {
        let (origin, content) = (order.request, self.content());
        let tx = self.store.begin().await?;
        let step = Step { engine: self, tx: &tx, content: &content, now: order.now };
        let (old, actor) = self.origin(&step, order).await?;
        let Actor::Person(person) = &actor else { return Err(DecideError::NotYours.into()) };
        if old.stage.kind() != StageKind::InForce {
            let action = ActionKind::NoteSupplement;
            return Err(DecideError::NotOpen { stage: old.stage.kind(), action }.into());
        }
        let targets = targets(&tx.reader(), person.district, &filing.communities).await?;
        let request = new_draft(person, (filing.application, targets), Origin::Supplement { of: origin });
        tx.insert_draft(&request, order.now).await?;
        self.commit(tx, order.now, &request).await?;
        Ok(request)
    }

    /// The request to which another one is bound, and the submitter of its department.
    async fn origin(&self, step: &Step<'_>, order: Order<'_>) -> Result<(Request, Actor), EngineError> {
        let actor = step.actor_of_today(order.actor).await?;
        let request = step.tx.take_request(order.request, self.scope(&actor)).await?;
        order.seen.fits(Some(request.version))?;
        let own = |person: &Person| {
            person.organisation == request.department && person.roles.contains(&Role::Submitter)
        };
        match &actor {
            Actor::Person(person) if own(person) => Ok((request, actor)),
            _ => Err(DecideError::NotYours.into()),
        }
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

/// A draft of a person's own department.
pub(crate) fn new_draft(
    person: &Person,
    (application, targets): (Application, Vec<Target>),
    origin: Origin,
) -> Request {
    Request {
        id: RequestId(Uuid::now_v7()),
        district: person.district,
        department: person.organisation,
        filed_by: person.user,
        number: None,
        application,
        targets,
        assessed: None,
        stage: Stage::Draft,
        assignments: Vec::new(),
        dossier: Dossier { origin, ..Dossier::default() },
        version: 0,
    }
}

/// The communities of those codes; each must lie in the district.
pub(crate) async fn targets(
    reader: &Reader<'_>,
    district: OrganisationId,
    codes: &[String],
) -> Result<Vec<Target>, EngineError> {
    let found = reader.organisations_of(codes).await?;
    mergers::none_is_closed(reader, &found).await?;
    let mut faults = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        let known = found.iter().find(|organisation| organisation.code == *code);
        let fits = known.is_some_and(|o| o.kind == OrganisationKind::Community && o.district == district);
        let twice = codes.iter().take(index).any(|other| other == code);
        if !fits || twice {
            let (zh, en) = match twice {
                true => ("重复填写", "is given twice"),
                false => ("不是本区的社区", "is no community of this district"),
            };
            let said = (format!("“{code}”{zh}"), format!("`{code}` {en}"));
            faults.push(Fault::new(format!("/communities/{index}"), said));
        }
    }
    if !faults.is_empty() {
        return Err(EngineError::Malformed(faults));
    }
    let target =
        |organisation: store::Organisation| Target { community: organisation.id, code: organisation.code };
    Ok(found.into_iter().map(target).collect())
}
