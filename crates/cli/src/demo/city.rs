//! The city: organisations, sizes and people from the files beside this crate, budgets and base funds.

use std::collections::BTreeMap;

use engine::{Engine, ImportKind};
use store::Worker;
use workflow::actor::{Actor, Role};
use workflow::id::OrganisationId;
use workflow::money::Fen;

use crate::demo::season;
use crate::print::Failure;

pub(crate) const ORGANISATIONS: &str = include_str!("../../demo/organisations.csv");
pub(crate) const COMMUNITIES: &str = include_str!("../../demo/communities.csv");
pub(crate) const PEOPLE: &str = include_str!("../../demo/people.csv");

pub(crate) const SENDER: &str = "准入办公室 <zhunru@office.cihu.example.org>";
pub(crate) const HOST: &str = "office.cihu.example.org";
pub(crate) const COMMUNITY_TO_SHOW: &str = "420202001001";
pub(crate) const DEPARTMENT_TO_SHOW: &str = "420202-D12";
pub(crate) const REQUEST_TO_SHOW: &str = "jb-family-doctor";

/// Every department that files a request starts the year with this budget for bought services.
const BUDGET: Fen = Fen(20_000_000);
const YEAR: i32 = 2026;

/// Imports the city and pays what the year begins with.
pub(crate) async fn found(engine: &Engine) -> Result<(), Failure> {
    let now = season::first_morning();
    engine.import(ImportKind::Organisations, "demo", ORGANISATIONS, now).await?;
    engine.import(ImportKind::Communities, "demo", COMMUNITIES, now).await?;
    engine.import(ImportKind::People, "demo", PEOPLE, now).await?;
    let people = People::of(engine).await?;
    for (district, treasurer) in &people.treasurers {
        engine.pay_base_funds(treasurer, YEAR, now).await?;
        for department in people.departments.iter().filter(|department| department.district == *district) {
            engine.appropriate(treasurer, &department.code, (YEAR, BUDGET), now).await?;
        }
    }
    Ok(())
}

/// A department that files requests.
pub(crate) struct Department {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) district: OrganisationId,
    pub(crate) submitter: Actor,
}

/// Who acts in the story.
pub(crate) struct People {
    pub(crate) departments: Vec<Department>,
    pub(crate) treasurers: BTreeMap<OrganisationId, Actor>,
    offices: BTreeMap<(OrganisationId, Role), Vec<Actor>>,
    committees: BTreeMap<OrganisationId, Actor>,
    names: BTreeMap<OrganisationId, String>,
}

impl People {
    pub(crate) async fn of(engine: &Engine) -> Result<People, Failure> {
        let organisations = engine.reader().organisations().await?;
        let everyone = engine.reader().everyone().await?;
        let names = organisations.iter().map(|o| (o.id, o.name.clone())).collect();
        let mut people = People {
            departments: Vec::new(),
            treasurers: BTreeMap::new(),
            offices: BTreeMap::new(),
            committees: BTreeMap::new(),
            names,
        };
        for Worker { person, .. } in everyone {
            let actor = Actor::Person(person.clone());
            let has = |role: Role| person.roles.contains(&role);
            if has(Role::Submitter)
                && let Some(organisation) = organisations.iter().find(|o| o.id == person.organisation)
            {
                people.departments.push(Department {
                    code: organisation.code.clone(),
                    name: organisation.name.clone(),
                    district: organisation.district,
                    submitter: actor.clone(),
                });
            }
            if has(Role::Finance) {
                people.treasurers.insert(person.district, actor.clone());
            }
            if has(Role::Committee) {
                people.committees.insert(person.organisation, actor.clone());
            }
            for role in [Role::Reviewer, Role::Approver].into_iter().filter(|role| has(*role)) {
                people.offices.entry((person.district, role)).or_default().push(actor.clone());
            }
        }
        Ok(people)
    }

    pub(crate) fn department(&self, code: &str) -> Option<&Department> {
        self.departments.iter().find(|department| department.code == code)
    }

    /// Someone of a district's office; `turn` takes them in turn.
    pub(crate) fn office(&self, district: OrganisationId, role: Role, turn: usize) -> Option<&Actor> {
        let people = self.offices.get(&(district, role))?;
        people.get(turn % people.len())
    }

    pub(crate) fn treasurer(&self, district: OrganisationId) -> Option<&Actor> {
        self.treasurers.get(&district)
    }

    pub(crate) fn committee(&self, community: OrganisationId) -> Option<&Actor> {
        self.committees.get(&community)
    }

    pub(crate) fn name(&self, organisation: OrganisationId) -> &str {
        self.names.get(&organisation).map_or("—", String::as_str)
    }
}
