//! Work in the communities: accept, refuse in one step, deliver, and the end of the period.

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::Action;
use crate::actor::Actor;
use crate::assignment::{Assignment, AssignmentStage, RefusalReason};
use crate::id::OrganisationId;
use crate::ledger::{Account, Posting, Purpose};
use crate::request::Bookings;
use crate::stage::Stage;

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
        let paid_back = Posting::of(Purpose::Refund, account, self.budget_line(), assignment.paid);
        let unpaid = self.escrow_back(assignment.price - assignment.paid);
        let told = notices::refused(self.request, assignment, reason, text);
        let mut changes = self.with(community, &AssignmentStage::Refused { on: today, reason });
        for refused in changes.request.assignments.iter_mut().filter(|a| a.community == community) {
            refused.paid = crate::money::Fen::ZERO;
        }
        let changes = changes.moving(paid_back).moving(unpaid).booking(Bookings::FreeCommunity(community));
        Ok(changes.noting("refusal", reason.word()).telling(told))
    }

    pub(super) fn deliver_assignment(
        &self,
        community: OrganisationId,
        report: &str,
    ) -> Result<Changes, DecideError> {
        given(Some(report))?;
        let assignment = self.own(community)?;
        if assignment.is_over() {
            return Err(DecideError::NoAssignment);
        }
        Ok(self.with(community, &AssignmentStage::Delivered { on: self.moment.today() }))
    }

    /// Everything is delivered or refused, or the period has ended.
    pub(super) fn finish(&self) -> Result<Changes, DecideError> {
        let Stage::InForce { decision, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Finish));
        };
        let ends_on = self.request.application.ends_on.ok_or(DecideError::Incomplete)?;
        let all_over = self.request.assignments.iter().all(Assignment::is_over);
        if !all_over && self.moment.today() <= ends_on {
            return Err(DecideError::NotYetDue { on: ends_on });
        }
        Ok(self.to(Stage::Acceptance { on: self.moment.today(), decision: decision.clone() }))
    }

    /// The assignment of that community, if the actor may speak for it.
    fn own(&self, community: OrganisationId) -> Result<&Assignment, DecideError> {
        if let Actor::Person(person) = self.actor
            && person.organisation != community
        {
            return Err(DecideError::NotYours);
        }
        let mut assignments = self.request.assignments.iter();
        assignments.find(|assignment| assignment.community == community).ok_or(DecideError::NoAssignment)
    }

    /// The same stage with one assignment moved on.
    fn with(&self, community: OrganisationId, stage: &AssignmentStage) -> Changes {
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
