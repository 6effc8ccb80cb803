//! Finance at work: budget lines, base funds in parts, pools, rewards, taking back and the year's end.

mod closing;
mod lines;
mod pools;
mod races;
mod reversal;
mod tampering;

use engine::{Command, EngineError, NewPerson};
use workflow::actor::{Actor, Role};
use workflow::assignment::RefusalReason;
use workflow::budget::Figures;
use workflow::id::RequestId;
use workflow::language::Language;

use crate::desk::{Desk, purchase};

/// The code of a refusal.
pub(super) fn refusal<T>(done: Result<T, EngineError>) -> &'static str {
    done.err().expect("it is refused").code()
}

impl Desk {
    /// A finance person of the other district.
    pub(super) async fn other_finance(&self) -> Actor {
        let person = NewPerson {
            email: "money3@example.org".into(),
            name: "郑财".into(),
            organisation: "OFFICE-3".into(),
            roles: vec![Role::Finance],
            language: Language::Chinese,
        };
        self.engine.add_person(person, self.now()).await.expect("a new person");
        Actor::Person(self.engine.reader().worker("money3@example.org").await.expect("they are there").person)
    }

    /// A purchase in three communities, in force since 6 May 2026.
    pub(super) async fn buys(&mut self) -> RequestId {
        let request = self.files("health", purchase(), &[1, 2, 3]).await;
        self.does("health", request, Command::Submit).await;
        self.is_decided(request).await;
        self.comes("2026-03-10").await;
        self.does("money", request, Command::CommitFunds).await;
        self.comes("2026-05-06").await;
        request
    }

    /// The same, settled: the second community has refused, the others have delivered.
    pub(super) async fn buys_and_settles(&mut self) -> RequestId {
        let request = self.buys().await;
        self.settles(request).await;
        request
    }

    /// The second community refuses, the others deliver, the department confirms.
    pub(super) async fn settles(&mut self, request: RequestId) {
        self.does("c2", request, self.refusal(2, RefusalReason::PowersMissing)).await;
        self.does("c1", request, self.delivery(1)).await;
        self.does("c3", request, self.delivery(3)).await;
        self.does("health", request, Command::Confirm).await;
    }

    /// What became of the money of a source, by its owner's code.
    pub(super) async fn figures(&self, code: &str, year: i32) -> Figures {
        let lines = self.engine.sources(&Actor::System, year, None).await.expect("sources");
        let line = lines.iter().find(|line| line.account.code == code);
        let figures = line.unwrap_or_else(|| panic!("{code} has no source of {year}")).figures;
        assert!(figures.are_consistent(), "{figures:?}");
        figures
    }

    /// The sources of a year as a person would read them.
    pub(super) async fn sources(&self, year: i32) -> String {
        let lines = self.engine.sources(&Actor::System, year, None).await.expect("sources");
        let spoken = lines.iter().map(|line| {
            let f = &line.figures;
            assert!(f.are_consistent(), "{f:?}");
            format!(
                "{}: {} +{} −{} lapsed {}; committed {} = escrow {} + paid {} + returned {}; rewarded {}; free {}",
                line.account.spoken(Language::Chinese),
                f.appropriated,
                f.carried_in,
                f.carried_out,
                f.lapsed,
                f.committed,
                f.escrow,
                f.paid,
                f.returned,
                f.rewarded,
                f.free
            )
        });
        spoken.collect::<Vec<_>>().join("\n")
    }

    /// A holder's books as a person would read them.
    pub(super) async fn books(&self, code: &str) -> String {
        let holder = self.engine.holder(&Actor::System, code).await.expect("a holder");
        let mut lines = Vec::new();
        for book in self.engine.books(&holder, None).await.expect("books") {
            lines.push(format!("{} {}", book.account.spoken(Language::Chinese), book.balance));
            lines.extend(book.entries.iter().map(|entry| {
                format!(
                    "  {} {} {} {} {} [{}] {}{}",
                    entry.date,
                    entry.purpose.name(Language::Chinese),
                    entry.other.spoken(Language::Chinese),
                    entry.amount,
                    entry.balance,
                    entry.event,
                    entry.request.as_deref().unwrap_or("—"),
                    if entry.reversed_by.is_some() { " 已冲销" } else { "" }
                )
            }));
        }
        lines.join("\n")
    }

    /// A holder's statement as a person would read it.
    pub(super) async fn statement(&self, code: &str, year: Option<i32>) -> String {
        let holder = self.engine.holder(&Actor::System, code).await.expect("a holder");
        let statement = self.engine.statement(&holder, year).await.expect("a statement");
        let mut lines = Vec::new();
        for account in statement.accounts {
            assert!(account.balanced, "{account:?}");
            lines.push(format!(
                "{}: {} → {}",
                account.account.spoken(Language::Chinese),
                account.opening,
                account.closing
            ));
            lines.extend(account.movements.iter().map(|moved| {
                let purpose = moved.purpose.name(Language::Chinese);
                format!("  {purpose} {}: +{} −{}", moved.postings, moved.into, moved.out)
            }));
        }
        lines.join("\n")
    }
}
