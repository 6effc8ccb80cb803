//! The invariants of `workflow.md`, counted anew from what the model has kept.

use workflow::action::ActionKind;
use workflow::catalogue::Class;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::open::open;
use workflow::request::{Event, Request};
use workflow::stage::{Stage, StageKind, Verdict};

use super::model::Model;
use crate::memory::{self, day};

impl Model {
    /// Everything that is not as it always should be.
    pub(super) fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        let mut demand = |holds: bool, said: String| breaches.extend((!holds).then_some(said));
        let total: Fen = self.balances.values().copied().sum();
        demand(total == Fen::ZERO, format!("2: the balances sum to {total}"));
        let overbooked = self.overbooked();
        demand(overbooked.is_empty(), format!("3: overbooked {overbooked:?}"));
        for request in &self.requests {
            let kind = request.stage.kind();
            let place = |said: &str| format!("{said} ({kind} {})", request.number());
            demand(self.assigned_after_funds(request), place("1: assigned before admission and funds"));
            demand(self.paid_as_noted(request), place("1: what was paid is not what the assignments say"));
            demand(
                self.balance(Account::Escrow { request: request.id }) == held(request),
                place("2: the escrow holds something else"),
            );
            demand(self.books_as_admitted(request), place("3: the bookings are not those of the stage"));
            demand(self.decided_by_two(request), place("4: one person proposed and approved"));
            demand(self.walked_the_table(request), place("5: the history is no path of the table"));
            demand(never_admits_negative(request), place("a negative item is admitted"));
        }
        breaches
    }

    fn history(&self, request: &Request) -> &[Event] {
        self.histories.get(&request.id).map(Vec::as_slice).unwrap_or_default()
    }

    fn moved(&self, request: &Request, wanted: impl Fn(&Posting) -> bool) -> Fen {
        let own = self.postings.iter().filter(|(of, posting)| *of == Some(request.id) && wanted(posting));
        own.map(|(_, posting)| posting.amount).sum()
    }

    fn assigned_after_funds(&self, request: &Request) -> bool {
        let history = self.history(request);
        let place = |action: ActionKind| history.iter().rposition(|event| event.action == action);
        let in_force = history.iter().position(|event| event.after == StageKind::InForce);
        let emergency =
            history.iter().any(|event| event.before == StageKind::Draft && event.after == StageKind::InForce);
        if emergency {
            return true;
        }
        let committed = self.moved(request, |posting| posting.purpose == Purpose::Commitment);
        match (place(ActionKind::Enter), place(ActionKind::CommitFunds), in_force) {
            (Some(entered), Some(funded), Some(in_force)) => {
                entered < funded && funded <= in_force && committed == request.price()
            }
            _ => request.assignments.is_empty(),
        }
    }

    fn paid_as_noted(&self, request: &Request) -> bool {
        request.assignments.iter().all(|assignment| {
            let account = Account::Community { community: assignment.community };
            let received = self.moved(request, |posting| posting.debit == account);
            let given_back = self.moved(request, |posting| posting.credit == account);
            received - given_back == assignment.paid && assignment.paid <= assignment.price
        })
    }

    fn books_as_admitted(&self, request: &Request) -> bool {
        use StageKind as S;
        let kind = request.stage.kind();
        // An emergency books its real hours when it is paid; what is terminated keeps the months that are past.
        // Months that were past at a merger stay with the community that is no more.
        let merged = self.history(request).iter().any(|event| event.action == ActionKind::Retarget);
        if matches!(kind, S::Terminated | S::Closed) || request.is_emergency() || merged {
            return true;
        }
        let running = [S::Admitted, S::InForce, S::Suspended, S::Acceptance, S::Settled];
        let admitted = running.contains(&kind);
        let refused = |code: &str| request.assignments.iter().any(|one| one.code == code && one.is_refused());
        let hours = request.assessed.iter().flat_map(|assessed| &assessed.hours);
        let wanted = hours.filter(|row| admitted && !refused(&row.code)).count();
        wanted == self.held(request.id).len()
    }

    fn decided_by_two(&self, request: &Request) -> bool {
        let mut proposer = None;
        let by_event = self.history(request).iter().all(|event| match event.action {
            ActionKind::Propose => {
                proposer = event.user;
                proposer.is_some()
            }
            ActionKind::Approve => event.user.is_some() && event.user != proposer && proposer.is_some(),
            _ => true,
        });
        let differ =
            request.stage.decision().is_none_or(|decision| decision.approved_by != decision.proposal.by);
        by_event && differ
    }

    fn walked_the_table(&self, request: &Request) -> bool {
        let history = self.history(request);
        let mut stage = StageKind::Draft;
        let mut at = memory::morning(day("2026-03-02"));
        let steps = history.iter().all(|event| {
            let follows = event.before == stage && event.at >= at;
            (stage, at) = (event.after, event.at);
            follows && open(event.before, event.action, event.role).contains(&event.after)
        });
        let counted = usize::try_from(request.version).is_ok_and(|version| version == history.len());
        steps && counted && stage == request.stage.kind()
    }
}

/// What should lie in the escrow of a request: nothing unless it is funded and runs.
fn held(request: &Request) -> Fen {
    match &request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => request.price(),
        Stage::InForce { .. } | Stage::Suspended { .. } | Stage::Acceptance { .. } => {
            let standing = request.assignments.iter().filter(|assignment| !assignment.is_refused());
            standing.map(|assignment| assignment.price - assignment.paid).sum()
        }
        _ => Fen::ZERO,
    }
}

fn never_admits_negative(request: &Request) -> bool {
    let negative = request.assessed.as_ref().is_some_and(|assessed| assessed.class == Some(Class::Negative));
    let admitted =
        request.stage.decision().is_some_and(|decision| decision.proposal.verdict == Verdict::Admit);
    !(negative && admitted)
}
