//! A task filed in parts: yearly hours, free hours, small sums and longest periods are tested on the sum of the parts.

use engine::Command;
use serde_json::{Value, json};
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    three_parts_have_the_yearly_hours_once
    hours_of_a_part_count_before_and_after_they_are_booked_and_never_twice
    instalments_of_a_part_follow_the_sum
    parts_that_follow_each_other_are_one_period
    other_departments_and_other_tasks_are_no_parts
    a_returned_part_is_not_charged_for_the_parts_after_it
}

/// Thirty hours of an item that has forty on these days in the first community.
fn thirty_hours() -> Value {
    let mut part = purchase();
    part["title"] = json!("低保申请入户核查");
    part["item"] = json!("C03-01");
    part["ends_on"] = json!("2026-07-17");
    part["direct_costs"] = json!([]);
    part["work"][0]["volume"] = json!({ "fixed": 30 });
    part["work"][0]["minutes_per_unit"] = json!("60");
    part
}

/// What a purchase of three thousand yuan in the first community looks like.
fn small() -> Value {
    let mut part = purchase();
    part["work"][0]["volume"]["coverage"] = json!("0.10");
    part
}

async fn submits(desk: &Desk, who: &str, application: Value, communities: &[u8]) -> RequestId {
    let request = desk.files(who, application, communities).await;
    desk.does(who, request, Command::Submit).await;
    request
}

async fn price(desk: &Desk, request: RequestId) -> String {
    desk.request(request).await.price().to_string()
}

/// The finding about parts, in Chinese; none if the rules are silent.
async fn finding(desk: &Desk, request: RequestId) -> Option<Value> {
    let records = desk.engine.reader().records(request).await.expect("the records");
    let last = records.first().expect("an assessment").assessment.clone();
    let findings = last["findings"].as_array().expect("findings").clone();
    findings.into_iter().find(|finding| finding["code"] == "duplicate.split")
}

async fn is_admitted_in_meeting(desk: &Desk, request: RequestId) {
    desk.does("review", request, Command::AcceptFiling).await;
    let price = desk.request(request).await.price();
    if price > Fen::ZERO {
        desk.does("review", request, Command::Quote).await;
        desk.does("health", request, Command::accept_quote(price, 2026)).await;
    }
    let reason = Some("会审同意".to_owned());
    let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
    desk.does("review", request, admit).await;
    desk.does("approve", request, Command::Approve).await;
}

async fn three_parts_have_the_yearly_hours_once(desk: Desk) {
    let first = submits(&desk, "health", thirty_hours(), &[1]).await;
    let second = submits(&desk, "health", thirty_hours(), &[1]).await;
    let third = submits(&desk, "health", thirty_hours(), &[1]).await;
    assert_eq!(price(&desk, first).await, "0.00", "thirty of forty hours");
    assert_eq!(price(&desk, second).await, "762.05", "ten are left, twenty are priced");
    assert_eq!(price(&desk, third).await, "1143.07", "none are left");
    assert_eq!(finding(&desk, first).await, None);
    let second_finding = finding(&desk, second).await.expect("a finding");
    let shown = serde_json::to_string_pretty(&second_finding).expect("JSON");
    insta::assert_snapshot!("split_second", shown);
    let named = &finding(&desk, third).await.expect("a finding")["facts"]["siblings"];
    assert_eq!(*named, json!(["准〔2026〕1号", "准〔2026〕2号"]));
    desk.does("health", first, Command::Withdraw).await;
    let next = submits(&desk, "health", thirty_hours(), &[1]).await;
    assert_eq!(price(&desk, next).await, "0.00", "the first has given its thirty hours back");
    assert_eq!(finding(&desk, next).await, None, "within the hours that are left there is nothing to refer");
    desk.is_sound().await;
}

async fn hours_of_a_part_count_before_and_after_they_are_booked_and_never_twice(mut desk: Desk) {
    let mut heavy = duty();
    heavy["work"][0]["volume"] = json!({ "fixed": 300 });
    heavy["work"][0]["minutes_per_unit"] = json!("120");
    let first = submits(&desk, "health", heavy.clone(), &[3]).await;
    let second = submits(&desk, "health", heavy.clone(), &[3]).await;
    assert_eq!(finding(&desk, first).await, None, "alone it fits");
    let split = finding(&desk, second).await.expect("a finding");
    assert_eq!(split["facts"]["crossed"], json!(["month_hours"]));
    let filed = over(&desk, second).await;
    desk.does("health", second, Command::Withdraw).await;
    is_admitted_in_meeting(&desk, first).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(first).await, StageKind::Admitted);
    let mut later = heavy;
    later["starts_on"] = json!("2026-05-06");
    let third = submits(&desk, "health", later, &[3]).await;
    assert_eq!(over(&desk, third).await, filed, "booked hours count as much as those that were only filed");
    desk.is_sound().await;
}

