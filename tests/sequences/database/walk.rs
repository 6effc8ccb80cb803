//! One walk: the engine on its file and the model beside it take each turn together, and are compared after it.

use chrono::{Days, NaiveDate};
use engine::{EngineError, NewDeputy, Order};
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::deadline::deadline;
use workflow::decide::may_try;
use workflow::stage::StageKind;

use super::agreement::same;
use super::deeds::Deed;
use super::files::{self, MEANT};
use super::oracle::{Code, Oracle, Try};
use super::people::{PEOPLE, address};
use super::turns::{Reached, Turn};
use crate::desk::Desk;
use crate::sequences::{Step, next, wild};

pub(super) struct Walk {
    pub(super) desk: Desk,
    pub(super) oracle: Oracle,
    pub(super) reached: Reached,
    /// The day on which a calendar was loaded last.
    pub(super) calendar_of: Option<NaiveDate>,
}

/// Picks that differ by this go as straight as each other, but by other people.
const STRAIGHT: usize = 260;

impl Walk {
    /// Takes a turn on both sides; what they do not agree on comes back as an error.
    pub(super) async fn takes(&mut self, turn: &Turn) -> Result<(), String> {
        let name = match *turn {
            Turn::Walk(step) => self.steps(step).await?,
            Turn::Forward { request, steps, pick } => {
                self.goes_far(self.meant(request), (steps, pick)).await?
            }
            Turn::Work { request, pick } => self.works(request, pick).await?,
            Turn::Restart => {
                self.restarts().await;
                "restart"
            }
            Turn::Calendar { notice } => self.loads(notice).await?,
            Turn::Roles { who, pick } => self.has_roles(PEOPLE[who % PEOPLE.len()], pick).await,
            Turn::Deputy { principal, deputy, from, days } => {
                let people = (PEOPLE[principal % PEOPLE.len()], PEOPLE[deputy % PEOPLE.len()]);
                self.appoints(people, (from, days)).await?
            }
            Turn::EndDeputy { principal } => self.ends(PEOPLE[principal % PEOPLE.len()]).await?,
            Turn::Treasury { pick } => self.moves_money(pick).await?,
        };
        *self.reached.turns.entry(name).or_default() += 1;
        self.reached.stages = self.oracle.model.events().map(|event| event.after).collect();
        self.reached.done = self.oracle.model.events().map(|event| event.action.word()).collect();
        self.agree().await
    }

