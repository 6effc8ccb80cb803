//! Many commands at once: each is a transaction of its own, goes through the same gate as a single one, and has an answer of
//! its own. One that fails stops no other and leaves nothing half done.

use chrono::{DateTime, Utc};
use serde_json::Value;
use workflow::actor::Actor;
use workflow::facts::Fault;
use workflow::language::Bilingual;
use workflow::request::Request;
use workflow::unread::unread;

use crate::Engine;
use crate::act::Order;
use crate::command::Command;
use crate::error::EngineError;
use crate::repeated::{Given, Keeping};

/// A command on a request, as a file of many names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What people write: the number, or the id.
    pub request: String,
    /// The version the actor has seen; none acts on whatever is there.
    pub seen: Option<i64>,
    pub command: Command,
}

impl Wanted {
    /// Reads one entry: a command with `request` and, if it is to be guarded, `seen`.
    ///
    /// # Errors
    /// Malformed, with the place in the file.
    pub fn read(entry: &Value, index: usize) -> Result<Wanted, EngineError> {
        let fault = |key: &str, message: Bilingual| {
            EngineError::Malformed(vec![Fault { pointer: format!("/{index}{key}"), message }])
        };
        let expected = |key: &str, zh: &str, en: &str| fault(key, (zh, en).into());
        let mut command = entry.clone();
        let keys = command
            .as_object_mut()
            .ok_or_else(|| expected("", "这里应当是一个对象", "an object is expected here"))?;
        let Some(Value::String(request)) = keys.remove("request") else {
            let (zh, en) = ("应为申请的编号或标识", "the number or the id of a request is expected here");
            return Err(expected("/request", zh, en));
        };
        let seen = match keys.remove("seen") {
            None | Some(Value::Null) => None,
            Some(seen) => {
                let version = seen.as_i64();
                Some(version.ok_or_else(|| expected("/seen", "应为版本号", "a version is expected here"))?)
            }
        };
        let command = serde_json::from_value(command).map_err(|error| fault("", unread(&error)))?;
        Ok(Wanted { request, seen, command })
    }
}

impl Engine {
    /// Carries out a person's commands one after the other and gives each its answer, in the same order.
    pub async fn act_on_many(
        &self,
        actor: &Actor,
        wanted: &[Wanted],
        now: DateTime<Utc>,
    ) -> Vec<Result<Request, EngineError>> {
        let mut answers = Vec::with_capacity(wanted.len());
        for one in wanted {
            answers.push(self.act_on_one(actor, one, now).await);
        }
        answers
    }

    /// The same for a call that may come twice: what was done by the first one is not done again, what was refused is tried
    /// again.
    pub async fn act_on_many_once(
        &self,
        (actor, now): (&Actor, DateTime<Utc>),
        wanted: &[Wanted],
        keeping: Keeping<'_, Request>,
    ) -> Vec<Result<Given<Request>, EngineError>> {
        let mut answers = Vec::with_capacity(wanted.len());
        for (index, one) in wanted.iter().enumerate() {
            let key = format!("{}#{index}", keeping.key);
            let (keeping, work) = (Keeping { key: &key, ..keeping }, self.act_on_one(actor, one, now));
            answers.push(self.given_once(actor, keeping, work).await);
        }
        answers
    }

    async fn act_on_one(
        &self,
        actor: &Actor,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Result<Request, EngineError> {
        let request = self.reader().request_id(&wanted.request, self.scope(actor)).await?;
        let order = Order { request, actor, seen: wanted.seen.into(), now };
        self.act(order, wanted.command.clone()).await
    }
}
