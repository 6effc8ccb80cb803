//! `zhunru webhook`: web-hooks of a person's organisation, made, listed, tried out, paused, given a new secret, ended.

use std::process::ExitCode;

use clap::Subcommand;
use engine::{Engine, NewWebhook};
use serde_json::json;
use store::{LetterLine, Webhook};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::actor::Actor;
use workflow::id::WebhookId;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookTask {
    /// Make one; its secret is printed this once
    Make {
        /// What it is for
        name: String,
        /// `https://…` of the receiver
        url: String,
        /// An action that it hears of, such as `submit`; without any it hears of all
        #[arg(long = "kind", value_parser = kind)]
        kinds: Vec<ActionKind>,
        /// Address of whoever makes it: it belongs to that person's organisation and sees as far
        #[arg(long = "as", value_name = "EMAIL")]
        actor: String,
    },
    /// Those of a person's organisation; without it all
    List {
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// Its newest calls, and why they failed
    Calls {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// Queue a call of the type `ping`
    Test {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// Let its dead calls be tried again
    Retry {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// It hears nothing new, and what waits is held
    Pause {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// Let a paused one go on
    Resume {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// Give it a new secret; the one before it signs beside it for a day
    Secret {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
    /// End it; what waits never leaves
    End {
        webhook: Uuid,
        #[arg(long = "as", value_name = "EMAIL")]
        actor: Option<String>,
    },
}

fn kind(word: &str) -> Result<ActionKind, String> {
    let known = || ActionKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    ActionKind::from_word(word).ok_or_else(|| format!("known are {}", known()))
}

#[expect(clippy::cognitive_complexity, reason = "one arm a command; each counts as a branch")]
pub(crate) async fn run(common: &Common, task: WebhookTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    let now = clock::now();
    match task {
        WebhookTask::Make { name, url, mut kinds, actor } => {
            if kinds.is_empty() {
                kinds = ActionKind::ALL.to_vec();
            }
            let actor = open::actor(&engine, &actor).await?;
            let made = engine.make_webhook(&actor, NewWebhook { name, url, kinds }, now).await?;
            secret(common, made)?;
        }
        WebhookTask::List { actor } => list(common, &engine.webhooks(&by(&engine, actor).await?).await?)?,
        WebhookTask::Calls { webhook, actor } => {
            let actor = by(&engine, actor).await?;
            calls(common, &engine.webhook_calls(&actor, WebhookId(webhook), CALLS).await?.lines)?;
        }
        WebhookTask::Test { webhook, actor } => {
            let call = engine.test_webhook(&by(&engine, actor).await?, WebhookId(webhook), now).await?;
            print::said(common, &json!({ "call": call }), common.say("已待发", "it waits to leave"))?;
        }
        WebhookTask::Retry { webhook, actor } => {
            let count = engine.retry_calls(&by(&engine, actor).await?, WebhookId(webhook), now).await?;
            let text = format!("{} {count}", common.say("重新待发", "waiting again:"));
            print::said(common, &json!({ "retried": count }), &text)?;
        }
        WebhookTask::Pause { webhook, actor } => {
            let actor = by(&engine, actor).await?;
            list(common, &[engine.pause_webhook(&actor, WebhookId(webhook), now).await?])?;
        }
        WebhookTask::Resume { webhook, actor } => {
            let actor = by(&engine, actor).await?;
            list(common, &[engine.resume_webhook(&actor, WebhookId(webhook), now).await?])?;
        }
        WebhookTask::Secret { webhook, actor } => {
            let actor = by(&engine, actor).await?;
            secret(common, engine.rotate_webhook(&actor, WebhookId(webhook), now).await?)?;
        }
        WebhookTask::End { webhook, actor } => {
            let actor = by(&engine, actor).await?;
            list(common, &[engine.end_webhook(&actor, WebhookId(webhook), now).await?])?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Calls that are listed.
const CALLS: u64 = 100;

async fn by(engine: &Engine, email: Option<String>) -> Result<Actor, Failure> {
    match email {
        Some(email) => open::actor(engine, &email).await,
        None => Ok(Actor::System),
    }
}

fn secret(common: &Common, (webhook, secret): (Webhook, String)) -> Result<(), Failure> {
    let value = json!({ "id": webhook.id, "secret": secret });
    print::said(common, &value, &format!("{} {}\n{secret}", webhook.id, webhook.name))
}

fn list(common: &Common, webhooks: &[Webhook]) -> Result<(), Failure> {
    if common.json {
        let line = |one: &Webhook| {
            json!({
                "id": one.id, "name": one.name, "url": one.url, "kinds": one.kinds, "sight": one.sight,
                "state": one.state,
            })
        };
        return print::json(&webhooks.iter().map(line).collect::<Vec<_>>());
    }
    let row = |one: &Webhook| {
        vec![
            one.id.to_string(),
            one.name.clone(),
            one.url.clone(),
            one.sight.name(common.language()).to_owned(),
            one.state.name(common.language()).to_owned(),
        ]
    };
    let heading = [
        "id",
        common.say("用途", "what for"),
        common.say("地址", "address"),
        common.say("范围", "sees"),
        common.say("状态", "state"),
    ];
    Ok(print::line(print::table(&heading, &[], webhooks.iter().map(row).collect()))?)
}

fn calls(common: &Common, lines: &[LetterLine]) -> Result<(), Failure> {
    if common.json {
        return print::json(&lines);
    }
    let row = |one: &LetterLine| {
        vec![
            one.id.to_string(),
            one.kind.clone(),
            one.state.name(common.language()).to_owned(),
            one.tries.to_string(),
            one.reason.clone().unwrap_or_default(),
        ]
    };
    let heading = [
        "id",
        common.say("通知", "call"),
        common.say("状态", "state"),
        common.say("次数", "tries"),
        common.say("原因", "reason"),
    ];
    Ok(print::line(print::table(&heading, &[3], lines.iter().map(row).collect()))?)
}
