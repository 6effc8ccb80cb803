//! Hours: two pools kept apart, capacity that follows staff and calendar, what was booked on a day, and every task behind
//! a figure.

use engine::{Command, CommunityLoad, ImportKind, MonthLoad};
use serde_json::json;
use workflow::hours::Pool;
use workflow::id::RequestId;
use workflow::stage::StageKind;

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    committee_and_station_are_kept_apart
    a_station_that_is_full_is_no_full_committee
    a_station_that_closes_gives_its_hours_back
    capacity_follows_staff_and_calendar
    the_hours_of_a_day_gone_by_can_be_seen
    counting_three_times_changes_nothing
    the_fullest_week_and_every_task_are_shown
    the_next_quarter_is_forecast_by_source
}

/// Ten workers in the committee of Yanhu Road, and so many in its service station.
const STATION: &str =
    "code,year,households,residents,workers,station_workers\n420202001001,2026,2500,8000,10,";

async fn has_a_station(desk: &Desk, workers: &str) {
    let file = format!("{STATION}{workers}\n");
    desk.engine
        .import(ImportKind::Communities, "station", &file, desk.now())
        .await
        .expect("the file is good");
}

/// Submitted, decided and through publication.
async fn is_admitted(desk: &mut Desk, request: RequestId) {
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    let after = desk.now().date_naive() + chrono::Days::new(8);
    desk.comes(&after.to_string()).await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
}

async fn load(desk: &Desk, community: u8) -> CommunityLoad {
    desk.engine.load(&format!("42020200100{community}"), 2026, None).await.expect("a load")
}

/// May of a pool.
fn may(load: &CommunityLoad, pool: Pool) -> &MonthLoad {
    let pool = load.pools.iter().find(|one| one.pool == pool).expect("the pool is there");
    pool.months.iter().find(|month| month.month.to_string() == "2026-05").expect("a May")
}

async fn committee_and_station_are_kept_apart(mut desk: Desk) {
    has_a_station(&desk, "4").await;
    let bought = desk.files("health", purchase(), &[1, 2]).await;
    is_admitted(&mut desk, bought).await;
    let own = desk.files("health", duty(), &[1]).await;
    is_admitted(&mut desk, own).await;
    insta::assert_snapshot!("hours_of_two_pools", desk.booked().await);
    let load = load(&desk, 1).await;
    assert_eq!(may(&load, Pool::Station).tasks[0].request, bought);
    assert_eq!(may(&load, Pool::Committee).tasks[0].request, own);
    desk.is_sound().await;
}

async fn a_station_that_is_full_is_no_full_committee(mut desk: Desk) {
    has_a_station(&desk, "1").await;
    let mut large = purchase();
    large["work"][0]["minutes_per_unit"] = json!("30");
    let first = desk.files("health", large.clone(), &[1]).await;
    is_admitted(&mut desk, first).await;
    let over = |request: &workflow::request::Request| {
        request.assessed.as_ref().is_some_and(|assessed| assessed.findings.contains(&"quota.over".to_owned()))
    };
    let second = desk.files("health", large, &[1]).await;
    assert!(over(&desk.does("health", second, Command::Submit).await), "the one worker is full");
    let mut own = duty();
    own["work"][0]["minutes_per_unit"] = json!("30");
    let third = desk.files("health", own, &[1]).await;
    assert!(!over(&desk.does("health", third, Command::Submit).await), "the committee is not");
}

async fn a_station_that_closes_gives_its_hours_back(mut desk: Desk) {
    has_a_station(&desk, "4").await;
    let request = desk.files("health", purchase(), &[1]).await;
    is_admitted(&mut desk, request).await;
    has_a_station(&desk, "").await;
    let closed = load(&desk, 1).await;
    let station = may(&closed, Pool::Station).figures;
    assert_eq!((station.capacity.0, station.free.0), (0, 0), "nobody is left");
    assert_eq!(station.over, station.booked, "and what is booked is over");
    desk.is_sound().await;
    desk.does("health", request, Command::Withdraw).await;
    assert_eq!(load(&desk, 1).await.pools.len(), 1, "only the committee is left");
    desk.is_sound().await;
}

async fn capacity_follows_staff_and_calendar(mut desk: Desk) {
    let before = load(&desk, 3).await;
    assert_eq!(may(&before, Pool::Committee).figures.capacity.to_string(), "287.28", "though never booked");
    let mut large = purchase();
    large["work"][0]["minutes_per_unit"] = json!("400");
    large["offer"]["amount"] = json!("40000.00");
    let request = desk.files("health", large, &[3]).await;
    is_admitted(&mut desk, request).await;
    let fewer = "code,year,households,residents,workers\n420202001003,2026,400,1100,1\n";
    desk.engine.import(ImportKind::Communities, "fewer", fewer, desk.now()).await.expect("the file is good");
    let after = load(&desk, 3).await;
    let figures = may(&after, Pool::Committee).figures;
    assert_eq!((figures.capacity.to_string(), figures.booked.to_string()), ("95.76".into(), "160.85".into()));
    assert_eq!((figures.over.to_string(), figures.forced.to_string()), ("65.09".into(), "0.00".into()));
    desk.is_sound().await;
    let holidays = "date,name,kind,notice_year\n2026-05-18,临时放假,rest,2026\n";
    desk.engine
        .import(ImportKind::Calendar, "amended", holidays, desk.now())
        .await
        .expect("the file is good");
    let amended = load(&desk, 1).await;
    insta::assert_snapshot!(
        "hours_after_an_amended_calendar",
        format!("{}\n{}", may(&amended, Pool::Committee).figures.capacity, desk.booked().await)
    );
    desk.is_sound().await;
}

