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
use workflow::stage::StageKind;

use crate::pages::office::charts::{self, Column, Part};
use crate::pages::office::flow::{self, Stream, class};
use crate::pages::office::judged::{by_days, by_ground, days};
use crate::pages::office::tables::{Figure, Row, cell, percent, plain};
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
    pub(super) calendar: &'a Calendar,
    pub(super) offset: FixedOffset,
    pub(super) tongue: Tongue,
}

impl Read<'_> {
    pub(super) fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.tongue.say(zh, en)
    }

    fn function(&self, number: u8) -> &'static str {
        Function::of_number(number)
            .map_or(self.say("七项职能以外", "outside the seven"), |one| one.name(self.tongue.0))
    }

    fn name(&self, id: OrganisationId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// A link to requests, narrowed to the district that is shown.
    pub(super) fn to(&self, narrowed: &str) -> String {
        let district = self.district.map(|district| format!("&district={district}")).unwrap_or_default();
        format!("/requests?{narrowed}{district}")
    }

    fn functions(&self) -> Vec<u8> {
        let is_used = |number: &u8| {
            self.requests.iter().any(|sum| sum.function == *number)
                || self.hours.iter().any(|sum| sum.function == *number)
        };
        (1..=7).chain([0]).filter(is_used).collect()
    }

    fn legend(&self) -> Vec<(&'static str, &'static str)> {
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
    let works = |sum: &&RequestSum| {
        sum.stage.is_running() || matches!(sum.stage, StageKind::Admitted | StageKind::Settled)
    };
    let money: Fen = read.requests.iter().filter(works).map(|sum| sum.price).sum();
    let hours: i64 = read.hours.iter().map(|sum| sum.hours.0).sum();
    let refused: usize = read.grounds.iter().map(|ground| ground.requests).sum();
    let mut days: Vec<i64> = read.times.iter().map(|time| days(time, read.calendar, read.offset)).collect();
    days.sort_unstable();
    let median = days.get(days.len() / 2).map_or("–".to_owned(), ToString::to_string);
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
            read.to(&format!("begins={year}")),
        ),
        (
            read.say("不予准入（条理由）", "grounds of refusal"),
            refused.to_string(),
            read.to(&format!("begins={year}&refused=any")),
        ),
        (read.say("决定用时中位数（工作日）", "median working days to decide"), median, String::new()),
    ]
}

/// All tables of the page.
pub(super) fn all(read: &Read<'_>) -> Vec<Figure> {
    vec![
        by_month(read),
        by_function(read),
        by_department(read),
        flows(read),
        by_days(read),
        by_ground(read),
        by_load(read),
    ]
}

