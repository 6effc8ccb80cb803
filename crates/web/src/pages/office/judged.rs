//! How long decisions took, and why requests were refused.

use chrono::FixedOffset;
use store::{DecisionTime, RefusalGround};
use workflow::calendar::Calendar;

use crate::pages::office::charts::{self, Part};
use crate::pages::office::figures::Read;
use crate::pages::office::tables::{Figure, Row, cell, percent, plain};

/// The spans in which days to decide are counted, in working days.
pub(crate) const SPANS: &[(i64, i64)] = &[(0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 9999)];

/// Working days from the first submission to the decision.
pub(crate) fn days(time: &DecisionTime, calendar: &Calendar, offset: FixedOffset) -> i64 {
    let day = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&offset).date_naive();
    calendar.days_left(day(time.submitted), day(time.decided)).max(0)
}

pub(super) fn by_days(read: &Read<'_>) -> Figure {
    let days: Vec<i64> = read.times.iter().map(|time| days(time, read.calendar, read.offset)).collect();
    let count = |(first, last): (i64, i64)| days.iter().filter(|one| (first..=last).contains(*one)).count();
    let counts: Vec<i64> = SPANS.iter().map(|span| i64::try_from(count(*span)).unwrap_or_default()).collect();
    let name = |(first, last): (i64, i64)| {
        if last > 999 { format!("{first}+") } else { format!("{first}–{last}") }
    };
    let most = counts.iter().copied().max().unwrap_or_default();
    let whole = counts.iter().sum();
    let spans = SPANS.iter().zip(&counts).enumerate();
    let row = |(index, (span, requests)): (usize, (&(i64, i64), &i64))| Row {
        name: name(*span),
        bar: charts::bar(&[Part { class: "c1", amount: *requests, title: requests.to_string() }], most),
        cells: vec![
            cell(&requests, read.to(&format!("begins={}&days={index}", read.year))),
            plain(&percent(*requests, whole)),
        ],
    };
    Figure {
        word: "days",
        title: read.say("决定用时（工作日）", "Working days to decide"),
        note: read
            .say(
                "从首次提交到审批，含征求意见和报价的时间。",
                "From the first submission to the approval, consultation and quoting included.",
            )
            .to_owned(),
        legend: Vec::new(),
        chart: String::new(),
        heads: [read.say("件", "requests"), read.say("占比", "share")].map(str::to_owned).to_vec(),
        has_bars: true,
        rows: spans.map(row).collect(),
    }
}

pub(super) fn by_ground(read: &Read<'_>) -> Figure {
    let most = read.grounds.iter().map(|ground| ground.requests).max().unwrap_or_default();
    let amount = |count: usize| i64::try_from(count).unwrap_or_default();
    let row = |ground: &RefusalGround| {
        let narrowed = match ground.code.is_empty() {
            true => "any",
            false => ground.code.as_str(),
        };
        Row {
            name: match ground.code.is_empty() {
                true => read
                    .say("规则未禁止，由办公室认定", "nothing the rules forbid; the office's own ground")
                    .to_owned(),
                false => ground.code.clone() + " · " + ground.message.get(read.tongue.0),
            },
            bar: charts::bar(
                &[Part { class: "c6", amount: amount(ground.requests), title: ground.requests.to_string() }],
                amount(most),
            ),
            cells: vec![cell(&ground.requests, read.to(&format!("begins={}&refused={narrowed}", read.year)))],
        }
    };
    Figure {
        word: "refused",
        title: read.say("不予准入的理由", "Why requests were refused"),
        note: read
            .say(
                "一件申请可有几条理由；理由后为其中一件的原文。",
                "A request may have several grounds; the words are those of one of them.",
            )
            .to_owned(),
        legend: Vec::new(),
        chart: String::new(),
        heads: vec![read.say("件", "requests").to_owned()],
        has_bars: true,
        rows: read.grounds.iter().map(row).collect(),
    }
}
