//! The city for a whole year: the demonstration's own, with a submitter for every department, service stations in a
//! third of the communities, budgets, base funds, pools and a special fund.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use engine::{Engine, EngineError, ImportKind, NewFund};
use workflow::actor::{Actor, Role};
use workflow::budget::figures;
use workflow::decimal::Decimal;
use workflow::id::OrganisationId;
use workflow::ledger::Account;
use workflow::money::Fen;

use crate::demo::city::{COMMUNITIES, ORGANISATIONS, PEOPLE};
use crate::demo::year::dates::YEAR;
use crate::demo::year::plan::REQUESTERS;
use crate::print::Failure;

/// What every department has for bought services in the year.
const BUDGET: Fen = Fen(1_500_000);
/// What it has beside for each of its items and each community of the district.
const BUDGET_PART: Fen = Fen(50_000);
/// Departments whose budget comes late, after a tenth of it.
const LATE_LINES: [&str; 4] = ["D05", "D09", "D14", "D21"];
const EARLY: i64 = 10;
/// A line that has less than such a part of its budget left is short.
const SHORT: i64 = 5;
/// A district's pool for what nobody could plan.
const CONTINGENCY: Fen = Fen(30_000_000);
const SPECIAL: Fen = Fen(20_000_000);
/// The fund's code, in every district.
pub(crate) const FUND: &str = "CQ-2026";
/// The city's code.
pub(crate) const CITY: &str = "420200";
/// The district whose base funds arrive in parts, the second too late for some.
const LATE_DISTRICT: &str = "420206";
const FAMILY_NAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "马"];
const GIVEN_NAMES: [&str; 7] = ["敏", "建华", "丽", "志强", "晓燕", "国平", "海霞"];

/// Everyone who acts, by organisation.
pub(crate) struct Town {
    submitters: BTreeMap<String, Actor>,
    people: BTreeMap<(OrganisationId, Role), Vec<Actor>>,
    pub(crate) codes: BTreeMap<OrganisationId, String>,
    /// Codes of the communities of a district, by the district's code.
    pub(crate) communities: BTreeMap<String, Vec<String>>,
}

/// Imports the city.
pub(crate) async fn found(engine: &Engine, now: DateTime<Utc>) -> Result<Town, Failure> {
    engine.import(ImportKind::Organisations, "year", ORGANISATIONS, now).await?;
    engine.import(ImportKind::Communities, "year", &with_stations(), now).await?;
    engine.import(ImportKind::People, "year", PEOPLE, now).await?;
    engine.import(ImportKind::People, "year", &more_people(), now).await?;
    let town = Town::of(engine).await?;
    for district in town.communities.keys() {
        let Some(treasurer) = town.treasurer(district) else { continue };
        engine.fill_contingency(treasurer, (YEAR, CONTINGENCY), now).await?;
        let fund = NewFund {
            code: FUND.to_owned(),
            name: "社区服务群众专项资金".to_owned(),
            name_en: "Special fund for serving residents".to_owned(),
            years: (YEAR, YEAR + 1),
            purpose: "以奖代补，奖励群众评议满意的社区".to_owned(),
        };
        engine.open_fund(treasurer, fund, now).await?;
        engine.fill_fund(treasurer, FUND, (YEAR, SPECIAL), now).await?;
        let share = if district == LATE_DISTRICT { Decimal::parse("0.5") } else { Ok(Decimal::ONE) };
        let share = share.map_err(|_| Failure::Input("a share is a decimal".to_owned()))?;
        engine.pay_base_funds_up_to(treasurer, (YEAR, share), now).await?;
    }
    for code in town.submitters.keys() {
        let Some(treasurer) = town.treasurer(district_of(code)) else { continue };
        let budget = town.budget(code);
        let early = if is_late(code) { Fen(budget.0 / EARLY) } else { budget };
        engine.appropriate(treasurer, code, (YEAR, early), now).await?;
    }
    Ok(town)
}

/// In mid-year lines and pools that are nearly empty get half of what they began with once more.
pub(crate) async fn top_up(engine: &Engine, town: &Town, now: DateTime<Utc>) -> Result<(), EngineError> {
    let figures = figures(&engine.reader().flows(None, None).await?);
    let is_short = |source: Account, whole: Fen| {
        figures.get(&source).is_some_and(|line| line.free < Fen(whole.0 / SHORT))
    };
    for code in town.submitters.keys() {
        let (Some(department), Some(treasurer)) = (town.id(code), town.treasurer(district_of(code))) else {
            continue;
        };
        let budget = town.budget(code);
        if is_short(Account::BudgetLine { department, year: YEAR }, budget) {
            engine.appropriate(treasurer, code, (YEAR, Fen(budget.0 / 2)), now).await?;
        }
    }
    for code in town.communities.keys() {
        let (Some(district), Some(treasurer)) = (town.id(code), town.treasurer(code)) else { continue };
        if is_short(Account::Contingency { district, year: YEAR }, CONTINGENCY) {
            engine.fill_contingency(treasurer, (YEAR, Fen(CONTINGENCY.0 / 2)), now).await?;
        }
    }
    Ok(())
}

fn district_of(department: &str) -> &str {
    department.get(..6).unwrap_or_default()
}

fn is_late(department: &str) -> bool {
    LATE_LINES.iter().any(|number| department.ends_with(number))
}

/// The rest of the budgets that came late.
pub(crate) async fn appropriate_late_lines(
    engine: &Engine,
    town: &Town,
    now: DateTime<Utc>,
) -> Result<(), EngineError> {
    for code in town.submitters.keys().filter(|code| is_late(code)) {
        let Some(treasurer) = town.treasurer(district_of(code)) else { continue };
        let budget = town.budget(code);
        engine.appropriate(treasurer, code, (YEAR, budget - Fen(budget.0 / EARLY)), now).await?;
    }
    Ok(())
}

