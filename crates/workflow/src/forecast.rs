//! Next quarter's load: what is booked, what is filed, what is expected to renew, and what came back last year at this
//! time and is not filed yet. Arithmetic only; nothing is booked by a forecast.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;

use crate::booking::Place;
use crate::calendar::Month;
use crate::facts::Term;
use crate::hours::Centihours;
use crate::id::{OrganisationId, RequestId};
use crate::words;

words! {
    /// Why hours are expected.
    Source {
        Booked = "booked", "已占用", "booked";
        Publication = "publication", "公示中", "in publication";
        Review = "review", "在办", "under way";
        Renewal = "renewal", "续期", "renewals";
        Season = "season", "季节性", "seasonal";
    }
}

/// Three months of a year, written `2026Q3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    first: Month,
}

impl Quarter {
    /// # Errors
    /// Anything but a year, `Q` and a number from 1 to 4.
    pub fn parse(text: &str) -> Result<Quarter, String> {
        let refused = || format!("`{text}` is no quarter such as `2026Q3`");
        let (year, number) = text.split_once('Q').ok_or_else(refused)?;
        let number: u32 = number.parse().map_err(|_| refused())?;
        let month = number.checked_mul(3).and_then(|last| last.checked_sub(2)).filter(|first| *first <= 10);
        let month = month.ok_or_else(refused)?;
        Month::parse(&format!("{year}-{month:02}")).map(|first| Quarter { first }).map_err(|_| refused())
    }

    /// The quarter after the one of a day.
    #[must_use]
    pub fn after(day: NaiveDate) -> Quarter {
        let into = day.month0() % 3;
        let first = Month::of(day).first() + Months::new(3 - into);
        Quarter { first: Month::of(first) }
    }

    /// Its three months.
    #[must_use]
    pub fn months(self) -> [Month; 3] {
        [self.first, self.first.next(), self.first.next().next()]
    }

    fn covers(self, month: Month) -> bool {
        self.months().contains(&month)
    }

    fn meets(self, (start, end): (NaiveDate, NaiveDate)) -> bool {
        let [first, _, last] = self.months();
        start <= last.last() && first.first() <= end
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.first.first().year(), self.first.first().month0() / 3 + 1)
    }
}

impl Serialize for Quarter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Never filed, or it came to nothing.
    Out,
    Review,
    Publication,
    /// Admitted, whatever came after; what it holds is booked.
    Admitted,
}

/// A request as the forecast sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub request: RequestId,
    pub department: OrganisationId,
    pub item: Option<String>,
    pub term: Term,
    pub period: (NaiveDate, NaiveDate),
    /// Days to which conditions may have cut the period.
    pub cuts: Vec<NaiveDate>,
    pub communities: BTreeSet<OrganisationId>,
    pub standing: Standing,
    /// What is booked.
    pub held: BTreeMap<Place, Centihours>,
    /// What the rules have counted, where nothing is booked yet.
    pub asked: BTreeMap<Place, Centihours>,
}

/// Hours that are expected somewhere, why, and because of which request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    pub place: Place,
    pub source: Source,
    pub request: RequestId,
    pub hours: Centihours,
}

/// Everything expected in a quarter.
#[must_use]
pub fn forecast(filed: &[Filed], quarter: Quarter) -> Vec<Expected> {
    let all = Filings::of(filed);
    let expected = filed.iter().flat_map(|one| {
        let booked = one.lines(&one.held, Source::Booked, 0);
        let under_way = match one.standing {
            Standing::Review => one.lines(&one.asked, Source::Review, 0),
            Standing::Publication => one.lines(&one.asked, Source::Publication, 0),
            Standing::Out | Standing::Admitted => Vec::new(),
        };
        [booked, under_way, one.renewals(&all), one.seasonal(&all, quarter)].concat()
    });
    expected.filter(|line| quarter.covers(line.place.month)).collect()
}

