//! Web-hooks (网络回调): made by a person for the own organisation, with that person's own sight; paused, given a new secret,
//! tried out, ended. Each change is an event in the organisation's chain. The administrator of security sees those of the
//! district and may end them.

mod calls;
mod makers;

use chrono::{DateTime, Duration, Utc};
use notifier::Secret;
use serde_json::{Value, json};
use store::{LetterList, LetterScope, LetterState, Sight, StoreError, Tx, Webhook, WebhookState};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::actor::{Actor, Person, Role};
use workflow::decide::DecideError;
use workflow::facts::Fault;
use workflow::id::WebhookId;
use workflow::words;

use crate::Engine;
use crate::error::{EngineError, name_length};
use crate::oversight::By;
use crate::postroom::note;

words! {
    /// What is done with web-hooks by hand.
    WebhookDeed {
        Make = "make_webhook", "设置网络回调", "make a web-hook";
        Pause = "pause_webhook", "暂停网络回调", "pause a web-hook";
        Resume = "resume_webhook", "恢复网络回调", "resume a web-hook";
        Rotate = "rotate_webhook", "更换回调密钥", "give a web-hook a new secret";
        End = "end_webhook", "删除网络回调", "delete a web-hook";
        Retry = "retry_calls", "重发回调", "retry calls";
    }
}

/// A web-hook that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// What it is for, in the words of its maker.
    pub name: String,
    pub url: String,
    /// The actions that it hears of.
    pub kinds: Vec<ActionKind>,
}

/// Web-hooks of one organisation that have not ended.
const MOST: usize = 20;
/// Characters of a name.
const LONGEST_NAME: usize = 100;
/// How long the secret before a new one signs, too.
const FORMER: Duration = Duration::days(1);

impl Engine {
    /// Makes a web-hook of the actor's own organisation, and gives its secret, which is shown this once.
    ///
    /// # Errors
    /// Name, address or kinds are none; there are too many already; the account was closed meanwhile.
    pub async fn make_webhook(
        &self,
        actor: &Actor,
        new: NewWebhook,
        now: DateTime<Utc>,
    ) -> Result<(Webhook, String), EngineError> {
        let Actor::Person(person) = actor else { return Err(DecideError::NotYours.into()) };
        let NewWebhook { name, url, mut kinds } = new;
        let name = name.trim().to_owned();
        kinds.sort_unstable();
        kinds.dedup();
        let faults = self.faults(&name, &url, &kinds);
        if !faults.is_empty() {
            return Err(EngineError::Malformed(faults));
        }
        let tx = self.store.begin().await?;
        let person = &self.answers_for_it(&tx, person).await?;
        if tx.reader().webhooks(Some(person.organisation)).await?.len() >= MOST {
            let zh = format!("一个机构最多有 {MOST} 个回调，请先删除一个");
            let en = format!("an organisation has {MOST} web-hooks at most; delete one first");
            return Err(EngineError::Malformed(vec![Fault::new("", (zh, en))]));
        }
        let webhook = Webhook {
            id: WebhookId(Uuid::now_v7()),
            district: person.district,
            organisation: person.organisation,
            sight: self.own_sight(person),
            name,
            url,
            kinds,
            state: WebhookState::Active,
            generation: 1,
            former_until: None,
            made_by: Some(person.user),
            made_at: now,
        };
        tx.add_webhook(&webhook).await?;
        note(&tx, webhook.organisation, (WebhookDeed::Make.word(), named(&webhook)), (actor, now)).await?;
        let secret = self.newest_secret(&webhook, now);
        let made = (webhook, secret);
        self.commit(tx, now, &made).await?;
        Ok(made)
    }

