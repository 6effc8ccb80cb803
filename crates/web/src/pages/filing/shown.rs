//! The form as a page: what is typed, what is wrong with it, the communities that may be chosen, and the panel.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{Months, NaiveDate};
use engine::{ChoosablePlace, EngineError};
use store::StoreError;
use workflow::action::ActionKind;
use workflow::actor::Actor;
use workflow::calendar::{Month, YEARS};
use workflow::decide::may_try;
use workflow::request::Request;
use workflow::stage::StageKind;

use super::cells::{Cell, CellKind, Cells, Wrong, wrong};
use super::panel::Panel;
use super::sheet::{PERSONAL, Sheet};
use crate::once;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, page_with};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "filing.html")]
struct FilingPage {
    frame: Frame,
    heading: String,
    action: String,
    autosave: Option<String>,
    /// Whether there is something that a button has sent without keeping it.
    is_typed: bool,
    notice: Option<String>,
    wrong: Vec<Wrong>,
    /// Hidden fields: the version, and what the request is bound to.
    kept: Vec<(&'static str, String)>,
    what: Vec<Cell>,
    term: Cell,
    item: String,
    item_fault: Option<String>,
    items: Vec<ItemGroup>,
    when: Vec<Cell>,
    work: Vec<Vec<Cell>>,
    costs: Vec<Vec<Cell>>,
    document: Vec<Cell>,
    declarations: Vec<Cell>,
    burdens: Vec<Vec<Cell>>,
    personal: Vec<(&'static str, &'static str, bool)>,
    personal_other: Cell,
    money: Vec<Cell>,
    months: String,
    places: Vec<PlaceGroup>,
    communities_fault: Option<String>,
    /// Pasted codes that are to be mended.
    codes: String,
    codes_faults: Vec<String>,
    /// Codes that were sent and may not be chosen.
    foreign: Vec<String>,
    may_submit: bool,
    panel: String,
}

/// Items of one category.
struct ItemGroup {
    name: String,
    items: Vec<(String, String)>,
}

/// Communities of one subdistrict.
struct PlaceGroup {
    code: String,
    name: String,
    chosen: usize,
    places: Vec<(ChoosablePlace, bool)>,
}

/// Who is at the form.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) server: &'a Server,
    pub(crate) member: &'a Member,
}

/// What is to be shown.
pub(crate) struct Shown {
    sheet: Sheet,
    known: Option<Request>,
    status: StatusCode,
    /// Faults are shown at their fields once somebody has pressed a button.
    is_checked: bool,
    refusal: Option<EngineRefusal>,
    /// The list in which one more row is shown.
    added: Option<String>,
}

/// Why the engine did not keep it.
enum EngineRefusal {
    Faults(Vec<workflow::facts::Fault>),
    Said(String, String),
    Broken,
}

impl Shown {
    pub(crate) fn of(sheet: Sheet, known: Option<Request>) -> Shown {
        Shown { sheet, known, status: StatusCode::OK, is_checked: false, refusal: None, added: None }
    }

    pub(crate) fn checked(sheet: Sheet, known: Option<Request>) -> Shown {
        Shown { is_checked: true, ..Shown::of(sheet, known) }
    }

    /// With one more row in a list.
    pub(crate) fn adding(self, list: Option<String>) -> Shown {
        Shown { added: list, ..self }
    }

    /// A form that does not say what it was made from.
    pub(crate) fn unseen(sheet: Sheet, known: Option<Request>, problem: Problem) -> Shown {
        let Problem { status, message, .. } = problem;
        let refusal = Some(EngineRefusal::Said(message.clone(), message));
        Shown { status, refusal, ..Shown::checked(sheet, known) }
    }

    pub(crate) fn refused(sheet: Sheet, known: Option<Request>, error: &EngineError) -> Shown {
        use workflow::language::Language;
        let status = Problem::of(error, crate::tongue::Tongue(Language::Chinese)).status;
        let refusal = match error {
            EngineError::Malformed(faults) => EngineRefusal::Faults(faults.clone()),
            EngineError::Stale => EngineRefusal::Said(
                "这份申请刚在别处改过，您填的内容没有保存，但都还在下面。请另开一页看过最新内容再决定。".to_owned(),
                "This request has just been changed elsewhere. What you typed is not kept, but still here; open the newest in another tab before you go on.".to_owned(),
            ),
            EngineError::Store(StoreError::Again) => {
                EngineRefusal::Said(error.message(Language::Chinese), error.message(Language::English))
            }
            _ if status.is_server_error() => EngineRefusal::Broken,
            error => EngineRefusal::Said(error.message(Language::Chinese), error.message(Language::English)),
        };
        Shown { status, refusal: Some(refusal), ..Shown::checked(sheet, known) }
    }
}

