//! Pools, special funds and what finance does with money: each deed as a form, beside what is there in the year.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::Datelike;
use engine::SourceLine;
use store::{Organisation, OrganisationKind, Scope, SpecialFund};
use workflow::actor::Role;
use workflow::budget::CarryOver;
use workflow::ledger::AccountKind;

use super::deeds::{Asks, Deed, Sent, carry_out};
use crate::pages::addresses::segment;
use crate::pages::frame::Frame;
use crate::pages::names::name;
use crate::pages::years::{self, Asked};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, go, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "finance/funds.html")]
struct FundsPage {
    frame: Frame,
    year: i32,
    refusal: Option<String>,
    pools: Vec<Pool>,
    funds: Vec<Fund>,
    forms: Vec<DeedForm>,
}

/// A pool or fund with its money of the year.
struct Pool {
    to: String,
    name: String,
    appropriated: String,
    committed: String,
    rewarded: String,
    paid: String,
    free: String,
}

struct Fund {
    code: String,
    name: String,
    years: String,
    purpose: String,
}

/// A deed with its fields.
struct DeedForm {
    word: &'static str,
    name: &'static str,
    is_open: bool,
    fields: Vec<Field>,
}

struct Field {
    word: &'static str,
    label: &'static str,
    /// What HTML calls it; of a choice nothing.
    kind: &'static str,
    options: Vec<(String, String)>,
    value: String,
    is_needed: bool,
}

/// What fields can be chosen from.
struct Lists {
    departments: Vec<(String, String)>,
    communities: Vec<(String, String)>,
    funds: Vec<(String, String)>,
    rules: Vec<(String, String)>,
    year: i32,
}

/// What was sent and refused.
type Refused = (Deed, BTreeMap<String, String>, Problem);

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let year = asked.or(server.engine.today(member.visitor.now).year());
    shown(&server, &member, (year, None)).await
}

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Path(word): Path<String>,
    Posted(fields): Posted<BTreeMap<String, String>>,
) -> Answer {
    let tongue = member.tongue();
    let Some(deed) = Deed::from_word(&word) else {
        return Err(Failed::person(Problem::not_found(tongue), tongue));
    };
    let sent = Sent { fields: &fields };
    let this = server.engine.today(member.visitor.now).year();
    let year = years::read(sent.text(Asks::Year)).unwrap_or(this);
    let by = (&member.known.actor, member.visitor.now);
    let Err(error) = carry_out(&server.engine, by, (deed, &sent)).await else {
        return Ok(go(&format!("/funds?year={year}")));
    };
    let problem = Problem::of(&error, tongue);
    if problem.is_broken() {
        return Err(error).tell(tongue);
    }
    shown(&server, &member, (year, Some((deed, fields, problem)))).await
}

async fn shown(server: &Server, member: &Member, (year, refused): (i32, Option<Refused>)) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let sources = engine.sources(&member.known.actor, year, None).await.tell(tongue)?;
    let district = match engine.scope(&member.known.actor) {
        Scope::District(district) => Some(district),
        _ => None,
    };
    let mut funds = engine.reader().all_special_funds().await.tell(tongue)?;
    funds.retain(|fund| district.is_none_or(|district| fund.district == district));
    let may = member.known.has(Role::Finance);
    let mut organisations = engine.reader().organisations().await.tell(tongue)?;
    organisations.retain(|one| district.is_none_or(|district| one.district == district));
    let lists = Lists::of(&organisations, &funds, (year, tongue));
    let form = |deed: &Deed| DeedForm::of(*deed, (&lists, refused.as_ref()), tongue);
    let status = refused.as_ref().map_or(StatusCode::OK, |(.., problem)| problem.status);
    let pools = sources.iter().filter(|line| line.account.kind != AccountKind::BudgetLine);
    let template = FundsPage {
        frame: Frame::of(member, "/funds"),
        year,
        refusal: refused.as_ref().map(|(.., problem)| problem.said()),
        pools: pools.map(|line| Pool::of(line, tongue)).collect(),
        funds: funds.iter().map(|fund| Fund::of(fund, tongue)).collect(),
        forms: if may { Deed::ALL.iter().map(form).collect() } else { Vec::new() },
    };
    Ok(page_with(status, &template))
}

