//! Yellow and red cards on the command line: listed, contested, decided.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use engine::Engine;
use store::Scope;
use uuid::Uuid;
use workflow::card::{Card, CardAction, CardStage};
use workflow::id::OrganisationId;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Subcommand)]
pub(crate) enum CardTask {
    /// Cards that were given, oldest first
    List {
        /// Address of the person who looks; without it all cards are shown
        #[arg(long = "as")]
        actor: Option<String>,
    },
    /// Say what speaks against a card of the own organisation
    Contest {
        card: Uuid,
        text: String,
        #[arg(long = "as")]
        actor: String,
    },
    /// Decide on a contested card
    Resolve {
        card: Uuid,
        #[arg(value_enum)]
        verdict: CardVerdict,
        #[arg(long)]
        reason: String,
        #[arg(long = "as")]
        actor: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CardVerdict {
    Uphold,
    Cancel,
}

pub(crate) async fn run(common: &Common, task: CardTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    let cards = match task {
        CardTask::List { actor } => {
            let scope = match actor {
                Some(actor) => engine.card_scope(&open::actor(&engine, &actor).await?),
                None => Scope::Everything,
            };
            engine.reader().cards(scope, &[]).await?
        }
        CardTask::Contest { card, text, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            vec![engine.act_on_card(card, CardAction::Contest { text }, &actor, clock::now()).await?]
        }
        CardTask::Resolve { card, verdict, reason, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            let action = match verdict {
                CardVerdict::Uphold => CardAction::Uphold { reason },
                CardVerdict::Cancel => CardAction::Cancel { reason },
            };
            vec![engine.act_on_card(card, action, &actor, clock::now()).await?]
        }
    };
    show(common, &engine, &cards).await?;
    Ok(ExitCode::SUCCESS)
}

async fn show(common: &Common, engine: &Engine, cards: &[Card]) -> Result<(), Failure> {
    if common.json {
        return print::json(&cards);
    }
    let tree = engine.reader().organisations().await?;
    let names: BTreeMap<OrganisationId, String> = tree.into_iter().map(|o| (o.id, o.name)).collect();
    let language = common.language();
    let row = |card: &Card| {
        vec![
            card.id.to_string(),
            card.given_on.to_string(),
            card.colour.name(language).to_owned(),
            names.get(&card.organisation).cloned().unwrap_or_default(),
            card.cause.name(language).to_owned(),
            format!("{} {}", card.number, card.title),
            card.step.name(language).to_owned(),
            card.due.to_string(),
            card.stage.kind().name(language).to_owned(),
            said(&card.stage).to_owned(),
        ]
    };
    let heading = [
        common.say("牌", "card"),
        common.say("发出", "given"),
        common.say("颜色", "colour"),
        common.say("单位", "to"),
        common.say("责任", "cause"),
        common.say("事项", "request"),
        common.say("环节", "step"),
        common.say("时限", "limit"),
        common.say("状态", "state"),
        common.say("理由", "reason"),
    ];
    let rows = cards.iter().map(row).collect();
    print::line(print::coloured(&heading, rows, &cards.iter().map(|c| Some(c.colour)).collect::<Vec<_>>()))?;
    Ok(())
}

/// What was said last.
fn said(stage: &CardStage) -> &str {
    match stage {
        CardStage::Given => "",
        CardStage::Contested { contest } | CardStage::Escalated { contest, .. } => &contest.text,
        CardStage::Upheld { reason, .. } | CardStage::Cancelled { reason, .. } => reason,
    }
}
