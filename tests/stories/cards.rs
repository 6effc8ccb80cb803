//! Yellow and red cards: who gets them for which limit, who may speak against them, who decides, and who never gets one.

use engine::{Command, ImportKind};
use store::{LetterState, Scope};
use workflow::assignment::RefusalReason;
use workflow::card::{Card, CardAction, CardStageKind, Colour};
use workflow::lateness::Cause;
use workflow::stage::StageKind;

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    an_office_that_lets_its_limit_pass_gets_yellow_and_then_red
    a_card_is_contested_by_whoever_got_it_and_decided_by_somebody_else
    a_contest_that_nobody_answers_goes_to_the_city
    a_card_that_cannot_be_read_stops_no_other
    money_that_does_not_come_is_carded_and_a_refusal_never
    a_limit_that_a_new_calendar_has_moved_gives_no_card
    two_engines_give_a_card_once
    the_limits_of_a_day_gone_by_are_those_that_were_known_then
    the_list_of_limits_says_whose_step_it_is_and_what_is_left
}

impl Desk {
    async fn cards(&self) -> Vec<Card> {
        self.engine.reader().cards(Scope::Everything, &[]).await.expect("cards")
    }

    /// Step, colour and cause of each card.
    async fn shown(&self) -> Vec<(StageKind, Colour, Cause)> {
        self.cards().await.iter().map(|card| (card.step, card.colour, card.cause)).collect()
    }

    async fn acts_on(
        &self,
        who: &str,
        card: &Card,
        action: CardAction,
    ) -> Result<CardStageKind, &'static str> {
        let done = self.engine.act_on_card(card.id.0, action, &self.actor(who), self.now()).await;
        done.map(|card| card.stage.kind()).map_err(|error| error.code())
    }

    async fn letters_of(&self, kind: &str) -> Vec<String> {
        let letters = self.engine.reader().letters(LetterState::Waiting).await.expect("letters");
        let of_kind = letters.into_iter().filter(|letter| letter.kind == kind);
        let mut to: Vec<String> =
            of_kind.map(|letter| letter.recipient.split('@').next().unwrap_or_default().to_owned()).collect();
        to.sort();
        to
    }

    /// A duty in review since Monday, 2 March, to be decided by the 23rd.
    async fn waits_for_the_office(&self) {
        let request = self.files("health", duty(), &[1]).await;
        self.does("health", request, Command::Submit).await;
        self.does("review", request, Command::AcceptFiling).await;
    }
}

fn contest() -> CardAction {
    CardAction::Contest { text: "材料于期限最后一日才补齐".into() }
}

fn cancel() -> CardAction {
    CardAction::Cancel { reason: "情况属实".into() }
}

fn uphold() -> CardAction {
    CardAction::Uphold { reason: "材料早已齐全".into() }
}

async fn an_office_that_lets_its_limit_pass_gets_yellow_and_then_red(mut desk: Desk) {
    desk.waits_for_the_office().await;
    desk.comes("2026-03-23").await;
    assert_eq!(desk.shown().await, [], "the last day still counts");
    desk.comes("2026-03-24").await;
    assert_eq!(desk.shown().await, [(StageKind::Review, Colour::Yellow, Cause::Office)]);
    assert_eq!(desk.letters_of("card_given").await, ["approve", "both", "both", "review"]);
    desk.comes("2026-03-27").await;
    assert_eq!(desk.shown().await.len(), 1, "four working days late");
    desk.comes("2026-03-30").await;
    assert_eq!(desk.shown().await.pop(), Some((StageKind::Review, Colour::Red, Cause::Office)));
    desk.comes("2026-06-30").await;
    assert_eq!(desk.shown().await.len(), 2, "each once");
    desk.is_sound().await;
}

