//! Money and hours: what is held counts at once, each thing happens once, and counting again changes nothing (traps 14 to 17).

use engine::{Command, Engine, EngineError, Order, Seen};
use serde_json::json;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, purchase};

crate::stories::told_on_both! {
    trap_14_holds_never_exceed_the_line
    trap_15_what_is_done_twice_happens_once
    trap_16_open_commitments_are_not_free
    trap_17_counting_again_changes_nothing
}

/// Admits so many purchases, each of its own community and title.
async fn admitted(desk: &mut Desk, prices: &[i64]) -> Vec<RequestId> {
    let mut requests = Vec::new();
    for (number, fen) in prices.iter().enumerate() {
        let mut application = purchase();
        application["title"] = json!(["门牌核查", "古树登记", "消防巡查", "燃气宣传", "井盖普查"][number]);
        application["item"] = json!(["C03-09", "C08-07", "C02-04", "C03-09", "C08-07"][number]);
        application["work"][0]["volume"] = json!({ "fixed": 1 });
        application["work"][0]["minutes_per_unit"] = json!("0");
        application["direct_costs"][0]["amount"] = json!(Fen(fen * 100).to_string());
        application["offer"] = serde_json::Value::Null;
        let request = desk.files("health", application, &[1]).await;
        desk.does("health", request, Command::Submit).await;
        desk.does("review", request, Command::AcceptFiling).await;
        let price = desk.request(request).await.price();
        desk.does("review", request, Command::Quote).await;
        desk.does("health", request, Command::accept_quote(price, 2026)).await;
        let reason = Some("会审同意".to_owned());
        let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
        desk.does("review", request, admit).await;
        desk.does("approve", request, Command::Approve).await;
        requests.push(request);
    }
    desk.comes("2026-03-10").await;
    for request in &requests {
        assert_eq!(desk.stage(*request).await, StageKind::Admitted);
    }
    requests
}

async fn left_on_the_line(desk: &Desk) -> String {
    let balances = desk.balances().await;
    let line = balances.lines().find_map(|line| line.strip_prefix("budget_line HEALTH "));
    line.expect("the line").to_owned()
}

/// The same command on each request at once, from two nodes in turn.
async fn all_at_once(
    nodes: [&Engine; 2],
    orders: Vec<(Order<'_>, Command)>,
) -> Vec<Result<Request, EngineError>> {
    let mut running = Vec::new();
    for ((order, command), node) in orders.into_iter().zip(nodes.into_iter().cycle()) {
        running.push(Box::pin(node.act(order, command)));
    }
    together(running).await
}

/// Polls all futures until each has ended.
async fn together<T>(mut running: Vec<std::pin::Pin<Box<impl Future<Output = T>>>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (future, slot) in running.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Some(value);
            }
        }
        match done.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(done.drain(..).flatten().collect()),
            false => std::task::Poll::Pending,
        }
    })
    .await
}

/// Trap 14, blnkfinance/blnk#181: only settled balance was checked, so six holds of 1,000 fitted into 5,000. Here a commitment is
/// a posting out of the line under one conditional update: what is held is gone from it.
async fn trap_14_holds_never_exceed_the_line(mut desk: Desk) {
    let requests = admitted(&mut desk, &[14_000, 14_000, 14_000, 14_000, 14_000]).await;
    assert_eq!(desk.request(requests[0]).await.price().to_string(), "15120.00");
    let (other, actor) = (desk.another_node().await, desk.actor("money"));
    let order = |request: &RequestId| Order {
        request: *request,
        actor: &actor,
        seen: Seen::Whatever,
        now: desk.now(),
    };
    let orders = requests.iter().map(|request| (order(request), Command::CommitFunds)).collect();
    let done = all_at_once([&desk.engine, &other], orders).await;
    let refused: Vec<_> = done.iter().filter_map(|done| done.as_ref().err().map(EngineError::code)).collect();
    assert_eq!(refused, ["funds_short"; 2], "three of 15,120 fit into 50,000");
    assert_eq!(left_on_the_line(&desk).await, "4640.00");
    desk.is_sound().await;
}

/// Trap 15, blnkfinance/blnk#41, #152, #182, #171: a hold was voided, refunded or committed twice. Here the request's row carries a
/// version and its stage says what is open: of two that race one wins, and whoever comes later is told so.
async fn trap_15_what_is_done_twice_happens_once(mut desk: Desk) {
    let requests = admitted(&mut desk, &[14_000, 14_000]).await;
    let (other, money, health) = (desk.another_node().await, desk.actor("money"), desk.actor("health"));
    let order = |request, actor| Order { request, actor, seen: Seen::Whatever, now: desk.now() };
    for (command, actor, left) in
        [(Command::CommitFunds, &money, "34880.00"), (Command::Withdraw, &health, "50000.00")]
    {
        let twice =
            vec![(order(requests[0], actor), command.clone()), (order(requests[0], actor), command.clone())];
        let done = all_at_once([&desk.engine, &other], twice).await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        assert_eq!(left_on_the_line(&desk).await, left);
        assert!(desk.engine.act(order(requests[0], actor), command).await.is_err(), "nor a third time");
        assert_eq!(left_on_the_line(&desk).await, left);
    }
    let race = vec![
        (order(requests[1], &money), Command::CommitFunds),
        (order(requests[1], &health), Command::Withdraw),
    ];
    let done = all_at_once([&desk.engine, &other], race).await;
    assert!(done.iter().any(Result::is_ok), "{done:?}");
    let stage = desk.stage(requests[1]).await;
    let expected = if stage == StageKind::Withdrawn { "50000.00" } else { "34880.00" };
    assert_eq!(left_on_the_line(&desk).await, expected, "in {stage}");
    desk.is_sound().await;
}

/// Trap 16, frappe/erpnext#47611, #36610: open orders were missed by the budget check, or counted twice with the expense. Here a
/// commitment leaves the line once, and paying a part of it moves nothing on the line.
async fn trap_16_open_commitments_are_not_free(mut desk: Desk) {
    let requests = admitted(&mut desk, &[14_000, 34_000]).await;
    desk.does("money", requests[0], Command::CommitFunds).await;
    assert_eq!(left_on_the_line(&desk).await, "34880.00");
    assert_eq!(
        desk.refused("money", requests[1], Command::CommitFunds).await,
        "funds_short",
        "36,720 are wanted"
    );
    desk.comes("2026-05-06").await;
    assert_eq!(desk.stage(requests[0]).await, StageKind::InForce, "half of it is paid");
    assert_eq!(left_on_the_line(&desk).await, "34880.00", "what was committed is not charged again");
    desk.does("c1", requests[0], desk.refusal(1, workflow::assignment::RefusalReason::PowersMissing)).await;
    assert_eq!(left_on_the_line(&desk).await, "50000.00", "and it comes back once");
    desk.is_sound().await;
}

/// Trap 17, openreview/openreview-py#2347: a script that was run again counted again. Here usage is the sum of bookings: timers,
/// recounts and restarts may come as often as they like.
async fn trap_17_counting_again_changes_nothing(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    let booked = desk.booked().await;
    assert!(booked.contains("420202001001 2026-05"), "{booked}");
    for _ in 0..3 {
        desk.engine.sweep(desk.now()).await.expect("a sweep");
        desk.is_sound().await;
        desk = desk.restart().await;
        assert_eq!(desk.booked().await, booked);
    }
}