impl Desk<'_> {
    /// The first and the last month whose hours are shown: those of the period, else this and the next two.
    fn months(self, sheet: &Sheet) -> (Month, Month) {
        let day = |name: &str| sheet.get(name).parse::<NaiveDate>().ok();
        let in_range = |day: &NaiveDate| YEARS.contains(&chrono::Datelike::year(day));
        let period = day("starts_on").filter(in_range).zip(day("ends_on").filter(in_range));
        let today = self.server.engine.today(self.member.visitor.now);
        let (start, end) = period
            .filter(|(start, end)| start <= end)
            .unwrap_or((today, today.checked_add_months(Months::new(2)).unwrap_or(today)));
        let latest = start.checked_add_months(Months::new(24)).unwrap_or(end);
        (Month::of(start), Month::of(end.min(latest)))
    }

    /// The communities that may be chosen.
    pub(crate) async fn places(self, sheet: &Sheet) -> Result<Vec<ChoosablePlace>, Failed> {
        let Actor::Person(person) = &self.member.known.actor else { return Ok(Vec::new()) };
        let item = Some(sheet.get("item")).filter(|item| !item.is_empty());
        let wanted = (item, self.months(sheet));
        let found = self.server.engine.choosable_places(person, wanted, self.member.visitor.now).await;
        found.tell(self.member.tongue())
    }

    /// The panel, and what is wrong with the fields.
    pub(crate) async fn panel(
        self,
        sheet: &Sheet,
        known: Option<&Request>,
    ) -> Result<(Panel, Vec<Wrong>), Failed> {
        let (engine, tongue) = (&self.server.engine, self.member.tongue());
        if sheet.is_blank() {
            return Ok((Panel::blank(tongue), Vec::new()));
        }
        let of = (super::filing_of(sheet, known), &self.member.known.actor);
        let tried = match sheet.filing() {
            Ok(filing) => engine.try_out(filing, of, self.member.visitor.now).await,
            Err(error) => Err(error),
        };
        Ok(match tried {
            Ok(trial) => {
                let content = engine.content();
                let by = (content.calendar.as_ref(), &content.rules.parameters().quota);
                (Panel::of(&trial, by, tongue), Vec::new())
            }
            Err(EngineError::Malformed(faults)) => {
                let wrong = wrong(&faults, sheet, tongue);
                (Panel::faulty(&wrong, tongue), wrong)
            }
            Err(error @ (EngineError::Refused(_) | EngineError::Merger(_))) => {
                (Panel::refused(error.message(tongue.0), tongue), Vec::new())
            }
            Err(error) => return Err(error).tell(tongue),
        })
    }

    pub(crate) async fn show(self, shown: Shown) -> Answer {
        let tongue = self.member.tongue();
        let places = self.places(&shown.sheet).await?;
        let (panel, found) = self.panel(&shown.sheet, shown.known.as_ref()).await?;
        let (mut all, mut notice) = (if shown.is_checked { found } else { Vec::new() }, None);
        match shown.refusal {
            Some(EngineRefusal::Faults(ref faults)) => all = wrong(faults, &shown.sheet, tongue),
            Some(EngineRefusal::Said(ref zh, ref en)) => notice = Some(tongue.say(zh, en).to_owned()),
            Some(EngineRefusal::Broken) => {
                let (zh, en) = (
                    "系统出错，已记入日志；您填的内容都还在",
                    "something went wrong; what you typed is still here",
                );
                notice = Some(tongue.say(zh, en).to_owned());
            }
            None => {}
        }
        let Ok(panel) = panel.render() else {
            return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let status = if all.is_empty() { shown.status } else { StatusCode::UNPROCESSABLE_ENTITY };
        Ok(page_with(status, &self.page(&shown, (all, notice), places, panel)))
    }

    fn page(
        self,
        shown: &Shown,
        (wrong, notice): (Vec<Wrong>, Option<String>),
        places: Vec<ChoosablePlace>,
        panel: String,
    ) -> FilingPage {
        let tongue = self.member.tongue();
        let (sheet, known) = (&shown.sheet, shown.known.as_ref());
        let cells = Cells { sheet, wrong: &wrong, tongue };
        let blank = |list: &str| 1 + usize::from(shown.added.as_deref() == Some(list));
        let fault = |field: &str| wrong.iter().find(|one| one.field == field).map(|one| one.said.clone());
        let (first, last) = self.months(sheet);
        let foreign = sheet.communities.iter().filter(|code| places.iter().all(|place| place.code != **code));
        FilingPage {
            heading: self.heading(sheet, known),
            action: known
                .map_or_else(|| "/requests/new".to_owned(), |known| format!("/requests/{}/edit", known.id)),
            autosave: autosave(known),
            is_typed: shown.is_checked && shown.refusal.is_none() && wrong.is_empty(),
            notice,
            kept: kept(sheet, known),
            what: cells.what(),
            term: cells.term(),
            item: sheet.get("item").to_owned(),
            item_fault: fault("item"),
            items: self.items(),
            when: cells.when(),
            work: cells.rows("work", blank("work")),
            costs: cells.rows("direct_costs", blank("direct_costs")),
            document: cells.document(),
            declarations: cells.declarations(),
            burdens: cells.rows("burdens", blank("burdens")),
            personal: PERSONAL
                .iter()
                .map(|(code, zh, en)| (*code, tongue.say(zh, en), sheet.personal.contains(*code)))
                .collect(),
            personal_other: cells.personal_other(),
            money: cells.money(),
            months: if first == last { first.to_string() } else { format!("{first} – {last}") },
            communities_fault: fault("communities"),
            codes: sheet.get("codes").to_owned(),
            codes_faults: faults_of(&wrong, "codes"),
            foreign: foreign.cloned().collect(),
            places: groups(places, sheet, tongue.say("区直属社区", "directly under the district")),
            may_submit: known
                .is_none_or(|known| may_try(known, ActionKind::Submit, &self.member.known.actor)),
            panel,
            frame: Frame::of(self.member, "/requests"),
            wrong,
        }
    }

    fn heading(self, sheet: &Sheet, known: Option<&Request>) -> String {
        let tongue = self.member.tongue();
        if let Some(known) = known {
            let number = known.number();
            let named = if number.is_empty() || number == "—" { known.title() } else { number };
            return format!("{} {named}", tongue.say("修改申请", "Correct"));
        }
        let heading = match sheet.get("origin") {
            "renew" => tongue.say("续期申请", "Renewal"),
            "supplement" => tongue.say("追加申请", "Supplement"),
            _ => tongue.say("新申请", "New request"),
        };
        heading.to_owned()
    }

    /// The catalogue by category, in the order of codes.
    fn items(self) -> Vec<ItemGroup> {
        let language = self.member.tongue().0;
        let content = self.server.engine.content();
        let mut groups: Vec<ItemGroup> = Vec::new();
        for item in content.rules.catalogue().values() {
            let name = item.category.get(language);
            let entry = (item.code.clone(), item.title.get(language).to_owned());
            match groups.last_mut().filter(|group| group.name == name) {
                Some(group) => group.items.push(entry),
                None => groups.push(ItemGroup { name: name.to_owned(), items: vec![entry] }),
            }
        }
        groups
    }
}

