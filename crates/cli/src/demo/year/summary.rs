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
    pub(crate) seed: u64,
    pub(crate) requests: usize,
    /// Requests by the stage in which they are, or ended before they were closed.
    pub(crate) endings: BTreeMap<String, usize>,
    /// Of all, those that are closed.
    pub(crate) closed: usize,
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
    /// From the acceptance of the filing to the first approval.
    pub(crate) days_to_decide: Days,
    /// From admission to the commitment of funds.
    pub(crate) days_to_fund: Days,
    /// Commitments in the second half of their limit, and admitted requests that lapsed without one.
    pub(crate) late_funds: LateFunds,
    pub(crate) mergers: Vec<MergerLine>,
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

/// A community that was closed.
#[derive(Debug, Serialize)]
pub(crate) struct MergerLine {
    pub(crate) from: String,
    pub(crate) into: String,
    /// Requests that went over.
    pub(crate) requests: usize,
}

/// Money that came late or not at all.
#[derive(Debug, Default, Serialize)]
pub(crate) struct LateFunds {
    pub(crate) committed: usize,
    pub(crate) lapsed: usize,
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
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Hours {
    pub(crate) booked: Centihours,
    pub(crate) forced: Centihours,
    pub(crate) pools: BTreeMap<String, Centihours>,
}

impl Hours {
    pub(crate) fn add(&mut self, other: &Hours) {
        self.booked.0 += other.booked.0;
        self.forced.0 += other.forced.0;
        for (pool, hours) in &other.pools {
            self.pools.entry(pool.clone()).or_default().0 += hours.0;
        }
    }
}

/// Working days from a step to another.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Days {
    pub(crate) requests: usize,
    pub(crate) median: u32,
    pub(crate) longest: u32,
}

impl Days {
    pub(crate) fn of(mut days: Vec<u32>) -> Days {
        days.sort_unstable();
        let median = days.get(days.len() / 2).copied().unwrap_or(0);
        Days { requests: days.len(), median, longest: days.last().copied().unwrap_or(0) }
    }
}

impl Summary {
    pub(crate) fn is_sound(&self) -> bool {
        self.doctor.as_ref().is_some_and(|doctor| doctor.breaches.is_empty())
    }
}
