//! The price of a task, community by community, in integer fen (`policy.md` §4). Exact until the rounding that the
//! policy names; the numbers come in as parameters.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::assignment::Worked;
use crate::catalogue::{Class, Item};
use crate::decimal::Decimal;
use crate::facts::{Application, Community, Facts, Per, Sibling, Volume, WorkLine};
use crate::hours::{Hours, Minutes};
use crate::money::{Fen, half_up, narrow};
use crate::parameters::PriceParameters;

/// The price with its breakdown, sorted by community code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Price {
    pub total: Fen,
    pub communities: Vec<CommunityPrice>,
    /// The total with the prices of all siblings, for thresholds of money.
    #[serde(skip)]
    pub together: Fen,
}

/// One community's price; a community that declines takes it with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommunityPrice {
    pub code: String,
    /// All minutes of the lines of work, priced or not.
    pub minutes: Minutes,
    pub hours: Hours,
    pub labour: Fen,
    pub direct: Fen,
    pub overhead: Fen,
    pub total: Fen,
    /// Minutes above what siblings leave of the item's yearly baseline; only for class assist.
    #[serde(skip)]
    pub surplus: Option<Minutes>,
    /// The part of the surplus that there would not be without siblings.
    #[serde(skip)]
    pub surplus_by_siblings: Minutes,
}

impl CommunityPrice {
    /// Minutes that take the item's yearly hours, so that no sibling can have them again.
    #[must_use]
    pub fn granted(&self) -> Decimal {
        let granted = self.surplus.map_or(0, |surplus| self.minutes.0 - surplus.0);
        Decimal::of_millionths(granted)
    }
}

impl Price {
    /// Prices the facts for an item; without one (unlisted) like a purchase. Nothing is priced without work,
    /// without communities, or without a period whose end is not before its start.
    #[must_use]
    pub fn of(facts: &Facts, item: Option<&Item>, parameters: &PriceParameters) -> Price {
        let request = &facts.request;
        let beside: Fen = facts.siblings.iter().map(|sibling| sibling.price).sum();
        let Some(period) = request.period().filter(|_| !request.work.is_empty()) else {
            return Price { total: Fen::ZERO, communities: Vec::new(), together: beside };
        };
        let mut communities: Vec<&Community> = facts.communities.iter().collect();
        communities.sort_by(|a, b| a.code.cmp(&b.code));
        let direct = direct_shares(request, &communities);
        let granted = granted(facts, period);
        let pricing = Pricing { request, period, item, granted, parameters };
        let lines: Vec<CommunityPrice> = communities
            .into_iter()
            .zip(direct)
            .map(|(community, direct)| pricing.of(community, direct))
            .collect();
        let total = lines.iter().map(|line| line.total).sum();
        Price { total, communities: lines, together: total + beside }
    }

    #[must_use]
    pub fn is_due(&self) -> bool {
        self.total > Fen::ZERO
    }
}

/// The direct costs split by households (`policy.md` §4: largest remainder, ties to the lower code).
fn direct_shares(request: &Application, communities: &[&Community]) -> Vec<Fen> {
    let whole: Fen = request.direct_costs.iter().map(|cost| cost.amount).sum();
    let weights: Vec<i64> = communities.iter().map(|community| community.households).collect();
    whole.split(&weights)
}

/// What siblings of the same item have been granted of its yearly hours on the days of a period, by community. Each day
/// of the year grants its part once, so minutes on days outside the period do not count.
fn granted(facts: &Facts, (start, end): (NaiveDate, NaiveDate)) -> BTreeMap<&str, Minutes> {
    let mut granted: BTreeMap<&str, Minutes> = BTreeMap::new();
    let of_same_item = |sibling: &&Sibling| sibling.item.is_some() && sibling.item == facts.request.item;
    for sibling in facts.siblings.iter().filter(of_same_item) {
        let common = days(sibling.starts_on.max(start), sibling.ends_on.min(end)).max(0);
        let all = days(sibling.starts_on, sibling.ends_on).max(1);
        for part in &sibling.communities {
            let exact = i128::from(part.granted_minutes.millionths()) * i128::from(common);
            let sum = granted.entry(part.code.as_str()).or_default();
            *sum = sum.plus(Minutes(half_up(exact, i128::from(all))));
        }
    }
    granted
}

/// Days from one to another, both counted.
fn days(first: NaiveDate, last: NaiveDate) -> i64 {
    last.signed_duration_since(first).num_days() + 1
}

