//! What the model says of a deed: done with all that follows, or refused with a code. What the rules say of a
//! submission, and the id of a new draft, are told to it; all else it finds by itself.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::Datelike;
use engine::{Command, Filing};
use rules::RuleSet;
use workflow::action::{Action, BaseFunds, Room};
use workflow::actor::{Actor, Role};
use workflow::assessment::Outcome;
use workflow::catalogue::Class;
use workflow::consultation::Inquiry;
use workflow::dossier::{Dossier, Origin};
use workflow::facts::{Application, Community, Department, Facts, Register};
use workflow::hours::Pool;
use workflow::id::{OrganisationId, RequestId};
use workflow::ledger::{Account, FundSource};
use workflow::money::Fen;
use workflow::quota::{self, Staff};
use workflow::request::{Assessed, MonthHours, Request, Target};
use workflow::stage::{Stage, StageKind};

use super::deeds::Deed;
use super::people::People;
use crate::memory::{self, PARAMETERS};
use crate::sequences::model::Model;

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::built_in);

/// The code of a refusal.
pub(super) type Code = &'static str;

/// The engine's answer, of which only what the model cannot know is read.
pub(super) type Told = Result<Request, Code>;

/// Who tries something on which request, having seen which version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Try {
    pub(super) who: &'static str,
    pub(super) place: usize,
    pub(super) seen: Option<i64>,
}

/// All that the model knows.
#[derive(Clone)]
pub(super) struct Oracle {
    pub(super) model: Model,
    pub(super) people: People,
    pub(super) departments: BTreeMap<OrganisationId, Department>,
    /// Organisations of the district that can be asked, by code.
    pub(super) near: BTreeMap<String, OrganisationId>,
    /// The last number of each year.
    pub(super) numbers: BTreeMap<i32, u32>,
}

impl Oracle {
    /// Does it in the model, or says why not.
    pub(super) fn does(&mut self, tried: Try, deed: &Deed, told: &Told) -> Result<(), Code> {
        let actor = self.people.actor(tried.who, self.model.today);
        let request = self.model.requests[tried.place].clone();
        if let Deed::Correct(_) = deed {
            is_of_district(&actor, &request)?;
        }
        if !self.people.sees(&actor, &request) {
            return Err("not_found");
        }
        if tried.seen.is_some_and(|seen| seen != request.version) {
            return Err("stale");
        }
        match deed {
            Deed::Command(command, action) => {
                let (request, action) = self.prepared(request, (command, action), told)?;
                self.acts((tried.place, request), action, &actor)
            }
            Deed::Correct(Filing { application, communities }) => {
                let targets = targets(&request, communities);
                let correct = Action::Correct { application: Box::new(application.clone()), targets };
                self.acts((tried.place, request), correct, &actor)
            }
            Deed::Renew(filing) => {
                let new = drafted((&actor, &request), filing, (Origin::Renewal { of: request.id }, told))?;
                self.acts((tried.place, request), Action::Renew { successor: new.id }, &actor)?;
                self.adds(new);
                Ok(())
            }
            Deed::Supplement(filing) => {
                let new = drafted((&actor, &request), filing, (Origin::Supplement { of: request.id }, told))?;
                if request.stage.kind() != StageKind::InForce {
                    return Err("not_open");
                }
                self.adds(new);
                Ok(())
            }
        }
    }

    fn acts(
        &mut self,
        (place, request): (usize, Request),
        action: Action,
        actor: &Actor,
    ) -> Result<(), Code> {
        let mut changed = self.model.clone();
        let first = changed.requests[place].number.is_none() && request.number.is_some();
        changed.requests[place] = request;
        changed.act(place, action, actor).map_err(|refused| refused.code())?;
        self.people.asks(&changed.requests[place]);
        self.model = changed;
        if first {
            *self.numbers.entry(self.model.today.year()).or_default() += 1;
        }
        Ok(())
    }

    fn adds(&mut self, draft: Request) {
        self.model.histories.insert(draft.id, Vec::new());
        self.model.requests.push(draft);
    }

    /// What a command needs besides what it says.
    fn prepared(
        &self,
        mut request: Request,
        (command, action): (&Command, &Action),
        told: &Told,
    ) -> Result<(Request, Action), Code> {
        let stage = request.stage.kind();
        let action = match (command, action.clone()) {
            (Command::Submit, _) => {
                is_in(stage, &[StageKind::Draft, StageKind::Returned])?;
                let assessed = Box::new(self.assessed(&mut request, told));
                Action::Submit { assessed, room: self.room(&request) }
            }
            (Command::File, _) => {
                is_in(stage, &[StageKind::InForce, StageKind::Acceptance])?;
                Action::File { assessed: Box::new(self.assessed(&mut request, told)) }
            }
            (Command::Propose { without, .. }, Action::Propose { verdict, reason, .. }) => {
                if !without.is_empty() {
                    return Err("unknown_condition");
                }
                let conditions = request.assessed.iter().flat_map(|assessed| assessed.conditions.clone());
                Action::Propose { verdict, conditions: conditions.collect(), reason }
            }
            (Command::Consult { kind, question, invited }, _) => {
                let mut invited = invited
                    .iter()
                    .map(|code| self.near.get(code).copied().ok_or("malformed"))
                    .collect::<Result<Vec<_>, _>>()?;
                invited.sort_unstable();
                Action::Consult { inquiry: Inquiry { kind: *kind, question: question.clone(), invited } }
            }
            (Command::Move { .. }, Action::Move { starts_on, ends_on, reason, .. }) => {
                let mut moved = request.application.clone();
                (moved.starts_on, moved.ends_on) = (Some(starts_on), Some(ends_on));
                Action::Move { starts_on, ends_on, hours: self.hours(&moved, &request.targets), reason }
            }
            (Command::CommitFundsFrom { source: FundSource::Special(_) }, _) => return Err("not_found"),
            (Command::CommitFundsFrom { source }, _) => self.commitment(&request, *source),
            (Command::CommitFunds, _) => self.commitment(&request, FundSource::BudgetLine),
            (_, action) => action,
        };
        Ok((request, action))
    }

