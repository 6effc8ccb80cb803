//! What can happen besides the main line: others are heard, work stands still or ends early, is disputed, renewed, added to.

use engine::{Command, DoneInCommunity, Filing, Order, Seen};
use serde_json::{Value, json};
use workflow::assignment::Delivery;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::deadline::deadline;
use workflow::decimal::Decimal;
use workflow::dossier::Origin;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::request::{Moment, Request};
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, negative, purchase};
use crate::memory::{CALENDAR, PARAMETERS};

super::told_on_both! {
    others_are_heard_and_the_clock_stands_meanwhile
    an_objection_that_stands_takes_the_decision_back
    a_rejection_is_reconsidered_by_someone_else
    the_negative_list_stands_above_reconsideration
    what_is_terminated_is_settled_by_what_was_done
    work_that_stands_still_still_has_its_end
    a_disputed_delivery_is_paid_by_the_ruling
    a_surplus_goes_back_where_the_law_only_helps
    a_renewal_that_is_funded_in_time_leaves_no_gap
    supplements_add_a_tenth_and_no_fen_more
    a_moved_period_moves_its_hours
    the_office_stands_back_from_its_own_organisation
    what_is_over_is_closed_after_ninety_days
    hours_are_forced_with_a_reason_only
}

fn because(reason: &str) -> String {
    reason.to_owned()
}

/// The last day of the limit that runs.
fn due(desk: &Desk, request: &Request) -> String {
    let moment = Moment { now: desk.now(), calendar: &CALENDAR, parameters: &PARAMETERS };
    deadline(request, &moment).expect("a limit runs").due.to_string()
}

async fn others_are_heard_and_the_clock_stands_meanwhile(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let accepted = desk.does("review", request, Command::AcceptFiling).await;
    assert_eq!(due(&desk, &accepted), "2026-03-23");
    let invited = vec!["WOMEN".to_owned(), "420202001001".to_owned()];
    let ask = |kind| Command::Consult {
        kind, question: because("社区能否承接？"), invited: invited.clone()
    };
    desk.comes("2026-03-04").await;
    assert_eq!(desk.refused("women", request, Command::Withdraw).await, "not_found");
    desk.does("review", request, ask(InquiryKind::Opinions)).await;
    let opinion = |stance| Command::Opine { stance, text: because("人手不足，建议推迟") };
    desk.comes("2026-03-06").await;
    desk.does("women", request, opinion(Stance::Support)).await;
    desk.does("c1", request, opinion(Stance::Oppose)).await;
    assert_eq!(desk.refused("c2", request, opinion(Stance::Support)).await, "not_found");
    desk.comes("2026-03-11").await;
    let heard = desk.does("review", request, Command::CloseConsultation).await;
    assert_eq!(due(&desk, &heard), "2026-03-30", "five working days more");
    desk.comes("2026-03-13").await;
    desk.does("review", request, ask(InquiryKind::Hearing)).await;
    desk.comes("2026-03-16").await;
    let heard = desk.does("review", request, Command::CloseConsultation).await;
    assert_eq!(due(&desk, &heard), "2026-03-31", "and one more");
    let extended = desk.does("approve", request, Command::Extend { reason: because("需补充调研") }).await;
    assert_eq!(due(&desk, &extended), "2026-04-15", "and ten, over the festival");
    let again = Command::Extend { reason: because("再延") };
    assert_eq!(desk.refused("approve", request, again).await, "already_extended");
    desk.proposes_to_admit(request).await;
    desk.does("approve", request, Command::Approve).await;
    insta::assert_snapshot!("heard_history", desk.history(request).await);
    desk.is_sound().await;
}

async fn an_objection_that_stands_takes_the_decision_back(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    let object = |text: &str| Command::Object { text: text.to_owned() };
    desk.does("c3", request, object("与本社区工作重复")).await;
    desk.does("women", request, object("依据文件不适用")).await;
    assert_eq!(desk.refused("c9", request, object("外区")).await, "not_found");
    desk.comes("2026-03-12").await;
    assert_eq!(desk.stage(request).await, StageKind::Publication, "nothing enters over an open objection");
    let answer = |objection, ruling| Command::Resolve { objection, ruling, answer: because("已核实") };
    desk.does("review", request, answer(1, Ruling::Dismissed)).await;
    let back = desk.does("review", request, answer(2, Ruling::Upheld)).await;
    assert_eq!(back.stage.kind(), StageKind::Review);
    assert_eq!(back.dossier.past_decisions.len(), 1);
    assert_eq!(desk.booked().await, "", "nothing was booked");
    desk.is_sound().await;
}

