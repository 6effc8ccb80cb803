//! What becomes of a request of the year: how people treat it. Most go the straight way; the others give every branch
//! of the workflow its share.

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
    Nudged,
}

/// Parts of a thousand, about.
const WEIGHTS: [(Fate, u64); 34] = [
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
    (Fate::Supplemented, 12),
    (Fate::Nudged, 20),
];

impl Fate {
    pub(crate) fn drawn(dice: &mut Dice) -> Fate {
        dice.weigh(&WEIGHTS).unwrap_or(Fate::Straight)
    }
}