async fn over(desk: &Desk, request: RequestId) -> Value {
    let records = desk.engine.reader().records(request).await.expect("the records");
    let quota = &records.first().expect("an assessment").assessment["quota"];
    assert!(quota.as_array().is_some_and(|rows| rows.iter().any(|row| row["over"] != "0.00")), "{quota}");
    quota.clone()
}

async fn instalments_of_a_part_follow_the_sum(mut desk: Desk) {
    let first = submits(&desk, "health", small(), &[1]).await;
    let second = submits(&desk, "health", small(), &[1]).await;
    assert_eq!(price(&desk, first).await, "3029.40");
    let split = finding(&desk, second).await.expect("a finding");
    assert_eq!(
        (&split["facts"]["crossed"], &split["facts"]["total"]),
        (&json!(["small_sum"]), &json!("6058.80"))
    );
    for request in [first, second] {
        is_admitted_in_meeting(&desk, request).await;
    }
    desk.comes("2026-03-10").await;
    for request in [first, second] {
        desk.does("money", request, Command::CommitFunds).await;
    }
    desk.comes("2026-05-06").await;
    let paid = [desk.request(first).await, desk.request(second).await].map(|request| {
        request.assignments.iter().map(|assignment| assignment.paid.to_string()).collect::<Vec<_>>()
    });
    assert_eq!(paid, [["3029.40"], ["1514.70"]], "the part that makes the sum large is paid in instalments");
    desk.is_sound().await;
}

async fn parts_that_follow_each_other_are_one_period(desk: Desk) {
    let part = |title: &str, item: &str, (from, to): (&str, &str)| {
        let mut part = small();
        part["title"] = json!(title);
        part["item"] = json!(item);
        part["offer"] = Value::Null;
        part["work"][0]["volume"]["coverage"] = json!("0.01");
        part["starts_on"] = json!(from);
        part["ends_on"] = json!(to);
        part
    };
    let spring = part("文明创建入户宣传（第一期）", "C02-04", ("2026-05-06", "2026-07-31"));
    let autumn = part("文明创建入户宣传（第二期）", "C03-09", ("2026-08-03", "2026-10-30"));
    let winter = part("2026年文明创建入户宣传第3期", "C08-07", ("2026-11-09", "2026-12-31"));
    let first = submits(&desk, "health", spring, &[1]).await;
    let second = submits(&desk, "health", autumn, &[1, 2]).await;
    let third = submits(&desk, "health", winter, &[1]).await;
    assert_eq!(finding(&desk, first).await, None);
    let crossed = finding(&desk, second).await.map(|finding| finding["facts"]["crossed"].clone());
    assert_eq!(crossed, None, "not half a year, and no small sum by itself");
    let third = finding(&desk, third).await.expect("a finding");
    assert_eq!(
        third["facts"]["siblings"],
        json!(["准〔2026〕1号", "准〔2026〕2号"]),
        "the first through the second"
    );
    assert_eq!(third["facts"]["from"], json!("2026-05-06"));
    assert!(
        third["facts"]["crossed"].as_array().is_some_and(|words| words.contains(&json!("longest_period")))
    );
    assert_eq!(third["severity"], "refer", "a person decides; it is not returned");
    desk.is_sound().await;
}

async fn other_departments_and_other_tasks_are_no_parts(desk: Desk) {
    submits(&desk, "civil", thirty_hours(), &[1]).await;
    submits(&desk, "health", thirty_hours(), &[2]).await;
    let mut long_after = thirty_hours();
    long_after["starts_on"] = json!("2026-08-03");
    long_after["ends_on"] = json!("2026-10-14");
    submits(&desk, "health", long_after, &[1]).await;
    let draft = desk.files("health", thirty_hours(), &[1]).await;
    let mut other = thirty_hours();
    other["title"] = json!("养老保险参保动员");
    other["item"] = json!("C04-06");
    submits(&desk, "health", other, &[1]).await;
    let own = submits(&desk, "health", thirty_hours(), &[1]).await;
    assert_eq!(price(&desk, own).await, "0.00");
    assert_eq!(finding(&desk, own).await, None);
    assert_eq!(desk.stage(draft).await, StageKind::Draft);
    desk.is_sound().await;
}

async fn a_returned_part_is_not_charged_for_the_parts_after_it(desk: Desk) {
    let first = submits(&desk, "health", thirty_hours(), &[1]).await;
    let second = submits(&desk, "health", thirty_hours(), &[1]).await;
    desk.does("review", first, Command::Return { reason: "附件无法打开".into() }).await;
    desk.does("health", first, Command::Submit).await;
    assert_eq!(price(&desk, first).await, "0.00", "twenty of the second's hours are priced there already");
    assert_eq!(price(&desk, second).await, "762.05");
    desk.is_sound().await;
}
