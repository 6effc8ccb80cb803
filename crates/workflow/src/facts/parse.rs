//! The shape of facts in JSON, one function per object of `contract.md`.

use std::collections::BTreeMap;

use super::node::{Node, Object};
use super::{
    Admitted, Application, BodyKind, Burden, BurdenKind, Community, DayFactor, Declarations, Department,
    DirectCost, Facts, GoverningDocument, Offer, Per, Register, Sibling, SiblingPart, Term, Volume, WorkLine,
    Worker, limits,
};
use crate::calendar::Month;
use crate::calendar::YEARS;
use crate::decimal::Decimal;
use crate::hours::Centihours;
use crate::money::Fen;
use crate::stage::StageKind;

/// The words of a closed list, for messages.
macro_rules! word_of {
    ($node:expr, $kind:ty) => {
        $node.word(<$kind>::from_word, &<$kind>::ALL.iter().map(|word| word.word()).collect::<Vec<_>>())
    };
}

pub(super) fn facts(node: &Node<'_>) -> Option<Facts> {
    let object = node.object(&["today", "request", "communities", "register", "admitted", "siblings"])?;
    let today = object.get("today").date();
    let request = application(&object.get("request"));
    let communities = list(&object, "communities", limits::COMMUNITIES, community);
    let register = object.given("register").map_or(Some(Register::default()), |node| register(&node));
    let admitted = list(&object, "admitted", limits::COMMUNITIES, admitted);
    let siblings = list(&object, "siblings", limits::COMMUNITIES, sibling);
    refuse_twins(&object, communities.as_deref());
    Some(Facts {
        today: today?,
        request: request?,
        communities: communities?,
        register: register?,
        admitted: admitted?,
        siblings: siblings?,
    })
}

const APPLICATION: &[&str] = &[
    "title",
    "description",
    "department",
    "cosigned_by",
    "item",
    "term",
    "starts_on",
    "ends_on",
    "occurred_on",
    "governing_document",
    "declarations",
    "work",
    "direct_costs",
    "burdens",
    "personal_data",
    "offer",
];

pub(super) fn application(node: &Node<'_>) -> Option<Application> {
    let object = node.object(APPLICATION)?;
    let title = maybe(&object, "title", text);
    let description = maybe(&object, "description", text);
    let department = maybe(&object, "department", department);
    let cosigned_by = maybe(&object, "cosigned_by", |node| word_of!(node, BodyKind));
    let item = maybe(&object, "item", Node::name);
    let term = word_of!(object.get("term"), Term);
    let starts_on = maybe(&object, "starts_on", Node::date);
    let ends_on = maybe(&object, "ends_on", Node::date);
    let occurred_on = maybe(&object, "occurred_on", Node::date);
    let governing_document = maybe(&object, "governing_document", governing_document);
    let declarations = maybe(&object, "declarations", declarations);
    let work = list(&object, "work", limits::LINES, work_line);
    let direct_costs = list(&object, "direct_costs", limits::LINES, direct_cost);
    let burdens = list(&object, "burdens", limits::LINES, burden);
    let personal_data = list(&object, "personal_data", limits::LINES, name);
    let offer = maybe(&object, "offer", offer);
    Some(Application {
        title: title?,
        description: description?,
        department: department?,
        cosigned_by: cosigned_by?,
        item: item?,
        term: term?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        occurred_on: occurred_on?,
        governing_document: governing_document?,
        declarations: declarations?,
        work: work?,
        direct_costs: direct_costs?,
        burdens: burdens?,
        personal_data: personal_data?,
        offer: offer?,
    })
}

fn department(node: &Node<'_>) -> Option<Department> {
    let object = node.object(&["name", "kind", "hosts_office"])?;
    let name = object.get("name").text().map(str::to_owned);
    let kind = word_of!(object.get("kind"), BodyKind);
    let hosts_office = object.get("hosts_office").flag();
    Some(Department { name: name?, kind: kind?, hosts_office: hosts_office? })
}

fn governing_document(node: &Node<'_>) -> Option<GoverningDocument> {
    let object = node.object(&["title", "number", "expires_on"])?;
    let title = object.given("title").map_or(Some(String::new()), |node| text(&node));
    let number = maybe(&object, "number", text);
    let expires_on = maybe(&object, "expires_on", Node::date);
    Some(GoverningDocument { title: title?, number: number?, expires_on: expires_on? })
}

