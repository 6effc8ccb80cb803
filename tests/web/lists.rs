//! Lists of requests: each line with its limit, the older ones page by page, and a limit that has passed on a day off.

use engine::Command;
use serde_json::json;

use super::client::Site;
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    older_requests_follow_page_by_page
    a_limit_is_past_on_a_day_off_as_well
}

async fn older_requests_follow_page_by_page(desk: Desk) {
    let site = Site::of(desk).await;
    for number in 1..=101 {
        let mut application = duty();
        application["title"] = json!(format!("第{number}件"));
        site.desk.files("health", application, &[1]).await;
    }
    let mut health = site.signed_in("health").await;
    for path in ["/requests?q=&stage=draft", "/requests?q=%E7%AC%AC&stage="] {
        let first = health.get(path).await;
        first.is(200).says("第101件").says("第2件").says("更早的");
        assert!(!first.words().contains("第1件"), "{}", first.words());
        let last = first.body.split("name=\"after\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let older = health.get(&format!("{path}&after={}", last.expect("there is more"))).await;
        older.is(200).says("第1件").says("最新的");
        assert!(!older.words().contains("第2件") && !older.words().contains("更早的"), "{}", older.words());
    }
}

async fn a_limit_is_past_on_a_day_off_as_well(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.comes("2026-03-06").await;
    let request = site.desk.files("health", purchase(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let mut review = site.signed_in("review").await;
    let limits = review.get("/api/v1/limits").await.is(200).value();
    assert_eq!(limits["items"][0]["due"], "2026-03-13", "a Friday: {limits}");
    let reads = async |day: &str| {
        let hours = (day.parse::<chrono::NaiveDate>().unwrap() - site.now().date_naive()).num_hours();
        site.passes(std::time::Duration::from_hours(u64::try_from(hours).unwrap()));
        let mut review = site.signs_in_again("review").await;
        let pages = [review.get("/inbox").await, review.get("/requests").await];
        pages
            .map(|page| page.is(200).body.split("<span class=\"limit ").nth(1).unwrap_or_default().to_owned())
    };
    for page in reads("2026-03-13").await {
        assert!(page.starts_with("soon") && page.contains("今日到期"), "{page}");
    }
    for page in reads("2026-03-14").await {
        assert!(page.starts_with("late") && page.contains("时限已过"), "{page}");
    }
}
