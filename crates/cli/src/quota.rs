//! A community's hours: what its pools can do, what is booked by month, year and fullest week, and the tasks behind it.

use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::{Args, Subcommand};
use engine::{CommunityLoad, Engine, Figures, ForecastRow, MonthLoad, PoolLoad, TaskHours};
use workflow::calendar::{Month, read_day};
use workflow::forecast::{Quarter, Source};
use workflow::hours::Centihours;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct QuotaOptions {
    #[command(subcommand)]
    task: Option<QuotaTask>,
    /// Code of the community
    #[arg(required = true)]
    community: Option<String>,
    #[arg(long)]
    year: Option<i32>,
    /// Only this month, with every task behind its figures
    #[arg(long, value_parser = Month::parse)]
    month: Option<Month>,
    /// As it was booked at the end of this day
    #[arg(long, value_parser = day)]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, Subcommand)]
enum QuotaTask {
    /// The next quarter's load by source: booked, filed, renewals and what came back last year; the fullest month first
    Forecast {
        /// Code of the district, or `all`
        #[arg(long)]
        district: String,
        /// Such as 2026Q3; the next one without it
        #[arg(long, value_parser = Quarter::parse)]
        quarter: Option<Quarter>,
        /// How many months of communities are shown
        #[arg(long, default_value_t = 30)]
        rows: usize,
    },
}

fn day(text: &str) -> Result<NaiveDate, String> {
    read_day(text).ok_or_else(|| format!("`{text}` is no day such as 2026-05-06"))
}

pub(crate) async fn run(common: &Common, options: QuotaOptions) -> Result<ExitCode, Failure> {
    let QuotaOptions { task, community, year, month, as_of } = options;
    let engine = open::engine(common).await?;
    if let Some(QuotaTask::Forecast { district, quarter, rows }) = task {
        let quarter = quarter.unwrap_or_else(|| Quarter::after(clock::now().date_naive()));
        return forecast(common, &engine, (&district, quarter), rows).await;
    }
    let community = community.unwrap_or_default();
    let year = month.map(|month| month.first().year()).or(year).unwrap_or_else(|| clock::now().year());
    let mut load = engine.load(&community, year, as_of).await?;
    if let Some(wanted) = month {
        load.pools.iter_mut().for_each(|pool| pool.months.retain(|row| row.month == wanted));
    }
    match (common.json, month) {
        (true, _) => print::json(&load)?,
        (false, None) => show(common, &load)?,
        (false, Some(_)) => show_month(common, &load)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A community's year, for people.
pub(crate) async fn show_year(
    common: &Common,
    engine: &Engine,
    code: &str,
    year: i32,
) -> Result<(), Failure> {
    show(common, &engine.load(code, year, None).await?)
}

fn show(common: &Common, load: &CommunityLoad) -> Result<(), Failure> {
    let as_of = load.as_of.map(|day| format!(" · {} {day}", common.say("截至", "as of"))).unwrap_or_default();
    print::line(format!("{} {} · {}{as_of}", load.name, load.code, load.year))?;
    for pool in &load.pools {
        print::line(format!("\n{}", pool.pool.name(common.language())))?;
        print::line(year_table(common, pool))?;
        print::line(peak(common, pool))?;
    }
    Ok(())
}

fn year_table(common: &Common, pool: &PoolLoad) -> String {
    let heading = [
        common.say("月份", "month"),
        common.say("可承接小时", "capacity"),
        common.say("自留", "reserve"),
        common.say("已占用", "booked"),
        common.say("强制", "forced"),
        common.say("可用", "free"),
        common.say("负荷", "load"),
        common.say("事项", "tasks"),
    ];
    let months = pool.months.iter().map(|month| {
        let name = match month.provisional {
            true => format!("{} {}", month.month, common.say("暂定", "provisional")),
            false => month.month.to_string(),
        };
        figures(name, &month.figures, named(&month.tasks))
    });
    let total = figures(common.say("全年", "year").to_owned(), &pool.total, String::new());
    print::table(&heading, &[1, 2, 3, 4, 5], months.chain([total]).collect())
}

fn figures(name: String, figures: &Figures, tasks: String) -> Vec<String> {
    let Figures { capacity, reserve, booked, forced, free: _, over: _ } = *figures;
    vec![
        name,
        capacity.to_string(),
        reserve.to_string(),
        booked.to_string(),
        forced.to_string(),
        Centihours(capacity.0 - booked.0).to_string(),
        bar(booked, capacity),
        tasks,
    ]
}

/// Ten blocks for a full month; what is over stands behind them.
pub(crate) fn bar(booked: Centihours, capacity: Centihours) -> String {
    let filled = usize::try_from(booked.0 * 10 / capacity.0.max(1)).unwrap_or(0).min(10);
    let filled = if booked.0 > 0 { filled.max(1) } else { filled };
    let over = if booked.0 > capacity.0 { "▶" } else { "" };
    format!("{}{}{over}", "█".repeat(filled), "░".repeat(10 - filled))
}

/// Tasks that a line of the year names; the month shows all.
const NAMED: usize = 3;

fn named(tasks: &[TaskHours]) -> String {
    let number = |task: &TaskHours| task.number.clone().unwrap_or_else(|| task.title.clone());
    let names = tasks.iter().take(NAMED).map(|task| format!("{} {}", number(task), task.hours));
    let more = tasks.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("+{more}"));
    names.chain(more).collect::<Vec<_>>().join("; ")
}

fn peak(common: &Common, pool: &PoolLoad) -> String {
    let Some(week) = pool.peak_week else {
        return common.say("没有占用", "nothing is booked").to_owned();
    };
    let (number, monday, days) = (week.number, week.monday, week.working_days);
    let (hours, each) = (week.hours.rounded(), week.hours_a_day.rounded());
    match common.lang {
        crate::settings::Lang::Zh => {
            format!(
                "最忙的一周：第 {number} 周（{monday} 起），{days} 个工作日 {hours} 小时，每日 {each} 小时"
            )
        }
        crate::settings::Lang::En => {
            format!(
                "fullest week: {number} (from {monday}), {hours} hours in {days} working days, {each} a day"
            )
        }
    }
}

/// One month with every task behind its figures.
fn show_month(common: &Common, load: &CommunityLoad) -> Result<(), Failure> {
    print::line(format!("{} {}", load.name, load.code))?;
    let heading = [
        common.say("申请编号", "number"),
        common.say("事项", "task"),
        common.say("小时", "hours"),
        common.say("强制", "forced"),
    ];
    for (pool, month) in load.pools.iter().flat_map(|pool| pool.months.iter().map(move |month| (pool, month)))
    {
        print::line(format!("\n{} · {}", pool.pool.name(common.language()), said(common, month)))?;
        let row = |task: &TaskHours| {
            let number = task.number.clone().unwrap_or_default();
            vec![number, task.title.clone(), task.hours.to_string(), task.forced.to_string()]
        };
        print::line(print::table(&heading, &[2, 3], month.tasks.iter().map(row).collect()))?;
    }
    Ok(())
}

fn said(common: &Common, month: &MonthLoad) -> String {
    let Figures { capacity, booked, free, over, .. } = month.figures;
    let left = match over {
        Centihours(0) => format!("{} {free}", common.say("可用", "free")),
        over => format!("{} {over}", common.say("超出", "over")),
    };
    let words = (common.say("可承接", "capacity"), common.say("已占用", "booked"));
    let load = bar(booked, capacity);
    format!("{} {load} {} {capacity} · {} {booked} · {left}", month.month, words.0, words.1)
}

async fn forecast(
    common: &Common,
    engine: &Engine,
    (district, quarter): (&str, Quarter),
    most: usize,
) -> Result<ExitCode, Failure> {
    let district = Some(district).filter(|code| *code != "all");
    let forecast = engine.forecast(district, quarter).await?;
    print::unreadable(&forecast.unreadable)?;
    if common.json {
        print::json(&forecast)?;
        return Ok(ExitCode::SUCCESS);
    }
    let language = common.language();
    let sources = Source::ALL.iter().map(|source| source.name(language));
    let place = [
        common.say("社区", "community"),
        common.say("工时池", "pool"),
        common.say("月份", "month"),
        common.say("可承接小时", "capacity"),
    ];
    let ends = [common.say("预计", "expected"), common.say("可用", "free"), common.say("负荷", "load")];
    let heading: Vec<&str> = place.into_iter().chain(sources).chain(ends).collect();
    let rows = forecast.rows.iter().take(most).map(|row| forecast_row(common, row)).collect();
    print::line(format!("{} {quarter}", common.say("工作量预测", "forecast")))?;
    print::line(print::table(&heading, &[3, 4, 5, 6, 7, 8, 9, 10], rows))?;
    let over = forecast.rows.iter().filter(|row| row.over.0 > 0).count();
    let (of, shown) = (forecast.rows.len(), most.min(forecast.rows.len()));
    print::line(match common.lang {
        crate::settings::Lang::Zh => format!("{of} 个社区月中 {over} 个预计超额；列出 {shown} 个"),
        crate::settings::Lang::En => {
            format!("{over} of {of} community months expect too much; {shown} are listed")
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn forecast_row(common: &Common, row: &ForecastRow) -> Vec<String> {
    let figures = [row.booked, row.publication, row.review, row.renewal, row.season, row.total];
    let head = [
        format!("{} {}", row.name, row.code),
        row.pool.name(common.language()).to_owned(),
        row.month.to_string(),
        row.capacity.to_string(),
    ];
    let free = Centihours(row.capacity.0 - row.total.0).to_string();
    let figures = figures.iter().map(ToString::to_string);
    head.into_iter().chain(figures).chain([free, bar(row.total, row.capacity)]).collect()
}
