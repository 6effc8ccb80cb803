//! The separate administrators: what each may do with accounts, and none of what the others may; organisations, calendars,
//! jobs and letters.

use engine::{FIRST_ADDRESSES, FirstPlace};
use store::SignInOutcome;
use workflow::actor::Role;
use workflow::language::Language;

use super::client::{Browser, PASSWORD, Reply, Site};
use super::factor::turns_on;
use crate::desk::Desk;

super::told_on_both! {
    the_first_three_are_made_once
    nobody_is_two_of_the_three
    a_person_is_added_by_one_and_gets_roles_from_another
    an_account_is_locked_and_unlocked
    a_second_factor_that_was_lost_is_taken_away
    passwords_of_administrators_are_renewed_at_the_terminal_only
    nobody_changes_the_own_account
    an_account_is_closed_and_reopened
    what_administrators_do_is_in_the_history
    a_file_with_a_fault_names_its_line
    a_calendar_tells_which_limits_it_moves
    a_job_is_run_now
    an_administrator_appoints_a_deputy_for_whoever_is_away
    the_office_looks_after_letters
}

/// An administrator of the whole city.
pub(super) async fn administrator(site: &Site, name: &str, role: Role) -> Browser {
    joins(site, name, &[role], "420200").await;
    site.signed_in(name).await
}

async fn joins(site: &Site, name: &str, roles: &[Role], organisation: &str) {
    site.desk.joins(name, roles, organisation).await;
}

/// The page of a person's account.
pub(super) async fn page_of(site: &Site, who: &str) -> String {
    let worker = site.desk.engine.reader().worker(&format!("{who}@example.org")).await.expect("a person");
    format!("/administration/people/{}", worker.person.user)
}

/// The version of somebody's roles, as the page of security has it.
pub(super) async fn version_of(site: &Site, who: &str) -> String {
    let worker = site.desk.engine.reader().worker(&format!("{who}@example.org")).await.expect("a person");
    engine::roles_version(&worker.person.roles).to_string()
}

async fn changes(browser: &mut Browser, page: &str, change: &str) -> Reply {
    browser.post(&format!("{page}/account"), &[("change", change)]).await
}

async fn the_first_three_are_made_once(desk: Desk) {
    let site = Site::of(desk).await;
    let engine = &site.desk.engine;
    let place = FirstPlace {
        domain: "City.Example.org".into(),
        city: ("000000".into(), "本市".into()),
        language: Language::Chinese,
    };
    let administers = |worker: &store::Worker| worker.person.roles.contains(&Role::Admin);
    let known = engine.reader().everyone().await.expect("people");
    for worker in known.iter().filter(|worker| administers(worker)) {
        engine.set_roles(&worker.email, &[], site.now()).await.expect("no roles");
    }
    let hash = web::hash_password(PASSWORD).expect("a hash");
    let hashes = || [hash.clone(), hash.clone(), hash.clone()];
    let made = engine.first_administrators(&place, hashes(), site.now()).await.expect("the three");
    let made = made.expect("nobody administered");
    let roles: Vec<_> = made.iter().map(|worker| worker.person.roles.clone()).collect();
    assert_eq!(roles, Role::SEPARATE.map(|role| vec![role]));
    let again = engine.first_administrators(&place, hashes(), site.now()).await.expect("an answer");
    assert!(again.is_none(), "once only");
    for address in FIRST_ADDRESSES {
        let email = format!("{address}@city.example.org");
        let entered = site.browser().post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(entered.to(), "/sign-in/password", "{address} chooses a password first");
    }
    sound(&site).await;
}

async fn nobody_is_two_of_the_three(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let page = page_of(&site, "health").await;
    for (one, other) in
        [("admin", "security"), ("security", "auditor"), ("admin", "auditor"), ("admin", "reviewer")]
    {
        let both = [(format!("role.{one}"), "1"), (format!("role.{other}"), "1")];
        let seen = version_of(&site, "health").await;
        let both = both.iter().map(|(name, value)| (name.as_str(), *value));
        let fields: Vec<(&str, &str)> = both.chain([("version", seen.as_str())]).collect();
        security.post(&format!("{page}/roles"), &fields).await.is(409).says("三员分立");
    }
    let engine = &site.desk.engine;
    let refused = engine.set_roles("health@example.org", &[Role::Auditor, Role::Security], site.now()).await;
    assert_eq!(refused.expect_err("two of the three").code(), "roles_together");
}