fn declarations(node: &Node<'_>) -> Option<Declarations> {
    let object = node.object(&["department", "community", "support"])?;
    let department = maybe(&object, "department", text);
    let community = maybe(&object, "community", text);
    let support = maybe(&object, "support", text);
    Some(Declarations { department: department?, community: community?, support: support? })
}

fn work_line(node: &Node<'_>) -> Option<WorkLine> {
    let object = node.object(&["what", "volume", "times", "minutes_per_unit", "day", "worker"])?;
    let what = object.get("what").text().map(str::to_owned);
    let volume = volume(&object.get("volume"));
    let times = object.get("times").whole(0, limits::TIMES);
    let minutes_per_unit = object.get("minutes_per_unit").parsed(Decimal::parse);
    let day = word_of!(object.get("day"), DayFactor);
    let worker = word_of!(object.get("worker"), Worker);
    Some(WorkLine {
        what: what?,
        volume: volume?,
        times: times?,
        minutes_per_unit: minutes_per_unit?,
        day: day?,
        worker: worker?,
    })
}

fn volume(node: &Node<'_>) -> Option<Volume> {
    let object = node.object(&["per", "coverage", "fixed"])?;
    match (object.has("fixed"), object.has("per") || object.has("coverage")) {
        (true, false) => Some(Volume::Fixed { fixed: object.get("fixed").whole(0, limits::UNITS)? }),
        (false, true) => {
            let per = word_of!(object.get("per"), Per);
            let coverage = object.get("coverage");
            let share = coverage.parsed(Decimal::parse).filter(|share| {
                let fits = *share <= Decimal::ONE;
                if !fits {
                    coverage.fault((
                        format!("覆盖率“{share}”不在 0 至 1 之间"),
                        format!("`{share}` is no coverage from 0 to 1"),
                    ));
                }
                fits
            });
            Some(Volume::Coverage { per: per?, coverage: share? })
        }
        _ => node.refuse((
            "应填写 fixed，或者同时填写 per 和 coverage",
            "either `fixed`, or `per` with `coverage`, is expected here",
        )),
    }
}

fn direct_cost(node: &Node<'_>) -> Option<DirectCost> {
    let object = node.object(&["what", "amount"])?;
    let what = object.get("what").text().map(str::to_owned);
    let amount = object.get("amount").parsed(Fen::parse);
    Some(DirectCost { what: what?, amount: amount? })
}

fn burden(node: &Node<'_>) -> Option<Burden> {
    let object = node.object(&["kind", "name", "number", "approval", "expires_on"])?;
    let kind = word_of!(object.get("kind"), BurdenKind);
    let name = object.get("name").text().map(str::to_owned);
    let number = maybe(&object, "number", text);
    let approval = maybe(&object, "approval", text);
    let expires_on = maybe(&object, "expires_on", Node::date);
    Some(Burden { kind: kind?, name: name?, number: number?, approval: approval?, expires_on: expires_on? })
}

fn offer(node: &Node<'_>) -> Option<Offer> {
    let object = node.object(&["amount", "in_budget", "budget_year"])?;
    let amount = object.get("amount").parsed(Fen::parse);
    let in_budget = object.get("in_budget").flag();
    let budget_year = object.get("budget_year").whole(i64::from(*YEARS.start()), i64::from(*YEARS.end()));
    let budget_year = budget_year.and_then(|year| i32::try_from(year).ok());
    Some(Offer { amount: amount?, in_budget: in_budget?, budget_year: budget_year? })
}

fn community(node: &Node<'_>) -> Option<Community> {
    let object = node.object(&["code", "name", "households", "residents", "workers", "booked"])?;
    let code = object.get("code").name();
    let name = object.get("name").text().map(str::to_owned);
    let households = object.get("households").whole(0, limits::UNITS);
    let residents = object.get("residents").whole(0, limits::UNITS);
    let workers = maybe(&object, "workers", |node| node.whole(0, limits::TIMES));
    let booked = object.given("booked").map_or(Some(BTreeMap::new()), |node| booked(&node));
    Some(Community {
        code: code?,
        name: name?,
        households: households?,
        residents: residents?,
        workers: workers?,
        booked: booked?,
    })
}

