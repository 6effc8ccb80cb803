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
        Policy = "policy", "规则管理员", "policy";
        /// Rules and limits; no person has it.
        System = "system", "系统", "system";
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
}

/// Who does an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Person(Person),
    System,
}

impl Actor {
    /// The roles to try, in the order in which they were given.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        match self {
            Actor::Person(person) => &person.roles,
            Actor::System => &[Role::System],
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
