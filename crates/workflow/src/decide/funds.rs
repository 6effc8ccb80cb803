//! Money: commitment before anything is in force, instalments, refunds (`policy.md` §7).

use super::{Changes, DecideError, Deciding, notices};
use crate::action::{Action, BaseFunds};
use crate::assignment::{Assignment, AssignmentStage};
use crate::catalogue::Class;
use crate::decimal::Decimal;
use crate::ledger::{Account, Posting, Purpose};
use crate::money::Fen;
use crate::request::Request;
use crate::stage::{Decision, Stage};

impl Deciding<'_> {
    /// The whole price goes into escrow; with price 0 the base funds must be current. Work starts on its day.
    pub(super) fn commit_funds(&self, base_funds: BaseFunds) -> Result<Changes, DecideError> {
        let Stage::Admitted { on, decision, funded_on } = &self.request.stage else {
            return Err(self.closed(&Action::CommitFunds { base_funds }));
        };
        if funded_on.is_some() {
            return Err(DecideError::AlreadyFunded);
        }
        let price = self.assessed()?.price;
        if price == Fen::ZERO && base_funds == BaseFunds::Short {
            return Err(DecideError::BaseFundsShort);
        }
        let today = self.moment.today();
        let limit = self.moment.calendar.limit(*on, self.moment.parameters.limits.commitment);
        if limit.has_passed(today) {
            return Err(DecideError::TooLate { on: limit.due });
        }
        let commitment = Posting::of(Purpose::Commitment, self.budget_line(), self.escrow(), price);
        let told = notices::funded(self.request);
        let starts_on = self.request.application.starts_on.ok_or(DecideError::Incomplete)?;
        let changes = if starts_on <= today {
            self.in_force(decision)?
        } else {
            let decision = decision.clone();
            self.to(Stage::Admitted { on: *on, decision, funded_on: Some(today) })
        };
        let mut changes = changes.noting("price", price.to_string()).telling([told]);
        changes.postings.splice(0..0, commitment);
        Ok(changes)
    }

    /// The start day of a funded request has come.
    pub(super) fn start(&self) -> Result<Changes, DecideError> {
        let Stage::Admitted { decision, funded_on, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Start));
        };
        if funded_on.is_none() {
            return Err(DecideError::NotFunded);
        }
        let starts_on = self.request.application.starts_on.ok_or(DecideError::Incomplete)?;
        if starts_on > self.moment.today() {
            return Err(DecideError::NotYetDue { on: starts_on });
        }
        self.in_force(decision)
    }

    /// Assignments are offered and the first instalment is paid; emergencies are paid wholly after acceptance.
    fn in_force(&self, decision: &Decision) -> Result<Changes, DecideError> {
        let assessed = self.assessed()?;
        let on = self.moment.today();
        let money = &self.moment.parameters.money;
        let afterwards = assessed.class == Some(Class::Emergency);
        let at_once = assessed.price < money.paid_at_once_below;
        let mut postings = Vec::new();
        let mut assignments = Vec::new();
        for target in &self.request.targets {
            let price = assessed.share(&target.code);
            let paid = match (afterwards, at_once) {
                (true, _) => Fen::ZERO,
                (false, true) => price,
                (false, false) => part(price, money.first_instalment),
            };
            let account = Account::Community { community: target.community };
            postings.extend(Posting::of(Purpose::FirstInstalment, self.escrow(), account, paid));
            assignments.push(Assignment {
                community: target.community,
                code: target.code.clone(),
                price,
                paid,
                stage: AssignmentStage::Offered { on },
            });
        }
        let stage = Stage::InForce { on, decision: decision.clone(), middle_paid: at_once || afterwards };
        let mut changes = self.to(stage);
        changes.request.assignments = assignments;
        let told = notices::assigned(&changes.request, &self.moment);
        Ok(changes.moving(postings).telling(told))
    }

    /// Half the period is over: the middle instalment of every community that has not refused.
    pub(super) fn pay_middle(&self) -> Result<Changes, DecideError> {
        let Stage::InForce { on, decision, middle_paid: false } = &self.request.stage else {
            return Err(self.closed(&Action::PayMiddle));
        };
        let middle = crate::deadline::middle(self.request).ok_or(DecideError::Incomplete)?;
        if self.moment.today() < middle {
            return Err(DecideError::NotYetDue { on: middle });
        }
        let share = self.moment.parameters.money.middle_instalment;
        let stage = Stage::InForce { on: *on, decision: decision.clone(), middle_paid: true };
        let mut changes = self.to(stage);
        let mut postings = Vec::new();
        for assignment in changes.request.assignments.iter_mut().filter(|assignment| !assignment.is_refused())
        {
            let amount = part(assignment.price, share).min(assignment.price - assignment.paid);
            let account = Account::Community { community: assignment.community };
            postings.extend(Posting::of(Purpose::MiddleInstalment, self.escrow(), account, amount));
            assignment.paid += amount;
        }
        Ok(changes.moving(postings))
    }

    /// What has been delivered is paid in full, the rest goes back to the budget line; the escrow ends at zero.
    pub(super) fn confirm(&self) -> Result<Changes, DecideError> {
        let Stage::Acceptance { on, decision } = &self.request.stage else {
            return Err(self.closed(&Action::Confirm));
        };
        self.only_after(*on, self.moment.parameters.limits.acceptance)?;
        let mut left = self.escrow_held();
        let stage = Stage::Settled { on: self.moment.today(), decision: decision.clone() };
        let mut changes = self.to(stage);
        let mut postings = Vec::new();
        let delivered = |a: &&mut Assignment| matches!(a.stage, AssignmentStage::Delivered { .. });
        for assignment in changes.request.assignments.iter_mut().filter(delivered) {
            let amount = assignment.price - assignment.paid;
            let account = Account::Community { community: assignment.community };
            postings.extend(Posting::of(Purpose::FinalInstalment, self.escrow(), account, amount));
            assignment.paid += amount;
            left = left - amount;
        }
        let refund = self.escrow_back(left);
        Ok(changes.moving(postings).moving(refund))
    }

    /// What the escrow of the request holds now: the price less what was paid and what refusals took back.
    pub(super) fn escrow_held(&self) -> Fen {
        match &self.request.stage {
            Stage::Admitted { funded_on: Some(_), .. } => self.request.price(),
            Stage::InForce { .. } | Stage::Acceptance { .. } => held_for(self.request),
            _ => Fen::ZERO,
        }
    }

    pub(super) fn escrow_back(&self, amount: Fen) -> Option<Posting> {
        Posting::of(Purpose::Refund, self.escrow(), self.budget_line(), amount)
    }

    pub(super) fn escrow(&self) -> Account {
        Account::Escrow { request: self.request.id }
    }

    pub(super) fn budget_line(&self) -> Account {
        Account::BudgetLine { department: self.request.department, year: self.request.budget_year() }
    }
}

/// Open parts of the prices of all communities that have not refused.
fn held_for(request: &Request) -> Fen {
    let standing = request.assignments.iter().filter(|assignment| !assignment.is_refused());
    standing.map(|assignment| assignment.price - assignment.paid).sum()
}

/// A share of an amount, rounded half up to the fen.
fn part(amount: Fen, share: Decimal) -> Fen {
    amount.share(share.millionths(), Decimal::SCALE)
}
