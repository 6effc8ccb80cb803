//! Which department fills whose hours: a flow from departments through functions to communities, as wide as the hours, its
//! table, and how full each community is.

use std::collections::BTreeMap;
use std::fmt::Write;

use store::HourSum;
use workflow::hours::Centihours;
use workflow::id::OrganisationId;

use crate::pages::office::charts::{self, Part, escaped};
use crate::pages::office::figures::Read;
use crate::pages::office::tables::{Figure, Row, cell, percent, plain};

/// Hours that flow from a department through a function to a community; each side by its name.
struct Stream {
    from: String,
    function: u8,
    to: String,
    hours: i64,
}

/// Rows of the table that the page shows beside the flow.
pub(super) const STREAMS: usize = 20;

/// Who stands on the left and on the right by name; all others are taken together.
const NAMED: usize = 12;
const HEIGHT: i64 = 640;
const GAP: i64 = 12;
/// Where the three columns stand, and how broad their nodes are.
const LEFT: i64 = 212;
const MIDDLE: i64 = 480;
const RIGHT: i64 = 800;
const BROAD: i64 = 12;
/// How wide a name beside a node may be.
const ROOM: i64 = 204;

/// The nodes of one column: name, from where, how far.
type Nodes = BTreeMap<String, (i64, i64)>;

/// The flow with its table of the largest streams, at most so many.
pub(super) fn flows(read: &Read<'_>, most: usize) -> Figure {
    let whole: i64 = read.hours.iter().map(|sum| sum.hours.0).sum();
    let filled = filled(read);
    let mut largest: Vec<&HourSum> = read.hours.iter().collect();
    largest.sort_by_key(|sum| (-sum.hours.0, sum.department, sum.community));
    let row = |sum: &HourSum| {
        let (year, department, function, community) =
            (read.year, sum.department, sum.function, sum.community);
        let narrowed =
            format!("booked={year}&department={department}&function={function}&community={community}");
        let (from, to) = (read.name(department), read.name(community));
        let of_community = filled.get(&community).copied().unwrap_or_default();
        Row {
            name: format!("{from} → {} → {to}", read.function(function)),
            bar: String::new(),
            cells: vec![
                cell(&sum.hours, read.to(&narrowed)),
                plain(&percent(sum.hours.0, whole)),
                plain(&percent(sum.hours.0, of_community)),
            ],
        }
    };
    let heads = [
        read.say("工时", "hours"),
        read.say("占比", "share"),
        read.say("本社区工时占比", "share of this community's hours"),
    ];
    let title = read.say("哪个部门占用了谁的工时", "Which department fills whose hours");
    Figure {
        word: "flow",
        title,
        note: explained(read, most),
        legend: read.legend(),
        chart: streams_drawn(read, title),
        heads: heads.map(str::to_owned).to_vec(),
        has_bars: false,
        rows: largest.into_iter().take(most).map(row).collect(),
    }
}

/// What the flow shows, and how many streams the table leaves out.
fn explained(read: &Read<'_>, most: usize) -> String {
    let sides = read.say(
        "左为部门，中为职能，右为社区；宽度为占用工时。",
        "Departments on the left, functions in the middle, communities on the right, as wide as the hours booked.",
    );
    match read.hours.len().saturating_sub(most) {
        0 => sides.to_owned(),
        more => format!(
            "{sides}{}{most}{}{more}{}",
            read.say("表中为最大的 ", " The table has the "),
            read.say(" 条，导出的文件中另有 ", " largest; the export has "),
            read.say(" 条。", " more."),
        ),
    }
}

/// Hours booked by community.
fn filled(read: &Read<'_>) -> BTreeMap<OrganisationId, i64> {
    let mut filled: BTreeMap<OrganisationId, i64> = BTreeMap::new();
    for sum in &read.hours {
        *filled.entry(sum.community).or_default() += sum.hours.0;
    }
    filled
}

/// Communities with their hours booked of those that can be booked, the fullest first.
pub(super) fn by_load(read: &Read<'_>) -> Figure {
    let filled = filled(read);
    let booked = |community: OrganisationId| filled.get(&community).copied().unwrap_or_default();
    let mut loads: Vec<(OrganisationId, i64, i64)> =
        read.capacities.iter().map(|(id, can)| (*id, booked(*id), can.capacity.0)).collect();
    loads.sort_by_key(|(id, booked, capacity)| (-(booked * 10_000 / (*capacity).max(1)), *id));
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
        rows: loads.into_iter().map(|load| load_row(read, load)).collect(),
    }
}

