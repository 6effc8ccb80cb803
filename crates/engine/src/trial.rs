//! A filing assessed before it is filed: the same facts, rules and calendar as at its submission, and what would change the
//! outcome. Nothing is kept.

use std::sync::Arc;

use chrono::{DateTime, Months, Utc};
use rules::{Judgement, Way};
use workflow::actor::Actor;
use workflow::assessment::Assessment;
use workflow::decide::DecideError;
use workflow::dossier::Origin;
use workflow::facts::{Facts, Fault};
use workflow::id::RequestId;
use workflow::request::Request;

use crate::Engine;
use crate::content::Content;
use crate::error::EngineError;
use crate::filing::{Filing, new_draft, targets};
use crate::judging::{self, on_large_stack_aside};

/// Which request a filing belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilingOf {
    /// One that is not kept yet.
    New(Origin),
    /// One that is kept, within the actor's scope.
    Known(RequestId),
}

/// What an assessment would say today.
#[derive(Debug, Clone)]
pub struct Trial {
    pub facts: Facts,
    pub assessment: Assessment,
    /// What would change the outcome; none where it is good.
    pub ways: Vec<Way>,
}

/// Months after the period for which bookings are read, so that a later start can be judged.
const LATER: u32 = 13;

impl Engine {
    /// Assesses what the actor is about to file, as its submission would today.
    ///
    /// # Errors
    /// The actor files for no department, the request is outside the scope, or the input cannot be assessed; every fault
    /// with its pointer from the application's root.
    pub async fn try_out(
        &self,
        filing: Filing,
        (of, actor): (FilingOf, &Actor),
        now: DateTime<Utc>,
    ) -> Result<Trial, EngineError> {
        let content = self.content();
        let request = self.on_trial(filing, (of, actor)).await?;
        let reader = self.reader();
        let facts = judging::facts(&reader, &request, &content, now).await?;
        let assessment = assessed(Arc::clone(&content), facts.clone()).await?.assessment;
        let end = request.application.ends_on.and_then(|end| end.checked_add_months(Months::new(LATER)));
        let wide = match end {
            Some(end) => judging::facts_with_bookings(&reader, &request, (&content, Some(end)), now).await?,
            None => facts.clone(),
        };
        let ways = ways(content, wide).await?;
        Ok(Trial { facts, assessment, ways })
    }

    /// The request as it would be with the filing.
    async fn on_trial(
        &self,
        filing: Filing,
        (of, actor): (FilingOf, &Actor),
    ) -> Result<Request, EngineError> {
        let Actor::Person(person) = actor else { return Err(DecideError::NotYours.into()) };
        let reader = self.reader();
        let targets = targets(&reader, person.district, &filing.communities).await?;
        Ok(match of {
            FilingOf::New(origin) => new_draft(person, (filing.application, targets), origin),
            FilingOf::Known(id) => {
                let known = reader.request(id, self.scope(actor)).await?;
                Request { application: filing.application, targets, ..known }
            }
        })
    }
}

async fn assessed(content: Arc<Content>, facts: Facts) -> Result<Judgement, EngineError> {
    judging::can_be_priced(&facts)?;
    let judged = on_large_stack_aside(move || content.rules.assess(facts, &content.calendar));
    judged.await?.map_err(of_form)
}

async fn ways(content: Arc<Content>, facts: Facts) -> Result<Vec<Way>, EngineError> {
    let found = on_large_stack_aside(move || content.rules.ways(&facts, &content.calendar));
    found.await?.map_err(of_form)
}

/// Facts hold the application as `request`; a form does not.
fn of_form(fault: Fault) -> EngineError {
    let pointer = fault.pointer.strip_prefix("/request").unwrap_or(&fault.pointer).to_owned();
    EngineError::Malformed(vec![Fault { pointer, ..fault }])
}
