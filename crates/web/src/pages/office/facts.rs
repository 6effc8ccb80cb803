//! The facts as the decision shows them: how they are read stands with the request's page, which shows the same.

pub(super) use crate::pages::request::facts::{Fact, Named, of};
