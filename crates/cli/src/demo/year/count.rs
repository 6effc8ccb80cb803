//! Counting what the year came to, from what is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chrono::NaiveDate;
use engine::Content;
use store::{ComplaintScope, EventLine, LetterState, RatingScope, Scope};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::assignment::AssignmentStage;
use workflow::budget::figures;
use workflow::id::RequestId;
use workflow::inspection::PlanStageKind;
use workflow::request::Request;
use workflow::stage::{Stage, StageKind};

use crate::demo::year::play::Play;
use crate::demo::year::summary::{Days, Hours, MergerLine, Money, REFUSED, Summary, VISITS};
use crate::print::Failure;

/// The event of a merger.
const MERGED: &str = "merge";

/// Counts everything.
pub(crate) async fn of(play: &Play<'_>, started: Instant) -> Result<Summary, Failure> {
    let reader = play.engine.reader();
    let requests: Vec<Request> =
        reader.requests_in(StageKind::ALL).await?.into_iter().collect::<Result<_, _>>()?;
    let mut summary = Summary {
        seed: play.seed,
        requests: requests.len(),
        said_no: play.refused.clone(),
        ..Summary::default()
    };
    let mut functions = BTreeMap::new();
    for request in &requests {
        count(&mut summary, request);
        let function = request.assessed.as_ref().and_then(|assessed| assessed.function);
        functions.insert(request.id, function.map_or("outside".to_owned(), |number| number.to_string()));
    }
    hours(&mut summary, play, &functions).await?;
    money(&mut summary, play).await?;
    events(&mut summary, play).await?;
    oversight(&mut summary, play).await?;
    for state in LetterState::ALL {
        summary.letters.insert(state.word().to_owned(), reader.letter_count(*state).await?);
    }
    summary.doctor = Some(play.engine.doctor().await?);
    summary.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(summary)
}

fn add(map: &mut BTreeMap<String, usize>, key: &str) {
    *map.entry(key.to_owned()).or_default() += 1;
}

fn count(summary: &mut Summary, request: &Request) {
    let ending = match &request.stage {
        // Reconsidered and upheld: it stays refused.
        Stage::Closed { from: StageKind::Reconsideration, .. } => StageKind::Rejected,
        Stage::Closed { from, .. } => *from,
        stage => stage.kind(),
    };
    summary.closed += usize::from(ending != request.stage.kind());
    add(&mut summary.endings, ending.word());
    if let Some(assessed) = &request.assessed {
        add(&mut summary.outcomes, assessed.outcome.word());
        add(&mut summary.classes, assessed.class.map_or("unlisted", |class| class.word()));
        for finding in &assessed.findings {
            add(&mut summary.findings, finding);
        }
    }
    for assignment in &request.assignments {
        add(&mut summary.assignments, assignment.stage.kind().word());
        if let AssignmentStage::Refused { reason, .. } = assignment.stage {
            add(&mut summary.refusals, reason.word());
        }
    }
}

async fn hours(
    summary: &mut Summary,
    play: &Play<'_>,
    functions: &BTreeMap<RequestId, String>,
) -> Result<(), Failure> {
    for line in play.engine.reader().all_bookings().await? {
        let function = functions.get(&line.request).cloned().unwrap_or_default();
        let own: &mut Hours = summary.hours.entry(function).or_default();
        let pool = own.pools.entry(line.place.pool.word().to_owned()).or_default();
        pool.0 += line.booked.hours.0;
        own.booked.0 += line.booked.hours.0;
        own.forced.0 += line.booked.forced.0;
    }
    Ok(())
}

async fn money(summary: &mut Summary, play: &Play<'_>) -> Result<(), Failure> {
    let flows = play.engine.reader().flows(None, None).await?;
    for (source, line) in figures(&flows) {
        let year = source.year().map_or(String::new(), |year| year.to_string());
        let own: &mut Money = summary.money.entry(format!("{}:{year}", source.kind())).or_default();
        own.add(&line);
    }
    for flow in &flows {
        *summary.moved.entry(flow.purpose.word().to_owned()).or_default() += flow.amount;
    }
    Ok(())
}

