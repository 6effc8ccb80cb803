//! What people look at: one request, a community's hours.

use std::collections::BTreeMap;
use std::process::ExitCode;

use engine::Engine;
use serde_json::json;
use store::{EventLine, OrganisationKind, Scope};
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::assignment::RefusalReason;
use workflow::calendar::Month;
use workflow::deadline::deadline;
use workflow::decide::may_try;
use workflow::hours::Centihours;
use workflow::id::{RequestId, UserId};
use workflow::quota::{capacity, workers};
use workflow::request::{Moment, Request};
use workflow::stage::{Stage, StageKind};

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, decision, open};

/// One request as the actor may see it, or whole without one; with what the actor could do now.
pub(crate) async fn request(
    common: &Common,
    engine: &Engine,
    written: &str,
    actor: Option<&Actor>,
) -> Result<(), Failure> {
    let scope = actor.map_or(Scope::Everything, |actor| engine.scope(actor));
    let reader = engine.reader();
    let id = reader.request_id(written, scope).await?;
    let request = reader.request(id, scope).await?;
    let history = reader.history(id).await?;
    let record = reader.records(id).await?.into_iter().next();
    let open: Vec<ActionKind> = actor.map(|actor| open_to(&request, actor)).unwrap_or_default();
    if common.json {
        return print::json(&json!({
            "id": request.id, "number": request.number, "application": request.application,
            "stage": request.stage, "version": request.version, "assignments": request.assignments,
            "assessment": record.as_ref().map(|record| &record.assessment),
            "trace": record.as_ref().map(|record| &record.trace), "history": history, "open_actions": open,
        }));
    }
    print::line(head(common, engine, &request))?;
    if actor.is_some() {
        let names: Vec<&str> = open.iter().map(|action| action.name(common.language())).collect();
        let names = if names.is_empty() { common.say("无", "nothing").to_owned() } else { names.join(", ") };
        print::line(format!("{}: {names}\n", common.say("您现在可以", "what you may do now")))?;
    }
    if let Some(record) = record {
        print::line(decision::readable(common, &record.assessment))?;
        print::line(decision::trace(common, &record.trace))?;
    }
    if !request.assignments.is_empty() {
        print::line(assignments(common, &request))?;
    }
    Ok(print::line(history_table(common, engine, &history).await?)?)
}

fn open_to(request: &Request, actor: &Actor) -> Vec<ActionKind> {
    ActionKind::ALL.iter().copied().filter(|action| may_try(request, *action, actor)).collect()
}

fn head(common: &Common, engine: &Engine, request: &Request) -> String {
    let language = common.language();
    let content = engine.content();
    let moment =
        Moment { now: clock::now(), calendar: &content.calendar, parameters: content.rules.parameters() };
    let department = request.application.department.as_ref().map(|d| d.name.as_str()).unwrap_or_default();
    let limit = deadline(request, &moment).map(|deadline| {
        let left = content.calendar.days_left(moment.today(), deadline.due);
        let left = match (left >= 0, common.lang) {
            (true, crate::settings::Lang::Zh) => format!("剩 {left} 个工作日"),
            (true, crate::settings::Lang::En) => format!("{left} working days left"),
            (false, crate::settings::Lang::Zh) => format!("已超 {} 个工作日", -left),
            (false, crate::settings::Lang::En) => format!("{} working days late", -left),
        };
        let provisional = if deadline.provisional { common.say("暂定", "provisional") } else { "" };
        format!(" · {} {provisional} · {left} ({})", deadline.due, deadline.role.name(language))
    });
    format!(
        "{} {}\n{department} · {}{}\n",
        request.number(),
        request.title(),
        stage_name(common, request),
        limit.unwrap_or_default()
    )
}

/// The stage; an admitted request whose funds have come says so.
fn stage_name<'a>(common: &'a Common, request: &Request) -> &'a str {
    match request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => {
            common.say("已准入，经费已到位，待开始", "admitted and funded, waits for its start")
        }
        _ => request.stage.kind().name(common.language()),
    }
}

fn assignments(common: &Common, request: &Request) -> String {
    let row = |assignment: &workflow::assignment::Assignment| {
        vec![
            assignment.code.clone(),
            assignment.stage.kind().name(common.language()).to_owned(),
            assignment.price.for_people(),
            assignment.paid.for_people(),
        ]
    };
    let heading = [
        common.say("社区", "community"),
        common.say("派单", "assignment"),
        common.say("价格", "price"),
        common.say("已付", "paid"),
    ];
    print::table(&heading, &[2, 3], request.assignments.iter().map(row).collect())
}

/// A history with names for ids and words for people.
pub(crate) async fn history_table(
    common: &Common,
    engine: &Engine,
    history: &[EventLine],
) -> Result<String, Failure> {
    let users: Vec<UserId> = history.iter().filter_map(|event| event.person).map(UserId).collect();
    let names = engine.reader().names(&users).await?;
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let language = common.language();
    let row = |event: &EventLine| {
        let who = event.person.and_then(|person| names.get(&UserId(person)).cloned());
        let role = Role::from_word(&event.role).map(|role| role.name(language));
        let action = ActionKind::from_word(&event.action).map(|action| action.name(language));
        let after = StageKind::from_word(&event.after).map(|stage| stage.name(language));
        let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let community = detail.get("community").and_then(|code| code.as_str()).unwrap_or_default();
        let refusal = detail.get("refusal").and_then(|word| RefusalReason::from_word(word.as_str()?));
        let refusal = refusal.map(|reason| reason.name(language)).unwrap_or_default();
        let because = [community, refusal, event.reason.as_deref().unwrap_or_default()];
        vec![
            event.at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string(),
            who.unwrap_or_else(|| role.unwrap_or_default().to_owned()),
            action.unwrap_or_default().to_owned(),
            after.unwrap_or_default().to_owned(),
            because.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "),
        ]
    };
    let heading = [
        common.say("时间", "time"),
        common.say("办理人", "who"),
        common.say("办理", "action"),
        common.say("阶段", "stage"),
        common.say("社区、理由", "community, reason"),
    ];
    Ok(print::table(&heading, &[], history.iter().map(row).collect()))
}

