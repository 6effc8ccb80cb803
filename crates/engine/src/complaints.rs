//! Complaints (违规摊派举报): filing with evidence, handling, and what each reader sees of them. The accused department
//! never gets the complaint itself, only the order.

use chrono::NaiveDate;
use serde::Serialize;
use store::{
    ComplaintScope, EventLine, Evidence, HandedIn, Organisation, OrganisationKind, Scope, StoreError, Tx,
};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::complaint::{
    self, Complaint, ComplaintAction, ComplaintDecided, ComplaintStage, Covering, Hearer, Imposed, Near,
};
use workflow::id::{ComplaintId, OrganisationId};
use workflow::language::fill;
use workflow::notice::Audience;
use workflow::oversight::OversightError;
use workflow::stage::StageKind;

use crate::Engine;
use crate::error::EngineError;
use crate::letters::About;
use crate::oversight::{By, Tries, record, year_of};
use crate::readable::parted;
use crate::seen::Seen;

/// What a committee files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComplaint {
    /// Code of the accused department or subdistrict.
    pub department: String,
    pub what: String,
    pub since: NaiveDate,
    /// The number of the request that is said to cover it.
    pub covered_by: Option<String>,
    pub evidence: Vec<HandedIn>,
}

/// A complaint as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComplaintView {
    /// Complainant, office, leading group, audit.
    Whole {
        complaint: Box<Complaint>,
        due: NaiveDate,
        evidence: Vec<Evidence>,
        history: Vec<EventLine>,
        /// What the department has for that community; empty for the complainant.
        coverage: Vec<Covering>,
        /// Why requests that could be beside it were not read.
        unreadable: Vec<String>,
    },
    /// The accused.
    Order(ComplaintOrder),
}

/// The complaints that somebody may see, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaints {
    pub complaints: Vec<ComplaintView>,
    /// Why others could not be read.
    pub unreadable: Vec<String>,
}

/// What the accused department learns: the community and the order, no person and not the complainant's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComplaintOrder {
    pub number: String,
    pub community: OrganisationId,
    pub since: NaiveDate,
    pub order: String,
    pub on: NaiveDate,
}

impl Engine {
    /// Files a complaint for the actor's own community.
    ///
    /// # Errors
    /// The actor is no committee, the department is not of the district or the city, or the evidence cannot be kept.
    pub async fn file_complaint(&self, by: By<'_>, new: NewComplaint) -> Result<Complaint, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        files_complaints(by.actor)?;
        self.are_fit(&new.evidence).await?;
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.file_once(by, new.clone())).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn file_once(&self, by: By<'_>, new: NewComplaint) -> Result<Complaint, EngineError> {
        let person = files_complaints(by.actor)?;
        let content = self.content();
        let moment = by.moment(&content);
        let oversight = &moment.parameters.oversight;
        let tx = self.store.begin().await?;
        let accused = self.accused(&tx, &new.department, person.district).await?;
        let year = year_of(moment.today());
        let ordinal = tx.next_complaint(person.district, year).await?;
        let values = [("year", year.to_string()), ("number", ordinal.to_string())];
        let own_host = accused.hosts_office && accused.district == person.district;
        let complaint = Complaint {
            id: ComplaintId(Uuid::now_v7()),
            number: fill(&oversight.complaints.number, &values),
            district: person.district,
            community: person.organisation,
            department: accused.id,
            filed_by: person.user,
            filed_on: moment.today(),
            imposed: Imposed { what: new.what, since: new.since, covered_by: new.covered_by },
            hearer: if own_host { Hearer::LeadingGroup } else { Hearer::Office },
            escalated_on: None,
            stage: ComplaintStage::Filed,
            version: 0,
        };
        let near = near(&tx, &complaint).await?;
        let mut decided = complaint::file(complaint, by.actor, &near, moment)?;
        tx.insert_complaint(&decided.complaint, (year, ordinal)).await?;
        let kept = tx.keep_evidence(decided.complaint.id.0, &new.evidence, by.now).await?;
        decided.happened.detail.insert("evidence".to_owned(), serde_json::json!(kept));
        self.finish_complaint(tx, by, decided).await
    }

