//! The people of the organisation tree with their roles, and who is meant by a notice.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, Func, IntoCondition, LockType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};
use workflow::actor::{Person, Role};
use workflow::address::folded;
use workflow::id::{OrganisationId, UserId};
use workflow::language::Language;
use workflow::letters::{LetterMode, Preference, QuietHours};

use crate::connect::{IDS, Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::organisations::BATCH;
use crate::progress::{done_steps, expect_steps};
use crate::rows::{deputy, organisation, person, person_role};

/// Someone who works with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    pub person: Person,
    pub email: String,
    pub language: Language,
    pub preference: Preference,
}

impl Tx {
    /// Adds people with their roles.
    ///
    /// # Errors
    /// An address that is known already is a `Duplicate`.
    pub async fn add_people(&self, workers: &[Worker]) -> Result<(), StoreError> {
        expect_steps(workers.len());
        for part in workers.chunks(BATCH) {
            let people: Vec<_> = part.iter().map(person_row).collect();
            let roles: Vec<_> = part.iter().flat_map(role_rows).collect();
            self.tell(&people);
            self.tell(&roles);
            let people = people.into_iter().map(person::Model::into_active_model);
            person::Entity::insert_many(people).exec_without_returning(&self.on).await?;
            let roles = roles.into_iter().map(person_role::Model::into_active_model);
            person_role::Entity::insert_many(roles).exec_without_returning(&self.on).await?;
            done_steps(part.len()).await;
        }
        Ok(())
    }

    /// Holds a person's account until the transaction ends: of two who change it one comes after the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hold_account(&self, user: UserId) -> Result<(), StoreError> {
        person::Entity::find_by_id(user.0).lock(LockType::NoKeyUpdate).one(&self.on).await?;
        Ok(())
    }

    /// The roles that a person has, held as the account is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn roles_to_replace(&self, user: UserId) -> Result<Vec<Role>, StoreError> {
        self.hold_account(user).await?;
        let theirs = person_role::Entity::find().filter(person_role::Column::PersonId.eq(user.0));
        let rows = theirs.all(&self.on).await?;
        let role = |row: person_role::Model| {
            Role::from_word(&row.role).ok_or_else(|| unreadable("person_roles", row.person_id, &row.role))
        };
        rows.into_iter().map(role).collect()
    }

    /// Gives a person these roles in the place of all others; without any the person can do nothing more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn replace_roles(&self, worker: &Worker) -> Result<(), StoreError> {
        let rows = role_rows(worker);
        let theirs = person_role::Column::PersonId.eq(worker.person.user.0);
        let gone = person_role::Entity::find().filter(theirs.clone()).all(&self.on).await?;
        self.tell_gone(&gone);
        self.tell(&rows);
        person_role::Entity::delete_many().filter(theirs).exec(&self.on).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let rows = rows.into_iter().map(person_role::Model::into_active_model);
        person_role::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Keeps how a person wants letters, and in which language.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn prefer(
        &self,
        user: UserId,
        language: Language,
        preference: Preference,
    ) -> Result<(), StoreError> {
        let Preference { letters, quiet } = preference;
        let kept = person::Entity::update_many()
            .col_expr(person::Column::Language, Expr::value(language.code()))
            .col_expr(person::Column::Letters, Expr::value(letters.word()))
            .col_expr(person::Column::Quiet, Expr::value(quiet.word()))
            .filter(person::Column::Id.eq(user.0))
            .exec(&self.on)
            .await?;
        if kept.rows_affected != 1 {
            return Err(StoreError::NotFound("person"));
        }
        self.tell(&person::Entity::find_by_id(user.0).all(&self.on).await?);
        Ok(())
    }
}

