//! Review: price, quote, proposal, approval under four eyes.

use std::iter;

use chrono::NaiveDate;

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::{Action, agrees};
use crate::catalogue::Class;
use crate::dossier::Repriced;
use crate::facts::Offer;
use crate::money::Fen;
use crate::request::Request;
use crate::stage::{Decision, Proposal, Stage, Verdict};

impl Deciding<'_> {
    /// Freezes the price; the decision clock stands until the department answers.
    pub(super) fn quote(&self) -> Result<Changes, DecideError> {
        let Stage::Review { clock, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Quote));
        };
        let price = self.assessed()?.price;
        if price == Fen::ZERO {
            return Err(DecideError::NoPrice);
        }
        let stage = Stage::Quoted { on: self.moment.today(), clock: clock.clone(), price };
        let told = notices::quoted(self.request, &self.moment, price);
        Ok(self.to(stage).noting("price", price.to_string()).telling([told]))
    }

    /// The department offers at least the price, from this year's budget.
    pub(super) fn accept_quote(&self, offer: Offer) -> Result<Changes, DecideError> {
        let Stage::Quoted { on, clock, price } = &self.request.stage else {
            return Err(self.closed(&Action::AcceptQuote { offer }));
        };
        if offer.amount < *price {
            return Err(DecideError::OfferBelowPrice { offer: offer.amount, price: *price });
        }
        if !offer.in_budget {
            return Err(DecideError::NotInBudget);
        }
        let today = self.moment.today();
        let limit = self.moment.calendar.limit(*on, self.moment.parameters.limits.quote);
        if limit.has_passed(today) {
            return Err(DecideError::TooLate { on: limit.due });
        }
        let clock = clock.clone().paused(*on, today);
        let stage = Stage::Review { on: today, clock, accepted_quote: Some(*price) };
        let amount = offer.amount.to_string();
        let mut changes = self.to(stage);
        changes.request.application.offer = Some(offer);
        Ok(changes.noting("offer", amount))
    }

    pub(super) fn propose(
        &self,
        verdict: Verdict,
        conditions: Vec<String>,
        reason: Option<String>,
    ) -> Result<Changes, DecideError> {
        let (clock, accepted_quote) = match &self.request.stage {
            Stage::Review { clock, accepted_quote, .. } => (clock.clone(), *accepted_quote),
            Stage::InForce { .. } | Stage::Acceptance { .. } => {
                return self.propose_afterwards(verdict, conditions, reason);
            }
            _ => return Err(self.closed(&Action::Propose { verdict, conditions, reason })),
        };
        if verdict == Verdict::Admit {
            self.may_be_admitted(accepted_quote)?;
        }
        let noted = conditions.clone();
        let proposal = self.proposal(verdict, conditions, reason)?;
        let stage = Stage::Proposed { on: proposal.on, clock, accepted_quote, proposal };
        Ok(self.to(stage).noting("verdict", verdict.word()).noting("conditions", noted))
    }

    /// A verdict against the rules, or one that drops a condition of theirs, needs a reason.
    pub(super) fn proposal(
        &self,
        verdict: Verdict,
        conditions: Vec<String>,
        reason: Option<String>,
    ) -> Result<Proposal, DecideError> {
        let assessed = self.assessed()?;
        if let Some(unknown) = conditions.iter().find(|code| !assessed.conditions.contains(code)) {
            return Err(DecideError::UnknownCondition(unknown.clone()));
        }
        let drops = |code: &String| verdict == Verdict::Admit && !conditions.contains(code);
        if !agrees(verdict, assessed.outcome) || assessed.conditions.iter().any(drops) {
            given(reason.as_deref())?;
        }
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let principals = self.actor.principals();
        Ok(Proposal { by, on: self.moment.today(), verdict, conditions, reason, principals })
    }

    /// Another price in the place of that of the rules, shared out as theirs was; not while it is quoted.
    pub(super) fn reprice(&self, price: Fen, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let Stage::Review { on, clock, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Reprice { price, reason: reason.to_owned() }));
        };
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let mut assessed = self.assessed()?.clone();
        if assessed.price == Fen::ZERO || price <= Fen::ZERO {
            return Err(DecideError::NoPrice);
        }
        let weights: Vec<i64> = assessed.shares.iter().map(|share| share.price.0).collect();
        for (share, part) in assessed.shares.iter_mut().zip(price.split(&weights)) {
            share.price = part;
            share.direct = share.direct.min(part);
        }
        let from = self.request.dossier.repriced.as_ref().map_or(assessed.price, |earlier| earlier.from);
        assessed.price = price;
        let stage = Stage::Review { on: *on, clock: clock.clone(), accepted_quote: None };
        let mut changes = self.to(stage);
        changes.request.assessed = Some(assessed);
        let reason = reason.to_owned();
        changes.request.dossier.repriced = Some(Repriced { by, on: self.moment.today(), from, reason });
        Ok(changes.noting("from", from.to_string()).noting("price", price.to_string()))
    }

    /// Money never cures the negative list, and a price needs an accepted quote.
    fn may_be_admitted(&self, accepted_quote: Option<Fen>) -> Result<(), DecideError> {
        let assessed = self.assessed()?;
        if assessed.class == Some(Class::Negative) {
            return Err(DecideError::NegativeNeverAdmitted);
        }
        if assessed.price > Fen::ZERO && accepted_quote != Some(assessed.price) {
            return Err(DecideError::QuoteNotAccepted { price: assessed.price });
        }
        Ok(())
    }

    /// A second person approves: neither who proposed nor who filed, nor anyone who stands in for them or for whom they
    /// stand in.
    pub(super) fn approve(&self, forced: Option<String>) -> Result<Changes, DecideError> {
        let (clock, accepted_quote, proposal) = match &self.request.stage {
            Stage::Proposed { clock, accepted_quote, proposal, .. } => (clock, accepted_quote, proposal),
            Stage::InForce { .. } | Stage::Acceptance { .. } => return self.approve_afterwards(),
            _ => return Err(self.closed(&Action::Approve)),
        };
        if let Some(reason) = &forced {
            given(Some(reason))?;
        }
        let decision = self.decided(proposal, forced)?;
        let on = self.moment.today();
        let verdict = proposal.verdict;
        let told = notices::decided(self.request, proposal);
        if verdict == Verdict::Reject {
            let rejected = self.to(Stage::Rejected { on, decision });
            return Ok(rejected.noting("verdict", verdict.word()).telling([told]));
        }
        self.may_be_admitted(*accepted_quote)?;
        let cut = self.assessed()?.cut_by(&proposal.conditions);
        let stage = Stage::Publication { on, clock: clock.clone(), decision, objections: Vec::new() };
        let mut changes = self.to(stage).noting("verdict", verdict.word()).telling([told]);
        if let Some(to) = cut {
            cut_to(&mut changes.request, to);
            changes = changes.noting("cut_to", to.to_string());
        }
        Ok(changes)
    }

    /// The decision of a second person on a proposal.
    pub(super) fn decided(
        &self,
        proposal: &Proposal,
        forced: Option<String>,
    ) -> Result<Decision, DecideError> {
        let approved_by = self.actor.user().ok_or(DecideError::NotYours)?;
        let principals = self.actor.principals();
        let filers = iter::once(self.request.filed_by).chain(self.request.dossier.filed_for.iter().copied());
        let mut first = filers.chain(iter::once(proposal.by)).chain(proposal.principals.iter().copied());
        if first.any(|hand| hand == approved_by || principals.contains(&hand)) {
            return Err(DecideError::FourEyes);
        }
        let (proposal, approved_on) = (proposal.clone(), self.moment.today());
        Ok(Decision { proposal, approved_by, approved_on, principals, forced })
    }

    pub(super) fn send_back(&self, reason: &str) -> Result<Changes, DecideError> {
        let Stage::Proposed { clock, accepted_quote, .. } = &self.request.stage else {
            return Err(self.closed(&Action::SendBack { reason: reason.to_owned() }));
        };
        given(Some(reason))?;
        let on = self.moment.today();
        Ok(self.to(Stage::Review { on, clock: clock.clone(), accepted_quote: *accepted_quote }))
    }
}

/// Ends the period on a day; months after it are not booked. The quoted price stands.
pub(super) fn cut_to(request: &mut Request, to: NaiveDate) {
    request.application.ends_on = request.application.ends_on.map(|end| end.min(to));
    if let Some(assessed) = &mut request.assessed {
        assessed.hours.retain(|row| row.month.first() <= to);
    }
}