    fn commitment(&self, request: &Request, source: FundSource) -> Action {
        let year = request.budget_year();
        let short = request.targets.iter().any(|target| {
            let community = target.community;
            let due = Fen(self.model.staff[&community].households * 1_000);
            self.model.balance(Account::BaseFund { community, year }) < due
        });
        let base_funds = if short { BaseFunds::Short } else { BaseFunds::Current };
        let today = self.model.today.year();
        let empty = self.model.balance(source.account(request)) < request.price();
        let source = match source {
            FundSource::BudgetLine if today > year && empty => FundSource::LaterLine { year: today },
            source => source,
        };
        Action::CommitFunds { base_funds, source }
    }

    /// Number, department, hours and pools are found here; price, outcome and findings are what the rules say.
    fn assessed(&self, request: &mut Request, told: &Told) -> Assessed {
        let year = self.model.today.year();
        let next = self.numbers.get(&year).copied().unwrap_or_default() + 1;
        request.number.get_or_insert_with(|| format!("准〔{year}〕{next}号"));
        request.application.department = self.departments.get(&request.department).cloned();
        let said = match told {
            Ok(Request { assessed: Some(assessed), .. }) => assessed.clone(),
            Err("rules_return") => Assessed { outcome: Outcome::Return, ..memory::free() },
            Err("supplement_too_large") => Assessed { price: Fen(i64::MAX), ..memory::free() },
            _ => memory::free(),
        };
        let item = request.application.item.as_ref().and_then(|code| RULES.catalogue().get(code));
        let class = item.map(|item| item.class);
        let hours = match class {
            Some(Class::Negative) => Vec::new(),
            _ => self.hours(&request.application, &request.targets),
        };
        Assessed { hours, stations: self.stations(request, class), ..said }
    }

    fn stations(&self, request: &Request, class: Option<Class>) -> Vec<String> {
        let wanted = PARAMETERS.pools.of(class);
        let station = |target: &&Target| {
            wanted == Pool::Station && self.model.staff[&target.community].station_workers.is_some()
        };
        request.targets.iter().filter(station).map(|target| target.code.clone()).collect()
    }

    fn room(&self, request: &Request) -> Room {
        let Origin::Supplement { of } = request.dossier.origin else { return Room::Free };
        let origin = self.model.requests.iter().find(|origin| origin.id == of).expect("its request");
        Room::AtMost(Fen(origin.price().0 / 10 - origin.dossier.supplemented.0).max(Fen::ZERO))
    }

    /// The hours that an application takes, by community and month.
    fn hours(&self, application: &Application, targets: &[Target]) -> Vec<MonthHours> {
        let community = |Target { community, code }: &Target| {
            let Staff { households, residents, workers, .. } = self.model.staff[community];
            let (code, name, booked) = (code.clone(), code.clone(), BTreeMap::new());
            Community { code, name, households, residents, workers, booked }
        };
        let facts = Facts {
            today: self.model.today,
            request: application.clone(),
            communities: targets.iter().map(community).collect(),
            register: Register::default(),
            admitted: Vec::new(),
            siblings: Vec::new(),
        };
        let rows = quota::rows(&facts, &self.model.calendar, &PARAMETERS.quota).into_iter();
        let hours = rows.map(|row| {
            let (code, month, hours) = (row.community, row.month, row.hours.rounded());
            MonthHours { code, month, hours }
        });
        hours.filter(|row| row.hours.0 > 0).collect()
    }
}

/// Numbers are given and rules are run only in some stages, whoever tries it.
fn is_in(stage: StageKind, open_in: &[StageKind]) -> Result<(), Code> {
    if open_in.contains(&stage) { Ok(()) } else { Err("not_open") }
}

/// Whoever corrects names communities of the own district.
fn is_of_district(actor: &Actor, request: &Request) -> Result<(), Code> {
    match actor {
        Actor::Person(person) if person.district == request.district => Ok(()),
        Actor::Person(_) => Err("malformed"),
        Actor::System => Err("not_yours"),
    }
}

fn targets(request: &Request, codes: &[String]) -> Vec<Target> {
    request.targets.iter().filter(|target| codes.contains(&target.code)).cloned().collect()
}

/// A new draft of whoever submits for the department of an older one.
fn drafted(
    (actor, old): (&Actor, &Request),
    filing: &Filing,
    (origin, told): (Origin, &Told),
) -> Result<Request, Code> {
    let Actor::Person(person) = actor else { return Err("not_yours") };
    if person.organisation != old.department || !person.roles.contains(&Role::Submitter) {
        return Err("not_yours");
    }
    Ok(Request {
        id: told.as_ref().map_or(RequestId(uuid::Uuid::nil()), |new| new.id),
        district: person.district,
        department: person.organisation,
        filed_by: person.user,
        number: None,
        application: filing.application.clone(),
        targets: targets(old, &filing.communities),
        assessed: None,
        stage: Stage::Draft,
        assignments: Vec::new(),
        dossier: Dossier { origin, ..Dossier::default() },
        version: 0,
    })
}
