//! The organisation tree, and the communities' sizes by year.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use workflow::facts::BodyKind;
use workflow::id::OrganisationId;
use workflow::quota::Staff;
use workflow::words;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::START;
use crate::progress::{done_steps, expect_steps};
use crate::rows::{community, organisation};

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
    /// The day on which it was merged into another.
    pub closed_on: Option<NaiveDate>,
    pub merged_into: Option<OrganisationId>,
}

/// A community's size in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunitySize {
    pub community: OrganisationId,
    pub year: i32,
    pub households: i64,
    pub residents: i64,
    pub workers: Option<i32>,
    /// None where there is no service station.
    pub station_workers: Option<i32>,
}

impl CommunitySize {
    /// Who works there.
    #[must_use]
    pub fn staff(&self) -> Staff {
        Staff {
            households: self.households,
            residents: self.residents,
            workers: self.workers.map(i64::from),
            station_workers: self.station_workers.map(i64::from),
        }
    }
}

impl Tx {
    /// Holds a district until the transaction ends, so that its numbers are given to one after the other; whoever only names
    /// the district is not held up.
    pub(crate) async fn numbers_alone(&self, district: OrganisationId) -> Result<(), StoreError> {
        let place = organisation::Entity::find_by_id(district.0).lock(LockType::NoKeyUpdate);
        place.one(&self.on).await?.map(|_| ()).ok_or(StoreError::NotFound("organisation"))
    }

    /// Adds organisations, or renews those whose code is known; the place in the tree and the id stay.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_organisations(&self, organisations: &[Organisation]) -> Result<(), StoreError> {
        expect_steps(organisations.len());
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
        for part in organisations.chunks(BATCH) {
            let codes = part.iter().map(|organisation| organisation.code.as_str());
            let written = organisation::Entity::find().filter(organisation::Column::Code.is_in(codes));
            let written = written.all(&self.on).await?;
            self.index_organisations(&written).await?;
            self.tell(&written);
            done_steps(part.len()).await;
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
                community::Column::StationWorkers,
            ])
            .to_owned();
        for part in sizes.chunks(BATCH) {
            let rows: Vec<_> = part.iter().map(size_row).collect();
            self.tell(&rows);
            let rows = rows.into_iter().map(community::Model::into_active_model);
            let insert = community::Entity::insert_many(rows).on_conflict(renewed.clone());
            insert.exec_without_returning(&self.on).await?;
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

    /// Every organisation of some kinds, by code.
    ///
    /// # Errors
    /// What the database says.
    pub async fn organisations_of_kinds(
        &self,
        kinds: &[OrganisationKind],
    ) -> Result<Vec<Organisation>, StoreError> {
        let wanted = organisation::Column::Kind.is_in(kinds.iter().map(|kind| kind.word()));
        let found = organisation::Entity::find().filter(wanted).order_by_asc(organisation::Column::Code);
        found.all(&self.on).await?.into_iter().map(organisation_of).collect()
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

    /// The organisations of a kind in a district, by code.
    ///
    /// # Errors
    /// What the database says.
    pub async fn organisations_in(
        &self,
        district: OrganisationId,
        kind: OrganisationKind,
    ) -> Result<Vec<Organisation>, StoreError> {
        let rows = organisation::Entity::find()
            .filter(organisation::Column::DistrictId.eq(district.0))
            .filter(organisation::Column::Kind.eq(kind.word()))
            .order_by_asc(organisation::Column::Code)
            .all(&self.on)
            .await?;
        rows.into_iter().map(organisation_of).collect()
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
            let community::Model { organisation_id, year, households, residents, workers, station_workers } =
                row;
            let community = OrganisationId(organisation_id);
            (community, CommunitySize { community, year, households, residents, workers, station_workers })
        };
        Ok(rows.into_iter().map(size).collect())
    }
}

fn size_row(size: &CommunitySize) -> community::Model {
    let CommunitySize { community, year, households, residents, workers, station_workers } = size;
    community::Model {
        organisation_id: community.0,
        year: *year,
        households: *households,
        residents: *residents,
        workers: *workers,
        station_workers: *station_workers,
    }
}

fn organisation_row(organisation: Organisation) -> organisation::ActiveModel {
    let Organisation {
        id,
        district,
        parent,
        kind,
        code,
        name,
        name_en,
        body,
        hosts_office,
        closed_on,
        merged_into,
    } = organisation;
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
        closed_on: Set(closed_on),
        merged_into: Set(merged_into.map(|into| into.0)),
        event_count: Set(0),
        event_head: Set(START.to_owned()),
    }
}

pub(crate) fn organisation_of(row: organisation::Model) -> Result<Organisation, StoreError> {
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
        closed_on,
        merged_into,
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
        closed_on,
        merged_into: merged_into.map(OrganisationId),
    })
}
