//! Loading a calendar: the newest one counts for every open limit, which is recomputed, logged and told. What is at its
//! end stays as it was.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rules::read_calendar;
use serde_json::json;
use store::{EventLine, StoredCalendar, Tx, done_steps, expect_steps};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::OrganisationId;
use workflow::moved::{MovedLimit, moved, notices};
use workflow::request::Moment;

use crate::Engine;
use crate::capacity;
use crate::error::EngineError;
use crate::letters::About;
use crate::limits::running;
use crate::readable::readable;

impl Engine {
    /// Loads a calendar and gives its number of rows and the limits that it moves. Years that the file names replace
    /// those of the newest calendar; all other years stay. A calendar that is the newest already changes nothing.
    pub(crate) async fn load_calendar(
        &self,
        tx: &Tx,
        (name, text): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<(usize, Vec<MovedLimit>), EngineError> {
        let before = tx.reader().newest_calendar().await?;
        let (rows, content) = merged(before.as_ref(), name, text)?;
        if before.as_ref().is_some_and(|before| before.content == content) {
            return Ok((rows, Vec::new()));
        }
        let calendar = read_calendar(name, &content)?;
        tx.put_calendar(StoredCalendar { id: Uuid::now_v7(), version: name.to_owned(), content }, now)
            .await?;
        tx.wake_all().await?;
        let old = self.content();
        capacity::renew(tx, (&calendar, &old.rules.parameters().quota)).await?;
        let parameters = old.rules.parameters();
        let old = Moment { now, calendar: &old.calendar, parameters };
        let new = Moment { calendar: &calendar, ..old };
        let open = readable(tx.reader().requests_in(&running()).await?);
        expect_steps(open.len());
        let mut limits: Vec<MovedLimit> = Vec::new();
        for request in &open {
            limits.extend(moved(request, &old, &new));
            done_steps(1).await;
        }
        self.log_and_tell(tx, (name, &limits), now).await?;
        Ok((rows, limits))
    }

    /// One event on the chain of every district concerned and of the city, one letter for everyone concerned.
    async fn log_and_tell(
        &self,
        tx: &Tx,
        (version, limits): (&str, &[MovedLimit]),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let tree = tx.reader().organisations().await?;
        let roots = tree.iter().filter(|place| place.parent.is_none()).map(|place| place.id);
        let mut districts: BTreeSet<OrganisationId> = limits.iter().map(|limit| limit.district).collect();
        districts.extend(roots);
        for district in districts {
            let own: Vec<MovedLimit> =
                limits.iter().filter(|limit| limit.district == district).cloned().collect();
            tx.record(district, event(version, &own, now)).await?;
            self.tell(tx, About { district, request: None }, &notices(&own, version), now).await?;
        }
        Ok(())
    }
}

/// The rows of the file and the whole calendar with them in place of the years they name.
fn merged(before: Option<&StoredCalendar>, name: &str, text: &str) -> Result<(usize, String), EngineError> {
    let years: BTreeSet<i32> = read_calendar(name, text)?.noticed_years().collect();
    let before = before.map_or_else(rules::default_calendar_csv, |calendar| calendar.content.clone());
    let added: Vec<&str> = text.trim_start_matches('\u{feff}').lines().skip(1).collect();
    let other_year = |line: &&str| {
        let year = line.rsplit(',').next().and_then(|year| year.trim().parse().ok());
        year.is_some_and(|year| !years.contains(&year))
    };
    let mut lines: Vec<&str> =
        before.lines().skip(1).filter(other_year).chain(added.iter().copied()).collect();
    lines.sort_unstable();
    let content = format!("{}\n{}\n", rules::CALENDAR_COLUMNS.join(","), lines.join("\n"));
    Ok((added.len(), content))
}

fn event(version: &str, limits: &[MovedLimit], at: DateTime<Utc>) -> EventLine {
    EventLine {
        at,
        role: Role::System.word().to_owned(),
        action: "load_calendar".to_owned(),
        detail: json!({ "calendar": version, "moved": limits }).to_string(),
        ..EventLine::default()
    }
}
