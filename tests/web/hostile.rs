//! Rare Han come through unharmed in pages, letters and tables, and a title that begins like a formula is only a text.

use engine::Command;
use serde_json::json;
use store::LetterState;

use super::client::{Site, escaped};
use crate::desk::{Desk, purchase};

super::told_on_both! {
    rare_han_stand_in_pages_letters_and_tables
}

/// Every letter that came of it has one line for each header, and no header that was smuggled in.
async fn letters_are_sound(site: &Site) {
    site.desk.posts().await;
    let letters = site.desk.engine.reader().letters(LetterState::Sent).await.expect("letters");
    assert!(!letters.is_empty());
    for letter in letters {
        let text = String::from_utf8_lossy(&letter.bytes).into_owned();
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let smuggled = head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc:"));
        assert!(!smuggled && text.is_ascii(), "{}: {head}", letter.kind);
        assert!(!letter.subject.contains(['\r', '\n', '\0']), "{:?}", letter.subject);
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "no bare line break in {}", letter.kind);
    }
}

const RARE: &str = "=𠮷野家与㐂寿里葛\u{e0100}巷核查";

async fn rare_han_stand_in_pages_letters_and_tables(desk: Desk) {
    let mut site = Site::of(desk).await;
    let mut application = purchase();
    application["title"] = json!(RARE);
    let request = site.desk.files("health", application, &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.comes("2026-03-10").await;
    let path = format!("/requests/{request}");
    site.signed_in("health").await.get(&path).await.is(200).says(RARE);
    let mut public = site.browser();
    public.get(&format!("/disclosure?q={}", escaped("𠮷野"))).await.is(200).says(RARE);
    let table = public.get("/disclosure.csv").await;
    assert!(table.is(200).body.contains(&format!("\"'{RARE}\"")), "no formula: {}", table.body);
    let data = public.get("/disclosure.json").await.value();
    assert_eq!(data.pointer("/items/0/title"), Some(&json!(RARE)));
    let letters = site.desk.engine.reader().letters(LetterState::Waiting).await.expect("letters");
    let told = letters.iter().filter(|letter| letter.subject.contains(RARE)).count();
    assert!(told > 0, "{:?}", letters.iter().map(|letter| &letter.subject).collect::<Vec<_>>());
    letters_are_sound(&site).await;
}
