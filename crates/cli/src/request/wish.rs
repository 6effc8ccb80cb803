//! From what was typed to what the engine is asked for; some of it depends on the person who acts.

use std::path::PathBuf;

use engine::{Command, DoneInCommunity, Engine};
use workflow::actor::{Actor, Role};
use workflow::assignment::{Delivery, RefusalReason, Worked};
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::decimal::Decimal;
use workflow::facts::DayFactor;
use workflow::hours::Centihours;
use workflow::id::OrganisationId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::stage::Verdict;

use super::known;
use super::task::{On, RequestTask};
use crate::evidence;
use crate::print::Failure;
use crate::settings::Common;

/// A command that may still need to know more than was typed.
pub(super) enum Wish {
    Command(Command),
    /// What a committee does with its own assignment.
    Own(OfCommunity),
    /// What is done with the assignment of the community of a code.
    Of(String, OfCommunity),
    /// Funds from a named source.
    Funds(String),
}

pub(super) enum OfCommunity {
    Accept,
    Refuse(RefusalReason, Option<String>),
    Deliver(Delivery, Vec<PathBuf>),
    Dispute(String),
    Rule(Decimal, String),
}

impl OfCommunity {
    fn command(
        self,
        common: &Common,
        engine: &Engine,
        community: OrganisationId,
    ) -> Result<Command, Failure> {
        Ok(match self {
            OfCommunity::Accept => Command::AcceptAssignment { community },
            OfCommunity::Refuse(reason, text) => Command::RefuseAssignment { community, reason, text },
            OfCommunity::Deliver(delivery, files) if files.is_empty() => {
                Command::DeliverAssignment { community, delivery }
            }
            OfCommunity::Deliver(delivery, files) => {
                let files = evidence::read(common, engine, &files)?;
                Command::DeliverWithEvidence { community, delivery: Box::new(delivery), files }
            }
            OfCommunity::Dispute(reason) => Command::Dispute { community, reason },
            OfCommunity::Rule(accepted, reason) => Command::RuleOnDispute { community, accepted, reason },
        })
    }
}

impl Wish {
    pub(super) async fn command(
        self,
        common: &Common,
        engine: &Engine,
        actor: &Actor,
    ) -> Result<Command, Failure> {
        match self {
            Wish::Command(command) => Ok(command),
            Wish::Own(wish) => wish.command(common, engine, own_community(actor)?),
            Wish::Of(code, wish) => {
                let community = engine.reader().organisation(&code).await?.id;
                wish.command(common, engine, community)
            }
            Wish::Funds(source) => funds(engine, actor, &source).await,
        }
    }
}

/// The community for which the actor speaks, as its own or in another's place.
fn own_community(actor: &Actor) -> Result<OrganisationId, Failure> {
    let Actor::Person(person) = actor else {
        return Err(Failure::Input("the system has no community".into()));
    };
    let committee = person.standings().find(|standing| standing.role == Role::Committee);
    Ok(committee.map_or(person.organisation, |standing| standing.organisation))
}

async fn funds(engine: &Engine, actor: &Actor, source: &str) -> Result<Command, Failure> {
    let source = match source {
        "budget" => return Ok(Command::CommitFunds),
        "contingency" => FundSource::Contingency,
        code => {
            let Actor::Person(person) = actor else { return Ok(Command::CommitFunds) };
            let funds = engine.reader().special_funds(person.district).await?;
            let fund = funds.into_iter().find(|fund| fund.code == code);
            let unknown =
                || Failure::Input(format!("`{code}` is neither budget, contingency nor a special fund"));
            FundSource::Special(fund.ok_or_else(unknown)?.id)
        }
    };
    Ok(Command::CommitFundsFrom { source })
}

pub(super) fn of(task: RequestTask) -> Result<(On, Wish), Failure> {
    let (on, command) = match task {
        RequestTask::Submit(on) => (on, Command::Submit),
        RequestTask::AcceptFiling(on) => (on, Command::AcceptFiling),
        RequestTask::Return { on, reason } => (on, Command::Return { reason }),
        RequestTask::Reprice { on, price, reason } => (on, Command::Reprice { price: fen(&price)?, reason }),
        RequestTask::Quote(on) => (on, Command::Quote),
        RequestTask::AcceptQuote { on, amount, budget_year } => {
            (on, Command::accept_quote(fen(&amount)?, budget_year))
        }
        RequestTask::DeclineQuote(on) => (on, Command::DeclineQuote),
        RequestTask::Propose { on, verdict, without, reason } => {
            let verdict = known(&verdict, Verdict::from_word, "admit, reject")?;
            (on, Command::Propose { verdict, without, reason })
        }
        RequestTask::Approve(on) => (on, Command::Approve),
        RequestTask::ApproveForced { on, reason } => (on, Command::ApproveForced { reason }),
        RequestTask::SendBack { on, reason } => (on, Command::SendBack { reason }),
        RequestTask::Extend { on, reason } => (on, Command::Extend { reason }),
        RequestTask::Confirm(on) => (on, Command::Confirm),
        RequestTask::Nudge { on, text } => (on, Command::Nudge { text }),
        RequestTask::Withdraw(on) => (on, Command::Withdraw),
        task => return of_others(task),
    };
    Ok((on, Wish::Command(command)))
}

