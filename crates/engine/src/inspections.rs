//! The unified inspection (统一检查考核): proposals of departments, the plan a reviewer builds and an approver publishes,
//! and what a community sees of it.

use std::collections::{BTreeMap, BTreeSet};

use store::{Organisation, OrganisationKind, Scope, StoreError, Tx};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::id::{OrganisationId, PlanId, RequestId};
use workflow::inspection::{
    self, Busy, Material, Named, Office, Place, Plan, PlanAction, PlanContent, PlanDecided, PlanStage,
    PlanStageKind, Proposal, Refused, Visit,
};
use workflow::language::fill;
use workflow::oversight::OversightError;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::Engine;
use crate::error::EngineError;
use crate::letters::About;
use crate::money::short_of_base_funds;
use crate::oversight::{By, Tries, record};
use crate::readable::{parted, readable};
use crate::seen::Seen;

/// A plan as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    pub number: String,
    pub year: i32,
    pub stage: PlanStageKind,
    /// What is left of each visit today.
    pub visits: Vec<Visit>,
    pub refused: Vec<Refused>,
    /// What the reader's department has proposed, or everything that was proposed.
    pub proposals: Vec<Proposal>,
    /// Why requests that could be in it were not read.
    pub unreadable: Vec<String>,
    pub version: i64,
}

