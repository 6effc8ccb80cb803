//! The figures of the dashboard as tables with their charts, each number with the way to its requests.

use std::collections::BTreeMap;

use chrono::FixedOffset;
use engine::MonthCapacity;
use store::{DecisionTime, HourSum, RefusalGround, RequestSum};
use workflow::calendar::{Calendar, Month};
use workflow::catalogue::Function;
use workflow::hours::Centihours;
use workflow::id::OrganisationId;
use workflow::money::Fen;

use crate::pages::office::charts::{self, Column, Part};
use crate::pages::office::flow::{by_load, class, flows};
use crate::pages::office::judged::{by_days, by_ground, days};
use crate::pages::office::tables::{Figure, Row, cell, percent, plain};
use crate::pages::sieve::is_admitted;
use crate::tongue::Tongue;

/// What was read, and how it is told.
pub(super) struct Read<'a> {
    pub(super) year: i32,
    pub(super) district: Option<OrganisationId>,
    pub(super) requests: Vec<RequestSum>,
    pub(super) hours: Vec<HourSum>,
    pub(super) months: Vec<(Month, u8, Centihours)>,
    pub(super) times: Vec<DecisionTime>,
    pub(super) grounds: Vec<RefusalGround>,
    pub(super) capacities: BTreeMap<OrganisationId, MonthCapacity>,
    pub(super) names: BTreeMap<OrganisationId, String>,
    /// Codes of organisations, for those who may see the hours of communities.
    pub(super) codes: BTreeMap<OrganisationId, String>,
    pub(super) calendar: &'a Calendar,
    pub(super) offset: FixedOffset,
    pub(super) tongue: Tongue,
}

impl Read<'_> {
    pub(super) fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.tongue.say(zh, en)
    }

    pub(super) fn function(&self, number: u8) -> &'static str {
        Function::of_number(number)
            .map_or(self.say("七项职能以外", "outside the seven"), |one| one.name(self.tongue.0))
    }

    pub(super) fn name(&self, id: OrganisationId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// A link to requests, narrowed to the district that is shown.
    pub(super) fn to(&self, narrowed: &str) -> String {
        let district = self.district.map(|district| format!("&district={district}")).unwrap_or_default();
        format!("/requests?{narrowed}{district}")
    }

    /// Where a community's hours of the year are shown; empty for those who may not see them.
    pub(super) fn to_hours_of(&self, community: OrganisationId) -> String {
        let code = self.codes.get(&community);
        code.map(|code| format!("/communities/{code}/quota?year={}", self.year)).unwrap_or_default()
    }

    fn functions(&self) -> Vec<u8> {
        let is_used = |number: &u8| {
            self.requests.iter().any(|sum| sum.function == *number)
                || self.hours.iter().any(|sum| sum.function == *number)
        };
        (1..=7).chain([0]).filter(is_used).collect()
    }

    pub(super) fn legend(&self) -> Vec<(&'static str, &'static str)> {
        self.functions().into_iter().map(|number| (class(number), self.function(number))).collect()
    }

    fn part(&self, function: u8, hours: i64) -> Part {
        Part {
            class: class(function),
            amount: hours,
            title: format!("{} {}", self.function(function), Centihours(hours)),
        }
    }
}

/// The figures that stand at the top.
pub(super) fn totals(read: &Read<'_>) -> Vec<(&'static str, String, String)> {
    let year = read.year;
    let requests: i64 = read.requests.iter().map(|sum| sum.requests).sum();
    let admitted = read.requests.iter().filter(|sum| is_admitted(sum.stage));
    let money: Fen = admitted.map(|sum| sum.price).sum();
    let hours: i64 = read.hours.iter().map(|sum| sum.hours.0).sum();
    let refused: usize = read.grounds.iter().map(|ground| ground.requests).sum();
    let days = read.times.iter().map(|time| days(time, read.calendar, read.offset)).collect();
    let median = median(days).unwrap_or_else(|| "–".to_owned());
    vec![
        (read.say("申请（件）", "requests"), requests.to_string(), read.to(&format!("begins={year}"))),
        (
            read.say("占用工时（小时）", "hours booked"),
            Centihours(hours).to_string(),
            read.to(&format!("booked={year}")),
        ),
        (
            read.say("准入后的价款", "money of what was admitted"),
            money.for_people(),
            read.to(&format!("begins={year}&money=admitted")),
        ),
        (
            read.say("不予准入（条理由）", "grounds of refusal"),
            refused.to_string(),
            read.to(&format!("begins={year}&refused=any")),
        ),
        (read.say("决定用时中位数（工作日）", "median working days to decide"), median, String::new()),
    ]
}