/// Filed requests by item and community.
struct Filings<'a> {
    by_item: BTreeMap<(&'a str, OrganisationId), Vec<&'a Filed>>,
}

impl<'a> Filings<'a> {
    fn of(filed: &'a [Filed]) -> Filings<'a> {
        let mut by_item: BTreeMap<_, Vec<&Filed>> = BTreeMap::new();
        for one in filed.iter().filter(|one| one.standing != Standing::Out) {
            for community in &one.communities {
                if let Some(item) = &one.item {
                    by_item.entry((item.as_str(), *community)).or_default().push(one);
                }
            }
        }
        Filings { by_item }
    }

    /// The others of the same item in a community.
    fn beside(&self, one: &Filed, community: OrganisationId) -> impl Iterator<Item = &'a Filed> {
        let own = one.request;
        let item = one.item.as_deref().unwrap_or_default();
        let found = self.by_item.get(&(item, community)).cloned().unwrap_or_default();
        found.into_iter().filter(move |other| other.request != own)
    }
}

impl Filed {
    /// Lines of what stands in some months, moved by months.
    fn lines(&self, hours: &BTreeMap<Place, Centihours>, source: Source, moved: u32) -> Vec<Expected> {
        let line = |(place, hours): (&Place, &Centihours)| {
            let month = Month::of(place.month.first() + Months::new(moved));
            Expected { place: Place { month, ..*place }, source, request: self.request, hours: *hours }
        };
        hours.iter().map(line).collect()
    }

    /// A periodic or long-term task that ran its course is expected once more for as long, with the same hours, unless
    /// the department has filed it again.
    fn renewals(&self, all: &Filings<'_>) -> Vec<Expected> {
        if !matches!(self.term, Term::Periodic | Term::LongTerm) {
            return Vec::new();
        }
        let communities: BTreeSet<OrganisationId> = self.held.keys().map(|place| place.community).collect();
        let of_community = |community| {
            let held: BTreeMap<Place, Centihours> = self.held_in(community).collect();
            let last = held.keys().map(|place| place.month).max()?;
            let end = self.ran_until(last)?;
            let length = months_of((self.period.0, end));
            let successor = (end.succ_opt()?, end.checked_add_months(Months::new(length))?);
            let again = |other: &Filed| {
                let (start, end) = other.period;
                other.department == self.department && start <= successor.1 && successor.0 <= end
            };
            let filed_again = all.beside(self, community).any(again);
            (!filed_again).then(|| self.lines(&held, Source::Renewal, length))
        };
        communities.into_iter().filter_map(of_community).flatten().collect()
    }

    fn held_in(&self, community: OrganisationId) -> impl Iterator<Item = (Place, Centihours)> {
        let own = self.held.iter().filter(move |(place, _)| place.community == community);
        own.map(|(place, hours)| (*place, *hours))
    }

    /// The last day, if bookings reach the end of the period or the day of a cut; what ended early does not renew.
    fn ran_until(&self, last: Month) -> Option<NaiveDate> {
        let ends = self.cuts.iter().copied().chain([self.period.1]);
        ends.filter(|end| Month::of(*end) == last).min()
    }

    /// A temporary task of last year's same months, unless its item is filed for the same community and quarter.
    fn seasonal(&self, all: &Filings<'_>, quarter: Quarter) -> Vec<Expected> {
        if self.term != Term::Temporary || self.item.is_none() {
            return Vec::new();
        }
        let mut lines = self.lines(&self.held, Source::Season, 12);
        lines.retain(|line| {
            quarter.covers(line.place.month)
                && !all.beside(self, line.place.community).any(|other| quarter.meets(other.period))
        });
        lines
    }
}

/// The least number of months that reaches past the end: 12 for a year to the day.
fn months_of((start, end): (NaiveDate, NaiveDate)) -> u32 {
    let past = |months: &u32| start.checked_add_months(Months::new(*months)).is_none_or(|day| day > end);
    (1..=u32::MAX).find(past).unwrap_or(1)
}
