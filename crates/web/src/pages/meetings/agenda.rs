//! The cases that an agenda can take: those on it first, in their order, then all others that are ripe.

use engine::RipeCase;
use workflow::meeting::{Case, Meeting, Ripe};
use workflow::request::{Moment, Request};

use crate::pages::actions::{Fields, written};
use crate::pages::chips::Limit;
use crate::tongue::Tongue;

/// A case with the place and the time that it has or could have.
pub(super) struct Offered {
    pub(super) id: String,
    pub(super) to: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) department: String,
    pub(super) price: String,
    pub(super) ripe: &'static str,
    pub(super) limit: Option<Limit>,
    /// Number of the meeting that carried it over.
    pub(super) carried: Option<String>,
    /// Its place on the agenda, empty while it has none.
    pub(super) place: String,
    pub(super) minutes: String,
}

impl Offered {
    pub(super) fn all(ripe: &[RipeCase], meeting: &Meeting, by: (&Moment<'_>, Tongue)) -> Vec<Offered> {
        let place = |case: &RipeCase| meeting.agenda.iter().position(|one| one.request == case.request.id);
        let mut sorted: Vec<(Option<usize>, &RipeCase)> =
            ripe.iter().map(|case| (place(case), case)).collect();
        sorted.sort_by_key(|(place, case)| {
            (place.is_none(), *place, case.carried_over_from.is_none(), case.request.id)
        });
        let line = |(place, case): (Option<usize>, &RipeCase)| {
            let on_agenda = place.and_then(|place| meeting.agenda.get(place).map(|one| (place, one)));
            Offered::of((&case.request, case.ripe), (on_agenda, case.carried_over_from.clone()), by)
        };
        sorted.into_iter().map(line).collect()
    }

    /// As somebody has written it.
    pub(super) fn fill(&mut self, fields: &Fields) {
        written(fields, &format!("place.{}", self.id)).clone_into(&mut self.place);
        written(fields, &format!("minutes.{}", self.id)).clone_into(&mut self.minutes);
    }

    fn of(
        (request, ripe): (&Request, Ripe),
        (on_agenda, carried): (Option<(usize, &Case)>, Option<String>),
        (moment, tongue): (&Moment<'_>, Tongue),
    ) -> Offered {
        let department = request.application.department.as_ref().map(|one| one.name.clone());
        Offered {
            id: request.id.to_string(),
            to: format!("/requests/{}/decide", request.id),
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            department: department.unwrap_or_default(),
            price: request.price().for_people(),
            ripe: ripe.name(tongue.0),
            limit: Limit::of(request, moment, tongue),
            carried,
            place: on_agenda.map(|(place, _)| (place + 1).to_string()).unwrap_or_default(),
            minutes: on_agenda.map(|(_, case)| case.minutes.to_string()).unwrap_or_default(),
        }
    }
}
