//! Importing from CSV: organisations, sizes of communities, people, the catalogue, the calendar. A file is taken as a
//! whole or not at all, and a fault names its row and column.

mod organisations;
mod sizes;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use csv::StringRecord;
use rules::{CsvFault, read_catalogue};
use store::{EventLine, Organisation, StoreError, Tx, Worker};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::address::folded;
use workflow::facts::Fault;
use workflow::id::UserId;
use workflow::language::{Bilingual, Language};
use workflow::letters::Preference;
use workflow::moved::MovedLimit;
use workflow::text::unfit;
use workflow::words;

use crate::Engine;
use crate::account_error::AccountError;
use crate::administration::sorted;
use crate::capacity;
use crate::error::EngineError;
use crate::oversight::By;

use self::organisations::organisations;
use self::sizes::communities;

words! {
    /// What can be imported.
    ImportKind {
        Organisations = "organisations", "机构", "organisations";
        Communities = "communities", "社区规模", "sizes of communities";
        People = "people", "人员", "people";
        Catalogue = "catalogue", "事项目录", "catalogue";
        Calendar = "calendar", "工作日历", "calendar";
    }
}

impl ImportKind {
    /// The heading of its file.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            ImportKind::Organisations => {
                &["code", "parent", "kind", "name", "name_en", "body", "hosts_office"]
            }
            ImportKind::Communities => &["code", "year", "households", "residents", "workers"],
            ImportKind::People => &["email", "name", "organisation", "roles", "language"],
            ImportKind::Catalogue => &rules::CATALOGUE_COLUMNS,
            ImportKind::Calendar => &rules::CALENDAR_COLUMNS,
        }
    }
}

/// How many rows were taken, and which open limits a calendar moved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    pub kind: ImportKind,
    pub rows: usize,
    pub moved: Vec<MovedLimit>,
}

/// Someone to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    /// Code of the organisation.
    pub organisation: String,
    pub roles: Vec<Role>,
    pub language: Language,
}

impl Engine {
    /// Imports a file's text; `name` becomes the version of a calendar.
    ///
    /// # Errors
    /// The first fault with its row and column; nothing is imported then.
    pub async fn import(
        &self,
        kind: ImportKind,
        name: &str,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Imported, EngineError> {
        self.import_by(By { actor: &Actor::System, now }, kind, (name, text)).await
    }

    /// The same for an administrator of the city's system, who adds people without roles: those are given by the administrator
    /// of security (三员分立).
    ///
    /// # Errors
    /// The actor is none; the first fault with its row and column.
    pub async fn import_by(
        &self,
        by: By<'_>,
        kind: ImportKind,
        (name, text): (&str, &str),
    ) -> Result<Imported, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        if self.administers(&actor, &[Role::Admin])?.is_some() {
            return Err(AccountError::CityOnly.into());
        }
        let now = by.now;
        let tx = self.store.begin().await?;
        let mut moved = Vec::new();
        let rows = match kind {
            ImportKind::Organisations => organisations(&tx, text).await?,
            ImportKind::Communities => {
                let rows = communities(&tx, text).await?;
                capacity::renew(&tx, self.content().by()).await?;
                rows
            }
            ImportKind::People => people(&tx, (text, by.actor)).await?,
            ImportKind::Catalogue => {
                let rows = read_catalogue(text)?.len();
                tx.put_catalogue(Uuid::now_v7(), text, now).await?;
                rows
            }
            ImportKind::Calendar => {
                let (rows, limits) = self.load_calendar(&tx, (name, text), now).await?;
                moved = limits;
                rows
            }
        };
        let person = by.actor.user().map(|user| user.0);
        tx.record_in_register(EventLine { person, ..line(Role::Admin, kind.word(), now) }).await?;
        let imported = Imported { kind, rows, moved };
        self.commit(tx, now, &imported).await?;
        self.read_cities().await?;
        self.reload(now).await?;
        self.wake_delivery();
        Ok(imported)
    }