/// Rejected by `approve` on the proposal of `review`.
async fn rejected(desk: &Desk, application: Value) -> RequestId {
    let request = desk.files("health", application, &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    let reason = Some(because("与已准入事项重复"));
    let propose = Command::Propose { verdict: Verdict::Reject, without: Vec::new(), reason };
    desk.does("review", request, propose).await;
    desk.does("approve", request, Command::Approve).await;
    request
}

async fn a_rejection_is_reconsidered_by_someone_else(mut desk: Desk) {
    let request = rejected(&desk, duty()).await;
    let ask = || Command::AskReconsideration { reason: because("依据文件已更新") };
    desk.does("health", request, ask()).await;
    let overturn = || Command::Overturn { reason: because("原决定漏看依据") };
    assert_eq!(desk.refused("approve", request, overturn()).await, "took_part");
    assert_eq!(desk.refused("health", request, overturn()).await, "not_yours");
    desk.does("both", request, overturn()).await;
    desk.is_decided_anew(request).await;
    desk.comes("2026-03-12").await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
    let upheld = rejected(&desk, duty()).await;
    desk.does("health", upheld, ask()).await;
    let done = desk.does("both", upheld, Command::Uphold { reason: because("原决定无误") }).await;
    assert_eq!(done.stage.kind(), StageKind::Closed);
    desk.is_sound().await;
}

async fn the_negative_list_stands_above_reconsideration(desk: Desk) {
    let request = rejected(&desk, negative()).await;
    desk.does("health", request, Command::AskReconsideration { reason: because("经费充足") }).await;
    let overturn = Command::Overturn { reason: because("经费充足") };
    assert_eq!(desk.refused("both", request, overturn).await, "negative_never_admitted");
    desk.is_sound().await;
}

/// A purchase in two communities, in force since 6 May.
async fn in_force(desk: &mut Desk) -> RequestId {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    request
}

async fn what_is_terminated_is_settled_by_what_was_done(mut desk: Desk) {
    let request = in_force(&mut desk).await;
    desk.comes("2026-06-10").await;
    desk.does("c2", request, desk.delivery(2)).await;
    let share = Decimal::parse("0.6").unwrap();
    let done = |code: &str| vec![DoneInCommunity { code: code.into(), share, direct: Fen(10_000) }];
    let end = |code: &str| Command::Terminate { done: done(code), reason: because("居民不接受") };
    assert_eq!(desk.refused("review", request, end("420202001001")).await, "not_yours");
    assert_eq!(desk.refused("approve", request, end("420202001003")).await, "unknown_community");
    desk.does("approve", request, end("420202001001")).await;
    insta::assert_snapshot!("terminated_history", desk.history(request).await);
    insta::assert_snapshot!("terminated_balances", desk.balances().await);
    insta::assert_snapshot!("terminated_booked", desk.booked().await);
    desk.is_sound().await;
}

async fn work_that_stands_still_still_has_its_end(mut desk: Desk) {
    let request = in_force(&mut desk).await;
    desk.does("approve", request, Command::Suspend { reason: because("汛期") }).await;
    assert_eq!(desk.refused("c1", request, desk.delivery(1)).await, "not_open");
    desk.comes("2026-06-20").await;
    assert_eq!(
        desk.request(request).await.assignments[0].paid,
        desk.request(request).await.assignments[0].price.share(1, 2),
        "no middle instalment while it stands still"
    );
    desk.does("approve", request, Command::Resume { reason: because("汛期结束") }).await;
    desk.comes("2026-06-21").await;
    desk.does("approve", request, Command::Suspend { reason: because("台风") }).await;
    desk.comes("2026-08-01").await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance, "the end comes all the same");
    desk.is_sound().await;
}

