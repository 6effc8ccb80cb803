//! The year, day after day: limits are swept, people act, letters leave. A request is looked at only on the days on which
//! somebody may do something about it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use engine::{Command, Engine, EngineError, Filing, Order, Seen};
use indicatif::ProgressBar;
use store::{Scope, StoreError};
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::decide::DecideError;
use workflow::id::RequestId;
use workflow::request::Request;

use crate::demo::season::progress;
use crate::demo::year::city::Town;
use crate::demo::year::clerks::{Desk, Next, Who};
use crate::demo::year::dates::{ABSENCE, ABSENT, day, first, last, morning};
use crate::demo::year::fate::Fate;
use crate::demo::year::papers;
use crate::demo::year::plan::Planned;
use crate::demo::year::voices::{Grievance, RATED};
use crate::print::{self, Failure};

/// More refusals than any request should meet; nobody asks any more then.
const MOST_REFUSALS: usize = 12;

/// A request of the year and what was done with it.
pub(crate) struct Case {
    pub(crate) planned: Planned,
    pub(crate) id: RequestId,
    pub(crate) tried: BTreeSet<ActionKind>,
    rounds: usize,
    mendings: usize,
    refusals: usize,
    /// The request as it was seen last.
    seen: Option<Request>,
}

/// The year while it is played.
pub(crate) struct Play<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) seed: u64,
    pub(crate) town: Town,
    pub(crate) cases: Vec<Case>,
    /// What is not filed yet, in the order of filing.
    pub(crate) planned: VecDeque<Planned>,
    /// Which cases are looked at on which day.
    agenda: BTreeMap<NaiveDate, BTreeSet<usize>>,
    /// How often the engine said no, by code.
    pub(crate) refused: BTreeMap<String, usize>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) grievances: Vec<Grievance>,
}