/// The value in the middle; of two in the middle their mean, which may end in a half.
fn median(mut values: Vec<i64>) -> Option<String> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    let twice = values.get(last / 2)? + values.get(values.len() / 2)?;
    Some(if twice % 2 == 0 { (twice / 2).to_string() } else { format!("{}.5", twice / 2) })
}

/// All tables of the page; that of the flows has at most so many rows.
pub(super) fn all(read: &Read<'_>, streams: usize) -> Vec<Figure> {
    vec![
        by_month(read),
        by_function(read),
        by_department(read),
        flows(read, streams),
        by_days(read),
        by_ground(read),
        by_load(read),
    ]
}

/// What begins in a month, and the hours that are booked in it.
#[derive(Default)]
struct InMonth {
    requests: i64,
    price: Fen,
    hours: i64,
    by_function: BTreeMap<u8, i64>,
}

impl InMonth {
    fn of(&self, function: u8) -> i64 {
        self.by_function.get(&function).copied().unwrap_or_default()
    }
}

fn in_months(read: &Read<'_>) -> BTreeMap<Month, InMonth> {
    let mut months: BTreeMap<Month, InMonth> = BTreeMap::new();
    for sum in &read.requests {
        let month = months.entry(sum.month).or_default();
        month.requests += sum.requests;
        month.price += sum.price;
    }
    for (month, function, hours) in &read.months {
        let month = months.entry(*month).or_default();
        month.hours += hours.0;
        *month.by_function.entry(*function).or_default() += hours.0;
    }
    months
}

fn by_month(read: &Read<'_>) -> Figure {
    let (functions, months) = (read.functions(), in_months(read));
    let row = |(month, sums): (&Month, &InMonth)| {
        let begins = read.to(&format!("begins={month}"));
        let whole = [
            cell(&sums.requests, begins.clone()),
            cell(&sums.price.for_people(), begins),
            cell(&Centihours(sums.hours), read.to(&format!("booked={month}"))),
        ];
        let each = functions.iter().map(|function| {
            let booked = read.to(&format!("booked={month}&function={function}"));
            cell(&Centihours(sums.of(*function)), booked)
        });
        Row { name: month.to_string(), bar: String::new(), cells: whole.into_iter().chain(each).collect() }
    };
    let heads = functions.iter().map(|number| read.function(*number).to_owned());
    Figure {
        word: "month",
        title: read.say("按月", "By month"),
        note: read
            .say(
                "申请和价款按开始月份计，工时按占用月份计；图为工时。",
                "Requests and money by the month of their beginning, hours by the months booked. The chart has the hours.",
            )
            .to_owned(),
        legend: read.legend(),
        chart: hours_drawn(read, (&functions, &months)),
        heads: measures(read).into_iter().take(3).chain(heads).collect(),
        has_bars: false,
        rows: months.iter().map(row).collect(),
    }
}

/// The hours of the months as columns.
fn hours_drawn(read: &Read<'_>, (functions, months): (&[u8], &BTreeMap<Month, InMonth>)) -> String {
    let column = |(month, sums): (&Month, &InMonth)| Column {
        word: month.to_string().chars().skip(5).collect(),
        parts: functions.iter().map(|function| read.part(*function, sums.of(*function))).collect(),
    };
    let columns: Vec<Column> = months.iter().map(column).collect();
    let most = months.values().map(|sums| sums.hours).max().unwrap_or_default();
    let label = read.say("各月占用工时（按职能）", "Hours booked by month and function");
    charts::measured(&columns, (most, label), |hours| {
        format!("{} {}", hours / 100, read.say("小时", "hours"))
    })
}