impl Engine {
    /// A department proposes to inspect an item or a request in a year; the cause says at once why it may not.
    ///
    /// # Errors
    /// The actor is no submitter, the request is not of the own department, the plan is published, or the same was
    /// proposed before.
    pub async fn propose_inspection(
        &self,
        by: By<'_>,
        (year, written): (i32, &str),
    ) -> Result<Proposal, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.propose_once(by, (year, written))).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn propose_once(&self, by: By<'_>, (year, written): (i32, &str)) -> Result<Proposal, EngineError> {
        let person = submitter(by.actor)?;
        let content = self.content();
        let tx = self.store.begin().await?;
        let own = Scope::Department(person.organisation);
        let (named, requests) = if content.rules.catalogue().contains_key(written) {
            let requests = tx.reader().requests_of_item(own, written).await?;
            (Named::Item(written.to_owned()), readable(requests))
        } else {
            let id = tx.reader().request_id(written, own).await?;
            let request = tx.reader().request(id, own).await?;
            (Named::Request { id, number: written.to_owned() }, vec![request])
        };
        let cause = inspection::cause(&named, &requests.iter().collect::<Vec<_>>(), year);
        let proposal = Proposal {
            district: person.district,
            department: person.organisation,
            year,
            named,
            by: person.user,
            on: by.moment(&content).today(),
            cause,
        };
        let plan = tx.reader().plan(person.district, year).await?;
        let stage = plan.map_or(PlanStageKind::Draft, |plan| plan.stage.kind());
        let happened = inspection::propose(&proposal, stage, by.actor)?;
        tx.insert_proposal(&proposal).await?;
        record(&tx, person.organisation, by, happened).await?;
        self.commit(tx, by.now, &proposal).await?;
        Ok(proposal)
    }

    /// Builds the draft of a year, or builds it anew, from what is admitted and funded now.
    ///
    /// # Errors
    /// The actor is no reviewer, the plan is published, or a community has no free day.
    pub async fn build_plan(&self, by: By<'_>, year: i32, busy: &[Busy]) -> Result<Plan, EngineError> {
        self.build_plan_seen(by, (year, Seen::Whatever), busy).await
    }

    /// The same for whoever has seen the plan at a version, or that there is none.
    ///
    /// # Errors
    /// As [`Engine::build_plan`]; `Stale` if it is at another version.
    pub async fn build_plan_seen(
        &self,
        by: By<'_>,
        (year, seen): (i32, Seen),
        busy: &[Busy],
    ) -> Result<Plan, EngineError> {
        self.on_plan(by, (Wish::Build { year, busy }, seen)).await
    }

    /// Publishes the plan of a year; every community hears of its date.
    ///
    /// # Errors
    /// There is no plan, the actor built it or is no approver, or the first visit is too near.
    pub async fn publish_plan(&self, by: By<'_>, year: i32) -> Result<Plan, EngineError> {
        self.publish_plan_seen(by, (year, Seen::Whatever)).await
    }

    /// The same for whoever has seen the plan at a version.
    ///
    /// # Errors
    /// As [`Engine::publish_plan`]; `Stale` if it is at another version.
    pub async fn publish_plan_seen(
        &self,
        by: By<'_>,
        (year, seen): (i32, Seen),
    ) -> Result<Plan, EngineError> {
        self.on_plan(by, (Wish::Publish { year }, seen)).await
    }

    /// Ends a plan whose last day is over.
    pub(crate) async fn finish_plan(&self, by: By<'_>, plan: &Plan) -> Result<Plan, EngineError> {
        let wish = Wish::Finish { district: plan.district, year: plan.year };
        self.on_plan(by, (wish, Seen::Whatever)).await
    }

    async fn on_plan(&self, by: By<'_>, (wish, seen): (Wish<'_>, Seen)) -> Result<Plan, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.plan_once(by, (wish, seen))).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn plan_once(&self, by: By<'_>, (wish, seen): (Wish<'_>, Seen)) -> Result<Plan, EngineError> {
        let content = self.content();
        let moment = by.moment(&content);
        let district = wish.district(by.actor)?;
        let tx = self.store.begin().await?;
        let found = tx.reader().plan(district, wish.year()).await?;
        seen.fits(found.as_ref().map(|plan| plan.version))?;
        let (plan, action) = match wish {
            Wish::Publish { .. } => (existing(found.clone())?, PlanAction::Publish),
            Wish::Finish { .. } => (existing(found.clone())?, PlanAction::Finish),
            Wish::Build { year, busy } => {
                let first = || self.first_draft(by, district, year);
                let plan = found.clone().map_or_else(first, Ok)?;
                // Closed steps are refused before everything is read.
                inspection::may_build(&plan, by.actor)?;
                (plan, PlanAction::Build(self.built(&tx, by, (district, year), busy).await?))
            }
        };
        let office = Office(tx.reader().organisation_by_id(office_of(by.actor, &plan)).await?.name);
        let decided = inspection::decide(&plan, action, by.actor, (&office, moment))?;
        let PlanDecided { plan, happened, notices } = decided;
        match &found {
            Some(before) => tx.put_plan(&plan, before.version).await?,
            None => tx.insert_plan(&plan).await?,
        }
        self.tell(&tx, About { district, request: None }, &notices, by.now).await?;
        record(&tx, district, by, happened).await?;
        self.commit(tx, by.now, &plan).await?;
        self.wake_delivery();
        Ok(plan)
    }

    fn first_draft(&self, by: By<'_>, district: OrganisationId, year: i32) -> Result<Plan, EngineError> {
        let content = self.content();
        let parameters = &content.rules.parameters().oversight.inspection;
        Ok(Plan {
            id: PlanId(Uuid::now_v7()),
            number: fill(&parameters.number, &[("year", year.to_string())]),
            district,
            year,
            built_by: by.actor.user().ok_or(OversightError::NotYours)?,
            built_on: by.moment(&content).today(),
            content: PlanContent::empty(parameters.core_while_short),
            stage: PlanStage::Draft,
            version: 0,
        })
    }

    async fn built(
        &self,
        tx: &Tx,
        by: By<'_>,
        (district, year): (OrganisationId, i32),
        busy: &[Busy],
    ) -> Result<inspection::Built, EngineError> {
        let content = self.content();
        let reader = tx.reader();
        let tree = reader.organisations().await?;
        let places: Vec<Place> = tree.iter().filter(|one| is_place(one, district)).map(place).collect();
        let codes: BTreeSet<&str> = places.iter().map(|place| place.code.as_str()).collect();
        for code in busy.iter().filter_map(|busy| busy.community.as_deref()) {
            if !codes.contains(code) {
                return Err(StoreError::NotFound("organisation").into());
            }
        }
        let requests = readable(reader.requests_of(Scope::District(district), StageKind::ALL).await?);
        let proposals = reader.proposals((district, year), None).await?;
        let ids: Vec<OrganisationId> = places.iter().map(|place| place.id).collect();
        let money = &content.rules.parameters().money;
        let short = short_of_base_funds(&reader, money, (&ids, year)).await?;
        let material = Material {
            year,
            places: &places,
            requests: &requests,
            proposals: &proposals,
            short: &short,
            busy,
            catalogue: content.rules.catalogue(),
        };
        Ok(inspection::build(material, by.moment(&content))?)
    }

    /// The plan of a year as the actor may see it. A draft is the office's; a department sees what was said to its own
    /// proposals and the visits that look at its own work; a community sees its own visit.
    ///
    /// # Errors
    /// `NotFound` where the actor may see nothing of it.
    pub async fn plan(&self, by: By<'_>, year: i32) -> Result<PlanView, EngineError> {
        let Actor::Person(person) = by.actor else { return Err(OversightError::NotYours.into()) };
        let reader = self.store.reader();
        let plan = existing(reader.plan(person.district, year).await?)?;
        let published = plan.stage.kind() != PlanStageKind::Draft;
        let office = [Role::Reviewer, Role::Approver, Role::Auditor];
        let whole = office.iter().any(|role| person.roles.contains(role));
        if !published && !whole {
            return Err(StoreError::NotFound("plan").into());
        }
        let found = reader.requests_of(Scope::District(plan.district), StageKind::ALL).await?;
        let (requests, unreadable) = parted(found);
        let by_id: BTreeMap<RequestId, &Request> = requests.iter().map(|one| (one.id, one)).collect();
        let today = plan.content.visits.iter().filter_map(|v| inspection::remaining(v, &by_id, plan.year));
        let (department, community) = (person.organisation, person.roles.contains(&Role::Committee));
        let visits: Vec<Visit> = match (whole, community) {
            (true, _) => today.collect(),
            (false, true) => today.filter(|visit| visit.community == person.organisation).collect(),
            (false, false) => today.filter_map(|visit| visit.of_department(department)).collect(),
        };
        let of = if whole { None } else { Some(department) };
        let refused = plan.content.refused.into_iter();
        Ok(PlanView {
            number: plan.number,
            year: plan.year,
            version: plan.version,
            stage: plan.stage.kind(),
            visits,
            refused: refused.filter(|one| of.is_none_or(|own| one.department == own)).collect(),
            proposals: reader.proposals((plan.district, year), of).await?,
            unreadable,
        })
    }
}

