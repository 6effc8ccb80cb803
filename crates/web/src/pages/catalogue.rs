//! The catalogue of items (事项目录) with its search, for everybody: what a community does anyway, what is bought, and what
//! must not be asked of it at all.

use askama::Template;
use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;
use workflow::catalogue::{Class, Function, Item};

use crate::access::Admits;
use crate::pages::frame::Frame;
use crate::query::Query;
use crate::reply::{Answer, page};
use crate::routes::{Route, reads};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Vec<Route> {
    vec![reads("/catalogue", Admits::Anyone, get(show))]
}

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    frame: Frame,
    asked: Asked,
    classes: Vec<(&'static str, &'static str)>,
    functions: Vec<(String, &'static str)>,
    total: usize,
    groups: Vec<Group>,
    may_file: bool,
}

/// Items of one category.
struct Group {
    name: String,
    items: Vec<Line>,
}

struct Line {
    code: String,
    title: String,
    class: &'static str,
    tone: &'static str,
    function: &'static str,
    hours: String,
    requester: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    function: String,
}

async fn show(State(server): State<Server>, visitor: Visitor, Query(asked): Query<Asked>) -> Answer {
    let tongue = visitor.tongue;
    let content = server.engine.content();
    let words: Vec<String> = asked.q.split_whitespace().map(str::to_lowercase).collect();
    let mut groups: Vec<Group> = Vec::new();
    let found = content.rules.catalogue().values().filter(|item| asked.takes(item, &words));
    for item in found {
        let name = item.category.get(tongue.0);
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { name: name.to_owned(), items: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.items.push(Line::of(item, tongue));
        }
    }
    let submits = visitor.known.as_ref().is_some_and(|known| known.has(workflow::actor::Role::Submitter));
    Ok(page(&CataloguePage {
        frame: Frame::public(&visitor, "/catalogue"),
        asked,
        classes: Class::ALL.iter().map(|class| (class.word(), class.name(tongue.0))).collect(),
        functions: Function::ALL.iter().map(|one| (one.number().to_string(), one.name(tongue.0))).collect(),
        total: groups.iter().map(|group| group.items.len()).sum(),
        groups,
        may_file: submits,
    }))
}

impl Asked {
    /// Every word stands somewhere in the item, in either language.
    fn takes(&self, item: &Item, words: &[String]) -> bool {
        let Item { code, title, category, function, class, yearly_hours: _, requester, open: _ } = item;
        let number = function.map(|function| function.number().to_string()).unwrap_or_default();
        let texts = [&title.zh, &title.en, &category.zh, &category.en, &requester.zh, &requester.en, code];
        let text = texts.map(|text| text.to_lowercase()).join("\n");
        (self.class.is_empty() || self.class == class.word())
            && (self.function.is_empty() || self.function == number)
            && words.iter().all(|word| text.contains(word.as_str()))
    }
}

impl Line {
    fn of(item: &Item, tongue: Tongue) -> Line {
        Line {
            code: item.code.clone(),
            title: item.title.get(tongue.0).to_owned(),
            class: item.class.name(tongue.0),
            tone: match item.class {
                Class::Core => "quiet",
                Class::Assist => "open",
                Class::Purchase => "good",
                Class::Emergency => "wait",
                Class::Negative => "bad",
            },
            function: item
                .function
                .map_or(tongue.say("七项职能以外", "outside the seven functions"), |one| {
                    one.name(tongue.0)
                }),
            hours: if item.yearly_hours.millionths() == 0 {
                "–".to_owned()
            } else {
                item.yearly_hours.to_string()
            },
            requester: item.requester.get(tongue.0).to_owned(),
        }
    }
}