/// Consultation, objections, ends before the end.
fn of_others(task: RequestTask) -> Result<(On, Wish), Failure> {
    let (on, command) = match task {
        RequestTask::Consult { on, kind, question, invite } => {
            let kind = known(&kind, InquiryKind::from_word, "opinions, hearing, expert")?;
            (on, Command::Consult { kind, question, invited: invite })
        }
        RequestTask::Opine { on, stance, text } => {
            let stance = known(&stance, Stance::from_word, "support, neutral, oppose")?;
            (on, Command::Opine { stance, text })
        }
        RequestTask::CloseConsultation(on) => (on, Command::CloseConsultation),
        RequestTask::Object { on, text } => (on, Command::Object { text }),
        RequestTask::Resolve { on, objection, ruling, answer } => {
            let ruling = known(&ruling, Ruling::from_word, "dismissed, upheld")?;
            (on, Command::Resolve { objection, ruling, answer })
        }
        RequestTask::Move { on, from, to, reason } => {
            (on, Command::Move { starts_on: from, ends_on: to, reason })
        }
        RequestTask::File(on) => (on, Command::File),
        RequestTask::Suspend { on, reason } => (on, Command::Suspend { reason }),
        RequestTask::Resume { on, reason } => (on, Command::Resume { reason }),
        RequestTask::Terminate { on, reason, done } => {
            let done = done.iter().map(|one| done_in_community(one)).collect::<Result<_, _>>()?;
            (on, Command::Terminate { done, reason })
        }
        RequestTask::AskReconsideration { on, reason } => (on, Command::AskReconsideration { reason }),
        RequestTask::Uphold { on, reason } => (on, Command::Uphold { reason }),
        RequestTask::Overturn { on, reason } => (on, Command::Overturn { reason }),
        task => return of_work(task),
    };
    Ok((on, Wish::Command(command)))
}

/// What concerns one community, or the source of the funds.
fn of_work(task: RequestTask) -> Result<(On, Wish), Failure> {
    Ok(match task {
        RequestTask::CommitFunds { on, source } => (on, Wish::Funds(source)),
        RequestTask::AcceptAssignment(on) => (on, Wish::Own(OfCommunity::Accept)),
        RequestTask::RefuseAssignment { on, reason, text } => {
            let words = "unadmitted, off_list, unfunded, powers_missing, over_quota, other";
            let reason = known(&reason, RefusalReason::from_word, words)?;
            (on, Wish::Own(OfCommunity::Refuse(reason, text)))
        }
        RequestTask::Deliver { on, report, actual, hours, evidence } => {
            let actual = actual.as_deref().map(fen).transpose()?;
            let worked = hours.iter().map(|one| worked(one)).collect::<Result<_, _>>()?;
            let delivery = Delivery { report, evidence: Vec::new(), actual, worked };
            (on, Wish::Own(OfCommunity::Deliver(delivery, evidence)))
        }
        RequestTask::Dispute { on, community, reason } => {
            (on, Wish::Of(community, OfCommunity::Dispute(reason)))
        }
        RequestTask::RuleOnDispute { on, community, accepted, reason } => {
            (on, Wish::Of(community, OfCommunity::Rule(decimal(&accepted)?, reason)))
        }
        _ => return Err(Failure::Input("this is no action on a request".into())),
    })
}

fn fen(text: &str) -> Result<Fen, Failure> {
    Fen::parse(text).map_err(|error| Failure::Input(error.to_string()))
}

fn decimal(text: &str) -> Result<Decimal, Failure> {
    Decimal::parse(text).map_err(|error| Failure::Input(error.to_string()))
}

/// `12.50`, or `rest:8.00`.
fn worked(text: &str) -> Result<Worked, Failure> {
    let (day, hours) = text.split_once(':').unwrap_or(("working", text));
    let day = known(day, DayFactor::from_word, "working, extended, rest, holiday")?;
    let whole = if hours.contains('.') { hours.to_owned() } else { format!("{hours}.00") };
    let hours = Centihours::parse(&whole).map_err(|error| Failure::Input(format!("`{hours}`: {error}")))?;
    Ok(Worked { day, hours })
}

/// `CODE=SHARE`, or `CODE=SHARE+YUAN`.
fn done_in_community(text: &str) -> Result<DoneInCommunity, Failure> {
    let form = || Failure::Input(format!("`{text}` is not CODE=SHARE or CODE=SHARE+YUAN"));
    let (code, rest) = text.split_once('=').ok_or_else(form)?;
    let (share, direct) = rest.split_once('+').unwrap_or((rest, "0.00"));
    Ok(DoneInCommunity { code: code.to_owned(), share: decimal(share)?, direct: fen(direct)? })
}