    async fn steps(&mut self, step: Step) -> Result<&'static str, String> {
        match step {
            Step::Next { request, pick } => {
                let (first, all) = (self.meant(request), self.oracle.model.requests.len());
                for place in (first..first + all).map(|place| place % all) {
                    let done = self.goes_on(place, pick).await?;
                    if done != "nothing" {
                        return Ok(done);
                    }
                }
                Ok("nothing")
            }
            Step::Wild { request, action, who } => {
                let place = self.meant(request);
                let request = &self.oracle.model.requests[place];
                let today = self.oracle.model.today;
                let numbers = action..action + ActionKind::ALL.len();
                let mut deeds =
                    numbers.filter_map(|number| Deed::of(wild(request, number), request, (number, today)));
                let deed = deeds.next().expect("people can do something");
                let seen = match action % 5 {
                    0 => Some(request.version),
                    1 => Some(request.version - 1),
                    _ => None,
                };
                self.tries(Try { who: PEOPLE[who % PEOPLE.len()], place, seen }, &deed).await?;
                Ok("wild")
            }
            Step::Days { days } => {
                for _ in 0..days.div_ceil(2) {
                    self.sweeps(1).await?;
                }
                Ok("days")
            }
            Step::Down { days } => {
                self.restarts().await;
                self.sweeps(u64::from(days)).await?;
                Ok("down")
            }
        }
    }

    /// Somebody who may do it brings a request forward, or aside.
    async fn goes_on(&mut self, place: usize, pick: usize) -> Result<&'static str, String> {
        let (request, today) = (&self.oracle.model.requests[place], self.oracle.model.today);
        let action = next(request, pick);
        // Whoever may renew may draft a supplement; the note on the first request is the system's.
        let kind = match action.kind() {
            ActionKind::NoteSupplement | ActionKind::NoteRenewal => ActionKind::Renew,
            kind => kind,
        };
        let Some(deed) = Deed::of(action, request, (pick, today)) else { return Ok("nothing") };
        let may = |name: &&str| may_try(request, kind, &self.oracle.people.actor(name, today));
        let who: Vec<&'static str> = PEOPLE.into_iter().filter(may).collect();
        let Some(who) = who.get(pick / 7 % who.len().max(1)) else { return Ok("nobody") };
        self.tries(Try { who, place, seen: None }, &deed).await?;
        Ok("next")
    }

    async fn works(&mut self, request: usize, pick: usize) -> Result<&'static str, String> {
        let running = self.oracle.model.requests.iter().enumerate();
        let running = running.filter(|(_, request)| request.stage.kind().is_running());
        let running: Vec<usize> = running.map(|(place, _)| place).collect();
        match running.get(request % running.len().max(1)) {
            Some(place) => self.goes_on(*place, pick).await,
            None => Ok("nothing"),
        }
    }

    /// Several steps straight forward, with the days that have to pass between them. Whoever is refused for the papers
    /// corrects them.
    async fn goes_far(&mut self, place: usize, (steps, pick): (u8, usize)) -> Result<&'static str, String> {
        for step in 0..usize::from(steps) {
            let straight = if step.is_multiple_of(2) { 18 } else { 13 };
            let pick = straight + (pick + step) * STRAIGHT;
            let papers = self.refused("rules_return");
            match self.goes_on(place, pick).await? {
                "nothing" => self.waits(place).await?,
                _ if self.refused("rules_return") > papers => self.corrects(place, pick).await?,
                _ => {}
            }
        }
        Ok("forward")
    }

    fn refused(&self, code: Code) -> usize {
        self.reached.refusals.get(code).copied().unwrap_or_default()
    }

    async fn corrects(&mut self, place: usize, pick: usize) -> Result<(), String> {
        let (request, today) = (&self.oracle.model.requests[place], self.oracle.model.today);
        let deed = Deed::Correct(files::corrected(request, (pick, today)));
        let who = PEOPLE.into_iter().find(|name| self.oracle.people.own[name].user == request.filed_by);
        self.tries(Try { who: who.expect("the filer"), place, seen: None }, &deed).await
    }

    /// Days pass until the next thing is due on a request.
    async fn waits(&mut self, place: usize) -> Result<(), String> {
        let (request, today) = (&self.oracle.model.requests[place], self.oracle.model.today);
        let starts_on = request.application.starts_on.filter(|day| *day > today);
        let due = deadline(request, &self.oracle.model.moment()).map(|limit| limit.due + Days::new(1));
        let Some(day) = due.or(starts_on) else { return Ok(()) };
        let days = day.signed_duration_since(today).num_days().clamp(1, 70);
        self.sweeps(days.unsigned_abs()).await
    }

    fn meant(&self, request: usize) -> usize {
        MEANT[request % MEANT.len()] % self.oracle.model.requests.len()
    }

    async fn tries(&mut self, tried: Try, deed: &Deed) -> Result<(), String> {
        let before = self.oracle.model.requests[tried.place].clone();
        let actor = self.desk.actor(tried.who);
        let order =
            Order { request: before.id, actor: &actor, seen: tried.seen.into(), now: self.desk.now() };
        let told = deed.is_done(&self.desk, order).await.map_err(|error| coded(&error));
        let predicted = self.oracle.does(tried, deed, &told);
        let codes = (predicted.err(), told.as_ref().err().copied());
        if codes.0 != codes.1 {
            let stage = before.stage.kind();
            return Err(format!(
                "{tried:?} {deed:?} in {stage}: the model says {:?}, the engine {:?}",
                codes.0, codes.1
            ));
        }
        match (told, deed) {
            (Err(code), _) => *self.reached.refusals.entry(code).or_default() += 1,
            (Ok(_), Deed::Renew(_)) => {}
            (Ok(_), Deed::Supplement(_)) => *self.reached.turns.entry("supplement").or_default() += 1,
            (Ok(request), _) => same("the answer", &self.oracle.model.requests[tried.place], &request)?,
        }
        Ok(())
    }

    /// A new engine on the same file; nothing of the old one is left.
    async fn restarts(&mut self) {
        self.desk.engine = self.desk.another_node().await;
        let works = self.oracle.model.requests.iter().any(|one| one.stage.kind() == StageKind::InForce);
        if works {
            *self.reached.turns.entry("restart in force").or_default() += 1;
        }
    }

    /// Days pass without a sweep, then there is one.
    async fn sweeps(&mut self, days: u64) -> Result<(), String> {
        let day = self.oracle.model.today + Days::new(days);
        self.desk.jumps(&day.to_string());
        let swept = self.desk.engine.sweep(self.desk.now()).await.map_err(|error| error.to_string())?;
        self.oracle.model.passes(days);
        let actions = self.oracle.model.sweep();
        same("what fails", &Vec::new(), &swept.failed)?;
        same("what limits do", &actions, &swept.actions)
    }

    /// Others, none, or again those of the beginning.
    async fn has_roles(&mut self, who: &'static str, pick: usize) -> &'static str {
        let roles = match pick {
            0 => vec![],
            1 => vec![Role::Reviewer, Role::Approver],
            2 => vec![Role::Finance],
            _ => self.desk.actor(who).roles().to_vec(),
        };
        let set = self.desk.engine.set_roles(&address(who), &roles, self.desk.now()).await;
        set.expect("a person of that address");
        self.oracle.people.has_roles(who, &roles);
        "roles"
    }

    async fn appoints(
        &mut self,
        (principal, deputy): (&'static str, &'static str),
        (from, days): (u8, u8),
    ) -> Result<&'static str, String> {
        let role = self.oracle.people.own[principal].roles.first().copied().unwrap_or(Role::Approver);
        let first = self.oracle.model.today + Days::new(u64::from(from));
        let last = first + Days::new(u64::from(days)) - Days::new(1);
        let new =
            NewDeputy { principal: address(principal), deputy: address(deputy), role, days: (first, last) };
        let predicted = self.oracle.people.appoint((principal, deputy), &new);
        let absent = self.desk.actor(principal);
        let appointed = self.desk.engine.appoint_deputy(&absent, new, self.desk.now()).await;
        let told = appointed.map(drop).map_err(|error| coded(&error));
        same("the deputy", &predicted, &told)?;
        Ok(if told.is_ok() { "deputy" } else { "no deputy" })
    }

    async fn ends(&mut self, principal: &'static str) -> Result<&'static str, String> {
        let absent = self.desk.actor(principal);
        let role = absent.roles()[0];
        let last = self.oracle.model.today - Days::new(1);
        let ended = self.oracle.people.end((principal, role), last);
        let of = (address(principal), role);
        let told = self.desk.engine.end_deputy(&absent, (&of.0, of.1), last, self.desk.now()).await;
        same("the deputies that end", &Ok(ended), &told.map_err(|error| coded(&error)))?;
        Ok(if ended > 0 { "deputy ended" } else { "nothing" })
    }
}

/// The code for programs, with the words where it is none for people.
pub(super) fn coded(error: &EngineError) -> Code {
    match error.code() {
        "broken" | "unavailable" => panic!("the engine breaks: {error}"),
        code => code,
    }
}