pub(crate) async fn quota(common: &Common, community: &str, year: i32) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    show_quota(common, &engine, community, year).await?;
    Ok(ExitCode::SUCCESS)
}

/// A community's year: capacity, booked and free by month, and the tasks behind the figures.
pub(crate) async fn show_quota(
    common: &Common,
    engine: &Engine,
    code: &str,
    year: i32,
) -> Result<(), Failure> {
    let reader = engine.reader();
    let organisation = reader.organisation(code).await?;
    if organisation.kind != OrganisationKind::Community {
        return Err(Failure::Input(format!("`{code}` is no community")));
    }
    let (id, months) = (organisation.id, months_of(year)?);
    let capacities = capacities(engine, &organisation, year, &months).await?;
    let span = (months.first().copied(), months.last().copied());
    let (Some(first), Some(last)) = span else { return Ok(()) };
    let booked: BTreeMap<Month, Centihours> = reader
        .quota_months(&[id], (first, last))
        .await?
        .into_iter()
        .map(|row| (row.place.month, row.booked.hours))
        .collect();
    let bookings = reader.bookings(&[id]).await?;
    let tasks = tasks(engine, &bookings).await?;
    if common.json {
        let rows = months.iter().zip(&capacities).map(|(month, capacity)| {
            let taken = booked.get(month).copied().unwrap_or_default();
            json!({ "month": month, "capacity": capacity, "booked": taken, "free": Centihours(capacity.0 - taken.0) })
        });
        let rows: Vec<_> = rows.collect();
        return print::json(
            &json!({ "community": code, "year": year, "months": rows, "bookings": bookings }),
        );
    }
    let mut rows = Vec::new();
    for (month, capacity) in months.iter().zip(&capacities) {
        let taken = booked.get(month).copied().unwrap_or_default();
        let free = Centihours(capacity.0 - taken.0);
        let names = bookings.iter().filter(|line| line.place.month == *month);
        let names =
            names.filter_map(|line| Some(format!("{} {}", tasks.get(&line.request)?, line.booked.hours)));
        rows.push(vec![
            match engine.content().calendar.is_provisional(month.first()) {
                true => format!("{month} {}", common.say("暂定", "provisional")),
                false => month.to_string(),
            },
            capacity.to_string(),
            taken.to_string(),
            free.to_string(),
            bar(taken, *capacity),
            names.collect::<Vec<_>>().join("; "),
        ]);
    }
    let heading = [
        common.say("月份", "month"),
        common.say("可承接小时", "capacity"),
        common.say("已占用", "booked"),
        common.say("可用", "free"),
        common.say("负荷", "load"),
        common.say("事项", "tasks"),
    ];
    print::line(format!("{} {code} · {year}", organisation.name))?;
    Ok(print::line(print::table(&heading, &[1, 2, 3], rows))?)
}

fn months_of(year: i32) -> Result<Vec<Month>, Failure> {
    let first = Month::parse(&format!("{year:04}-01")).map_err(|error| Failure::Input(error.to_string()))?;
    Ok(std::iter::successors(Some(first), |month| Some(month.next())).take(12).collect())
}

async fn capacities(
    engine: &Engine,
    organisation: &store::Organisation,
    year: i32,
    months: &[Month],
) -> Result<Vec<Centihours>, Failure> {
    let sizes = engine.reader().sizes(&[organisation.id], year).await?;
    let size = sizes.get(&organisation.id);
    let size =
        size.ok_or_else(|| Failure::Input(format!("`{}` has no size for {year}", organisation.code)))?;
    let community = workflow::facts::Community {
        code: organisation.code.clone(),
        name: organisation.name.clone(),
        households: size.households,
        residents: size.residents,
        workers: size.workers.map(i64::from),
        booked: BTreeMap::new(),
    };
    let content = engine.content();
    let parameters = &content.rules.parameters().quota;
    let workers = workers(&community, parameters);
    Ok(months
        .iter()
        .map(|month| capacity(workers, *month, &content.calendar, parameters).floored())
        .collect())
}

/// Ten blocks for a full month.
fn bar(booked: Centihours, capacity: Centihours) -> String {
    let filled = usize::try_from(booked.0 * 10 / capacity.0.max(1)).unwrap_or(0).min(10);
    let filled = if booked.0 > 0 { filled.max(1) } else { filled };
    format!("{}{}", "█".repeat(filled), "░".repeat(10 - filled))
}

async fn tasks(
    engine: &Engine,
    bookings: &[store::BookingLine],
) -> Result<BTreeMap<RequestId, String>, Failure> {
    let wanted: Vec<RequestId> = bookings.iter().map(|line| line.request).collect();
    let lines = engine.reader().request_lines(Scope::Everything, &[], u64::from(u32::MAX)).await?;
    let known = lines.into_iter().filter(|line| wanted.contains(&line.id));
    Ok(known.map(|line| (line.id, line.number.unwrap_or_default())).collect())
}