fn booked(node: &Node<'_>) -> Option<BTreeMap<Month, Centihours>> {
    let mut booked = BTreeMap::new();
    for (key, hours) in node.members()? {
        let month = Month::parse(key).map_err(|error| hours.fault(error)).ok();
        booked.extend(month.zip(hours.parsed(Centihours::parse)));
    }
    Some(booked)
}

fn register(node: &Node<'_>) -> Option<Register> {
    let object = node.object(&["held"])?;
    Some(Register { held: list(&object, "held", limits::LINES, name)? })
}

fn admitted(node: &Node<'_>) -> Option<Admitted> {
    let object = node.object(&["number", "item", "starts_on", "ends_on", "communities"])?;
    let number = object.get("number").text().map(str::to_owned);
    let item = maybe(&object, "item", Node::name);
    let starts_on = object.get("starts_on").date();
    let ends_on = object.get("ends_on").date();
    let communities = list(&object, "communities", limits::COMMUNITIES, name);
    Some(Admitted {
        number: number?,
        item: item?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        communities: communities?,
    })
}

fn sibling(node: &Node<'_>) -> Option<Sibling> {
    let object =
        node.object(&["number", "item", "title", "starts_on", "ends_on", "price", "stage", "communities"])?;
    let number = object.get("number").text().map(str::to_owned);
    let item = maybe(&object, "item", Node::name);
    let title = object.get("title").text().map(str::to_owned);
    let starts_on = object.get("starts_on").date();
    let ends_on = object.get("ends_on").date();
    if ends_on < starts_on && ends_on.is_some() {
        object.get("ends_on").fault(("结束日期不能早于开始日期", "the end must not be before the start"));
    }
    let price = object.get("price").parsed(Fen::parse);
    let stage = word_of!(object.get("stage"), StageKind);
    let communities = list(&object, "communities", limits::COMMUNITIES, sibling_part);
    Some(Sibling {
        number: number?,
        item: item?,
        title: title?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        price: price?,
        stage: stage?,
        communities: communities?,
    })
}

fn sibling_part(node: &Node<'_>) -> Option<SiblingPart> {
    let object = node.object(&["code", "granted_minutes", "unbooked"])?;
    let code = object.get("code").name();
    let granted_minutes = object.get("granted_minutes").parsed(Decimal::parse);
    let unbooked = object.given("unbooked").map_or(Some(BTreeMap::new()), |node| booked(&node));
    Some(SiblingPart { code: code?, granted_minutes: granted_minutes?, unbooked: unbooked? })
}

fn text(node: &Node<'_>) -> Option<String> {
    node.text().map(str::to_owned)
}

fn name(node: &Node<'_>) -> Option<String> {
    node.name()
}

/// A member that may be absent or null; the outer none is a fault.
#[expect(clippy::option_option, reason = "absent and faulty are two things, and `?` ends on the faulty one")]
fn maybe<'a, T>(
    object: &Object<'a>,
    name: &'static str,
    parse: impl Fn(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    object.given(name).map_or(Some(None), |node| parse(&node).map(Some))
}

/// An array that may be absent or null; none if any element has a fault, so that every fault is found.
fn list<T>(
    object: &Object<'_>,
    name: &'static str,
    most: usize,
    parse: fn(&Node<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = object.given(name) else {
        return Some(Vec::new());
    };
    let parsed: Vec<Option<T>> = node.elements(most)?.map(|element| parse(&element)).collect();
    parsed.into_iter().collect()
}

/// Two communities of one code would be priced twice.
fn refuse_twins(object: &Object<'_>, communities: Option<&[Community]>) {
    let mut codes: Vec<&str> = communities.unwrap_or_default().iter().map(|c| c.code.as_str()).collect();
    codes.sort_unstable();
    for pair in codes.windows(2) {
        if let [one, other] = pair
            && one == other
        {
            object
                .get("communities")
                .fault((format!("社区“{one}”重复填写"), format!("community `{one}` is given twice")));
        }
    }
}