/// Minutes of one line of work in one community: volume × times × minutes a unit.
#[must_use]
pub fn minutes_of(line: &WorkLine, community: &Community) -> Minutes {
    let units = match line.volume {
        Volume::Fixed { fixed } => fixed,
        Volume::Coverage { per, coverage } => {
            let whole = match per {
                Per::Household => community.households,
                Per::Resident => community.residents,
            };
            let exact = i128::from(whole) * i128::from(coverage.millionths());
            narrow(half_up(exact, i128::from(Decimal::SCALE)))
        }
    };
    Minutes(Minutes::of(units, line.minutes_per_unit).0 * i128::from(line.times))
}

/// What real hours of work are worth (`policy.md` §7, emergencies): labour by the kind of day, each line rounded half up,
/// and overhead.
#[must_use]
pub fn of_hours(worked: &[Worked], parameters: &PriceParameters) -> Fen {
    let line = |worked: &Worked| {
        let factor = i128::from(parameters.day_factor.of(worked.day).millionths());
        let exact = i128::from(worked.hours.0) * i128::from(parameters.rate.0) * factor;
        Fen(narrow(half_up(exact, CENTIHOURS * i128::from(Decimal::SCALE))))
    };
    let labour: Fen = worked.iter().map(line).sum();
    labour + labour.share(parameters.overhead_rate.millionths(), Decimal::SCALE)
}

/// Hundredths in an hour.
const CENTIHOURS: i128 = 100;

struct Pricing<'a> {
    request: &'a Application,
    period: (NaiveDate, NaiveDate),
    item: Option<&'a Item>,
    /// What siblings have been granted of the item's yearly hours, by community.
    granted: BTreeMap<&'a str, Minutes>,
    parameters: &'a PriceParameters,
}

impl Pricing<'_> {
    fn of(&self, community: &Community, direct: Fen) -> CommunityPrice {
        let (minutes, full_labour) = self.labour(community);
        let class = self.item.map(|item| item.class);
        let assist = self.item.filter(|item| item.class == Class::Assist);
        let alone = assist.map(|item| minutes.beyond(self.baseline(item, community)));
        let surplus = assist.map(|item| {
            let taken = self.granted.get(community.code.as_str()).copied().unwrap_or_default();
            minutes.plus(taken).beyond(self.baseline(item, community)).min(minutes)
        });
        let surplus_by_siblings = surplus.unwrap_or_default().beyond(alone.unwrap_or_default());
        let free =
            matches!(class, Some(Class::Core | Class::Negative)) || surplus.is_some_and(Minutes::is_zero);
        let labour = match surplus {
            _ if free => Fen::ZERO,
            Some(surplus) => Fen(narrow(half_up(i128::from(full_labour.0) * surplus.0, minutes.0))),
            None => full_labour,
        };
        let direct = if matches!(class, Some(Class::Core | Class::Negative)) { Fen::ZERO } else { direct };
        let cost = labour + direct;
        let overhead = self.overhead(cost);
        let total = if cost > Fen::ZERO { self.parameters.floor.max(cost + overhead) } else { Fen::ZERO };
        let code = community.code.clone();
        let hours = minutes.hours();
        CommunityPrice { code, minutes, hours, labour, direct, overhead, total, surplus, surplus_by_siblings }
    }

    /// Minutes of all lines, and their labour, each line rounded half up on its own.
    fn labour(&self, community: &Community) -> (Minutes, Fen) {
        let mut minutes = Minutes::default();
        let mut labour = Fen::ZERO;
        for line in &self.request.work {
            let of_line = minutes_of(line, community);
            let factor = i128::from(self.parameters.day_factor.of(line.day).millionths());
            let exact = of_line.0 * i128::from(self.parameters.rate.0) * factor;
            let scale = i128::from(Decimal::SCALE);
            labour += Fen(narrow(half_up(exact, 60 * scale * scale)));
            minutes = minutes.plus(of_line);
        }
        (minutes, labour)
    }

    /// The item's yearly minutes for this community and period: hours × 60 × households ÷ standard × days ÷ year,
    /// rounded half up to whole minutes (`contract.md`, assist).
    fn baseline(&self, item: &Item, community: &Community) -> Minutes {
        let (start, end) = self.period;
        let exact = i128::from(item.yearly_hours.millionths())
            * 60
            * i128::from(community.households)
            * i128::from(days(start, end));
        let whole = i128::from(Decimal::SCALE)
            * i128::from(self.parameters.standard_households)
            * i128::from(self.parameters.days_of_year);
        Minutes::whole(narrow(half_up(exact, whole)))
    }

    fn overhead(&self, cost: Fen) -> Fen {
        cost.share(self.parameters.overhead_rate.millionths(), Decimal::SCALE)
    }
}