async fn a_person_is_added_by_one_and_gets_roles_from_another(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let new =
        [("name", "新来的"), ("email", "new@example.org"), ("organisation", "HEALTH"), ("language", "zh")];
    security.post("/administration/people", &new).await.is(403);
    let added = system.post("/administration/people", &new).await;
    added.is(200).says("一次性密码").says("new@example.org");
    let password = added.between("<code class=\"token\">", "<").expect("a password");
    system.post("/administration/people", &new).await.is(422).says("已登记");
    let mut browser = site.browser();
    assert_eq!(browser.signs_in("new", &password).await.to(), "/sign-in/password");
    let page = page_of(&site, "new").await;
    system.post(&format!("{page}/roles"), &[("role.submitter", "1")]).await.is(403);
    let seen = security.get(&page).await.field("version").expect("a version");
    security.post(&format!("{page}/roles"), &[("role.submitter", "1"), ("version", &seen)]).await.is(303);
    let late = security.post(&format!("{page}/roles"), &[("role.auditor", "1"), ("version", &seen)]).await;
    assert_eq!(late.status, 412, "somebody has given others meanwhile");
    late.says("部门经办人");
    assert_eq!(browser.get("/sign-in/password").await.to(), "/sign-in", "new rights ask for a new sign-in");
    security.get(&page).await.is(200).says("部门经办人");
    system.get("/administration?q=新来").await.is(200).says("待首次登录");
    sound(&site).await;
}

async fn an_account_is_locked_and_unlocked(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let health = site.signed_in("health").await;
    let page = page_of(&site, "health").await;
    changes(&mut security, &page, "lock").await.is(303);
    assert_eq!(health.clone().get("/").await.to(), "/sign-in", "all sessions have ended");
    site.browser().signs_in("health", PASSWORD).await.is(401);
    site.passes(std::time::Duration::from_hours(24));
    site.browser().signs_in("health", PASSWORD).await.is(401);
    let mut security = site.signs_in_again("security").await;
    security.get(&page).await.says("已锁定");
    security.get("/").await.is(200).says("系统情况").says("已锁定 1");
    changes(&mut security, &page, "unlock").await.is(303);
    site.browser().signs_in("health", PASSWORD).await.is(303);
    changes(&mut security, &page, "nothing").await.is(404);
}

async fn a_second_factor_that_was_lost_is_taken_away(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let mut health = site.signed_in("health").await;
    let _ = turns_on(&site, &mut health).await;
    let page = page_of(&site, "health").await;
    security.get(&page).await.says("已启用");
    changes(&mut security, &page, "take_factor").await.is(303);
    assert_eq!(health.get("/").await.to(), "/sign-in");
    assert_eq!(site.browser().signs_in("health", PASSWORD).await.to(), "/");
    changes(&mut security, &page, "one_time").await.is(200).says("只显示这一次");
    site.browser().signs_in("health", PASSWORD).await.is(401);
}

/// Else security could sign in as the system's administrator, or as the auditor.
async fn passwords_of_administrators_are_renewed_at_the_terminal_only(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    for (name, role) in [("system", Role::Admin), ("auditing", Role::Auditor), ("other", Role::Security)] {
        joins(&site, name, &[role], "420200").await;
        let page = page_of(&site, name).await;
        changes(&mut security, &page, "one_time").await.is(409).says("服务器终端");
    }
}

async fn nobody_changes_the_own_account(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let page = page_of(&site, "security").await;
    let seen = version_of(&site, "security").await;
    let roles = [("role.approver", "1"), ("version", seen.as_str())];
    security.post(&format!("{page}/roles"), &roles).await.is(409).says("自己");
    changes(&mut security, &page, "one_time").await.is(409);
    let page = page_of(&site, "system").await;
    system.post(&format!("{page}/closing"), &[("to", "close")]).await.is(409).says("自己");
}

