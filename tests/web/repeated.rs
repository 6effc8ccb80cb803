//! Every change of the API comes in twice and is done once: the second call gets the first answer, another body under the
//! same key is refused.

use engine::Command;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::stage::StageKind;

use super::client::{Browser, Reply, Site};
use crate::desk::papers::DOT_IN_BASE64;
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    finance_moves_money_once
    a_year_closes_once
    what_follows_a_request_is_filed_once
    a_plan_is_built_and_published_once
    a_complaint_is_decided_once_and_not_by_a_stale_hand
    a_card_is_contested_once
    administrators_act_once
    a_token_is_made_once_and_shown_once
}

/// What is shown once only.
const SECRETS: [&str; 3] = ["token", "secret", "password"];

/// Sends a change twice by one key, and another body by the same key; gives the first answer.
pub(crate) async fn twice(
    browser: &mut Browser,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Reply {
    let keyed: Vec<(&str, &str)> = headers.iter().copied().chain([("Idempotency-Key", path)]).collect();
    let first = browser.json(("POST", path), &keyed, body).await;
    let second = browser.json(("POST", path), &keyed, body).await;
    agree(path, (&first, &second));
    let mut other = body.clone();
    other["unknown"] = json!(1);
    let refused = browser.json(("POST", path), &keyed, &other).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "malformed"), "{path}: shapes are closed");
    first
}

/// The same for a call without a body; elsewhere the key is another call's.
pub(crate) async fn twice_bare(browser: &mut Browser, path: &str, elsewhere: &str) -> Reply {
    let key = [("Idempotency-Key", path)];
    let first = browser.calls(path, &key).await;
    let second = browser.calls(path, &key).await;
    agree(path, (&first, &second));
    let reused = browser.calls(elsewhere, &key).await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "idempotency_key_reused"), "{elsewhere}");
    first
}

/// The second answer is the first one, without what is shown once.
fn agree(path: &str, (first, second): (&Reply, &Reply)) {
    assert!(matches!(first.status, 200..=202), "{path}: {} {}", first.status, first.body);
    assert_eq!(second.header("idempotent-replayed"), Some("true"), "{path}: {}", second.body);
    assert_eq!((second.status, second.header("etag")), (first.status, first.header("etag")), "{path}");
    let mut shown = first.value();
    for key in SECRETS {
        let Some(secret) = shown.get_mut(key) else { continue };
        assert!(secret.is_string(), "{path}: {secret}");
        *secret = Value::Null;
    }
    assert_eq!(second.value(), shown, "{path}");
}

/// The version of what stands at a path.
pub(super) async fn tag(browser: &mut Browser, path: &str) -> String {
    let seen = browser.get(path).await;
    seen.is(200).header("etag").expect("a version").to_owned()
}

/// What moves without a key may move again; with a key it has moved once.
async fn free(money: &mut Browser, department: &str) -> Value {
    let found = money.get("/api/v1/budget?year=2026").await.is(200).value();
    let lines = found["items"].as_array().expect("lines").clone();
    let own = lines.iter().find(|line| line["account"]["code"] == department).expect("a line");
    own["free"].clone()
}

