//! The year in figures, for programs and for people.

use std::collections::BTreeMap;

use engine::Checked;
use serde::Serialize;
use workflow::budget::Figures;
use workflow::hours::Centihours;
use workflow::money::Fen;

/// Beside the stages of inspection plans: communities visited, and proposals refused.
pub(crate) const VISITS: &str = "visits";
pub(crate) const REFUSED: &str = "refused";

/// What the year came to.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Summary {
    pub(crate) requests: usize,
    pub(crate) stages: BTreeMap<String, usize>,
    pub(crate) outcomes: BTreeMap<String, usize>,
    pub(crate) classes: BTreeMap<String, usize>,
    pub(crate) findings: BTreeMap<String, usize>,
    pub(crate) assignments: BTreeMap<String, usize>,
    /// Assignments refused, by reason.
    pub(crate) refusals: BTreeMap<String, usize>,
    /// Figures of every kind of source and year.
    pub(crate) money: BTreeMap<String, Money>,
    /// All that moved, by purpose.
    pub(crate) moved: BTreeMap<String, Fen>,
    /// Booked hours by function, 1 to 7 or outside.
    pub(crate) hours: BTreeMap<String, Hours>,
    pub(crate) days_to_decide: Days,
    /// Complaints by stage.
    pub(crate) complaints: BTreeMap<String, usize>,
    /// Inspection plans by stage, their visits and what was refused.
    pub(crate) inspection: BTreeMap<String, usize>,
    /// Cards by colour and cause, as `yellow:office`, and by stage.
    pub(crate) cards: BTreeMap<String, usize>,
    pub(crate) contests: BTreeMap<String, usize>,
    /// Answers about departments, by kind.
    pub(crate) ratings: BTreeMap<String, usize>,
    pub(crate) letters: BTreeMap<String, u64>,
    pub(crate) events: BTreeMap<String, usize>,
    /// How often the engine refused a wish, by code.
    pub(crate) said_no: BTreeMap<String, usize>,
    pub(crate) doctor: Option<Checked>,
    pub(crate) elapsed_ms: u64,
}

/// The sums of a kind of source.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Money {
    pub(crate) appropriated: Fen,
    pub(crate) carried_in: Fen,
    pub(crate) committed: Fen,
    pub(crate) escrow: Fen,
    pub(crate) paid: Fen,
    pub(crate) returned: Fen,
    pub(crate) rewarded: Fen,
    pub(crate) carried_out: Fen,
    pub(crate) lapsed: Fen,
    pub(crate) free: Fen,
}

impl Money {
    pub(crate) fn add(&mut self, line: &Figures) {
        self.appropriated += line.appropriated;
        self.carried_in += line.carried_in;
        self.committed += line.committed;
        self.escrow += line.escrow;
        self.paid += line.paid;
        self.returned += line.returned;
        self.rewarded += line.rewarded;
        self.carried_out += line.carried_out;
        self.lapsed += line.lapsed;
        self.free += line.free;
    }
}

/// Hours booked for a function.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Hours {
    pub(crate) booked: Centihours,
    pub(crate) forced: Centihours,
    pub(crate) pools: BTreeMap<String, Centihours>,
}

/// Working days from the beginning of the decision clock to the decision.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Days {
    pub(crate) decided: usize,
    pub(crate) median: u32,
    pub(crate) longest: u32,
}

impl Summary {
    pub(crate) fn is_sound(&self) -> bool {
        self.doctor.as_ref().is_some_and(|doctor| doctor.breaches.is_empty())
    }
}
