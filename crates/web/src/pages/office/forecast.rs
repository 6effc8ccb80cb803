//! What a quarter will ask of the communities, source by source, against what they can do: its months as bars and figures, the
//! communities' months below, the fullest first, and the requests behind one figure. It only reads.

use askama::Template;
use axum::extract::State;
use chrono::{Datelike, Months, NaiveDate};
use engine::ForecastRow;
use serde::Deserialize;
use store::{Organisation, OrganisationKind, Scope};
use workflow::actor::Actor;
use workflow::calendar::Month;
use workflow::forecast::{Quarter, Source};
use workflow::hours::{Centihours, Pool};

use crate::pages::addresses::of_request;
use crate::pages::bars::said;
use crate::pages::community::LOOKS_IN;
use crate::pages::frame::Frame;
use crate::pages::names::name;
use crate::pages::office::charts::{self, Part};
use crate::pages::years;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "forecast.html")]
struct ForecastPage {
    frame: Frame,
    quarter: String,
    title: String,
    before: Option<String>,
    after: Option<String>,
    /// Code of the district that is shown; empty for all.
    district: String,
    districts: Vec<(String, String)>,
    /// Colours with what they stand for.
    keys: Vec<(&'static str, &'static str)>,
    sources: Vec<&'static str>,
    months: Vec<Line>,
    /// Months of communities: the fullest, and the others, which are folded away.
    parts: Vec<(Vec<Line>, bool)>,
    behind: Option<Behind>,
}

/// A month in figures, with its bar.
struct Line {
    name: String,
    /// The community's hours, for whoever looks into them.
    place: String,
    month: String,
    pool: Option<&'static str>,
    bar: String,
    by_source: Vec<Option<String>>,
    total: String,
    /// The requests behind the figure.
    to: String,
    capacity: String,
    free: String,
    over: Option<String>,
}

/// The requests behind a figure.
struct Behind {
    title: String,
    total: String,
    lines: Vec<Task>,
    /// The page without them.
    close: String,
}

struct Task {
    source: &'static str,
    to: String,
    number: String,
    title: String,
    hours: String,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    quarter: String,
    #[serde(default)]
    district: String,
    #[serde(default)]
    community: String,
    #[serde(default)]
    month: String,
    #[serde(default)]
    pool: String,
}

/// Months of communities that are shown at once.
const SHOWN: usize = 20;

/// Classes of colour, one for each source.
const COLOURS: [&str; 5] = ["c1", "c2", "c3", "c4", "c5"];

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let tree = engine.reader().organisations().await.tell(tongue)?;
    let districts = districts(&server, &member, &tree);
    let wanted = Quarter::parse(asked.quarter.trim()).ok().filter(|one| is_shown(*one));
    let quarter = wanted.unwrap_or_else(|| Quarter::after(engine.today(member.visitor.now)));
    let chosen = match districts.as_slice() {
        [only] if !sees_all(&server, &member) => Some(only.code.as_str()),
        several => several.iter().map(|one| one.code.as_str()).find(|code| *code == asked.district),
    };
    let forecast = engine.forecast(chosen, quarter).await.tell(tongue)?;
    let path = format!("/forecast?quarter={quarter}&district={}", chosen.unwrap_or_default());
    let shown = Shown { path: &path, looks_in: LOOKS_IN.iter().any(|role| member.known.has(*role)), tongue };
    let choices = districts.iter().map(|one| (one.code.clone(), name(one, tongue)));
    Ok(page(&ForecastPage {
        frame: Frame::of(&member, "/forecast").without(&forecast.unreadable),
        title: title(quarter, tongue),
        before: beside(quarter, -1),
        after: beside(quarter, 1),
        district: chosen.unwrap_or_default().to_owned(),
        districts: if sees_all(&server, &member) { choices.collect() } else { Vec::new() },
        keys: keys(tongue),
        sources: Source::ALL.iter().map(|source| source.name(tongue.0)).collect(),
        months: shown.months(&forecast.rows, quarter),
        parts: shown.communities(&forecast.rows),
        behind: shown.behind(&forecast.rows, &asked),
        quarter: quarter.to_string(),
    }))
}

fn sees_all(server: &Server, member: &Member) -> bool {
    server.engine.scope(&member.known.actor) == Scope::Everything
}

/// The districts that somebody may look at: all of them, or the own one.
fn districts<'a>(server: &Server, member: &Member, tree: &'a [Organisation]) -> Vec<&'a Organisation> {
    let own = match &member.known.actor {
        Actor::Person(person) if !sees_all(server, member) => Some(person.district),
        _ => None,
    };
    let all = tree.iter().filter(|one| one.kind == OrganisationKind::District);
    all.filter(|one| own.is_none_or(|own| one.id == own)).collect()
}

/// Whether a page can show a quarter.
fn is_shown(quarter: Quarter) -> bool {
    years::read(&year(quarter).to_string()).is_some()
}

fn first(quarter: Quarter) -> NaiveDate {
    let [first, ..] = quarter.months();
    first.first()
}

fn year(quarter: Quarter) -> i32 {
    first(quarter).year()
}

/// The quarter before or after another one, where a page can show it.
fn beside(quarter: Quarter, step: i32) -> Option<String> {
    let day = if step < 0 { first(quarter).checked_sub_months(Months::new(6))? } else { first(quarter) };
    Some(Quarter::after(day)).filter(|one| is_shown(*one)).map(|one| one.to_string())
}

