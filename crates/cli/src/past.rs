//! `--as-of`: what people look at as it was at the end of a day, folded from the history and marked so.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use engine::Engine;
use serde_json::json;
use store::{RequestLine, Scope};
use workflow::actor::Actor;
use workflow::stage::StageKind;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::views;

/// The last microsecond of a day in the jurisdiction.
pub(crate) fn end_of(engine: &Engine, day: NaiveDate) -> Result<DateTime<Utc>, Failure> {
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let next = day.succ_opt().map(|next| next.and_time(NaiveTime::MIN));
    let next = next.and_then(|next| offset.from_local_datetime(&next).single());
    let next = next.ok_or_else(|| Failure::Input(format!("{day} has no end")))?;
    Ok((next - chrono::Duration::microseconds(1)).with_timezone(&Utc))
}

/// One request as it was.
pub(crate) async fn request(
    common: &Common,
    engine: &Engine,
    (written, day): (&str, NaiveDate),
    actor: Option<&Actor>,
) -> Result<(), Failure> {
    let scope = actor.map_or(Scope::Everything, |actor| engine.scope(actor));
    let reader = engine.reader();
    let id = reader.request_id(written, scope).await?;
    let (request, history) = reader.request_as_of(id, scope, end_of(engine, day)?).await?;
    if common.json {
        return print::json(&json!({
            "as_of": day, "id": request.id, "number": request.number, "application": request.application,
            "targets": request.targets, "assessed": request.assessed, "stage": request.stage,
            "version": request.version, "assignments": request.assignments, "history": history,
        }));
    }
    let mark = common
        .say("当日终了时的状态（由历史还原）", "as it was at the end of the day, folded from its history");
    print::line(format!("━━ {day} {mark} ━━"))?;
    print::line(format!(
        "{} {}\n{} · {}\n",
        request.number(),
        request.title(),
        request.stage.kind().name(common.language()),
        request.price().for_people()
    ))?;
    if !request.assignments.is_empty() {
        print::line(views::assignments(common, &request))?;
    }
    Ok(print::line(views::history_table(common, engine, &history).await?)?)
}

/// Requests as they were.
pub(crate) async fn lines(
    engine: &Engine,
    scope: Scope,
    day: NaiveDate,
    wanted: (&[StageKind], u64),
) -> Result<Vec<RequestLine>, Failure> {
    Ok(engine.reader().request_lines_as_of(scope, end_of(engine, day)?, wanted).await?)
}
