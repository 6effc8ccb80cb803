//! What would change the outcome: the smallest changes of one or two inputs after which a request is admitted or bought.
//! A search over a bounded number of assessments of facts that are there; it changes nothing and promises nothing, since
//! what is filed is assessed anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use workflow::assessment::{Assessment, Outcome, Severity};
use workflow::calendar::{Calendar, Month};
use workflow::decimal::Decimal;
use workflow::facts::{Application, BodyKind, Declarations, Facts, Fault, GoverningDocument, Offer, Volume};
use workflow::hours::Hours;
use workflow::money::Fen;

use crate::set::RuleSet;

/// Assessments of one search, at most.
const TRIES: usize = 200;
/// Community assessments of one search, at most: a request for a whole city is searched less far, not longer.
const COMMUNITY_TRIES: usize = 40_000;
/// Start months that are looked at, and months by which a period is cut.
const MONTHS: u32 = 12;
/// Steps in which communities are left out.
const LEFT_OUT: usize = 12;
/// Steps of five hundredths by which the coverage is lowered.
const COVERAGE_STEPS: i64 = 19;
/// Ways of two changes that are told.
const PAIRS: usize = 3;
/// Stands for a text that the department has yet to write.
const TO_BE_WRITTEN: &str = "—";

/// Another value of one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The same length, later.
    Start {
        starts_on: NaiveDate,
        ends_on: NaiveDate,
    },
    /// The same start, shorter.
    End {
        ends_on: NaiveDate,
    },
    /// Communities that are left out, by code.
    Without {
        communities: Vec<String>,
    },
    /// The coverage of each line of work that has one, in their order.
    Coverage {
        of: Vec<Decimal>,
    },
    Offer {
        amount: Fen,
        budget_year: i32,
    },
    /// Documents that people have yet to write: a governing document that holds until then, and the three declarations.
    Documents {
        expires_on: Option<NaiveDate>,
        declarations: bool,
    },
    /// A body that may buy signs too.
    Cosigner {
        kind: BodyKind,
    },
}

/// A way to another outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Way {
    /// One or two.
    pub changes: Vec<Change>,
    pub outcome: Outcome,
    pub price: Fen,
}

impl RuleSet {
    /// The smallest changes of one input, else of two, that turn return, reject or refer into purchase or admit; none where
    /// it is that already. At most two hundred assessments. Call it on a large stack, as [`RuleSet::assess`].
    ///
    /// # Errors
    /// The item is not in the catalogue.
    pub fn ways(&self, facts: &Facts, calendar: &Arc<Calendar>) -> Result<Vec<Way>, Fault> {
        let now = self.assess(facts.clone(), calendar)?.assessment;
        if is_good(now.outcome) {
            return Ok(Vec::new());
        }
        let left = TRIES.min(COMMUNITY_TRIES / facts.communities.len().max(1)).saturating_sub(1);
        let mut search = Search { rules: self, facts, calendar, blocks: blocks(&now), left };
        let (ways, useful) = search.singles(candidates(facts, &now))?;
        if ways.is_empty() { search.pairs(&useful) } else { Ok(ways) }
    }
}

struct Search<'a> {
    rules: &'a RuleSet,
    facts: &'a Facts,
    calendar: &'a Arc<Calendar>,
    /// What stands in the way now.
    blocks: BTreeSet<String>,
    left: usize,
}

/// Changes of one kind, the smallest first.
type Kind = Vec<Change>;