async fn a_card_is_contested_by_whoever_got_it_and_decided_by_somebody_else(mut desk: Desk) {
    desk.waits_for_the_office().await;
    desk.comes("2026-03-24").await;
    let card = desk.cards().await.remove(0);
    assert_eq!(desk.acts_on("health", &card, contest()).await, Err("not_found"), "not theirs to see");
    assert_eq!(desk.acts_on("audit", &card, contest()).await, Err("not_yours"));
    assert_eq!(desk.acts_on("audit", &card, cancel()).await, Err("not_open"), "nobody has contested it");
    assert_eq!(
        desk.acts_on("review", &card, CardAction::Contest { text: " ".into() }).await,
        Err("reason_missing")
    );
    assert_eq!(desk.acts_on("review", &card, contest()).await, Ok(CardStageKind::Contested));
    assert_eq!(
        desk.letters_of("card_contested").await,
        ["audit"],
        "the office is carded, so the city decides"
    );
    assert_eq!(desk.acts_on("approve", &card, cancel()).await, Err("not_yours"), "they sit in the office");
    assert_eq!(desk.acts_on("approve3", &card, cancel()).await, Err("not_found"), "another district");
    assert_eq!(desk.acts_on("audit", &card, cancel()).await, Ok(CardStageKind::Cancelled));
    assert_eq!(desk.acts_on("audit", &card, uphold()).await, Err("not_open"), "once");
    assert_eq!(desk.letters_of("card_decided").await, ["approve", "both", "both", "review"]);
    let events = desk.engine.reader().all_events().await.unwrap();
    let story: Vec<_> =
        events.iter().filter(|event| event.action == "card").map(|e| e.after.as_str()).collect();
    assert_eq!(story, ["given", "contested", "cancelled"], "all on the chain of the office");
    let list = desk.engine.limits(desk.now()).await.unwrap();
    assert_eq!(list.limits[0].card, None, "a cancelled card is not shown");
    desk.is_sound().await;
}

async fn a_contest_that_nobody_answers_goes_to_the_city(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-04-23").await;
    assert_eq!(desk.stage(request).await, StageKind::Lapsed);
    assert_eq!(desk.shown().await, [(StageKind::Admitted, Colour::Yellow, Cause::Money)]);
    let card = desk.cards().await.remove(0);
    assert_eq!(desk.acts_on("money", &card, contest()).await, Ok(CardStageKind::Contested));
    assert_eq!(desk.letters_of("card_contested").await, ["approve", "both"]);
    assert_eq!(
        desk.acts_on("audit", &card, uphold()).await,
        Err("not_yours"),
        "the leading group is asked first"
    );
    desk.comes("2026-05-11").await;
    assert_eq!(desk.cards().await[0].stage.kind(), CardStageKind::Contested, "the tenth working day");
    desk.comes("2026-05-12").await;
    assert_eq!(desk.cards().await[0].stage.kind(), CardStageKind::Escalated);
    assert_eq!(desk.letters_of("card_contested").await, ["approve", "audit", "both"]);
    assert_eq!(desk.acts_on("audit", &card, uphold()).await, Ok(CardStageKind::Upheld));
    desk.is_sound().await;
}

async fn a_card_that_cannot_be_read_stops_no_other(mut desk: Desk) {
    desk.waits_for_the_office().await;
    desk.comes("2026-03-24").await;
    let yellow = desk.cards().await.remove(0);
    assert_eq!(desk.acts_on("review", &yellow, contest()).await, Ok(CardStageKind::Contested));
    desk.comes("2026-03-30").await;
    let red = desk.cards().await.remove(1);
    assert_eq!(desk.acts_on("review", &red, contest()).await, Ok(CardStageKind::Contested));
    desk.tampers(include_str!("poison_a_card.sql"));
    desk.jumps("2026-05-12");
    let swept = desk.engine.sweep(desk.now()).await.expect("a sweep");
    let named = swept.failed.iter().filter(|failed| failed.subject == format!("cards {}", yellow.id));
    assert_eq!(named.count(), 1, "{:?}", swept.failed);
    let red = desk.engine.reader().card(red.id.0, Scope::Everything).await.expect("it is whole");
    assert_eq!(red.stage.kind(), CardStageKind::Escalated);
}

