//! The numbers of a jurisdiction (`policy.md`), read from `rules/*/parameters.toml`: types and units only, no value.

mod oversight;

use chrono::{FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

pub use oversight::{
    ComplaintParameters, CoreWhileShort, Criterion, EvidenceParameters, InspectionParameters, MergeBy,
    MonthDay, OversightParameters, RatingParameters,
};

use crate::budget::CarryOver;
use crate::card::CardParameters;
use crate::catalogue::Class;
use crate::decimal::Decimal;
use crate::facts::DayFactor;
use crate::hours::Pool;
use crate::letters::LetterParameters;
use crate::money::Fen;
use crate::reminders::ReminderParameters;
use crate::words;

/// Every number the engine works with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub jurisdiction: Jurisdiction,
    pub price: PriceParameters,
    pub quota: QuotaParameters,
    /// A rule set that says nothing has everything done by the committee.
    #[serde(default)]
    pub pools: PoolParameters,
    pub limits: LimitParameters,
    pub money: MoneyParameters,
    pub reminders: ReminderParameters,
    pub cards: CardParameters,
    pub splitting: SplittingParameters,
    pub oversight: OversightParameters,
    pub letters: LetterParameters,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jurisdiction {
    /// Minutes east of Greenwich of the jurisdiction's time.
    pub utc_offset_minutes: i32,
    /// The form of a number people see, with `{year}` and `{number}`.
    pub request_number: String,
    /// Personal data that the shared base register holds, so that it is not collected again.
    pub register_held: Vec<String>,
}

impl Jurisdiction {
    /// The jurisdiction's time zone.
    #[must_use]
    pub fn offset(&self) -> FixedOffset {
        FixedOffset::east_opt(self.utc_offset_minutes * 60).expect("checked when the parameters were loaded")
    }
}

/// `policy.md` §4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceParameters {
    /// Yuan an hour of work.
    pub rate: Fen,
    pub day_factor: DayFactors,
    /// Share of labour and direct costs.
    pub overhead_rate: Decimal,
    /// The least price for a community with work.
    pub floor: Fen,
    /// Households of the standard community to which the catalogue's yearly hours belong.
    pub standard_households: i64,
    /// Days of the year over which a baseline is spread.
    pub days_of_year: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayFactors {
    pub working: Decimal,
    pub extended: Decimal,
    pub rest: Decimal,
    pub holiday: Decimal,
}

impl DayFactors {
    #[must_use]
    pub fn of(&self, day: DayFactor) -> Decimal {
        match day {
            DayFactor::Working => self.working,
            DayFactor::Extended => self.extended,
            DayFactor::Rest => self.rest,
            DayFactor::Holiday => self.holiday,
        }
    }
}

/// `policy.md` §5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaParameters {
    pub least_workers: i64,
    pub households_per_worker: i64,
    pub residents_per_worker: i64,
    pub hours_per_day: i64,
    /// Share of the gross hours.
    pub leave: Decimal,
    /// Share of the net hours that is never booked.
    pub reserve: Decimal,
}

/// Whose hours a task of a class takes in a community with a service station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolParameters {
    pub core: Pool,
    pub assist: Pool,
    /// Also of items that are not listed.
    pub purchase: Pool,
    pub emergency: Pool,
}

impl PoolParameters {
    /// The pool of a class; what is not listed, like what is refused, counts as a purchase.
    #[must_use]
    pub fn of(&self, class: Option<Class>) -> Pool {
        match class {
            Some(Class::Core) => self.core,
            Some(Class::Assist) => self.assist,
            Some(Class::Emergency) => self.emergency,
            Some(Class::Purchase | Class::Negative) | None => self.purchase,
        }
    }
}

impl Default for PoolParameters {
    fn default() -> PoolParameters {
        let all = Pool::Committee;
        PoolParameters { core: all, assist: all, purchase: all, emergency: all }
    }
}

/// `policy.md` §6, in working days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitParameters {
    pub completeness: u32,
    pub correction: u32,
    pub decision: u32,
    pub quote: u32,
    pub publication: u32,
    pub commitment: u32,
    pub refusal: u32,
    pub acceptance: u32,
    /// At most this long others are heard; the decision clock stands.
    pub consultation: u32,
    /// Added once to the decision, with reasons.
    pub extension: u32,
    /// To ask for reconsideration, from the rejection.
    pub ask_reconsideration: u32,
    pub reconsideration: u32,
    /// To rule on a dispute about delivered work.
    pub dispute: u32,
    /// To commit the money of an emergency, from its acceptance or approval.
    pub payment: u32,
    /// To file an emergency, from its start.
    pub emergency_filing: u32,
    /// Calendar days, both ends counted, of an emergency and of its one prolongation.
    pub emergency_days: u32,
    /// Calendar days after which what is over is closed.
    pub close_days: u32,
}

/// `policy.md` §7 and the base funds of §2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyParameters {
    /// Share of the price paid when the task is in force.
    pub first_instalment: Decimal,
    /// Share of the price paid at mid-term.
    pub middle_instalment: Decimal,
    /// Prices below this are paid at once.
    pub paid_at_once_below: Fen,
    /// Base funds of a household a year.
    pub base_fund_per_household: Fen,
    /// Share of the price that all supplements together may add.
    pub supplements: Decimal,
    /// What becomes of what delivered work has cost less than its price, by class.
    pub surplus: SurplusModes,
    /// What becomes of a budget line's free money at the year's end.
    pub carry_over: CarryOver,
    /// The same for the contingency pool.
    pub contingency_carry_over: CarryOver,
}

words! {
    /// Where the surplus of delivered work goes (`policy.md` §7).
    SurplusMode {
        Actual = "actual", "据实结算", "actual cost";
        Lump = "lump", "包干使用", "lump sum";
    }
}

/// The surplus mode of each class that may have a price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurplusModes {
    pub assist: SurplusMode,
    pub purchase: SurplusMode,
}

impl SurplusModes {
    /// The mode of a class; an unlisted item is priced like a purchase.
    #[must_use]
    pub fn of(&self, class: Option<Class>) -> SurplusMode {
        match class {
            Some(Class::Assist) => self.assist,
            _ => self.purchase,
        }
    }
}

impl MoneyParameters {
    /// Base funds of a community of that size in a year.
    #[must_use]
    pub fn base_fund_due(&self, households: i64) -> Fen {
        Fen(self.base_fund_per_household.0 * households)
    }
}

/// Which requests of one department are added up before thresholds ([`crate::siblings`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplittingParameters {
    /// The share of common pairs of characters from which two titles are alike.
    pub like_title: Decimal,
    /// Working days between two periods that still adjoin.
    pub gap_working_days: u32,
    /// Months before the start and after the end in which siblings are looked for.
    pub window_months: u32,
}

/// A period in which something is in force; open at the end without `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InForce {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

impl InForce {
    #[must_use]
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}
