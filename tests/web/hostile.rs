//! Text that means harm, in every field of every form that somebody is shown and in every call of the API: refused, or
//! shown as what it is; and rare Han come through unharmed, also in letters and tables.

use std::collections::{BTreeMap, BTreeSet};

use engine::{By, Command, NewComplaint};
use serde_json::{Map, Value, json};
use store::LetterState;
use workflow::id::RequestId;

use super::client::{Browser, Site};
use super::forms::{Form, pages, path_with};
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    what_nobody_can_see_is_refused_everywhere
    what_looks_like_a_command_is_only_text
    rare_han_stand_in_pages_letters_and_tables
}

/// Nobody can see what these do, or they pile up.
fn unseen() -> Vec<String> {
    let marks = format!("甲{}", "\u{301}".repeat(10_000));
    let seen = [
        "乙\0丙",
        "\u{202e}gpj.exe",
        "甲\u{200b}乙",
        "甲\u{2066}乙\u{2069}",
        "a\rBcc: x@example.org",
        "\u{1b}[2J甲",
    ];
    seen.into_iter().map(str::to_owned).chain([marks]).collect()
}

/// Everything at once that a page, a spreadsheet or a letter might take for more than a text.
const COMMANDS: &str =
    "=1+1;𠮷<script>alert('甲')</script>\r\nBcc: x@example.org\r\n<img src=x onerror=alert(1)>\"'&{{7*7}}";
const PEOPLE: [&str; 8] = ["health", "review", "approve", "money", "audit", "c1", "c2", "both"];

/// Matters in as many stages as there are forms.
async fn busy(site: &mut Site) -> Vec<RequestId> {
    let mut all = Vec::new();
    let begun = site.desk.files("health", purchase(), &[1, 2]).await;
    site.desk.does("health", begun, Command::Submit).await;
    site.desk.is_decided(begun).await;
    site.comes("2026-03-10").await;
    site.desk.does("money", begun, Command::CommitFunds).await;
    site.comes("2026-05-06").await;
    all.push(begun);
    for steps in 0..5 {
        let mut application = if steps == 4 { duty() } else { purchase() };
        application["title"] = json!(format!("逐项核查第{steps}号"));
        let (starts, ends) = ("2026-08-03", "2026-10-30");
        (application["starts_on"], application["ends_on"]) = (json!(starts), json!(ends));
        let request = site.desk.files("health", application, &[1]).await;
        all.push(request);
        let taken =
            [("health", Command::Submit), ("review", Command::AcceptFiling), ("review", Command::Quote)];
        for (who, command) in taken.into_iter().take(steps.min(3)) {
            if steps == 4 && command == Command::Quote {
                break;
            }
            site.desk.does(who, request, command).await;
        }
        if steps == 4 {
            site.desk.proposes_to_admit(request).await;
        }
    }
    let actor = site.desk.actor("c1");
    let new = NewComplaint {
        department: "HEALTH".into(),
        what: "每日上报活跃人数".into(),
        since: site.now().date_naive(),
        covered_by: None,
        evidence: Vec::new(),
    };
    site.desk.engine.file_complaint(By { actor: &actor, now: site.now() }, new).await.expect("a complaint");
    all
}

/// A form, who is shown it and on which page.
struct Shown {
    who: &'static str,
    page: String,
    form: Form,
}

/// Every form that anybody is shown, one of each kind.
async fn forms(site: &Site, people: &mut BTreeMap<&'static str, Browser>) -> Vec<Shown> {
    let mut found = Vec::new();
    let mut known = BTreeSet::new();
    for who in PEOPLE {
        let mut browser = site.signed_in(who).await;
        for (page, shown) in pages(&mut browser, 8).await {
            let new = Form::all(&shown).into_iter().filter(|form| !form.texts.is_empty());
            let new = new.filter(|form| known.insert(form.pattern()));
            found.extend(new.map(|form| Shown { who, page: page.clone(), form }));
        }
        people.insert(who, browser);
    }
    found
}

