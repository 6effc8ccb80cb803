//! The load of the communities that a request asks for: capacity, booked, this request, reserve and what is over, month by
//! month, the fullest community first.

use std::collections::BTreeMap;

use engine::Figures;
use workflow::booking::Place;
use workflow::hours::Centihours;
use workflow::request::Request;

use crate::pages::office::charts::{self, Column, Part};
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;

/// One community with its months.
pub(super) struct Loaded {
    pub(super) name: String,
    pub(super) chart: String,
    pub(super) months: Vec<MonthRow>,
    pub(super) is_over: bool,
    /// Hundredths of what can be booked that would be taken in the fullest month.
    pub(super) fullest: i64,
}

/// One month in figures.
pub(super) struct MonthRow {
    pub(super) month: String,
    pub(super) capacity: Centihours,
    pub(super) booked: Centihours,
    pub(super) own: Centihours,
    pub(super) over: Centihours,
    pub(super) reserve: Centihours,
}

/// The communities' months that a request takes hours of.
pub(super) async fn read(
    server: &Server,
    request: &Request,
    names: &BTreeMap<String, String>,
    tongue: Tongue,
) -> Result<Vec<Loaded>, Failed> {
    let Some(assessed) = &request.assessed else { return Ok(Vec::new()) };
    let asked = assessed.hours.iter().filter_map(|row| {
        let target = request.targets.iter().find(|target| target.code == row.code)?;
        let place = Place { community: target.community, pool: assessed.pool(&row.code), month: row.month };
        Some((row.code.clone(), place, row.hours))
    });
    let asked: Vec<_> = asked.collect();
    let places: Vec<Place> = asked.iter().map(|(_, place, _)| *place).collect();
    let figures = server.engine.month_figures(&places).await.tell(tongue)?;
    // Work that goes on already has its hours among what is booked.
    let is_booked = request.stage.kind().is_running();
    let mut communities: BTreeMap<String, Vec<MonthRow>> = BTreeMap::new();
    for ((code, place, own), figures) in asked.into_iter().zip(figures) {
        let row = MonthRow::of(place.month.to_string(), own, figures, is_booked);
        communities.entry(code).or_default().push(row);
    }
    let name = |code: &str| names.get(code).cloned().unwrap_or_else(|| code.to_owned());
    let mut loaded: Vec<Loaded> =
        communities.into_iter().map(|(code, months)| Loaded::of(name(&code), months, tongue)).collect();
    loaded.sort_by(|one, other| other.fullest.cmp(&one.fullest).then_with(|| one.name.cmp(&other.name)));
    Ok(loaded)
}

impl MonthRow {
    fn of(month: String, own: Centihours, figures: Figures, is_booked: bool) -> MonthRow {
        let others = if is_booked { (figures.booked.0 - own.0).max(0) } else { figures.booked.0 };
        MonthRow {
            month,
            capacity: figures.capacity,
            booked: Centihours(others),
            own,
            over: Centihours((others + own.0 - figures.capacity.0).max(0)),
            reserve: figures.reserve,
        }
    }

    fn column(&self, tongue: Tongue) -> Column {
        let fits = Centihours((self.own.0 - self.over.0).max(0));
        let free = Centihours((self.capacity.0 - self.booked.0 - self.own.0).max(0));
        let over = Centihours(self.own.0 - fits.0);
        let part = |class, amount: Centihours, zh, en| Part {
            class,
            amount: amount.0,
            title: format!("{} {} {amount}", self.month, tongue.say(zh, en)),
        };
        let parts = vec![
            part("booked", self.booked, "已占用", "booked"),
            part("own", fits, "本事项", "this matter"),
            part("over", over, "超出", "over"),
            part("free", free, "余", "free"),
            part("reserve", self.reserve, "自留", "reserve"),
        ];
        Column { word: self.month.chars().skip(5).collect(), parts }
    }

    /// Hundredths of the capacity that would be taken, rounded up.
    fn full(&self) -> i64 {
        let capacity = self.capacity.0.max(1);
        ((self.booked.0 + self.own.0) * 100 + capacity - 1) / capacity
    }

    fn tall(&self) -> i64 {
        self.capacity.0.max(self.booked.0 + self.own.0) + self.reserve.0
    }
}

impl Loaded {
    fn of(name: String, months: Vec<MonthRow>, tongue: Tongue) -> Loaded {
        let whole = months.iter().map(MonthRow::tall).max().unwrap_or_default();
        let columns: Vec<Column> = months.iter().map(|month| month.column(tongue)).collect();
        let said = format!("{name}: {}", tongue.say("各月工时", "hours by month"));
        let fullest = months.iter().map(MonthRow::full);
        Loaded {
            chart: charts::columns(&columns, (whole, &said)),
            fullest: fullest.max().unwrap_or_default(),
            is_over: months.iter().any(|month| month.over.0 > 0),
            name,
            months,
        }
    }
}