async fn finance_moves_money_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut money = site.signed_in("money").await;
    let line = json!({ "department": "HEALTH", "year": 2026, "amount": "100.00" });
    twice(&mut money, "/api/v1/budget/appropriations", &[], &line).await;
    assert_eq!(free(&mut money, "HEALTH").await, "50100.00");
    let other = json!({ "department": "HEALTH", "year": 2026, "amount": "200.00" });
    let key = [("Idempotency-Key", "/api/v1/budget/appropriations")];
    let reused = money.json(("POST", "/api/v1/budget/appropriations"), &key, &other).await;
    assert_eq!((reused.status, reused.code()), (422, "idempotency_key_reused".into()));
    let back = json!({ "department": "HEALTH", "year": 2026, "amount": "40.00", "reason": "预算调整" });
    twice(&mut money, "/api/v1/budget/reductions", &[], &back).await;
    assert_eq!(free(&mut money, "HEALTH").await, "50060.00");
    let of_year = json!({ "year": 2026, "amount": "500.00" });
    let out = json!({ "year": 2026, "amount": "100.00", "reason": "结余收回" });
    twice(&mut money, "/api/v1/contingency/fillings", &[], &of_year).await;
    twice(&mut money, "/api/v1/contingency/drainings", &[], &out).await;
    let fund = json!({ "code": "Z-1", "name": "为民服务专项", "first_year": 2026, "last_year": 2027, "purpose": "以奖代补" });
    twice(&mut money, "/api/v1/special-funds", &[], &fund).await.is(201);
    twice(&mut money, "/api/v1/special-funds/Z-1/fillings", &[], &of_year).await;
    twice(&mut money, "/api/v1/special-funds/Z-1/drainings", &[], &out).await;
    let funds = money.get("/api/v1/special-funds").await.is(200).value();
    assert_eq!(funds["items"][0]["code"], "Z-1");
    let book = money.get("/api/v1/ledger/Z-1?limit=1").await.is(200).value();
    assert_eq!(
        (&book["accounts"][0]["balance"], &book["items"][0]["amount"]),
        (&json!("400.00"), &json!("500.00"))
    );
    let rest = money
        .get(&format!("/api/v1/ledger/Z-1?after={}", super::client::escaped(book["next"].as_str().unwrap())))
        .await;
    let rest = rest.is(200).value();
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["items"][0]["amount"]),
        (1, &json!("-100.00"))
    );
    let taken = json!({ "of": rest["items"][0]["posting"], "reason": "记错账户" });
    let reversed = twice(&mut money, "/api/v1/reversals", &[], &taken).await.value();
    assert_eq!(reversed["sum"], "100.00");
    let statement = money.get("/api/v1/statements/Z-1?year=2026").await.is(200).value();
    assert_eq!(
        (&statement["accounts"][0]["closing"], &statement["accounts"][0]["balanced"]),
        (&json!("500.00"), &json!(true))
    );
    let share = twice(&mut money, "/api/v1/base-funds", &[], &json!({ "year": 2026, "share": null })).await;
    assert_eq!(share.value()["sum"], "0.00", "all has arrived");
    let part = json!({ "year": 2026, "amount": "1.00" });
    let above = money.json(("POST", "/api/v1/base-funds/420202001001"), &[], &part).await;
    assert_eq!((above.status, above.code()), (409, "above_due".into()));
    let strange = money.json(("POST", "/api/v1/base-funds/420203001001"), &[], &part).await;
    assert_eq!(strange.status, 404);
    let mut committee = site.signed_in("c1").await;
    let own = committee.get("/api/v1/base-funds").await.is(200).value();
    assert_eq!(
        (own["items"].as_array().unwrap().len(), &own["items"][0]["code"]),
        (1, &json!("420202001001"))
    );
    site.desk.is_sound().await;
}

async fn a_year_closes_once(desk: Desk) {
    let mut site = Site::of(desk).await;
    let mut early = site.signed_in("money").await;
    let refused = early.json(("POST", "/api/v1/closings"), &[], &json!({ "year": 2026 })).await;
    assert_eq!((refused.status, refused.code()), (409, "not_yet_due".into()));
    site.desk.jumps("2027-01-04");
    site.comes("2027-01-04").await;
    let mut money = site.signed_in("money").await;
    let closed =
        twice(&mut money, "/api/v1/closings", &[], &json!({ "year": 2026, "rule": "all" })).await.value();
    assert_eq!((&closed["sources"], &closed["carried_over"]), (&json!(3), &json!("150000.00")));
}

