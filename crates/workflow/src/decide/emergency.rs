//! Emergencies (应急): work first, then filing, a decision under four eyes, and money for the real hours.

use chrono::{Days, NaiveDate};

use super::review::cut_to;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::Action;
use crate::assessment::Outcome;
use crate::assignment::{Assignment, AssignmentStage, Worked};
use crate::calendar::Month;
use crate::clock::Extension;
use crate::emergency::Emergency;
use crate::hours::Centihours;
use crate::ledger::{FundSource, Posting, Purpose};
use crate::money::Fen;
use crate::price;
use crate::request::{Assessed, Bookings, MonthHours};
use crate::stage::{Authority, Stage, Verdict};

impl Deciding<'_> {
    /// The work begins at once, in every community; nobody can refuse it. Complete papers count as the filing.
    pub(super) fn start_emergency(&self, assessed: Assessed) -> Result<Changes, DecideError> {
        let (starts_on, ends_on) = self.request.application.period().ok_or(DecideError::Incomplete)?;
        let today = self.moment.today();
        if self.request.targets.is_empty() || self.request.application.title.is_none() {
            return Err(DecideError::Incomplete);
        }
        if starts_on > today {
            return Err(DecideError::NotYetDue { on: starts_on });
        }
        let last = self.last_day(starts_on)?;
        if ends_on > last {
            return Err(DecideError::PeriodTooLong { last });
        }
        let filed_on = (assessed.outcome != Outcome::Return).then_some(today);
        let outcome = assessed.outcome;
        let authority = Authority::Emergency(Emergency {
            started_on: today,
            filed_on,
            proposal: None,
            decision: None,
            extension: None,
            funded_on: None,
        });
        let mut changes = self.to(Stage::InForce { on: today, authority, middle_paid: true });
        let at_work = |target: &crate::request::Target| Assignment {
            community: target.community,
            code: target.code.clone(),
            price: Fen::ZERO,
            paid: Fen::ZERO,
            stage: AssignmentStage::Accepted { on: today },
        };
        changes.request.assignments = self.request.targets.iter().map(at_work).collect();
        changes.request.assessed = Some(assessed);
        let told = notices::emergency(&changes.request, &self.moment);
        Ok(changes.noting("outcome", outcome.word()).telling(told))
    }

    /// The last day that an emergency may have from a day on, both counted.
    fn last_day(&self, from: NaiveDate) -> Result<NaiveDate, DecideError> {
        let days = u64::from(self.moment.parameters.limits.emergency_days).saturating_sub(1);
        from.checked_add_days(Days::new(days)).ok_or(DecideError::Incomplete)
    }

    /// The emergency of the stage; other requests have nothing to file, to decide or to prolong while they are in force.
    fn emergency(&self, action: &Action) -> Result<&Emergency, DecideError> {
        self.request.stage.emergency().ok_or_else(|| self.closed(action))
    }

    /// The same stage with the emergency changed.
    fn with_emergency(&self, emergency: Emergency) -> Changes {
        let mut changes = self.to(self.request.stage.clone());
        match &mut changes.request.stage {
            Stage::InForce { authority, .. } | Stage::Acceptance { authority, .. } => {
                *authority = Authority::Emergency(emergency);
            }
            _ => {}
        }
        changes
    }

    /// The papers, within some working days of the start; the rules have run on them.
    pub(super) fn file(&self, assessed: Assessed) -> Result<Changes, DecideError> {
        let action = Action::File { assessed: Box::new(assessed.clone()) };
        let emergency = self.emergency(&action)?.clone();
        if emergency.filed_on.is_some() {
            return Err(self.closed(&action));
        }
        if assessed.outcome == Outcome::Return {
            return Err(DecideError::RulesReturn);
        }
        let today = self.moment.today();
        let outcome = assessed.outcome;
        let findings = assessed.findings.clone();
        let told = notices::submitted(self.request, &self.moment, outcome);
        let mut changes = self.with_emergency(Emergency { filed_on: Some(today), ..emergency });
        changes.request.assessed = Some(assessed);
        Ok(changes.noting("outcome", outcome.word()).noting("findings", findings).telling(told))
    }

    pub(super) fn propose_afterwards(
        &self,
        verdict: Verdict,
        conditions: Vec<String>,
        reason: Option<String>,
    ) -> Result<Changes, DecideError> {
        let action = Action::Propose { verdict, conditions: conditions.clone(), reason: reason.clone() };
        let emergency = self.emergency(&action)?.clone();
        if emergency.filed_on.is_none() {
            return Err(DecideError::EmergencyUnfiled);
        }
        if emergency.decision.is_some() {
            return Err(self.closed(&action));
        }
        let proposal = Some(self.proposal(verdict, conditions, reason)?);
        let changes = self.with_emergency(Emergency { proposal, ..emergency });
        Ok(changes.noting("verdict", verdict.word()))
    }

    /// A rejected emergency ends: the communities have the time of a refusal to report what they did, and are paid for it.
    pub(super) fn approve_afterwards(&self) -> Result<Changes, DecideError> {
        let emergency = self.emergency(&Action::Approve)?.clone();
        let Some(proposal) = emergency.proposal.clone().filter(|_| emergency.decision.is_none()) else {
            return Err(self.closed(&Action::Approve));
        };
        let decision = Some(self.decided(&proposal, None)?);
        let told = notices::decided(self.request, &proposal);
        let mut changes = self.with_emergency(Emergency { decision, ..emergency });
        if proposal.verdict == Verdict::Reject {
            let limit = self.moment.parameters.limits.refusal;
            let end = self.moment.calendar.limit(self.moment.today(), limit).due;
            cut_to(&mut changes.request, end);
            changes = changes.noting("cut_to", end.to_string());
        }
        Ok(changes.noting("verdict", proposal.verdict.word()).telling([told]))
    }

    /// One prolongation; a second one needs a full request.
    pub(super) fn prolong(&self, extension: Extension) -> Result<Changes, DecideError> {
        let action = Action::Extend { reason: extension.reason.clone() };
        let emergency = self.emergency(&action)?.clone();
        if emergency.filed_on.is_none() {
            return Err(DecideError::EmergencyUnfiled);
        }
        if emergency.extension.is_some() {
            return Err(DecideError::AlreadyExtended);
        }
        let ends_on = self.request.application.ends_on.ok_or(DecideError::Incomplete)?;
        let next = ends_on.succ_opt().ok_or(DecideError::Incomplete)?;
        let until = self.last_day(next)?;
        let mut changes = self.with_emergency(Emergency { extension: Some(extension), ..emergency });
        changes.request.application.ends_on = Some(until);
        Ok(changes.noting("until", until.to_string()))
    }

    /// The money for the real hours, once the emergency is over and decided; the hours are shown as booked.
    pub(super) fn commit_afterwards(&self, source: FundSource) -> Result<Changes, DecideError> {
        let action = Action::CommitFunds { base_funds: crate::action::BaseFunds::Current, source };
        let emergency = self.emergency(&action)?.clone();
        if emergency.funded_on.is_some() {
            return Err(DecideError::AlreadyFunded);
        }
        if emergency.decision.is_none() {
            return Err(DecideError::EmergencyUndecided);
        }
        if self.request.assignments.iter().any(Assignment::is_disputed) {
            return Err(DecideError::DisputesOpen);
        }
        let funded_on = Some(self.moment.today());
        let mut changes = self.with_emergency(Emergency { funded_on, ..emergency });
        changes.request.dossier.source = source;
        let mut hours = Vec::new();
        let mut total = Fen::ZERO;
        for assignment in &mut changes.request.assignments {
            let (on, worked) = match &assignment.stage {
                AssignmentStage::Delivered { on, delivery } => (*on, &delivery.worked),
                AssignmentStage::Confirmed { on, delivery, .. } => (*on, &delivery.worked),
                _ => continue,
            };
            let worth = self.worth_of_hours(worked);
            assignment.price = match &assignment.stage {
                AssignmentStage::Confirmed { due, .. } => *due,
                _ => worth,
            };
            total += assignment.price;
            let sum = Centihours(worked.iter().map(|worked| worked.hours.0).sum());
            hours.push(MonthHours { code: assignment.code.clone(), month: Month::of(on), hours: sum });
        }
        hours.retain(|row| row.hours > Centihours::default());
        let account = source.account(self.request);
        let commitment = Posting::of(Purpose::Commitment, account, self.escrow(), total);
        let changes = changes.noting("price", total.to_string()).moving(commitment);
        Ok(changes.booking(Bookings::Force(hours)).telling([notices::funded(self.request)]))
    }

    /// What real hours are worth: labour by the kind of day, and overhead; no floor, since nothing is estimated.
    pub(super) fn worth_of_hours(&self, worked: &[Worked]) -> Fen {
        price::of_hours(worked, &self.moment.parameters.price)
    }

    /// Emergencies are paid by real hours, so these must be there.
    pub(super) fn hours_are_given(&self, worked: &[Worked]) -> Result<(), DecideError> {
        let given = worked.iter().any(|worked| worked.hours > Centihours::default());
        let missing = self.request.stage.emergency().is_some() && !given;
        if missing { Err(DecideError::HoursMissing) } else { Ok(()) }
    }
}
