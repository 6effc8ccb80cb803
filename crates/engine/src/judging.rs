//! Facts from the database, and their assessment on a thread with a large stack.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use rules::Judgement;
use store::{Capacity, DecisionRecord, QuotaMonth, Reader};
use tokio::sync::oneshot;
use uuid::Uuid;
use workflow::booking::Place;
use workflow::calendar::Month;
use workflow::facts::{Community, Department, Facts, Fault, Register, Sibling};
use workflow::hours::Pool;
use workflow::id::{AssessmentId, OrganisationId};
use workflow::request::{MonthHours, Request, Target};
use workflow::siblings;

use crate::capacity::{self, Capacities};
use crate::content::Content;
use crate::error::EngineError;

/// Scripts are limited to fit a small stack; this is far more.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Gathers what the rules may read of a request, as of the transaction.
pub(crate) async fn facts(
    reader: &Reader<'_>,
    request: &Request,
    content: &Content,
    now: DateTime<Utc>,
) -> Result<Facts, EngineError> {
    facts_with_bookings(reader, request, (content, request.application.ends_on), now).await
}

/// The same with what is booked from the start until another day than the end.
pub(crate) async fn facts_with_bookings(
    reader: &Reader<'_>,
    request: &Request,
    (content, booked_until): (&Content, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<Facts, EngineError> {
    let parameters = content.rules.parameters();
    let today = now.with_timezone(&parameters.jurisdiction.offset()).date_naive();
    let mut application = request.application.clone();
    let department = reader.organisation_by_id(request.department).await?;
    let kind =
        department.body.ok_or_else(|| EngineError::Broken("the department has no kind of body".into()))?;
    application.department =
        Some(Department { name: department.name, kind, hosts_office: department.hosts_office });
    let ids: Vec<OrganisationId> = request.targets.iter().map(|target| target.community).collect();
    let communities = communities((reader, content), request, (&ids, today.year()), booked_until).await?;
    let admitted = match &application.item {
        Some(item) => reader.admitted_beside(item, &ids, request.id).await?,
        None => Vec::new(),
    };
    let siblings = siblings(reader, request, content).await?;
    let register = Register { held: parameters.jurisdiction.register_held.clone() };
    Ok(Facts { today, request: application, communities, register, admitted, siblings })
}

/// What the department has filed of the same task: added up before any threshold.
async fn siblings(
    reader: &Reader<'_>,
    request: &Request,
    content: &Content,
) -> Result<Vec<Sibling>, EngineError> {
    let parameters = &content.rules.parameters().splitting;
    let window = Months::new(parameters.window_months);
    let Some((start, end)) = request.application.period() else {
        return Ok(Vec::new());
    };
    let first = start.checked_sub_months(window).unwrap_or(start);
    let last = end.checked_add_months(window).unwrap_or(end);
    let others = reader.filed_beside(request, (first, last)).await?;
    Ok(siblings::of(request, others, &content.calendar, parameters))
}

/// The pool that a request draws on where there is one; class and thereby pool come from its item alone.
fn wanted_pool(request: &Request, content: &Content) -> Pool {
    let item = request.application.item.as_ref().and_then(|code| content.rules.catalogue().get(code));
    content.rules.parameters().pools.of(item.map(|item| item.class))
}

/// Codes of the communities whose service station will do the work.
pub(crate) async fn stations(
    reader: &Reader<'_>,
    request: &Request,
    content: &Content,
    today: NaiveDate,
) -> Result<Vec<String>, EngineError> {
    let wanted = wanted_pool(request, content);
    let ids: Vec<OrganisationId> = request.targets.iter().map(|target| target.community).collect();
    let sizes = reader.sizes(&ids, today.year()).await?;
    let pool = |id: OrganisationId| sizes.get(&id).map_or(Pool::Committee, |size| size.staff().pool(wanted));
    let station = |target: &&Target| pool(target.community) == Pool::Station;
    Ok(request.targets.iter().filter(station).map(|target| target.code.clone()).collect())
}

/// The communities with the workers and the bookings of the pool that the request draws on.
async fn communities(
    (reader, content): (&Reader<'_>, &Content),
    request: &Request,
    (ids, year): (&[OrganisationId], i32),
    booked_until: Option<NaiveDate>,
) -> Result<Vec<Community>, EngineError> {
    let codes: Vec<String> = request.targets.iter().map(|target| target.code.clone()).collect();
    let organisations = reader.organisations_of(&codes).await?;
    let sizes = reader.sizes(ids, year).await?;
    let wanted = wanted_pool(request, content);
    let drawn = |id| sizes.get(&id).map_or(Pool::Committee, |size| size.staff().pool(wanted));
    let mut booked: BTreeMap<OrganisationId, BTreeMap<_, _>> = BTreeMap::new();
    if let Some(((start, end), until)) = request.application.period().zip(booked_until) {
        let end = end.max(until);
        for month in reader.quota_months(ids, (Month::of(start), Month::of(end))).await? {
            let QuotaMonth { place: Place { community, pool, month }, capacity: _, booked: all } = month;
            if pool == drawn(community) {
                booked.entry(community).or_default().insert(month, all.hours);
            }
        }
    }
    let community = |organisation: store::Organisation| {
        let size = sizes.get(&organisation.id).ok_or_else(|| {
            let code = &organisation.code;
            let zh = format!("“{code}”还没有 {year} 年的规模数据，请管理员先导入");
            let en = format!("`{code}` has no size for {year} yet; the administrator imports it");
            EngineError::Malformed(vec![Fault::new("/communities", (zh, en))])
        })?;
        Ok(Community {
            booked: booked.remove(&organisation.id).unwrap_or_default(),
            code: organisation.code,
            name: organisation.name,
            households: size.households,
            residents: size.residents,
            workers: match drawn(organisation.id) {
                Pool::Committee => size.workers.map(i64::from),
                Pool::Station => size.station_workers.map(i64::from),
            },
        })
    };
    organisations.into_iter().map(community).collect()
}

/// Assesses facts and makes the decision record.
pub(crate) async fn judge(
    content: &Arc<Content>,
    facts: Facts,
    request: &Request,
    now: DateTime<Utc>,
) -> Result<(Judgement, DecisionRecord), EngineError> {
    can_be_priced(&facts)?;
    let stored_facts = json(&facts)?;
    let held = Arc::clone(content);
    let judgement = on_large_stack_aside(move || held.rules.assess(facts, &held.calendar)).await?;
    let judgement = judgement.map_err(|fault| EngineError::Malformed(vec![fault]))?;
    let record = DecisionRecord {
        id: AssessmentId(Uuid::now_v7()),
        request: request.id,
        made_at: now,
        facts: stored_facts,
        assessment: json(&judgement.assessment)?,
        trace: json(&judgement.trace)?,
        rule_set_hash: content.rules.name().hash.clone(),
        calendar: content.calendar_id,
    };
    Ok((judgement, record))
}

/// Refuses work that adds up to more than sums can hold.
pub(crate) fn can_be_priced(facts: &Facts) -> Result<(), EngineError> {
    workflow::facts::too_much_work(facts).map_or(Ok(()), |fault| Err(EngineError::Malformed(vec![fault])))
}

/// Runs something that may need depth on a thread of its own; the caller's thread serves others meanwhile.
///
/// # Errors
/// No thread could be started, or it died.
pub async fn on_large_stack_aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, EngineError> {
    let (done, waits) = oneshot::channel();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // Whoever waited may be gone; then nobody wants it any more.
        let _ = done.send(work());
    });
    thread.map_err(|error| broken(&error.to_string()))?;
    waits.await.map_err(|_| broken("they broke off"))
}

fn broken(reason: &str) -> EngineError {
    EngineError::Broken(format!("the rules could not be run: {reason}"))
}

/// The same for a caller that has its thread for itself.
///
/// # Errors
/// No thread could be started, or it died.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, EngineError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        thread.map_err(|error| broken(&error.to_string()))?.join().map_err(|_| broken("they broke off"))
    })
}

/// What the months that are to be booked can hold.
pub(crate) async fn capacities(
    reader: &Reader<'_>,
    request: &Request,
    hours: &[MonthHours],
    content: &Content,
) -> Result<Vec<Capacity>, EngineError> {
    if hours.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<OrganisationId> = request.targets.iter().map(|target| target.community).collect();
    let years = capacity::years(hours.iter().map(|row| row.month));
    let capacities = Capacities::read(reader, &ids, (years, content.by())).await?;
    let places: BTreeMap<&str, OrganisationId> =
        request.targets.iter().map(|target| (target.code.as_str(), target.community)).collect();
    let capacity = |row: &MonthHours| {
        let community = *places.get(row.code.as_str())?;
        let pool = request.assessed.as_ref()?.pool(&row.code);
        Some(capacities.counter(Place { community, pool, month: row.month }))
    };
    Ok(hours.iter().filter_map(capacity).collect())
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value, EngineError> {
    serde_json::to_value(value).map_err(|error| EngineError::Broken(error.to_string()))
}
