//! Budgets from the command line: lines of departments, base funds, the contingency pool, special funds with their
//! rewards, and the year's end.

mod tables;

use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::{Args, Subcommand, ValueEnum};
use engine::{Engine, NewFund, RewardOrder};
use serde_json::{Value, json};
use workflow::budget::CarryOver;
use workflow::decimal::Decimal;
use workflow::money::Fen;

use crate::print::{Failure, said};
use crate::settings::Common;
use crate::{clock, ledger, open};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BudgetCommand {
    /// Budget year
    #[arg(long, default_value_t = clock::now().year())]
    year: i32,
    /// As it was at the end of this day
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Address of the person who looks; without it everything is shown
    #[arg(long = "as", value_name = "ADDRESS")]
    actor: Option<String>,
    #[command(subcommand)]
    task: Option<BudgetTask>,
}

/// Whom it is done by.
#[derive(Debug, Args)]
struct By {
    /// Address of the finance person who does it
    #[arg(long = "as", value_name = "ADDRESS")]
    actor: String,
}

/// Whom it is done by, and why.
#[derive(Debug, Args)]
struct Why {
    /// Why; it stands in the history
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    by: By,
}

/// How much of which year.
#[derive(Debug, Args)]
struct Sum {
    year: i32,
    /// Yuan with two places
    amount: Money,
}

/// An amount on the command line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Money(Fen);