fn load_row(read: &Read<'_>, (community, booked, capacity): (OrganisationId, i64, i64)) -> Row {
    let over = (booked - capacity).max(0);
    let part =
        |class, amount: i64, word| Part { class, amount, title: format!("{word} {}", Centihours(amount)) };
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
            cell(&Centihours(capacity), read.to_hours_of(community)),
            plain(&percent(booked, capacity)),
        ],
    }
}

impl Row {
    /// Where its name leads: to the hours of the community that it is about, as its capacity does.
    pub(super) fn place(&self) -> &str {
        let mut ways = self.cells.iter().map(|cell| cell.to.as_str());
        ways.find(|to| to.starts_with("/communities/")).unwrap_or_default()
    }
}

fn streams_drawn(read: &Read<'_>, title: &str) -> String {
    let stream = |sum: &HourSum| Stream {
        from: read.name(sum.department),
        function: sum.function,
        to: read.name(sum.community),
        hours: sum.hours.0,
    };
    let streams: Vec<Stream> = read.hours.iter().map(stream).collect();
    match streams.is_empty() {
        true => String::new(),
        false => drawn(&streams, |number| read.function(number), read.say("其他", "others"), title),
    }
}

/// Draws the streams; `name` gives each function its name, `others` names the rest.
fn drawn(streams: &[Stream], name: impl Fn(u8) -> &'static str, others: &str, label: &str) -> String {
    let lefts = largest(streams.iter().map(|one| (one.from.clone(), one.hours)));
    let rights = largest(streams.iter().map(|one| (one.to.clone(), one.hours)));
    let of = |known: &[String], one: &str| {
        if known.iter().any(|known| known == one) { one.to_owned() } else { others.to_owned() }
    };
    let mut first: BTreeMap<(String, u8), i64> = BTreeMap::new();
    let mut second: BTreeMap<(u8, String), i64> = BTreeMap::new();
    for one in streams {
        *first.entry((of(&lefts, &one.from), one.function)).or_default() += one.hours;
        *second.entry((one.function, of(&rights, &one.to))).or_default() += one.hours;
    }
    let total: i64 = streams.iter().map(|one| one.hours).sum();
    let left = placed(first.iter().map(|((from, _), hours)| (from.clone(), *hours)), total, others);
    let middle =
        placed(first.iter().map(|((_, function), hours)| (function.to_string(), *hours)), total, others);
    let right = placed(second.iter().map(|((_, to), hours)| (to.clone(), *hours)), total, others);
    let mut svg = format!(
        r#"<svg class="flow" viewBox="0 0 1000 {}" role="img" aria-label="{}">"#,
        HEIGHT + GAP,
        escaped(label)
    );
    let bands =
        first.iter().map(|((from, function), hours)| (*function, from.clone(), function.to_string(), *hours));
    bands_between(&mut svg, bands.collect(), ((&left, LEFT), (&middle, MIDDLE)));
    let bands =
        second.iter().map(|((function, to), hours)| (*function, function.to_string(), to.clone(), *hours));
    bands_between(&mut svg, bands.collect(), ((&middle, MIDDLE), (&right, RIGHT)));
    nodes(&mut svg, &left, LEFT, |name| (name.to_owned(), LEFT - 6, "end"));
    let function = |number: &str| name(number.parse().unwrap_or_default()).to_owned();
    nodes(&mut svg, &middle, MIDDLE, |number| (function(number), MIDDLE + BROAD + 6, "start"));
    nodes(&mut svg, &right, RIGHT, |name| (name.to_owned(), RIGHT + BROAD + 6, "start"));
    svg.push_str("</svg>");
    svg
}

fn largest(all: impl Iterator<Item = (String, i64)>) -> Vec<String> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (name, hours) in all {
        *sums.entry(name).or_default() += hours;
    }
    let mut sums: Vec<(String, i64)> = sums.into_iter().collect();
    sums.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    sums.into_iter().take(NAMED).map(|(name, _)| name).collect()
}

