//! The ledger of a holder within the reader's scope: each account's postings of a year with the running balance, page by page,
//! and the request and event behind each.

use askama::Template;
use axum::extract::{Path, State};
use chrono::Datelike;
use engine::{AccountBook, BookEntry};
use serde::Deserialize;
use store::Scope;
use uuid::Uuid;
use workflow::calendar::read_day;
use workflow::ledger::AccountKind;
use workflow::money::Fen;

use crate::pages::addresses::{of_request, segment};
use crate::pages::frame::Frame;
use crate::pages::years;
use crate::query::Query;
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
    year: i32,
    books: Vec<Book>,
}

struct Book {
    name: String,
    balance: String,
    entries: Vec<Entry>,
    /// It is not the first page.
    is_later: bool,
    /// Where the older ones are, where more follow.
    older: Option<String>,
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
    #[serde(default)]
    year: String,
    /// Of which account a later page is wanted, by its place among the holder's.
    book: Option<usize>,
    /// The last posting of the page before.
    after: Option<Uuid>,
}

/// Postings of an account on one page.
const MOST: usize = 100;

/// Which postings are shown, and where.
#[derive(Clone, Copy)]
struct Shown<'a> {
    path: &'a str,
    as_of: &'a str,
    year: i32,
    /// The place of the account.
    book: usize,
    after: Option<Uuid>,
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
    let this = day.unwrap_or_else(|| engine.today(member.visitor.now)).year();
    let year = years::read(&asked.year).unwrap_or(this);
    let books = engine.books(&holder, before).await.tell(tongue)?;
    let path = format!("/ledger/{}", segment(holder.code()));
    let as_of = day.map(|day| day.to_string()).unwrap_or_default();
    let wanted = books.iter().enumerate().filter(|(place, _)| asked.book.is_none_or(|book| book == *place));
    let shown = |(place, book): (usize, &AccountBook)| {
        let shown = Shown { path: &path, as_of: &as_of, year, book: place, after: asked.after };
        Book::of(book, shown, (scope, tongue))
    };
    let books: Vec<Book> = wanted.filter_map(shown).collect();
    Ok(page(&LedgerPage {
        frame: Frame::of(&member, "/budget"),
        name: holder.name(tongue.0).to_owned(),
        code: holder.code().to_owned(),
        year,
        books,
        path,
        as_of,
    }))
}

impl Book {
    /// Newest first, as people look for the last movement; none for an account that is empty and rested all the year.
    fn of(book: &AccountBook, shown: Shown<'_>, (scope, tongue): (Scope, Tongue)) -> Option<Book> {
        let Shown { path, as_of, year, book: place, after } = shown;
        let of_year: Vec<&BookEntry> =
            book.entries.iter().rev().filter(|entry| entry.date.year() == year).collect();
        if of_year.is_empty() && book.balance == Fen::ZERO {
            return None;
        }
        let last = after.and_then(|after| of_year.iter().position(|entry| entry.posting == after));
        let first = last.map_or(0, |place| place + 1);
        let (rest, is_later) = (of_year.get(first..).unwrap_or_default(), first > 0);
        let (entries, more) = rest.split_at(rest.len().min(MOST));
        let last = entries.last().filter(|_| !more.is_empty());
        Some(Book {
            name: book.account.spoken(tongue.0),
            balance: book.balance.for_people(),
            entries: entries.iter().map(|entry| Entry::of(entry, (scope, tongue))).collect(),
            is_later,
            older: last
                .map(|last| format!("{path}?year={year}&as_of={as_of}&book={place}&after={}", last.posting)),
        })
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
