//! The first three people of a new database, the separate administrators (三员分立): each has one role, none of them may do
//! what the others do, and their passwords work for one sign-in.

use chrono::{DateTime, Utc};
use store::{Organisation, OrganisationKind, SignInOutcome, Worker};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::OrganisationId;
use workflow::language::Language;

use crate::Engine;
use crate::accounts::{Visit, put_password};
use crate::error::EngineError;
use crate::import::{NewPerson, added, line};

/// The left parts of their addresses, in the order of [`Role::SEPARATE`].
pub const FIRST_ADDRESSES: [&str; 3] = ["system", "security", "audit"];

/// Where the first administrators are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPlace {
    /// The right part of their addresses.
    pub domain: String,
    /// Code and name of the city, which is made where there is none yet.
    pub city: (String, String),
    pub language: Language,
}

impl Engine {
    /// Whether somebody administers system or security.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_administrators(&self) -> Result<bool, EngineError> {
        Ok(self.reader().everyone().await?.iter().any(administers))
    }

    /// Makes the three on a database on which nobody administers system or security, with the hashes of their passwords
    /// in the order of [`Role::SEPARATE`]; none where somebody does.
    ///
    /// # Errors
    /// The domain makes no address, or an address is somebody's.
    pub async fn first_administrators(
        &self,
        place: &FirstPlace,
        hashes: [String; 3],
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Worker>>, EngineError> {
        let tx = self.store.begin().await?;
        if tx.reader().everyone().await?.iter().any(administers) {
            return Ok(None);
        }
        let cities = tx.reader().organisations_of_kinds(&[OrganisationKind::City]).await?;
        let known = cities.into_iter().find(|city| city.closed_on.is_none());
        let city = if let Some(city) = known {
            city
        } else {
            let city = new_city(&place.city);
            tx.put_organisations(std::slice::from_ref(&city)).await?;
            city
        };
        let mut workers = Vec::new();
        for (role, address) in Role::SEPARATE.into_iter().zip(FIRST_ADDRESSES) {
            let new = NewPerson {
                email: format!("{address}@{}", place.domain),
                name: role.name(place.language).to_owned(),
                organisation: city.code.clone(),
                roles: vec![role],
                language: place.language,
            };
            workers.push(added(&tx, new, &city).await?);
        }
        tx.record_in_register(line(Role::System, "first_administrators", now)).await?;
        let visit = Visit { source: "terminal", agent: "zhunru", now, session: None };
        for (worker, phc) in workers.iter().zip(hashes) {
            put_password(&tx, worker.person.user, (phc, SignInOutcome::OneTimeSet), visit).await?;
        }
        tx.commit().await?;
        self.read_cities().await?;
        Ok(Some(workers))
    }
}

fn administers(worker: &Worker) -> bool {
    worker.person.roles.iter().any(|role| matches!(role, Role::Admin | Role::Security))
}

fn new_city((code, name): &(String, String)) -> Organisation {
    let id = OrganisationId(Uuid::now_v7());
    Organisation {
        id,
        district: id,
        parent: None,
        kind: OrganisationKind::City,
        code: code.clone(),
        name: name.clone(),
        name_en: String::new(),
        body: None,
        hosts_office: false,
        closed_on: None,
        merged_into: None,
    }
}
