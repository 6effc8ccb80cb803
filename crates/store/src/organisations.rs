//! The organisation tree, the people in it, and the communities' sizes by year.

use std::collections::BTreeMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use workflow::actor::{Person, Role};
use workflow::facts::BodyKind;
use workflow::id::{OrganisationId, UserId};
use workflow::language::Language;
use workflow::notice::Audience;
use workflow::words;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::START;
use crate::rows::{community, organisation, person, person_role};

words! {
    /// What a node of the tree is.
    OrganisationKind {
        City = "city", "市", "city";
        District = "district", "区", "district";
        Office = "office", "领导小组办公室", "office";
        Department = "department", "部门", "department";
        Subdistrict = "subdistrict", "街道", "subdistrict";
        Community = "community", "社区", "community";
    }
}

/// A node of the tree; levels may be missing between a community and its district.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Organisation {
    pub id: OrganisationId,
    /// The district (or the city) under whose office it stands.
    pub district: OrganisationId,
    pub parent: Option<OrganisationId>,
    pub kind: OrganisationKind,
    pub code: String,
    pub name: String,
    pub name_en: String,
    /// For departments and subdistricts.
    pub body: Option<BodyKind>,
    pub hosts_office: bool,
}

/// Someone who works with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    pub person: Person,
    pub email: String,
    pub language: Language,
}

/// A community's size in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunitySize {
    pub community: OrganisationId,
    pub year: i32,
    pub households: i64,
    pub residents: i64,
    pub workers: Option<i32>,
}

impl Tx {
    /// Adds organisations, or renews those whose code is known; the place in the tree and the id stay.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_organisations(&self, organisations: &[Organisation]) -> Result<(), StoreError> {
        let rows: Vec<_> = organisations.iter().cloned().map(organisation_row).collect();
        let renewed = OnConflict::column(organisation::Column::Code)
            .update_columns([
                organisation::Column::Name,
                organisation::Column::NameEn,
                organisation::Column::Body,
                organisation::Column::HostsOffice,
            ])
            .to_owned();
        for part in rows.chunks(BATCH) {
            let insert = organisation::Entity::insert_many(part.iter().cloned()).on_conflict(renewed.clone());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Adds sizes, or renews those of the same community and year.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_sizes(&self, sizes: &[CommunitySize]) -> Result<(), StoreError> {
        let columns = [community::Column::OrganisationId, community::Column::Year];
        let renewed = OnConflict::columns(columns)
            .update_columns([
                community::Column::Households,
                community::Column::Residents,
                community::Column::Workers,
            ])
            .to_owned();
        for part in sizes.chunks(BATCH) {
            let rows = part.iter().map(|size| {
                let CommunitySize { community, year, households, residents, workers } = size.clone();
                community::ActiveModel {
                    organisation_id: Set(community.0),
                    year: Set(year),
                    households: Set(households),
                    residents: Set(residents),
                    workers: Set(workers),
                }
            });
            let insert = community::Entity::insert_many(rows).on_conflict(renewed.clone());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Adds people with their roles.
    ///
    /// # Errors
    /// An address that is known already is a `Duplicate`.
    pub async fn add_people(&self, workers: &[Worker]) -> Result<(), StoreError> {
        for part in workers.chunks(BATCH) {
            let rows = part.iter().map(|worker| {
                let Worker {
                    person: Person { user, name, organisation, district: _, roles: _ },
                    email,
                    language,
                } = worker.clone();
                person::ActiveModel {
                    id: Set(user.0),
                    organisation_id: Set(organisation.0),
                    name: Set(name),
                    email: Set(email),
                    language: Set(language.code().to_owned()),
                }
            });
            person::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
            let roles = part.iter().flat_map(|worker| {
                let user = worker.person.user;
                worker.person.roles.iter().map(move |role| person_role::ActiveModel {
                    person_id: Set(user.0),
                    role: Set(role.word().to_owned()),
                })
            });
            person_role::Entity::insert_many(roles).exec_without_returning(&self.on).await?;
        }
        Ok(())
    }
}

/// Rows of one statement; far below the limit of bound values of both databases.
pub(crate) const BATCH: usize = 500;

impl Reader<'_> {
    /// The whole tree, by code.
    ///
    /// # Errors
    /// What the database says.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let rows =
            organisation::Entity::find().order_by_asc(organisation::Column::Code).all(&self.on).await?;
        rows.into_iter().map(organisation_of).collect()
    }

    /// The organisation of a code.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn organisation(&self, code: &str) -> Result<Organisation, StoreError> {
        let found =
            organisation::Entity::find().filter(organisation::Column::Code.eq(code)).one(&self.on).await?;
        organisation_of(found.ok_or(StoreError::NotFound("organisation"))?)
    }

