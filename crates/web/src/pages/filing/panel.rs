//! The panel beside the form: what the rules would say today of what is typed, what it costs, what it takes of the
//! communities, and what would change the outcome.

use std::collections::BTreeMap;

use askama::Template;
use chrono::NaiveDate;
use engine::{Change, Trial, Way};
use workflow::assessment::{Finding, Severity};
use workflow::catalogue::Function;
use workflow::facts::Community;
use workflow::language::Language;
use workflow::money::Fen;
use workflow::parameters::QuotaParameters;
use workflow::quota::{QuotaRow, capacity, workers};

use super::cells::Wrong;
use crate::pages::chips::{outcome_tone, whole_day};
use crate::tongue::Tongue;

/// The panel; it is made anew while somebody types.
#[derive(Template)]
#[template(path = "filing_panel.html")]
pub(crate) struct Panel {
    pub(crate) tongue: Tongue,
    pub(crate) state: State,
}

/// What can be shown.
pub(crate) enum State {
    /// Nothing is typed yet.
    Blank,
    /// What has to be mended before anything can be assessed.
    Faulty(Vec<(String, String)>),
    /// What the engine refused, in words.
    Refused(String),
    Assessed(Box<Assessed>),
}

/// An assessment in words.
pub(crate) struct Assessed {
    pub(crate) outcome: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) class: &'static str,
    pub(crate) function: &'static str,
    pub(crate) total: String,
    pub(crate) decide_by: String,
    pub(crate) is_provisional: bool,
    /// What sends it back or stands in its way.
    pub(crate) missing: Vec<Said>,
    pub(crate) others: Vec<Said>,
    pub(crate) ways: Vec<Told>,
    pub(crate) prices: Vec<[String; 6]>,
    pub(crate) more_prices: usize,
    pub(crate) bars: Vec<Bar>,
    pub(crate) more_bars: usize,
}

/// A finding in words.
pub(crate) struct Said {
    pub(crate) severity: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) message: String,
    pub(crate) citation: String,
}

/// A way to another outcome in words, and the changes as a button sends them.
pub(crate) struct Told {
    pub(crate) said: String,
    pub(crate) leads_to: String,
    pub(crate) changes: String,
}

/// What a task takes of a community's month; lengths are parts of [`LENGTH`].
pub(crate) struct Bar {
    pub(crate) community: String,
    pub(crate) month: String,
    pub(crate) booked: i64,
    pub(crate) fits: i64,
    pub(crate) over: i64,
    pub(crate) limit: i64,
    pub(crate) hours: String,
    pub(crate) free: String,
    pub(crate) over_hours: Option<String>,
}

/// The whole length of a bar.
const LENGTH: i64 = 1000;
/// Rows of the price and of the bars; a request for a whole city has more than anybody reads while typing.
const MOST: usize = 24;

impl Panel {
    pub(crate) fn blank(tongue: Tongue) -> Panel {
        Panel { tongue, state: State::Blank }
    }

    pub(crate) fn faulty(wrong: &[Wrong], tongue: Tongue) -> Panel {
        let faults =
            wrong.iter().map(|one| (one.id.clone(), format!("{}：{}", one.label, one.said))).collect();
        Panel { tongue, state: State::Faulty(faults) }
    }

    pub(crate) fn refused(said: String, tongue: Tongue) -> Panel {
        Panel { tongue, state: State::Refused(said) }
    }

    pub(crate) fn of(
        trial: &Trial,
        by: (&workflow::calendar::Calendar, &QuotaParameters),
        tongue: Tongue,
    ) -> Panel {
        let Trial { facts, assessment, ways } = trial;
        let names: BTreeMap<&str, &str> =
            facts.communities.iter().map(|one| (one.code.as_str(), one.name.as_str())).collect();
        let (missing, others): (Vec<&Finding>, Vec<&Finding>) =
            assessment.findings.iter().partition(|finding| finding.severity <= Severity::Prohibit);
        let prices = assessment.price.communities.iter().map(|one| {
            let name = names.get(one.code.as_str()).copied().unwrap_or(&one.code).to_owned();
            let sums = [one.labour, one.direct, one.overhead, one.total].map(Fen::for_people);
            let [labour, direct, overhead, total] = sums;
            [name, one.hours.rounded().to_string(), labour, direct, overhead, total]
        });
        let mut rows: Vec<&QuotaRow> = assessment.quota.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.over));
        rows.truncate(MOST);
        rows.sort_by(|one, other| (&one.community, one.month).cmp(&(&other.community, other.month)));
        let community = |code: &str| facts.communities.iter().find(|one| one.code == code);
        let bars = rows.iter().filter_map(|row| Some(bar(row, community(&row.community)?, by)));
        let function = assessment.function.and_then(Function::of_number);
        let read = Assessed {
            outcome: assessment.outcome.name(tongue.0),
            tone: outcome_tone(assessment.outcome),
            class: assessment.class.map_or(tongue.say("目录外", "unlisted"), |class| class.name(tongue.0)),
            function: function
                .map_or(tongue.say("七项职能以外", "outside the seven functions"), |one| {
                    one.name(tongue.0)
                }),
            total: assessment.price.total.for_people(),
            decide_by: whole_day(assessment.decide_by, tongue),
            is_provisional: assessment.provisional,
            missing: missing.into_iter().map(|finding| said(finding, tongue)).collect(),
            others: others.into_iter().map(|finding| said(finding, tongue)).collect(),
            ways: ways.iter().map(|way| told(way, &names, tongue)).collect(),
            prices: prices.take(MOST).collect(),
            more_prices: assessment.price.communities.len().saturating_sub(MOST),
            bars: bars.collect(),
            more_bars: assessment.quota.len().saturating_sub(MOST),
        };
        Panel { tongue, state: State::Assessed(Box::new(read)) }
    }

    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.tongue.say(zh, en)
    }
}