    fn faults(&self, name: &str, url: &str, kinds: &[ActionKind]) -> Vec<Fault> {
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            faults.push(Fault::new("/name", name_length(LONGEST_NAME)));
        }
        if let Err(error) = self.caller.check(url) {
            faults.push(Fault::new("/url", error));
        }
        if kinds.is_empty() {
            let said = ("请至少选择一个要通知的事项", "choose at least one event that it is to hear of");
            faults.push(Fault::new("/kinds", said));
        }
        faults
    }

    /// The web-hooks that an actor looks after: those of the own organisation with the same sight, and for the administrator
    /// of security those of the district. The system sees all.
    ///
    /// # Errors
    /// What the database says.
    pub async fn webhooks(&self, actor: &Actor) -> Result<Vec<Webhook>, EngineError> {
        let Actor::Person(person) = actor else { return Ok(self.reader().webhooks(None).await?) };
        let place = match person.roles.contains(&Role::Security) {
            true => None,
            false => Some(person.organisation),
        };
        let mut all = self.reader().webhooks(place).await?;
        all.retain(|webhook| self.owns_webhook(actor, webhook) || self.guards_webhook(actor, webhook));
        Ok(all)
    }

    /// One web-hook that an actor looks after.
    ///
    /// # Errors
    /// `NotFound` for somebody else's, and where it has ended.
    pub async fn webhook(&self, actor: &Actor, webhook: WebhookId) -> Result<Webhook, EngineError> {
        self.guarded_webhook(&self.reader(), actor, webhook).await
    }

    /// Whether a web-hook is of the actor's organisation and sees as far as the actor: who may do with it what there is.
    #[must_use]
    pub fn owns_webhook(&self, actor: &Actor, webhook: &Webhook) -> bool {
        match actor {
            Actor::System => true,
            Actor::Person(person) => {
                webhook.organisation == person.organisation && webhook.sight == self.own_sight(person)
            }
        }
    }

    /// Whether the actor administers the security of the web-hook's district, and may end it.
    fn guards_webhook(&self, actor: &Actor, webhook: &Webhook) -> bool {
        let district = self.administers(actor, &[Role::Security]);
        district.is_ok_and(|district| district.is_none_or(|district| district == webhook.district))
    }

    /// The newest calls of a web-hook, of whatever state.
    ///
    /// # Errors
    /// `NotFound` for somebody else's.
    pub async fn webhook_calls(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        most: u64,
    ) -> Result<LetterList, EngineError> {
        let webhook = self.own_webhook(&self.reader(), actor, webhook).await?;
        let scope = LetterScope::Webhook(webhook.id);
        Ok(self.reader().letter_lines(scope, LetterState::ALL, most).await?)
    }

    /// Lets the dead calls of a web-hook be tried again, from the first try on, and gives their number.
    ///
    /// # Errors
    /// `NotFound` for somebody else's.
    pub async fn retry_calls(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<usize, EngineError> {
        let tx = self.store.begin().await?;
        let webhook = self.own_webhook(&tx.reader(), actor, webhook).await?;
        let revived = tx.revive_letters(LetterScope::Webhook(webhook.id), None, now).await?;
        let calls: Vec<Uuid> = revived.into_values().flatten().collect();
        let mut detail = named(&webhook);
        if let Some(keys) = detail.as_object_mut() {
            keys.insert("calls".to_owned(), json!(calls));
        }
        note(&tx, webhook.organisation, (WebhookDeed::Retry.word(), detail), (actor, now)).await?;
        let number = calls.len();
        self.commit(tx, now, &number).await?;
        self.wake_delivery();
        Ok(number)
    }

    /// Pauses a web-hook: it hears nothing new, and what waits is held.
    ///
    /// # Errors
    /// `NotFound` for somebody else's; `Conflict` where it is not active.
    pub async fn pause_webhook(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<Webhook, EngineError> {
        self.turn(actor, (webhook, WebhookDeed::Pause), now).await
    }

    /// Lets a paused web-hook go on, with what was held.
    ///
    /// # Errors
    /// `NotFound` for somebody else's; `Conflict` where it is not paused.
    pub async fn resume_webhook(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<Webhook, EngineError> {
        self.turn(actor, (webhook, WebhookDeed::Resume), now).await
    }

    /// Ends a web-hook; what waits or is dead never leaves.
    ///
    /// # Errors
    /// `NotFound` for somebody else's, and where it has ended already.
    pub async fn end_webhook(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<Webhook, EngineError> {
        self.turn(actor, (webhook, WebhookDeed::End), now).await
    }

    /// Gives a web-hook a new secret, shown this once; the one before it signs beside it for a day.
    ///
    /// # Errors
    /// `NotFound` for somebody else's.
    pub async fn rotate_webhook(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<(Webhook, String), EngineError> {
        let tx = self.store.begin().await?;
        let webhook = self.turned(&tx, By { actor, now }, (webhook, WebhookDeed::Rotate)).await?;
        let secret = self.newest_secret(&webhook, now);
        let rotated = (webhook, secret);
        self.commit(tx, now, &rotated).await?;
        self.wake_delivery();
        Ok(rotated)
    }

    async fn turn(
        &self,
        actor: &Actor,
        (webhook, deed): (WebhookId, WebhookDeed),
        now: DateTime<Utc>,
    ) -> Result<Webhook, EngineError> {
        let tx = self.store.begin().await?;
        let after = self.turned(&tx, By { actor, now }, (webhook, deed)).await?;
        self.commit(tx, now, &after).await?;
        self.wake_delivery();
        Ok(after)
    }

    /// Turns a web-hook that the actor looks after, in a transaction of the caller.
    async fn turned(
        &self,
        tx: &Tx,
        by: By<'_>,
        (webhook, deed): (WebhookId, WebhookDeed),
    ) -> Result<Webhook, EngineError> {
        let before = match (deed, by.actor) {
            (WebhookDeed::End, actor) => self.guarded_webhook(&tx.reader(), actor, webhook).await?,
            (WebhookDeed::Resume, Actor::Person(person)) => {
                let held = Actor::Person(self.answers_for_it(tx, person).await?);
                self.own_webhook(&tx.reader(), &held, webhook).await?
            }
            (_, actor) => self.own_webhook(&tx.reader(), actor, webhook).await?,
        };
        self.change_webhook(tx, by, (before, deed)).await
    }

    /// Turns a web-hook, whoever looks after it.
    async fn change_webhook(
        &self,
        tx: &Tx,
        By { actor, now }: By<'_>,
        (before, deed): (Webhook, WebhookDeed),
    ) -> Result<Webhook, EngineError> {
        let mut after = before.clone();
        let calls: Option<(&[LetterState], LetterState)> = match (deed, before.state) {
            (WebhookDeed::Pause, WebhookState::Active) => {
                after.state = WebhookState::Paused;
                Some((&[LetterState::Waiting], LetterState::Held))
            }
            (WebhookDeed::Resume, WebhookState::Paused) => {
                after.state = WebhookState::Active;
                after.made_by = actor.user().or(before.made_by);
                Some((&[LetterState::Held], LetterState::Waiting))
            }
            (WebhookDeed::End, WebhookState::Active | WebhookState::Paused) => {
                after.state = WebhookState::Ended;
                let unsent = &[LetterState::Waiting, LetterState::Held, LetterState::Dead];
                Some((unsent, LetterState::Superseded))
            }
            (WebhookDeed::Rotate, WebhookState::Active | WebhookState::Paused) => {
                after.generation += 1;
                after.former_until = Some(now + FORMER);
                None
            }
            _ => return Err(StoreError::Conflict.into()),
        };
        tx.change_webhook(&before, &after).await?;
        if let Some(calls) = calls {
            tx.move_calls(after.id, calls, now).await?;
        }
        note(tx, after.organisation, (deed.word(), named(&after)), (actor, now)).await?;
        Ok(after)
    }

    /// A web-hook that the actor looks after and that has not ended.
    async fn own_webhook(
        &self,
        reader: &store::Reader<'_>,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<Webhook, EngineError> {
        let webhook = self.guarded_webhook(reader, actor, id).await?;
        match self.owns_webhook(actor, &webhook) {
            true => Ok(webhook),
            false => Err(StoreError::NotFound("webhook").into()),
        }
    }

    /// The same, or one whose district's security the actor administers.
    async fn guarded_webhook(
        &self,
        reader: &store::Reader<'_>,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<Webhook, EngineError> {
        let webhook = reader.webhook(id).await?;
        let may = self.owns_webhook(actor, &webhook) || self.guards_webhook(actor, &webhook);
        match may && webhook.state != WebhookState::Ended {
            true => Ok(webhook),
            false => Err(StoreError::NotFound("webhook").into()),
        }
    }

    /// What a person sees by the own roles: those of absent people are lent for a while, a web-hook stays.
    fn own_sight(&self, person: &Person) -> Sight {
        let own = Person { deputises: Vec::new(), ..person.clone() };
        Sight::of(self.scope(&Actor::Person(own)))
    }

    fn newest_secret(&self, webhook: &Webhook, now: DateTime<Utc>) -> String {
        let newest = self.store.webhook_secrets(webhook, now).into_iter().next();
        newest.map(|bytes| Secret(bytes).shown()).unwrap_or_default()
    }
}

fn named(webhook: &Webhook) -> Value {
    json!({ "webhook": webhook.id, "name": webhook.name, "url": webhook.url })
}
