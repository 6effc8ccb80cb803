//! The price of a task, community by community, in integer fen (`policy.md` §4). Exact until the rounding that the
//! policy names; the numbers come in as parameters.

use chrono::NaiveDate;
use serde::Serialize;

use crate::catalogue::{Class, Item};
use crate::decimal::Decimal;
use crate::facts::{Application, Community, Facts, Per, Volume, WorkLine};
use crate::hours::{Hours, Minutes};
use crate::money::{Fen, half_up, narrow};
use crate::parameters::PriceParameters;

/// The price with its breakdown, sorted by community code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Price {
    pub total: Fen,
    pub communities: Vec<CommunityPrice>,
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
    /// Minutes above the item's yearly baseline; only for class assist.
    #[serde(skip)]
    pub surplus: Option<Minutes>,
}

impl Price {
    /// Prices the facts for an item; without one (unlisted) like a purchase. Nothing is priced without work,
    /// without communities, or without a period whose end is not before its start.
    #[must_use]
    pub fn of(facts: &Facts, item: Option<&Item>, parameters: &PriceParameters) -> Price {
        let request = &facts.request;
        let Some(period) = request.period().filter(|_| !request.work.is_empty()) else {
            return Price { total: Fen::ZERO, communities: Vec::new() };
        };
        let mut communities: Vec<&Community> = facts.communities.iter().collect();
        communities.sort_by(|a, b| a.code.cmp(&b.code));
        let direct = direct_shares(request, &communities);
        let pricing = Pricing { request, period, item, parameters };
        let lines: Vec<CommunityPrice> = communities
            .into_iter()
            .zip(direct)
            .map(|(community, direct)| pricing.of(community, direct))
            .collect();
        Price { total: lines.iter().map(|line| line.total).sum(), communities: lines }
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

struct Pricing<'a> {
    request: &'a Application,
    period: (NaiveDate, NaiveDate),
    item: Option<&'a Item>,
    parameters: &'a PriceParameters,
}

impl Pricing<'_> {
    fn of(&self, community: &Community, direct: Fen) -> CommunityPrice {
        let (minutes, full_labour) = self.labour(community);
        let class = self.item.map(|item| item.class);
        let surplus = self
            .item
            .filter(|item| item.class == Class::Assist)
            .map(|item| minutes.beyond(self.baseline(item, community)));
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
        CommunityPrice { code, minutes, hours: minutes.hours(), labour, direct, overhead, total, surplus }
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
        let days = end.signed_duration_since(start).num_days() + 1;
        let exact = i128::from(item.yearly_hours.millionths())
            * 60
            * i128::from(community.households)
            * i128::from(days);
        let whole = i128::from(Decimal::SCALE)
            * i128::from(self.parameters.standard_households)
            * i128::from(self.parameters.days_of_year);
        Minutes::whole(narrow(half_up(exact, whole)))
    }

    fn overhead(&self, cost: Fen) -> Fen {
        cost.share(self.parameters.overhead_rate.millionths(), Decimal::SCALE)
    }
}
