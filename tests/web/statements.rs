//! A list asks the database as often for a thousand rows as for ten: pages and operations, counted at the connection.

use std::sync::atomic::Ordering;

use engine::Command;

use super::client::{Browser, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_list_asks_as_often_for_a_thousand_as_for_ten
}

/// Pages and lists, by who reads them.
const READ: &[(&str, &[&str])] = &[
    (
        "review",
        &[
            "/inbox",
            "/requests",
            "/limits",
            "/dashboard",
            "/api/v1/requests",
            "/api/v1/requests?limit=100",
            "/api/v1/limits?limit=100",
            "/api/v1/cards",
            "/api/v1/complaints",
            "/api/v1/organisations",
            "/api/v1/communities",
            "/api/v1/forecast/2026Q3",
            "/api/v1/figures/2026",
            "/api/v1/lateness/2026",
            "/api/v1/refusals",
            "/api/v1/letters",
            "/api/v1/deputies",
            "/api/v1/payments",
            "/api/v1/budget",
            "/api/v1/base-funds",
            "/api/v1/disclosures",
        ],
    ),
    ("health", &["/", "/requests", "/api/v1/requests", "/api/v1/limits"]),
    ("c1", &["/", "/quota", "/api/v1/requests", "/api/v1/communities/420202001001/quota"]),
];

/// How many statements a page takes, the session's own included.
async fn counted(site: &Site, browser: &mut Browser, path: &str) -> usize {
    let before = site.desk.statements.load(Ordering::Relaxed);
    browser.get(path).await.is(200);
    site.desk.statements.load(Ordering::Relaxed) - before
}

async fn all_counted(site: &Site) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (who, paths) in READ {
        let mut browser = site.signed_in(who).await;
        for path in *paths {
            // Read once before: what is kept in memory from then on is no part of the list.
            browser.get(path).await.is(200);
            found.push((format!("{who} {path}"), counted(site, &mut browser, path).await));
        }
    }
    found
}

async fn a_list_asks_as_often_for_a_thousand_as_for_ten(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.desk.multiplies(9);
    let ten = all_counted(&site).await;
    site.desk.multiplies(99);
    let listed = site.signed_in("review").await.get("/api/v1/requests?limit=100").await.value();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(100), "there are a thousand");
    let thousand = all_counted(&site).await;
    assert_eq!(ten, thousand);
    assert!(ten.iter().all(|(_, statements)| (1..30).contains(statements)), "{ten:?}");
}
