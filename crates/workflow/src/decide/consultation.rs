//! Hearing others: consultation, hearing and expert opinion, during which the decision clock stands; one extension.

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::Action;
use crate::clock::Extension;
use crate::consultation::{Inquiry, Opinion, Stance};
use crate::stage::Stage;

impl Deciding<'_> {
    /// The decision clock stands until the consultation is closed.
    pub(super) fn consult(&self, inquiry: Inquiry) -> Result<Changes, DecideError> {
        let Stage::Review { clock, accepted_quote, .. } = &self.request.stage else {
            return Err(self.closed(&Action::Consult { inquiry }));
        };
        given(Some(&inquiry.question))?;
        if inquiry.invited.is_empty() {
            return Err(DecideError::NobodyInvited);
        }
        let told = notices::invited(self.request, &self.moment, &inquiry);
        let (kind, invited) = (inquiry.kind.word(), inquiry.invited.len());
        let (clock, accepted_quote) = (clock.clone(), *accepted_quote);
        let on = self.moment.today();
        let changes = self.to(Stage::Consultation { on, clock, accepted_quote, inquiry });
        Ok(changes.noting("inquiry", kind).noting("invited", invited).telling(told))
    }

    /// An invited body speaks; a later opinion stands beside the earlier one.
    pub(super) fn opine(&self, stance: Stance, text: String) -> Result<Changes, DecideError> {
        given(Some(&text))?;
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let organisation = self.standing.organisation;
        let mut changes = self.to(self.request.stage.clone());
        let opinion = Opinion { organisation, by, on: self.moment.today(), stance, text };
        let told = notices::opinion(self.request, &opinion);
        changes.request.dossier.opinions.push(opinion);
        Ok(changes.noting("stance", stance.word()).telling([told]))
    }

    /// A reviewer has heard enough, or the time for it has passed; the clock runs on.
    pub(super) fn close_consultation(&self) -> Result<Changes, DecideError> {
        let Stage::Consultation { on, clock, accepted_quote, .. } = &self.request.stage else {
            return Err(self.closed(&Action::CloseConsultation));
        };
        self.only_after(*on, self.moment.parameters.limits.consultation)?;
        let today = self.moment.today();
        let clock = clock.clone().paused(*on, today);
        Ok(self.to(Stage::Review { on: today, clock, accepted_quote: *accepted_quote }))
    }

    /// More time for the decision, or for an emergency; once, with a reason (`policy.md` §6).
    pub(super) fn extend(&self, reason: String) -> Result<Changes, DecideError> {
        given(Some(&reason))?;
        let by = self.actor.user().ok_or(DecideError::NotYours)?;
        let extension = Extension { by, on: self.moment.today(), reason };
        let mut changes = self.to(self.request.stage.clone());
        match &mut changes.request.stage {
            Stage::Review { clock, .. } if clock.extension.is_none() => clock.extension = Some(extension),
            Stage::Review { .. } => return Err(DecideError::AlreadyExtended),
            Stage::InForce { .. } => return self.prolong(extension),
            _ => return Err(self.closed(&Action::Extend { reason: extension.reason })),
        }
        Ok(changes)
    }
}
