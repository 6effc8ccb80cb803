//! Review: quote, proposal, approval under four eyes, publication.

use chrono::NaiveDate;

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::{Action, agrees};
use crate::catalogue::Class;
use crate::facts::Offer;
use crate::money::Fen;
use crate::request::{Bookings, Request};
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

    /// A verdict against the rules, or one that drops a condition of theirs, needs a reason.
    pub(super) fn propose(
        &self,
        verdict: Verdict,
        conditions: Vec<String>,
        reason: Option<String>,
    ) -> Result<Changes, DecideError> {
        let Stage::Review { clock, accepted_quote, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Propose { verdict, conditions, reason }));
        };
        let assessed = self.assessed()?;
        if let Some(unknown) = conditions.iter().find(|code| !assessed.conditions.contains(code)) {
            return Err(DecideError::UnknownCondition(unknown.clone()));
        }
        if verdict == Verdict::Admit {
            self.may_be_admitted(*accepted_quote)?;
        }
        let drops = |code: &String| verdict == Verdict::Admit && !conditions.contains(code);
        if !agrees(verdict, assessed.outcome) || assessed.conditions.iter().any(drops) {
            given(reason.as_deref())?;
        }
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let on = self.moment.today();
        let noted = conditions.clone();
        let proposal = Proposal { by, on, verdict, conditions, reason };
        let stage = Stage::Proposed { on, clock: clock.clone(), accepted_quote: *accepted_quote, proposal };
        Ok(self.to(stage).noting("verdict", verdict.word()).noting("conditions", noted))
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

    /// A second person approves: neither who proposed nor who filed.
    pub(super) fn approve(&self) -> Result<Changes, DecideError> {
        let Stage::Proposed { clock, accepted_quote, proposal, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Approve));
        };
        let approved_by = self.actor.user().ok_or(DecideError::NotYours)?;
        if approved_by == proposal.by || approved_by == self.request.filed_by {
            return Err(DecideError::FourEyes);
        }
        let on = self.moment.today();
        let verdict = proposal.verdict;
        let told = notices::decided(self.request, proposal);
        let decision = Decision { proposal: proposal.clone(), approved_by, approved_on: on };
        if verdict == Verdict::Reject {
            let rejected = self.to(Stage::Rejected { on, decision });
            return Ok(rejected.noting("verdict", verdict.word()).telling([told]));
        }
        self.may_be_admitted(*accepted_quote)?;
        let cut = self.assessed()?.cut_by(&proposal.conditions);
        let stage = Stage::Publication { on, clock: clock.clone(), decision };
        let mut changes = self.to(stage).noting("verdict", verdict.word()).telling([told]);
        if let Some(to) = cut {
            cut_to(&mut changes.request, to);
            changes = changes.noting("cut_to", to.to_string());
        }
        Ok(changes)
    }

    pub(super) fn send_back(&self, reason: &str) -> Result<Changes, DecideError> {
        let Stage::Proposed { clock, accepted_quote, .. } = &self.request.stage else {
            return Err(self.closed(&Action::SendBack { reason: reason.to_owned() }));
        };
        given(Some(reason))?;
        let on = self.moment.today();
        Ok(self.to(Stage::Review { on, clock: clock.clone(), accepted_quote: *accepted_quote }))
    }

    /// The publication has ended: the hours of every community are booked with it, all or none.
    pub(super) fn enter(&self) -> Result<Changes, DecideError> {
        let Stage::Publication { on, decision, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Enter));
        };
        self.only_after(*on, self.moment.parameters.limits.publication)?;
        let hours = self.assessed()?.hours.clone();
        let stage = Stage::Admitted { on: self.moment.today(), decision: decision.clone(), funded_on: None };
        let told = notices::admitted(self.request, &self.moment);
        Ok(self.to(stage).booking(Bookings::Book(hours)).telling(told))
    }

    /// The hours are no longer free: a person decides again.
    pub(super) fn quota_short(&self) -> Result<Changes, DecideError> {
        let Stage::Publication { clock, on, .. } = &self.request.stage else {
            return Err(self.closed(&Action::QuotaShort));
        };
        let today = self.moment.today();
        let accepted_quote = Some(self.request.price()).filter(|price| *price > Fen::ZERO);
        let clock = clock.clone().paused(*on, today);
        Ok(self.to(Stage::Review { on: today, clock, accepted_quote }))
    }
}

/// Ends the period on a day; months after it are not booked. The quoted price stands.
fn cut_to(request: &mut Request, to: NaiveDate) {
    request.application.ends_on = request.application.ends_on.map(|end| end.min(to));
    if let Some(assessed) = &mut request.assessed {
        assessed.hours.retain(|row| row.month.first() <= to);
    }
}
