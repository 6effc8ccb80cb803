//! What the department says of its request, as all who may read it do, and the office before it decides.

use std::collections::BTreeMap;

use serde_json::Value;
use workflow::catalogue::Catalogue;
use workflow::facts::{Application, Declarations, Volume, WorkLine};
use workflow::money::Fen;
use workflow::request::Request;

use crate::pages::chips::whole_day;
use crate::pages::filing::PERSONAL;
use crate::tongue::Tongue;

/// One fact with its lines.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) lines: Vec<String>,
}

/// What codes stand for.
pub(crate) struct Named<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) communities: &'a BTreeMap<String, String>,
}

/// The facts of a request; what is not said is left out. `record` is what the rules were shown.
pub(crate) fn of(
    (request, record): (&Request, Option<&Value>),
    named: &Named<'_>,
    tongue: Tongue,
) -> Vec<Fact> {
    let application = &request.application;
    let own = [
        (tongue.say("申请单位", "Department"), department(application, tongue)),
        (tongue.say("事由", "Description"), one(application.description.clone())),
        (tongue.say("目录事项", "Catalogue item"), one(item(application, named.catalogue, tongue))),
        (tongue.say("期限", "Period"), period(application, tongue)),
        (tongue.say("依据文件", "Governing document"), document(application, tongue)),
        (tongue.say("工作内容", "Work"), application.work.iter().map(|line| work(line, tongue)).collect()),
        (tongue.say("直接费用", "Direct costs"), costs(application)),
        (tongue.say("带来的负担", "Burdens"), burdens(application, tongue)),
        (tongue.say("采集的个人信息", "Personal data"), one(Some(personal(application, tongue)))),
        (tongue.say("经费承诺", "Offer"), offer(application, tongue)),
        (tongue.say("三方责任", "Who does what"), declarations(application.declarations.as_ref(), tongue)),
        (tongue.say("社区", "Communities"), communities(request, named.communities, tongue)),
        (tongue.say("同一单位的相近申请", "Like requests of the department"), siblings(record)),
    ];
    let said = own.into_iter().filter(|(_, lines)| !lines.is_empty());
    said.map(|(name, lines)| Fact { name, lines }).collect()
}

fn one(text: Option<String>) -> Vec<String> {
    text.filter(|text| !text.trim().is_empty()).into_iter().collect()
}

fn item(application: &Application, catalogue: &Catalogue, tongue: Tongue) -> Option<String> {
    let code = application.item.as_ref()?;
    let title = catalogue.get(code).map(|item| item.title.get(tongue.0)).unwrap_or_default();
    Some(format!("{code} {title}"))
}

/// Communities that are named; of more only their number is said, and the price table has them all.
const NAMED: usize = 12;

fn communities(request: &Request, names: &BTreeMap<String, String>, tongue: Tongue) -> Vec<String> {
    let count = request.targets.len();
    if count == 0 || count > NAMED {
        return vec![count.to_string()];
    }
    let name = |code: &String| names.get(code).unwrap_or(code).clone();
    let names: Vec<String> = request.targets.iter().map(|target| name(&target.code)).collect();
    vec![format!("{count} – {}", names.join(tongue.say("、", ", ")))]
}

fn department(application: &Application, tongue: Tongue) -> Vec<String> {
    let name = |department: &workflow::facts::Department| {
        format!("{} · {}", department.name, department.kind.name(tongue.0))
    };
    let cosigned = application
        .cosigned_by
        .map(|kind| format!("{} {}", tongue.say("联合发文：", "cosigned by"), kind.name(tongue.0)));
    application.department.as_ref().map(name).into_iter().chain(cosigned).collect()
}

fn period(application: &Application, tongue: Tongue) -> Vec<String> {
    let term = application.term.name(tongue.0);
    let days = application
        .period()
        .map(|(first, last)| format!("{} – {} · {term}", whole_day(first, tongue), whole_day(last, tongue)));
    let occurred = application
        .occurred_on
        .map(|day| format!("{} {}", tongue.say("发生于", "occurred on"), whole_day(day, tongue)));
    days.or_else(|| Some(term.to_owned())).into_iter().chain(occurred).collect()
}

/// Title, number and last day of the governing document.
pub(super) fn document(application: &Application, tongue: Tongue) -> Vec<String> {
    let Some(document) = &application.governing_document else { return Vec::new() };
    let expires = document
        .expires_on
        .map(|day| format!("{} {}", tongue.say("有效至", "valid until"), whole_day(day, tongue)));
    let parts = [Some(document.title.clone()), document.number.clone(), expires];
    vec![parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")]
}

fn work(line: &WorkLine, tongue: Tongue) -> String {
    let volume = match line.volume {
        Volume::Fixed { fixed } => fixed.to_string(),
        Volume::Coverage { per, coverage } => {
            format!("{} × {coverage}", tongue.say("每", "each ").to_owned() + per.name(tongue.0))
        }
    };
    format!(
        "{}: {volume} × {} {} × {} {} · {} · {}",
        line.what,
        line.times,
        tongue.say("次", "times"),
        line.minutes_per_unit,
        tongue.say("分钟", "minutes"),
        line.day.name(tongue.0),
        line.worker.name(tongue.0),
    )
}

fn costs(application: &Application) -> Vec<String> {
    application
        .direct_costs
        .iter()
        .map(|cost| format!("{} {}", cost.what, cost.amount.for_people()))
        .collect()
}

fn burdens(application: &Application, tongue: Tongue) -> Vec<String> {
    let line = |burden: &workflow::facts::Burden| {
        let parts = [
            Some(burden.kind.name(tongue.0).to_owned()),
            Some(burden.name.clone()),
            burden.number.clone(),
            burden.approval.clone(),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    application.burdens.iter().map(line).collect()
}

/// What is collected about people, in the words of the form; what was written beside its list stands as it was written.
fn personal(application: &Application, tongue: Tongue) -> String {
    let name = |word: &String| {
        let known = PERSONAL.iter().find(|(code, ..)| code == word);
        known.map_or_else(|| word.clone(), |(_, zh, en)| tongue.say(zh, en).to_owned())
    };
    let names: Vec<String> = application.personal_data.iter().map(name).collect();
    names.join(tongue.say("、", ", "))
}

fn offer(application: &Application, tongue: Tongue) -> Vec<String> {
    let Some(offer) = &application.offer else { return Vec::new() };
    let budget = match offer.in_budget {
        true => tongue.say("已列预算", "in the budget"),
        false => tongue.say("未列预算", "not in the budget"),
    };
    vec![format!("{} · {} · {budget}", offer.amount.for_people(), offer.budget_year)]
}

fn declarations(declared: Option<&Declarations>, tongue: Tongue) -> Vec<String> {
    let Some(Declarations { department, community, support }) = declared else { return Vec::new() };
    let said = [
        (tongue.say("部门", "department"), department),
        (tongue.say("社区", "community"), community),
        (tongue.say("支持", "support"), support),
    ];
    let line = |(who, what): (&str, &Option<String>)| what.as_ref().map(|what| format!("{who}: {what}"));
    said.into_iter().filter_map(line).collect()
}

fn siblings(record: Option<&Value>) -> Vec<String> {
    let found = record.and_then(|facts| facts.get("siblings")).and_then(Value::as_array);
    let line = |sibling: &Value| {
        let text = |key: &str| sibling.get(key).and_then(Value::as_str).unwrap_or_default();
        let price = Fen::parse(text("price")).unwrap_or(Fen::ZERO);
        format!("{} {} {}", text("number"), text("title"), price.for_people())
    };
    found.into_iter().flatten().map(line).collect()
}
