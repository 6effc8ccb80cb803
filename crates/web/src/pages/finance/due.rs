//! Payments to come: the first instalment on the day of the start, the middle one at half of the period, the last one when
//! the work is accepted; each with what its communities have not received yet.

use chrono::NaiveDate;
use workflow::deadline::{deadline, middle};
use workflow::ledger::Purpose;
use workflow::money::Fen;
use workflow::request::{Moment, Request};
use workflow::stage::Stage;

use crate::pages::addresses::of_request;
use crate::pages::chips::{Limit, day};
use crate::tongue::Tongue;

/// One payment to come.
pub(super) struct Due {
    pub(super) on: String,
    pub(super) tone: &'static str,
    pub(super) to: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) what: &'static str,
    pub(super) communities: usize,
    pub(super) left: String,
}

impl Due {
    /// The payments of some requests, the nearest first.
    pub(super) fn of(requests: &[Request], moment: &Moment<'_>, tongue: Tongue) -> Vec<Due> {
        let mut all: Vec<(NaiveDate, Purpose, &Request)> = requests
            .iter()
            .filter(|request| request.price() > Fen::ZERO)
            .filter_map(|request| next(request, moment).map(|(on, what)| (on, what, request)))
            .collect();
        all.sort_by_key(|(on, _, request)| (*on, request.id));
        all.into_iter().map(|(on, what, request)| Due::line((on, what), request, (moment, tongue))).collect()
    }

    fn line(
        (on, what): (NaiveDate, Purpose),
        request: &Request,
        (moment, tongue): (&Moment<'_>, Tongue),
    ) -> Due {
        let carried = request.assignments.iter().filter(|one| !one.is_refused());
        let left = match request.assignments.is_empty() {
            true => request.price(),
            false => carried.clone().map(|one| one.price - one.paid).sum(),
        };
        Due {
            on: day(on, tongue),
            tone: Limit::tone((moment.today(), on), moment.calendar),
            to: of_request(&request.id.to_string()),
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            what: what.name(tongue.0),
            communities: if request.assignments.is_empty() { request.targets.len() } else { carried.count() },
            left: left.for_people(),
        }
    }
}

/// The next payment of a request that is funded.
fn next(request: &Request, moment: &Moment<'_>) -> Option<(NaiveDate, Purpose)> {
    match &request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => {
            request.application.starts_on.map(|on| (on, Purpose::FirstInstalment))
        }
        Stage::InForce { middle_paid: false, .. } => {
            middle(request).map(|on| (on, Purpose::MiddleInstalment))
        }
        Stage::InForce { .. } => request.application.ends_on.map(|on| (on, Purpose::FinalInstalment)),
        Stage::Acceptance { .. } => deadline(request, moment).map(|one| (one.due, Purpose::FinalInstalment)),
        _ => None,
    }
}
