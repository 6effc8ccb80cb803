//! The doctor: recounts everything on a live or restored database and names each breach of an invariant of
//! `workflow.md`. It only reads.

mod evidence;
mod hours;
mod meetings;
mod money;
mod oversight;
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

use chrono::Datelike;
use rules::{Files, RuleSet, read_calendar};
use serde::Serialize;
use store::{EventLine, Mismatch, PostingLine, Reader};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assessment::TraceLine;
use workflow::calendar::Calendar;
use workflow::facts;
use workflow::hours::Centihours;
use workflow::language::{self, Language};
use workflow::ledger::{Account, AccountKind, Purpose};
use workflow::money::Fen;
use workflow::open::open;
use workflow::parameters::Jurisdiction;
use workflow::request::Request;
use workflow::stage::{Decision, Stage, StageKind};

use crate::Engine;
use crate::error::EngineError;
use crate::judging::on_large_stack_aside;

/// One invariant that does not hold somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The number of the invariant in `workflow.md`, Always true.
    pub invariant: u8,
    pub place: String,
    pub message: String,
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Checked {
    pub requests: usize,
    pub events: usize,
    pub postings: usize,
    pub quota_months: usize,
    pub hour_entries: usize,
    /// Hours booked beyond capacity on an approver's reason: no breach, but to be seen.
    pub forced: Centihours,
    pub records: usize,
    pub breaches: Vec<Breach>,
}

impl Checked {
    fn breach(&mut self, invariant: u8, place: impl Display, message: impl Into<String>) {
        self.breaches.push(Breach { invariant, place: place.to_string(), message: message.into() });
    }
}

impl Engine {
    /// Checks every invariant.
    ///
    /// # Errors
    /// The database cannot be read at all; rows that cannot be read are breaches.
    pub async fn doctor(&self) -> Result<Checked, EngineError> {
        let mut checked = Checked::default();
        let reader = self.store.reader();
        let mut requests = Vec::new();
        for request in reader.requests_in(StageKind::ALL).await? {
            match request {
                Ok(request) => requests.push(request),
                Err(error) => checked.breach(5, "requests", error.to_string()),
            }
        }
        checked.requests = requests.len();
        let postings = reader.all_postings().await?;
        let events = self.history(&mut checked).await?;
        funding(&requests, &postings, &events, &mut checked);
        balances(&reader, &requests, &postings, &mut checked).await?;
        money::check(&reader, &requests, (&postings, &events), &mut checked).await?;
        hours::check(&reader, &requests, &events, &mut checked).await?;
        oversight::check(&reader, &requests, &events, &mut checked).await?;
        meetings::check(&reader, &events, &mut checked).await?;
        evidence::check(&reader, &events, &mut checked).await?;
        search::check(&reader, &mut checked).await?;
        four_eyes(&requests, &events, &mut checked);
        let content = self.content();
        numbers(&requests, &events, &content.rules.parameters().jurisdiction, &mut checked);
        records(&reader, &mut checked).await?;
        Ok(checked)
    }

    /// Invariant 5: every chain is whole, and every row is what its history tells.
    async fn history(&self, checked: &mut Checked) -> Result<BTreeMap<Uuid, Vec<EventLine>>, EngineError> {
        let audited = self.store.audit(&[]).await?;
        checked.events = audited.events;
        for mismatch in audited.mismatches {
            let Mismatch { kind, place, event, about } = mismatch;
            let event = event.map(|event| format!(" {event}")).unwrap_or_default();
            let about = if about.is_empty() { about } else { format!(": {about}") };
            checked.breach(5, place, format!("{}{event}{about}", kind.name(Language::English)));
        }
        Ok(audited.chains)
    }
}

