//! Two communities become one: how what each was to do, had delivered and was priced at is put together.

mod notices;

use chrono::NaiveDate;

use crate::assignment::{Assignment, AssignmentStage, Delivery};
use crate::decimal::Decimal;
use crate::language::Language;
use crate::request::Assessed;

pub use notices::{Merger, Named};

/// Why communities are not merged, or a community is not asked; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergerRefusal {
    #[error("a community is not merged into itself")]
    Same,
    #[error("`{0}` is no community")]
    NoCommunity(String),
    #[error("`{code}` was closed on {on} and merged into `{into}`")]
    Closed { code: String, on: NaiveDate, into: String },
}

impl MergerRefusal {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            MergerRefusal::Same => "same_community",
            MergerRefusal::NoCommunity(_) => "no_community",
            MergerRefusal::Closed { .. } => "community_closed",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match (language, self) {
            (Language::English, _) => self.to_string(),
            (_, MergerRefusal::Same) => "社区不能与自身合并".into(),
            (_, MergerRefusal::NoCommunity(code)) => format!("“{code}”不是社区"),
            (_, MergerRefusal::Closed { code, on, into }) => {
                format!("社区“{code}”已于 {on} 并入“{into}”，请改选“{into}”")
            }
        }
    }
}

/// Whether work still goes on when two assignments are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    Running,
    Over,
}

/// Two assignments in one hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    pub assignment: Assignment,
    /// What one of them had delivered while the other still works; it joins the delivery to come.
    pub part: Option<Delivery>,
    /// The work is over and the two stand differently: the office rules.
    pub unequal: bool,
}

impl Joined {
    /// Only one of the communities had an assignment.
    #[must_use]
    pub fn alone(assignment: Assignment) -> Joined {
        Joined { assignment, part: None, unequal: false }
    }
}

impl Assignment {
    /// This assignment with that of a community merged into its own: prices and payments add up. A refused one, whose
    /// money has gone back, leaves the other alone.
    #[must_use]
    pub fn joined(self, given: Assignment, (pace, on, unequal): (Pace, NaiveDate, &str)) -> Joined {
        if given.is_refused() {
            return Joined::alone(self);
        }
        if self.is_refused() {
            return Joined::alone(given);
        }
        let Assignment { community, code, price, paid, stage } = self;
        let whole = |stage| Assignment {
            community,
            code,
            price: price + given.price,
            paid: paid + given.paid,
            stage,
        };
        match together(stage, given.stage) {
            Ok(stage) => Joined::alone(whole(stage)),
            Err(apart) if pace == Pace::Running && apart.is_open => {
                let stage = AssignmentStage::Accepted { on };
                Joined { assignment: whole(stage), part: Some(apart.delivered), unequal: false }
            }
            Err(apart) => {
                let stage =
                    AssignmentStage::Disputed { on, delivery: apart.delivered, reason: unequal.to_owned() };
                Joined { assignment: whole(stage), part: None, unequal: true }
            }
        }
    }
}

/// Two stages that make no one stage: what is delivered, and whether the other part is still to be.
struct Apart {
    is_open: bool,
    delivered: Delivery,
}

/// The stage of two parts that stand alike. Whoever could still refuse a part may refuse the whole.
fn together(own: AssignmentStage, given: AssignmentStage) -> Result<AssignmentStage, Box<Apart>> {
    use AssignmentStage as S;
    Ok(match (own, given) {
        (S::Offered { on: a }, S::Offered { on: b }) => S::Offered { on: a.max(b) },
        (S::Offered { on }, S::Accepted { .. }) | (S::Accepted { .. }, S::Offered { on }) => {
            S::Offered { on }
        }
        (S::Accepted { on: a }, S::Accepted { on: b }) => S::Accepted { on: a.max(b) },
        (S::Delivered { on: a, delivery: own }, S::Delivered { on: b, delivery: given }) => {
            S::Delivered { on: a.max(b), delivery: own.joined(given) }
        }
        (S::Disputed { on, delivery: own, reason }, S::Delivered { delivery: given, .. })
        | (S::Delivered { delivery: own, .. }, S::Disputed { on, delivery: given, reason }) => {
            S::Disputed { on, delivery: own.joined(given), reason }
        }
        (
            S::Disputed { on: a, delivery: own, reason },
            S::Disputed { on: b, delivery: given, reason: other },
        ) => S::Disputed { on: a.max(b), delivery: own.joined(given), reason: format!("{reason}; {other}") },
        (S::Confirmed { on: a, delivery: own, due }, S::Confirmed { on: b, delivery: given, due: other }) => {
            S::Confirmed { on: a.max(b), delivery: own.joined(given), due: due + other }
        }
        (own, given) => return Err(Box::new(apart(own, given))),
    })
}

