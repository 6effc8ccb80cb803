//! Money as it is read: sources of a year, base funds, special funds, payments, ledgers and statements.

use axum::extract::Path;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use engine::{BookEntry, EngineError};
use serde_json::{Value, json};
use store::{Scope, SpecialFund};
use uuid::Uuid;
use workflow::actor::Role;

use super::caller::{Asked, Said, answer, fault, with};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::schema;
use super::shapes::money as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let overseers = Admits::Roles(&[Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor]);
    let with_committees =
        Admits::Roles(&[Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor, Role::Committee]);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/budget", all, get(budget)),
            (
                "list_budget",
                "Sources of funds of a year that the caller may see, with what became of the money",
            ),
            shapes::budget,
        )
        .asks("year", schema::year)
        .asks("as_of", schema::day)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/base-funds", with_committees, get(base_funds)),
            ("list_base_funds", "Base funds of a year: due, arrived and missing; a committee sees its own"),
            shapes::base_funds,
        )
        .asks("year", schema::year)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/special-funds", overseers, get(special_funds)),
            ("list_special_funds", "The special funds of the caller's district, by code"),
            shapes::special_funds,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/payments", overseers, get(payments)),
            ("list_payments", "Payments out of escrow to communities, newest first"),
            shapes::payments,
        )
        .sliced_by_id(),
        Operation::new(
            (Method::GET, "/api/v1/ledger/{holder}", all, get(ledger)),
            (
                "show_ledger",
                "The accounts of an organisation, a special fund or a request, and a page of their postings",
            ),
            shapes::ledger,
        )
        .asks("as_of", schema::day)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/statements/{holder}", all, get(statement)),
            (
                "show_statement",
                "Opening, movements by purpose and closing of a holder's accounts, of a year or of all time",
            ),
            shapes::statement,
        )
        .asks("year", schema::year),
    ];
    operations.into_iter().map(|one| one.within(Group::Money)).collect()
}

async fn budget(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let year = reading.year()?;
    let before = before(&reading.server, &reading.asked).said(tongue)?;
    let lines = reading.engine().sources(reading.caller.actor(), year, before).await.said(tongue)?;
    let name = |line: &engine::SourceLine| format!("{}|{}", line.account.kind, line.account.code);
    Ok(slice.page((lines, Order::Rising), name, |line| json!(line)))
}

async fn base_funds(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let year = reading.year()?;
    let mut lines = reading.engine().base_funds(reading.district(), year).await.said(tongue)?;
    match reading.scope() {
        Scope::Everything | Scope::District(_) => {}
        Scope::Community(own) => lines.retain(|line| line.community == own),
        Scope::Department(_) => lines.clear(),
    }
    Ok(slice.page((lines, Order::Rising), |line| line.code.clone(), |line| json!(line)))
}

pub(super) fn fund(fund: &SpecialFund) -> Value {
    let SpecialFund { id, district, code, name, name_en, first_year, last_year, purpose } = fund;
    json!({
        "id": id, "district": district, "code": code, "name": name, "name_en": name_en,
        "first_year": first_year, "last_year": last_year, "purpose": purpose,
    })
}

async fn special_funds(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let mut funds = reading.reader().all_special_funds().await.said(tongue)?;
    match reading.scope() {
        Scope::Everything => {}
        Scope::District(own) => funds.retain(|fund| fund.district == own),
        Scope::Department(_) | Scope::Community(_) => funds.clear(),
    }
    Ok(slice.page((funds, Order::Rising), |fund| format!("{}|{}", fund.code, fund.id), fund))
}

async fn payments(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let after: Option<Uuid> = slice.after_id().said(tongue)?;
    let found = reading.engine().payments_after(reading.caller.actor(), (after, slice.most as u64 + 1)).await;
    Ok(slice.read(found.said(tongue)?, |payment| payment.posting.to_string(), |payment| json!(payment)))
}

async fn ledger(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let before = before(&reading.server, &reading.asked).said(tongue)?;
    let holder = reading.engine().holder(reading.caller.actor(), &written).await.said(tongue)?;
    let books = reading.engine().books(&holder, before).await.said(tongue)?;
    let accounts: Vec<Value> =
        books.iter().map(|book| json!({ "account": book.account, "balance": book.balance })).collect();
    let entries = books.into_iter().enumerate().flat_map(|(place, book)| {
        let engine::AccountBook { account, entries, balance: _ } = book;
        let of_book = move |(index, entry)| (format!("{place:04}|{index:08}"), account.clone(), entry);
        entries.into_iter().enumerate().map(of_book)
    });
    let line = |(_, account, entry): &(String, engine::AccountName, BookEntry)| {
        with(json!(entry), "account", json!(account))
    };
    let (lines, next) = slice.lines((entries.collect(), Order::Rising), |(name, ..)| name.clone(), line);
    Ok(answer(&json!({ "accounts": accounts, "items": lines, "next": next })))
}

async fn statement(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let year = reading.asked.number("year", workflow::calendar::YEARS).said(tongue)?;
    let holder = reading.engine().holder(reading.caller.actor(), &written).await.said(tongue)?;
    Ok(answer(&reading.engine().statement(&holder, year).await.said(tongue)?))
}

/// The first moment after the day that was asked for.
fn before(server: &Server, asked: &Asked) -> Result<Option<DateTime<Utc>>, EngineError> {
    let Some(day) = asked.day("as_of")? else { return Ok(None) };
    let next = day.succ_opt().ok_or_else(|| fault("/query/as_of", ("日期太晚", "the day is too late")))?;
    Ok(Some(server.engine.start_of(next)))
}
