//! The tables of money as files for spreadsheets: the year's sources and base funds, the postings of a ledger, a statement.
//! Amounts are plain numbers, so that a spreadsheet can add them up.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::Datelike;
use engine::{AccountBook, BookEntry, Holder};
use store::Scope;
use workflow::money::Fen;

use crate::downloads::download;
use crate::pages::csv_cells::{UTF_8, cell};
use crate::pages::years::Asked;
use crate::query::Query;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// A file of lines, the heads first.
fn saved(name: &str, lines: &[String]) -> Response {
    download(name, format!("{UTF_8}{}\r\n", lines.join("\r\n")).into_bytes())
}

/// Texts, and numbers after them.
fn line<const TEXTS: usize, const NUMBERS: usize>(
    texts: [&str; TEXTS],
    numbers: [String; NUMBERS],
) -> String {
    texts.iter().map(cell).chain(numbers).collect::<Vec<_>>().join(",")
}

/// The year's sources, then the base funds of communities: table, code, name, figure, amount.
pub(crate) async fn budget(
    State(server): State<Server>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Failed> {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let year = asked.or(engine.today(member.visitor.now).year());
    let actor = &member.known.actor;
    let district = if let Scope::District(district) = engine.scope(actor) { Some(district) } else { None };
    let heads = [
        tongue.say("表", "table"),
        tongue.say("代码", "code"),
        tongue.say("名称", "name"),
        tongue.say("项目", "figure"),
        tongue.say("金额（元）", "amount in yuan"),
    ];
    let mut lines = vec![heads.map(cell).join(",")];
    for source in engine.sources(actor, year, None).await.tell(tongue)? {
        let (figures, name) = (&source.figures, source.account.spoken(tongue.0));
        let amounts = [
            (tongue.say("下达", "appropriated"), figures.appropriated),
            (
                tongue.say("结转和收回", "carried over, lapsed"),
                figures.carried_in - figures.carried_out - figures.lapsed,
            ),
            (tongue.say("已落实", "committed"), figures.committed - figures.returned),
            (tongue.say("在途", "in escrow"), figures.escrow),
            (tongue.say("已拨付", "paid"), figures.paid),
            (tongue.say("可用", "free"), figures.free),
        ];
        let table = tongue.say("资金来源", "sources");
        lines.extend(amounts.map(|(figure, amount)| {
            line([table, &source.account.code, &name, figure], [amount.to_string()])
        }));
    }
    for base in engine.base_funds(district, year).await.tell(tongue)? {
        let table = tongue.say("社区基础经费", "base funds of communities");
        let amounts = [
            (tongue.say("应拨", "due"), base.due),
            (tongue.say("已到位", "arrived"), base.arrived),
            (tongue.say("未到位", "missing"), base.missing),
        ];
        lines.extend(
            amounts
                .map(|(figure, amount)| line([table, &base.code, &base.name, figure], [amount.to_string()])),
        );
    }
    Ok(saved(&format!("budget-{year}.csv"), &lines))
}

/// Whose accounts are asked for, and of which year.
async fn of_holder(
    server: &Server,
    member: &Member,
    (code, asked): (&str, &Asked),
) -> Result<(Holder, i32), Failed> {
    let holder = server.engine.holder(&member.known.actor, code).await.tell(member.tongue())?;
    Ok((holder, asked.or(server.engine.today(member.visitor.now).year())))
}

/// All postings of a holder's accounts in a year, the oldest first.
pub(crate) async fn ledger(
    State(server): State<Server>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failed> {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let (holder, year) = of_holder(&server, &member, (&code, &asked)).await?;
    let books = engine.books(&holder, None).await.tell(tongue)?;
    let heads = [
        tongue.say("账户", "account"),
        tongue.say("日期", "date"),
        tongue.say("用途", "purpose"),
        tongue.say("对方账户", "other account"),
        tongue.say("申请", "request"),
        tongue.say("事件", "event"),
        tongue.say("已冲销", "reversed"),
        tongue.say("金额（元）", "amount in yuan"),
        tongue.say("余额（元）", "balance in yuan"),
    ];
    let mut lines = vec![heads.map(cell).join(",")];
    for book in &books {
        let of_year = book.entries.iter().filter(|entry| entry.date.year() == year);
        lines.extend(of_year.map(|entry| posting(book, entry, tongue)));
    }
    Ok(saved(&format!("ledger-{}-{year}.csv", holder.code()), &lines))
}

fn posting(book: &AccountBook, entry: &BookEntry, tongue: Tongue) -> String {
    let reversed = if entry.reversed_by.is_some() { tongue.say("是", "yes") } else { "" };
    let (account, other) = (book.account.spoken(tongue.0), entry.other.spoken(tongue.0));
    let texts = [
        account.as_str(),
        &entry.date.to_string(),
        entry.purpose.name(tongue.0),
        &other,
        entry.request.as_deref().unwrap_or_default(),
        &entry.event,
        reversed,
    ];
    line(texts, [entry.amount.to_string(), entry.balance.to_string()])
}

/// The statement of a holder for a year: opening, movements by purpose, closing.
pub(crate) async fn statement(
    State(server): State<Server>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failed> {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let (holder, year) = of_holder(&server, &member, (&code, &asked)).await?;
    let statement = engine.statement(&holder, Some(year)).await.tell(tongue)?;
    let heads = [
        tongue.say("账户", "account"),
        tongue.say("用途", "purpose"),
        tongue.say("笔数", "postings"),
        tongue.say("收入（元）", "in, in yuan"),
        tongue.say("支出（元）", "out, in yuan"),
        tongue.say("余额（元）", "balance in yuan"),
    ];
    let mut lines = vec![heads.map(cell).join(",")];
    for account in &statement.accounts {
        let name = account.account.spoken(tongue.0);
        let stands = |said: &str, balance: Fen| {
            line([&name, said], [String::new(), String::new(), String::new(), balance.to_string()])
        };
        lines.push(stands(tongue.say("年初余额", "opening"), account.opening));
        lines.extend(account.movements.iter().map(|one| {
            let sums = [one.postings.to_string(), one.into.to_string(), one.out.to_string(), String::new()];
            line([&name, one.purpose.name(tongue.0)], sums)
        }));
        lines.push(stands(tongue.say("年末余额", "closing"), account.closing));
    }
    Ok(saved(&format!("statement-{}-{year}.csv", holder.code()), &lines))
}