async fn what_nobody_can_see_is_refused_everywhere(desk: Desk) {
    let mut site = Site::of(desk).await;
    let matters = busy(&mut site).await;
    let mut people = BTreeMap::new();
    let forms = forms(&site, &mut people).await;
    let mut wrong = Vec::new();
    let mut sent = 0;
    for Shown { who, form, .. } in &forms {
        let browser = people.get_mut(who).expect("signed in");
        for name in &form.texts {
            for text in unseen() {
                let reply = form.with(&[name], &text).sent(browser, &site.origin).await;
                sent += 1;
                if reply.status != 422 || reply.body.contains(&text) {
                    wrong.push(format!("{who} {} {name} {text:.20?}: {}", form.pattern(), reply.status));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {sent}");
    let kinds: BTreeSet<String> = forms.iter().map(|shown| shown.form.pattern()).collect();
    for needed in ["/requests/new", "/requests/*/return", "/complaints/new", "/inbox", "/tokens"] {
        assert!(kinds.contains(needed), "{needed} is in {kinds:?}");
    }
    assert!(sent > 250 && kinds.len() > 12, "{sent} in {kinds:?}");
    asks_by_address(&site, people.get_mut("review").expect("signed in")).await;
    calls_of_programs(&site, matters[1], &mut people).await;
    site.desk.is_sound().await;
}

/// In addresses, too.
async fn asks_by_address(site: &Site, browser: &mut Browser) {
    let mut visitor = site.browser();
    for text in unseen().iter().filter(|text| text.len() < 1_000) {
        for before in ["/disclosure?q=", "/disclosure?department=", "/disclosure/"] {
            let reply = visitor.get(&path_with(before, text)).await;
            assert_eq!(reply.status, 422, "{before}{text:?}: {}", reply.words());
        }
        for before in
            ["/requests/", "/requests?stage=", "/inbox?department=", "/complaints/", "/api/v1/requests/"]
        {
            let reply = browser.get(&path_with(before, text)).await;
            assert_eq!(reply.status, 422, "{before}{text:?}: {}", reply.words());
        }
    }
}

/// Every call of the API that takes a body, with each of the body's own fields.
async fn calls_of_programs(site: &Site, request: RequestId, people: &mut BTreeMap<&'static str, Browser>) {
    let document = site.browser().get("/api/openapi.json").await.value();
    let rows: BTreeMap<(String, &str), web::Admits> =
        web::rows().into_iter().map(|row| ((row.method.to_string(), row.path), row.admits)).collect();
    let mut called = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else {
                continue;
            };
            let method = method.to_uppercase();
            let admits = rows.get(&(method.clone(), path.as_str())).copied();
            let may = |who: &&str| {
                let roles = site.desk.actor(who).roles().to_vec();
                admits.is_some_and(|admits| admits.admits(Some(&roles)))
            };
            let Some(who) = PEOPLE.iter().find(|who| may(who)) else { continue };
            let browser = people.get_mut(who).expect("signed in");
            let address = path.replace("{id}", &request.to_string()).replace(['{', '}'], "");
            for name in names(schema) {
                let body = Value::Object(Map::from_iter([(name.clone(), json!("甲\u{202e}\0"))]));
                let reply = browser.json((&method, &address), &[("If-Match", "\"1\"")], &body).await;
                assert_eq!(
                    (reply.status, reply.code().as_str()),
                    (422, "text_unfit"),
                    "{method} {path} {name}"
                );
                called += 1;
            }
        }
    }
    assert!(called > 10, "{called}");
}

/// The names of a body's fields, through all that it may be.
fn names(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::from(["text".to_owned()]);
    if let Some(properties) = schema["properties"].as_object() {
        found.extend(properties.keys().cloned());
    }
    for kind in ["oneOf", "anyOf", "allOf"] {
        for part in schema[kind].as_array().into_iter().flatten() {
            found.extend(names(part));
        }
    }
    found
}

async fn what_looks_like_a_command_is_only_text(desk: Desk) {
    let mut site = Site::of(desk).await;
    busy(&mut site).await;
    let mut people = BTreeMap::new();
    let forms = forms(&site, &mut people).await;
    let mut taken = 0;
    for Shown { who, page, form } in &forms {
        let browser = people.get_mut(who).expect("signed in");
        let names: Vec<&str> = form.texts.iter().map(String::as_str).collect();
        let long = "社".repeat(3_000);
        let whole = [(names.clone(), COMMANDS), (names.clone(), long.as_str())];
        let single = names.iter().map(|name| (vec![*name], COMMANDS));
        for (names, text) in single.chain(whole) {
            // What was taken before has moved the matter on: the form is read again, with its version of now.
            let now = Form::all(&browser.get(page).await).into_iter().find(|now| now.action == form.action);
            let reply = now.as_ref().unwrap_or(form).with(&names, text).sent(browser, &site.origin).await;
            assert!(reply.status < 500, "{who} {} {names:?}: {}", form.pattern(), reply.words());
            assert!(!reply.body.contains("<script>alert"), "{who} {} {names:?}", form.pattern());
            taken += usize::from(reply.status == 303);
        }
    }
    assert!(taken > 5, "{taken} were taken");
    let mut shown = 0;
    for who in PEOPLE {
        let mut browser = site.signed_in(who).await;
        for (path, page) in pages(&mut browser, 12).await {
            assert!(
                !page.body.contains("<script>alert") && !page.body.contains("<img src=x"),
                "{who} {path}"
            );
            shown += usize::from(
                page.body.contains("𠮷&#60;script&#62;") || page.body.contains("𠮷&lt;script&gt;"),
            );
        }
    }
    assert!(shown > 1, "it is shown as text on {shown} pages");
    letters_are_sound(&site).await;
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
    public.get(&path_with("/disclosure?q=", "𠮷野")).await.is(200).says(RARE);
    let table = public.get("/disclosure.csv").await;
    assert!(table.is(200).body.contains(&format!("\"'{RARE}\"")), "no formula: {}", table.body);
    let data = public.get("/disclosure.json").await.value();
    assert_eq!(data.pointer("/items/0/title"), Some(&json!(RARE)));
    let letters = site.desk.engine.reader().letters(LetterState::Waiting).await.expect("letters");
    let told = letters.iter().filter(|letter| letter.subject.contains(RARE)).count();
    assert!(told > 0, "{:?}", letters.iter().map(|letter| &letter.subject).collect::<Vec<_>>());
    letters_are_sound(&site).await;
}
