//! Budget lines, base funds in parts, statements, and what each reader may see.

use engine::{Command, EngineError};
use store::StoreError;
use workflow::actor::Actor;
use workflow::decimal::Decimal;
use workflow::money::Fen;
use workflow::stage::StageKind;

use super::refusal;
use crate::desk::{Desk, duty};

crate::stories::told_on_both! {
    every_figure_of_a_line_drills_down_to_its_postings
    only_what_is_free_can_be_taken_from_a_line
    base_funds_arrive_in_parts
    a_ledger_shows_what_was_there_on_a_day
    a_reader_sees_only_their_own_accounts
    a_statement_agrees_with_the_balance_that_is_kept
}

async fn every_figure_of_a_line_drills_down_to_its_postings(mut desk: Desk) {
    let money = desk.actor("money");
    desk.engine.appropriate(&money, "HEALTH", (2026, Fen(100_000)), desk.now()).await.unwrap();
    desk.engine.reduce(&money, "HEALTH", (2026, Fen(50_000)), ("压缩经费", desk.now())).await.unwrap();
    desk.buys_and_settles().await;
    insta::assert_snapshot!("money_sources", desk.sources(2026).await);
    insta::assert_snapshot!("money_books", desk.books("HEALTH").await);
    insta::assert_snapshot!("money_community_books", desk.books("420202001001").await);
    desk.is_sound().await;
}

async fn only_what_is_free_can_be_taken_from_a_line(mut desk: Desk) {
    let (money, review, other) = (desk.actor("money"), desk.actor("review"), desk.other_finance().await);
    desk.buys().await;
    let free = desk.figures("HEALTH", 2026).await.free;
    let too_much = (2026, Fen(free.0 + 1));
    let now = desk.now();
    let engine = &desk.engine;
    assert_eq!(refusal(engine.reduce(&money, "HEALTH", too_much, ("压缩", now)).await), "funds_short");
    assert_eq!(refusal(engine.reduce(&money, "HEALTH", (2026, free), (" ", now)).await), "reason_missing");
    assert_eq!(refusal(engine.reduce(&review, "HEALTH", (2026, free), ("压缩", now)).await), "not_yours");
    assert_eq!(refusal(engine.reduce(&other, "HEALTH", (2026, free), ("压缩", now)).await), "not_found");
    assert_eq!(refusal(engine.appropriate(&other, "HEALTH", (2026, free), now).await), "not_found");
    assert_eq!(refusal(engine.appropriate(&review, "HEALTH", (2026, free), now).await), "not_yours");
    assert_eq!(refusal(engine.appropriate(&money, "HEALTH", (2026, Fen(0)), now).await), "nothing_to_move");
    let community = engine.appropriate(&money, "420202001001", (2026, Fen(1)), now).await;
    assert_eq!(refusal(community), "not_found", "a community has no budget line");
    engine.reduce(&money, "HEALTH", (2026, free), ("压缩", now)).await.unwrap();
    assert_eq!(desk.figures("HEALTH", 2026).await.free, Fen::ZERO);
    assert!(desk.figures("HEALTH", 2026).await.escrow > Fen::ZERO, "what is committed stays");
    desk.is_sound().await;
}

async fn base_funds_arrive_in_parts(mut desk: Desk) {
    let mut next_year = duty();
    next_year["starts_on"] = serde_json::json!("2027-01-11");
    next_year["ends_on"] = serde_json::json!("2027-03-31");
    let request = desk.files("health", next_year, &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    let (money, half) = (desk.actor("money"), Decimal::parse("0.5").unwrap());
    let now = desk.now();
    let paid = desk.engine.pay_base_funds_up_to(&money, (2027, half), now).await.unwrap();
    assert_eq!(paid, Fen(2_350_000), "half of ten yuan for 4,700 households");
    let again = desk.engine.pay_base_funds_up_to(&money, (2027, half), now).await.unwrap();
    assert_eq!(again, Fen::ZERO, "twice is once");
    assert_eq!(desk.refused("money", request, Command::CommitFunds).await, "base_funds_short");
    let engine = &desk.engine;
    engine.pay_base_fund(&money, "420202001001", (2027, Fen(1_250_000)), now).await.unwrap();
    let more = engine.pay_base_fund(&money, "420202001001", (2027, Fen(1)), now).await;
    assert_eq!(refusal(more), "above_due");
    assert_eq!(desk.refused("money", request, Command::CommitFunds).await, "base_funds_short");
    let district = desk.request(request).await.district;
    let lines = engine.base_funds(Some(district), 2027).await.unwrap();
    let spoken = lines.iter().map(|l| format!("{} {} {} {}", l.name, l.due, l.arrived, l.missing));
    insta::assert_snapshot!("money_base_funds", spoken.collect::<Vec<_>>().join("\n"));
    engine.pay_base_fund(&money, "420202001002", (2027, Fen(900_000)), now).await.unwrap();
    desk.does("money", request, Command::CommitFunds).await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted, "its own communities have theirs");
    let rest = desk.engine.pay_base_funds(&money, 2027, now).await.unwrap();
    assert_eq!(rest, Fen(200_000), "no fen is paid twice");
    let (other, above) = (desk.other_finance().await, Decimal::parse("1.01").unwrap());
    let theirs = desk.engine.pay_base_fund(&other, "420202001001", (2027, Fen(1)), now).await;
    assert_eq!(refusal(theirs), "not_found");
    let share = desk.engine.pay_base_funds_up_to(&money, (2027, above), now).await;
    assert_eq!(refusal(share), "no_share");
    desk.is_sound().await;
}

