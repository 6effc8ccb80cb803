//! `zhunru complaint`: report imposed work, handle it, and see what became of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use engine::{By, ComplaintView, Engine, NewComplaint};
use serde_json::{Value, json};
use store::EventLine;
use workflow::complaint::{Complaint, ComplaintAction, ComplaintActionKind, ComplaintStageKind, Covering};
use workflow::id::UserId;

use crate::oversight_names::Names;
use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, evidence, open};

/// The complaint and who acts on it.
#[derive(Debug, Clone, Args)]
pub(crate) struct On {
    /// Number or id of the complaint
    complaint: String,
    /// Address of the person who acts
    #[arg(long = "as")]
    actor: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ComplaintTask {
    /// A committee reports work that was imposed on its community without admission
    File {
        /// Code of the department or subdistrict
        #[arg(long)]
        department: String,
        /// What was imposed
        #[arg(long)]
        what: String,
        /// Since when, as YYYY-MM-DD
        #[arg(long)]
        since: NaiveDate,
        /// Number of the request that is said to cover it
        #[arg(long)]
        covered_by: Option<String>,
        /// A file of evidence; may be given several times
        #[arg(long = "evidence", value_name = "FILE")]
        evidence: Vec<PathBuf>,
        #[arg(long = "as")]
        actor: String,
    },
    /// Complaints that the person may see, newest first
    List {
        #[arg(long = "as")]
        actor: String,
    },
    /// One complaint: stage, limit, evidence, what the department has for that community, history
    Show(On),
    /// Take it for handling
    Take(On),
    /// It is right: the department is ordered to stop
    Uphold {
        #[command(flatten)]
        on: On,
        /// What the department is to do
        #[arg(long)]
        order: String,
    },
    /// It is not upheld
    Dismiss {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
    /// Write a file of evidence to disk
    Evidence {
        #[command(flatten)]
        on: On,
        /// Name of the file as it was filed
        name: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(crate) async fn run(common: &Common, task: ComplaintTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    let now = clock::now();
    match task {
        ComplaintTask::File { department, what, since, covered_by, evidence, actor } => {
            let evidence = evidence::read(common, &engine, &evidence)?;
            let actor = open::actor(&engine, &actor).await?;
            let new = NewComplaint { department, what, since, covered_by, evidence };
            let complaint = engine.file_complaint(By { actor: &actor, now }, new).await?;
            done(common, &complaint)?;
        }
        ComplaintTask::List { actor } => {
            let actor = open::actor(&engine, &actor).await?;
            let found = engine.complaints(By { actor: &actor, now }).await?;
            list(common, &Names::of(&engine).await?, &found.complaints)?;
            print::unreadable(&found.unreadable)?;
        }
        ComplaintTask::Show(on) => {
            show(common, &engine, &on).await?;
        }
        ComplaintTask::Take(on) => step(common, &engine, &on, ComplaintAction::Take).await?,
        ComplaintTask::Uphold { on, order } => {
            step(common, &engine, &on, ComplaintAction::Uphold { order }).await?;
        }
        ComplaintTask::Dismiss { on, reason } => {
            step(common, &engine, &on, ComplaintAction::Dismiss { reason }).await?;
        }
        ComplaintTask::Evidence { on, name, out } => {
            write_out(&engine, &on, (&name, &out)).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn write_out(engine: &Engine, on: &On, (name, out): (&str, &Path)) -> Result<(), Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    let by = By { actor: &actor, now: clock::now() };
    let bytes = engine.complaint_evidence(by, (&on.complaint, name)).await?;
    std::fs::write(out, bytes).map_err(|error| input(out, &error))?;
    Ok(print::line(out.display().to_string())?)
}

fn input(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Input(format!("{}: {error}", path.display()))
}

async fn step(common: &Common, engine: &Engine, on: &On, action: ComplaintAction) -> Result<(), Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    let by = By { actor: &actor, now: clock::now() };
    done(common, &engine.decide_complaint(by, &on.complaint, action).await?)
}

fn done(common: &Common, complaint: &Complaint) -> Result<(), Failure> {
    let stage = complaint.stage.kind();
    if common.json {
        return print::json(&json!({
            "id": complaint.id, "number": complaint.number, "stage": stage, "hearer": complaint.hearer,
        }));
    }
    Ok(print::line(format!("{} {}", complaint.number, stage.name(common.language())))?)
}

fn list(common: &Common, names: &Names, views: &[ComplaintView]) -> Result<(), Failure> {
    if common.json {
        return print::json(&views.iter().map(|view| as_json(names, view)).collect::<Vec<_>>());
    }
    let language = common.language();
    let row = |view: &ComplaintView| match view {
        ComplaintView::Whole { complaint, due, .. } => vec![
            complaint.number.clone(),
            names.name(complaint.community),
            names.name(complaint.department),
            complaint.imposed.what.clone(),
            complaint.stage.kind().name(language).to_owned(),
            if complaint.stage.kind().is_final() { String::new() } else { due.to_string() },
        ],
        ComplaintView::Order(order) => vec![
            order.number.clone(),
            names.name(order.community),
            String::new(),
            order.order.clone(),
            ComplaintStageKind::Upheld.name(language).to_owned(),
            String::new(),
        ],
    };
    let heading = [
        common.say("编号", "number"),
        common.say("社区", "community"),
        common.say("被举报单位", "against"),
        common.say("事项", "what"),
        common.say("阶段", "stage"),
        common.say("期限", "due"),
    ];
    Ok(print::line(print::table(&heading, &[], views.iter().map(row).collect()))?)
}

fn as_json(names: &Names, view: &ComplaintView) -> Value {
    match view {
        ComplaintView::Order(order) => json!({
            "number": order.number, "community": names.name(order.community), "since": order.since,
            "stage": ComplaintStageKind::Upheld, "order": order.order, "on": order.on,
        }),
        ComplaintView::Whole { complaint, due, evidence, history, coverage, unreadable: _ } => json!({
            "id": complaint.id, "number": complaint.number, "community": names.name(complaint.community),
            "department": names.name(complaint.department), "imposed": complaint.imposed,
            "filed_on": complaint.filed_on, "due": due, "hearer": complaint.hearer,
            "escalated_on": complaint.escalated_on, "stage": complaint.stage, "version": complaint.version,
            "evidence": evidence, "coverage": coverage, "history": history,
        }),
    }
}

async fn show(common: &Common, engine: &Engine, on: &On) -> Result<(), Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    let view = &engine.complaint(By { actor: &actor, now: clock::now() }, &on.complaint).await?;
    let names = Names::of(engine).await?;
    if common.json {
        return print::json(&as_json(&names, view));
    }
    let (complaint, due, (evidence, history, coverage), unreadable) = match view {
        ComplaintView::Order(order) => {
            let since = common.say("自", "since");
            let community = names.name(order.community);
            return Ok(print::line(format!(
                "{} {community} {since} {}\n{} {}",
                order.number, order.since, order.on, order.order
            ))?);
        }
        ComplaintView::Whole { complaint, due, evidence, history, coverage, unreadable } => {
            (complaint, due, (evidence, history, coverage), unreadable)
        }
    };
    let stage = complaint.stage.kind().name(common.language());
    print::line(format!(
        "{} {} → {}\n{} · {} · {} {} · {}\n",
        complaint.number,
        names.name(complaint.community),
        names.name(complaint.department),
        complaint.imposed.what,
        complaint.imposed.since,
        stage,
        due,
        complaint.hearer.name(common.language()),
    ))?;
    for file in evidence {
        print::line(format!("{} {} {}", file.name, file.size, file.sha256))?;
    }
    if !coverage.is_empty() {
        print::line(facts(common, coverage))?;
    }
    print::line(past(common, engine, history).await?)?;
    Ok(print::unreadable(unreadable)?)
}

/// What the department has for the community; facts, no verdict.
fn facts(common: &Common, coverage: &[Covering]) -> String {
    let language = common.language();
    let yes = |it: bool| if it { common.say("是", "yes") } else { common.say("否", "no") };
    let row = |one: &Covering| {
        let period = one.starts_on.zip(one.ends_on).map(|(start, end)| format!("{start} – {end}"));
        vec![
            one.number.clone().unwrap_or_default(),
            one.title.clone(),
            one.item.clone().unwrap_or_default(),
            one.stage.name(language).to_owned(),
            period.unwrap_or_default(),
            one.assignment.map(|stage| stage.name(language).to_owned()).unwrap_or_default(),
            yes(one.funded).to_owned(),
            yes(one.in_period).to_owned(),
            yes(one.claimed).to_owned(),
        ]
    };
    let heading = [
        common.say("申请", "request"),
        common.say("事项", "title"),
        common.say("编码", "item"),
        common.say("阶段", "stage"),
        common.say("期间", "period"),
        common.say("派单", "assignment"),
        common.say("准入且到位", "admitted and funded"),
        common.say("在期内", "in its period"),
        common.say("称以此为据", "said to cover it"),
    ];
    print::table(&heading, &[], coverage.iter().map(row).collect())
}

async fn past(common: &Common, engine: &Engine, history: &[EventLine]) -> Result<String, Failure> {
    let users: Vec<UserId> = history.iter().filter_map(|event| event.person).map(UserId).collect();
    let people = engine.reader().names(&users).await?;
    let language = common.language();
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let row = |event: &EventLine| {
        let who = event.person.and_then(|person| people.get(&UserId(person)).cloned());
        let action = ComplaintActionKind::from_word(&event.action).map(|action| action.name(language));
        let after = ComplaintStageKind::from_word(&event.after).map(|stage| stage.name(language));
        vec![
            event.at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string(),
            who.unwrap_or_else(|| common.say("系统", "system").to_owned()),
            action.unwrap_or_default().to_owned(),
            after.unwrap_or_default().to_owned(),
            event.reason.clone().unwrap_or_default(),
        ]
    };
    let heading = [
        common.say("时间", "time"),
        common.say("办理人", "who"),
        common.say("办理", "action"),
        common.say("阶段", "stage"),
        common.say("内容", "said"),
    ];
    Ok(print::table(&heading, &[], history.iter().map(row).collect()))
}
