//! The same at every field of every form that a page shows somebody: what nobody can see is refused, and what is only unusual
//! is refused by a rule or stands afterwards as the text that it is. Forms are read from the pages, as a browser reads them.

use std::collections::BTreeMap;

use super::hostile_texts::{Signed, UNUSUAL, all_sign_in, shown, unseen};
use super::planted::{Planted, plant};
use super::visits::visits;
use crate::desk::Desk;
use crate::web::client::{Browser, Reply, Site};

crate::web::told_on_both! {
    every_field_of_a_form_refuses_what_nobody_can_see_and_keeps_what_is_only_unusual
}

/// One form of a page.
struct Form {
    action: String,
    has_files: bool,
    /// Names with what stands there at first, and whether people write there what they like.
    fields: Vec<(String, String, bool)>,
}

impl Form {
    /// What tells forms apart: where they go, whatever they are about, and their fields.
    fn kind(&self) -> String {
        let is_id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
        let parts = self.action.split('/').map(|part| if is_id(part) { "{id}" } else { part });
        let names = self.fields.iter().map(|(name, ..)| name.as_str());
        format!("{} {}", parts.collect::<Vec<_>>().join("/"), names.collect::<Vec<_>>().join(","))
    }

    fn is_written(&self) -> bool {
        self.fields.iter().any(|(.., is_free)| *is_free)
    }

    /// Sends it with another text at one of its fields, or at all of them.
    async fn sent(&self, browser: &mut Browser, text: &str, only: Option<&str>) -> Reply {
        let is_changed = |name: &str| only.is_none_or(|only| only == name);
        let pairs: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value, is_free)| {
                (name.as_str(), if *is_free && is_changed(name) { text } else { value })
            })
            .collect();
        if !self.has_files {
            return browser.post(&self.action, &pairs).await;
        }
        let (origin, token) = (browser.origin.clone(), browser.form_token.clone());
        let pairs = [("_token", token.as_str())].into_iter().chain(pairs);
        let part = |(name, value): (&str, &str)| {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = format!("{}--edge--\r\n", pairs.map(part).collect::<String>());
        let sent = ("multipart/form-data; boundary=edge", body.as_str());
        browser.sends("POST", &self.action, &[("Origin", &origin)], Some(sent)).await
    }
}

/// The value of an attribute within a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn plain(text: &str) -> String {
    let marks = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    marks.iter().fold(text.to_owned(), |text, (mark, letter)| text.replace(mark, letter))
}

/// The forms of a page that change something.
fn forms(page: &str) -> Vec<Form> {
    let all = page.split("<form ").skip(1).filter_map(|rest| {
        let (head, inside) = rest.split_once('>')?;
        let head = format!(" {head}");
        let inside = inside.split("</form>").next().unwrap_or_default();
        let action = attribute(&head, "action").filter(|_| head.contains("method=\"post\""))?;
        let fields = inside.split('<').filter_map(|tag| field(tag, inside)).collect();
        Some(Form { action: plain(action), has_files: head.contains("multipart/form-data"), fields })
    });
    all.filter(|form| !form.action.starts_with("/sign-") && form.action != "/language").collect()
}

/// A field by its tag; the token of the session comes along anyway.
fn field(tag: &str, form: &str) -> Option<(String, String, bool)> {
    let name = attribute(tag, "name").filter(|name| *name != "_token")?;
    let value = plain(attribute(tag, "value").unwrap_or_default());
    let (kind, is_ticked) = (attribute(tag, "type").unwrap_or("text"), tag.contains(" checked"));
    if tag.starts_with("textarea ") {
        return Some((plain(name), tag.split_once('>').map_or(String::new(), |(_, text)| plain(text)), true));
    }
    if tag.starts_with("select ") {
        let (_, options) = form.split_once(&format!("<{tag}"))?;
        let first = attribute(options, "value").unwrap_or_default();
        return Some((plain(name), plain(first), false));
    }
    let is_left_out = kind == "file" || (["checkbox", "radio"].contains(&kind) && !is_ticked);
    let is_field = tag.starts_with("input ") && !is_left_out;
    is_field.then(|| (plain(name), value, ["text", "search"].contains(&kind)))
}

/// One of each kind of form with a text, and who is shown it.
async fn all_forms(site: &Site, planted: &Planted) -> (Vec<Signed>, Vec<(usize, Form)>) {
    let mut found: BTreeMap<String, (usize, Form)> = BTreeMap::new();
    let mut people = all_sign_in(site).await;
    let visits = visits(site, planted).await;
    for (at, (browser, ..)) in people.iter_mut().enumerate() {
        for visit in visits.iter().filter(|visit| visit.is_plain() && !visit.route.starts_with("/api")) {
            let reply = browser.get(&visit.address).await;
            for form in forms(&reply.body).into_iter().filter(Form::is_written) {
                found.entry(form.kind()).or_insert((at, form));
            }
        }
    }
    (people, found.into_values().collect())
}

async fn every_field_of_a_form_refuses_what_nobody_can_see_and_keeps_what_is_only_unusual(desk: Desk) {
    let mut site = Site::of(desk).await;
    let planted = plant(&mut site).await;
    let (mut people, forms) = all_forms(&site, &planted).await;
    let before = site.desk.kept();
    let mut kinds = unseen().into_iter().cycle();
    let mut wrong = Vec::new();
    for (at, form) in &forms {
        for (name, ..) in form.fields.iter().filter(|(.., is_free)| *is_free) {
            let (kind, text) = kinds.next().expect("they go round");
            let reply = form.sent(&mut people[*at].0, &text, Some(name)).await;
            if reply.status != 422 {
                wrong.push(format!("{} {name} {kind}: {}", form.kind(), reply.status));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let after = site.desk.kept();
    assert_eq!(before.symmetric_difference(&after).take(5).collect::<Vec<_>>(), Vec::<&String>::new());
    let mut done = 0;
    for (at, form) in &forms {
        let reply = form.sent(&mut people[*at].0, UNUSUAL, None).await;
        done += usize::from(reply.status < 400);
        if reply.status >= 500 {
            wrong.push(format!("{}: {}", form.kind(), reply.status));
        }
    }
    let (tags, escaped, _) = shown(&site, (&planted, people)).await;
    assert_eq!((wrong, tags), (Vec::<String>::new(), Vec::<String>::new()));
    assert!(
        forms.len() > 15 && done > 5 && escaped > 5,
        "{} forms, {done} done, {escaped} shown",
        forms.len()
    );
    site.desk.is_sound().await;
}
