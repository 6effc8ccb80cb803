//! `zhunru request`: every action of the main line, lists, and one request as people read it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use engine::{Command, Engine, Filing, Order};
use serde_json::{Value, json};
use store::Scope;
use workflow::actor::Actor;
use workflow::assignment::RefusalReason;
use workflow::id::OrganisationId;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::{StageKind, Verdict};

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open, past, views};

/// The request and who acts on it.
#[derive(Debug, Clone, Args)]
pub(crate) struct On {
    /// Number or id of the request
    request: String,
    /// Address of the person who acts
    #[arg(long = "as")]
    actor: String,
    /// The version the person has seen; another one is refused
    #[arg(long)]
    seen: Option<i64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RequestTask {
    /// Requests that the person may see, newest first
    List {
        #[arg(long = "as")]
        actor: Option<String>,
        /// Only requests in these stages
        #[arg(long = "stage")]
        stages: Vec<String>,
        #[arg(long, default_value_t = 100)]
        limit: u64,
        /// As they were at the end of a day, folded from their histories
        #[arg(long, value_name = "DATE")]
        as_of: Option<chrono::NaiveDate>,
    },
    /// One request: stage, limit, assessment, assignments, history
    Show {
        request: String,
        #[arg(long = "as")]
        actor: Option<String>,
        /// As it was at the end of a day, folded from its history
        #[arg(long, value_name = "DATE")]
        as_of: Option<chrono::NaiveDate>,
    },
    /// Keep a draft from an application (JSON)
    Draft {
        file: PathBuf,
        /// Codes of the communities
        #[arg(long, value_delimiter = ',', required = true)]
        communities: Vec<String>,
        #[arg(long = "as")]
        actor: String,
    },
    /// Replace what a draft or returned request says
    Correct {
        #[command(flatten)]
        on: On,
        file: PathBuf,
        #[arg(long, value_delimiter = ',', required = true)]
        communities: Vec<String>,
    },
    /// Submit; the rules are run
    Submit(On),
    /// Accept the filing as complete
    AcceptFiling(On),
    /// Return it to the department, once each submission
    Return {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Freeze the price and ask the department
    Quote(On),
    /// Accept the quote with an offer from this year's budget
    AcceptQuote {
        #[command(flatten)]
        on: On,
        /// Yuan with two places
        amount: String,
        #[arg(long)]
        budget_year: i32,
    },
    /// Decline the quote; the request ends
    DeclineQuote(On),
    /// Propose admission or rejection
    Propose {
        #[command(flatten)]
        on: On,
        #[arg(value_parser = ["admit", "reject"])]
        verdict: String,
        /// Condition of the assessment that is dropped; this needs a reason
        #[arg(long = "without", value_name = "CODE")]
        without: Vec<String>,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Approve the proposal of someone else
    Approve(On),
    /// Send the proposal back
    SendBack {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Commit the funds from the department's budget line
    CommitFunds(On),
    /// The community accepts its assignment
    AcceptAssignment(On),
    /// The community refuses its assignment
    RefuseAssignment {
        #[command(flatten)]
        on: On,
        /// Why, by its code; `other` needs a text
        #[arg(long, value_parser = ["unadmitted", "off_list", "unfunded", "powers_missing", "over_quota", "other"])]
        reason: String,
        #[arg(long)]
        text: Option<String>,
    },
    /// The community has done its work
    Deliver {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        report: String,
    },
    /// The department confirms the delivered work
    Confirm(On),
    /// The department takes the request back
    Withdraw(On),
}

pub(crate) async fn run(common: &Common, task: RequestTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        RequestTask::List { actor, stages, limit, as_of } => {
            list(common, &engine, actor, (stages, limit, as_of)).await?;
        }
        RequestTask::Show { request, actor, as_of } => {
            let actor = match actor {
                Some(actor) => Some(open::actor(&engine, &actor).await?),
                None => None,
            };
            match as_of {
                Some(day) => past::request(common, &engine, (&request, day), actor.as_ref()).await?,
                None => views::request(common, &engine, &request, actor.as_ref()).await?,
            }
        }
        RequestTask::Draft { file, communities, actor } => {
            let filing = filing(&file, communities)?;
            let actor = open::actor(&engine, &actor).await?;
            done(common, &engine.draft(filing, &actor, clock::now()).await?)?;
        }
        RequestTask::Correct { on, file, communities } => {
            let filing = filing(&file, communities)?;
            let actor = open::actor(&engine, &on.actor).await?;
            let request = engine.reader().request_id(&on.request, engine.scope(&actor)).await?;
            let order = Order { request, actor: &actor, seen: on.seen, now: clock::now() };
            done(common, &engine.correct(order, filing).await?)?;
        }
        action => {
            let (on, wish) = wish(action)?;
            done(common, &act(&engine, &on, wish).await?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A command that may still need to know whom the actor speaks for.
enum Wish {
    Command(Command),
    OfCommunity(fn(OrganisationId, Spoken) -> Command, Spoken),
}

/// What a committee says with its action.
struct Spoken {
    reason: Option<RefusalReason>,
    text: Option<String>,
}

fn wish(task: RequestTask) -> Result<(On, Wish), Failure> {
    let silent = Spoken { reason: None, text: None };
    let (on, command) = match task {
        RequestTask::Submit(on) => (on, Command::Submit),
        RequestTask::AcceptFiling(on) => (on, Command::AcceptFiling),
        RequestTask::Return { on, reason } => (on, Command::Return { reason }),
        RequestTask::Quote(on) => (on, Command::Quote),
        RequestTask::AcceptQuote { on, amount, budget_year } => {
            let amount = Fen::parse(&amount).map_err(|error| Failure::Input(error.to_string()))?;
            (on, Command::accept_quote(amount, budget_year))
        }
        RequestTask::DeclineQuote(on) => (on, Command::DeclineQuote),
        RequestTask::Propose { on, verdict, without, reason } => {
            let verdict = known(&verdict, Verdict::from_word, "admit, reject")?;
            (on, Command::Propose { verdict, without, reason })
        }
        RequestTask::Approve(on) => (on, Command::Approve),
        RequestTask::SendBack { on, reason } => (on, Command::SendBack { reason }),
        RequestTask::CommitFunds(on) => (on, Command::CommitFunds),
        RequestTask::Confirm(on) => (on, Command::Confirm),
        RequestTask::Withdraw(on) => (on, Command::Withdraw),
        RequestTask::AcceptAssignment(on) => {
            let accept = |community, _| Command::AcceptAssignment { community };
            return Ok((on, Wish::OfCommunity(accept, silent)));
        }
        RequestTask::RefuseAssignment { on, reason, text } => {
            let words = "unadmitted, off_list, unfunded, powers_missing, over_quota, other";
            let reason = Some(known(&reason, RefusalReason::from_word, words)?);
            let refuse = |community, spoken: Spoken| Command::RefuseAssignment {
                community,
                reason: spoken.reason.unwrap_or(RefusalReason::Other),
                text: spoken.text,
            };
            return Ok((on, Wish::OfCommunity(refuse, Spoken { reason, text })));
        }
        RequestTask::Deliver { on, report } => {
            let deliver = |community, spoken: Spoken| Command::DeliverAssignment {
                community,
                report: spoken.text.unwrap_or_default(),
            };
            return Ok((on, Wish::OfCommunity(deliver, Spoken { reason: None, text: Some(report) })));
        }
        RequestTask::List { .. }
        | RequestTask::Show { .. }
        | RequestTask::Draft { .. }
        | RequestTask::Correct { .. } => {
            return Err(Failure::Input("this is no action on a request".into()));
        }
    };
    Ok((on, Wish::Command(command)))
}

async fn act(engine: &Engine, on: &On, wish: Wish) -> Result<Request, Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    let request = engine.reader().request_id(&on.request, engine.scope(&actor)).await?;
    let command = match (wish, &actor) {
        (Wish::Command(command), _) => command,
        (Wish::OfCommunity(command, spoken), Actor::Person(person)) => command(person.organisation, spoken),
        (Wish::OfCommunity(..), Actor::System) => {
            return Err(Failure::Input("the system has no community".into()));
        }
    };
    let order = Order { request, actor: &actor, seen: on.seen, now: clock::now() };
    Ok(engine.act(order, command).await?)
}

fn filing(file: &std::path::Path, communities: Vec<String>) -> Result<Filing, Failure> {
    let text = open::read(file)?;
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    Ok(Filing::read(&document, communities)?)
}

fn known<T>(word: &str, of: fn(&str) -> Option<T>, words: &str) -> Result<T, Failure> {
    of(word).ok_or_else(|| Failure::Input(format!("`{word}` is none of {words}")))
}

async fn scope(engine: &Engine, actor: Option<String>) -> Result<Scope, Failure> {
    match actor {
        None => Ok(Scope::Everything),
        Some(actor) => Ok(engine.scope(&open::actor(engine, &actor).await?)),
    }
}

async fn list(
    common: &Common,
    engine: &Engine,
    actor: Option<String>,
    (stages, limit, as_of): (Vec<String>, u64, Option<chrono::NaiveDate>),
) -> Result<(), Failure> {
    let scope = scope(engine, actor).await?;
    let words = || StageKind::ALL.iter().map(|stage| stage.word()).collect::<Vec<_>>().join(", ");
    let stages = stages.iter().map(|word| known(word, StageKind::from_word, &words()));
    let stages = stages.collect::<Result<Vec<_>, _>>()?;
    let lines = match as_of {
        Some(day) => past::lines(engine, scope, day, (&stages, limit)).await?,
        None => engine.reader().request_lines(scope, &stages, limit).await?,
    };
    if common.json {
        return print::json(&lines);
    }
    let rows = lines.into_iter().map(|line| {
        vec![
            line.number.unwrap_or_else(|| line.id.to_string()),
            line.title,
            line.stage.name(common.language()).to_owned(),
            line.price.for_people(),
            line.starts_on.map(|day| day.to_string()).unwrap_or_default(),
        ]
    });
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "title"),
        common.say("阶段", "stage"),
        common.say("价格", "price"),
        common.say("开始", "starts on"),
    ];
    Ok(print::line(print::table(&heading, &[3], rows.collect()))?)
}

/// What a command says when it is done.
fn done(common: &Common, request: &Request) -> Result<(), Failure> {
    let stage = request.stage.kind();
    if common.json {
        return print::json(&json!({
            "id": request.id, "number": request.number, "stage": stage, "version": request.version,
            "price": request.price(),
        }));
    }
    let number = request.number.clone().unwrap_or_else(|| request.id.to_string());
    let line = format!("{number} {} → {}", request.title(), stage.name(common.language()));
    Ok(print::line(line)?)
}