/// Places the nodes of a column below one another, the largest first, the rest last.
fn placed(all: impl Iterator<Item = (String, i64)>, total: i64, others: &str) -> Nodes {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (name, hours) in all {
        *sums.entry(name).or_default() += hours;
    }
    let mut sums: Vec<(String, i64)> = sums.into_iter().collect();
    sums.sort_by(|one, other| {
        (one.0 == others, -one.1, &one.0).cmp(&(other.0 == others, -other.1, &other.0))
    });
    let free = HEIGHT - GAP * i64::try_from(sums.len()).unwrap_or_default();
    let mut top = GAP;
    let place = |(name, hours): (String, i64)| {
        let tall = part(hours, free, total);
        let at = top;
        top += tall + GAP;
        (name, (at, tall))
    };
    sums.into_iter().map(place).collect()
}

fn part(hours: i64, of: i64, total: i64) -> i64 {
    i64::try_from(i128::from(hours) * i128::from(of) / i128::from(total.max(1))).unwrap_or_default()
}

/// Bands from the nodes of one column to those of the next; each takes its share of both.
fn bands_between(
    svg: &mut String,
    mut bands: Vec<(u8, String, String, i64)>,
    ((from, left), (to, right)): ((&Nodes, i64), (&Nodes, i64)),
) {
    let at = |nodes: &Nodes, name: &str| nodes.get(name).copied().unwrap_or_default();
    bands.sort_by_key(|(_, one, other, _)| (at(from, one).0, at(to, other).0));
    let mut sums: (BTreeMap<String, i64>, BTreeMap<String, i64>) = (BTreeMap::new(), BTreeMap::new());
    for (_, one, other, hours) in &bands {
        *sums.0.entry(one.clone()).or_default() += hours;
        *sums.1.entry(other.clone()).or_default() += hours;
    }
    let mut used: (BTreeMap<String, i64>, BTreeMap<String, i64>) = (BTreeMap::new(), BTreeMap::new());
    let half = i64::midpoint(left, right);
    for (function, one, other, hours) in bands {
        let span = |nodes: &Nodes, name: &str, used: &mut BTreeMap<String, i64>, whole: i64| {
            let (top, tall) = at(nodes, name);
            let before = used.entry(name.to_owned()).or_default();
            let start = top + part(*before, tall, whole);
            *before += hours;
            (start, top + part(*before, tall, whole))
        };
        let (a, b) = span(from, &one, &mut used.0, sums.0.get(&one).copied().unwrap_or(1));
        let (c, d) = span(to, &other, &mut used.1, sums.1.get(&other).copied().unwrap_or(1));
        if a == b && c == d {
            continue;
        }
        let (left, class) = (left + BROAD, class(function));
        let _ = write!(
            svg,
            r#"<path class="band {class}" d="M{left} {a}C{half} {a} {half} {c} {right} {c}V{d}C{half} {d} {half} {b} {left} {b}Z"/>"#
        );
    }
}

fn nodes(svg: &mut String, nodes: &Nodes, x: i64, text: impl Fn(&str) -> (String, i64, &'static str)) {
    for (name, (top, tall)) in nodes {
        let (said, at, anchor) = text(name);
        let (y, tall) = (top + tall / 2 + 4, (*tall).max(1));
        let _ = write!(
            svg,
            r#"<rect class="node" x="{x}" y="{top}" width="{BROAD}" height="{tall}"/><text x="{at}" y="{y}" text-anchor="{anchor}">{}<title>{}</title></text>"#,
            escaped(&short(&said)),
            escaped(&said)
        );
    }
}

/// A name that fits beside its node: the first words, which name the district, are left out where all are too long.
fn short(name: &str) -> String {
    let wide = |text: &str| text.chars().map(|letter| if letter.is_ascii() { 6 } else { 14 }).sum::<i64>();
    let (mut rest, mut is_cut) = (name, false);
    while wide(rest) + if is_cut { wide("… ") } else { 0 } > ROOM
        && let Some((_, later)) = rest.split_once(' ')
    {
        (rest, is_cut) = (later, true);
    }
    if is_cut { format!("… {rest}") } else { rest.to_owned() }
}

/// The class of a function's colour.
pub(super) fn class(function: u8) -> &'static str {
    match function {
        1 => "c1",
        2 => "c2",
        3 => "c3",
        4 => "c4",
        5 => "c5",
        6 => "c6",
        7 => "c7",
        _ => "c8",
    }
}
