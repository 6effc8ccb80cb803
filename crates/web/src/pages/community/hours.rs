//! A community's year of hours for its pages: by pool the gauges of this month and this year.

use chrono::Datelike;
use engine::{CommunityLoad, EngineError, PoolLoad};
use workflow::calendar::Month;

use crate::pages::community::gauge::Gauge;
use crate::server::Server;
use crate::tongue::Tongue;

/// One pool's gauges.
pub(crate) struct PoolHours {
    pub(crate) name: &'static str,
    pub(crate) gauges: Vec<Gauge>,
}

/// The load of a community; none where its size of the year is not known yet.
pub(crate) async fn load(
    server: &Server,
    code: &str,
    year: i32,
) -> Result<Option<CommunityLoad>, EngineError> {
    match server.engine.load(code, year, None).await {
        Err(EngineError::Broken(_)) => Ok(None),
        other => other.map(Some),
    }
}

impl PoolHours {
    /// This month first, then the year.
    pub(crate) fn of(pool: &PoolLoad, month: Month, tongue: Tongue) -> PoolHours {
        let this_month = pool.months.iter().find(|one| one.month == month).map(|one| {
            let name = format!("{} {}", tongue.say("本月", "This month"), month_said(month, tongue));
            Gauge::of(name, one.figures, tongue)
        });
        let year = format!("{} {}", tongue.say("全年", "This year"), month.first().year());
        let gauges = this_month.into_iter().chain([Gauge::of(year, pool.total, tongue)]).collect();
        PoolHours { name: pool.pool.name(tongue.0), gauges }
    }
}

/// `5月` or `May`.
pub(crate) fn month_said(month: Month, tongue: Tongue) -> String {
    month.first().format(tongue.say("%-m月", "%b")).to_string()
}