async fn an_account_is_closed_and_reopened(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let health = site.signed_in("health").await;
    let page = page_of(&site, "health").await;
    system.post(&format!("{page}/closing"), &[("to", "close")]).await.is(303);
    assert_eq!(health.clone().get("/").await.to(), "/sign-in");
    site.browser().signs_in("health", PASSWORD).await.is(401);
    let seen = version_of(&site, "health").await;
    let roles = [("role.submitter", "1"), ("version", seen.as_str())];
    security.post(&format!("{page}/roles"), &roles).await.is(409).says("已注销");
    changes(&mut security, &page, "one_time").await.is(409).says("已注销");
    system.get(&page).await.says("注销于");
    system.post(&format!("{page}/closing"), &[("to", "open")]).await.is(303);
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let mut back = site.browser();
    back.signs_in("health", PASSWORD).await.is(303);
    back.get("/account").await.says("尚未授予");
    sound(&site).await;
}

async fn what_administrators_do_is_in_the_history(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let page = page_of(&site, "health").await;
    changes(&mut security, &page, "lock").await.is(303);
    changes(&mut security, &page, "unlock").await.is(303);
    security.post(&format!("{page}/roles"), &[("role.reviewer", "1")]).await.is(422).says("页面缺少版本信息");
    let seen = version_of(&site, "health").await;
    security.post(&format!("{page}/roles"), &[("role.reviewer", "1"), ("version", &seen)]).await.is(303);
    system.post(&format!("{page}/closing"), &[("to", "close")]).await.is(303);
    let events = site.desk.engine.reader().all_events().await.expect("the histories");
    let by_people = events.into_iter().filter(|event| event.person.is_some());
    let deeds: Vec<String> = by_people.map(|event| format!("{} {}", event.role, event.action)).collect();
    for deed in
        ["security lock_account", "security unlock_account", "security set_roles", "admin close_account"]
    {
        assert!(deeds.iter().any(|known| known == deed), "{deed} is not in {deeds:?}");
    }
    sound(&site).await;
}

/// A form with a file, as a browser sends it.
async fn uploads(browser: &mut Browser, path: &str, (kind, name, text): (&str, &str, &str)) -> Reply {
    let token = browser.form_token.clone();
    let field = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--edge--\r\n"
    );
    let body = format!("{}{}{file}", field("_token", &token), field("kind", kind));
    let from_here = [("Sec-Fetch-Site", "same-origin")];
    browser.sends("POST", path, &from_here, Some(("multipart/form-data; boundary=edge", &body))).await
}

async fn a_file_with_a_fault_names_its_line(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let sizes = "code,year,households,residents,workers\n420202001001,2026,900,2000,9\n";
    let done = uploads(&mut system, "/administration/places", ("communities", "sizes.csv", sizes)).await;
    system.sees_the_end(&done).await.says("已导入 1 行");
    let wrong = format!("{sizes}NOWHERE,2026,1,1,1\n");
    let refused = uploads(&mut system, "/administration/places", ("communities", "sizes.csv", &wrong)).await;
    system.sees_the_end(&refused).await.says("第 3 行，code 列").says("未导入任何内容");
    system.get("/administration/places?q=420202001001").await.says("900");
    let mut district = {
        joins(&site, "district-system", &[Role::Admin], "OFFICE").await;
        site.signed_in("district-system").await
    };
    let refused = uploads(&mut district, "/administration/places", ("communities", "sizes.csv", sizes)).await;
    refused.is(409).says("市级管理员");
    district.get("/administration/places?q=OFFICE-3").await.is(200).says("机构和社区 0");
}

async fn a_calendar_tells_which_limits_it_moves(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", crate::desk::duty(), &[1]).await;
    site.desk.does("health", request, engine::Command::Submit).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    system.get("/administration/calendars").await.is(200).says("现行");
    // Every day of the coming two weeks is a holiday of a new notice.
    let days = site.now().date_naive().iter_days().skip(1).take(14);
    let rows: Vec<String> = days.map(|day| format!("{day},闭园,rest,2026")).collect();
    let text = format!("date,name,kind,notice_year\n{}\n", rows.join("\n"));
    let loaded = uploads(&mut system, "/administration/calendars", ("", "cn-2026-amended.csv", &text)).await;
    let loaded = system.sees_the_end(&loaded).await;
    loaded.says("已导入 14 行").says("随之移动的时限 1");
    system.get("/administration/calendars").await.is(200).says("cn-2026-amended");
    let broken = uploads(&mut system, "/administration/calendars", ("", "cn.csv", "day,kind\n")).await;
    system.sees_the_end(&broken).await.says("第 1 行");
}