impl<'a> Play<'a> {
    pub(crate) fn new(engine: &'a Engine, seed: u64, (town, planned): (Town, Vec<Planned>)) -> Play<'a> {
        let (cases, agenda, refused) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let (now, grievances) = (morning(first()), Vec::new());
        Play { engine, seed, town, cases, planned: planned.into(), agenda, refused, now, grievances }
    }

    /// Plays every day.
    pub(crate) async fn all(&mut self) -> Result<(), Failure> {
        let days = last().signed_duration_since(first()).num_days();
        let bar = progress(days);
        for today in first().iter_days().take_while(|today| *today <= last()) {
            bar.set_message(today.to_string());
            self.tells_month(&bar, today)?;
            self.now = morning(today);
            self.engine.sweep(self.now).await?;
            self.happens(today).await?;
            if self.engine.content().calendar.is_working(today) {
                self.people_file(today).await?;
                self.people_act(today).await?;
            }
            self.engine.seal_when_due(self.now).await?;
            self.engine.deliver_all(self.now).await?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Where no bar is to be seen, a line a month.
    fn tells_month(&self, bar: &ProgressBar, today: NaiveDate) -> Result<(), Failure> {
        if bar.is_hidden() && (today.day() == 1 || today == last()) {
            let (filed, left) = (self.cases.len(), self.planned.len());
            print::progress(format!("{today} {filed}/{}", filed + left))?;
        }
        Ok(())
    }

    async fn people_file(&mut self, today: NaiveDate) -> Result<(), Failure> {
        while self.planned.front().is_some_and(|planned| planned.file_on <= today) {
            let Some(planned) = self.planned.pop_front() else { break };
            self.file(planned, today).await?;
        }
        Ok(())
    }

    async fn file(&mut self, planned: Planned, today: NaiveDate) -> Result<(), Failure> {
        let Some(submitter) = self.town.submitter(&planned.department) else { return Ok(()) };
        let filing = Filing::read(&planned.application, planned.communities.clone())?;
        let request = self.engine.draft(filing, submitter, self.now).await?;
        self.takes_up(planned, request.id, today);
        Ok(())
    }

    fn takes_up(&mut self, planned: Planned, id: RequestId, today: NaiveDate) {
        let case =
            Case { planned, id, tried: BTreeSet::new(), rounds: 0, mendings: 0, refusals: 0, seen: None };
        self.agenda.entry(today).or_default().insert(self.cases.len());
        self.cases.push(case);
    }

    async fn people_act(&mut self, today: NaiveDate) -> Result<(), Failure> {
        while let Some(entry) = self.agenda.first_entry().filter(|entry| *entry.key() <= today) {
            for index in entry.remove() {
                self.work_on(index, today).await?;
            }
        }
        Ok(())
    }

    /// The request of a case, read again only where it has changed since it was seen.
    async fn look_at(&mut self, index: usize) -> Result<Option<Request>, Failure> {
        let Some(case) = self.cases.get_mut(index) else { return Ok(None) };
        let (id, seen, reader) = (case.id, case.seen.take(), self.engine.reader());
        if let Some(seen) = seen
            && reader.version_of(id).await? == seen.version
        {
            return Ok(Some(seen));
        }
        Ok(Some(reader.request(id, Scope::Everything).await?))
    }

    fn keeps(&mut self, index: usize, request: Request) {
        if let Some(case) = self.cases.get_mut(index) {
            case.seen = Some(request);
        }
    }

    /// Does with one case what is to be done today, and notes when it is looked at again.
    async fn work_on(&mut self, index: usize, today: NaiveDate) -> Result<(), Failure> {
        let Some(mut request) = self.look_at(index).await? else { return Ok(()) };
        loop {
            let next = self.next(index, &request, today);
            self.now += Duration::seconds(5);
            let done = match next {
                Next::Never => return Ok(()),
                Next::Wait(day) => {
                    self.agenda.entry(day.max(today + Duration::days(1))).or_default().insert(index);
                    self.keeps(index, request);
                    return Ok(());
                }
                next => self.does(index, &request, next).await,
            };
            match done {
                Ok(changed) => request = changed,
                Err(error) => {
                    let waits = is_worth_waiting(&error);
                    self.note(error)?;
                    if waits {
                        self.tries_later(index, today);
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Something else is tried in some days, and nothing after many times.
    fn tries_later(&mut self, index: usize, today: NaiveDate) {
        let Some(case) = self.cases.get_mut(index) else { return };
        case.refusals += 1;
        if case.refusals < MOST_REFUSALS {
            self.agenda.entry(today + Duration::days(5)).or_default().insert(index);
        }
    }

    fn next(&self, index: usize, request: &Request, today: NaiveDate) -> Next {
        let Some(case) = self.cases.get(index) else { return Next::Never };
        let content = self.engine.content();
        let treasury = format!("{}-D30", case.planned.district());
        let desk = Desk {
            seed: self.seed,
            thing: u64::try_from(index).unwrap_or(0),
            fate: case.planned.fate,
            request,
            today,
            calendar: &content.calendar,
            tried: &case.tried,
            rounds: case.rounds,
            mendings: case.mendings,
            treasury: &treasury,
        };
        desk.next()
    }

    async fn does(&mut self, index: usize, request: &Request, next: Next) -> Result<Request, EngineError> {
        let kind = match &next {
            Next::Act(_, kind, _) => *kind,
            Next::Correct => ActionKind::Correct,
            Next::Renew => ActionKind::Renew,
            Next::Supplement => ActionKind::NoteSupplement,
            Next::Rate | Next::Wait(_) | Next::Never => RATED,
        };
        let Some(case) = self.cases.get_mut(index) else { return Ok(request.clone()) };
        case.tried.insert(kind);
        case.rounds += usize::from(kind == ActionKind::Propose);
        match next {
            Next::Act(who, _, command) => self.acts(index, request, (who, command)).await,
            Next::Correct => self.corrects(index, request).await,
            Next::Renew | Next::Supplement => self.adds(index, request, kind).await,
            Next::Rate => {
                self.communities_rate(request).await?;
                Ok(request.clone())
            }
            Next::Wait(_) | Next::Never => Ok(request.clone()),
        }
    }

    async fn acts(
        &self,
        index: usize,
        request: &Request,
        (who, command): (Who, Command),
    ) -> Result<Request, EngineError> {
        let actor = self.actor(index, &who).ok_or(StoreError::NotFound("person"))?;
        let order = Order { request: request.id, actor, seen: Seen::Whatever, now: self.now };
        self.engine.act(order, command).await
    }

    fn actor(&self, index: usize, who: &Who) -> Option<&Actor> {
        let planned = &self.cases.get(index)?.planned;
        let district = planned.district();
        match who {
            Who::Department => self.town.submitter(&planned.department),
            Who::Reviewer => self.town.office(district, Role::Reviewer, index),
            Who::Approver(turn) => self.town.office(district, Role::Approver, index + turn),
            Who::Treasury if district == ABSENT && self.is_absence() => {
                self.town.office(district, Role::Reviewer, 0)
            }
            Who::Treasury => self.town.treasurer(district),
            Who::Body(body) => self.town.spokesman(*body),
        }
    }

    /// Whether a deputy stands in for the absent treasurer.
    fn is_absence(&self) -> bool {
        let today = self.now.date_naive();
        (day(ABSENCE.0)..=day(ABSENCE.1)).contains(&today)
    }

    /// The department mends what was returned and sends it again, or files what it began without papers.
    async fn corrects(&mut self, index: usize, request: &Request) -> Result<Request, EngineError> {
        let today = self.now.date_naive();
        let content = self.engine.content();
        let Some(case) = self.cases.get_mut(index) else { return Ok(request.clone()) };
        let mended = papers::mended(&case.planned.application, today, &content.calendar);
        case.mendings += 1;
        let filing = Filing::read(&mended, case.planned.communities.clone())?;
        case.planned.application = mended;
        let submitter = self.actor(index, &Who::Department).ok_or(StoreError::NotFound("person"))?;
        let order = Order { request: request.id, actor: submitter, seen: Seen::Whatever, now: self.now };
        self.engine.correct(order, filing).await?;
        let sends = if request.stage.emergency().is_some() { Command::File } else { Command::Submit };
        self.engine.act(order, sends).await
    }

    /// A successor is drafted, or supplements are, and each becomes a case of its own, which the leading group wants.
    async fn adds(
        &mut self,
        index: usize,
        request: &Request,
        kind: ActionKind,
    ) -> Result<Request, EngineError> {
        let Some(fate) = self.cases.get(index).map(|case| case.planned.fate) else {
            return Ok(request.clone());
        };
        match kind {
            ActionKind::Renew => self.adds_one(index, request, kind).await?,
            _ => {
                for _ in 0..fate.supplements() {
                    self.adds_one(index, request, kind).await?;
                }
            }
        }
        self.engine.reader().request(request.id, Scope::Everything).await.map_err(EngineError::from)
    }

    async fn adds_one(
        &mut self,
        index: usize,
        request: &Request,
        kind: ActionKind,
    ) -> Result<(), EngineError> {
        let today = self.now.date_naive();
        let content = self.engine.content();
        let Some(case) = self.cases.get(index) else { return Ok(()) };
        let added = match kind {
            ActionKind::Renew => papers::renewed,
            _ => papers::supplementary,
        };
        let application = added(&case.planned.application, request, &content.calendar, today);
        let communities: Vec<String> = request.targets.iter().map(|target| target.code.clone()).collect();
        let filing = Filing::read(&application, communities.clone())?;
        let submitter = self.actor(index, &Who::Department).ok_or(StoreError::NotFound("person"))?;
        let order = Order { request: request.id, actor: submitter, seen: Seen::Whatever, now: self.now };
        let added = match kind {
            ActionKind::Renew => self.engine.renew(order, filing).await?,
            _ => self.engine.supplement(order, filing).await?,
        };
        let department = case.planned.department.clone();
        let planned = Planned { department, file_on: today, communities, fate: Fate::Wanted, application };
        self.takes_up(planned, added.id, today);
        Ok(())
    }

    /// Counts a refusal; anything else ends the year.
    pub(crate) fn note(&mut self, error: EngineError) -> Result<(), Failure> {
        let no = matches!(
            error,
            EngineError::Refused(_)
                | EngineError::Overseen(_)
                | EngineError::Ledger(_)
                | EngineError::Card(_)
                | EngineError::Malformed(_)
                | EngineError::Store(
                    StoreError::NotFound(_)
                        | StoreError::QuotaOver
                        | StoreError::FundsShort
                        | StoreError::Conflict
                )
        );
        if !no {
            return Err(error.into());
        }
        tracing::debug!(%error, "the engine says no");
        *self.refused.entry(error.code().to_owned()).or_default() += 1;
        Ok(())
    }
}

/// Whether what was refused may be taken another day; nobody asks again for a supplement that is too large.
fn is_worth_waiting(error: &EngineError) -> bool {
    !matches!(error, EngineError::Refused(DecideError::SupplementTooLarge { .. }))
}
