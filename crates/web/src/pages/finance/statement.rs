//! The statement of a holder for a year (对账单), to be read and printed: opening, movements by purpose, closing, and whether
//! they agree with the balance that is kept.

use askama::Template;
use axum::extract::{Path, State};
use chrono::Datelike;
use engine::AccountStatement;

use crate::pages::addresses::segment;
use crate::pages::frame::Frame;
use crate::pages::years::Asked;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "finance/statement.html")]
struct StatementPage {
    frame: Frame,
    path: String,
    name: String,
    code: String,
    year: i32,
    accounts: Vec<Account>,
}

struct Account {
    name: String,
    opening: String,
    movements: Vec<Movement>,
    closing: String,
    is_balanced: bool,
}

struct Movement {
    purpose: &'static str,
    postings: usize,
    into: String,
    out: String,
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let tongue = member.tongue();
    let year = asked.or(server.engine.today(member.visitor.now).year());
    let holder = server.engine.holder(&member.known.actor, &code).await.tell(tongue)?;
    let statement = server.engine.statement(&holder, Some(year)).await.tell(tongue)?;
    Ok(page(&StatementPage {
        frame: Frame::of(&member, "/budget"),
        path: format!("/ledger/{}", segment(holder.code())),
        name: holder.name(tongue.0).to_owned(),
        code: holder.code().to_owned(),
        year,
        accounts: statement.accounts.iter().map(|account| Account::of(account, tongue)).collect(),
    }))
}

impl Account {
    fn of(account: &AccountStatement, tongue: Tongue) -> Account {
        let movement = |one: &engine::Movement| Movement {
            purpose: one.purpose.name(tongue.0),
            postings: one.postings,
            into: one.into.for_people(),
            out: one.out.for_people(),
        };
        Account {
            name: account.account.spoken(tongue.0),
            opening: account.opening.for_people(),
            movements: account.movements.iter().map(movement).collect(),
            closing: account.closing.for_people(),
            is_balanced: account.balanced,
        }
    }
}