/// All that is wrong with a field, in words.
fn faults_of(wrong: &[Wrong], field: &str) -> Vec<String> {
    wrong.iter().filter(|one| one.field == field).map(|one| one.said.clone()).collect()
}

/// Where the form keeps itself: a new request and a draft do, what is returned does not.
fn autosave(known: Option<&Request>) -> Option<String> {
    let Some(known) = known else { return Some("/requests/new/autosave".to_owned()) };
    (known.stage.kind() == StageKind::Draft).then(|| format!("/requests/{}/autosave", known.id))
}

/// Hidden fields. The version stays the one that was seen; a new request gets its own once the script has kept it, and is
/// known until then by the key of its form.
fn kept(sheet: &Sheet, known: Option<&Request>) -> Vec<(&'static str, String)> {
    let Some(known) = known else {
        let typed = |name: &'static str| (name, sheet.get(name).to_owned());
        let later = |name: &'static str| (name, String::new());
        let key = (once::FIELD, once::key_of(sheet.get(once::FIELD)));
        let bound = [typed("origin"), typed("of"), typed("of_version")];
        return bound.into_iter().chain([key, later("request"), later("version")]).collect();
    };
    let seen = sheet.get("version");
    let version = if seen.parse::<i64>().is_ok() { seen.to_owned() } else { known.version.to_string() };
    vec![("request", known.id.to_string()), ("version", version)]
}

fn groups(places: Vec<ChoosablePlace>, sheet: &Sheet, without: &str) -> Vec<PlaceGroup> {
    let mut groups: BTreeMap<(String, String), Vec<(ChoosablePlace, bool)>> = BTreeMap::new();
    for place in places {
        let above = place.subdistrict.clone().unwrap_or_else(|| (String::new(), without.to_owned()));
        let is_chosen = sheet.communities.contains(&place.code);
        groups.entry(above).or_default().push((place, is_chosen));
    }
    let group = |((code, name), places): ((String, String), Vec<(ChoosablePlace, bool)>)| {
        let chosen = places.iter().filter(|(_, is_chosen)| *is_chosen).count();
        PlaceGroup { code, name, chosen, places }
    };
    groups.into_iter().map(group).collect()
}