impl std::str::FromStr for Money {
    type Err = workflow::money::NotMoney;
    fn from_str(text: &str) -> Result<Money, Self::Err> {
        Fen::parse(text).map(Money)
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Carry {
    All,
    Committed,
    None,
}

#[derive(Debug, Subcommand)]
enum BudgetTask {
    /// Put money into a department's budget line, or add to it
    #[command(visible_alias = "add")]
    Appropriate(Appropriate),
    /// Take money that nothing has claimed out of a department's budget line
    Reduce(Reduce),
    /// Pay base funds so that at least a share has arrived at every community, or a part to one
    BaseFunds(BaseFunds),
    /// Base funds of each community: due, arrived, missing
    Arrived {
        year: i32,
        /// Code of a district; all districts without it
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
    },
    /// The contingency pool of the finance person's district
    Contingency {
        #[command(subcommand)]
        task: PoolTask,
    },
    /// Special funds and the rewards they pay
    Fund {
        #[command(subcommand)]
        task: FundTask,
    },
    /// The year's end: what is free lapses or is carried over; may be run again
    Close(Close),
}

#[derive(Debug, Args)]
struct Appropriate {
    /// Code of the department
    department: String,
    #[command(flatten)]
    sum: Sum,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
struct Reduce {
    /// Code of the department
    department: String,
    #[command(flatten)]
    sum: Sum,
    #[command(flatten)]
    why: Why,
}

#[derive(Debug, Args)]
struct BaseFunds {
    year: i32,
    /// Up to this share of what is due, such as 0.5
    #[arg(long, default_value = "1", value_parser = Decimal::parse, conflicts_with = "community")]
    share: Decimal,
    /// Only this community, with --amount
    #[arg(long, requires = "amount", value_name = "CODE")]
    community: Option<String>,
    #[arg(long, requires = "community", value_name = "YUAN")]
    amount: Option<Money>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
struct Close {
    #[arg(long)]
    year: i32,
    /// Instead of what the parameters say
    #[arg(long, value_enum)]
    carry_over: Option<Carry>,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Subcommand)]
enum PoolTask {
    /// Put money into it
    Fill {
        #[command(flatten)]
        sum: Sum,
        #[command(flatten)]
        by: By,
    },
    /// Give money back to the treasury
    Drain {
        #[command(flatten)]
        sum: Sum,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Debug, Subcommand)]
enum FundTask {
    /// Open a special fund
    Open {
        /// Unique in the district
        code: String,
        name: String,
        #[arg(long, default_value = "")]
        name_en: String,
        /// First year
        #[arg(long, value_name = "YEAR")]
        from: i32,
        /// Last year
        #[arg(long, value_name = "YEAR")]
        to: i32,
        /// What its money is for
        #[arg(long)]
        purpose: String,
        #[command(flatten)]
        by: By,
    },
    /// All special funds
    List,
    /// Put money into a fund
    Fill {
        code: String,
        #[command(flatten)]
        sum: Sum,
        #[command(flatten)]
        by: By,
    },
    /// Give money of a fund back to the treasury
    Drain {
        code: String,
        #[command(flatten)]
        sum: Sum,
        #[command(flatten)]
        why: Why,
    },
    /// Reward a community for accepted work (以奖代补), once for each request
    Reward {
        code: String,
        /// Number or id of a settled request
        #[arg(long)]
        request: String,
        /// Code of the community
        #[arg(long)]
        community: String,
        /// Yuan with two places
        #[arg(long)]
        amount: Money,
        #[command(flatten)]
        why: Why,
    },
}

pub(crate) async fn run(common: &Common, command: BudgetCommand) -> Result<ExitCode, Failure> {
    let BudgetCommand { year, as_of, actor, task } = command;
    let engine = open::engine(common).await?;
    match task {
        None => {
            let actor = ledger::reader(&engine, actor.as_deref()).await?;
            let lines = engine.sources(&actor, year, ledger::end_of(&engine, as_of)?).await?;
            tables::sources(common, year, &lines)?;
        }
        Some(BudgetTask::Appropriate(what)) => appropriate(common, &engine, what).await?,
        Some(BudgetTask::Reduce(what)) => reduce(common, &engine, what).await?,
        Some(BudgetTask::BaseFunds(what)) => base_funds(common, &engine, what).await?,
        Some(BudgetTask::Arrived { year, district }) => {
            let lines = arrived(&engine, year, district.as_deref()).await?;
            tables::base_funds(common, year, &lines)?;
        }
        Some(BudgetTask::Contingency { task }) => pool(common, &engine, task).await?,
        Some(BudgetTask::Fund { task }) => fund(common, &engine, task).await?,
        Some(BudgetTask::Close(Close { year, carry_over, by })) => {
            let actor = open::actor(&engine, &by.actor).await?;
            let rule = carry_over.map(Carry::rule);
            tables::closed(common, year, engine.close_year(&actor, year, rule, clock::now()).await?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn appropriate(common: &Common, engine: &Engine, what: Appropriate) -> Result<(), Failure> {
    let Appropriate { department, sum, by } = what;
    let actor = open::actor(engine, &by.actor).await?;
    engine.appropriate(&actor, &department, sum.pair(), clock::now()).await?;
    sum.said(common, &department)
}

async fn reduce(common: &Common, engine: &Engine, what: Reduce) -> Result<(), Failure> {
    let Reduce { department, sum, why } = what;
    let actor = open::actor(engine, &why.by.actor).await?;
    engine.reduce(&actor, &department, sum.pair(), (&why.reason, clock::now())).await?;
    sum.said(common, &department)
}

async fn base_funds(common: &Common, engine: &Engine, what: BaseFunds) -> Result<(), Failure> {
    let BaseFunds { year, share, community, amount, by } = what;
    let actor = open::actor(engine, &by.actor).await?;
    if let (Some(community), Some(Money(amount))) = (community, amount) {
        engine.pay_base_fund(&actor, &community, (year, amount), clock::now()).await?;
        return Sum { year, amount: Money(amount) }.said(common, &community);
    }
    let total = engine.pay_base_funds_up_to(&actor, (year, share), clock::now()).await?;
    let value = json!({ "year": year, "amount": total });
    said(common, &value, &format!("{year} {}", total.for_people()))
}

async fn pool(common: &Common, engine: &Engine, task: PoolTask) -> Result<(), Failure> {
    let name = common.say("应急预备金", "contingency pool");
    match task {
        PoolTask::Fill { sum, by } => {
            let actor = open::actor(engine, &by.actor).await?;
            engine.fill_contingency(&actor, sum.pair(), clock::now()).await?;
            sum.said(common, name)
        }
        PoolTask::Drain { sum, why } => {
            let actor = open::actor(engine, &why.by.actor).await?;
            engine.drain_contingency(&actor, sum.pair(), (&why.reason, clock::now())).await?;
            sum.said(common, name)
        }
    }
}

async fn fund(common: &Common, engine: &Engine, task: FundTask) -> Result<(), Failure> {
    let now = clock::now();
    match task {
        FundTask::List => tables::funds(common, &engine.reader().all_special_funds().await?),
        FundTask::Open { code, name, name_en, from, to, purpose, by } => {
            let actor = open::actor(engine, &by.actor).await?;
            let text = format!("{code} {name} {from}—{to}");
            let value = json!({ "code": code, "name": name, "first_year": from, "last_year": to });
            engine
                .open_fund(&actor, NewFund { code, name, name_en, years: (from, to), purpose }, now)
                .await?;
            said(common, &value, &text)
        }
        FundTask::Fill { code, sum, by } => {
            let actor = open::actor(engine, &by.actor).await?;
            engine.fill_fund(&actor, &code, sum.pair(), now).await?;
            sum.said(common, &code)
        }
        FundTask::Drain { code, sum, why } => {
            let actor = open::actor(engine, &why.by.actor).await?;
            engine.drain_fund(&actor, &code, sum.pair(), (&why.reason, now)).await?;
            sum.said(common, &code)
        }
        FundTask::Reward { code, request, community, amount: Money(amount), why } => {
            let actor = open::actor(engine, &why.by.actor).await?;
            let (fund, reason) = (code.as_str(), why.reason.as_str());
            let order = RewardOrder { fund, request: &request, community: &community, amount, reason };
            engine.reward(&actor, order, now).await?;
            let value = json!({ "fund": fund, "request": request, "community": community, "amount": amount });
            said(common, &value, &format!("{fund} → {community} {request} {}", amount.for_people()))
        }
    }
}

async fn arrived(
    engine: &Engine,
    year: i32,
    district: Option<&str>,
) -> Result<Vec<engine::BaseFundLine>, Failure> {
    if let Some(code) = district {
        let district = engine.reader().organisation(code).await?;
        return Ok(engine.base_funds(Some(district.id), year).await?);
    }
    Ok(engine.base_funds(None, year).await?)
}

impl Sum {
    fn pair(&self) -> (i32, Fen) {
        (self.year, self.amount.0)
    }

    /// What was moved, by the name of the account.
    fn said(&self, common: &Common, name: &str) -> Result<(), Failure> {
        let (year, amount) = self.pair();
        let value: Value = json!({ "account": name, "year": year, "amount": amount });
        said(common, &value, &format!("{name} {year} {}", amount.for_people()))
    }
}

impl Carry {
    fn rule(self) -> CarryOver {
        match self {
            Carry::All => CarryOver::All,
            Carry::Committed => CarryOver::Committed,
            Carry::None => CarryOver::Nothing,
        }
    }
}