fn title(quarter: Quarter, tongue: Tongue) -> String {
    let number = first(quarter).month0() / 3 + 1;
    match tongue.0 {
        workflow::language::Language::Chinese => format!("{}年第{number}季度", year(quarter)),
        workflow::language::Language::English => format!("Q{number} {}", year(quarter)),
    }
}

fn keys(tongue: Tongue) -> Vec<(&'static str, &'static str)> {
    let sources = Source::ALL.iter().map(|source| source.name(tongue.0));
    let rest = [("c6", tongue.say("超出", "over capacity")), ("free", tongue.say("可用", "free"))];
    COLOURS.into_iter().zip(sources).chain(rest).collect()
}

/// Hours of one or of many months, in hundredths.
#[derive(Default)]
struct Sums {
    by_source: [i64; 5],
    capacity: i64,
    total: i64,
    free: i64,
    over: i64,
}

impl Sums {
    fn of<'a>(rows: impl Iterator<Item = &'a ForecastRow>) -> Sums {
        let mut sums = Sums::default();
        for row in rows {
            let own = [row.booked, row.publication, row.review, row.renewal, row.season];
            for (sum, hours) in sums.by_source.iter_mut().zip(own) {
                *sum += hours.0;
            }
            sums.capacity += row.capacity.0;
            sums.total += row.total.0;
            sums.free += row.free.0;
            sums.over += row.over.0;
        }
        sums
    }

    /// What fills the bar when it is drawn to the same scale.
    fn long(&self) -> i64 {
        self.total + self.free
    }

    /// The bar: what is expected up to the capacity by its source, what is beyond it, and what stays free. The sources that are
    /// least certain come last, so that they are the ones beyond.
    fn bar(&self, whole: i64, tongue: Tongue) -> String {
        let mut within = self.by_source;
        let mut left = self.over;
        for hours in within.iter_mut().rev() {
            let taken = left.clamp(0, *hours);
            *hours -= taken;
            left -= taken;
        }
        let amounts = within.into_iter().chain([self.over, self.free]);
        let part = |((class, name), amount): ((&'static str, &'static str), i64)| Part {
            class,
            amount,
            title: format!("{name} {}", said(Centihours(amount))),
        };
        let parts: Vec<Part> = keys(tongue).into_iter().zip(amounts).map(part).collect();
        charts::bar(&parts, whole)
    }
}

/// How the figures are shown.
struct Shown<'a> {
    path: &'a str,
    looks_in: bool,
    tongue: Tongue,
}

impl Shown<'_> {
    /// The three months, all communities together.
    fn months(&self, rows: &[ForecastRow], quarter: Quarter) -> Vec<Line> {
        let of = |month: Month| (month, Sums::of(rows.iter().filter(|row| row.month == month)));
        let months = quarter.months().map(of);
        let whole = months.iter().map(|(_, sums)| sums.long()).max().unwrap_or_default();
        months.iter().map(|(month, sums)| self.line(*month, sums, whole)).collect()
    }

    /// The months of communities in which anything is expected.
    fn communities(&self, rows: &[ForecastRow]) -> Vec<(Vec<Line>, bool)> {
        let busy: Vec<&ForecastRow> = rows.iter().filter(|row| row.total.0 > 0).collect();
        let sums = |row: &ForecastRow| Sums::of(std::iter::once(row));
        let whole = busy.iter().map(|row| sums(row).long()).max().unwrap_or_default();
        let line = |row: &&ForecastRow| {
            let place = format!("/communities/{}/quota?year={}", row.code, row.month.first().year());
            let (month, pool) = (row.month, row.pool.word());
            Line {
                name: row.name.clone(),
                place: if self.looks_in { place } else { String::new() },
                pool: Some(row.pool.name(self.tongue.0)).filter(|_| row.pool != Pool::Committee),
                to: format!("{}&community={}&month={month}&pool={pool}#behind", self.path, row.code),
                ..self.line(month, &sums(row), whole)
            }
        };
        let mut lines: Vec<Line> = busy.iter().map(line).collect();
        let rest = lines.split_off(lines.len().min(SHOWN));
        [(lines, false), (rest, true)].into_iter().filter(|(lines, _)| !lines.is_empty()).collect()
    }

    fn line(&self, month: Month, sums: &Sums, whole: i64) -> Line {
        let figure = |hours: i64| said(Centihours(hours));
        Line {
            name: String::new(),
            place: String::new(),
            month: month.to_string(),
            pool: None,
            bar: sums.bar(whole, self.tongue),
            by_source: sums.by_source.iter().map(|hours| (*hours > 0).then(|| figure(*hours))).collect(),
            total: figure(sums.total),
            to: String::new(),
            capacity: figure(sums.capacity),
            free: figure(sums.free),
            over: (sums.over > 0).then(|| figure(sums.over)),
        }
    }

    fn behind(&self, rows: &[ForecastRow], asked: &Asked) -> Option<Behind> {
        let is_meant = |row: &&ForecastRow| {
            row.code == asked.community
                && row.month.to_string() == asked.month
                && row.pool.word() == asked.pool
        };
        let row = rows.iter().find(is_meant)?;
        let task = |line: &engine::ForecastLine| Task {
            source: line.source.name(self.tongue.0),
            to: of_request(&line.request.to_string()),
            number: line.number.clone().unwrap_or_else(|| "—".to_owned()),
            title: line.title.clone(),
            hours: said(line.hours),
        };
        Some(Behind {
            title: format!("{} · {}", row.name, row.month),
            total: said(row.total),
            lines: row.lines.iter().map(task).collect(),
            close: self.path.to_owned(),
        })
    }
}