impl Search<'_> {
    /// The smallest change of each kind that is enough; beside them, by kind, the changes that help a little.
    fn singles(&mut self, kinds: Vec<Kind>) -> Result<(Vec<Way>, Vec<Kind>), Fault> {
        let (mut ways, mut useful) = (Vec::new(), Vec::new());
        for kind in kinds {
            let mut helping = Vec::new();
            for change in kind {
                let Some(assessment) = self.assess(&[&change])? else { break };
                if is_good(assessment.outcome) {
                    ways.push(self.way(&[&change], &assessment)?);
                    break;
                }
                let blocks = blocks(&assessment);
                if blocks.len() < self.blocks.len() && blocks.is_subset(&self.blocks) {
                    helping.push(change);
                }
            }
            useful.push(helping);
        }
        Ok((ways, useful))
    }

    /// Two changes that help a little each, the smallest first.
    fn pairs(&mut self, kinds: &[Kind]) -> Result<Vec<Way>, Fault> {
        let mut pairs = Vec::new();
        for (first, one_kind) in kinds.iter().enumerate() {
            for (second, other_kind) in kinds.iter().enumerate().skip(first + 1) {
                let ranked = one_kind.iter().enumerate().flat_map(|(i, one)| {
                    other_kind
                        .iter()
                        .enumerate()
                        .map(move |(j, other)| (i + j, (first, second), [one, other]))
                });
                pairs.extend(ranked);
            }
        }
        pairs.sort_by_key(|(rank, kinds, _)| (*rank, *kinds));
        let (mut ways, mut told) = (Vec::new(), BTreeSet::new());
        for (_, kinds, pair) in pairs {
            if told.contains(&kinds) {
                continue;
            }
            let Some(assessment) = self.assess(&pair)? else { break };
            if is_good(assessment.outcome) {
                told.insert(kinds);
                ways.push(self.way(&pair, &assessment)?);
            }
            if ways.len() == PAIRS {
                break;
            }
        }
        Ok(ways)
    }

    /// None where no try is left.
    fn assess(&mut self, changes: &[&Change]) -> Result<Option<Assessment>, Fault> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        Ok(Some(self.rules.assess(self.changed(changes)?, self.calendar)?.assessment))
    }

    /// The facts after some changes; an offer pays what the others lead to.
    fn changed(&self, changes: &[&Change]) -> Result<Facts, Fault> {
        let mut facts = self.facts.clone();
        for change in changes {
            apply(change, &mut facts);
        }
        if changes.iter().any(|change| matches!(change, Change::Offer { .. })) {
            let amount = self.rules.case(facts.clone(), self.calendar)?.price.total;
            facts.request.offer = facts.request.offer.map(|offer| Offer { amount, ..offer });
        }
        Ok(facts)
    }

    fn way(&self, changes: &[&Change], assessment: &Assessment) -> Result<Way, Fault> {
        let offered = self.changed(changes)?.request.offer.map(|offer| offer.amount);
        let told = changes.iter().map(|change| match (*change, offered) {
            (Change::Offer { budget_year, .. }, Some(amount)) => {
                Change::Offer { amount, budget_year: *budget_year }
            }
            (change, _) => change.clone(),
        });
        Ok(Way { changes: told.collect(), outcome: assessment.outcome, price: assessment.price.total })
    }
}

fn is_good(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Purchase | Outcome::Admit)
}

/// What stands in the way: codes of the findings that return, prohibit or refer, with what they name as missing.
fn blocks(assessment: &Assessment) -> BTreeSet<String> {
    let blocking = assessment.findings.iter().filter(|finding| finding.severity <= Severity::Refer);
    let mut blocks = BTreeSet::new();
    for finding in blocking {
        blocks.insert(finding.code.clone());
        for missing in finding.facts.get("missing").and_then(|list| list.as_array()).into_iter().flatten() {
            blocks.insert(format!("{} {missing}", finding.code));
        }
    }
    blocks
}

/// All that is tried, by kind, the smallest change of each kind first.
fn candidates(facts: &Facts, now: &Assessment) -> Vec<Kind> {
    vec![
        offer(facts),
        documents(facts),
        cosigner(facts),
        starts(facts, now),
        ends(facts),
        without(facts, now),
        coverage(facts),
    ]
}

fn offer(facts: &Facts) -> Kind {
    let year = facts.request.starts_on.unwrap_or(facts.today).year();
    vec![Change::Offer { amount: Fen::ZERO, budget_year: year }]
}

/// What is missing alone, then all that is missing.
fn documents(facts: &Facts) -> Kind {
    let document = facts.request.governing_document.as_ref();
    let falls_short = document.is_none_or(|document| {
        let ends_early = document.expires_on.is_some_and(|day| Some(day) < facts.request.ends_on);
        document.title.trim().is_empty() || ends_early
    });
    let expires_on = facts.request.ends_on.filter(|_| falls_short);
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let declarations = !facts.request.declarations.as_ref().is_some_and(|declarations| {
        let Declarations { department, community, support } = declarations;
        given(department) && given(community) && given(support)
    });
    let single = expires_on.map(|day| Change::Documents { expires_on: Some(day), declarations: false });
    let written = declarations.then_some(Change::Documents { expires_on: None, declarations: true });
    let both = single.is_some() && declarations;
    let all = both.then_some(Change::Documents { expires_on, declarations: true });
    single.into_iter().chain(written).chain(all).collect()
}

fn cosigner(facts: &Facts) -> Kind {
    let kind = BodyKind::StateOrgan;
    if facts.request.cosigned_by == Some(kind) { Vec::new() } else { vec![Change::Cosigner { kind }] }
}

/// The first day that a finding names as possible, then the first of each of the next months.
fn starts(facts: &Facts, now: &Assessment) -> Kind {
    let Some((start, end)) = facts.request.period() else { return Vec::new() };
    let named =
        now.findings.iter().filter_map(|finding| finding.facts.get("earliest")?.as_str()?.parse().ok());
    let mut days: BTreeSet<NaiveDate> = named.collect();
    let after = std::iter::successors(Some(Month::of(start).next()), |month| Some(month.next()));
    days.extend(after.take(MONTHS as usize).map(Month::first));
    let length = end.signed_duration_since(start);
    let moved = days.into_iter().filter(|day| *day > start).filter_map(|starts_on| {
        Some(Change::Start { starts_on, ends_on: starts_on.checked_add_signed(length)? })
    });
    moved.collect()
}

