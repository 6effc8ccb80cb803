//! Money: commitment before anything is in force, instalments, refunds (`policy.md` §7).

use super::{Changes, DecideError, Deciding, notices};
use crate::action::{Action, BaseFunds};
use crate::assignment::{Assignment, AssignmentStage};
use crate::decimal::Decimal;
use crate::ledger::{Account, FundSource, Posting, Purpose};
use crate::money::Fen;
use crate::stage::{Authority, Decision, Stage};

impl Deciding<'_> {
    /// The whole price goes into escrow; with price 0 the base funds must be current. Work starts on its day.
    pub(super) fn commit_funds(
        &self,
        base_funds: BaseFunds,
        source: FundSource,
    ) -> Result<Changes, DecideError> {
        if self.request.stage.emergency().is_some() {
            return self.commit_afterwards(source);
        }
        let Stage::Admitted { on, decision, funded_on } = &self.request.stage else {
            return Err(self.closed(&Action::CommitFunds { base_funds, source }));
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
        let commitment = Posting::of(Purpose::Commitment, source.account(self.request), self.escrow(), price);
        let told = notices::funded(self.request);
        let starts_on = self.request.application.starts_on.ok_or(DecideError::Incomplete)?;
        let changes = if starts_on <= today {
            self.in_force(decision)?
        } else {
            let decision = decision.clone();
            self.to(Stage::Admitted { on: *on, decision, funded_on: Some(today) })
        };
        let mut changes = changes.noting("price", price.to_string()).telling([told]);
        changes.request.dossier.source = source;
        changes.postings.splice(0..0, commitment);
        Ok(match source {
            FundSource::LaterLine { year } => changes.noting("budget_year", year),
            _ => changes,
        })
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

    /// Assignments are offered and the first instalment is paid; a part of a split sum is paid as the sum would be.
    fn in_force(&self, decision: &Decision) -> Result<Changes, DecideError> {
        let assessed = self.assessed()?;
        let on = self.moment.today();
        let money = &self.moment.parameters.money;
        let at_once = assessed.together() < money.paid_at_once_below;
        let mut postings = Vec::new();
        let mut assignments = Vec::new();
        for target in &self.request.targets {
            let price = assessed.share(&target.code);
            let paid = if at_once { price } else { part(price, money.first_instalment) };
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
        let authority = Authority::Decided(decision.clone());
        let stage = Stage::InForce { on, authority, middle_paid: at_once };
        let mut changes = self.to(stage);
        changes.request.assignments = assignments;
        let told = notices::assigned(&changes.request, &self.moment);
        Ok(changes.moving(postings).telling(told))
    }

    /// Half the period is over: the middle instalment of every community that has not refused.
    pub(super) fn pay_middle(&self) -> Result<Changes, DecideError> {
        let Stage::InForce { on, authority, middle_paid: false } = &self.request.stage else {
            return Err(self.closed(&Action::PayMiddle));
        };
        let middle = crate::deadline::middle(self.request).ok_or(DecideError::Incomplete)?;
        if self.moment.today() < middle {
            return Err(DecideError::NotYetDue { on: middle });
        }
        let share = self.moment.parameters.money.middle_instalment;
        let stage = Stage::InForce { on: *on, authority: authority.clone(), middle_paid: true };
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

    pub(super) fn escrow_back(&self, amount: Fen) -> Option<Posting> {
        Posting::of(Purpose::Refund, self.escrow(), self.source(), amount)
    }

    pub(super) fn escrow(&self) -> Account {
        Account::Escrow { request: self.request.id }
    }

    /// The account that pays the request, and to which refunds go back.
    pub(super) fn source(&self) -> Account {
        self.request.dossier.source.account(self.request)
    }
}

/// A share of an amount, rounded half up to the fen.
fn part(amount: Fen, share: Decimal) -> Fen {
    amount.share(share.millionths(), Decimal::SCALE)
}