async fn a_ledger_shows_what_was_there_on_a_day(mut desk: Desk) {
    desk.buys_and_settles().await;
    let before = desk.engine.start_of("2026-05-06".parse().unwrap());
    let lines = desk.engine.sources(&Actor::System, 2026, Some(before)).await.unwrap();
    let health = lines.iter().find(|line| line.account.code == "HEALTH").unwrap().figures;
    assert_eq!(health.committed, health.escrow, "nothing was paid before the first day");
    let holder = desk.engine.holder(&Actor::System, "HEALTH").await.unwrap();
    let (then, now) = (
        desk.engine.books(&holder, Some(before)).await.unwrap(),
        desk.engine.books(&holder, None).await.unwrap(),
    );
    assert_eq!(then[0].balance, health.free);
    assert_eq!(then[0].entries[..], now[0].entries[..then[0].entries.len()], "what was there stays");
    assert!(now[0].entries.len() > then[0].entries.len());
    let community = desk.engine.holder(&Actor::System, "420202001001").await.unwrap();
    let then = desk.engine.books(&community, Some(before)).await.unwrap();
    assert_eq!(then.len(), 1, "only base funds had arrived");
}

async fn a_reader_sees_only_their_own_accounts(mut desk: Desk) {
    desk.buys().await;
    let other = desk.other_finance().await;
    let sees = |actor: Actor, code: &'static str| {
        let engine = &desk.engine;
        async move {
            match engine.holder(&actor, code).await {
                Ok(_) => true,
                Err(EngineError::Store(StoreError::NotFound(_))) => false,
                Err(error) => panic!("{error}"),
            }
        }
    };
    assert!(sees(desk.actor("health"), "HEALTH").await && !sees(desk.actor("health"), "CIVIL").await);
    assert!(sees(desk.actor("c1"), "420202001001").await && !sees(desk.actor("c1"), "420202001002").await);
    assert!(sees(desk.actor("c1"), "准〔2026〕1号").await, "its own assignment");
    assert!(!sees(desk.actor("civil"), "准〔2026〕1号").await);
    assert!(sees(desk.actor("audit"), "HEALTH").await && !sees(other.clone(), "HEALTH").await);
    assert!(!sees(other.clone(), "准〔2026〕1号").await);
    let engine = &desk.engine;
    assert_eq!(engine.sources(&desk.actor("health"), 2026, None).await.unwrap().len(), 1);
    assert_eq!(engine.sources(&desk.actor("money"), 2026, None).await.unwrap().len(), 3);
    assert!(engine.sources(&desk.actor("c1"), 2026, None).await.unwrap().is_empty());
    assert!(engine.sources(&other, 2026, None).await.unwrap().is_empty());
}

async fn a_statement_agrees_with_the_balance_that_is_kept(mut desk: Desk) {
    desk.buys_and_settles().await;
    desk.jumps("2027-01-15");
    let money = desk.actor("money");
    desk.engine.close_year(&money, 2026, None, desk.now()).await.unwrap();
    let mut said = Vec::new();
    for (code, year) in [
        ("HEALTH", Some(2026)),
        ("HEALTH", Some(2027)),
        ("420202001001", Some(2026)),
        ("420202001001", Some(2027)),
        ("准〔2026〕1号", None),
    ] {
        let year_said = year.map_or("all time".to_owned(), |year| year.to_string());
        said.push(format!("{code} {year_said}\n{}", desk.statement(code, year).await));
    }
    insta::assert_snapshot!("money_statements", said.join("\n\n"));
}
