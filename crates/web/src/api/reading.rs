//! A call that reads: who calls, what stands behind the question mark, and the page of a list that is wanted.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::Datelike;
use engine::{By, Engine};
use store::{Reader, Scope};
use workflow::calendar::YEARS;
use workflow::id::OrganisationId;

use super::caller::{Asked, Caller, Said};
use super::places;
use super::slice::Slice;
use crate::reply::Failed;
use crate::server::Server;
use crate::tongue::Tongue;

/// One call that reads.
pub(crate) struct Reading {
    pub(crate) server: Server,
    pub(crate) caller: Caller,
    pub(crate) asked: Asked,
}

impl Reading {
    pub(crate) fn tongue(&self) -> Tongue {
        self.caller.tongue()
    }

    pub(crate) fn by(&self) -> By<'_> {
        self.caller.by()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.server.engine
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        self.server.engine.reader()
    }

    /// What the caller may see.
    pub(crate) fn scope(&self) -> Scope {
        self.caller.scope(&self.server)
    }

    /// The district from which the caller looks; none sees all.
    pub(crate) fn district(&self) -> Option<OrganisationId> {
        places::district(&self.server, &self.caller)
    }

    /// The page of a list.
    pub(crate) fn slice(&self) -> Result<Slice, Failed> {
        Slice::of(&self.asked).said(self.tongue())
    }

    /// The year that is asked for, or else the present one.
    pub(crate) fn year(&self) -> Result<i32, Failed> {
        let year = self.asked.number("year", YEARS).said(self.tongue())?;
        Ok(year.unwrap_or_else(|| self.caller.now().year()))
    }
}

impl FromRequestParts<Server> for Reading {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Reading, Failed> {
        let caller = Caller::from_request_parts(parts, server).await?;
        let asked = Asked::from_request_parts(parts, server).await?;
        Ok(Reading { server: server.clone(), caller, asked })
    }
}