fn apart(own: AssignmentStage, given: AssignmentStage) -> Apart {
    let mut is_open = false;
    let mut delivered = Vec::new();
    for stage in [own, given] {
        match stage {
            AssignmentStage::Delivered { delivery, .. }
            | AssignmentStage::Disputed { delivery, .. }
            | AssignmentStage::Confirmed { delivery, .. } => delivered.push(delivery),
            _ => is_open = true,
        }
    }
    let delivered = delivered.into_iter().reduce(Delivery::joined).unwrap_or_default();
    Apart { is_open, delivered }
}

impl Delivery {
    /// Both deliveries as one: reports one after the other, real costs added up where both are given.
    #[must_use]
    pub fn joined(mut self, other: Delivery) -> Delivery {
        let Delivery { report, evidence, actual, worked } = other;
        if !report.is_empty() {
            self.report = if self.report.is_empty() { report } else { format!("{}\n{report}", self.report) };
        }
        self.evidence.extend(evidence);
        self.worked.extend(worked);
        self.actual = self.actual.zip(actual).map(|(own, other)| own + other);
        self
    }
}

impl Assessed {
    /// The same assessment with one community's part in another's hands; its price and hours stay what they were.
    pub fn hand_over(&mut self, from: &str, into: &str) {
        let had_part = self.shares.iter().any(|share| share.code == into)
            || self.hours.iter().any(|row| row.code == into);
        let gives_station = self.stations.iter().any(|code| code == from);
        self.stations.retain(|code| code != from);
        if gives_station && !had_part {
            self.stations.push(into.to_owned());
        }
        join(
            &mut self.shares,
            (from, into),
            |share| &mut share.code,
            |sum, share| {
                sum.price += share.price;
                sum.direct += share.direct;
            },
        );
        join(
            &mut self.granted,
            (from, into),
            |part| &mut part.code,
            |sum, part| {
                let both = i128::from(sum.minutes.millionths()) + i128::from(part.minutes.millionths());
                sum.minutes = Decimal::of_millionths(both);
            },
        );
        for row in self.hours.iter_mut().filter(|row| row.code == from) {
            into.clone_into(&mut row.code);
        }
        let mut hours: Vec<crate::request::MonthHours> = Vec::with_capacity(self.hours.len());
        for row in self.hours.drain(..) {
            match hours.iter_mut().find(|known| (&known.code, known.month) == (&row.code, row.month)) {
                Some(known) => known.hours.0 += row.hours.0,
                None => hours.push(row),
            }
        }
        self.hours = hours;
    }
}

/// The part of one code goes into that of another, or takes its name where there is none.
fn join<T>(
    parts: &mut Vec<T>,
    (from, into): (&str, &str),
    code: fn(&mut T) -> &mut String,
    add: impl Fn(&mut T, T),
) {
    let Some(place) = parts.iter_mut().position(|part| code(part) == from) else { return };
    let mut given = parts.remove(place);
    if let Some(sum) = parts.iter_mut().find_map(|part| (code(part) == into).then_some(part)) {
        add(sum, given);
    } else {
        into.clone_into(code(&mut given));
        parts.insert(place, given);
    }
}
