//! What departments will want in the year: drawn from the catalogue by seed, with the seasons, before the first day.

use chrono::{Datelike, Days, NaiveDate};
use rules::RuleSet;
use serde_json::{Value, json};
use workflow::calendar::Calendar;
use workflow::catalogue::{Class, Item};

use crate::demo::year::city::Town;
use crate::demo::year::dates::{YEAR, day, filing_ends, first};
use crate::demo::year::dice::Dice;
use crate::demo::year::fate::Fate;
use crate::demo::year::papers;

/// Emergencies are of the year whose pool pays for them.
const WINTER: &str = "2026-01-05";
/// Calendar days that work takes at least.
const SHORTEST: u64 = 20;
/// What is to be supplemented while it runs is filed by then.
const LONG_WORK: &str = "2026-05-28";
pub(crate) const REQUESTERS: &str = include_str!("../../../demo/requesters.csv");

/// One request of the year.
pub(crate) struct Planned {
    /// Code of the department that files it.
    pub(crate) department: String,
    pub(crate) file_on: NaiveDate,
    pub(crate) communities: Vec<String>,
    pub(crate) fate: Fate,
    pub(crate) application: Value,
}

impl Planned {
    pub(crate) fn district(&self) -> &str {
        self.department.get(..6).unwrap_or_default()
    }

    /// Another community in the place of one that is closed.
    pub(crate) fn asks_instead(&mut self, closed: &str, other: &str) {
        if !self.communities.iter().any(|code| code == closed) {
            return;
        }
        self.communities.retain(|code| code != closed && code != other);
        self.communities.push(other.to_owned());
        self.communities.sort();
    }
}

/// What the plan is drawn from.
pub(crate) struct Sources<'a> {
    pub(crate) seed: u64,
    pub(crate) town: &'a Town,
    pub(crate) rules: &'a RuleSet,
    pub(crate) calendar: &'a Calendar,
}

/// Every so manieth request is filed in two parts.
const IN_PARTS: usize = 45;

/// How busy the offices are in each month of filing, November 2025 to October 2026.
const SEASONS: [(u64, u64); 12] =
    [(0, 5), (1, 14), (2, 12), (3, 6), (4, 12), (5, 11), (6, 9), (7, 8), (8, 8), (9, 6), (10, 7), (11, 4)];

