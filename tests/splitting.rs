//! Which requests are parts of one task, and that the parts together never have more than the whole would.

use proptest::prelude::*;
use rules::{RuleSet, default_files};
use serde_json::{Value, json};
use uuid::Uuid;
use workflow::catalogue::Item;
use workflow::decimal::Decimal;
use workflow::dossier::Origin;
use workflow::facts::{Facts, Sibling, SiblingPart, Volume, read};
use workflow::id::RequestId;
use workflow::likeness::are_alike;
use workflow::price::Price;
use workflow::siblings::{self, Filed};
use workflow::stage::StageKind;

use crate::malformed::is_named;
use crate::memory::{self, CALENDAR};

fn sample() -> Facts {
    let document: Value =
        serde_json::from_str(&default_files()["cases/base.json"]).expect("the sample is JSON");
    read(&document).expect("the sample reads")
}

fn alike(one: &str, other: &str) -> bool {
    are_alike(one, other, RuleSet::built_in().parameters().splitting.like_title)
}

#[test]
fn titles_that_differ_in_numbers_and_marks_are_alike() {
    for (one, other) in [
        ("文明创建入户宣传（第一期）", "文明创建入户宣传 第2期"),
        ("2026年5月门牌核查", "2026年6月门牌核查"),
        ("普查第一批", "普查第二批"),
        ("老年人健康档案入户更新", "老年人健康档案更新"),
        ("Door plates, part 1", "door plates: Part II"),
    ] {
        assert!(alike(one, other), "{one} and {other}");
    }
    for (one, other) in [
        ("老年人健康档案入户更新", "养老保险参保动员"),
        ("入户核查", "入户宣传"),
        ("一二三", "123"),
        ("", ""),
        ("查", "宣"),
    ] {
        assert!(!alike(one, other), "{one} and {other}");
    }
}

#[test]
fn two_thirds_are_two_thirds_and_not_more() {
    let share = |text: &str| Decimal::parse(text).expect("a decimal");
    assert!(are_alike("甲乙丙丁", "甲乙丙戊", share("0.666666")), "four of six pairs");
    assert!(!are_alike("甲乙丙丁", "甲乙丙戊", share("0.666667")));
}

#[test]
fn a_fault_of_a_sibling_is_named_with_exactly_its_place() {
    let wrong = [
        ("/siblings", json!({})),
        ("/siblings/0/kind", json!("part")),
        ("/siblings/0/number", Value::Null),
        ("/siblings/0/title", Value::Null),
        ("/siblings/0/ends_on", json!("2026-04-30")),
        ("/siblings/0/price", json!(10)),
        ("/siblings/0/stage", json!("filed")),
        ("/siblings/0/item", json!("")),
        ("/siblings/0/starts_on", json!("5月")),
        ("/siblings/0/communities/0/minutes", json!("1")),
        ("/siblings/0/communities/0/unbooked/2026-05", json!(1)),
        ("/siblings/0/communities/0/code", json!(" ")),
        ("/siblings/0/communities/0/granted_minutes", json!("-1")),
        ("/siblings/0/communities/0/unbooked/2026-00", json!("1.00")),
    ];
    for (pointer, value) in wrong {
        is_named(pointer, &value);
    }
}

/// A part with the sample's title on those days.
fn part(number: &str, (starts_on, ends_on): (&str, &str)) -> Sibling {
    Sibling {
        number: number.into(),
        item: None,
        title: sample().request.title.expect("a title"),
        starts_on: starts_on.parse().expect("a date"),
        ends_on: ends_on.parse().expect("a date"),
        price: workflow::money::Fen::ZERO,
        stage: StageKind::Review,
        communities: Vec::new(),
    }
}

/// Numbers of those that are parts of the sample, which lasts from 2026-05-06 to 2026-08-31.
fn chosen(others: Vec<Sibling>) -> Vec<String> {
    let filed = |(number, facts)| Filed { id: id(number), origin: Origin::New, facts };
    chosen_from(Origin::New, (1..).zip(others).map(filed).collect())
}

