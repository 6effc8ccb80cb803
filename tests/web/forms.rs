//! What a page offers to be filled in and followed, read out of its HTML, so that stories know every form without a list.

use super::client::{Browser, Reply, escaped};

/// A form that changes something, with what it would send as it stands.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) has_files: bool,
    /// Names and values; the token of the session is left out.
    pub(super) fields: Vec<(String, String)>,
    /// Names of those that a person types a text into.
    pub(super) texts: Vec<String>,
}

impl Form {
    /// The forms of a page that are sent by POST.
    pub(super) fn all(page: &Reply) -> Vec<Form> {
        let parts = page.body.split("<form ").skip(1).filter_map(|part| part.split("</form>").next());
        parts
            .filter(|part| part.split('>').next().is_some_and(|tag| tag.contains("method=\"post\"")))
            .map(Form::of)
            .collect()
    }

    fn of(part: &str) -> Form {
        let head = part.split('>').next().unwrap_or_default();
        let mut form = Form {
            action: attribute(head, "action").unwrap_or_default(),
            has_files: head.contains("multipart/form-data"),
            fields: Vec::new(),
            texts: Vec::new(),
        };
        for tag in part.split('<').skip(1) {
            let Some((head, rest)) = tag.split_once('>') else { continue };
            let Some(name) = attribute(head, "name").filter(|name| name != "_token") else { continue };
            let value = attribute(head, "value").unwrap_or_default();
            let kind = attribute(head, "type").unwrap_or_else(|| "text".to_owned());
            match (head.split(' ').next().unwrap_or_default(), kind.as_str()) {
                ("textarea", _) => form.typed(name, rest.to_owned()),
                ("input", "text" | "search" | "email") => form.typed(name, value),
                ("input", "file") | ("button", _) => {}
                ("input", "radio" | "checkbox") if !head.contains(" checked") => {}
                ("input", _) => form.fields.push((name, value)),
                ("select", _) => form.fields.push((name.clone(), chosen(part, &name))),
                _ => {}
            }
        }
        form
    }

    fn typed(&mut self, name: String, value: String) {
        self.texts.push(name.clone());
        self.fields.push((name, value));
    }

    /// The same form with another value in some of its fields.
    pub(super) fn with(&self, names: &[&str], value: &str) -> Form {
        let mut form = self.clone();
        for (_, old) in form.fields.iter_mut().filter(|(name, _)| names.contains(&name.as_str())) {
            value.clone_into(old);
        }
        form
    }

    /// Sends it as the browser would.
    pub(super) async fn sent(&self, browser: &mut Browser, origin: &str) -> Reply {
        let token = browser.form_token.clone();
        let mut fields = vec![("_token", token.as_str())];
        fields.extend(self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        if self.has_files {
            super::community::uploads(browser, (&self.action, origin), &fields, &[]).await
        } else {
            browser.posts_from(&self.action, &fields, &[("Origin", origin)]).await
        }
    }

    /// Its address without what differs from one matter to the next.
    pub(super) fn pattern(&self) -> String {
        pattern(&self.action)
    }
}

/// An address with `*` for ids.
pub(super) fn pattern(path: &str) -> String {
    let part = |part: &str| if part.len() == 36 { "*".to_owned() } else { part.to_owned() };
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Where the links of a page lead.
pub(super) fn links(page: &Reply) -> Vec<String> {
    let found = page
        .body
        .split("<a ")
        .skip(1)
        .filter_map(|tag| attribute(&format!(" {}", tag.split('>').next()?), "href"));
    let here = found.filter(|link| link.starts_with('/') && !link.starts_with("//"));
    here.map(|link| link.split('#').next().unwrap_or_default().to_owned()).collect()
}

/// Every page that somebody is led to, at most so many of a kind, with their addresses.
pub(super) async fn pages(browser: &mut Browser, most: usize) -> Vec<(String, Reply)> {
    let (mut waiting, mut seen) = (vec!["/".to_owned()], Vec::<String>::new());
    let mut found: Vec<(String, Reply)> = Vec::new();
    while let Some(path) = waiting.pop() {
        let alike = found.iter().filter(|(known, _)| pattern(known) == pattern(&path)).count();
        if seen.contains(&path) || alike >= most {
            continue;
        }
        seen.push(path.clone());
        let page = browser.get(&path).await;
        assert!(page.status < 500, "{path}: {}", page.words());
        if page.status == 200 {
            waiting.extend(links(&page));
            found.push((path, page));
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

/// The value that a list of choices would send: the chosen one, else the first.
fn chosen(form: &str, name: &str) -> String {
    let list = form.split_once(&format!("name=\"{name}\"")).map(|(_, rest)| rest).unwrap_or_default();
    let list = list.split("</select>").next().unwrap_or_default();
    let options: Vec<&str> = list.split("<option ").skip(1).collect();
    let selected =
        options.iter().find(|option| option.split('>').next().is_some_and(|tag| tag.contains(" selected")));
    let option = selected.or_else(|| options.iter().find(|option| !option.starts_with("value=\"\"")));
    option.and_then(|option| attribute(&format!(" {option}"), "value")).unwrap_or_default()
}

/// A path whose part is that text.
pub(super) fn path_with(before: &str, text: &str) -> String {
    format!("{before}{}", escaped(text))
}