impl Pool {
    fn of(line: &SourceLine, tongue: Tongue) -> Pool {
        let figures = &line.figures;
        Pool {
            to: format!("/ledger/{}", segment(&line.account.code)),
            name: line.account.spoken(tongue.0),
            appropriated: (figures.appropriated + figures.carried_in).for_people(),
            committed: (figures.committed - figures.returned).for_people(),
            rewarded: figures.rewarded.for_people(),
            paid: figures.paid.for_people(),
            free: figures.free.for_people(),
        }
    }
}

impl Fund {
    fn of(fund: &SpecialFund, tongue: Tongue) -> Fund {
        let english = tongue.tag() == "en" && !fund.name_en.is_empty();
        Fund {
            code: fund.code.clone(),
            name: if english { fund.name_en.clone() } else { fund.name.clone() },
            years: format!("{}–{}", fund.first_year, fund.last_year),
            purpose: fund.purpose.clone(),
        }
    }
}

impl Lists {
    fn of(organisations: &[Organisation], funds: &[SpecialFund], (year, tongue): (i32, Tongue)) -> Lists {
        let of = |kinds: &[OrganisationKind]| {
            let open = organisations.iter().filter(|one| one.closed_on.is_none());
            let theirs = open.filter(|one| kinds.contains(&one.kind));
            theirs.map(|one| (one.code.clone(), name(one, tongue))).collect()
        };
        let fund = |fund: &SpecialFund| (fund.code.clone(), Fund::of(fund, tongue).name);
        let as_set = tongue.say("按规则参数", "as the parameters say").to_owned();
        let rule = |rule: &CarryOver| (rule.word().to_owned(), rule.name(tongue.0).to_owned());
        Lists {
            departments: of(&[OrganisationKind::Department, OrganisationKind::Subdistrict]),
            communities: of(&[OrganisationKind::Community]),
            funds: funds.iter().map(fund).collect(),
            rules: std::iter::once((String::new(), as_set)).chain(CarryOver::ALL.iter().map(rule)).collect(),
            year,
        }
    }

    /// The list of a field, if it is chosen from one.
    fn options(&self, field: Asks) -> Option<Vec<(String, String)>> {
        match field {
            Asks::Department => Some(self.departments.clone()),
            Asks::Community => Some(self.communities.clone()),
            Asks::Fund => Some(self.funds.clone()),
            Asks::Rule => Some(self.rules.clone()),
            _ => None,
        }
    }
}

impl DeedForm {
    fn of(deed: Deed, (lists, refused): (&Lists, Option<&Refused>), tongue: Tongue) -> DeedForm {
        let before = refused.filter(|(other, ..)| *other == deed).map(|(_, fields, _)| fields);
        let field = |asks: &Asks| {
            let written = before.and_then(|fields| fields.get(asks.word()).cloned());
            let usual = match asks {
                Asks::Year | Asks::Until => lists.year.to_string(),
                Asks::Share => "100".to_owned(),
                _ => String::new(),
            };
            let options = lists.options(*asks);
            Field {
                word: asks.word(),
                label: asks.name(tongue.0),
                kind: match asks {
                    _ if options.is_some() => "",
                    Asks::Reason | Asks::Purpose => "area",
                    Asks::Year | Asks::Until | Asks::Share => "number",
                    _ => "text",
                },
                options: options.unwrap_or_default(),
                value: written.unwrap_or(usual),
                is_needed: !matches!(asks, Asks::NameEn | Asks::Rule),
            }
        };
        DeedForm {
            word: deed.word(),
            name: deed.name(tongue.0),
            is_open: before.is_some(),
            fields: deed.asks().iter().map(field).collect(),
        }
    }
}