    /// Adds one person.
    ///
    /// # Errors
    /// The organisation is not there, or the address is known already.
    pub async fn add_person(&self, new: NewPerson, now: DateTime<Utc>) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let organisation = tx.reader().organisation(&new.organisation).await?;
        added(&tx, new, &organisation).await?;
        tx.record_in_register(line(Role::Admin, ImportKind::People.word(), now)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives a person of an address these roles in the place of all others; they count from the next action on, also for
    /// whoever stands in for the person. Without any the person can do nothing more.
    ///
    /// # Errors
    /// There is no such person; what only the system is, nobody can be; roles that do not go together, or
    /// not with a role in which the person stands in.
    pub async fn set_roles(
        &self,
        email: &str,
        roles: &[Role],
        now: DateTime<Utc>,
    ) -> Result<Worker, EngineError> {
        if roles.contains(&Role::System) {
            let said = ("任何人都不能是系统本身", "nobody can be the system");
            return Err(EngineError::Malformed(vec![Fault::new("/roles", said)]));
        }
        let tx = self.store.begin().await?;
        let mut worker = tx.reader().worker(email).await?;
        worker.person.roles = sorted(roles)?;
        self.go_with_what_is_lent(&tx, &worker.person, now).await?;
        tx.replace_roles(&worker).await?;
        self.pause_webhooks_of(&tx, &worker.person, By { actor: &Actor::System, now }).await?;
        tx.record_in_register(line(Role::Admin, "set_roles", now)).await?;
        tx.commit().await?;
        Ok(worker)
    }
}

/// Adds one person in a transaction of the caller.
pub(crate) async fn added(
    tx: &Tx,
    new: NewPerson,
    organisation: &Organisation,
) -> Result<Worker, EngineError> {
    let at = |pointer: &str, said: Bilingual| EngineError::Malformed(vec![Fault::new(pointer, said)]);
    let email = folded(&new.email);
    notifier::check_address(&new.name, &email).map_err(|error| at("/email", error.into()))?;
    if let Some(unfit) = unfit(&new.name) {
        return Err(at("/name", unfit.both()));
    }
    let roles = sorted(&new.roles)?;
    let worker = worker(NewPerson { email, roles, ..new }, organisation);
    let is_known = || at("/email", known_already(&worker.email));
    // An older row may have kept the same address with capitals.
    if tx.reader().is_address_known(&worker.email).await? {
        return Err(is_known());
    }
    tx.add_people(std::slice::from_ref(&worker)).await.map_err(|error| match error {
        StoreError::Duplicate(_) => is_known(),
        other => other.into(),
    })?;
    Ok(worker)
}

/// An event of the register; the store adds what was written.
pub(crate) fn line(role: Role, action: &str, at: DateTime<Utc>) -> EventLine {
    let (role, action) = (role.word().to_owned(), action.to_owned());
    EventLine { role, action, at, detail: "{}".to_owned(), ..EventLine::default() }
}

/// Rows with their number in the file, the heading being row 1.
fn records(text: &str, columns: &[&str]) -> Result<Vec<(usize, StringRecord)>, CsvFault> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let heading = reader.headers().map_err(|error| CsvFault::unread(1, error))?;
    if heading.iter().ne(columns.iter().copied()) {
        return Err(CsvFault::of_heading(columns));
    }
    let numbered = reader.records().enumerate();
    numbered
        .map(|(index, record)| match record {
            Ok(record) => match record.iter().zip(columns).find_map(|(cell, at)| Some((at, unfit(cell)?))) {
                Some((at, unfit)) => Err(CsvFault::new(index + 2, at, unfit.both())),
                None => Ok((index + 2, record)),
            },
            Err(error) => Err(CsvFault::unread(index + 2, error)),
        })
        .collect()
}

async fn people(tx: &Tx, (text, by): (&str, &Actor)) -> Result<usize, EngineError> {
    let tree = tx.reader().organisations().await?;
    let tree: BTreeMap<_, _> =
        tree.into_iter().map(|organisation| (organisation.code.clone(), organisation)).collect();
    let known = tx.reader().everyone().await?;
    let mut known: BTreeSet<String> = known.into_iter().map(|worker| folded(&worker.email)).collect();
    let mut workers = Vec::new();
    for (row, record) in records(text, ImportKind::People.columns())? {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let organisation = tree.get(cell(2)).ok_or_else(|| unknown(row, "organisation", cell(2)))?;
        let roles = roles(row, (cell(3), by))?;
        let language = Language::of(cell(4)).ok_or_else(|| unknown(row, "language", cell(4)))?;
        let email = folded(cell(0));
        notifier::check_address(cell(1), &email).map_err(|error| CsvFault::new(row, "email", error))?;
        if !known.insert(email.clone()) {
            return Err(CsvFault::new(row, "email", known_already(&email)).into());
        }
        let new = NewPerson {
            email,
            name: cell(1).to_owned(),
            organisation: organisation.code.clone(),
            roles,
            language,
        };
        workers.push(worker(new, organisation));
    }
    tx.add_people(&workers).await?;
    Ok(workers.len())
}

/// The roles of a row; only whoever is at the server's terminal gives any.
fn roles(row: usize, (written, by): (&str, &Actor)) -> Result<Vec<Role>, CsvFault> {
    match by {
        Actor::Person(_) if written.is_empty() => return Ok(Vec::new()),
        Actor::Person(_) => {
            let zh = "角色由安全管理员授予，此列请留空";
            let en = "roles are given by the administrator of security; leave this empty";
            return Err(CsvFault::new(row, "roles", (zh, en)));
        }
        Actor::System => {}
    }
    let roles = written.split(';').map(|word| role(row, word.trim())).collect::<Result<Vec<_>, _>>()?;
    sorted(&roles).map_err(|error| CsvFault::new(row, "roles", error))
}

fn role(row: usize, word: &str) -> Result<Role, CsvFault> {
    let role = Role::from_word(word).filter(|role| *role != Role::System);
    role.ok_or_else(|| unknown(row, "roles", word))
}

fn worker(new: NewPerson, organisation: &Organisation) -> Worker {
    let NewPerson { email, name, organisation: _, roles, language } = new;
    let person = Person {
        user: UserId(Uuid::now_v7()),
        name,
        organisation: organisation.id,
        district: organisation.district,
        roles,
        deputises: Vec::new(),
    };
    Worker { person, email, language, preference: Preference::default() }
}

fn unknown(row: usize, column: &str, value: &str) -> CsvFault {
    CsvFault::new(row, column, (format!("没有“{value}”"), format!("`{value}` is not known")))
}

fn known_already(email: &str) -> Bilingual {
    (format!("{email} 已登记"), format!("`{email}` is known already")).into()
}
