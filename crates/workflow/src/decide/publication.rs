//! Publication (公示): objections are answered before it ends; then the hours are booked and the request is admitted.

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::Action;
use crate::consultation::{Answer, Objection, Ruling};
use crate::money::Fen;
use crate::request::Bookings;
use crate::stage::Stage;

impl Deciding<'_> {
    pub(super) fn object(&self, text: String) -> Result<Changes, DecideError> {
        given(Some(&text))?;
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let organisation = self.standing.organisation;
        let told = notices::objection(self.request, &text);
        let mut changes = self.to(self.request.stage.clone());
        let Stage::Publication { objections, .. } = &mut changes.request.stage else {
            return Err(self.closed(&Action::Object { text }));
        };
        objections.push(Objection { organisation, by, on: self.moment.today(), text, answer: None });
        Ok(changes.telling([told]))
    }

    /// The office answers. An objection that is upheld takes the decision back to review.
    pub(super) fn resolve(
        &self,
        number: usize,
        ruling: Ruling,
        answer: String,
    ) -> Result<Changes, DecideError> {
        given(Some(&answer))?;
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let mut changes = self.to(self.request.stage.clone());
        let Stage::Publication { objections, .. } = &mut changes.request.stage else {
            return Err(self.closed(&Action::Resolve { objection: number, ruling, answer }));
        };
        let open = objections.get_mut(number).filter(|objection| objection.answer.is_none());
        let objection = open.ok_or(DecideError::NoSuchObjection)?;
        let told = notices::answered(self.request, objection, ruling, &answer);
        objection.answer = Some(Answer { by, on: self.moment.today(), ruling, text: answer });
        let changes = if ruling == Ruling::Upheld { self.taken_back()? } else { changes };
        Ok(changes.noting("objection", number).noting("ruling", ruling.word()).telling([told]))
    }

    /// The publication has ended and nothing is unanswered: the hours of every community are booked, all or none, or
    /// beyond what is free where an approver said why.
    pub(super) fn enter(&self) -> Result<Changes, DecideError> {
        let Stage::Publication { on, decision, objections, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Enter));
        };
        if objections.iter().any(|objection| objection.answer.is_none()) {
            return Err(DecideError::ObjectionsOpen);
        }
        self.only_after(*on, self.moment.parameters.limits.publication)?;
        let hours = self.assessed()?.hours.clone();
        let bookings = match &decision.forced {
            Some(_) => Bookings::Force(hours),
            None => Bookings::Book(hours),
        };
        let stage = Stage::Admitted { on: self.moment.today(), decision: decision.clone(), funded_on: None };
        let told = notices::admitted(self.request, &self.moment);
        Ok(self.to(stage).booking(bookings).telling(told))
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

    /// An upheld objection takes the decision back.
    fn taken_back(&self) -> Result<Changes, DecideError> {
        let mut changes = self.quota_short()?;
        changes.request.dossier.past_decisions.extend(self.request.stage.decision().cloned());
        Ok(changes)
    }
}
