//! Deputies (代理): an absent person's role in another's hands for some days. Four eyes hold against both alike.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value};
use store::{DeputyLine, Tx};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::decide::DecideError;
use workflow::facts::Fault;
use workflow::id::OrganisationId;

use crate::Engine;
use crate::account_error::AccountError;
use crate::error::EngineError;
use crate::postroom::done_as;

/// Who is to stand in for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeputy {
    /// Address of the absent person.
    pub principal: String,
    /// Address of the deputy.
    pub deputy: String,
    pub role: Role,
    /// First and last day.
    pub days: (NaiveDate, NaiveDate),
}

impl Engine {
    /// The person of an address with the roles of the day, those of absent people included.
    ///
    /// # Errors
    /// There is no such person.
    pub async fn actor(&self, email: &str, now: DateTime<Utc>) -> Result<Actor, EngineError> {
        let reader = self.reader();
        let worker = reader.worker(email).await?;
        Ok(Actor::Person(reader.person_on(worker.person.user, self.today(now)).await?))
    }

    /// Lets someone stand in. The principal does it, or an administrator of the district; the deputy belongs to the same
    /// organisation, or, for the roles of the office and of finance, to the same district.
    ///
    /// # Errors
    /// The actor may not, or what is asked for makes no sense; every fault is named. People of other districts are not found.
    pub async fn appoint_deputy(
        &self,
        actor: &Actor,
        new: NewDeputy,
        now: DateTime<Utc>,
    ) -> Result<DeputyLine, EngineError> {
        let actor = self.of_today(actor, now).await?;
        let tx = self.store.begin().await?;
        let seen = self.sees_people_of(&actor);
        let principal = tx.reader().worker_within(&new.principal, seen).await?.person;
        let by = may_appoint(&actor, &principal, new.role)?;
        let deputy = tx.reader().worker_within(&new.deputy, seen).await?.person;
        tx.hold_account(deputy.user).await?;
        let lent = tx.reader().deputies(new.days.0).await?;
        let lent = lent.iter().filter(|line| line.deputy == deputy.user && line.from <= new.days.1);
        let faults = faults(&new, (&principal, &deputy), lent.map(|line| line.role).collect());
        if !faults.is_empty() {
            return Err(EngineError::Malformed(faults));
        }
        let (from, until) = new.days;
        let (id, set_by) = (Uuid::now_v7(), by.0.user);
        let line = DeputyLine {
            id,
            principal: principal.user,
            deputy: deputy.user,
            role: new.role,
            from,
            until,
            set_by,
        };
        tx.add_deputy(&line).await?;
        let detail = Map::from_iter([
            ("principal".to_owned(), Value::from(principal.user.to_string())),
            ("deputy".to_owned(), Value::from(deputy.user.to_string())),
            ("role".to_owned(), Value::from(new.role.word())),
            ("from".to_owned(), Value::from(from.to_string())),
            ("until".to_owned(), Value::from(until.to_string())),
        ]);
        tx.record(
            principal.organisation,
            done_as((Some(by.0.user), by.1), ("appoint_deputy", Value::Object(detail)), now),
        )
        .await?;
        self.commit(tx, now, &line).await?;
        Ok(line)
    }

    /// Ends the deputyships of a principal's role after a last day, at the earliest today. Gives how many there were.
    ///
    /// # Errors
    /// The actor may not. People of other districts are not found.
    pub async fn end_deputy(
        &self,
        actor: &Actor,
        (principal, role): (&str, Role),
        last: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<u64, EngineError> {
        let actor = self.of_today(actor, now).await?;
        let last = last.max(self.today(now).pred_opt().unwrap_or(last));
        let tx = self.store.begin().await?;
        let principal = tx.reader().worker_within(principal, self.sees_people_of(&actor)).await?.person;
        let by = may_appoint(&actor, &principal, role)?;
        let ended = tx.end_deputies(principal.user, role, last).await?;
        let detail = Map::from_iter([
            ("principal".to_owned(), Value::from(principal.user.to_string())),
            ("role".to_owned(), Value::from(role.word())),
            ("last".to_owned(), Value::from(last.to_string())),
        ]);
        tx.record(
            principal.organisation,
            done_as((Some(by.0.user), by.1), ("end_deputy", Value::Object(detail)), now),
        )
        .await?;
        self.commit(tx, now, &ended).await?;
        Ok(ended)
    }

    /// The district whose people an actor finds by their addresses; none for the city and the system, who find all.
    fn sees_people_of(&self, actor: &Actor) -> Option<OrganisationId> {
        let Actor::Person(person) = actor else { return None };
        (!self.is_city(person.district)).then_some(person.district)
    }

    /// That somebody's own roles go with those in which the person stands in today or later.
    ///
    /// # Errors
    /// `StandsIn` if they do not.
    pub(crate) async fn go_with_what_is_lent(
        &self,
        tx: &Tx,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        tx.hold_account(person.user).await?;
        let lent = tx.reader().deputies(self.today(now)).await?;
        let lent = lent.into_iter().filter(|line| line.deputy == person.user).map(|line| line.role);
        let all: Vec<Role> = person.roles.iter().copied().chain(lent).collect();
        if Role::may_be_held_together(&all) { Ok(()) } else { Err(AccountError::StandsIn.into()) }
    }

    /// The day in the jurisdiction's time zone.
    #[must_use]
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.content().rules.parameters().jurisdiction.offset()).date_naive()
    }
}

/// Who lends a role, and as what: whoever lends the own one in that role, else an administrator of the district.
fn may_appoint<'a>(
    actor: &'a Actor,
    principal: &Person,
    lent: Role,
) -> Result<(&'a Person, Role), EngineError> {
    let Actor::Person(person) = actor else { return Err(DecideError::NotYours.into()) };
    if person.user == principal.user {
        return Ok((person, lent));
    }
    match person.roles.contains(&Role::Admin) && person.district == principal.district {
        true => Ok((person, Role::Admin)),
        false => Err(DecideError::NotYours.into()),
    }
}

/// What is wrong with it; `lent` are the roles in which the deputy stands in on some of the days.
fn faults(new: &NewDeputy, (principal, deputy): (&Person, &Person), lent: Vec<Role>) -> Vec<Fault> {
    let of_office = matches!(new.role, Role::Reviewer | Role::Approver | Role::Finance | Role::Auditor);
    let near =
        deputy.organisation == principal.organisation || (of_office && deputy.district == principal.district);
    let both: Vec<Role> = deputy.roles.iter().copied().chain(lent).chain([new.role]).collect();
    let checks = [
        ("/deputy", principal.user == deputy.user, ("代理人不能是本人", "nobody stands in for himself")),
        ("/deputy", !near, ("代理人属于其他机构", "the deputy belongs to another organisation")),
        (
            "/role",
            !principal.roles.contains(&new.role),
            ("委托人没有这个角色", "the absent person does not have this role"),
        ),
        (
            "/role",
            !Role::may_be_held_together(&both),
            (
                "代理人已有或已代理的角色与此角色不得兼任",
                "the deputy cannot have this role beside the own ones and those of others",
            ),
        ),
        ("/until", new.days.1 < new.days.0, ("结束日期早于开始日期", "the last day is before the first")),
    ];
    let wrong = checks.into_iter().filter(|(_, wrong, _)| *wrong);
    wrong.map(|(pointer, _, said)| Fault::new(pointer, said)).collect()
}