    /// The organisation of an id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn organisation_by_id(&self, id: OrganisationId) -> Result<Organisation, StoreError> {
        let found = organisation::Entity::find_by_id(id.0).one(&self.on).await?;
        organisation_of(found.ok_or(StoreError::NotFound("organisation"))?)
    }

    /// The organisations of those codes, by code.
    ///
    /// # Errors
    /// What the database says; codes that are not there are left out.
    pub async fn organisations_of(&self, codes: &[String]) -> Result<Vec<Organisation>, StoreError> {
        let rows = organisation::Entity::find()
            .filter(organisation::Column::Code.is_in(codes.iter().map(String::as_str)))
            .order_by_asc(organisation::Column::Code)
            .all(&self.on)
            .await?;
        rows.into_iter().map(organisation_of).collect()
    }

    /// The newest size of each community up to a year.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sizes(
        &self,
        communities: &[OrganisationId],
        year: i32,
    ) -> Result<BTreeMap<OrganisationId, CommunitySize>, StoreError> {
        let rows = community::Entity::find()
            .filter(community::Column::OrganisationId.is_in(communities.iter().map(|id| id.0)))
            .filter(community::Column::Year.lte(year))
            .order_by_asc(community::Column::Year)
            .all(&self.on)
            .await?;
        let size = |row: community::Model| {
            let community::Model { organisation_id, year, households, residents, workers } = row;
            let community = OrganisationId(organisation_id);
            (community, CommunitySize { community, year, households, residents, workers })
        };
        Ok(rows.into_iter().map(size).collect())
    }

    /// The person of an address.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn worker(&self, email: &str) -> Result<Worker, StoreError> {
        let found = person::Entity::find().filter(person::Column::Email.eq(email)).one(&self.on).await?;
        let workers = self.workers(vec![found.ok_or(StoreError::NotFound("person"))?]).await?;
        workers.into_iter().next().ok_or(StoreError::NotFound("person"))
    }

    /// Everyone, by address.
    ///
    /// # Errors
    /// What the database says.
    pub async fn everyone(&self) -> Result<Vec<Worker>, StoreError> {
        let rows = person::Entity::find().order_by_asc(person::Column::Email).all(&self.on).await?;
        self.workers(rows).await
    }

    /// Names of people by id, for histories.
    ///
    /// # Errors
    /// What the database says.
    pub async fn names(&self, users: &[UserId]) -> Result<BTreeMap<UserId, String>, StoreError> {
        let ids = users.iter().map(|user| user.0);
        let rows = person::Entity::find().filter(person::Column::Id.is_in(ids)).all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (UserId(row.id), row.name)).collect())
    }

    /// Who is meant by each audience, in the order given; three queries however many they are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recipients(&self, audiences: &[Audience]) -> Result<Vec<Vec<Worker>>, StoreError> {
        let mut organisations = Vec::new();
        let mut districts = Vec::new();
        for audience in audiences {
            match audience {
                Audience::Organisation { organisation, .. } => organisations.push(organisation.0),
                Audience::District { district, .. } => districts.push(district.0),
            }
        }
        if audiences.is_empty() {
            return Ok(Vec::new());
        }
        let near = Condition::any()
            .add(organisation::Column::Id.is_in(organisations))
            .add(organisation::Column::DistrictId.is_in(districts));
        let places = organisation::Entity::find().filter(near).all(&self.on).await?;
        let ids = places.iter().map(|row| row.id);
        let rows =
            person::Entity::find().filter(person::Column::OrganisationId.is_in(ids)).all(&self.on).await?;
        let workers = self.workers_of(rows, places).await?;
        Ok(audiences.iter().map(|audience| meant(audience, &workers)).collect())
    }

    async fn workers(&self, rows: Vec<person::Model>) -> Result<Vec<Worker>, StoreError> {
        let ids = rows.iter().map(|row| row.organisation_id);
        let places =
            organisation::Entity::find().filter(organisation::Column::Id.is_in(ids)).all(&self.on).await?;
        self.workers_of(rows, places).await
    }

    async fn workers_of(
        &self,
        rows: Vec<person::Model>,
        places: Vec<organisation::Model>,
    ) -> Result<Vec<Worker>, StoreError> {
        let ids = rows.iter().map(|row| row.id);
        let found = person_role::Entity::find()
            .filter(person_role::Column::PersonId.is_in(ids))
            .order_by_asc(person_role::Column::Role)
            .all(&self.on)
            .await?;
        let mut roles: BTreeMap<_, Vec<Role>> = BTreeMap::new();
        for row in found {
            let role = Role::from_word(&row.role);
            let role = role.ok_or_else(|| unreadable("person_roles", row.person_id, &row.role))?;
            roles.entry(row.person_id).or_default().push(role);
        }
        let districts: BTreeMap<_, _> = places.into_iter().map(|row| (row.id, row.district_id)).collect();
        rows.into_iter()
            .map(|row| {
                let person::Model { id, organisation_id, name, email, language } = row;
                let district = districts.get(&organisation_id).copied();
                let district =
                    district.ok_or_else(|| unreadable("people", id, "its organisation is missing"))?;
                let language = Language::of(&language)
                    .ok_or_else(|| unreadable("people", id, format!("`{language}`")))?;
                let person = Person {
                    user: UserId(id),
                    name,
                    organisation: OrganisationId(organisation_id),
                    district: OrganisationId(district),
                    roles: roles.remove(&id).unwrap_or_default(),
                };
                Ok(Worker { person, email, language })
            })
            .collect()
    }
}