    /// The department of a code, of the district or of the city above it.
    async fn accused(
        &self,
        tx: &Tx,
        code: &str,
        district: OrganisationId,
    ) -> Result<Organisation, EngineError> {
        let accused = tx.reader().organisation(code).await?;
        let files = matches!(accused.kind, OrganisationKind::Department | OrganisationKind::Subdistrict);
        let near = accused.district == district || self.is_city(accused.district);
        if files && near { Ok(accused) } else { Err(StoreError::NotFound("organisation").into()) }
    }

    /// Carries out a step on the complaint of a number or an id.
    ///
    /// # Errors
    /// The complaint is outside the actor's scope, or the workflow refuses.
    pub async fn decide_complaint(
        &self,
        by: By<'_>,
        written: &str,
        action: ComplaintAction,
    ) -> Result<Complaint, EngineError> {
        self.decide_complaint_seen(by, (written, Seen::Whatever), action).await
    }

    /// The same for whoever has seen the complaint at a version.
    ///
    /// # Errors
    /// As [`Engine::decide_complaint`]; `Stale` if it is at another version.
    pub async fn decide_complaint_seen(
        &self,
        by: By<'_>,
        (written, seen): (&str, Seen),
        action: ComplaintAction,
    ) -> Result<Complaint, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.decide_once(by, (written, seen), &action)).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn decide_once(
        &self,
        by: By<'_>,
        (written, seen): (&str, Seen),
        action: &ComplaintAction,
    ) -> Result<Complaint, EngineError> {
        let content = self.content();
        let tx = self.store.begin().await?;
        let complaint = tx.reader().complaint(written, self.complaint_scope(by.actor)).await?;
        seen.fits(Some(complaint.version))?;
        let near = near(&tx, &complaint).await?;
        let decided = complaint::decide(&complaint, action, by.actor, (&near, by.moment(&content)))?;
        tx.put_complaint(&decided.complaint, complaint.version).await?;
        self.finish_complaint(tx, by, decided).await
    }

    /// The entry stands in the community's chain, which also carries what it did before.
    async fn finish_complaint(
        &self,
        tx: Tx,
        by: By<'_>,
        decided: ComplaintDecided,
    ) -> Result<Complaint, EngineError> {
        let ComplaintDecided { complaint, happened, notices } = decided;
        let about = About { district: complaint.district, request: None };
        self.tell(&tx, about, &notices, by.now).await?;
        record(&tx, complaint.community, by, happened).await?;
        self.commit(tx, by.now, &complaint).await?;
        self.wake_delivery();
        Ok(complaint)
    }

    /// What an actor may see of complaints.
    #[must_use]
    pub fn complaint_scope(&self, actor: &Actor) -> ComplaintScope {
        let Actor::Person(person) = actor else { return ComplaintScope::Everything };
        let (own, district) = (person.organisation, person.district);
        let has = |role: Role| person.roles.contains(&role);
        match () {
            () if has(Role::Committee) => ComplaintScope::Community(own),
            () if has(Role::Approver) => ComplaintScope::LeadingGroup { district, own },
            () if has(Role::Reviewer) => ComplaintScope::Office { district, own },
            () if has(Role::Auditor) && self.is_city(district) => ComplaintScope::Everything,
            () if has(Role::Auditor) => ComplaintScope::District(district),
            () => ComplaintScope::Accused(own),
        }
    }

    /// The complaints an actor may see, newest first.
    ///
    /// # Errors
    /// What the database says; a complaint that cannot be read is listed and stops no other.
    pub async fn complaints(&self, by: By<'_>) -> Result<Complaints, EngineError> {
        let scope = self.complaint_scope(by.actor);
        let (found, unreadable) = parted(self.store.reader().complaints(scope, &[]).await?);
        let complaints = found.into_iter().map(|complaint| self.seen(scope, complaint)).collect();
        Ok(Complaints { complaints, unreadable })
    }

    /// One complaint as the actor may see it, with evidence, history, and for handlers the facts beside it.
    ///
    /// # Errors
    /// `NotFound` outside the scope.
    pub async fn complaint(&self, by: By<'_>, written: &str) -> Result<ComplaintView, EngineError> {
        let scope = self.complaint_scope(by.actor);
        let reader = self.store.reader();
        let mut view = self.seen(scope, reader.complaint(written, scope).await?);
        let ComplaintView::Whole { complaint, evidence, history, coverage, unreadable, .. } = &mut view
        else {
            return Ok(view);
        };
        *evidence = reader.evidence(complaint.id.0).await?;
        *history = reader.complaint_history(complaint).await?;
        if !matches!(scope, ComplaintScope::Community(_)) {
            let found = reader.requests_of(Scope::District(complaint.district), StageKind::ALL).await?;
            let (requests, unread) = parted(found);
            *unreadable = unread;
            *coverage = complaint::coverage(complaint, &requests);
        }
        Ok(view)
    }

    /// A complaint's file, for those who may see the whole complaint; its bytes are read by [`Engine::piece`].
    ///
    /// # Errors
    /// `NotFound`; `Unreadable` if it is no longer what was handed in.
    pub async fn complaint_file(
        &self,
        by: By<'_>,
        (written, name): (&str, &str),
    ) -> Result<Evidence, EngineError> {
        let scope = self.complaint_scope(by.actor);
        if matches!(scope, ComplaintScope::Accused(_)) {
            return Err(StoreError::NotFound("evidence").into());
        }
        let reader = self.store.reader();
        let complaint = reader.complaint(written, scope).await?;
        let file = reader.evidence_named(complaint.id.0, name).await?;
        reader.is_as_kept(&file).await?;
        Ok(file)
    }

    /// All bytes of a complaint's file.
    ///
    /// # Errors
    /// As [`Engine::complaint_file`].
    pub async fn complaint_evidence(&self, by: By<'_>, of: (&str, &str)) -> Result<Vec<u8>, EngineError> {
        let file = self.complaint_file(by, of).await?;
        Ok(self.reader().evidence_bytes(&file).await?)
    }

    fn seen(&self, scope: ComplaintScope, complaint: Complaint) -> ComplaintView {
        let accused = matches!(scope, ComplaintScope::Accused(_));
        if let (ComplaintStage::Upheld { order, on, .. }, true) = (&complaint.stage, accused) {
            return ComplaintView::Order(ComplaintOrder {
                number: complaint.number.clone(),
                community: complaint.community,
                since: complaint.imposed.since,
                order: order.clone(),
                on: *on,
            });
        }
        let content = self.content();
        let parameters = &content.rules.parameters().oversight.complaints;
        let due = complaint.limit(&content.calendar, parameters).due;
        let nothing = (Vec::new(), Vec::new(), Vec::new());
        ComplaintView::Whole {
            complaint: Box::new(complaint),
            due,
            evidence: nothing.0,
            history: nothing.1,
            coverage: nothing.2,
            unreadable: Vec::new(),
        }
    }
}

/// Whoever files complaints: a member of a committee.
fn files_complaints(actor: &Actor) -> Result<&Person, OversightError> {
    match actor {
        Actor::Person(person) if person.roles.contains(&Role::Committee) => Ok(person),
        Actor::Person(_) | Actor::System => Err(OversightError::NotYours),
    }
}

/// The names of letters, and the people who are told: none of the accused organisation, and not the complainant.
async fn near(tx: &Tx, complaint: &Complaint) -> Result<Near, EngineError> {
    let reader = tx.reader();
    let of = |role: Role| Audience::District { district: complaint.district, role };
    let found = reader.recipients(&[of(Role::Reviewer), of(Role::Approver)]).await?;
    let mut told = found.into_iter().map(|workers| {
        let people = workers.into_iter().map(|worker| worker.person);
        let apart =
            people.filter(|one| one.organisation != complaint.department && one.user != complaint.filed_by);
        apart.map(|person| Audience::Person(person.user)).collect::<Vec<_>>()
    });
    Ok(Near {
        community: reader.organisation_by_id(complaint.community).await?.name,
        department: reader.organisation_by_id(complaint.department).await?.name,
        reviewers: told.next().unwrap_or_default(),
        approvers: told.next().unwrap_or_default(),
    })
}
