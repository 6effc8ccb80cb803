//! Who may use a route: one row each, the truth for pages, API and tests. What somebody sees through a route follows
//! from the scope of the engine; what one may do to a request, from `workflow::open`.

use axum::http::Method;
use workflow::actor::Role;

/// Who is admitted to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admits {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever has begun to sign in: a second factor or a new password may still be awaited.
    Beginning,
    /// Everybody who is signed in, whatever the roles.
    SignedIn,
    /// Whoever has one of the roles, own or as a deputy.
    Roles(&'static [Role]),
}

impl Admits {
    /// Whether somebody with these roles is admitted; none is a visitor who is not signed in.
    #[must_use]
    pub fn admits(self, roles: Option<&[Role]>) -> bool {
        match (self, roles) {
            (Admits::Anyone, _) => true,
            (_, None) => false,
            (Admits::Beginning | Admits::SignedIn, Some(_)) => true,
            (Admits::Roles(wanted), Some(roles)) => wanted.iter().any(|role| roles.contains(role)),
        }
    }
}

/// One route of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub method: Method,
    /// The pattern, such as `/requests/{id}`.
    pub path: &'static str,
    pub admits: Admits,
    /// It needs the person: a session, and no token of a program.
    pub in_person: bool,
}
