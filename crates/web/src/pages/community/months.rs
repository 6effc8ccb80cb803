//! Hours by month and function: a stacked bar and a row of figures for each month, and the tasks behind one figure.

use std::collections::BTreeMap;

use engine::{MonthLoad, PoolLoad, TaskHours};
use workflow::calendar::Month;
use workflow::catalogue::Function;
use workflow::hours::{Centihours, Pool};

use crate::pages::addresses::of_request;
use crate::pages::bars::{Bar, said};
use crate::pages::community::hours::month_said;
use crate::tongue::Tongue;

/// A colour of the chart with what it stands for; 0 is outside the seven functions.
pub(crate) struct FunctionKey {
    pub(crate) number: u8,
    pub(crate) name: &'static str,
}

/// One pool's year by month and function.
pub(crate) struct PoolMonths {
    pub(crate) name: &'static str,
    pub(crate) word: &'static str,
    pub(crate) rows: Vec<MonthRow>,
    pub(crate) peak: Option<String>,
}

/// One month.
pub(crate) struct MonthRow {
    pub(crate) name: String,
    pub(crate) is_provisional: bool,
    pub(crate) bar: Bar,
    /// One for each function that appears in the year.
    pub(crate) cells: Vec<Cell>,
    /// All tasks of the month.
    pub(crate) to: String,
    pub(crate) booked: String,
    pub(crate) forced: Option<String>,
    pub(crate) capacity: String,
    pub(crate) free: String,
    pub(crate) is_over: bool,
}

/// One figure with the way to its tasks.
pub(crate) struct Cell {
    pub(crate) to: String,
    pub(crate) hours: Option<String>,
    pub(crate) is_forced: bool,
}

/// A month, a function and a pool of which the tasks are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) month: Month,
    function: Option<u8>,
    pool: Option<Pool>,
}

/// The tasks behind a figure.
pub(crate) struct Behind {
    pub(crate) title: String,
    pub(crate) tasks: Vec<TaskRow>,
    pub(crate) total: String,
}

/// What one task books there.
pub(crate) struct TaskRow {
    pub(crate) to: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) hours: String,
    pub(crate) forced: Option<String>,
}

fn number_of(task: &TaskHours) -> u8 {
    task.function.unwrap_or(0)
}

fn name_of(number: u8, tongue: Tongue) -> &'static str {
    Function::of_number(number)
        .map_or(tongue.say("七项职能以外", "outside the seven"), |one| one.name(tongue.0))
}

/// The functions that appear anywhere in the year, in the order of the policy; what is outside them comes last.
pub(crate) fn keys(pools: &[PoolLoad], tongue: Tongue) -> Vec<FunctionKey> {
    let tasks = || pools.iter().flat_map(|pool| &pool.months).flat_map(|month| &month.tasks);
    let order = (1..=7).chain([0]);
    let used = order.filter(|number| tasks().any(|task| number_of(task) == *number));
    used.map(|number| FunctionKey { number, name: name_of(number, tongue) }).collect()
}

impl PoolMonths {
    pub(crate) fn of(pool: &PoolLoad, keys: &[FunctionKey], (path, tongue): (&str, Tongue)) -> PoolMonths {
        let fullest =
            pool.months.iter().map(|month| month.figures.capacity.0.max(month.figures.booked.0)).max();
        let scale = Centihours(fullest.unwrap_or(1));
        let row = |month: &MonthLoad| MonthRow::of(month, (pool.pool, scale, keys), (path, tongue));
        let peak = pool.peak_week.map(|week| {
            let (hours, monday) = (said(week.hours.rounded()), week.monday);
            match tongue.0 {
                workflow::language::Language::Chinese => format!("最忙的一周从 {monday} 起：{hours} 小时"),
                workflow::language::Language::English => {
                    format!("the fullest week begins on {monday}: {hours} hours")
                }
            }
        });
        let (name, word) = (pool.pool.name(tongue.0), pool.pool.word());
        PoolMonths { name, word, rows: pool.months.iter().map(row).collect(), peak }
    }
}

impl MonthRow {
    fn of(
        month: &MonthLoad,
        (pool, scale, keys): (Pool, Centihours, &[FunctionKey]),
        (path, tongue): (&str, Tongue),
    ) -> MonthRow {
        let mut sums: BTreeMap<u8, (i64, i64)> = BTreeMap::new();
        for task in &month.tasks {
            let sum = sums.entry(number_of(task)).or_default();
            *sum = (sum.0 + task.hours.0, sum.1 + task.forced.0);
        }
        let mut parts = Vec::new();
        for FunctionKey { number, name } in keys {
            let (hours, forced) = sums.get(number).copied().unwrap_or_default();
            parts.push((format!("f{number}"), (*name).to_owned(), Centihours(hours - forced)));
            let name = format!("{name}{}", tongue.say("（强制）", " (forced)"));
            parts.push((format!("f{number} forced"), name, Centihours(forced)));
        }
        let figures = month.figures;
        parts.push(("free".to_owned(), tongue.say("可用", "free").to_owned(), figures.free));
        let bar = Bar::of(parts, scale);
        let of_month = format!("{path}?month={}&pool={}", month.month, pool.word());
        let cell = |number: u8| {
            let (hours, forced) = sums.get(&number).copied().unwrap_or_default();
            let to = format!("{of_month}&function={number}#behind");
            Cell { to, hours: (hours > 0).then(|| said(Centihours(hours))), is_forced: forced > 0 }
        };
        MonthRow {
            name: month_said(month.month, tongue),
            is_provisional: month.provisional,
            bar: if figures.over.0 > 0 { bar.marked(figures.capacity, scale) } else { bar },
            cells: keys.iter().map(|key| cell(key.number)).collect(),
            to: format!("{of_month}#behind"),
            booked: said(figures.booked),
            forced: (figures.forced.0 > 0).then(|| said(figures.forced)),
            capacity: said(figures.capacity),
            free: said(figures.free),
            is_over: figures.over.0 > 0,
        }
    }
}

impl Wanted {
    pub(crate) fn read(month: Option<&str>, function: Option<u8>, pool: Option<&str>) -> Option<Wanted> {
        let month = Month::parse(month?).ok()?;
        Some(Wanted { month, function, pool: pool.and_then(Pool::from_word) })
    }
}

impl Behind {
    pub(crate) fn of(pools: &[PoolLoad], wanted: Wanted, tongue: Tongue) -> Behind {
        let pools = pools.iter().filter(|pool| wanted.pool.is_none_or(|one| pool.pool == one));
        let months = pools.flat_map(|pool| &pool.months).filter(|month| month.month == wanted.month);
        let tasks = months.flat_map(|month| &month.tasks);
        let tasks = tasks.filter(|task| wanted.function.is_none_or(|number| number_of(task) == number));
        let tasks: Vec<&TaskHours> = tasks.collect();
        let function = wanted.function.map(|number| name_of(number, tongue));
        let pool = wanted.pool.map(|pool| pool.name(tongue.0));
        let month = wanted.month.to_string();
        let title =
            [Some(month.as_str()), pool, function].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Behind {
            title,
            total: said(Centihours(tasks.iter().map(|task| task.hours.0).sum())),
            tasks: tasks.into_iter().map(TaskRow::of).collect(),
        }
    }
}

impl TaskRow {
    fn of(task: &TaskHours) -> TaskRow {
        TaskRow {
            to: of_request(&task.request.to_string()),
            number: task.number.clone().unwrap_or_else(|| "—".to_owned()),
            title: task.title.clone(),
            hours: said(task.hours),
            forced: (task.forced.0 > 0).then(|| said(task.forced)),
        }
    }
}
