//! The running limits as a list: whose step it is, until when, and what is left. It only reads.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Serialize;
use store::{OrganisationKind, Scope, StoreError, Worker};
use workflow::actor::Role;
use workflow::card::{CardStage, Colour};
use workflow::deadline::{Deadline, LimitKind, beside, deadline};
use workflow::id::RequestId;
use workflow::language::Bilingual;
use workflow::notice::Audience;
use workflow::reminders::{self, Escalation, Level};
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::Engine;
use crate::error::EngineError;
use crate::limits::{Failed, running, unreadable_request};

/// One running limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LimitLine {
    pub request: RequestId,
    pub number: String,
    pub title: String,
    pub stage: StageKind,
    /// What is limited: the stage's step, or something beside it.
    pub kind: LimitKind,
    /// Code of the community whose answer it is.
    pub community: Option<String>,
    pub whose: Role,
    pub due: NaiveDate,
    pub provisional: bool,
    /// Working days, negative once it has passed.
    pub days_left: i64,
    pub is_late: bool,
    pub left: Bilingual,
    /// The gravest card of the step that stands.
    pub card: Option<Colour>,
}

/// All running limits of a day, the nearest first, and the requests that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Limits {
    pub limits: Vec<LimitLine>,
    pub unreadable: Vec<Failed>,
}

/// A configured escalation with who carries it out and whom it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EscalationLine {
    #[serde(flatten)]
    pub escalation: Escalation,
    /// Districts in which it would reach nobody.
    pub reaches_nobody_in: Vec<String>,
}

impl EscalationLine {
    /// Says who carries it out.
    pub(crate) fn log(&self) {
        let Escalation { whose, after, to, executor } = self.escalation;
        let days = after.0;
        tracing::info!(%whose, days, %to, %executor, "a configured escalation");
    }

    pub(crate) fn warn(&self) {
        let districts = self.reaches_nobody_in.join(", ");
        tracing::warn!(whose = %self.escalation.whose, to = %self.escalation.to, %districts, "it reaches nobody");
    }
}

impl Engine {
    /// All running limits.
    ///
    /// # Errors
    /// What the database says; a request that cannot be read is listed and stops nothing.
    pub async fn limits(&self, now: DateTime<Utc>) -> Result<Limits, EngineError> {
        let requests = self.store.reader().requests_in(&running()).await?;
        self.listed(requests, now).await
    }

    /// The running limits of what a scope shows.
    ///
    /// # Errors
    /// As [`Engine::limits`].
    pub async fn limits_within(&self, scope: Scope, now: DateTime<Utc>) -> Result<Limits, EngineError> {
        let requests = self.store.reader().requests_of(scope, &running()).await?;
        self.listed(requests, now).await
    }

    /// The limits as they ran at the end of a day: requests, calendar and cards of then.
    ///
    /// # Errors
    /// As [`Engine::limits`]; a history that cannot be folded is listed.
    pub async fn limits_as_of(&self, day: NaiveDate) -> Result<Limits, EngineError> {
        self.limits_within_as_of(Scope::Everything, day).await
    }

    /// The same of what a scope shows.
    ///
    /// # Errors
    /// As [`Engine::limits_as_of`].
    pub async fn limits_within_as_of(&self, scope: Scope, day: NaiveDate) -> Result<Limits, EngineError> {
        let next = day.succ_opt().ok_or_else(|| EngineError::Broken(format!("`{day}` is too late")))?;
        let at = self.start_of(next) - Duration::microseconds(1);
        let requests = self.store.reader().requests_as_of(scope, at, &running()).await?;
        self.listed(requests, at).await
    }

    async fn listed(
        &self,
        requests: Vec<Result<Request, StoreError>>,
        at: DateTime<Utc>,
    ) -> Result<Limits, EngineError> {
        let content = self.content();
        let calendar = content.calendar_at(at);
        let moment = Moment { now: at, calendar: &calendar, parameters: content.rules.parameters() };
        let mut list = Limits::default();
        for request in requests {
            match request {
                Ok(request) => list.limits.extend(lines(&request, &moment)),
                Err(error) => list.unreadable.push(unreadable_request(&error)),
            }
        }
        self.add_cards(&mut list.limits, moment.today()).await?;
        list.limits.sort_by(|one, other| (one.due, &one.number).cmp(&(other.due, &other.number)));
        Ok(list)
    }

    async fn add_cards(&self, lines: &mut [LimitLine], on: NaiveDate) -> Result<(), EngineError> {
        let late: Vec<RequestId> =
            lines.iter().filter(|line| line.is_late).map(|line| line.request).collect();
        let mut cards: BTreeMap<(RequestId, StageKind), Colour> = BTreeMap::new();
        for card in self.store.reader().cards_of(&late).await? {
            let cancelled = matches!(&card.stage, CardStage::Cancelled { on: then, .. } if *then <= on);
            if card.given_on <= on && !cancelled {
                let gravest = cards.entry((card.request, card.step)).or_insert(card.colour);
                *gravest = card.colour.max(*gravest);
            }
        }
        for line in lines.iter_mut().filter(|line| line.is_late && line.kind == LimitKind::Step) {
            line.card = cards.get(&(line.request, line.stage)).copied();
        }
        Ok(())
    }

    /// Every configured escalation with its executor, and where it would reach nobody.
    ///
    /// # Errors
    /// What the database says.
    pub async fn escalations(&self) -> Result<Vec<EscalationLine>, EngineError> {
        let reader = self.store.reader();
        let tree = reader.organisations().await?;
        let people = reader.everyone().await?;
        let districts: Vec<_> = tree.iter().filter(|o| o.kind == OrganisationKind::District).collect();
        let content = self.content();
        let configured = content.rules.parameters().reminders.escalations.iter();
        let line = |escalation: &Escalation| {
            let nobody = districts.iter().filter(|district| {
                let city = district.parent.unwrap_or(district.id);
                let to = reminders::overseers(escalation.to, district.id, city);
                escalation.to != Level::Department && !people.iter().any(|worker| is_meant(worker, &to))
            });
            let reaches_nobody_in = nobody.map(|district| district.name.clone()).collect();
            EscalationLine { escalation: *escalation, reaches_nobody_in }
        };
        Ok(configured.map(line).collect())
    }
}

fn is_meant(worker: &Worker, audiences: &[Audience]) -> bool {
    audiences.iter().any(|audience| {
        matches!(audience, Audience::District { district, role }
            if worker.person.district == *district && worker.person.roles.contains(role))
    })
}

/// The step's limit, and what runs beside it.
fn lines(request: &Request, moment: &Moment<'_>) -> Vec<LimitLine> {
    let step = deadline(request, moment).map(|deadline| (LimitKind::Step, None, deadline));
    let beside = beside(request, moment).into_iter().map(|one| {
        let community = one.assignment.map(|assignment| assignment.code.clone());
        (one.kind, community, one.deadline)
    });
    step.into_iter().chain(beside).map(|limit| line(request, limit, moment)).collect()
}

fn line(
    request: &Request,
    (kind, community, deadline): (LimitKind, Option<String>, Deadline),
    moment: &Moment<'_>,
) -> LimitLine {
    let (calendar, today) = (moment.calendar, moment.today());
    LimitLine {
        request: request.id,
        number: request.number().to_owned(),
        title: request.title().to_owned(),
        stage: request.stage.kind(),
        kind,
        community,
        whose: deadline.role,
        due: deadline.due,
        provisional: deadline.provisional,
        days_left: calendar.days_left(today, deadline.due),
        is_late: today > deadline.due,
        left: reminders::left(calendar, today, deadline.due),
        card: None,
    }
}