/// The second part of the base funds that came late.
pub(crate) async fn pay_late_base_funds(
    engine: &Engine,
    town: &Town,
    now: DateTime<Utc>,
) -> Result<(), EngineError> {
    if let Some(treasurer) = town.treasurer(LATE_DISTRICT) {
        engine.pay_base_funds(treasurer, YEAR, now).await?;
    }
    Ok(())
}

/// Every third community has a service station with three workers; sizes are the same in the years before and after.
fn with_stations() -> String {
    let mut lines = COMMUNITIES.lines();
    let mut rows = vec![format!("{},station_workers", lines.next().unwrap_or_default())];
    for (row, line) in lines.enumerate() {
        let station = if row % 3 == 0 { "3" } else { "" };
        let years = (YEAR - 1..=YEAR + 1).map(|year| year.to_string());
        rows.extend(years.map(|year| format!("{},{station}", line.replacen(&YEAR.to_string(), &year, 1))));
    }
    rows.join("\n")
}

/// A submitter for every department of a district that has none in the demonstration's file.
fn more_people() -> String {
    let placed: BTreeSet<&str> = PEOPLE
        .lines()
        .filter(|line| line.contains("submitter"))
        .filter_map(|line| line.split(',').nth(2))
        .collect();
    let departments = ORGANISATIONS.lines().filter_map(|line| {
        let mut cells = line.split(',');
        let (code, _, kind) = (cells.next()?, cells.next()?, cells.next()?);
        let own = kind == "department" && !code.starts_with("420200") && !placed.contains(code);
        own.then_some(code)
    });
    let mut rows = vec!["email,name,organisation,roles,language".to_owned()];
    for (turn, code) in departments.enumerate() {
        let family = FAMILY_NAMES.get(turn % FAMILY_NAMES.len()).copied().unwrap_or_default();
        let given = GIVEN_NAMES.get(turn % GIVEN_NAMES.len()).copied().unwrap_or_default();
        let address = code.to_lowercase();
        rows.push(format!("banshi.{address}@cihu.example.org,{family}{given},{code},submitter,zh"));
    }
    rows.join("\n")
}

impl Town {
    async fn of(engine: &Engine) -> Result<Town, Failure> {
        let organisations = engine.reader().organisations().await?;
        let codes: BTreeMap<_, _> = organisations.iter().map(|o| (o.id, o.code.clone())).collect();
        let mut town = Town {
            submitters: BTreeMap::new(),
            people: BTreeMap::new(),
            communities: BTreeMap::new(),
            codes,
        };
        for line in COMMUNITIES.lines().skip(1) {
            let Some(code) = line.split(',').next() else { continue };
            let district = code.get(..6).unwrap_or_default().to_owned();
            town.communities.entry(district).or_default().push(code.to_owned());
        }
        for worker in engine.reader().everyone().await? {
            let actor = Actor::Person(worker.person.clone());
            for role in &worker.person.roles {
                let own = town.people.entry((worker.person.organisation, *role)).or_default();
                own.push(actor.clone());
                if *role == Role::Submitter {
                    let code = town.codes.get(&worker.person.organisation).cloned().unwrap_or_default();
                    town.submitters.insert(code, actor.clone());
                }
            }
        }
        Ok(town)
    }

    pub(crate) fn submitter(&self, department: &str) -> Option<&Actor> {
        self.submitters.get(department)
    }

    /// What a department has for the year; more, the more it has to ask of communities.
    fn budget(&self, department: &str) -> Fen {
        let number = department.get(7..).unwrap_or_default();
        let items = REQUESTERS.lines().filter(|line| line.ends_with(number)).count();
        let communities = self.communities.get(district_of(department)).map_or(0, Vec::len);
        let parts = i64::try_from(items * communities).unwrap_or(0);
        Fen(BUDGET.0 + BUDGET_PART.0 * parts)
    }

    /// A community is closed: nobody asks anything of it any more.
    pub(crate) fn close(&mut self, community: &str) {
        for communities in self.communities.values_mut() {
            communities.retain(|code| code != community);
        }
    }

    /// Who keeps the organisations of a district.
    pub(crate) fn admin(&self, district: &str) -> Option<&Actor> {
        self.office(district, Role::Admin, 0)
    }

    pub(crate) fn id(&self, code: &str) -> Option<OrganisationId> {
        self.codes.iter().find(|(_, own)| *own == code).map(|(id, _)| *id)
    }

    /// Someone of a district's office; `turn` takes them in turn.
    pub(crate) fn office(&self, district: &str, role: Role, turn: usize) -> Option<&Actor> {
        let people = self.people.get(&(self.id(&format!("{district}-OFF"))?, role))?;
        people.get(turn % people.len())
    }

    pub(crate) fn treasurer(&self, district: &str) -> Option<&Actor> {
        self.people.get(&(self.id(&format!("{district}-D30"))?, Role::Finance))?.first()
    }

    pub(crate) fn committee(&self, community: OrganisationId) -> Option<&Actor> {
        self.people.get(&(community, Role::Committee))?.first()
    }

    pub(crate) fn auditor(&self, code: &str) -> Option<&Actor> {
        self.people.get(&(self.id(code)?, Role::Auditor))?.first()
    }

    /// Whoever speaks for an invited body.
    pub(crate) fn spokesman(&self, body: OrganisationId) -> Option<&Actor> {
        let roles = [Role::Committee, Role::Subdistrict, Role::Finance, Role::Submitter, Role::Reviewer];
        roles.iter().find_map(|role| self.people.get(&(body, *role))?.first())
    }
}