/// One answer, as the office, the community that gave it and others see it.
async fn ratings_are_read(site: &Site, (committee, review): (&mut Browser, &mut Browser)) {
    let results = review.get("/api/v1/departments/HEALTH/ratings?year=2026").await.is(200).value();
    assert_eq!(
        (&results["results"]["answers"], results["answers"].as_array().unwrap().len()),
        (&json!(1), 1)
    );
    let all = review.get("/api/v1/ratings?year=2026").await.is(200).value();
    assert_eq!((&all["items"], &all["next"]), (&json!([results]), &Value::Null));
    assert_eq!(review.get("/api/v1/ratings?year=2025").await.value()["items"], json!([]));
    let own = committee.get("/api/v1/me/ratings").await.is(200).value();
    assert_eq!(
        (&own["items"][0]["department"]["code"], &own["items"][0]["answer"]["marks"]["support"]),
        (&json!("HEALTH"), &json!(4))
    );
    assert_eq!(site.signed_in("c2").await.get("/api/v1/me/ratings").await.value()["items"], json!([]));
    committee.get("/api/v1/ratings").await.is(403);
}

async fn what_follows_a_request_is_filed_once(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1]).await;
    let path = format!("/api/v1/requests/{request}");
    let mut health = site.signed_in("health").await;
    let mut later = purchase();
    (later["starts_on"], later["ends_on"]) = (json!("2026-08-03"), json!("2026-10-30"));
    let filing = json!({ "application": later, "communities": ["420202001001"] });
    let seen = tag(&mut health, &path).await;
    let renewed = twice(&mut health, &format!("{path}/renewals"), &[("If-Match", &seen)], &filing).await;
    assert_eq!(renewed.is(201).value()["stage"], "draft");
    let stale = health.json(("POST", &format!("{path}/renewals")), &[("If-Match", &seen)], &filing).await;
    assert_eq!((stale.status, stale.code()), (412, "stale".into()));
    let seen = tag(&mut health, &path).await;
    twice(&mut health, &format!("{path}/supplements"), &[("If-Match", &seen)], &filing).await.is(201);
    let mut money = site.signed_in("money").await;
    let fund =
        json!({ "code": "Z-1", "name": "专项", "first_year": 2026, "last_year": 2026, "purpose": "奖" });
    money.json(("POST", "/api/v1/special-funds"), &[], &fund).await.is(201);
    let amount = json!({ "year": 2026, "amount": "500.00" });
    money.json(("POST", "/api/v1/special-funds/Z-1/fillings"), &[], &amount).await.is(200);
    site.comes("2026-06-20").await;
    let mut committee = site.signed_in("c1").await;
    let seen = tag(&mut committee, &path).await;
    let done = json!({ "report": "全部完成", "files": [{ "name": "现场.png", "content": DOT_IN_BASE64 }] });
    twice(&mut committee, &format!("{path}/deliveries"), &[("If-Match", &seen)], &done).await;
    let files = committee.get(&format!("{path}/files")).await.is(200).value();
    assert_eq!(
        (files["items"].as_array().unwrap().len(), &files["items"][0]["name"]),
        (1, &json!("420202001001/现场.png"))
    );
    let name = super::client::escaped("现场.png");
    let saved = committee.get(&format!("{path}/files/420202001001/{name}")).await;
    assert_eq!(saved.is(200).header("content-type"), Some("application/octet-stream"));
    site.signed_in("c2").await.get(&format!("{path}/files/420202001001/{name}")).await.is(404);
    site.desk.does("health", request, Command::Confirm).await;
    assert_eq!(site.desk.stage(request).await, StageKind::Settled);
    let marks = json!({ "funds_on_time": 5, "clear_task": 4, "support": 4, "burden": 5 });
    let rating = json!({ "kind": "committee", "marks": marks, "text": null });
    twice(&mut committee, &format!("{path}/ratings"), &[], &rating).await.is(201);
    let mut review = site.signed_in("review").await;
    ratings_are_read(&site, (&mut committee, &mut review)).await;
    let mut money = site.signed_in("money").await;
    let reward = json!({
        "fund": "Z-1", "request": request, "community": "420202001001", "amount": "200.00", "reason": "质量优良",
    });
    twice(&mut money, "/api/v1/rewards", &[], &reward).await;
    let paid = money.get("/api/v1/payments?limit=1").await.is(200).value();
    assert!(paid["items"][0]["amount"].is_string() && paid["next"].is_string(), "{paid}");
    for part in ["records", "lateness", "load"] {
        let shown = review.get(&format!("{path}/{part}")).await;
        assert!(shown.is(200).body.len() > 20, "{part}: {}", shown.body);
    }
    site.desk.is_sound().await;
}