/// Invariant 1: no assignment without admission and funds, at every point of the history.
fn funding(
    requests: &[Request],
    postings: &[PostingLine],
    events: &BTreeMap<Uuid, Vec<EventLine>>,
    checked: &mut Checked,
) {
    let mut committed: BTreeMap<Uuid, Fen> = BTreeMap::new();
    for posting in postings.iter().filter(|posting| posting.purpose == Purpose::Commitment) {
        *committed.entry(posting.subject).or_default() += posting.amount;
    }
    for request in requests.iter().filter(|request| !request.assignments.is_empty()) {
        let history = events.get(&request.id.0).map(Vec::as_slice).unwrap_or_default();
        let place = |action: ActionKind| history.iter().position(|event| event.action == action.word());
        let in_force = history.iter().position(|event| event.after == StageKind::InForce.word());
        let begun = in_force.and_then(|place| history.get(place));
        if request.is_emergency() && begun.is_some_and(|event| event.before == StageKind::Draft.word()) {
            // Work comes first in an emergency; only its payment needs a decision and the money.
            if request.stage.kind() == StageKind::Settled && place(ActionKind::Approve).is_none() {
                checked.breach(1, request.id, "an emergency was paid without a decision");
            }
            continue;
        }
        let in_order = place(ActionKind::Enter) < place(ActionKind::CommitFunds)
            && place(ActionKind::Enter).is_some()
            && place(ActionKind::CommitFunds) <= in_force;
        if !in_order {
            checked.breach(1, request.id, "assigned without having been admitted and funded");
        }
        if committed.get(&request.id.0).copied().unwrap_or_default() < request.price() {
            checked.breach(1, request.id, "assigned with less money committed than its price");
        }
    }
}

/// Invariant 2: balances equal their postings, none but the outer is below zero, a closed request's escrow is empty.
async fn balances(
    reader: &Reader<'_>,
    requests: &[Request],
    postings: &[PostingLine],
    checked: &mut Checked,
) -> Result<(), EngineError> {
    checked.postings = postings.len();
    let mut sums: BTreeMap<&str, Fen> = BTreeMap::new();
    for posting in postings {
        *sums.entry(&posting.debit).or_default() += posting.amount;
        *sums.entry(&posting.credit).or_default() += -posting.amount;
    }
    let accounts = reader.all_accounts().await?;
    let mut kept: BTreeMap<&str, Fen> = BTreeMap::new();
    for account in &accounts {
        kept.insert(&account.key, account.balance);
        let counted = sums.remove(account.key.as_str()).unwrap_or_default();
        if counted != account.balance {
            checked.breach(
                2,
                &account.key,
                format!("holds {}, its postings sum to {counted}", account.balance),
            );
        }
        if account.balance < Fen::ZERO && account.kind != AccountKind::Outer {
            checked.breach(2, &account.key, format!("is below zero: {}", account.balance));
        }
    }
    for key in sums.into_keys() {
        checked.breach(2, key, "postings without an account");
    }
    let total: Fen = accounts.iter().map(|account| account.balance).sum();
    if total != Fen::ZERO {
        checked.breach(2, "ledger", format!("all balances sum to {total}"));
    }
    escrows(requests, &kept, checked);
    Ok(())
}

/// A request's escrow holds what its stage says, and nothing once it is closed.
fn escrows(requests: &[Request], kept: &BTreeMap<&str, Fen>, checked: &mut Checked) {
    for request in requests {
        let key = Account::Escrow { request: request.id }.key();
        let balance = kept.get(key.as_str()).copied().unwrap_or_default();
        let due = request.held_in_escrow();
        if request.stage.kind().is_over() && balance != Fen::ZERO {
            checked.breach(2, request.id, "is closed with money in escrow");
        } else if balance != due {
            checked.breach(2, request.id, format!("has {balance} in escrow, not {due}"));
        }
    }
}

/// Invariant 4, and that the history is a path of the table by people in their roles.
fn four_eyes(requests: &[Request], events: &BTreeMap<Uuid, Vec<EventLine>>, checked: &mut Checked) {
    for request in requests {
        let history = events.get(&request.id.0).map(Vec::as_slice).unwrap_or_default();
        let mut proposer = None;
        let mut stage = StageKind::Draft.word().to_owned();
        for event in history.iter().filter(|event| event.is_step()) {
            if !is_open(event) || event.before != stage {
                checked.breach(5, request.id, format!("event {} is not in the table", event.seq));
            }
            stage.clone_from(&event.after);
            if event.action == ActionKind::Propose.word() {
                proposer = event.person;
            }
            let approvals = [ActionKind::Approve, ActionKind::ApproveForced];
            let approved = approvals.iter().any(|action| action.word() == event.action);
            if approved && (proposer.is_none() || event.person == proposer) {
                checked.breach(4, request.id, "approved by whoever proposed it");
            }
        }
        if stage != request.stage.kind().word() {
            checked.breach(5, request.id, format!("its history ends in `{stage}`, not in its stage"));
        }
        let decision = request.stage.decision();
        let one_hand = |decision: &Decision| {
            let Decision { proposal, approved_by, principals, .. } = decision;
            let mut first = std::iter::once(&proposal.by).chain(&proposal.principals);
            first.any(|hand| hand == approved_by || principals.contains(hand))
        };
        if decision.is_some_and(one_hand) {
            checked.breach(4, request.id, "approved by whoever proposed it");
        }
        if matches!(request.stage, Stage::Draft) && request.number.is_some() {
            checked.breach(5, request.id, "a draft has a number");
        }
    }
}

