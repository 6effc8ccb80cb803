//! From draft to review: submission, the rules' return, completeness, correction, withdrawal, lapse.

use super::{Changes, DecideError, Deciding, links, notices};
use crate::action::{Action, Room};
use crate::actor::Actor;
use crate::assessment::Outcome;
use crate::catalogue::Class;
use crate::clock::DecisionClock;
use crate::facts::Application;
use crate::request::{Assessed, Bookings, Request, Target};
use crate::stage::{Stage, StageKind};

impl Deciding<'_> {
    /// Another application in the place of the old one; the stage and its limit go on.
    pub(super) fn correct(
        &self,
        application: Application,
        targets: Vec<Target>,
    ) -> Result<Changes, DecideError> {
        self.not_past_correction()?;
        self.not_filed_yet(&application, &targets)?;
        let mut changes = self.to(self.request.stage.clone());
        changes.request.application = application;
        changes.request.targets = targets;
        Ok(changes)
    }

    /// The papers of a running emergency can be corrected until they are filed; what was begun where and when stays.
    fn not_filed_yet(&self, application: &Application, targets: &[Target]) -> Result<(), DecideError> {
        if !self.request.stage.kind().is_running() {
            return Ok(());
        }
        let filed = self.request.stage.emergency().is_none_or(|emergency| emergency.filed_on.is_some());
        let own = &self.request.application;
        let same = application.period() == own.period()
            && application.item == own.item
            && targets == self.request.targets;
        if filed || !same {
            return Err(DecideError::NotOpen {
                stage: self.request.stage.kind(),
                action: crate::action::ActionKind::Correct,
            });
        }
        Ok(())
    }

    /// The rules have run; a department cannot submit past the correction limit. An emergency begins at once; a supplement
    /// fits into what its request may still grow.
    pub(super) fn submit(&self, assessed: Assessed, room: Room) -> Result<Changes, DecideError> {
        self.not_past_correction()?;
        links::fits(assessed.price, room)?;
        let filed_by = self.actor.user().ok_or(DecideError::NotYours)?;
        let mut changes = match assessed.class {
            Some(Class::Emergency) => self.start_emergency(assessed)?,
            _ => self.submitted(assessed),
        };
        changes.request.filed_by = filed_by;
        changes.request.dossier.filed_for = self.actor.principals();
        Ok(changes)
    }

    fn submitted(&self, assessed: Assessed) -> Changes {
        let on = self.moment.today();
        let outcome = assessed.outcome;
        let findings = assessed.findings.clone();
        let mut changes = self.to(Stage::Submitted { on });
        changes.request.assessed = Some(assessed);
        changes.noting("outcome", outcome.word()).noting("findings", findings).telling(notices::submitted(
            self.request,
            &self.moment,
            outcome,
        ))
    }

    fn not_past_correction(&self) -> Result<(), DecideError> {
        let Stage::Returned { on } = self.request.stage else { return Ok(()) };
        let limit = self.moment.calendar.limit(on, self.moment.parameters.limits.correction);
        if limit.has_passed(self.moment.today()) {
            return Err(DecideError::TooLate { on: limit.due });
        }
        Ok(())
    }

    pub(super) fn return_by_rules(&self) -> Result<Changes, DecideError> {
        if self.outcome()? != Outcome::Return {
            return Err(self.closed(&Action::ReturnByRules));
        }
        let on = self.moment.today();
        Ok(self.to(Stage::Returned { on }).telling([notices::returned_by_rules(self.request, &self.moment)]))
    }

    /// A reviewer finds the filing complete, or the completeness limit passes (逾期视为受理).
    pub(super) fn accept_filing(&self) -> Result<Changes, DecideError> {
        if self.outcome()? == Outcome::Return {
            return Err(DecideError::RulesReturn);
        }
        if let Stage::Submitted { on } = self.request.stage {
            self.only_after(on, self.moment.parameters.limits.completeness)?;
        }
        let on = self.moment.today();
        Ok(self.to(Stage::Review { on, clock: DecisionClock::started(on), accepted_quote: None }))
    }

    /// The office returns a filing with a reason; a submission can be returned once, since only a new one follows.
    pub(super) fn return_by_office(&self, reason: &str) -> Result<Changes, DecideError> {
        given(Some(reason))?;
        let changes = self.to(Stage::Returned { on: self.moment.today() });
        Ok(changes.telling([notices::returned(self.request, &self.moment, reason)]))
    }

    /// The department takes its request back before it is in force; hours and money are freed.
    pub(super) fn withdraw(&self) -> Changes {
        self.ended(Stage::Withdrawn { on: self.moment.today() })
    }

    /// A limit has passed that ends the request: correction, quote or commitment.
    pub(super) fn lapse(&self) -> Result<Changes, DecideError> {
        let limits = &self.moment.parameters.limits;
        let on = self.moment.today();
        match self.request.stage {
            Stage::Returned { on: since } => {
                self.only_after(since, limits.correction)?;
                Ok(self.ended(Stage::Withdrawn { on }))
            }
            Stage::Quoted { on: since, .. } => {
                self.only_after(since, limits.quote)?;
                Ok(self.ended(Stage::Lapsed { on }))
            }
            Stage::Admitted { funded_on: Some(_), .. } => Err(DecideError::AlreadyFunded),
            Stage::Admitted { on: since, .. } => {
                self.only_after(since, limits.commitment)?;
                Ok(self.ended(Stage::Lapsed { on }).telling([notices::lapsed(self.request)]))
            }
            _ => Err(self.closed(&Action::Lapse)),
        }
    }

    /// Ends the request and frees what it holds.
    fn ended(&self, stage: Stage) -> Changes {
        let refund = self.escrow_back(self.request.held_in_escrow());
        let holds = self.request.stage.kind() == StageKind::Admitted;
        let bookings = if holds { Bookings::FreeAll } else { Bookings::Keep };
        self.to(stage).moving(refund).booking(bookings)
    }

    fn outcome(&self) -> Result<Outcome, DecideError> {
        self.request.assessed.as_ref().map(|assessed| assessed.outcome).ok_or(DecideError::Incomplete)
    }

    /// The system acts only when the limit has passed; a person may act at any time before.
    pub(super) fn only_after(&self, since: chrono::NaiveDate, working_days: u32) -> Result<(), DecideError> {
        let limit = self.moment.calendar.limit(since, working_days);
        let early = matches!(self.actor, Actor::System) && !limit.has_passed(self.moment.today());
        if early { Err(DecideError::NotYetDue { on: limit.due }) } else { Ok(()) }
    }

    pub(super) fn assessed(&self) -> Result<&Assessed, DecideError> {
        let request: &Request = self.request;
        request.assessed.as_ref().ok_or(DecideError::Incomplete)
    }
}

/// A reason that is not blank.
pub(super) fn given(reason: Option<&str>) -> Result<(), DecideError> {
    match reason {
        Some(reason) if !reason.trim().is_empty() => Ok(()),
        _ => Err(DecideError::ReasonMissing),
    }
}
