//! What becomes of a request of the year: how people treat it. Most go the straight way; the others give every branch
//! of the workflow its share.

use workflow::catalogue::Class;

use crate::demo::year::dice::Dice;

/// How people treat a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Straight,
    LeftInDraft,
    NeverMended,
    Mended,
    ReturnedByOffice,
    /// Nobody checks it; the limit speaks.
    DeemedFiled,
    Consulted,
    Heard,
    Extended,
    Repriced,
    SentBack,
    QuoteDeclined,
    QuoteLapses,
    Withdrawn,
    WithdrawnLate,
    Rejected,
    Upheld,
    Overturned,
    ObjectionDismissed,
    ObjectionUpheld,
    FundsLapse,
    Contingency,
    Moved,
    Suspended,
    Terminated,
    SuspendedForGood,
    Refused,
    Disputed,
    ActualCost,
    DeemedSettled,
    RenewedInTime,
    RenewedTooLate,
    Supplemented,
    /// Two supplements that are more than a tenth together.
    SupplementedTwice,
    Nudged,
    /// The leading group wants it, whatever the hours.
    Wanted,
}

/// Parts of a thousand, about.
const WEIGHTS: [(Fate, u64); 35] = [
    (Fate::Straight, 440),
    (Fate::LeftInDraft, 8),
    (Fate::NeverMended, 15),
    (Fate::Mended, 45),
    (Fate::ReturnedByOffice, 30),
    (Fate::DeemedFiled, 25),
    (Fate::Consulted, 40),
    (Fate::Heard, 12),
    (Fate::Extended, 15),
    (Fate::Repriced, 10),
    (Fate::SentBack, 15),
    (Fate::QuoteDeclined, 20),
    (Fate::QuoteLapses, 12),
    (Fate::Withdrawn, 12),
    (Fate::WithdrawnLate, 8),
    (Fate::Rejected, 20),
    (Fate::Upheld, 10),
    (Fate::Overturned, 10),
    (Fate::ObjectionDismissed, 10),
    (Fate::ObjectionUpheld, 5),
    (Fate::FundsLapse, 15),
    (Fate::Contingency, 8),
    (Fate::Moved, 12),
    (Fate::Suspended, 10),
    (Fate::Terminated, 8),
    (Fate::SuspendedForGood, 5),
    (Fate::Refused, 60),
    (Fate::Disputed, 15),
    (Fate::ActualCost, 25),
    (Fate::DeemedSettled, 25),
    (Fate::RenewedInTime, 15),
    (Fate::RenewedTooLate, 8),
    (Fate::Supplemented, 10),
    (Fate::SupplementedTwice, 6),
    (Fate::Nudged, 20),
];

impl Fate {
    /// The fate of the request of that number: the first ones have every fate in turn, so that a short year has them all.
    pub(crate) fn drawn(dice: &mut Dice, index: usize) -> Fate {
        let drawn = dice.weigh(&WEIGHTS).unwrap_or(Fate::Straight);
        WEIGHTS.get(index).map_or(drawn, |(fate, _)| *fate)
    }

    /// The only class of item to which this can happen, where there is one: some need a price, or a surplus that goes back.
    pub(crate) fn needs(self) -> Option<Class> {
        match self {
            Fate::Repriced
            | Fate::QuoteDeclined
            | Fate::QuoteLapses
            | Fate::Contingency
            | Fate::FundsLapse
            | Fate::Terminated
            | Fate::SuspendedForGood
            | Fate::Disputed
            | Fate::Supplemented
            | Fate::SupplementedTwice => Some(Class::Purchase),
            Fate::ActualCost => Some(Class::Assist),
            _ => None,
        }
    }

    /// Whether supplements are asked for, and how many.
    pub(crate) fn supplements(self) -> usize {
        match self {
            Fate::Supplemented => 1,
            Fate::SupplementedTwice => 2,
            _ => 0,
        }
    }
}
