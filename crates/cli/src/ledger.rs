//! The ledger from the command line: an account's postings on any day, statements of a year, and taking back.

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand, ValueEnum};
use engine::{AccountBook, AccountStatement, Engine, Holder, TakenBack};
use serde_json::json;
use store::{OrganisationKind, StoreError};
use workflow::actor::Actor;
use workflow::money::Fen;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct LedgerCommand {
    /// Code of an organisation or a special fund, or number or id of a request
    #[arg(required = true)]
    account: Option<String>,
    /// As it was at the end of this day
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Address of the person who looks; without it everything is shown
    #[arg(long = "as", value_name = "ADDRESS")]
    actor: Option<String>,
    #[command(subcommand)]
    task: Option<LedgerTask>,
}

#[derive(Debug, Subcommand)]
enum LedgerTask {
    /// Opening, movements by purpose and closing of a year, with the check of the sum
    Statement {
        of: StatementOf,
        /// Code, or number of the request
        code: String,
        /// All time without it
        #[arg(long)]
        year: Option<i32>,
        #[arg(long = "as", value_name = "ADDRESS")]
        actor: Option<String>,
    },
    /// Take back a posting, or all postings of an event, by opposite ones
    Reverse {
        /// Id of a posting (see `--json`), or CODE#NUMBER of an event as ledgers show it
        what: String,
        #[arg(long)]
        reason: String,
        /// Address of the finance person who does it
        #[arg(long = "as", value_name = "ADDRESS")]
        actor: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatementOf {
    Community,
    Department,
    District,
    Fund,
    Request,
}

pub(crate) async fn run(common: &Common, command: LedgerCommand) -> Result<ExitCode, Failure> {
    let LedgerCommand { account, as_of, actor, task } = command;
    let engine = open::engine(common).await?;
    match task {
        None => {
            let viewer = reader(&engine, actor.as_deref()).await?;
            let holder = engine.holder(&viewer, account.as_deref().unwrap_or_default()).await?;
            let before = end_of(&engine, as_of)?;
            show_books(common, &holder, &engine.books(&holder, before).await?)?;
        }
        Some(LedgerTask::Statement { of, code, year, actor }) => {
            let viewer = reader(&engine, actor.as_deref()).await?;
            let holder = engine.holder(&viewer, &code).await?;
            if !of.fits(&holder) {
                return Err(StoreError::NotFound("account").into());
            }
            return statement(common, &engine, &holder, year).await;
        }
        Some(LedgerTask::Reverse { what, reason, actor }) => {
            let taken = TakenBack::parse(&what);
            let fault = || Failure::Input(format!("`{what}` is no id of a posting and no CODE#NUMBER"));
            let actor = open::actor(&engine, &actor).await?;
            let total = engine.reverse(&actor, &taken.ok_or_else(fault)?, &reason, clock::now()).await?;
            let text = format!("{what} {} {}", common.say("已冲销", "reversed"), total.for_people());
            print::said(common, &json!({ "reversed": what, "amount": total }), &text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The accounts of a code or number, as they are now.
pub(crate) async fn show(common: &Common, engine: &Engine, written: &str) -> Result<(), Failure> {
    let holder = engine.holder(&Actor::System, written).await?;
    show_books(common, &holder, &engine.books(&holder, None).await?)
}

/// Who looks: the person of the address, or whoever runs the program and sees everything.
pub(crate) async fn reader(engine: &Engine, email: Option<&str>) -> Result<Actor, Failure> {
    match email {
        Some(email) => open::actor(engine, email).await,
        None => Ok(Actor::System),
    }
}

/// The first moment after a day.
pub(crate) fn end_of(engine: &Engine, day: Option<NaiveDate>) -> Result<Option<DateTime<Utc>>, Failure> {
    let Some(day) = day else { return Ok(None) };
    let next = day.succ_opt().ok_or_else(|| Failure::Input(format!("`{day}` is too late")))?;
    Ok(Some(engine.start_of(next)))
}

fn show_books(common: &Common, holder: &Holder, books: &[AccountBook]) -> Result<(), Failure> {
    if common.json {
        return print::json(&books);
    }
    print::line(holder.name(common.language()))?;
    for book in books {
        let title = format!("{} · {}", book.account.spoken(common.language()), book.balance.for_people());
        print::line(format!("{title}\n{}", entries(common, book)))?;
    }
    Ok(())
}

fn entries(common: &Common, book: &AccountBook) -> String {
    let rows = book.entries.iter().map(|entry| {
        let mark = match (entry.reverses, entry.reversed_by) {
            (None, Some(_)) => common.say("（已冲销）", " (reversed)"),
            _ => "",
        };
        vec![
            entry.date.to_string(),
            format!("{}{mark}", entry.purpose.name(common.language())),
            entry.other.spoken(common.language()),
            entry.request.clone().unwrap_or_default(),
            entry.event.clone(),
            entry.amount.for_people(),
            entry.balance.for_people(),
        ]
    });
    let heading = [
        common.say("日期", "date"),
        common.say("用途", "purpose"),
        common.say("对方账户", "other account"),
        common.say("申请", "request"),
        common.say("事件", "event"),
        common.say("金额", "amount"),
        common.say("余额", "balance"),
    ];
    print::table(&heading, &[5, 6], rows.collect())
}

async fn statement(
    common: &Common,
    engine: &Engine,
    holder: &Holder,
    year: Option<i32>,
) -> Result<ExitCode, Failure> {
    let statement = engine.statement(holder, year).await?;
    let balanced = statement.accounts.iter().all(|account| account.balanced);
    if common.json {
        print::json(&statement)?;
    } else {
        let year = year.map(|year| format!(" {year}")).unwrap_or_default();
        let word = common.say("对账单", "statement");
        print::line(format!("{}{year} · {word}", holder.name(common.language())))?;
        for account in &statement.accounts {
            print::line(format!(
                "{}\n{}",
                account.account.spoken(common.language()),
                movements(common, account)
            ))?;
        }
    }
    Ok(if balanced { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn movements(common: &Common, account: &AccountStatement) -> String {
    let row = |name: &str, count: String, amounts: [Option<Fen>; 3]| {
        let amounts = amounts.map(|amount| amount.map(Fen::for_people).unwrap_or_default());
        [name.to_owned(), count].into_iter().chain(amounts).collect::<Vec<_>>()
    };
    let some = |amount: Fen| (amount > Fen::ZERO).then_some(amount);
    let opening = common.say("期初余额", "opening");
    let mut rows = vec![row(opening, String::new(), [None, None, Some(account.opening)])];
    for moved in &account.movements {
        let name = moved.purpose.name(common.language());
        rows.push(row(name, moved.postings.to_string(), [some(moved.into), some(moved.out), None]));
    }
    let check = match account.balanced {
        true => common.say("期末余额 ✓", "closing ✓"),
        false => common.say("期末余额 ✗ 不平", "closing ✗ does not agree"),
    };
    rows.push(row(check, String::new(), [None, None, Some(account.closing)]));
    let heading = [
        common.say("用途", "purpose"),
        common.say("笔数", "postings"),
        common.say("收入", "in"),
        common.say("支出", "out"),
        common.say("余额", "balance"),
    ];
    print::table(&heading, &[1, 2, 3, 4], rows)
}

impl StatementOf {
    fn fits(self, holder: &Holder) -> bool {
        match holder {
            Holder::Request { .. } => self == StatementOf::Request,
            Holder::Fund(_) => self == StatementOf::Fund,
            Holder::Organisation(organisation) => match organisation.kind {
                OrganisationKind::Community => self == StatementOf::Community,
                OrganisationKind::Department | OrganisationKind::Subdistrict => {
                    self == StatementOf::Department
                }
                OrganisationKind::District | OrganisationKind::City => self == StatementOf::District,
                OrganisationKind::Office => false,
            },
        }
    }
}
