//! What a community has received in a year, with the postings behind it.

use chrono::Datelike;
use engine::{AccountBook, BookEntry};
use workflow::ledger::AccountKind;
use workflow::money::Fen;

use crate::pages::addresses::of_request;
use crate::pages::chips::day;
use crate::tongue::Tongue;

/// One posting of the year.
pub(crate) struct Received {
    pub(crate) on: String,
    pub(crate) purpose: &'static str,
    /// Address and number of the request behind it.
    pub(crate) request: Option<(String, String)>,
    pub(crate) amount: String,
}

/// What came in this year, less what went back.
pub(crate) struct Income {
    pub(crate) total: String,
    pub(crate) base: String,
    pub(crate) tasks: String,
    pub(crate) newest: Vec<Received>,
    pub(crate) more: usize,
}

/// Postings that the home page shows; the ledger has all.
const SHOWN: usize = 6;

impl Income {
    pub(crate) fn of(books: &[AccountBook], year: i32, tongue: Tongue) -> Income {
        let of_year = |book: &&AccountBook, kind: AccountKind| book.account.kind == kind;
        let sum = |kind: AccountKind| -> Fen {
            let books = books.iter().filter(|book| of_year(book, kind));
            let entries =
                books.flat_map(|book| book.entries.iter()).filter(|entry| entry.date.year() == year);
            entries.map(|entry| entry.amount).sum()
        };
        let (base, tasks) = (sum(AccountKind::BaseFund), sum(AccountKind::Community));
        let mut entries: Vec<&BookEntry> = books
            .iter()
            .flat_map(|book| book.entries.iter())
            .filter(|entry| entry.date.year() == year)
            .collect();
        entries.sort_by_key(|entry| (std::cmp::Reverse(entry.date), entry.posting));
        let newest = entries.iter().take(SHOWN).map(|entry| Received {
            on: day(entry.date, tongue),
            purpose: entry.purpose.name(tongue.0),
            request: entry.request.as_ref().map(|number| (of_request(number), number.clone())),
            amount: entry.amount.for_people(),
        });
        Income {
            total: (base + tasks).for_people(),
            base: base.for_people(),
            tasks: tasks.for_people(),
            newest: newest.collect(),
            more: entries.len().saturating_sub(SHOWN),
        }
    }
}