/// What is to be done to a plan.
#[derive(Debug, Clone, Copy)]
enum Wish<'a> {
    Build { year: i32, busy: &'a [Busy] },
    Publish { year: i32 },
    Finish { district: OrganisationId, year: i32 },
}

impl Wish<'_> {
    fn year(self) -> i32 {
        match self {
            Wish::Build { year, .. } | Wish::Publish { year } | Wish::Finish { year, .. } => year,
        }
    }

    /// A person's own district; the clock names the plan's.
    fn district(self, actor: &Actor) -> Result<OrganisationId, EngineError> {
        match (self, actor) {
            (Wish::Finish { district, .. }, _) => Ok(district),
            (_, Actor::Person(person)) => Ok(person.district),
            (_, Actor::System) => Err(OversightError::NotYours.into()),
        }
    }
}

/// The organisation whose name stands under the letters: the actor's, or the district.
fn office_of(actor: &Actor, plan: &Plan) -> OrganisationId {
    match actor {
        Actor::Person(person) => person.organisation,
        Actor::System => plan.district,
    }
}

fn submitter(actor: &Actor) -> Result<&Person, EngineError> {
    match actor {
        Actor::Person(person) if person.roles.contains(&Role::Submitter) => Ok(person),
        _ => Err(OversightError::NotYours.into()),
    }
}

fn existing(found: Option<Plan>) -> Result<Plan, EngineError> {
    found.ok_or_else(|| StoreError::NotFound("plan").into())
}

fn is_place(organisation: &Organisation, district: OrganisationId) -> bool {
    let is_open = organisation.kind == OrganisationKind::Community && organisation.closed_on.is_none();
    is_open && organisation.district == district
}

fn place(organisation: &Organisation) -> Place {
    Place { id: organisation.id, code: organisation.code.clone(), name: organisation.name.clone() }
}