impl Reader<'_> {
    /// The person of an address, however it is written. Where two of an older program differ by capitals alone, whoever is
    /// written exactly so.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn worker(&self, email: &str) -> Result<Worker, StoreError> {
        let mut workers = self.workers(is_written(email), person::Column::Email).await?;
        if workers.len() > 1 {
            workers.retain(|worker| worker.email == email.trim());
        }
        workers.into_iter().next().ok_or(StoreError::NotFound("person"))
    }

    /// Whether somebody has an address, however it is written.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_address_known(&self, email: &str) -> Result<bool, StoreError> {
        let found = person::Entity::find().filter(is_written(email));
        Ok(found.one(&self.on).await?.is_some())
    }

    /// Everyone, by address.
    ///
    /// # Errors
    /// What the database says.
    pub async fn everyone(&self) -> Result<Vec<Worker>, StoreError> {
        self.workers(Condition::all(), person::Column::Email).await
    }

    /// Everyone of a district, or everyone there is, by address.
    ///
    /// # Errors
    /// What the database says.
    pub async fn people_in(&self, district: Option<OrganisationId>) -> Result<Vec<Worker>, StoreError> {
        let theirs = match district {
            None => Condition::all(),
            Some(district) => Condition::all().add(organisation::Column::DistrictId.eq(district.0)),
        };
        self.workers(theirs, person::Column::Email).await
    }

    /// The people of those ids, by address within each of the parts in which very many are asked for.
    ///
    /// # Errors
    /// What the database says; ids that are not there are left out.
    pub async fn people_of(&self, users: &[UserId]) -> Result<Vec<Worker>, StoreError> {
        let mut workers = Vec::new();
        for part in users.chunks(IDS) {
            let theirs = person::Column::Id.is_in(part.iter().map(|user| user.0));
            workers.extend(self.workers(theirs, person::Column::Email).await?);
        }
        Ok(workers)
    }

    /// Names of people by id, for histories.
    ///
    /// # Errors
    /// What the database says.
    pub async fn names(&self, users: &[UserId]) -> Result<BTreeMap<UserId, String>, StoreError> {
        let mut names = BTreeMap::new();
        for part in users.chunks(IDS) {
            let rows = person::Entity::find().filter(person::Column::Id.is_in(part.iter().map(|one| one.0)));
            names.extend(rows.all(&self.on).await?.into_iter().map(|row| (UserId(row.id), row.name)));
        }
        Ok(names)
    }

    /// People with their roles and districts, in the order of a column; one query.
    pub(crate) async fn workers(
        &self,
        which: impl IntoCondition,
        order: person::Column,
    ) -> Result<Vec<Worker>, StoreError> {
        Ok(self.marked(which, order, Expr::cust("FALSE")).await?.0)
    }

    /// The same, and whether the mark holds for any of them.
    pub(crate) async fn marked(
        &self,
        which: impl IntoCondition,
        order: person::Column,
        mark: Expr,
    ) -> Result<(Vec<Worker>, bool), StoreError> {
        let place = person::Entity::belongs_to(organisation::Entity)
            .from(person::Column::OrganisationId)
            .to(organisation::Column::Id)
            .into();
        let held = person::Entity::belongs_to(person_role::Entity)
            .from(person::Column::Id)
            .to(person_role::Column::PersonId)
            .into();
        let lines = person::Entity::find()
            .column_as(organisation::Column::DistrictId, "district_id")
            .column_as(person_role::Column::Role, "role")
            .expr_as(mark, "marked")
            .join(JoinType::LeftJoin, place)
            .join(JoinType::LeftJoin, held)
            .filter(which.into_condition())
            .order_by_asc(order)
            .order_by_asc(person::Column::Id)
            .order_by_asc(person_role::Column::Role);
        let lines = lines.into_model::<PersonLine>().all(&self.on).await?;
        let marked = lines.iter().any(|line| line.marked);
        Ok((gathered(lines)?, marked))
    }
}

/// Whether a person's address is this one but for its capitals.
fn is_written(email: &str) -> Expr {
    let kept = Func::lower(Expr::col((person::Entity, person::Column::Email)));
    Expr::expr(kept).eq(folded(email))
}

/// Whether a person is on one side of a deputyship that runs on a day.
pub(crate) fn in_deputyships(side: deputy::Column, day: NaiveDate) -> Expr {
    let running = deputy::Entity::find()
        .select_only()
        .column(deputy::Column::Id)
        .filter(Expr::col((deputy::Entity, side)).equals((person::Entity, person::Column::Id)))
        .filter(deputy::Column::FromOn.lte(day))
        .filter(deputy::Column::UntilOn.gte(day));
    Expr::exists(running.into_query())
}

/// A person, once for each role.
#[derive(FromQueryResult)]
struct PersonLine {
    id: Uuid,
    organisation_id: Uuid,
    name: String,
    email: String,
    language: String,
    letters: String,
    quiet: String,
    district_id: Option<Uuid>,
    role: Option<String>,
    marked: bool,
}

/// Lines of the same person, which stand together, become one.
fn gathered(lines: Vec<PersonLine>) -> Result<Vec<Worker>, StoreError> {
    let mut workers: Vec<Worker> = Vec::new();
    for line in lines {
        let role = line
            .role
            .as_deref()
            .map(|word| Role::from_word(word).ok_or_else(|| unreadable("person_roles", line.id, word)));
        let role = role.transpose()?;
        if workers.last().is_none_or(|last| last.person.user.0 != line.id) {
            workers.push(worker_of(line)?);
        }
        if let Some(last) = workers.last_mut() {
            last.person.roles.extend(role);
        }
    }
    Ok(workers)
}

fn worker_of(line: PersonLine) -> Result<Worker, StoreError> {
    let PersonLine {
        id,
        organisation_id,
        name,
        email,
        language,
        letters,
        quiet,
        district_id,
        role: _,
        marked: _,
    } = line;
    let district = district_id.ok_or_else(|| unreadable("people", id, "its organisation is missing"))?;
    let language =
        Language::of(&language).ok_or_else(|| unreadable("people", id, format!("`{language}`")))?;
    let person = Person {
        user: UserId(id),
        name,
        organisation: OrganisationId(organisation_id),
        district: OrganisationId(district),
        roles: Vec::new(),
        deputises: Vec::new(),
    };
    Ok(Worker { person, email, language, preference: preference(id, &letters, &quiet)? })
}

fn person_row(worker: &Worker) -> person::Model {
    let Worker { person, email, language, preference: Preference { letters, quiet } } = worker;
    let Person { user, name, organisation, district: _, roles: _, deputises: _ } = person;
    person::Model {
        id: user.0,
        organisation_id: organisation.0,
        name: name.clone(),
        email: email.clone(),
        language: language.code().to_owned(),
        letters: letters.word().to_owned(),
        quiet: quiet.word().to_owned(),
    }
}

fn role_rows(worker: &Worker) -> Vec<person_role::Model> {
    let person_id = worker.person.user.0;
    let row = |role: &Role| person_role::Model { person_id, role: role.word().to_owned() };
    worker.person.roles.iter().map(row).collect()
}

fn preference(id: Uuid, letters: &str, quiet: &str) -> Result<Preference, StoreError> {
    let word = |word: &str| unreadable("people", id, format!("`{word}`"));
    Ok(Preference {
        letters: LetterMode::from_word(letters).ok_or_else(|| word(letters))?,
        quiet: QuietHours::from_word(quiet).ok_or_else(|| word(quiet))?,
    })
}
