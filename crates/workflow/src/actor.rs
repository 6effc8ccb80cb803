//! Who acts: a person with roles in one organisation, or the system when a limit passes.

use serde::{Deserialize, Serialize};

use crate::id::{OrganisationId, UserId};
use crate::words;

words! {
    /// What a person may do (`workflow.md`, actors).
    Role {
        Submitter = "submitter", "部门经办人", "submitter";
        Reviewer = "reviewer", "办公室审核员", "reviewer";
        Approver = "approver", "领导小组审批人", "approver";
        Finance = "finance", "财政", "finance";
        Committee = "committee", "社区居委会", "committee";
        Subdistrict = "subdistrict", "街道办事处", "subdistrict";
        Auditor = "auditor", "审计", "auditor";
        Admin = "admin", "系统管理员", "administrator";
        Security = "security", "安全管理员", "security administrator";
        Policy = "policy", "规则管理员", "policy";
        /// Rules and limits; no person has it.
        System = "system", "系统", "system";
    }
}

impl Role {
    /// The separate administrators (三员分立): system, security, audit. Nobody is two of them.
    pub const SEPARATE: [Role; 3] = [Role::Admin, Role::Security, Role::Auditor];

    /// Whether one person may have all these roles: whoever administers the system or its security has no other.
    #[must_use]
    pub fn may_be_held_together(roles: &[Role]) -> bool {
        let alone = |role: &Role| matches!(role, Role::Admin | Role::Security);
        !roles.iter().any(|one| alone(one) && roles.iter().any(|other| other != one))
    }
}

/// A person with the place in the tree from which the scope follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: UserId,
    pub name: String,
    pub organisation: OrganisationId,
    /// The district (or the city) under whose office the organisation stands.
    pub district: OrganisationId,
    pub roles: Vec<Role>,
    /// Those for whom the person stands in today.
    #[serde(default)]
    pub deputises: Vec<Deputyship>,
}

/// One role of an absent person, held by a deputy for some days (代理).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputyship {
    pub principal: UserId,
    pub role: Role,
    pub organisation: OrganisationId,
    pub district: OrganisationId,
}

/// A role with the place in which it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub role: Role,
    pub organisation: OrganisationId,
    pub district: OrganisationId,
    /// The absent person whose role it is.
    pub principal: Option<UserId>,
}

impl Person {
    /// Own roles first, in the order in which they were given, then those of the absent.
    pub fn standings(&self) -> impl Iterator<Item = Standing> {
        let (organisation, district) = (self.organisation, self.district);
        let own = self.roles.iter().map(move |role| Standing {
            role: *role,
            organisation,
            district,
            principal: None,
        });
        own.chain(self.deputises.iter().map(|deputyship| {
            let Deputyship { principal, role, organisation, district } = *deputyship;
            Standing { role, organisation, district, principal: Some(principal) }
        }))
    }

    /// The absent whose hands this person's are; four eyes hold against all of them.
    #[must_use]
    pub fn principals(&self) -> Vec<UserId> {
        let mut principals: Vec<UserId> = self.deputises.iter().map(|one| one.principal).collect();
        principals.sort_unstable();
        principals.dedup();
        principals
    }
}

/// Who does an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Person(Person),
    System,
}

impl Actor {
    /// The own roles, in the order in which they were given; those of absent people are in [`Person::standings`].
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        match self {
            Actor::Person(person) => &person.roles,
            Actor::System => &[Role::System],
        }
    }

    /// The absent for whom the actor stands in.
    #[must_use]
    pub fn principals(&self) -> Vec<UserId> {
        match self {
            Actor::Person(person) => person.principals(),
            Actor::System => Vec::new(),
        }
    }

    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self {
            Actor::Person(person) => Some(person.user),
            Actor::System => None,
        }
    }
}
