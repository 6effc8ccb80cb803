//! Who has which role, who stands in for whom and who sees what, as the model knows it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use engine::NewDeputy;
use workflow::actor::{Actor, Deputyship, Person, Role};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::Request;
use workflow::stage::{Stage, StageKind};

use crate::desk::Desk;

pub(super) const PEOPLE: [&str; 13] = [
    "health", "health2", "civil", "women", "review", "both", "approve", "approve3", "money", "audit", "c1",
    "c2", "c3",
];

pub(super) fn address(name: &str) -> String {
    format!("{name}@example.org")
}

#[derive(Clone)]
pub(super) struct People {
    pub(super) own: BTreeMap<&'static str, Person>,
    /// In the order in which they were appointed.
    deputies: Vec<StandingIn>,
    /// Who was ever asked to speak on a request, and may read on.
    invited: BTreeSet<(RequestId, OrganisationId)>,
    city: OrganisationId,
}

#[derive(Clone)]
struct StandingIn {
    principal: &'static str,
    deputy: &'static str,
    role: Role,
    days: (NaiveDate, NaiveDate),
}

impl People {
    pub(super) fn of(desk: &Desk) -> People {
        let person = |name: &str| match desk.actor(name) {
            Actor::Person(person) => person,
            Actor::System => panic!("nobody is the system"),
        };
        let city = person("audit").organisation;
        let own = PEOPLE.into_iter().map(|name| (name, person(name))).collect();
        People { own, deputies: Vec::new(), invited: BTreeSet::new(), city }
    }

    /// Somebody with the roles of a day, own and those of absent people who have them still.
    pub(super) fn actor(&self, name: &str, day: NaiveDate) -> Actor {
        let mut person = self.own[name].clone();
        let today = self.deputies.iter().filter(|one| one.days.0 <= day && day <= one.days.1);
        for one in today.filter(|one| one.deputy == name) {
            let Person { user, organisation, district, roles, .. } = &self.own[one.principal];
            if roles.contains(&one.role) {
                let (principal, organisation, district) = (*user, *organisation, *district);
                person.deputises.push(Deputyship { principal, role: one.role, organisation, district });
            }
        }
        Actor::Person(person)
    }

    pub(super) fn has_roles(&mut self, name: &str, roles: &[Role]) {
        let person = self.own.get_mut(name).expect("somebody of that name");
        person.roles = roles.to_vec();
        person.roles.sort_unstable_by_key(|role| role.word());
        person.roles.dedup();
    }

    /// Someone is to stand in for someone else.
    pub(super) fn appoint(
        &mut self,
        (principal, deputy): (&'static str, &'static str),
        new: &NewDeputy,
    ) -> Result<(), &'static str> {
        let (absent, other) = (&self.own[principal], &self.own[deputy]);
        if absent.district != self.city && absent.district != other.district {
            return Err("not_found");
        }
        let of_office = [Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor].contains(&new.role);
        let near =
            absent.organisation == other.organisation || of_office && absent.district == other.district;
        let sense =
            principal != deputy && near && absent.roles.contains(&new.role) && new.days.0 <= new.days.1;
        if !sense {
            return Err("malformed");
        }
        self.deputies.push(StandingIn { principal, deputy, role: new.role, days: new.days });
        Ok(())
    }

    /// Nobody stands in for someone's role after a day; gives how many did.
    pub(super) fn end(&mut self, (principal, role): (&str, Role), last: NaiveDate) -> u64 {
        let theirs = self.deputies.iter_mut().filter(|one| one.principal == principal && one.role == role);
        let longer = theirs.filter(|one| one.days.1 > last);
        longer.map(|one| one.days.1 = last).count() as u64
    }

    /// Whoever is asked now.
    pub(super) fn asks(&mut self, request: &Request) {
        if let Stage::Consultation { inquiry, .. } = &request.stage {
            self.invited.extend(inquiry.invited.iter().map(|one| (request.id, *one)));
        }
    }

    /// Whether a person finds a request at all.
    pub(super) fn sees(&self, actor: &Actor, request: &Request) -> bool {
        let Actor::Person(person) = actor else { return true };
        let has = |roles: &[Role]| person.standings().any(|standing| roles.contains(&standing.role));
        let office = [Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor, Role::Policy];
        let near = person.district == request.district;
        let open = self.invited.contains(&(request.id, person.organisation))
            || near && request.stage.kind() == StageKind::Publication;
        if has(&[Role::Committee]) {
            return open || request.assignments.iter().any(|one| one.community == person.organisation);
        }
        match has(&office) {
            true => near || person.district == self.city,
            false => open || request.department == person.organisation,
        }
    }
}
