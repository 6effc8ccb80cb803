//! Sixteen at once: of those who want the same money, one has it, the others get a plain refusal.

use std::sync::Arc;

use engine::{EngineError, TakenBack};
use workflow::money::Fen;

use crate::desk::Desk;

const ACTORS: usize = 16;

crate::stories::told_on_both! {
    of_sixteen_reversals_one_holds
    of_sixteen_closes_one_moves_money
}

/// Somebody else was faster.
fn is_plain(error: &EngineError) -> bool {
    matches!(error.code(), "conflict" | "busy" | "funds_short")
}

async fn of_sixteen_reversals_one_holds(desk: Desk) {
    let enough_for_all = (2026, Fen(20 * 5_000_000));
    desk.engine.appropriate(&desk.actor("money"), "HEALTH", enough_for_all, desk.now()).await.expect("money");
    let desk = Arc::new(desk);
    let tries = (0..ACTORS).map(|_| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let taken = TakenBack::Event("HEALTH".into(), 1);
            desk.engine.reverse(&desk.actor("money"), &taken, "重复下达", desk.now()).await
        })
    });
    let mut done = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.expect("no panic") {
            Ok(amount) => {
                assert_eq!(amount, Fen(5_000_000));
                done += 1;
            }
            Err(error) => assert!(is_plain(&error), "{error}"),
        }
    }
    assert_eq!(done, 1);
    desk.is_sound().await;
}

async fn of_sixteen_closes_one_moves_money(mut desk: Desk) {
    desk.jumps("2027-01-04");
    let desk = Arc::new(desk);
    let tries = (0..ACTORS).map(|_| {
        let desk = Arc::clone(&desk);
        tokio::spawn(
            async move { desk.engine.close_year(&desk.actor("money"), 2026, None, desk.now()).await },
        )
    });
    let mut lapsed = Fen::ZERO;
    for one in tries.collect::<Vec<_>>() {
        match one.await.expect("no panic") {
            Ok(closed) => lapsed += closed.lapsed,
            Err(error) => assert!(is_plain(&error), "{error}"),
        }
    }
    assert_eq!(lapsed, Fen(15_000_000), "everything once");
    desk.is_sound().await;
}
