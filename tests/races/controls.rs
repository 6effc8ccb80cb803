//! Without its guard each race is lost: more than one wins, and the doctor finds what should not be. PostgreSQL reads
//! side by side, so there the version is the guard; SQLite writes one after the other, so there the reading inside the
//! write lock is the first guard, and the version the second. Behind the statements for money and hours stands a check
//! of the schema, and behind the version the balance of what would be paid twice.

use std::sync::Arc;

use store::Guard;

use super::contests::{Contest, rounds};
use super::{Nodes, at_once, counted};
use crate::desk::{Database, Desk};

/// What only the version and the reading inside guard.
const SEEN: &[Guard] = &[Guard::ReadInside, Guard::Version];
/// What the balance would guard still.
const PAID: &[Guard] = &[Guard::ReadInside, Guard::Version, Guard::Balance, Guard::Check];
/// What the balance guards, and the schema behind it.
const HELD: &[Guard] = &[Guard::Balance, Guard::Check];

/// On a busy machine a round may pass without two ever meeting; the first that is lost is the last.
const LEAST_ROUNDS: usize = 12;

pub(super) async fn nodes_without(desk: &Desk, off: &'static [Guard]) -> Nodes {
    if off.contains(&Guard::Check) && !desk.url.starts_with("sqlite") {
        desk.tampers("ALTER TABLE accounts DROP CONSTRAINT accounts_check");
        desk.tampers("ALTER TABLE quotas DROP CONSTRAINT quotas_new_check");
    }
    [Arc::new(desk.node_without(off).await), Arc::new(desk.node_without(off).await)]
}

/// The most that have won one round, what else was told, and what the doctor finds.
async fn outcome(
    database: Database,
    contest: Contest,
    off: &'static [Guard],
) -> (usize, Vec<&'static str>, usize) {
    let mut desk = Desk::on(database).await;
    let rounds = contest.prepares(&mut desk, rounds().max(LEAST_ROUNDS)).await;
    let nodes = nodes_without(&desk, off).await;
    let (mut most, mut told) = (0, Vec::new());
    for tries in rounds {
        contest.opens(&desk).await;
        let (won, odd) = counted(&at_once(&desk, &nodes, tries).await);
        most = most.max(won);
        told.extend(odd);
        if most > 1 {
            break;
        }
    }
    (most, told, desk.engine.doctor().await.expect("the doctor reads").breaches.len())
}

async fn is_lost(database: Database, contest: Contest, off: &'static [Guard]) {
    let (most, told, breaches) = outcome(database, contest, off).await;
    assert!(most > 1, "{contest:?} without {off:?} on {database:?} is still won once; {told:?}");
    assert!(breaches > 0, "{contest:?} without {off:?} on {database:?} is not seen by the doctor");
}

/// Each contest without its guards, on both databases.
macro_rules! lost_on_both {
    ($($race:ident: $contest:ident without $off:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() {
                super::is_lost(crate::desk::Database::Sqlite, super::Contest::$contest, super::$off).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() {
                super::is_lost(crate::desk::Database::Postgres, super::Contest::$contest, super::$off).await;
            })+
        }
    };
}

lost_on_both! {
    a_proposal_is_approved_twice: Approval without SEEN
    the_line_is_overdrawn: Line without HELD
    funds_are_committed_twice: Commitment without SEEN
    a_withdrawal_and_a_commitment_are_both_done: Withdrawal without SEEN
    what_is_left_is_refunded_twice_at_termination: Termination without PAID
    the_rest_is_paid_twice_at_acceptance: Confirmation without PAID
}

/// Only where both read the first request side by side; on SQLite the second waits for the write lock and reads after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_supplements_over_the_room_are_funded_on_postgres() {
    is_lost(Database::Postgres, Contest::Supplements, SEEN).await;
}

/// With the statement's condition gone the schema still refuses; only the answer is no longer a plain one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn behind_the_statement_stands_the_schema() {
    for database in [Database::Sqlite, Database::Postgres] {
        let (most, told, breaches) = outcome(database, Contest::Line, &[Guard::Balance]).await;
        assert_eq!((most, breaches), (1, 0), "on {database:?}");
        assert!(told.contains(&"broken"), "on {database:?}: {told:?}");
    }
}
