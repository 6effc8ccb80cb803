//! Web-hooks whose maker's account is closed or loses the roles: paused with it, taken on by others or ended by security.

use engine::{By, Command, NewWebhook, Seen};
use serde_json::json;
use store::{LetterState, Webhook, WebhookState};
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::id::UserId;

use super::receiver::Receiver;
use crate::desk::{Desk, duty};
use crate::web::client::Site;

crate::web::told_on_both! {
    a_hook_is_paused_with_its_makers_account_and_taken_on_by_another
    a_hook_is_paused_when_the_roles_see_less
    security_sees_and_ends_the_hooks_of_its_district
}

impl Desk {
    fn user(&self, who: &str) -> UserId {
        self.actor(who).user().expect("a person")
    }

    async fn state_of(&self, webhook: &Webhook) -> WebhookState {
        self.engine.reader().webhook(webhook.id).await.expect("it is there").state
    }

    /// Addresses to which letters about paused web-hooks wait.
    async fn told_of_pauses(&self) -> Vec<String> {
        let waiting = self.engine.reader().letters(LetterState::Waiting).await.expect("letters");
        let told = waiting.into_iter().filter(|letter| letter.kind == "webhook_paused");
        told.map(|letter| letter.recipient).collect()
    }
}

async fn a_hook_is_paused_with_its_makers_account_and_taken_on_by_another(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (webhook, _) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let (by, now) = (By { actor: &Actor::System, now: desk.now() }, desk.now());
    desk.engine.close_account(by, desk.user("health")).await.expect("closed");
    assert_eq!(desk.state_of(&webhook).await, WebhookState::Paused);
    desk.engine.call_all(now).await.expect("calls");
    assert_eq!(receiver.heard().len(), 0, "nothing leaves by the right of somebody who has gone");
    assert_eq!(desk.told_of_pauses().await, ["health2@example.org"]);

    let (gone, other) = (desk.actor("health"), desk.actor("health2"));
    let new = NewWebhook { name: "又".into(), url: receiver.url(), kinds: vec![ActionKind::Submit] };
    let late = desk.engine.make_webhook(&gone, new, now).await;
    assert_eq!(late.expect_err("the account is closed").code(), "account_closed");
    let late = desk.engine.resume_webhook(&gone, webhook.id, now).await;
    assert_eq!(late.expect_err("the account is closed").code(), "account_closed");
    desk.engine.resume_webhook(&other, webhook.id, now).await.expect("it goes on");
    assert_eq!(desk.engine.call_all(now).await.expect("calls").sent, 1, "what was held");
    desk.engine.close_account(by, desk.user("health2")).await.expect("closed");
    assert_eq!(desk.state_of(&webhook).await, WebhookState::Paused, "whoever resumed it answered for it");
    desk.is_sound().await;
}

async fn a_hook_is_paused_when_the_roles_see_less(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (near, _) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let (wide, _) = desk.hooks("both", &receiver, &[ActionKind::Submit]).await;
    let (by, now) = (By { actor: &Actor::System, now: desk.now() }, desk.now());
    let gives = async |who: &str, roles: &[Role]| {
        let given = desk.engine.give_roles(by, (desk.user(who), Seen::Whatever), roles).await;
        given.expect("roles");
    };
    gives("both", &[Role::Approver]).await;
    gives("health", &[Role::Reviewer]).await;
    let states = [desk.state_of(&near).await, desk.state_of(&wide).await];
    assert_eq!(states, [WebhookState::Active; 2], "they see as far, or further");
    gives("both", &[Role::Submitter]).await;
    assert_eq!(desk.state_of(&wide).await, WebhookState::Paused);
    let mut told = desk.told_of_pauses().await;
    told.sort();
    assert_eq!(told, ["approve@example.org", "review@example.org"]);
    desk.engine.set_roles("health@example.org", &[], now).await.expect("no roles");
    assert_eq!(desk.state_of(&near).await, WebhookState::Paused, "at the terminal, too");
    desk.is_sound().await;
}

async fn security_sees_and_ends_the_hooks_of_its_district(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (webhook, _) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    desk.joins("guard", &[Role::Security], "OFFICE").await;
    desk.joins("guard3", &[Role::Security], "OFFICE-3").await;
    let site = Site::of(desk).await;
    let mut guard = site.signed_in("guard").await;
    guard.get("/administration").await.is(200).says("网络回调");
    guard.get("/webhooks").await.is(200).says("区卫健局").says("删除");
    let listed = guard.get("/api/v1/webhooks").await.is(200).value();
    assert_eq!(listed["items"][0]["id"], webhook.id.to_string());
    assert_eq!(listed["items"][0]["organisation"], webhook.organisation.to_string());
    let one = format!("/api/v1/webhooks/{}", webhook.id);
    guard.get(&one).await.is(200);
    for more in ["pause", "secret", "test", "retry"] {
        guard.json(("POST", &format!("{one}/{more}")), &[], &json!({})).await.is(404);
    }
    guard.get(&format!("{one}/calls")).await.is(404);
    let mut elsewhere = site.signed_in("guard3").await;
    assert_eq!(elsewhere.get("/api/v1/webhooks").await.value()["items"], json!([]));
    elsewhere.json(("DELETE", &one), &[], &json!({})).await.is(404);
    assert_eq!(guard.post(&format!("/webhooks/{}/end", webhook.id), &[]).await.to(), "/webhooks");
    assert_eq!(site.desk.state_of(&webhook).await, WebhookState::Ended);
    site.desk.is_sound().await;
}
