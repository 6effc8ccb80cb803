//! The year's end (年终结转): what is free on a source of a year that is over is carried over or lapses. Escrows stay
//! with their requests; what comes back later is swept by the next run, and a run that finds nothing does nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde::Serialize;
use store::{SpecialFund, StoreError};
use workflow::actor::Actor;
use workflow::budget::{CarryOver, Closing, Figures, figures};
use workflow::decide::DecideError;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::parameters::MoneyParameters;

use super::Act;
use crate::Engine;
use crate::error::EngineError;

/// What a close has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Closed {
    /// Sources on which something was free.
    pub sources: usize,
    pub carried_over: Fen,
    pub lapsed: Fen,
}

impl Engine {
    /// Closes a year of the actor's district. Without `rule` the parameters say what is carried over; a special fund is
    /// carried over as long as its years last.
    ///
    /// # Errors
    /// `NotYetDue` before the year is over; `Conflict` if money moved meanwhile.
    pub async fn close_year(
        &self,
        actor: &Actor,
        year: i32,
        rule: Option<CarryOver>,
        now: DateTime<Utc>,
    ) -> Result<Closed, EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::CarryOver, now)?.noting("year", year);
        let begins = NaiveDate::from_ymd_opt(year + 1, 1, 1).ok_or(StoreError::NotFound("year"))?;
        if self.year_of(now) <= year {
            return Err(DecideError::NotYetDue { on: begins }.into());
        }
        let district = act.person.district;
        let tx = self.store.begin().await?;
        let reader = tx.reader();
        let so_far = figures(&reader.flows(Some(district), None).await?);
        let at_year_end = figures(&reader.flows(Some(district), Some(self.start_of(begins))).await?);
        let funds = reader.special_funds(district).await?;
        let content = self.content();
        let rules = Rules { chosen: rule, money: &content.rules.parameters().money, funds: &funds };
        let postings = closings(year, so_far, &at_year_end, &rules);
        let postings: Vec<Posting> =
            postings.iter().flat_map(|closing| closing.postings(act.treasury())).collect();
        let closed = Closed::of(&postings);
        if postings.is_empty() {
            self.commit(tx, now, &closed).await?;
            return Ok(closed);
        }
        let act = act.noting("carried_over", closed.carried_over.to_string());
        let act = act.noting("lapsed", closed.lapsed.to_string());
        match act.write(&tx, district, &postings).await {
            Err(EngineError::Store(StoreError::FundsShort)) => return Err(StoreError::Conflict.into()),
            written => written?,
        };
        self.commit(tx, now, &closed).await?;
        Ok(closed)
    }

    /// The first moment of a day in the jurisdiction.
    #[must_use]
    pub fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let offset = self.content().rules.parameters().jurisdiction.offset();
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        offset.from_local_datetime(&midnight).single().map_or(DateTime::<Utc>::MAX_UTC, |at| at.to_utc())
    }
}

/// What decides between carrying over and lapsing.
struct Rules<'a> {
    chosen: Option<CarryOver>,
    money: &'a MoneyParameters,
    funds: &'a [SpecialFund],
}

impl Rules<'_> {
    fn of(&self, source: Account) -> CarryOver {
        match source {
            Account::SpecialFund { fund, year } => {
                let lasts = self.funds.iter().any(|known| known.id == fund && year < known.last_year);
                if lasts { CarryOver::All } else { CarryOver::Nothing }
            }
            Account::Contingency { .. } => self.chosen.unwrap_or(self.money.contingency_carry_over),
            _ => self.chosen.unwrap_or(self.money.carry_over),
        }
    }
}

fn closings(
    year: i32,
    so_far: BTreeMap<Account, Figures>,
    at_year_end: &BTreeMap<Account, Figures>,
    rules: &Rules<'_>,
) -> Vec<Closing> {
    let of_year = so_far.into_iter().filter(|(source, _)| source.year() == Some(year));
    let closing = |(source, figures): (Account, Figures)| {
        let before = at_year_end.get(&source).map_or(Fen::ZERO, |before| before.returned);
        let came_back_late = figures.returned - before;
        Closing { source, figures, came_back_late, rule: rules.of(source) }
    };
    of_year.map(closing).collect()
}

impl Closed {
    fn of(postings: &[Posting]) -> Closed {
        let sum = |purpose: Purpose| {
            postings.iter().filter(|posting| posting.purpose == purpose).map(|posting| posting.amount).sum()
        };
        let mut sources: Vec<Account> = postings.iter().map(|posting| posting.credit).collect();
        sources.dedup();
        Closed { sources: sources.len(), carried_over: sum(Purpose::CarryOver), lapsed: sum(Purpose::Lapse) }
    }
}