impl Sources<'_> {
    /// All requests in the order of filing.
    pub(crate) fn planned(&self, requests: usize) -> Vec<Planned> {
        let items = self.items();
        let ordinary = (0..requests).filter_map(|index| self.one(index, &items));
        let mut planned: Vec<Planned> = ordinary.collect();
        let parts: Vec<Planned> = planned.iter().step_by(IN_PARTS).filter_map(second_part).collect();
        planned.extend(parts);
        planned.extend(self.certain(&items, requests));
        planned.sort_by_key(|planned| planned.file_on);
        planned
    }

    /// Every item with the number of the department that asks for it.
    fn items(&self) -> Vec<(&Item, &'static str)> {
        let lines = REQUESTERS.lines().skip(1).filter_map(|line| line.split_once(','));
        lines.filter_map(|(code, department)| Some((self.rules.catalogue().get(code)?, department))).collect()
    }

    pub(crate) fn dice(&self, index: usize, question: &str) -> Dice {
        Dice::of(self.seed, u64::try_from(index).unwrap_or(0), question)
    }

    fn one(&self, index: usize, items: &[(&Item, &str)]) -> Option<Planned> {
        let mut dice = self.dice(index, "plan");
        let sizes: Vec<(&String, u64)> = self
            .town
            .communities
            .iter()
            .map(|(district, all)| (district, u64::try_from(all.len()).unwrap_or(0) + 8))
            .collect();
        let district = dice.weigh(&sizes)?;
        let fate = Fate::drawn(&mut dice, index);
        let (item, department) = one_of(&mut dice, items, fate)?;
        let department = format!("{district}-{department}");
        self.town.submitter(&department)?;
        let mut file_on = self.file_on(&mut dice, fate);
        let mut communities = self.communities(&mut dice, district, 40);
        if fate.supplements() > 0 {
            communities.truncate(1);
        }
        let application = if item.class == Class::Emergency {
            file_on = file_on.max(day(WINTER));
            papers::emergency(&mut dice, item, file_on)
        } else {
            self.papers(&mut dice, item, (file_on, fate))
        };
        Some(Planned { department, file_on, communities, fate, application })
    }

    fn file_on(&self, dice: &mut Dice, fate: Fate) -> NaiveDate {
        let month = dice.weigh(&SEASONS).unwrap_or(0);
        let month = u32::try_from(month).unwrap_or(0);
        let (year, month) = if month < 2 { (YEAR - 1, month + 11) } else { (YEAR, month - 1) };
        let date = u32::try_from(dice.between(1, 28)).unwrap_or(1);
        let drawn = NaiveDate::from_ymd_opt(year, month, date).unwrap_or_else(first);
        let latest = if fate.supplements() > 0 { day(LONG_WORK) } else { filing_ends() };
        let drawn = drawn.clamp(first(), latest);
        self.calendar.limit(drawn.pred_opt().unwrap_or(drawn), 1).due
    }

    /// Mostly a few neighbours, sometimes all of a district.
    pub(crate) fn communities(&self, dice: &mut Dice, district: &str, most: u64) -> Vec<String> {
        let all = self.town.communities.get(district).map(Vec::as_slice).unwrap_or_default();
        let wanted = match dice.below(100) {
            0..55 => dice.between(1, 5),
            55..85 => dice.between(4, 12),
            85..97 => dice.between(10, most),
            _ => u64::MAX,
        };
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX).min(all.len());
        let begin = usize::try_from(dice.below(u64::try_from(all.len()).unwrap_or(0))).unwrap_or(0);
        let mut codes: Vec<String> = all.iter().cycle().skip(begin).take(wanted).cloned().collect();
        codes.sort();
        codes
    }

    fn papers(&self, dice: &mut Dice, item: &Item, (file_on, fate): (NaiveDate, Fate)) -> Value {
        let slack = match fate {
            Fate::Mended | Fate::ReturnedByOffice => dice.between(18, 30),
            _ => dice.between(2, 24),
        };
        let lead = u32::try_from(30 + slack).unwrap_or(60);
        let starts_on = self.calendar.limit(file_on, lead).due;
        let days = if fate.supplements() > 0 { 150 } else { dice.between(25, 150) };
        let ends_on = starts_on.checked_add_days(Days::new(days)).unwrap_or(starts_on);
        let latest = (day("2026-12-10") + Days::new(dice.below(22))).max(starts_on + Days::new(SHORTEST));
        let ends_on = if dice.percent(95) { ends_on.min(latest) } else { ends_on };
        let mut application = papers::ordinary(dice, item, (starts_on, ends_on));
        if fate.supplements() > 0 {
            let hours = i64::try_from(dice.between(62, 84)).unwrap_or(62);
            papers::put(&mut application, "/work", papers::fixed_work(item, hours));
            papers::in_budget(&mut application);
        }
        if fate == Fate::ActualCost {
            let yearly = item.yearly_hours.millionths() / 1_000_000;
            papers::put(&mut application, "/work", papers::fixed_work(item, yearly.clamp(20, 120)));
        }
        if matches!(fate, Fate::NeverMended | Fate::Mended) {
            let place = if dice.percent(50) { "/declarations/support" } else { "/declarations/department" };
            if let Some(cell) = application.pointer_mut(place) {
                *cell = Value::Null;
            }
        }
        application
    }
}

/// The rest of a task that was cut in two: the same in the weeks that follow.
fn second_part(first: &Planned) -> Option<Planned> {
    let end: NaiveDate = first.application.get("ends_on")?.as_str()?.parse().ok()?;
    let (starts_on, ends_on) = (end.succ_opt()?, end.checked_add_days(Days::new(30))?);
    let mut application = first.application.clone();
    papers::put(&mut application, "/starts_on", json!(starts_on));
    papers::put(&mut application, "/ends_on", json!(ends_on));
    papers::put(&mut application, "/governing_document/expires_on", json!(ends_on));
    let (department, communities) = (first.department.clone(), first.communities.clone());
    Some(Planned { department, file_on: first.file_on, communities, fate: first.fate, application })
}

/// The season in a title.
pub(crate) fn season(starts_on: NaiveDate) -> &'static str {
    match starts_on.month() {
        1 | 2 => "春节前后",
        3..=5 => "春季",
        6..=8 => "夏季",
        9..=11 => "秋季",
        _ => "年末",
    }
}

/// Items of the negative list are asked for less often than there are of them, emergencies seldom. A fate may ask for a
/// class; what is special happens neither to emergencies nor to what is refused in any case.
fn one_of<'b>(dice: &mut Dice, items: &[(&'b Item, &'b str)], fate: Fate) -> Option<(&'b Item, &'b str)> {
    let weight = |class: Class| match (class, fate.needs()) {
        (class, Some(needed)) => u64::from(class == needed),
        (Class::Negative | Class::Emergency, _) if fate != Fate::Straight => 0,
        (Class::Assist, _) => 10,
        (Class::Purchase, _) => 14,
        (Class::Core, _) => 7,
        (Class::Negative, _) => 6,
        (Class::Emergency, _) => 5,
    };
    let weights: Vec<_> = items.iter().map(|(item, who)| ((*item, *who), weight(item.class))).collect();
    dice.weigh(&weights)
}
