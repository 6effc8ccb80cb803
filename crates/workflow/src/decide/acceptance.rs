//! Acceptance: confirmation by the department or the clock, disputes and their ruling, the last payment and the refund.

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::Action;
use crate::assignment::{Assignment, AssignmentStage};
use crate::decimal::Decimal;
use crate::id::OrganisationId;
use crate::ledger::{Account, Posting, Purpose};
use crate::money::Fen;
use crate::parameters::SurplusMode;
use crate::stage::{Authority, Stage};

impl Deciding<'_> {
    /// The department says that the work is not what was agreed; the clock does not confirm it then.
    pub(super) fn dispute(&self, community: OrganisationId, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let Stage::Acceptance { on, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Dispute { community, reason: reason.to_owned() }));
        };
        let today = self.moment.today();
        let limit = self.moment.calendar.limit(*on, self.moment.parameters.limits.acceptance);
        if limit.has_passed(today) {
            return Err(DecideError::TooLate { on: limit.due });
        }
        let assignment = self.assignment(community)?;
        let AssignmentStage::Delivered { delivery, .. } = &assignment.stage else {
            return Err(DecideError::NoAssignment);
        };
        let told = notices::disputed(self.request, assignment, reason);
        let delivery = delivery.clone();
        let stage = AssignmentStage::Disputed { on: today, delivery, reason: reason.to_owned() };
        Ok(self.with(community, &stage).telling(told))
    }

    /// The office rules which share of the work counts.
    pub(super) fn rule_on_dispute(
        &self,
        community: OrganisationId,
        accepted: Decimal,
        reason: &str,
    ) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        if !(0..=Decimal::SCALE).contains(&accepted.millionths()) {
            return Err(DecideError::ShareOutOfRange);
        }
        let assignment = self.assignment(community)?;
        let AssignmentStage::Disputed { delivery, .. } = &assignment.stage else {
            return Err(DecideError::NoAssignment);
        };
        let whole = match self.request.stage.emergency() {
            Some(_) => self.worth_of_hours(&delivery.worked),
            None => self.worth(assignment),
        };
        let due = whole.share(accepted.millionths(), Decimal::SCALE);
        let told = notices::ruled(self.request, assignment, due, reason);
        let stage = AssignmentStage::Confirmed { on: self.moment.today(), delivery: delivery.clone(), due };
        Ok(self.with(community, &stage).noting("due", due.to_string()).telling(told))
    }

    /// What is delivered and undisputed is paid in full, the rest goes back; the escrow ends at zero. An emergency is
    /// confirmed only when it is decided and its money is there.
    pub(super) fn confirm(&self) -> Result<Changes, DecideError> {
        let Stage::Acceptance { on, authority } = &self.request.stage else {
            return Err(self.closed(&Action::Confirm));
        };
        if self.request.assignments.iter().any(Assignment::is_disputed) {
            return Err(DecideError::DisputesOpen);
        }
        match authority {
            Authority::Emergency(emergency) if emergency.funded_on.is_none() => {
                return Err(DecideError::NotFunded);
            }
            Authority::Emergency(_) => {}
            Authority::Decided(_) => self.only_after(*on, self.moment.parameters.limits.acceptance)?,
        }
        let today = self.moment.today();
        let mut left = self.request.held_in_escrow();
        let mut changes = self.to(Stage::Settled { on: today, authority: authority.clone() });
        let mut postings = Vec::new();
        for assignment in &mut changes.request.assignments {
            let (delivery, due) = match &assignment.stage {
                AssignmentStage::Delivered { delivery, .. } => (delivery.clone(), self.worth(assignment)),
                AssignmentStage::Confirmed { delivery, due, .. } => (delivery.clone(), *due),
                _ => continue,
            };
            left = left - self.settle(assignment, due, &mut postings);
            assignment.stage = AssignmentStage::Confirmed { on: today, delivery, due };
        }
        let refund = self.escrow_back(left);
        Ok(changes.moving(postings).moving(refund))
    }

    /// What delivered work is worth: its price, or what it has really cost where the surplus goes back.
    pub(super) fn worth(&self, assignment: &Assignment) -> Fen {
        let class = self.request.assessed.as_ref().and_then(|assessed| assessed.class);
        let mode = self.moment.parameters.money.surplus.of(class);
        let actual = assignment.delivery().and_then(|delivery| delivery.actual);
        match (mode, actual) {
            (SurplusMode::Actual, Some(actual)) => actual.min(assignment.price).max(Fen::ZERO),
            _ => assignment.price,
        }
    }

    /// Pays what is missing to what is due, or takes back what is too much; gives what leaves the escrow.
    pub(super) fn settle(&self, assignment: &mut Assignment, due: Fen, postings: &mut Vec<Posting>) -> Fen {
        let account = Account::Community { community: assignment.community };
        let missing = (due - assignment.paid).max(Fen::ZERO);
        let too_much = (assignment.paid - due).max(Fen::ZERO);
        postings.extend(Posting::of(Purpose::FinalInstalment, self.escrow(), account, missing));
        postings.extend(Posting::of(Purpose::Refund, account, self.source(), too_much));
        assignment.paid = due;
        missing
    }
}
