//! Who held each request how long, and what of it was late: by step of one request, and summed by organisation over a
//! year. Derived from the histories; it only reads.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use store::{EventLine, Organisation, OrganisationKind, Scope, StoreError};
use workflow::actor::Role;
use workflow::calendar::WorkingDays;
use workflow::id::{OrganisationId, RequestId};
use workflow::lateness::{Cause, Held, Loaded, State, held};
use workflow::notice::Audience;
use workflow::request::{Moment, Request};

use crate::Engine;
use crate::content::Content;
use crate::error::EngineError;
use crate::limits::{Failed, unreadable_request};

/// A step of a request with the organisation that held it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldLine {
    #[serde(flatten)]
    pub held: Held,
    /// None where it is no single organisation's: communities together, or the clock.
    pub organisation: Option<String>,
}

/// What an organisation held in a year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PartyLine {
    /// None for communities and for the clock.
    pub organisation: Option<String>,
    pub whose: Option<Role>,
    pub steps: u32,
    /// Working days of all steps together.
    pub days: u32,
    pub late_steps: u32,
    /// Working days after the limits, by who or what answers for them.
    pub late_days: BTreeMap<&'static str, u32>,
}

/// The sums of a year, whoever was late longest first, and the histories that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Parties {
    pub parties: Vec<PartyLine>,
    pub unreadable: Vec<Failed>,
}

impl Engine {
    /// Every step of a request that had a limit, oldest first.
    ///
    /// # Errors
    /// `NotFound` outside the scope; a history that cannot be folded.
    pub async fn held(
        &self,
        request: RequestId,
        scope: Scope,
        now: DateTime<Utc>,
    ) -> Result<Vec<HeldLine>, EngineError> {
        let reader = self.reader();
        let today = reader.request(request, scope).await?;
        let holders = Holders::read(self).await?;
        let (content, history) = (self.content(), reader.history(request).await?);
        let (held, _) = held_in(&content, &history, now)?;
        let line = |held: Held| HeldLine {
            organisation: holders.of(&today, held.whose).map(|one| one.name.clone()),
            held,
        };
        Ok(held.into_iter().map(line).collect())
    }

    /// Who held how long, over the steps that began in a year.
    ///
    /// # Errors
    /// What the database says; a history that cannot be read is listed and stops nothing.
    pub async fn parties(&self, scope: Scope, year: i32, now: DateTime<Utc>) -> Result<Parties, EngineError> {
        let (content, holders) = (self.content(), Holders::read(self).await?);
        let mut sums: BTreeMap<(Option<OrganisationId>, Option<Role>), PartyLine> = BTreeMap::new();
        let mut found = Parties::default();
        for (id, history) in self.reader().histories_until(scope, now).await? {
            let (held, request) = match held_in(&content, &history, now) {
                Ok(found) => found,
                Err(error) => {
                    found
                        .unreadable
                        .push(Failed { request: Some(RequestId(id)), ..unreadable_request(&error) });
                    continue;
                }
            };
            for step in held.iter().filter(|step| step.begun_on.year() == year) {
                let holder = holders.of(&request, step.whose);
                let whose = holder.is_none().then_some(step.whose);
                let sum = sums.entry((holder.map(|one| one.id), whose)).or_default();
                sum.organisation = holder.map(|one| one.name.clone());
                sum.whose = whose;
                sum.add(step);
            }
        }
        found.parties = sums.into_values().collect();
        let late = |line: &PartyLine| line.late_days.values().sum::<u32>();
        found.parties.sort_by_key(|line| std::cmp::Reverse((late(line), line.days)));
        Ok(found)
    }
}

impl PartyLine {
    fn add(&mut self, step: &Held) {
        self.steps += 1;
        self.days += step.days.0;
        // Done on a day without work right after the limit, it has cost nobody a working day.
        if let Some(late) = step.late.as_ref().filter(|late| late.days.0 > 0) {
            let WorkingDays(days) = late.days;
            self.late_steps += 1;
            *self.late_days.entry(Cause::word(late.cause)).or_default() += days;
        }
    }
}

/// The steps of a history, and the request as it ends.
fn held_in(
    content: &Content,
    history: &[EventLine],
    now: DateTime<Utc>,
) -> Result<(Vec<Held>, Request), StoreError> {
    let parameters = content.rules.parameters();
    let moment = Moment { now, calendar: &content.calendar, parameters };
    let day = |at: DateTime<Utc>| at.with_timezone(&parameters.jurisdiction.offset()).date_naive();
    let mut states = store::states(history)?;
    let seen: Vec<State<'_>> =
        states.iter().map(|(at, request)| State { since: day(*at), request }).collect();
    let held = held(&seen, &loads(content), &moment);
    let (_, request) = states.pop().ok_or(StoreError::NotFound("request"))?;
    Ok((held, request))
}

/// The calendars with the days from which they counted.
pub(crate) fn loads(content: &Content) -> Vec<Loaded<'_>> {
    let offset = content.rules.parameters().jurisdiction.offset();
    let day = |at: &DateTime<Utc>| -> NaiveDate { at.with_timezone(&offset).date_naive() };
    content.loads.iter().map(|(at, calendar)| Loaded { from: day(at), calendar }).collect()
}

/// Who holds the steps of which role.
struct Holders {
    organisations: BTreeMap<OrganisationId, Organisation>,
    /// By district.
    offices: BTreeMap<OrganisationId, OrganisationId>,
    treasuries: BTreeMap<OrganisationId, OrganisationId>,
}

impl Holders {
    async fn read(engine: &Engine) -> Result<Holders, EngineError> {
        let all = engine.reader().organisations().await?;
        let offices = all.iter().filter(|one| one.kind == OrganisationKind::Office);
        let offices: BTreeMap<_, _> = offices.map(|one| (one.district, one.id)).collect();
        let districts: Vec<OrganisationId> = offices.keys().copied().collect();
        let of = |district: &OrganisationId| Audience::District { district: *district, role: Role::Finance };
        let audiences: Vec<Audience> = districts.iter().map(of).collect();
        let people = engine.reader().recipients(&audiences).await?;
        let place = |(district, workers): (OrganisationId, Vec<store::Worker>)| {
            Some((district, workers.into_iter().map(|worker| worker.person.organisation).min()?))
        };
        let treasuries = districts.into_iter().zip(people).filter_map(place).collect();
        Ok(Holders { organisations: all.into_iter().map(|one| (one.id, one)).collect(), offices, treasuries })
    }

    /// The organisation that holds a request's step; none where communities together or the clock do.
    fn of(&self, request: &Request, whose: Role) -> Option<&Organisation> {
        let id = match whose {
            Role::Submitter => Some(&request.department),
            Role::Reviewer | Role::Approver => self.offices.get(&request.district),
            Role::Finance => self.treasuries.get(&request.district),
            _ => None,
        };
        self.organisations.get(id?)
    }
}
