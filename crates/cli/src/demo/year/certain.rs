//! What every year has, however short it is and whatever the dice say: the flood, work that runs in two communities which
//! become one, more work than a small community has hours for, late money, surpluses that come back after the year's end.

use chrono::NaiveDate;
use serde_json::{Value, json};
use workflow::catalogue::Item;

use crate::demo::year::dates::day;
use crate::demo::year::fate::Fate;
use crate::demo::year::papers;
use crate::demo::year::plan::{Planned, Sources};

/// The flood of July: work first, filing after.
const FLOOD: [(&str, usize); 2] = [("420203", 9), ("420202", 6)];
const FLOOD_ITEM: &str = "C14-07";
/// Requests of the year for one group of the flood.
const FLOOD_PART: usize = 20;

/// A request that is filed in any case.
struct Certain {
    district: &'static str,
    item: &'static str,
    communities: &'static [&'static str],
    file_on: &'static str,
    days: (&'static str, &'static str),
    /// Fixed hours in each community.
    hours: i64,
    fate: Fate,
}

const CERTAIN: [Certain; 9] = [
    Certain::merged("C02-04", &["420202001007", "420202001008"], 60),
    Certain::merged("C09-05", &["420202001006", "420202001007"], 30),
    Certain::merged("C14-04", &["420202001007"], 160),
    // The census asks more of the two smallest communities than their people can do in a month.
    Certain::census("420206", &["420206001001"], 420),
    Certain::census("420205", &["420205000007"], 420),
    Certain::waits_for_money(&["420204003003"]),
    Certain::ends_with_the_year("420203", "C12-05", Fate::Disputed),
    Certain::ends_with_the_year("420204", "C12-05", Fate::Disputed),
    Certain::ends_with_the_year("420203", "C05-04", Fate::Disputed),
];

impl Certain {
    const fn merged(item: &'static str, communities: &'static [&'static str], hours: i64) -> Certain {
        let days = ("2026-04-20", "2026-09-25");
        let (district, file_on) = ("420202", "2026-02-26");
        Certain { district, item, communities, file_on, days, hours, fate: Fate::Wanted }
    }

    const fn census(district: &'static str, communities: &'static [&'static str], hours: i64) -> Certain {
        let (item, file_on, days) = ("C19-02", "2026-04-01", ("2026-06-01", "2026-06-28"));
        Certain { district, item, communities, file_on, days, hours, fate: Fate::Wanted }
    }

    /// Admitted before the department's money is there.
    const fn waits_for_money(communities: &'static [&'static str]) -> Certain {
        let (item, file_on, days) = ("C05-05", "2026-01-12", ("2026-04-20", "2026-07-31"));
        Certain { district: "420204", item, communities, file_on, days, hours: 300, fate: Fate::Wanted }
    }

    const fn ends_with_the_year(district: &'static str, item: &'static str, fate: Fate) -> Certain {
        let communities: &[&str] = match district.as_bytes() {
            b"420203" => &["420203006003"],
            _ => &["420204003003"],
        };
        let (file_on, days) = ("2026-09-01", ("2026-11-02", "2026-12-30"));
        Certain { district, item, communities, file_on, days, hours: 60, fate }
    }

    fn planned(&self, sources: &Sources<'_>, (turn, item): (usize, (&Item, &str))) -> Planned {
        let (item, department) = item;
        let mut dice = sources.dice(turn, "certain");
        let days = (day(self.days.0), day(self.days.1));
        let mut application = papers::ordinary(&mut dice, item, days);
        papers::put(&mut application, "/item", json!(item.code));
        papers::put(&mut application, "/work", papers::fixed_work(item, self.hours));
        papers::put(&mut application, "/governing_document/expires_on", json!(days.1));
        papers::put(&mut application, "/cosigned_by", json!("state_organ"));
        papers::in_budget(&mut application);
        Planned {
            department: format!("{}-{department}", self.district),
            file_on: day(self.file_on),
            communities: self.communities.iter().map(|&code| code.to_owned()).collect(),
            fate: self.fate,
            application,
        }
    }
}

impl Sources<'_> {
    /// All of it; a short year has less of the flood.
    pub(crate) fn certain(&self, items: &[(&Item, &str)], requests: usize) -> Vec<Planned> {
        let of = |code: &str| items.iter().find(|(item, _)| item.code == code).copied();
        let certain = CERTAIN.iter().enumerate();
        let certain = certain.filter_map(|(turn, one)| Some(one.planned(self, (turn, of(one.item)?))));
        let flood = of(FLOOD_ITEM).map(|item| self.flood(item, requests)).unwrap_or_default();
        certain.chain(flood).collect()
    }

    fn flood(&self, (item, department): (&Item, &str), requests: usize) -> Vec<Planned> {
        let groups = |count: usize| 0..count.min(requests / FLOOD_PART);
        let group = |district: &str, index: usize| {
            let mut dice = self.dice(index, district);
            let file_on = day(if index.is_multiple_of(2) { "2026-07-14" } else { "2026-07-15" });
            let application = self.flood_papers(index, item, file_on);
            let communities = self.communities(&mut dice, district, 12);
            let department = format!("{district}-{department}");
            Planned { department, file_on, communities, fate: Fate::Straight, application }
        };
        let of =
            |(district, count): (&'static str, usize)| groups(count).map(move |index| group(district, index));
        FLOOD.into_iter().flat_map(of).collect()
    }

    /// Every other group begins with what it has, and files the rest afterwards.
    fn flood_papers(&self, index: usize, item: &Item, file_on: NaiveDate) -> Value {
        let mut application = papers::emergency(&mut self.dice(index, "flood"), item, file_on);
        let title = format!("7·13强降雨防汛避险转移（第{}组）", index + 1);
        papers::put(&mut application, "/title", json!(title));
        if index.is_multiple_of(2) {
            papers::put(&mut application, "/declarations/support", Value::Null);
        }
        application
    }
}