async fn money_that_does_not_come_is_carded_and_a_refusal_never(mut desk: Desk) {
    let lapses = desk.files("health", duty(), &[3]).await;
    desk.does("health", lapses, Command::Submit).await;
    desk.does("review", lapses, Command::Return { reason: "缺件".into() }).await;
    let refused = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", refused, Command::Submit).await;
    desk.is_decided(refused).await;
    desk.comes("2026-03-10").await;
    desk.does("money", refused, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    desk.does("c1", refused, desk.refusal(1, RefusalReason::PowersMissing)).await;
    desk.comes("2026-09-30").await;
    assert_eq!(desk.stage(refused).await, StageKind::Settled);
    assert_eq!(desk.shown().await, [], "neither the refusal nor the silence of a community is late");
    assert_eq!(desk.stage(lapses).await, StageKind::Closed, "not corrected, and closed since");
    assert_eq!(desk.shown().await, [], "a department that lets its own request lapse harms nobody");
}

async fn a_limit_that_a_new_calendar_has_moved_gives_no_card(mut desk: Desk) {
    desk.waits_for_the_office().await;
    desk.comes("2026-03-19").await;
    let lines = rules::default_calendar_csv();
    let lines: Vec<&str> = lines.lines().filter(|line| line.ends_with(",2026")).collect();
    let text = format!(
        "date,name,kind,notice_year\n{}\n2026-03-14,调休,work,2026\n2026-03-15,调休,work,2026\n",
        lines.join("\n")
    );
    let loaded = desk.engine.import(ImportKind::Calendar, "cn-2026-2", &text, desk.now()).await.unwrap();
    assert_eq!(loaded.moved[0].new_due.to_string(), "2026-03-19", "two days were worked after all");
    desk.comes("2026-03-23").await;
    assert_eq!(desk.shown().await, [], "late by the new calendar, in time by the one that was known");
    desk.comes("2026-03-24").await;
    assert_eq!(desk.shown().await, [(StageKind::Review, Colour::Yellow, Cause::Office)], "late by both");
}

async fn two_engines_give_a_card_once(mut desk: Desk) {
    desk.waits_for_the_office().await;
    let other = desk.another_node().await;
    desk.jumps("2026-03-30");
    let (first, second) = tokio::join!(desk.engine.sweep(desk.now()), other.sweep(desk.now()));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.failed.len(), second.failed.len()), (0, 0));
    desk.engine.sweep(desk.now()).await.unwrap();
    let colours: Vec<_> = desk.cards().await.iter().map(|card| card.colour).collect();
    assert_eq!(colours, [Colour::Yellow, Colour::Red], "what was missed is caught up");
    desk.is_sound().await;
}

async fn the_list_of_limits_says_whose_step_it_is_and_what_is_left(mut desk: Desk) {
    desk.waits_for_the_office().await;
    desk.comes("2026-03-19").await;
    let later = desk.files("civil", duty(), &[2]).await;
    desk.does("civil", later, Command::Submit).await;
    desk.comes("2026-03-25").await;
    let list = desk.engine.limits(desk.now()).await.unwrap();
    let lines: Vec<_> = list
        .limits
        .iter()
        .map(|l| format!("{} {} {} {} {:?}", l.stage, l.whose, l.due, l.left.zh, l.card.map(Colour::word)))
        .collect();
    let expected = [
        "review reviewer 2026-03-23 已超 2 个工作日 Some(\"yellow\")",
        "submitted reviewer 2026-03-26 剩 1 个工作日 None",
    ];
    assert_eq!(lines, expected);
}

async fn the_limits_of_a_day_gone_by_are_those_that_were_known_then(mut desk: Desk) {
    desk.waits_for_the_office().await;
    desk.comes("2026-03-24").await;
    let before = desk.engine.limits(desk.now()).await.unwrap();
    assert_eq!(before.limits[0].card, Some(Colour::Yellow));
    let card = desk.cards().await.remove(0);
    desk.comes("2026-03-25").await;
    desk.acts_on("review", &card, contest()).await.unwrap();
    desk.acts_on("audit", &card, cancel()).await.unwrap();
    let lines = rules::default_calendar_csv();
    let lines: Vec<&str> = lines.lines().filter(|line| line.ends_with(",2026")).collect();
    let text = format!("date,name,kind,notice_year\n{}\n2026-03-20,植树,rest,2026\n", lines.join("\n"));
    desk.engine.import(ImportKind::Calendar, "cn-2026-2", &text, desk.now()).await.unwrap();
    let request = desk.engine.reader().request_lines(Scope::Everything, &[], 9).await.unwrap().remove(0).id;
    desk.proposes_to_admit(request).await;
    let now = desk.engine.limits(desk.now()).await.unwrap();
    assert_eq!((now.limits[0].stage, now.limits[0].card), (StageKind::Proposed, None));
    assert_eq!(now.limits[0].due.to_string(), "2026-03-24", "by the new calendar");
    let then = desk.engine.limits_as_of("2026-03-24".parse().unwrap()).await.unwrap();
    assert_eq!(then, before, "stage, limit and card of that day");
    let early = desk.engine.limits_as_of("2026-03-01".parse().unwrap()).await.unwrap();
    assert_eq!(early.limits, [], "nothing had been filed");
}