fn ends(facts: &Facts) -> Kind {
    let Some((start, end)) = facts.request.period() else { return Vec::new() };
    let earlier = (1..=MONTHS).filter_map(|months| end.checked_sub_months(Months::new(months)));
    earlier.filter(|day| *day >= start).map(|ends_on| Change::End { ends_on }).collect()
}

/// The communities whose hours do not suffice, the worst first; then those that have the same task already.
fn without(facts: &Facts, now: &Assessment) -> Kind {
    let over = |code: &str| {
        let rows = now.quota.iter().filter(|row| row.community == code);
        rows.fold(Hours::ZERO, |sum, row| sum.plus(row.over))
    };
    let codes = || facts.communities.iter().map(|community| community.code.clone());
    let mut short: Vec<(Hours, String)> = codes().map(|code| (over(&code), code)).collect();
    short.retain(|(hours, _)| *hours > Hours::ZERO);
    short.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let short: Vec<String> = short.into_iter().map(|(_, code)| code).collect();
    let mut counts: Vec<usize> = (1..=short.len().min(LEFT_OUT)).collect();
    if short.len() > LEFT_OUT {
        counts.push(short.len());
    }
    let mut sets: Vec<Vec<String>> =
        counts.into_iter().filter_map(|count| short.get(..count).map(<[String]>::to_vec)).collect();
    let twice: Vec<String> =
        codes().filter(|code| facts.admitted.iter().any(|one| one.communities.contains(code))).collect();
    if !twice.is_empty() && !sets.contains(&twice) {
        sets.push(twice);
    }
    sets.retain(|set| set.len() < facts.communities.len());
    sets.into_iter().map(|communities| Change::Without { communities }).collect()
}

fn coverage(facts: &Facts) -> Kind {
    let given: Vec<Decimal> = facts.request.work.iter().filter_map(|line| share(line.volume)).collect();
    let lowered = (1..=COVERAGE_STEPS).filter_map(|step| {
        let of: Option<Vec<Decimal>> = given.iter().map(|share| part(*share, 20 - step)).collect();
        of.filter(|of| *of != given).map(|of| Change::Coverage { of })
    });
    let mut changes: Kind = if given.is_empty() { Vec::new() } else { lowered.collect() };
    changes.dedup();
    changes
}

fn share(volume: Volume) -> Option<Decimal> {
    match volume {
        Volume::Coverage { coverage, .. } => Some(coverage),
        Volume::Fixed { .. } => None,
    }
}

/// So many twentieths of a share, in whole hundredths, at least one.
fn part(share: Decimal, twentieths: i64) -> Option<Decimal> {
    let hundredths = (share.millionths() * twentieths / 20 / 10_000).max(1);
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    Decimal::parse(&text).ok().filter(|lower| *lower < share).or(Some(share))
}

fn apply(change: &Change, facts: &mut Facts) {
    let request = &mut facts.request;
    match change {
        Change::Start { starts_on, ends_on } => {
            request.starts_on = Some(*starts_on);
            request.ends_on = Some(*ends_on);
        }
        Change::End { ends_on } => request.ends_on = Some(*ends_on),
        Change::Without { communities } => facts.communities.retain(|one| !communities.contains(&one.code)),
        Change::Coverage { of } => {
            let mut shares = of.iter();
            for line in &mut request.work {
                if let Volume::Coverage { coverage, .. } = &mut line.volume {
                    *coverage = shares.next().copied().unwrap_or(*coverage);
                }
            }
        }
        Change::Offer { amount, budget_year } => {
            request.offer = Some(Offer { amount: *amount, in_budget: true, budget_year: *budget_year });
        }
        Change::Documents { expires_on, declarations } => {
            write_document(request, *expires_on);
            let text = || Some(TO_BE_WRITTEN.to_owned());
            if *declarations {
                let written = Declarations { department: text(), community: text(), support: text() };
                request.declarations = Some(written);
            }
        }
        Change::Cosigner { kind } => request.cosigned_by = Some(*kind),
    }
}

/// A governing document that holds until a day, with what is known of it.
fn write_document(request: &mut Application, expires_on: Option<NaiveDate>) {
    let Some(day) = expires_on else { return };
    let blank = GoverningDocument { title: String::new(), number: None, expires_on: None };
    let mut document = request.governing_document.take().unwrap_or(blank);
    if document.title.trim().is_empty() {
        TO_BE_WRITTEN.clone_into(&mut document.title);
    }
    document.expires_on = Some(day);
    request.governing_document = Some(document);
}

#[cfg(test)]
mod tests;