/// Requests, hours and money of what shares a key; keys with the most hours first.
fn grouped<K: Ord + Copy>(
    read: &Read<'_>,
    of_request: impl Fn(&RequestSum) -> K,
    of_hours: impl Fn(&HourSum) -> K,
) -> Vec<(K, i64, i64, Fen)> {
    let mut sums: BTreeMap<K, (i64, i64, Fen)> = BTreeMap::new();
    for sum in &read.requests {
        let entry = sums.entry(of_request(sum)).or_default();
        entry.0 += sum.requests;
        entry.2 += sum.price;
    }
    for sum in &read.hours {
        sums.entry(of_hours(sum)).or_default().1 += sum.hours.0;
    }
    let mut sums: Vec<_> =
        sums.into_iter().map(|(key, (requests, hours, price))| (key, requests, hours, price)).collect();
    sums.sort_by_key(|(key, requests, hours, _)| (-hours, -requests, *key));
    sums
}

fn measures(read: &Read<'_>) -> Vec<String> {
    let heads = [
        read.say("申请", "requests"),
        read.say("价款", "money asked"),
        read.say("工时", "hours"),
        read.say("占比", "share"),
    ];
    heads.map(str::to_owned).to_vec()
}

fn by_function(read: &Read<'_>) -> Figure {
    let sums = grouped(read, |sum| sum.function, |sum| sum.function);
    let whole: i64 = sums.iter().map(|(_, _, hours, _)| hours).sum();
    let most = sums.iter().map(|(_, _, hours, _)| *hours).max().unwrap_or_default();
    let year = read.year;
    let row = |(function, requests, hours, price): (u8, i64, i64, Fen)| {
        let begins = read.to(&format!("begins={year}&function={function}"));
        let booked = read.to(&format!("booked={year}&function={function}"));
        Row {
            name: read.function(function).to_owned(),
            bar: charts::bar(&[read.part(function, hours)], most),
            cells: vec![
                cell(&requests, begins.clone()),
                cell(&price.for_people(), begins),
                cell(&Centihours(hours), booked),
                plain(&percent(hours, whole)),
            ],
        }
    };
    Figure {
        word: "function",
        title: read.say("按职能", "By function"),
        note: read
            .say(
                "申请和价款按开始日期所在年计，工时按占用月份计。",
                "Requests and money by the year in which they begin, hours by the months that are booked.",
            )
            .to_owned(),
        legend: Vec::new(),
        chart: String::new(),
        heads: measures(read),
        has_bars: true,
        rows: sums.into_iter().map(row).collect(),
    }
}

fn by_department(read: &Read<'_>) -> Figure {
    let sums = grouped(read, |sum| sum.department, |sum| sum.department);
    let whole: i64 = sums.iter().map(|(_, _, hours, _)| hours).sum();
    let most = sums.iter().map(|(_, _, hours, _)| *hours).max().unwrap_or_default();
    let year = read.year;
    let functions = read.functions();
    let mut own: BTreeMap<(OrganisationId, u8), i64> = BTreeMap::new();
    for sum in &read.hours {
        *own.entry((sum.department, sum.function)).or_default() += sum.hours.0;
    }
    let row = |(department, requests, hours, price): (OrganisationId, i64, i64, Fen)| {
        let begins = read.to(&format!("begins={year}&department={department}"));
        let booked = read.to(&format!("booked={year}&department={department}"));
        let of = |function: &u8| {
            read.part(*function, own.get(&(department, *function)).copied().unwrap_or_default())
        };
        let parts: Vec<Part> = functions.iter().map(of).collect();
        Row {
            name: read.name(department),
            bar: charts::bar(&parts, most),
            cells: vec![
                cell(&requests, begins.clone()),
                cell(&price.for_people(), begins),
                cell(&Centihours(hours), booked),
                plain(&percent(hours, whole)),
            ],
        }
    };
    Figure {
        word: "department",
        title: read.say("按部门", "By department"),
        note: String::new(),
        legend: read.legend(),
        chart: String::new(),
        heads: measures(read),
        has_bars: true,
        rows: sums.into_iter().map(row).collect(),
    }
}
