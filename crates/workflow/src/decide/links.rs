//! What binds a request to others and to its months: renewal, supplement, a moved period.

use chrono::NaiveDate;

use super::filing::given;
use super::{Changes, DecideError, Deciding, notices};
use crate::action::{Action, Room};
use crate::id::RequestId;
use crate::money::Fen;
use crate::request::{Bookings, MonthHours};

impl Deciding<'_> {
    /// A successor is drafted before the end; it keeps the item in force only when its funds are committed in time.
    pub(super) fn renew(&self, successor: RequestId) -> Result<Changes, DecideError> {
        if self.request.stage.emergency().is_some() {
            return Err(self.closed(&Action::Renew { successor }));
        }
        if self.request.dossier.successor.is_some() {
            return Err(DecideError::AlreadyRenewed);
        }
        self.before_the_end()?;
        let mut changes = self.to(self.request.stage.clone());
        changes.request.dossier.successor = Some(successor);
        Ok(changes.noting("successor", successor.to_string()))
    }

    /// The successor's funds are committed before the end: the item goes on without a gap.
    pub(super) fn note_renewal(
        &self,
        successor: RequestId,
        until: NaiveDate,
    ) -> Result<Changes, DecideError> {
        if self.request.dossier.successor != Some(successor) {
            return Err(self.closed(&Action::NoteRenewal { successor, until }));
        }
        self.before_the_end()?;
        let mut changes = self.to(self.request.stage.clone());
        changes.request.dossier.renewed_until = Some(until);
        Ok(changes.noting("successor", successor.to_string()).noting("until", until.to_string()))
    }

    fn before_the_end(&self) -> Result<(), DecideError> {
        let ends_on = self.request.application.ends_on.ok_or(DecideError::Incomplete)?;
        if self.moment.today() > ends_on {
            return Err(DecideError::TooLate { on: ends_on });
        }
        Ok(())
    }

    /// A supplement is funded; all of them together are at most a share of the price (`policy.md` §7).
    pub(super) fn note_supplement(&self, supplement: RequestId, price: Fen) -> Result<Changes, DecideError> {
        let share = self.moment.parameters.money.supplements;
        let room = self.request.room_for_supplements(share);
        fits(price, Room::AtMost(room))?;
        let mut changes = self.to(self.request.stage.clone());
        changes.request.dossier.supplemented += price;
        Ok(changes.noting("supplement", supplement.to_string()).noting("price", price.to_string()))
    }

    /// Another period before the work has begun, not longer than the one that was decided; its hours are freed and booked
    /// anew in one step, all or none. The price stands.
    pub(super) fn move_period(
        &self,
        (starts_on, ends_on): (NaiveDate, NaiveDate),
        hours: Vec<MonthHours>,
        reason: &str,
    ) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let (first, last) = self.request.application.period().ok_or(DecideError::Incomplete)?;
        if starts_on > ends_on || starts_on < self.moment.today() {
            return Err(DecideError::PeriodBackwards);
        }
        let longest = starts_on.checked_add_signed(last.signed_duration_since(first));
        let longest = longest.ok_or(DecideError::Incomplete)?;
        if ends_on > longest {
            return Err(DecideError::PeriodTooLong { last: longest });
        }
        let mut changes = self.to(self.request.stage.clone());
        changes.request.application.starts_on = Some(starts_on);
        changes.request.application.ends_on = Some(ends_on);
        if let Some(assessed) = &mut changes.request.assessed {
            assessed.hours.clone_from(&hours);
        }
        let told = notices::moved(self.request, (starts_on, ends_on), reason);
        let changes =
            changes.noting("starts_on", starts_on.to_string()).noting("ends_on", ends_on.to_string());
        Ok(changes.booking(Bookings::Rebook(hours)).telling([told]))
    }
}

/// Whether a supplement fits into what is left.
pub(super) fn fits(price: Fen, room: Room) -> Result<(), DecideError> {
    match room {
        Room::AtMost(room) if price > room => Err(DecideError::SupplementTooLarge { room }),
        _ => Ok(()),
    }
}