async fn a_plan_is_built_and_published_once(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.in_force(&[1]).await;
    let path = "/api/v1/inspections/2026";
    let mut health = site.signed_in("health").await;
    let proposed = twice(&mut health, &format!("{path}/proposals"), &[], &json!({ "named": "C03-09" })).await;
    assert_eq!(proposed.is(201).value()["cause"], Value::Null);
    let mut review = site.signed_in("review").await;
    let (build, around) = (format!("{path}/build"), json!({ "busy": [{ "day": "2026-10-09" }] }));
    let blind = review.json(("POST", &build), &[], &around).await;
    assert_eq!((blind.status, blind.code()), (428, "version_needed".into()));
    let plan = twice(&mut review, &build, &[("If-None-Match", "*")], &around).await;
    assert_eq!(plan.value()["stage"], "draft");
    let again = review.json(("POST", &build), &[("If-None-Match", "*")], &around).await;
    assert_eq!((again.status, again.code()), (412, "stale".into()), "it is there already");
    let mut approve = site.signed_in("approve").await;
    let seen = tag(&mut approve, path).await;
    let stale =
        approve.json(("POST", &format!("{path}/publish")), &[("If-Match", "\"77\"")], &json!({})).await;
    assert_eq!(stale.status, 412);
    let published = twice(&mut approve, &format!("{path}/publish"), &[("If-Match", &seen)], &json!({})).await;
    assert_eq!(published.value()["stage"], "published");
}

async fn a_complaint_is_decided_once_and_not_by_a_stale_hand(desk: Desk) {
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    let accusable = committee.get("/api/v1/accusable").await.is(200).value();
    assert!(accusable.to_string().contains("HEALTH"));
    let filed = json!({
        "department": "HEALTH", "what": "要求填报台账", "since": "2026-02-20",
        "files": [{ "name": "通知.png", "content": DOT_IN_BASE64 }],
    });
    let filed = twice(&mut committee, "/api/v1/complaints", &[], &filed).await.is(201).value();
    let path = format!("/api/v1/complaints/{}", filed["id"].as_str().unwrap());
    let name = super::client::escaped("通知.png");
    committee.get(&format!("{path}/files/{name}")).await.is(200);
    site.signed_in("c2").await.get(&format!("{path}/files/{name}")).await.is(404);
    let mut review = site.signed_in("review").await;
    let (seen, actions) = (tag(&mut review, &path).await, format!("{path}/actions"));
    twice(&mut review, &actions, &[("If-Match", &seen)], &json!({ "action": "take" })).await;
    let uphold = json!({ "action": "uphold", "order": "立即停止" });
    let stale = review.json(("POST", &actions), &[("If-Match", &seen)], &uphold).await;
    assert_eq!((stale.status, stale.code()), (412, "stale".into()));
    let seen = tag(&mut review, &path).await;
    let silent =
        review.json(("POST", &actions), &[("If-Match", &seen)], &json!({ "action": "uphold" })).await;
    assert_eq!(silent.is(422).value()["errors"][0]["pointer"], "/order");
    let done = review.json(("POST", &actions), &[("If-Match", &seen)], &uphold).await;
    assert_eq!(done.is(200).value()["stage"], "upheld");
}

