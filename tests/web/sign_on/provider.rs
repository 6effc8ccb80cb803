//! A real identity provider as a process of its own, `tests/sign_on/provider.mjs`; it ends with the story.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use web::{ProviderSettings, SignOnSettings};
use workflow::language::Bilingual;

use crate::web::client::{Browser, Reply};

pub(crate) const CLIENT: &str = "zhunru";
const SECRET: &str = "a secret of the program and its provider";

pub(crate) struct IdentityProvider {
    child: Child,
    pub(crate) issuer: String,
    /// Where it sends browsers back to.
    site: String,
}

impl IdentityProvider {
    /// Starts the provider for a site, with the clock of the story.
    pub(crate) fn for_site(site: &str, at: i64) -> IdentityProvider {
        let wanted = json!({ "redirect": format!("{site}/sign-in/provider/back"), "at": at });
        IdentityProvider::started(site, &wanted)
    }

    fn started(site: &str, wanted: &Value) -> IdentityProvider {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sign_on");
        let modules = std::path::Path::new(folder).join("node_modules/oidc-provider");
        assert!(modules.exists(), "tests/run installs the packages of {folder}");
        let mut command = Command::new("node");
        command.current_dir(folder).args(["provider.mjs", &wanted.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("node is there");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider says `{issuer}`");
        IdentityProvider { child, issuer, site: site.to_owned() }
    }

    pub(crate) fn settings(&self) -> ProviderSettings {
        let secret = Some(SECRET.to_owned());
        ProviderSettings { secret, ..ProviderSettings::of(self.issuer.clone(), CLIENT.to_owned()) }
    }

    fn browser(&self) -> Browser {
        let address = self.issuer.strip_prefix("http://").expect("an address");
        Browser::at(address.parse().expect("an address"))
    }

    /// Makes it do something that providers do on bad days.
    pub(crate) async fn does(&self, what: &str, how: Value) {
        let done = self.browser().json(("POST", &format!("/control/{what}")), &[], &how).await;
        done.is(200);
    }

    /// Has somebody sign in whom our pages have sent there; gives the way back, as the browser goes it.
    pub(crate) async fn admits(&self, sent: &Reply, login: &str) -> String {
        self.answers(sent, &[("login", login), ("do", "enter")]).await
    }

    /// The same with a second factor.
    pub(crate) async fn admits_twice(&self, sent: &Reply, login: &str) -> String {
        self.answers(sent, &[("login", login), ("factor", "mfa"), ("do", "enter")]).await
    }

    /// Has somebody think better of it.
    pub(crate) async fn is_left(&self, sent: &Reply) -> String {
        self.answers(sent, &[("do", "cancel")]).await
    }

    async fn answers(&self, sent: &Reply, form: &[(&str, &str)]) -> String {
        let mut browser = self.browser();
        let to = self.path(&way_of(sent));
        let asked = browser.get(&to).await;
        asked.is(303);
        let form_at = self.path(asked.to());
        browser.get(&form_at).await.is(200);
        let entered = browser.posts_from(&form_at, form, &[]).await;
        let resumed = browser.get(&self.path(entered.is(303).to())).await;
        let back = resumed.is(303).to();
        back.strip_prefix(&self.site).unwrap_or_else(|| panic!("back to {back}")).to_owned()
    }

    fn path(&self, address: &str) -> String {
        address.strip_prefix(&self.issuer).unwrap_or(address).to_owned()
    }

    /// Nobody listens there any more.
    pub(crate) fn ends(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Listens again at the same place, with keys that nobody has seen.
    pub(crate) fn begins_again(&mut self, at: i64) {
        self.ends();
        let port: u16 = self.issuer.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let wanted =
            json!({ "redirect": format!("{}/sign-in/provider/back", self.site), "at": at, "port": port });
        let site = self.site.clone();
        *self = IdentityProvider::started(&site, &wanted);
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.ends();
    }
}

/// Where an answer sends the browser: by its status, or by a page that leads on.
pub(crate) fn way_of(sent: &Reply) -> String {
    let refreshed = sent.header("refresh").and_then(|refresh| refresh.strip_prefix("0;url="));
    refreshed.unwrap_or_else(|| sent.is(303).to()).to_owned()
}

/// The settings of a site with this provider.
pub(crate) fn button(provider: ProviderSettings) -> SignOnSettings {
    let name =
        Bilingual { zh: "统一身份认证登录".into(), en: "Sign in by the identity provider".into() };
    SignOnSettings { provider, name }
}
