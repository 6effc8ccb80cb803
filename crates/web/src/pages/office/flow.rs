//! Which department fills whose hours: a flow from departments through functions to communities, as wide as the hours.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::pages::office::charts::escaped;

/// Hours that flow from a department through a function to a community; each side by its name.
pub(super) struct Stream {
    pub(super) from: String,
    pub(super) function: u8,
    pub(super) to: String,
    pub(super) hours: i64,
}

/// Who stands on the left and on the right by name; all others are taken together.
const NAMED: usize = 12;
const HEIGHT: i64 = 640;
const GAP: i64 = 12;
/// Where the three columns stand, and how broad their nodes are.
const LEFT: i64 = 200;
const MIDDLE: i64 = 480;
const RIGHT: i64 = 800;
const BROAD: i64 = 12;

/// The nodes of one column: name, from where, how far.
type Nodes = BTreeMap<String, (i64, i64)>;

/// Draws the streams; `name` gives each function its name, `others` names the rest.
pub(super) fn drawn(
    streams: &[Stream],
    name: impl Fn(u8) -> &'static str,
    others: &str,
    label: &str,
) -> String {
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
            r#"<rect class="node" x="{x}" y="{top}" width="{BROAD}" height="{tall}"/><text x="{at}" y="{y}" text-anchor="{anchor}">{}</text>"#,
            escaped(&said)
        );
    }
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