async fn a_disputed_delivery_is_paid_by_the_ruling(mut desk: Desk) {
    let request = in_force(&mut desk).await;
    desk.does("c1", request, desk.delivery(1)).await;
    desk.does("c2", request, desk.delivery(2)).await;
    let dispute = |community| Command::Dispute { community, reason: because("登记表不全") };
    desk.does("health", request, dispute(desk.community(1))).await;
    assert_eq!(desk.refused("health", request, Command::Confirm).await, "disputes_open");
    desk.comes("2026-05-30").await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance, "the clock confirms nothing disputed");
    let accepted = Decimal::parse("0.25").unwrap();
    let reason = because("四分之一合格");
    let rule = Command::RuleOnDispute { community: desk.community(1), accepted, reason };
    desk.does("review", request, rule).await;
    desk.comes("2026-05-31").await;
    assert_eq!(desk.stage(request).await, StageKind::Settled, "then it does");
    insta::assert_snapshot!("disputed_balances", desk.balances().await);
    desk.is_sound().await;
}

/// Help that the law asks for, above the hours of its item in the year, so that it has a price.
fn help() -> Value {
    let mut application = purchase();
    application["title"] = json!("安全生产事故隐患排查报告");
    application["item"] = json!("C14-02");
    application
}

async fn a_surplus_goes_back_where_the_law_only_helps(mut desk: Desk) {
    let request = desk.files("health", help(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    let price = desk.request(request).await.price();
    let actual = Some(price - Fen(10_000));
    let delivery = Delivery { actual, ..Delivery::of("已完成") };
    desk.does("c1", request, Command::DeliverAssignment { community: desk.community(1), delivery }).await;
    let settled = desk.does("health", request, Command::Confirm).await;
    assert_eq!(settled.assignments[0].paid, price - Fen(10_000));
    desk.is_sound().await;
}

/// The same task in the months after.
fn next_period() -> Value {
    let mut application = purchase();
    application["starts_on"] = json!("2026-08-01");
    application["ends_on"] = json!("2026-10-31");
    application["offer"]["amount"] = json!("20000.00");
    application
}

async fn a_renewal_that_is_funded_in_time_leaves_no_gap(mut desk: Desk) {
    let old = in_force(&mut desk).await;
    let actor = desk.actor("health");
    let codes = || ["420202001001", "420202001002"].map(str::to_owned).to_vec();
    let order = Order { request: old, actor: &actor, seen: Seen::Whatever, now: desk.now() };
    let filing = || Filing::read(&next_period(), codes()).unwrap();
    let new = desk.engine.renew(order, filing()).await.unwrap();
    assert_eq!(new.dossier.origin, Origin::Renewal { of: old });
    let twice = desk.engine.renew(order, filing()).await.unwrap_err();
    assert_eq!(twice.code(), "already_renewed");
    desk.does("health", new.id, Command::Submit).await;
    desk.is_decided(new.id).await;
    desk.comes("2026-05-20").await;
    assert_eq!(desk.request(old).await.dossier.renewed_until, None, "admitted is not funded");
    desk.does("money", new.id, Command::CommitFunds).await;
    let until = desk.request(old).await.dossier.renewed_until.expect("it goes on");
    assert_eq!(until.to_string(), "2026-10-31");
    desk.comes("2026-08-01").await;
    assert_eq!(desk.stage(old).await, StageKind::Acceptance);
    assert_eq!(desk.stage(new.id).await, StageKind::InForce);
    desk.is_sound().await;
}

/// One community's small piece of the same kind of work.
fn supplement(minutes: &str) -> Value {
    let mut application = purchase();
    application["title"] = json!("门牌核查补充走访");
    application["starts_on"] = json!("2026-07-01");
    application["work"] = json!([{ "what": "补充走访", "volume": { "fixed": 10 }, "times": 1,
        "minutes_per_unit": minutes, "day": "working", "worker": "hired" }]);
    application["direct_costs"] = json!([]);
    application["burdens"] = json!([]);
    application
}

async fn supplements_add_a_tenth_and_no_fen_more(mut desk: Desk) {
    let request = in_force(&mut desk).await;
    let price = desk.request(request).await.price();
    let actor = desk.actor("health");
    let order = Order { request, actor: &actor, seen: Seen::Whatever, now: desk.now() };
    let filing = |minutes| Filing::read(&supplement(minutes), vec!["420202001001".into()]).unwrap();
    let large = desk.engine.supplement(order, filing("600")).await.unwrap();
    assert_eq!(desk.refused("health", large.id, Command::Submit).await, "supplement_too_large");
    let small = desk.engine.supplement(order, filing("60")).await.unwrap();
    let submitted = desk.does("health", small.id, Command::Submit).await;
    assert!(submitted.price() > Fen::ZERO && submitted.price() < price.share(1, 10));
    desk.does("review", small.id, Command::AcceptFiling).await;
    desk.does("review", small.id, Command::Quote).await;
    desk.does("health", small.id, Command::accept_quote(submitted.price(), 2026)).await;
    let reason = Some(because("原事项的补充"));
    let propose = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
    desk.does("review", small.id, propose).await;
    desk.does("approve", small.id, Command::Approve).await;
    desk.comes("2026-05-20").await;
    desk.does("money", small.id, Command::CommitFunds).await;
    assert_eq!(desk.request(request).await.dossier.supplemented, submitted.price());
    desk.is_sound().await;
}

async fn a_moved_period_moves_its_hours(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    let day = |text: &str| text.parse().unwrap();
    let to = |from, to| Command::Move { starts_on: day(from), ends_on: day(to), reason: because("错峰") };
    assert_eq!(desk.refused("health", request, to("2026-06-01", "2026-07-31")).await, "not_yours");
    let before = desk.booked().await;
    desk.does("review", request, to("2026-09-01", "2026-10-30")).await;
    let after = desk.booked().await;
    assert_ne!(before, after);
    insta::assert_snapshot!("moved_booked", after);
    desk.is_sound().await;
}

async fn the_office_stands_back_from_its_own_organisation(mut desk: Desk) {
    let request = desk.files("civil", duty(), &[1]).await;
    desk.does("civil", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    let reason = Some(because("领导小组会审同意"));
    let propose =
        || Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: reason.clone() };
    assert_eq!(desk.refused("review", request, propose()).await, "recused");
    desk.does("approve", request, propose()).await;
    assert_eq!(desk.refused("approve", request, Command::Approve).await, "four_eyes");
    desk.does("both", request, Command::Approve).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
    desk.is_sound().await;
}

async fn what_is_over_is_closed_after_ninety_days(mut desk: Desk) {
    let request = rejected(&desk, duty()).await;
    desk.comes("2026-05-31").await;
    assert_eq!(desk.stage(request).await, StageKind::Rejected);
    desk.comes("2026-06-01").await;
    assert_eq!(desk.stage(request).await, StageKind::Closed);
    desk.is_sound().await;
}

/// More work than a small community has hours for.
fn too_much() -> Value {
    let mut application = purchase();
    application["work"][0]["volume"] = json!({ "fixed": 9000 });
    application["offer"]["amount"] = json!("200000.00");
    application
}

async fn hours_are_forced_with_a_reason_only(mut desk: Desk) {
    let money = desk.actor("money");
    desk.engine.appropriate(&money, "HEALTH", (2026, Fen(100_000_000)), desk.now()).await.unwrap();
    let request = desk.files("health", too_much(), &[3]).await;
    let submitted = desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    desk.does("review", request, Command::Quote).await;
    desk.does("health", request, Command::accept_quote(submitted.price(), 2026)).await;
    let reason = Some(because("防汛任务，必须保障"));
    let propose =
        || Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: reason.clone() };
    desk.does("review", request, propose()).await;
    desk.does("approve", request, Command::Approve).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(request).await, StageKind::Review, "the hours are not there");
    desk.does("review", request, propose()).await;
    let blank = Command::ApproveForced { reason: " ".into() };
    assert_eq!(desk.refused("approve", request, blank).await, "reason_missing");
    desk.does("approve", request, Command::ApproveForced { reason: because("会议决定超额安排") }).await;
    desk.comes("2026-03-18").await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
    insta::assert_snapshot!("forced_booked", desk.booked().await);
    desk.is_sound().await;
}
