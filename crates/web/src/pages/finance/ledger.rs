//! The ledger of a holder within the reader's scope: each account's postings with the running balance, and the request and
//! event behind each.

use askama::Template;
use axum::extract::{Path, Query, State};
use engine::{AccountBook, BookEntry};
use serde::Deserialize;
use store::Scope;
use workflow::calendar::read_day;
use workflow::ledger::AccountKind;

use crate::pages::addresses::{of_request, segment};
use crate::pages::frame::Frame;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "finance/ledger.html")]
struct LedgerPage {
    frame: Frame,
    path: String,
    name: String,
    code: String,
    as_of: String,
    books: Vec<Book>,
}

struct Book {
    name: String,
    balance: String,
    entries: Vec<Entry>,
}

struct Entry {
    date: String,
    purpose: &'static str,
    is_reversed: bool,
    other: String,
    /// Where the other account is the reader's to see, too.
    to_other: Option<String>,
    request: Option<(String, String)>,
    event: String,
    amount: String,
    is_out: bool,
    balance: String,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    as_of: Option<String>,
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let holder = engine.holder(&member.known.actor, &code).await.tell(tongue)?;
    let scope = engine.scope(&member.known.actor);
    let day = asked.as_of.as_deref().and_then(read_day);
    let before = day.and_then(|day| day.succ_opt()).map(|next| engine.start_of(next));
    let books = engine.books(&holder, before).await.tell(tongue)?;
    Ok(page(&LedgerPage {
        frame: Frame::of(&member, "/budget"),
        path: format!("/ledger/{}", segment(holder.code())),
        name: holder.name(tongue.0).to_owned(),
        code: holder.code().to_owned(),
        as_of: day.map(|day| day.to_string()).unwrap_or_default(),
        books: books.iter().map(|book| Book::of(book, (scope, tongue))).collect(),
    }))
}

impl Book {
    /// Newest first, as people look for the last movement.
    fn of(book: &AccountBook, (scope, tongue): (Scope, Tongue)) -> Book {
        Book {
            name: book.account.spoken(tongue.0),
            balance: book.balance.for_people(),
            entries: book.entries.iter().rev().map(|entry| Entry::of(entry, (scope, tongue))).collect(),
        }
    }
}

impl Entry {
    fn of(entry: &BookEntry, (scope, tongue): (Scope, Tongue)) -> Entry {
        let sees_all = matches!(scope, Scope::Everything | Scope::District(_));
        let may_follow = sees_all || entry.other.kind == AccountKind::Escrow;
        Entry {
            date: entry.date.to_string(),
            purpose: entry.purpose.name(tongue.0),
            is_reversed: entry.reversed_by.is_some(),
            other: entry.other.spoken(tongue.0),
            to_other: may_follow.then(|| format!("/ledger/{}", segment(&entry.other.code))),
            request: entry.request.as_ref().map(|number| (of_request(number), number.clone())),
            event: entry.event.clone(),
            amount: entry.amount.for_people(),
            is_out: entry.amount.0 < 0,
            balance: entry.balance.for_people(),
        }
    }
}
