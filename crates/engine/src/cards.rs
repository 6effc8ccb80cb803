//! Yellow and red cards: the sweep gives them, whoever got one may contest it, somebody else decides. Each step is an event
//! on the chain of the carded organisation, in the same transaction as the row and the letters.

use chrono::{DateTime, Utc};
use serde_json::json;
use store::{EventLine, OrganisationKind, Scope, StoreError, Tx};
use uuid::Uuid;
use workflow::actor::{Actor, Role};
use workflow::card::{self, Card, CardAction, CardStage, Colour};
use workflow::id::{CardId, OrganisationId};
use workflow::lateness::{Cause, Late, State, late_step};
use workflow::notice::Audience;
use workflow::request::{Moment, Request};

use crate::Engine;
use crate::error::EngineError;
use crate::lateness::loads;
use crate::letters::About;
use crate::limits::{Failed, Swept, unreadable};
use crate::oversight::each;
use crate::seen::Seen;

impl Engine {
    /// Carries out what a person does to a card.
    ///
    /// # Errors
    /// The card is not within reach, the step is closed or somebody else's, or nothing is said.
    pub async fn act_on_card(
        &self,
        id: Uuid,
        action: CardAction,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Card, EngineError> {
        self.act_on_card_seen((id, Seen::Whatever), action, actor, now).await
    }

    /// The same for whoever has seen the card at a version.
    ///
    /// # Errors
    /// As [`Engine::act_on_card`]; `Stale` if it is at another version.
    pub async fn act_on_card_seen(
        &self,
        (id, seen): (Uuid, Seen),
        action: CardAction,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Card, EngineError> {
        let actor = &self.of_today(actor, now).await?;
        let tx = self.store.begin().await?;
        let card = tx.reader().card(id, self.card_scope(actor)).await?;
        seen.fits(Some(card.version))?;
        let card = self.take_on_card(&tx, (&card, action), actor, now).await?;
        self.commit(tx, now, &card).await?;
        self.wake_delivery();
        Ok(card)
    }

    /// What cards an actor sees: those of the own organisation, or those of the district or city for who oversees it.
    #[must_use]
    pub fn card_scope(&self, actor: &Actor) -> Scope {
        let Actor::Person(person) = actor else { return Scope::Everything };
        let oversees =
            [Role::Reviewer, Role::Approver, Role::Auditor].iter().any(|r| person.roles.contains(r));
        if oversees { self.scope(actor) } else { Scope::Department(person.organisation) }
    }

    /// Gives the cards that the step of a request has earned by now. Gives their number.
    pub(crate) async fn give_cards(
        &self,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<usize, EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let Some(late) = self.late(request, &moment).await? else { return Ok(0) };
        let earned = card::earned(request, &late, &moment);
        if earned.is_empty() {
            return Ok(0);
        }
        let had = self.store.reader().cards_of(&[request.id]).await?;
        let is_had = |colour: Colour| {
            had.iter().any(|c| (c.step, c.begun_on, c.colour) == (late.stage, late.begun_on, colour))
        };
        let mut given = 0;
        for colour in earned.into_iter().filter(|colour| !is_had(*colour)) {
            given += usize::from(self.give_card(request, &late, colour, &moment).await?);
        }
        Ok(given)
    }

    async fn give_card(
        &self,
        request: &Request,
        late: &Late,
        colour: Colour,
        moment: &Moment<'_>,
    ) -> Result<bool, EngineError> {
        let tx = self.store.begin().await?;
        let Some(organisation) = carded(&tx, request, late.cause).await? else { return Ok(false) };
        let card = Card {
            id: CardId(Uuid::now_v7()),
            district: request.district,
            organisation,
            request: request.id,
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            department: request.application.department.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
            step: late.stage,
            begun_on: late.begun_on,
            due: late.due,
            given_on: moment.today(),
            colour,
            cause: late.cause,
            stage: CardStage::Given,
            version: 0,
        };
        if !tx.give_card(&card).await? {
            return Ok(false);
        }
        self.log_and_tell_card(&tx, &card, event(&card, None, &Actor::System, moment.now)).await?;
        tx.commit().await?;
        self.wake_delivery();
        Ok(true)
    }

    /// Sends contests up that nobody has answered in time. What fails is listed and stops nothing else.
    pub(crate) async fn escalate_cards(&self, now: DateTime<Utc>, swept: &mut Swept) {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        for card in each(self.store.reader().contested_cards().await) {
            match card {
                Err(error) => swept.failed.push(unreadable(&error)),
                Ok(card) if card::is_unanswered(&card, &moment) => match self.escalate(&card, now).await {
                    Ok(()) | Err(EngineError::Store(StoreError::Conflict | StoreError::Again)) => {}
                    Err(error) => swept.failed.push(Failed::of("card", card.id, &error)),
                },
                Ok(_) => {}
            }
        }
    }

    async fn escalate(&self, card: &Card, now: DateTime<Utc>) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        self.take_on_card(&tx, (card, CardAction::Escalate), &Actor::System, now).await?;
        Ok(tx.commit().await?)
    }

    async fn take_on_card(
        &self,
        tx: &Tx,
        (card, action): (&Card, CardAction),
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Card, EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let city = self.city_above(tx, card.district).await?;
        let said = action.reason().map(str::to_owned);
        let after = card::decide(card, action, (actor, city), &moment)?;
        tx.keep_card(&after).await?;
        let event =
            EventLine { before: card.stage.kind().word().to_owned(), ..event(&after, said, actor, now) };
        self.log_and_tell_card(tx, &after, event).await?;
        Ok(after)
    }

    async fn log_and_tell_card(&self, tx: &Tx, card: &Card, event: EventLine) -> Result<(), EngineError> {
        let content = self.content();
        let now = event.at;
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        tx.record(card.organisation, event).await?;
        let city = self.city_above(tx, card.district).await?;
        let about = About { district: card.district, request: Some(card.request) };
        self.tell(tx, about, &card::notices(card, city, &moment), now).await
    }

    /// The lateness of the step that runs, with the calendar that was known when it began.
    pub(crate) async fn late(
        &self,
        request: &Request,
        moment: &Moment<'_>,
    ) -> Result<Option<Late>, EngineError> {
        let runs = State { since: moment.today(), request };
        if late_step(runs, None, &[], moment).is_none() {
            return Ok(None);
        }
        let reader = self.store.reader();
        let events = reader.history(request.id).await?;
        let entered = events.iter().rev().find(|event| event.before != event.after);
        let offset = moment.parameters.jurisdiction.offset();
        let since = entered.map_or(moment.today(), |event| event.at.with_timezone(&offset).date_naive());
        let content = self.content();
        Ok(late_step(State { since, request }, None, &loads(&content), moment))
    }
}

/// The organisation that gets the card; none where nobody holds that part in the district.
async fn carded(tx: &Tx, request: &Request, cause: Cause) -> Result<Option<OrganisationId>, EngineError> {
    let reader = tx.reader();
    Ok(match cause {
        Cause::Calendar => None,
        Cause::Department => Some(request.department),
        Cause::Office => {
            let offices = reader.organisations_in(request.district, OrganisationKind::Office).await?;
            offices.first().map(|office| office.id)
        }
        Cause::Money => {
            let finance = Audience::District { district: request.district, role: Role::Finance };
            let people = reader.recipients(&[finance]).await?;
            people.into_iter().flatten().map(|worker| worker.person.organisation).min()
        }
    })
}

/// An event on the chain of the carded organisation; the store fills in its place.
fn event(card: &Card, said: Option<String>, actor: &Actor, at: DateTime<Utc>) -> EventLine {
    let role = actor.roles().first().copied().unwrap_or(Role::System);
    EventLine {
        at,
        person: actor.user().map(|user| user.0),
        role: role.word().to_owned(),
        action: "card".to_owned(),
        after: card.stage.kind().word().to_owned(),
        reason: said,
        detail: json!({
            "card": card.id, "request": card.request, "number": card.number, "colour": card.colour,
            "step": card.step, "begun_on": card.begun_on, "due": card.due, "cause": card.cause,
        })
        .to_string(),
        ..EventLine::default()
    }
}
