//! Notices of holidays that change in mid-year, on both sides.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, Weekday};
use engine::ImportKind;
use rules::{CALENDAR_COLUMNS, default_calendar_csv, read_calendar};
use workflow::deadline::deadline;

use super::agreement::same;
use super::walk::Walk;

impl Walk {
    /// A notice changed in mid-year, once a day at most; the limits that it moves are those that the model moves.
    pub(super) async fn loads(&mut self, notice: u8) -> Result<&'static str, String> {
        if self.calendar_of == Some(self.oracle.model.today) {
            return Ok("nothing");
        }
        self.calendar_of = Some(self.oracle.model.today);
        let rows = noticed(notice);
        let text = format!("{}\n{}\n", CALENDAR_COLUMNS.join(","), rows.join("\n"));
        let now = self.desk.now();
        let loaded = self.desk.engine.import(ImportKind::Calendar, "amended", &text, now).await;
        let loaded = loaded.map_err(|error| error.to_string())?;
        let told = loaded.moved.iter().map(|one| (one.request, (one.old_due, one.new_due))).collect();
        let old = self.due_days();
        self.oracle.model.loads(whole(&rows));
        let moved = self.due_days().into_iter().filter_map(|(id, due)| {
            let before = *old.get(&id)?;
            (before != due).then_some((id, (before, due)))
        });
        same("the limits that a notice moves", &moved.collect::<BTreeMap<_, _>>(), &told)?;
        Ok("calendar")
    }

    fn due_days(&self) -> BTreeMap<workflow::id::RequestId, NaiveDate> {
        let moment = self.oracle.model.moment();
        let requests = self.oracle.model.requests.iter();
        requests.filter_map(|request| Some((request.id, deadline(request, &moment)?.due))).collect()
    }
}

/// The rows of the year with a week of holidays more in some month, now and then with its Sunday worked for that; as it
/// was built in with notice 0.
fn noticed(notice: u8) -> Vec<String> {
    let mut rows: Vec<String> = built_in().filter(|row| row.ends_with(",2026")).collect();
    let month = u32::from(notice) + 2;
    let middle = NaiveDate::from_ymd_opt(2026, month, 9).expect("a day");
    let week = middle.week(Weekday::Mon).first_day();
    let mut add = |day: NaiveDate, kind: &str| {
        if notice > 0 && rows.iter().all(|row| !row.starts_with(&day.to_string())) {
            rows.push(format!("{day},调整,{kind},2026"));
        }
    };
    week.iter_days().take(5).for_each(|day| add(day, "rest"));
    if notice.is_multiple_of(2) {
        add(week - Days::new(1), "work");
    }
    rows
}

fn built_in() -> impl Iterator<Item = String> {
    default_calendar_csv().lines().skip(1).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// The whole calendar with these rows for the year.
fn whole(rows: &[String]) -> workflow::calendar::Calendar {
    let others = built_in().filter(|row| !row.ends_with(",2026"));
    let all: Vec<String> = others.chain(rows.iter().cloned()).collect();
    read_calendar("amended", &format!("{}\n{}\n", CALENDAR_COLUMNS.join(","), all.join("\n")))
        .expect("it reads")
}