fn by_month(read: &Read<'_>) -> Figure {
    let functions = read.functions();
    let mut sums: BTreeMap<(Month, u8), i64> = BTreeMap::new();
    let mut months: BTreeMap<Month, i64> = BTreeMap::new();
    for (month, function, hours) in &read.months {
        *sums.entry((*month, *function)).or_default() += hours.0;
        *months.entry(*month).or_default() += hours.0;
    }
    let of = |month: Month, function: u8| sums.get(&(month, function)).copied().unwrap_or_default();
    let columns = months.keys().map(|month| Column {
        word: month.to_string().chars().skip(5).collect(),
        parts: functions.iter().map(|function| read.part(*function, of(*month, *function))).collect(),
    });
    let columns: Vec<Column> = columns.collect();
    let title = read.say("各月占用工时（按职能）", "Hours booked by month and function");
    let most = months.values().copied().max().unwrap_or_default();
    let row = |(month, all): (&Month, &i64)| {
        let whole = cell(&Centihours(*all), read.to(&format!("booked={month}")));
        let each = functions.iter().map(|function| {
            cell(&Centihours(of(*month, *function)), read.to(&format!("booked={month}&function={function}")))
        });
        Row {
            name: month.to_string(),
            bar: String::new(),
            cells: std::iter::once(whole).chain(each).collect(),
        }
    };
    let heads =
        std::iter::once(read.say("全部", "all")).chain(functions.iter().map(|number| read.function(*number)));
    Figure {
        word: "month",
        title,
        note: String::new(),
        legend: read.legend(),
        chart: charts::measured(&columns, (most, title), |hours| {
            format!("{} {}", hours / 100, read.say("小时", "hours"))
        }),
        heads: heads.map(str::to_owned).collect(),
        has_bars: false,
        rows: months.iter().map(row).collect(),
    }
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

/// Rows of the table beside the flow.
const STREAMS: usize = 20;

fn flows(read: &Read<'_>) -> Figure {
    let streams: Vec<Stream> = read
        .hours
        .iter()
        .map(|sum| Stream {
            from: read.name(sum.department),
            function: sum.function,
            to: read.name(sum.community),
            hours: sum.hours.0,
        })
        .collect();
    let whole: i64 = streams.iter().map(|stream| stream.hours).sum();
    let title = read.say("哪个部门占用了谁的工时", "Which department fills whose hours");
    let mut largest: Vec<&HourSum> = read.hours.iter().collect();
    largest.sort_by_key(|sum| (-sum.hours.0, sum.department, sum.community));
    let row = |sum: &HourSum| {
        let (year, department, function, community) =
            (read.year, sum.department, sum.function, sum.community);
        let narrowed =
            format!("booked={year}&department={department}&function={function}&community={community}");
        let (from, to) = (read.name(department), read.name(community));
        Row {
            name: format!("{from} → {} → {to}", read.function(function)),
            bar: String::new(),
            cells: vec![cell(&sum.hours, read.to(&narrowed)), plain(&percent(sum.hours.0, whole))],
        }
    };
    Figure {
        word: "flow",
        title,
        note: read.say("左为部门，中为职能，右为社区；宽度为占用工时。表中为最大的二十条。", "Departments on the left, functions in the middle, communities on the right, as wide as the hours booked. The table has the twenty largest.").to_owned(),
        legend: read.legend(),
        chart: match streams.is_empty() {
            true => String::new(),
            false => flow::drawn(&streams, |number| read.function(number), read.say("其他", "others"), title),
        },
        heads: [read.say("工时", "hours"), read.say("占比", "share")].map(str::to_owned).to_vec(),
        has_bars: false,
        rows: largest.into_iter().take(STREAMS).map(row).collect(),
    }
}

fn by_load(read: &Read<'_>) -> Figure {
    let mut booked: BTreeMap<OrganisationId, i64> = BTreeMap::new();
    for sum in &read.hours {
        *booked.entry(sum.community).or_default() += sum.hours.0;
    }
    let booked = |community: OrganisationId| booked.get(&community).copied().unwrap_or_default();
    let mut loads: Vec<(OrganisationId, i64, i64)> =
        read.capacities.iter().map(|(id, can)| (*id, booked(*id), can.capacity.0)).collect();
    loads.sort_by_key(|(id, booked, capacity)| (-(booked * 10_000 / (*capacity).max(1)), *id));
    let row = |(community, booked, capacity): (OrganisationId, i64, i64)| {
        let over = (booked - capacity).max(0);
        let part = |class, amount: i64, word| Part {
            class,
            amount,
            title: format!("{word} {}", Centihours(amount)),
        };
        let parts = [
            part("c1", booked - over, read.say("已占用", "booked")),
            part("over", over, read.say("超出", "over")),
            part("free", (capacity - booked).max(0), read.say("余", "free")),
        ];
        Row {
            name: read.name(community),
            bar: charts::bar(&parts, booked.max(capacity)),
            cells: vec![
                cell(&Centihours(booked), read.to(&format!("booked={}&community={community}", read.year))),
                plain(&Centihours(capacity)),
                plain(&percent(booked, capacity)),
            ],
        }
    };
    Figure {
        word: "load",
        title: read.say("各社区占用程度", "Communities by load"),
        note: read
            .say(
                "全年已占用工时与可占用上限之比，最满的在前。",
                "Hours booked of those that can be booked in the year, the fullest first.",
            )
            .to_owned(),
        legend: vec![
            ("c1", read.say("已占用", "booked")),
            ("over", read.say("超出", "over")),
            ("free", read.say("余", "free")),
        ],
        chart: String::new(),
        heads: [read.say("已占用", "booked"), read.say("上限", "capacity"), read.say("占比", "share")]
            .map(str::to_owned)
            .to_vec(),
        has_bars: true,
        rows: loads.into_iter().map(row).collect(),
    }
}