fn id(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

/// As `chosen`, with what the sample and the others come from.
fn chosen_from(origin: Origin, others: Vec<Filed>) -> Vec<String> {
    let set = RuleSet::built_in();
    let mut request = memory::draft();
    request.application = sample().request;
    request.dossier.origin = origin;
    let chain = siblings::of(&request, others, &CALENDAR, &set.parameters().splitting);
    chain.into_iter().map(|sibling| sibling.number).collect()
}

#[test]
fn a_gap_is_counted_in_working_days() {
    let after = |day: &str| chosen(vec![part("1", (day, "2026-12-31"))]);
    assert_eq!(after("2026-09-01"), ["1"]);
    assert_eq!(after("2026-09-15"), ["1"], "ten working days between");
    assert!(after("2026-09-16").is_empty(), "eleven");
    let before = |day: &str| chosen(vec![part("1", ("2026-01-05", day))]);
    assert_eq!(before("2026-04-16"), ["1"], "the holiday of May does not count as a gap");
    assert!(before("2026-04-15").is_empty());
}

#[test]
fn a_chain_holds_as_long_as_each_link_does() {
    let far = part("3", ("2027-01-04", "2027-03-31"));
    assert!(chosen(vec![far.clone()]).is_empty());
    let links = vec![far, part("2", ("2026-11-02", "2026-12-31")), part("1", ("2026-09-01", "2026-10-30"))];
    assert_eq!(chosen(links), ["1", "2", "3"]);
}

#[test]
fn a_renewal_is_no_part_of_what_it_renews_and_a_supplement_is() {
    let line = || {
        let filed = |number, origin, days| Filed { id: id(number), origin, facts: part("1", days) };
        vec![
            filed(1, Origin::New, ("2025-11-03", "2026-01-30")),
            filed(2, Origin::Renewal { of: id(1) }, ("2026-02-02", "2026-04-30")),
        ]
    };
    assert_eq!(chosen_from(Origin::Renewal { of: id(2) }, line()).len(), 0, "nor of what that renewed");
    assert_eq!(chosen_from(Origin::Supplement { of: id(2) }, line()).len(), 2);
    assert_eq!(chosen_from(Origin::New, line()).len(), 2, "a new request beside a renewal is a part");
}

/// What is granted of the item's yearly hours to so many minutes, beside others on the same days.
fn granted(item: &Item, minutes: i64, before: &[Decimal]) -> Decimal {
    let mut facts = sample();
    facts.request.item = Some(item.code.clone());
    if let Some(line) = facts.request.work.first_mut() {
        line.volume = Volume::Fixed { fixed: minutes };
        line.minutes_per_unit = Decimal::ONE;
    }
    let code = facts.communities.first().expect("a community").code.clone();
    let beside = before.iter().map(|minutes| Sibling {
        item: Some(item.code.clone()),
        communities: vec![SiblingPart {
            code: code.clone(),
            granted_minutes: *minutes,
            unbooked: std::collections::BTreeMap::new(),
        }],
        ..part("1", ("2026-05-06", "2026-08-31"))
    });
    facts.siblings = beside.collect();
    let price = Price::of(&facts, Some(item), &RuleSet::built_in().parameters().price);
    price.communities.first().expect("a community").granted()
}

proptest! {
    #![proptest_config(memory::cases(24))]

    #[test]
    fn parts_are_granted_what_the_whole_would_be(parts in prop::collection::vec(1i64..2_000, 1..8)) {
        let set = RuleSet::built_in();
        let item = set.catalogue().get("C07-05").expect("an item that is assisted");
        let mut before = Vec::new();
        for minutes in &parts {
            before.push(granted(item, *minutes, &before));
        }
        let whole = granted(item, parts.iter().sum(), &[]);
        let sum: i64 = before.iter().map(|minutes| minutes.millionths()).sum();
        prop_assert_eq!(sum, whole.millionths());
    }
}