async fn a_card_is_contested_once(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.comes("2026-03-24").await;
    let mut review = site.signed_in("review").await;
    let cards = review.get("/api/v1/cards").await.is(200).value();
    let path = format!("/api/v1/cards/{}", cards["items"][0]["id"].as_str().unwrap());
    let seen = tag(&mut review, &path).await;
    let contest = json!({ "action": "contest", "text": "材料于期限最后一日才补齐" });
    let done = twice(&mut review, &format!("{path}/actions"), &[("If-Match", &seen)], &contest).await;
    assert_eq!(done.value()["stage"], "contested");
    site.signed_in("health").await.get(&path).await.is(404);
    let late = review.get("/api/v1/lateness/2026").await.is(200).value();
    assert_eq!(late["parties"][0]["late_days"]["office"], 1);
    let before = review.get("/api/v1/limits?as_of=2026-03-23").await.is(200).value();
    assert_eq!(before["items"][0]["is_late"], false);
    let escalations = review.get("/api/v1/escalations").await;
    escalations.is(200);
    assert!(!escalations.body.contains("湖东区"), "{}", escalations.body);
}

async fn administrators_act_once(desk: Desk) {
    let site = Site::of(desk).await;
    for (name, organisation) in [("cityadmin", "420200"), ("admin", "OFFICE")] {
        site.desk.joins(name, &[Role::Admin], organisation).await;
    }
    let mut city = site.signed_in("cityadmin").await;
    let mut admin = site.signed_in("admin").await;
    let table = json!({ "name": "2027", "text": "date,name,kind,year\n" });
    let refused = admin.json(("POST", "/api/v1/imports/calendar"), &[], &table).await;
    assert_eq!((refused.status, refused.code()), (409, "city_only".into()));
    city.json(("POST", "/api/v1/imports/songs"), &[], &table).await.is(404);
    let people = "email,name,organisation,roles,language\nnew@example.org,新,HEALTH,,zh\n";
    let imported =
        twice(&mut city, "/api/v1/imports/people", &[], &json!({ "name": "x", "text": people })).await;
    assert_eq!(imported.is(202).value()["wanted"]["table"], "people");
    let merged =
        twice(&mut admin, "/api/v1/mergers", &[], &json!({ "from": "420202001003", "into": "420202001002" }))
            .await;
    assert_eq!(merged.value()["people"], 1);
    let mut review = site.signed_in("review").await;
    let deputy = json!({
        "principal": "review@example.org", "deputy": "both@example.org", "role": "reviewer",
        "from": "2026-03-02", "until": "2026-03-20",
    });
    twice(&mut review, "/api/v1/deputies", &[], &deputy).await.is(201);
    let listed = review.get("/api/v1/deputies").await.is(200).value();
    assert_eq!(listed["items"][0]["deputy"]["email"], "both@example.org");
    assert_eq!(site.signed_in("approve3").await.get("/api/v1/deputies").await.value()["items"], json!([]));
    let ending = json!({ "principal": "review@example.org", "role": "reviewer", "last": "2026-03-05" });
    assert_eq!(twice(&mut review, "/api/v1/deputies/endings", &[], &ending).await.value()["ended"], 1);
    twice(&mut review, "/api/v1/letters/retries", &[], &json!({})).await;
    let wanted = review.get("/api/v1/me/letters").await;
    let seen = wanted.is(200).header("etag").unwrap().to_owned();
    let wish = json!({ "language": "en", "letters": "at_once", "quiet": "kept" });
    review.json(("PUT", "/api/v1/me/letters"), &[], &wish).await.is(428);
    review.json(("PUT", "/api/v1/me/letters"), &[("If-Match", &seen)], &wish).await.is(200);
    review.json(("PUT", "/api/v1/me/letters"), &[("If-Match", &seen)], &wish).await.is(412);
    assert_eq!(review.get("/api/v1/me/letters").await.value(), wish);
    site.desk.is_sound().await;
}

async fn a_token_is_made_once_and_shown_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let body = json!({ "name": "台账系统", "reach": "read", "days": 30 });
    let made = twice(&mut health, "/api/v1/tokens", &[], &body).await.is(201).value();
    let key = [("Idempotency-Key", "/api/v1/tokens")];
    let again = health.json(("POST", "/api/v1/tokens"), &key, &body).await.value();
    assert_eq!((&again["id"], &again["token"]), (&made["id"], &Value::Null));
    assert_eq!(health.get("/api/v1/tokens").await.value()["items"].as_array().unwrap().len(), 1);
}
