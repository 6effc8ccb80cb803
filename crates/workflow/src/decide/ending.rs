//! Standstill and ends before the end: suspension, termination with settlement, reconsideration, the archive.

use chrono::Days;

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::{Action, Done};
use crate::assignment::{Assignment, AssignmentStage};
use crate::calendar::Month;
use crate::catalogue::Class;
use crate::clock::DecisionClock;
use crate::decimal::Decimal;
use crate::money::Fen;
use crate::request::Bookings;
use crate::stage::{Authority, Decision, Stage};

impl Deciding<'_> {
    pub(super) fn suspend(&self, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let Stage::InForce { on, authority, middle_paid } = &self.request.stage else {
            return Err(self.closed(&Action::Suspend { reason: reason.to_owned() }));
        };
        let stage = Stage::Suspended {
            on: self.moment.today(),
            authority: authority.clone(),
            in_force_on: *on,
            middle_paid: *middle_paid,
        };
        Ok(self.to(stage).telling(notices::everyone(self.request, notices::SUSPENDED, reason)))
    }

    /// The work goes on; its end stays where it was.
    pub(super) fn resume(&self, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let Stage::Suspended { authority, in_force_on, middle_paid, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Resume { reason: reason.to_owned() }));
        };
        let (on, authority, middle_paid) = (*in_force_on, authority.clone(), *middle_paid);
        let stage = Stage::InForce { on, authority, middle_paid };
        Ok(self.to(stage).telling(notices::everyone(self.request, notices::RESUMED, reason)))
    }

    /// What is done is paid, the rest goes back where it came from, and the months to come are free (`policy.md` §7).
    pub(super) fn terminate(&self, done: &[Done], reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let closed = || self.closed(&Action::Terminate { done: done.to_vec(), reason: reason.to_owned() });
        let authority = match self.request.stage.authority() {
            Some(authority @ Authority::Decided(_)) => authority.clone(),
            _ => return Err(closed()),
        };
        let known = |one: &Done| self.request.assignments.iter().any(|held| held.code == one.code);
        if let Some(unknown) = done.iter().find(|one| !known(one)) {
            return Err(DecideError::UnknownCommunity(unknown.code.clone()));
        }
        let on = self.moment.today();
        let mut left = self.request.held_in_escrow();
        let mut changes = self.to(Stage::Terminated { on, authority });
        let mut postings = Vec::new();
        for assignment in changes.request.assignments.iter_mut().filter(|one| !one.is_refused()) {
            let given = done.iter().find(|one| one.code == assignment.code);
            let due = self.due_of_ended(assignment, given)?;
            left = left - self.settle(assignment, due, &mut postings);
            assignment.stage = ended(&assignment.stage, on, due);
        }
        let refund = self.escrow_back(left);
        let told = notices::everyone(self.request, notices::TERMINATED, reason);
        let freed = Bookings::FreeAfter(Month::of(on));
        Ok(changes.moving(postings).moving(refund).booking(freed).telling(told))
    }

    /// What an assignment is worth when its request ends early: all of what is delivered or confirmed; else the share
    /// that is done and the direct costs that are proven.
    fn due_of_ended(&self, assignment: &Assignment, done: Option<&Done>) -> Result<Fen, DecideError> {
        match (&assignment.stage, done) {
            (AssignmentStage::Confirmed { due, .. }, _) => Ok(*due),
            (AssignmentStage::Delivered { .. }, None) => Ok(self.worth(assignment)),
            (_, None) => Ok(Fen::ZERO),
            (_, Some(done)) => {
                let share = done.share.millionths();
                if !(0..=Decimal::SCALE).contains(&share) || done.direct < Fen::ZERO {
                    return Err(DecideError::ShareOutOfRange);
                }
                let direct = self.assessed()?.direct(&assignment.code).min(assignment.price);
                let labour = (assignment.price - direct).share(share, Decimal::SCALE);
                Ok(labour + done.direct.min(direct))
            }
        }
    }

    /// Once, within the limit from the rejection.
    pub(super) fn ask_reconsideration(&self, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let Stage::Rejected { on, decision } = &self.request.stage else {
            return Err(self.closed(&Action::AskReconsideration { reason: reason.to_owned() }));
        };
        if self.request.dossier.reconsidered_on.is_some() {
            return Err(DecideError::AlreadyReconsidered);
        }
        let today = self.moment.today();
        let limit = self.moment.calendar.limit(*on, self.moment.parameters.limits.ask_reconsideration);
        if limit.has_passed(today) {
            return Err(DecideError::TooLate { on: limit.due });
        }
        let mut changes = self.to(Stage::Reconsideration { on: today, decision: decision.clone() });
        changes.request.dossier.reconsidered_on = Some(today);
        Ok(changes.telling([notices::reconsideration(self.request, &self.moment, reason)]))
    }

    pub(super) fn uphold(&self, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        self.took_no_part()?;
        let stage = Stage::Closed { on: self.moment.today(), from: self.request.stage.kind() };
        Ok(self.to(stage).telling([notices::upheld(self.request, reason)]))
    }

    /// The rejection is taken back: a new review with a new clock. The negative list stands above it.
    pub(super) fn overturn(&self, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let decision = self.took_no_part()?.clone();
        if self.assessed()?.class == Some(Class::Negative) {
            return Err(DecideError::NegativeNeverAdmitted);
        }
        let on = self.moment.today();
        let accepted_quote = None;
        let mut changes = self.to(Stage::Review { on, clock: DecisionClock::started(on), accepted_quote });
        changes.request.dossier.past_decisions.push(decision);
        Ok(changes.telling([notices::overturned(self.request, reason)]))
    }

    /// Whoever had a hand in the decision, in an earlier one or in the filing does not reconsider it.
    fn took_no_part(&self) -> Result<&Decision, DecideError> {
        let Stage::Reconsideration { decision, .. } = &self.request.stage else {
            return Err(DecideError::Incomplete);
        };
        let own = self.actor.user().ok_or(DecideError::NotYours)?;
        let principals = self.actor.principals();
        let dossier = &self.request.dossier;
        let earlier = dossier.past_decisions.iter().flat_map(Decision::hands);
        let mut hands = decision.hands().chain(earlier).chain([self.request.filed_by]);
        match hands.any(|hand| hand == own || principals.contains(&hand)) {
            true => Err(DecideError::TookPart),
            false => Ok(decision),
        }
    }

    /// What is over goes to the archive after some calendar days.
    pub(super) fn close(&self) -> Result<Changes, DecideError> {
        let on = crate::deadline::closes_on(self.request, &self.moment).ok_or(DecideError::Incomplete)?;
        let today = self.moment.today();
        if today < on {
            let last = on.checked_sub_days(Days::new(1)).unwrap_or(on);
            return Err(DecideError::NotYetDue { on: last });
        }
        Ok(self.to(Stage::Closed { on: today, from: self.request.stage.kind() }))
    }

    /// Urging, once a day: whoever has to act is told, and the history keeps it.
    pub(super) fn nudge(&self) -> Result<Changes, DecideError> {
        let today = self.moment.today();
        if self.request.dossier.nudged_on == Some(today) {
            return Err(DecideError::AlreadyNudged);
        }
        let mut changes = self.to(self.request.stage.clone());
        changes.request.dossier.nudged_on = Some(today);
        Ok(changes.telling(notices::nudged(self.request, &self.moment)))
    }
}

/// Where an assignment stands when its request has ended: what was handed in stays with it.
fn ended(stage: &AssignmentStage, on: chrono::NaiveDate, due: Fen) -> AssignmentStage {
    match stage {
        AssignmentStage::Delivered { delivery, .. } | AssignmentStage::Disputed { delivery, .. } => {
            AssignmentStage::Confirmed { on, delivery: delivery.clone(), due }
        }
        AssignmentStage::Confirmed { on, delivery, due } => {
            AssignmentStage::Confirmed { on: *on, delivery: delivery.clone(), due: *due }
        }
        _ => AssignmentStage::Ended { on, due },
    }
}