fn is_open(event: &EventLine) -> bool {
    let words = (
        StageKind::from_word(&event.before),
        ActionKind::from_word(&event.action),
        Role::from_word(&event.role),
        StageKind::from_word(&event.after),
    );
    let (Some(before), Some(action), Some(role), Some(after)) = words else { return false };
    open(before, action, role).contains(&after)
}

/// Numbers are gapless: those of a district's year, the year being that of the first submission, are 1 to their count.
fn numbers(
    requests: &[Request],
    events: &BTreeMap<Uuid, Vec<EventLine>>,
    jurisdiction: &Jurisdiction,
    checked: &mut Checked,
) {
    let mut given: BTreeMap<(Uuid, i32), BTreeSet<&str>> = BTreeMap::new();
    for request in requests {
        let Some(number) = request.number.as_deref() else { continue };
        let submitted = events
            .get(&request.id.0)
            .and_then(|history| history.iter().find(|event| event.action == ActionKind::Submit.word()));
        let Some(submitted) = submitted else {
            checked.breach(5, request.id, "has a number without a submission");
            continue;
        };
        let year = submitted.at.with_timezone(&jurisdiction.offset()).year();
        if !given.entry((request.district.0, year)).or_default().insert(number) {
            checked.breach(5, request.id, format!("the number {number} was given twice"));
        }
    }
    for ((district, year), numbers) in given {
        for number in 1..=numbers.len() {
            let values = [("year", year.to_string()), ("number", number.to_string())];
            let expected = language::fill(&jurisdiction.request_number, &values);
            if !numbers.contains(expected.as_str()) {
                checked.breach(5, district, format!("the number {expected} is missing"));
            }
        }
    }
}

/// Invariant 6: every assessment recomputes from its facts and its rule set to the same result.
async fn records(reader: &Reader<'_>, checked: &mut Checked) -> Result<(), EngineError> {
    let mut sets: BTreeMap<String, Arc<RuleSet>> = BTreeMap::new();
    for (hash, files) in reader.rule_sets().await? {
        let files: Option<Files> = serde_json::from_str(&files).ok();
        match files.map(RuleSet::load_kept) {
            Some(Ok(set)) if set.name().hash == hash => {
                sets.insert(hash, Arc::new(set));
            }
            _ => checked.breach(6, hash, "the rule set does not load, or is not what its hash says"),
        }
    }
    let mut calendars: BTreeMap<Uuid, Arc<Calendar>> = BTreeMap::new();
    for stored in reader.calendars().await? {
        match read_calendar(&stored.version, &stored.content) {
            Ok(calendar) => {
                calendars.insert(stored.id, Arc::new(calendar));
            }
            Err(error) => checked.breach(6, stored.id, error.to_string()),
        }
    }
    for record in reader.all_records().await? {
        checked.records += 1;
        let (Some(set), Some(calendar)) = (sets.get(&record.rule_set_hash), calendars.get(&record.calendar))
        else {
            checked.breach(6, record.id, "its rule set or calendar is missing");
            continue;
        };
        let again = match facts::read(&record.facts) {
            Ok(facts) => {
                let (set, calendar) = (Arc::clone(set), Arc::clone(calendar));
                on_large_stack_aside(move || set.assess(facts, &calendar)).await.ok().and_then(Result::ok)
            }
            Err(_) => None,
        };
        let same = again.is_some_and(|judgement| {
            serde_json::to_value(&judgement.assessment).ok() == Some(record.assessment)
                && trace_of(record.trace).is_ok_and(|trace| trace == judgement.trace)
        });
        if !same {
            checked.breach(6, record.id, "does not recompute to the same result");
        }
    }
    Ok(())
}

fn trace_of(stored: serde_json::Value) -> Result<Vec<TraceLine>, serde_json::Error> {
    let lines: Vec<TraceLine> = serde_json::from_value(stored)?;
    Ok(lines.into_iter().map(TraceLine::as_written_today).collect())
}
