//! The contingency pool, special funds, and rewards instead of subsidies.

use engine::{NewFund, RewardOrder};
use workflow::actor::Actor;
use workflow::money::Fen;

use super::refusal;
use crate::desk::Desk;

crate::stories::told_on_both! {
    a_pool_gives_back_no_more_than_it_holds
    a_special_fund_is_for_its_years_and_its_district
    accepted_work_is_rewarded_once
    what_is_written_about_money_can_be_seen_and_ends
}

fn fund() -> NewFund {
    NewFund {
        code: "GREEN".into(),
        name: "绿色社区专项资金".into(),
        name_en: "Green communities".into(),
        years: (2026, 2027),
        purpose: "奖励环境卫生成效突出的社区".into(),
    }
}

impl Desk {
    pub(super) async fn opens_fund(&self, amount: Fen) -> Actor {
        let money = self.actor("money");
        self.engine.open_fund(&money, fund(), self.now()).await.expect("a fund");
        self.engine.fill_fund(&money, "GREEN", (2026, amount), self.now()).await.expect("money for it");
        money
    }
}

async fn a_pool_gives_back_no_more_than_it_holds(desk: Desk) {
    let (money, now) = (desk.actor("money"), desk.now());
    let engine = &desk.engine;
    engine.fill_contingency(&money, (2026, Fen(3_000_000)), now).await.unwrap();
    let more = engine.drain_contingency(&money, (2026, Fen(3_000_001)), ("压减", now)).await;
    assert_eq!(refusal(more), "funds_short");
    let silent = engine.drain_contingency(&money, (2026, Fen(1)), ("", now)).await;
    assert_eq!(refusal(silent), "reason_missing");
    let nobody = engine.fill_contingency(&desk.actor("approve"), (2026, Fen(1)), now).await;
    assert_eq!(refusal(nobody), "not_yours");
    let other = desk.other_finance().await;
    let theirs = engine.drain_contingency(&other, (2026, Fen(1)), ("压减", now)).await;
    assert_eq!(refusal(theirs), "funds_short", "the other district has a pool of its own, an empty one");
    engine.drain_contingency(&money, (2026, Fen(1_000_000)), ("压减", now)).await.unwrap();
    assert_eq!(desk.figures("420202", 2026).await.free, Fen(2_000_000));
    desk.is_sound().await;
}

async fn a_special_fund_is_for_its_years_and_its_district(desk: Desk) {
    let money = desk.opens_fund(Fen(500_000)).await;
    let (engine, now) = (&desk.engine, desk.now());
    assert_eq!(refusal(engine.open_fund(&money, fund(), now).await), "duplicate");
    assert_eq!(refusal(engine.fill_fund(&money, "GREEN", (2028, Fen(1)), now).await), "outside_years");
    assert_eq!(refusal(engine.fill_fund(&money, "BLUE", (2026, Fen(1)), now).await), "not_found");
    assert_eq!(refusal(engine.fill_fund(&desk.actor("c1"), "GREEN", (2026, Fen(1)), now).await), "not_yours");
    let backwards = NewFund { code: "RED".into(), years: (2027, 2026), ..fund() };
    assert_eq!(refusal(engine.open_fund(&money, backwards, now).await), "outside_years");
    let nameless = NewFund { code: "RED".into(), name: " ".into(), ..fund() };
    assert_eq!(refusal(engine.open_fund(&money, nameless, now).await), "unnamed");
    let other = desk.other_finance().await;
    assert_eq!(refusal(engine.fill_fund(&other, "GREEN", (2026, Fen(1)), now).await), "not_found");
    engine.open_fund(&other, fund(), now).await.expect("its code is free in the other district");
    let more = engine.drain_fund(&money, "GREEN", (2026, Fen(500_001)), ("压减", now)).await;
    assert_eq!(refusal(more), "funds_short");
    engine.drain_fund(&money, "GREEN", (2026, Fen(500_000)), ("压减", now)).await.unwrap();
    assert_eq!(desk.figures("GREEN", 2026).await.free, Fen::ZERO);
    desk.is_sound().await;
}

async fn accepted_work_is_rewarded_once(mut desk: Desk) {
    let money = desk.opens_fund(Fen(500_000)).await;
    let order = |community, amount| RewardOrder {
        fund: "GREEN",
        request: "准〔2026〕1号",
        community,
        amount: Fen(amount),
        reason: "社区评议优秀",
    };
    let (first, second) = ("420202001001", "420202001002");
    let request = desk.buys().await;
    let early = desk.engine.reward(&money, order(first, 200_000), desk.now()).await;
    assert_eq!(refusal(early), "not_delivered", "nothing is accepted yet");
    desk.settles(request).await;
    let (engine, now) = (&desk.engine, desk.now());
    assert_eq!(refusal(engine.reward(&money, order(second, 1), now).await), "not_delivered", "it refused");
    assert_eq!(refusal(engine.reward(&money, order(first, 500_001), now).await), "funds_short");
    assert_eq!(refusal(engine.reward(&money, order("420203001001", 1), now).await), "not_found");
    let silent = RewardOrder { reason: "", ..order(first, 1) };
    assert_eq!(refusal(engine.reward(&money, silent, now).await), "reason_missing");
    assert_eq!(refusal(engine.reward(&desk.actor("review"), order(first, 1), now).await), "not_yours");
    let other = desk.other_finance().await;
    assert_eq!(refusal(engine.reward(&other, order(first, 1), now).await), "not_found");
    engine.reward(&money, order(first, 200_000), now).await.unwrap();
    assert_eq!(refusal(engine.reward(&money, order(first, 1), now).await), "already_rewarded");
    engine.reward(&money, order("420202001003", 300_000), now).await.unwrap();
    let figures = desk.figures("GREEN", 2026).await;
    assert_eq!((figures.rewarded, figures.free), (Fen(500_000), Fen::ZERO));
    insta::assert_snapshot!("money_fund_books", desk.books("GREEN").await);
    desk.is_sound().await;
}

async fn what_is_written_about_money_can_be_seen_and_ends(desk: Desk) {
    let money = desk.opens_fund(Fen(500_000)).await;
    let (engine, now) = (&desk.engine, desk.now());
    let endless = "长".repeat(4_001);
    for (text, code) in [("压减\u{202e}经费", "text_unfit"), (endless.as_str(), "text_too_long")] {
        let reduced = engine.reduce(&money, "HEALTH", (2026, Fen(1)), (text, now)).await;
        assert_eq!(refusal(reduced), code, "a reason");
        let drained = engine.drain_fund(&money, "GREEN", (2026, Fen(1)), (text, now)).await;
        assert_eq!(refusal(drained), code, "a reason");
        let [as_code, as_name, as_english, as_purpose] = [
            NewFund { code: text.into(), ..fund() },
            NewFund { code: "RED".into(), name: text.into(), ..fund() },
            NewFund { code: "RED".into(), name_en: text.into(), ..fund() },
            NewFund { code: "RED".into(), purpose: text.into(), ..fund() },
        ];
        for new in [as_code, as_name, as_english, as_purpose] {
            assert_eq!(refusal(engine.open_fund(&money, new, now).await), code);
        }
    }
    let plain = NewFund { code: " RED ".into(), name: "𠮷祥专项".into(), name_en: " ".into(), ..fund() };
    engine.open_fund(&money, plain, now).await.expect("rare Han are letters, and English may be missing");
    engine.fill_fund(&money, "RED", (2026, Fen(1)), now).await.expect("it is kept without the space");
    desk.is_sound().await;
}
