//! The calls of web-hooks: queued in the transaction of what they tell, made after its commit, tried again like letters.
//! A call says what has happened to which request, and no more: whoever wants to know it asks with the own rights.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use notifier::{Call, DeliveryError, Secret};
use serde_json::{Value, json};
use store::{Mail, NewLetter, OutboxLetter, Sight, Store, StoreError, Tried, Tx, Webhook, WebhookState};
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::id::{LetterId, OrganisationId, RequestId, WebhookId};
use workflow::letters::LetterHours;
use workflow::request::Decided;

use crate::Engine;
use crate::delivery::{Delivered, broke_off, standing, tried};
use crate::errands::Clock;
use crate::error::EngineError;

/// What a call tells.
struct Told {
    /// `request.submit`, `ping`.
    kind: String,
    data: Value,
    request: Option<RequestId>,
    at: DateTime<Utc>,
}

impl Engine {
    /// Queues the calls of all web-hooks that hear of a step.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn call_webhooks(
        &self,
        tx: &Tx,
        (decided, seq): (&Decided, i64),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let Decided { request, event, .. } = decided;
        let webhooks = tx.reader().webhooks_that_hear(request, event.action).await?;
        let code = event.detail.get("community").and_then(Value::as_str);
        let community = code.and_then(|code| request.assignments.iter().find(|one| one.code == code));
        let hears = |webhook: &&Webhook| {
            // What one community does with its part is no news for the others.
            let is_own = community.is_some_and(|one| one.community == webhook.organisation);
            webhook.sight != Sight::Community || code.is_none() || is_own
        };
        let told = Told {
            kind: format!("request.{}", event.action),
            data: json!({
                "request": request.id, "number": request.number, "seq": seq, "version": request.version,
                "action": event.action, "before": event.before, "after": event.after, "community": code,
            }),
            request: Some(request.id),
            at: event.at,
        };
        let calls =
            webhooks.iter().filter(hears).map(|webhook| call(webhook.id, request.district, &told, now));
        Ok(tx.queue(calls.collect()).await?)
    }

    /// Queues a call that says nothing, for trying a web-hook out.
    ///
    /// # Errors
    /// `NotFound` for somebody else's.
    pub async fn test_webhook(
        &self,
        actor: &Actor,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<Uuid, EngineError> {
        let tx = self.store.begin().await?;
        let webhook = self.own_webhook(&tx.reader(), actor, webhook).await?;
        if webhook.state != WebhookState::Active {
            return Err(StoreError::Conflict.into());
        }
        let data = json!({ "webhook": webhook.id });
        let told = Told { kind: "ping".to_owned(), data, request: None, at: now };
        let call = call(webhook.id, webhook.district, &told, now);
        let id = call.id.0;
        tx.queue(vec![call]).await?;
        self.commit(tx, now, &id).await?;
        self.wake_delivery();
        Ok(id)
    }

    /// Makes the calls that are due, one round.
    ///
    /// # Errors
    /// The outbox could not be read or written; calls that were made meanwhile are made again with the same id.
    pub async fn call(&self, now: DateTime<Utc>) -> Result<Delivered, EngineError> {
        Ok(self.call_round(&standing(now)).await?.unwrap_or_default())
    }

    /// Makes calls until none is due any more.
    ///
    /// # Errors
    /// As [`Engine::call`].
    pub async fn call_all(&self, now: DateTime<Utc>) -> Result<Delivered, EngineError> {
        self.call_all_by(&standing(now)).await
    }

    /// The same by a clock that goes on meanwhile, as letters are delivered.
    ///
    /// # Errors
    /// As [`Engine::call`].
    pub async fn call_all_by(&self, clock: &Clock) -> Result<Delivered, EngineError> {
        let mut all = Delivered::default();
        while let Some(round) = self.call_round(clock).await? {
            all.sent += round.sent;
            all.again += round.again;
            all.dead += round.dead;
            if self.is_stopping() {
                break;
            }
        }
        Ok(all)
    }

    /// None where nothing was due; a round may have been of calls only that were not to be made.
    async fn call_round(&self, clock: &Clock) -> Result<Option<Delivered>, EngineError> {
        let calls = self.claim(Mail::Calls, LetterHours::ALL, clock()).await?;
        if calls.is_empty() {
            return Ok(None);
        }
        let results = self.side_by_side(&calls, clock, |call| {
            make(self.store.clone(), self.caller.clone(), call, Arc::clone(clock))
        });
        let results = results.await;
        Ok(Some(self.note_tries(results).await?))
    }
}

/// Makes a call if its web-hook is active at this moment; else it is left, and noted as the web-hook stands.
async fn make(
    store: Store,
    caller: notifier::Caller,
    letter: OutboxLetter,
    clock: Clock,
) -> (LetterId, Tried) {
    let now = clock();
    let webhook = match webhook_of(&store, &letter).await {
        Ok(webhook) => webhook,
        Err(error) => return (letter.id, tried(Err(error), &letter, now)),
    };
    if webhook.state != WebhookState::Active {
        return (letter.id, Tried::Left { at: now });
    }
    if let Some(dead) = broke_off(&letter) {
        return (letter.id, dead);
    }
    let secrets: Vec<Secret> = store.webhook_secrets(&webhook, now).into_iter().map(Secret).collect();
    let made = match std::str::from_utf8(&letter.bytes) {
        Ok(body) => {
            let call = Call { url: &webhook.url, id: &letter.message_id, body, secrets: &secrets, at: now };
            caller.call(call).await
        }
        Err(error) => Err(DeliveryError::Never(error.to_string())),
    };
    (letter.id, tried(made, &letter, clock()))
}

/// The web-hook of a call, as it is now.
async fn webhook_of(store: &Store, letter: &OutboxLetter) -> Result<Webhook, DeliveryError> {
    let gone = || DeliveryError::Never("there is no such web-hook".to_owned());
    let id = Webhook::of_recipient(&letter.recipient).ok_or_else(gone)?;
    let reader = store.reader();
    match reader.webhook(id).await {
        Ok(webhook) => Ok(webhook),
        Err(StoreError::NotFound(_)) => Err(gone()),
        Err(error) => {
            tracing::error!(%error, "a web-hook could not be looked up");
            Err(DeliveryError::Later("the web-hook could not be looked up".to_owned()))
        }
    }
}

fn call(webhook: WebhookId, district: OrganisationId, told: &Told, now: DateTime<Utc>) -> NewLetter {
    let id = LetterId(Uuid::now_v7());
    let Told { kind, data, request, at } = told;
    let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let body = json!({ "type": kind, "timestamp": at, "data": data });
    NewLetter {
        id,
        district,
        request: *request,
        kind: kind.clone(),
        message_id: format!("msg_{}", id.0.simple()),
        sender: String::new(),
        recipient: Webhook::recipient(webhook),
        subject: kind.clone(),
        bytes: body.to_string().into_bytes(),
        at: now,
        hours: LetterHours::Any,
        step: None,
    }
}