async fn the_hours_of_a_day_gone_by_can_be_seen(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    is_admitted(&mut desk, request).await;
    desk.comes("2026-03-20").await;
    desk.does("health", request, Command::Withdraw).await;
    let booked = async |day: &str| {
        let load = desk.engine.load("420202001001", 2026, day.parse().ok()).await.expect("a load");
        (load.pools[0].total.booked.to_string(), may(&load, Pool::Committee).tasks.len())
    };
    assert_eq!(booked("2026-03-08").await, ("0.00".into(), 0));
    assert_eq!(booked("2026-03-10").await, ("125.00".into(), 1));
    assert_eq!(booked("2026-03-19").await, ("125.00".into(), 1));
    assert_eq!(booked("2026-03-20").await, ("0.00".into(), 0), "the day counts to its end");
    assert_eq!(booked("now").await, ("0.00".into(), 0));
}

async fn counting_three_times_changes_nothing(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    is_admitted(&mut desk, request).await;
    let before = (desk.booked().await, desk.engine.reader().all_hour_entries().await.expect("entries"));
    for _ in 0..3 {
        desk.is_sound().await;
        let now = (desk.booked().await, desk.engine.reader().all_hour_entries().await.expect("entries"));
        assert_eq!(now, before);
    }
}

async fn the_fullest_week_and_every_task_are_shown(mut desk: Desk) {
    let long = desk.files("health", purchase(), &[1]).await;
    is_admitted(&mut desk, long).await;
    let mut short = duty();
    short["starts_on"] = json!("2026-06-22");
    short["ends_on"] = json!("2026-06-30");
    let short = desk.files("health", short, &[1]).await;
    is_admitted(&mut desk, short).await;
    let load = load(&desk, 1).await;
    let pool = &load.pools[0];
    let week = pool.peak_week.expect("something is booked");
    assert_eq!((week.monday.to_string(), week.number, week.working_days), ("2026-06-22".into(), 26, 5));
    let of_months: i64 = pool.months.iter().map(|month| month.figures.booked.0).sum();
    let of_tasks: i64 = pool.months.iter().flat_map(|month| &month.tasks).map(|task| task.hours.0).sum();
    assert_eq!(
        (of_months, of_tasks),
        (pool.total.booked.0, pool.total.booked.0),
        "every figure has its tasks"
    );
    insta::assert_snapshot!("hours_of_a_year", serde_json::to_string_pretty(&shown(&load)).expect("JSON"));
}

/// Without ids, which are new each time.
fn shown(load: &CommunityLoad) -> serde_json::Value {
    let mut shown = serde_json::to_value(load).expect("JSON");
    for month in shown["pools"][0]["months"].as_array_mut().expect("months") {
        for task in month["tasks"].as_array_mut().expect("tasks") {
            task["request"] = json!("—");
        }
    }
    let months = shown["pools"][0]["months"].as_array_mut().expect("months");
    months.drain(..4);
    months.truncate(3);
    shown
}

async fn the_next_quarter_is_forecast_by_source(mut desk: Desk) {
    has_a_station(&desk, "1").await;
    let booked = desk.files("health", purchase(), &[1, 2]).await;
    is_admitted(&mut desk, booked).await;
    let mut large = purchase();
    large["work"][0]["minutes_per_unit"] = json!("60");
    large["offer"]["amount"] = json!("30000.00");
    let filed = desk.files("health", large, &[1]).await;
    desk.does("health", filed, Command::Submit).await;
    let mut half_year = duty();
    half_year["term"] = json!("periodic");
    half_year["ends_on"] = json!("2026-08-31");
    let periodic = desk.files("health", half_year, &[2]).await;
    is_admitted(&mut desk, periodic).await;
    let quarter = workflow::forecast::Quarter::parse("2026Q3").expect("a quarter");
    let forecast = desk.engine.forecast(Some("420202"), quarter).await.expect("a forecast");
    let row = |row: &engine::ForecastRow| {
        let place = format!("{} {} {}", row.code, row.pool, row.month);
        let sources = [row.booked, row.publication, row.review, row.renewal, row.season];
        let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
        format!("{place}: {} = {} of {}, over {}", sources.join(" + "), row.total, row.capacity, row.over)
    };
    let rows: Vec<String> = forecast.rows.iter().map(row).collect();
    insta::assert_snapshot!("hours_forecast", rows.join("\n"));
    let fullest = &forecast.rows[0];
    assert_eq!(fullest.lines.len(), 2, "every figure names its tasks");
    let elsewhere = desk.engine.forecast(Some("420203"), quarter).await.expect("a forecast");
    assert_eq!(elsewhere.rows.len(), 3, "one community, one pool, three months");
}