fn said(finding: &Finding, tongue: Tongue) -> Said {
    Said {
        severity: finding.severity.name(tongue.0),
        tone: match finding.severity {
            Severity::Return | Severity::Prohibit => "bad",
            Severity::Refer | Severity::Condition => "wait",
            Severity::Note => "quiet",
        },
        message: finding.message.get(tongue.0).to_owned(),
        citation: finding.citation.clone(),
    }
}

fn bar(
    row: &QuotaRow,
    community: &Community,
    (calendar, parameters): (&workflow::calendar::Calendar, &QuotaParameters),
) -> Bar {
    let limit = capacity(workers(community, parameters), row.month, calendar, parameters).rounded().0;
    let (hours, free, over) = (row.hours.rounded(), row.free.rounded(), row.over.rounded());
    let booked = (limit - free.0).max(0);
    let whole = limit.max(booked + hours.0).max(1);
    let part = |centihours: i64| centihours * LENGTH / whole;
    Bar {
        community: community.name.clone(),
        month: row.month.to_string(),
        booked: part(booked),
        fits: part(hours.0 - over.0),
        over: part(over.0),
        limit: part(limit),
        hours: hours.to_string(),
        free: free.to_string(),
        over_hours: (over.0 > 0).then(|| over.to_string()),
    }
}

fn told(way: &Way, names: &BTreeMap<&str, &str>, tongue: Tongue) -> Told {
    let both = tongue.say("，并", ", and ");
    let said: Vec<String> = way.changes.iter().map(|change| of_change(change, names, tongue)).collect();
    let leads_to = format!("{} · {}", way.outcome.name(tongue.0), way.price.for_people());
    Told { said: said.join(both), leads_to, changes: serde_json::to_string(&way.changes).unwrap_or_default() }
}

fn of_change(change: &Change, names: &BTreeMap<&str, &str>, tongue: Tongue) -> String {
    let day = |day: &chrono::NaiveDate| whole_day(*day, tongue);
    let is_chinese = tongue.0 == Language::Chinese;
    match change {
        Change::Start { starts_on, ends_on } if is_chinese => {
            format!("推迟到{}开始，{}结束", day(starts_on), day(ends_on))
        }
        Change::Start { starts_on, ends_on } => {
            format!("start on {} and end on {}", day(starts_on), day(ends_on))
        }
        Change::End { ends_on } if is_chinese => format!("提前到{}结束", day(ends_on)),
        Change::End { ends_on } => format!("end on {}", day(ends_on)),
        Change::Without { communities } => {
            let left_out =
                communities.iter().map(|code| names.get(code.as_str()).copied().unwrap_or(code.as_str()));
            let left_out: Vec<&str> = left_out.collect();
            format!("{}{}", tongue.say("不含", "leave out "), left_out.join(tongue.say("、", ", ")))
        }
        Change::Coverage { of } => {
            let shares: Vec<String> =
                of.iter().map(|share| format!("{}%", super::sheet::percent(*share))).collect();
            format!(
                "{}{}",
                tongue.say("覆盖率降到 ", "lower the coverage to "),
                shares.join(tongue.say("、", ", "))
            )
        }
        Change::Offer { amount, budget_year } if is_chinese => {
            format!("承诺 {}，列入 {budget_year} 年预算", amount.for_people())
        }
        Change::Offer { amount, budget_year } => {
            format!("offer {} in the budget of {budget_year}", amount.for_people())
        }
        Change::Documents { expires_on, declarations } => of_documents(*expires_on, *declarations, tongue),
        Change::Cosigner { kind } => {
            format!("{}{}", tongue.say("联合申请：", "have it co-signed by a "), kind.name(tongue.0))
        }
    }
}

/// The documents that are to be written.
fn of_documents(expires_on: Option<NaiveDate>, declarations: bool, tongue: Tongue) -> String {
    let document = expires_on.map(|day| match tongue.0 {
        Language::Chinese => format!("补上有效期至{}的依据文件", whole_day(day, tongue)),
        Language::English => format!("give a governing document valid until {}", whole_day(day, tongue)),
    });
    let written = declarations.then(|| tongue.say("写全三项声明", "write all three declarations").to_owned());
    let parts: Vec<String> = document.into_iter().chain(written).collect();
    parts.join(tongue.say("，", " and "))
}