fn meant(audience: &Audience, workers: &[Worker]) -> Vec<Worker> {
    let is_meant = |worker: &&Worker| match audience {
        Audience::Organisation { organisation, role } => {
            worker.person.organisation == *organisation && worker.person.roles.contains(role)
        }
        Audience::District { district, role } => {
            worker.person.district == *district && worker.person.roles.contains(role)
        }
    };
    workers.iter().filter(is_meant).cloned().collect()
}

fn organisation_row(organisation: Organisation) -> organisation::ActiveModel {
    let Organisation { id, district, parent, kind, code, name, name_en, body, hosts_office } = organisation;
    organisation::ActiveModel {
        id: Set(id.0),
        district_id: Set(district.0),
        parent_id: Set(parent.map(|parent| parent.0)),
        kind: Set(kind.word().to_owned()),
        code: Set(code),
        name: Set(name),
        name_en: Set(name_en),
        body: Set(body.map(|body| body.word().to_owned())),
        hosts_office: Set(hosts_office),
        event_count: Set(0),
        event_head: Set(START.to_owned()),
    }
}

fn organisation_of(row: organisation::Model) -> Result<Organisation, StoreError> {
    let organisation::Model {
        id,
        district_id,
        parent_id,
        kind,
        code,
        name,
        name_en,
        body,
        hosts_office,
        event_count: _,
        event_head: _,
    } = row;
    let word = |word: &str| unreadable("organisations", id, format!("`{word}`"));
    let body = body.map(|body| BodyKind::from_word(&body).ok_or_else(|| word(&body))).transpose()?;
    Ok(Organisation {
        id: OrganisationId(id),
        district: OrganisationId(district_id),
        parent: parent_id.map(OrganisationId),
        kind: OrganisationKind::from_word(&kind).ok_or_else(|| word(&kind))?,
        code,
        name,
        name_en,
        body,
        hosts_office,
    })
}