async fn oversight(summary: &mut Summary, play: &Play<'_>) -> Result<(), Failure> {
    let reader = play.engine.reader();
    for complaint in reader.complaints(ComplaintScope::Everything, &[]).await? {
        add(&mut summary.complaints, complaint?.stage.kind().word());
    }
    for plan in reader.plans_in(PlanStageKind::ALL).await? {
        let yearly = plan?;
        add(&mut summary.inspection, yearly.stage.kind().word());
        *summary.inspection.entry(VISITS.to_owned()).or_default() += yearly.content.visits.len();
        *summary.inspection.entry(REFUSED.to_owned()).or_default() += yearly.content.refused.len();
    }
    for card in reader.cards(Scope::Everything, &[]).await? {
        add(&mut summary.cards, &format!("{}:{}", card.colour, card.cause));
        add(&mut summary.contests, card.stage.kind().word());
    }
    for rating in reader.ratings(RatingScope::Everything).await? {
        add(&mut summary.ratings, rating.answer.kind().word());
    }
    Ok(())
}

async fn events(summary: &mut Summary, play: &Play<'_>) -> Result<(), Failure> {
    let events = play.engine.reader().all_events().await?;
    for event in &events {
        add(&mut summary.events, &event.action);
    }
    let content = play.engine.content();
    let spans = Spans { events: &events, content: &content };
    let decided = spans.between(ActionKind::AcceptFiling, &[ActionKind::Approve, ActionKind::ApproveForced]);
    summary.days_to_decide = Days::of(decided);
    let funded = spans.between(ActionKind::Enter, &[ActionKind::CommitFunds]);
    let half = content.rules.parameters().limits.commitment / 2;
    summary.late_funds.committed = funded.iter().filter(|days| **days > half).count();
    summary.late_funds.lapsed = events.iter().filter(|event| is_without_funds(event)).count();
    summary.days_to_fund = Days::of(funded);
    summary.mergers = mergers(&events);
    Ok(())
}

/// Admitted and given up, because no money came.
fn is_without_funds(event: &EventLine) -> bool {
    event.action == ActionKind::Lapse.word() && event.before == StageKind::Admitted.word()
}

/// Every merger is told on the chains of both communities.
fn mergers(events: &[EventLine]) -> Vec<MergerLine> {
    let handed = events.iter().filter(|event| event.action == ActionKind::Retarget.word());
    let requests = handed.count();
    let told = events.iter().filter(|event| event.action == MERGED).filter_map(|event| {
        let detail: serde_json::Value = serde_json::from_str(&event.detail).ok()?;
        let code = |key: &str| Some(detail.get(key)?.as_str()?.to_owned());
        Some((code("from")?, code("into")?))
    });
    let merged: BTreeSet<(String, String)> = told.collect();
    merged.into_iter().map(|(from, into)| MergerLine { from, into, requests }).collect()
}

/// Histories, and the calendar that counts their days.
struct Spans<'a> {
    events: &'a [EventLine],
    content: &'a Content,
}

impl Spans<'_> {
    /// Working days of every subject from the first of one action to the first of some others after it.
    fn between(&self, first: ActionKind, ends: &[ActionKind]) -> Vec<u32> {
        let offset = self.content.rules.parameters().jurisdiction.offset();
        let mut starts: BTreeMap<Uuid, NaiveDate> = BTreeMap::new();
        let mut days: BTreeMap<Uuid, u32> = BTreeMap::new();
        for event in self.events {
            let on = event.at.with_timezone(&offset).date_naive();
            match ActionKind::from_word(&event.action) {
                Some(action) if action == first => {
                    starts.entry(event.subject).or_insert(on);
                }
                Some(action) if ends.contains(&action) => {
                    if let Some(start) = starts.get(&event.subject).and_then(NaiveDate::succ_opt) {
                        let count = || self.content.calendar.working_days(start, on);
                        days.entry(event.subject).or_insert_with(count);
                    }
                }
                _ => {}
            }
        }
        days.into_values().collect()
    }
}
