//! Work in the communities: accept, refuse in one step, deliver, and the end of the period.

use serde_json::json;

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::Action;
use crate::actor::Actor;
use crate::assignment::{Assignment, AssignmentStage, Delivery, RefusalReason};
use crate::id::OrganisationId;
use crate::ledger::{Account, Posting, Purpose};
use crate::request::Bookings;
use crate::stage::{Stage, StageKind};

impl Deciding<'_> {
    /// A committee accepts, or its time to refuse has passed (deemed accepted, since it is funded).
    pub(super) fn accept_assignment(&self, community: OrganisationId) -> Result<Changes, DecideError> {
        let assignment = self.own(community)?;
        let AssignmentStage::Offered { on } = assignment.stage else {
            return Err(DecideError::NoAssignment);
        };
        self.only_after(on, self.moment.parameters.limits.refusal)?;
        let on = self.moment.today();
        Ok(self.with(community, &AssignmentStage::Accepted { on }))
    }

    /// A refusal frees the community's hours and money and reaches the office by itself (`policy.md` §8).
    pub(super) fn refuse_assignment(
        &self,
        community: OrganisationId,
        reason: RefusalReason,
        text: Option<&str>,
    ) -> Result<Changes, DecideError> {
        let assignment = self.own(community)?;
        if self.request.stage.emergency().is_some() {
            return Err(DecideError::NotRefusable);
        }
        let AssignmentStage::Offered { on } = assignment.stage else {
            return Err(DecideError::NoAssignment);
        };
        if reason == RefusalReason::Other {
            given(text)?;
        }
        let limit = self.moment.calendar.limit(on, self.moment.parameters.limits.refusal);
        let today = self.moment.today();
        if limit.has_passed(today) {
            return Err(DecideError::TooLate { on: limit.due });
        }
        let account = Account::Community { community };
        let paid_back = Posting::of(Purpose::Refund, account, self.source(), assignment.paid);
        let unpaid = self.escrow_back(assignment.price - assignment.paid);
        let told = notices::refused(self.request, assignment, reason, text);
        let mut changes = self.with(community, &AssignmentStage::Refused { on: today, reason });
        for refused in changes.request.assignments.iter_mut().filter(|a| a.community == community) {
            refused.paid = crate::money::Fen::ZERO;
        }
        let changes = changes.moving(paid_back).moving(unpaid).booking(Bookings::FreeCommunity(community));
        Ok(changes.noting("refusal", reason.word()).telling(told))
    }

    /// The community hands in its work with what shows it; an emergency's with its real hours.
    pub(super) fn deliver_assignment(
        &self,
        community: OrganisationId,
        delivery: &Delivery,
    ) -> Result<Changes, DecideError> {
        given(Some(&delivery.report))?;
        self.hours_are_given(&delivery.worked)?;
        let assignment = self.own(community)?;
        if assignment.is_over() {
            return Err(DecideError::NoAssignment);
        }
        let files = delivery
            .evidence
            .iter()
            .map(|file| json!({ "name": file.name, "sha256": file.sha256, "size": file.size }));
        let files: Vec<_> = files.collect();
        let delivery = self.with_parts(community, delivery);
        let stage = AssignmentStage::Delivered { on: self.moment.today(), delivery };
        let mut changes = self.with(community, &stage);
        changes.request.dossier.parts.retain(|part| part.community != community);
        Ok(if files.is_empty() { changes } else { changes.noting("evidence", files) })
    }

    /// Everything is delivered or refused, or the period has ended.
    pub(super) fn finish(&self) -> Result<Changes, DecideError> {
        let Some(authority) = self.request.stage.authority() else {
            return Err(self.closed(&Action::Finish));
        };
        let ends_on = self.request.application.ends_on.ok_or(DecideError::Incomplete)?;
        let running = self.request.stage.kind() == StageKind::InForce;
        let all_over = running && self.request.assignments.iter().all(Assignment::is_over);
        if !all_over && self.moment.today() <= ends_on {
            return Err(DecideError::NotYetDue { on: ends_on });
        }
        let stage = Stage::Acceptance { on: self.moment.today(), authority: authority.clone() };
        let renewed = self.request.dossier.renewed_until.map(|until| until.to_string());
        let changes = self.ruled_on_later(self.to(stage));
        Ok(match renewed {
            Some(until) => changes.noting("renewed_until", until),
            None => changes,
        })
    }

    /// The assignment of that community, if the actor may speak for it.
    fn own(&self, community: OrganisationId) -> Result<&Assignment, DecideError> {
        let system = matches!(self.actor, Actor::System);
        if !system && self.standing.organisation != community {
            return Err(DecideError::NotYours);
        }
        self.assignment(community)
    }

    pub(super) fn assignment(&self, community: OrganisationId) -> Result<&Assignment, DecideError> {
        let mut assignments = self.request.assignments.iter();
        assignments.find(|assignment| assignment.community == community).ok_or(DecideError::NoAssignment)
    }

    /// The same stage with one assignment moved on.
    pub(super) fn with(&self, community: OrganisationId, stage: &AssignmentStage) -> Changes {
        let mut changes = self.to(self.request.stage.clone());
        let word = stage.kind().word();
        let mut code = String::new();
        for assignment in changes.request.assignments.iter_mut().filter(|a| a.community == community) {
            assignment.stage = stage.clone();
            code.clone_from(&assignment.code);
        }
        changes.noting("community", code).noting("assignment", word)
    }
}