async fn a_job_is_run_now(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    system.get("/administration/jobs").await.is(200).says("未运行过");
    for job in ["sweep", "deliver", "digest", "seal"] {
        let begun = system.post(&format!("/administration/jobs/{job}"), &[]).await;
        system.sees_the_end(&begun).await.says("已运行");
    }
    system.get("/administration/jobs").await.is(200).says("成功");
    system.post("/administration/jobs/none", &[]).await.is(404);
    system.get("/administration/letters").await.is(200).says("无法投递");
    system.get("/").await.is(200).says("运行情况 正常").says("无法投递的信件 0");
    site.passes(std::time::Duration::from_mins(10));
    system.get("/").await.is(200).says("运行情况 定时作业没有运行");
}

async fn an_administrator_appoints_a_deputy_for_whoever_is_away(desk: Desk) {
    let site = Site::of(desk).await;
    joins(&site, "keeper", &[Role::Admin], "OFFICE").await;
    let mut keeper = site.signed_in("keeper").await;
    let page = page_of(&site, "review").await;
    keeper.get(&page).await.is(200).says("没有人代其办理");
    let day = site.now().date_naive().to_string();
    let to = format!("{page}/deputies");
    let fields =
        |until| [("deputy", "approve@example.org"), ("role", "reviewer"), ("from", &*day), ("until", until)];
    let refused = keeper.post(&to, &fields("2026-01-01")).await;
    assert!(refused.status >= 400 && refused.status < 500, "{}", refused.status);
    assert!(
        refused.body.contains("value=\"approve@example.org\" selected"),
        "what was chosen is still there"
    );
    keeper.post(&to, &fields("2026-12-31")).await.is(303);
    keeper.get(&page).await.is(200).says("孙批").says("代理中");
    site.signed_in("approve").await.get("/deputies").await.is(200).says("张审");
    site.signed_in("review").await.get("/deputies").await.is(200).says("孙批");
    keeper.post(&format!("{to}/end"), &[("role", "reviewer")]).await.is(303);
    let tomorrow = site.now().date_naive().succ_opt().expect("a day");
    let left = site.desk.engine.reader().deputies(tomorrow).await.expect("deputies");
    assert!(left.is_empty(), "it ends with today: {left:?}");
    let mut of_city = administrator(&site, "system", Role::Admin).await;
    let seen = of_city.get(&page).await;
    assert!(!seen.is(200).body.contains("/deputies/end") && !seen.body.contains("id=\"deputies\""));
    let mut security = administrator(&site, "security", Role::Security).await;
    assert!(!security.get(&page).await.is(200).body.contains("id=\"deputies\""));
    security.post(&to, &fields("2026-12-31")).await.is(403);
    sound(&site).await;
}

async fn the_office_looks_after_letters(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", crate::desk::duty(), &[1]).await;
    site.desk.does("health", request, engine::Command::Submit).await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/administration/letters").await;
    let waiting = page.is(200).body.matches("/cancel\"").count();
    assert!(waiting > 0, "notices wait for the morning's digest");
    let letter = page.between("action=\"/administration/letters/", "/cancel\"").expect("a letter");
    let letter = letter.rsplit('/').next().expect("its id").to_owned();
    let cancel = format!("/administration/letters/{letter}/cancel");
    let mut foreign = site.signed_in("approve3").await;
    let seen = foreign.get("/administration/letters").await;
    assert!(!seen.is(200).body.contains("/cancel\""), "another district's letters are none of theirs");
    foreign.post(&cancel, &[]).await.is(404);
    review.post(&cancel, &[]).await.is(303);
    let left = review.get("/administration/letters").await.body.matches("/cancel\"").count();
    assert_eq!(left, waiting - 1);
    review.post("/administration/letters/retry", &[("letter", "all")]).await.is(303);
    site.signed_in("money").await.get("/administration/letters").await.is(403);
}

/// Nothing in the database is other than its history tells.
pub(super) async fn sound(site: &Site) {
    let audited = site.desk.engine.audit(&[]).await.expect("an audit");
    assert!(audited.mismatches.is_empty(), "{:?}", audited.mismatches);
}
