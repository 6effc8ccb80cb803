//! Special funds (专项资金) of a district, and the rewards they have paid.

use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::id::{FundId, OrganisationId, RequestId};
use workflow::money::Fen;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::rows::{reward, special_fund};

/// A special fund: what its money is for, and in which years it may be spent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SpecialFund {
    pub id: FundId,
    pub district: OrganisationId,
    /// Unique in the district; what people write on the command line.
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub first_year: i32,
    pub last_year: i32,
    pub purpose: String,
}

/// A reward (以奖代补) of a community for a request's work.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reward {
    pub request: RequestId,
    pub community: OrganisationId,
    pub amount: Fen,
    /// The movement of the money.
    pub posting: Uuid,
}

impl Tx {
    /// Keeps a new special fund.
    ///
    /// # Errors
    /// A code that the district uses already is a `Duplicate`.
    pub async fn add_special_fund(&self, fund: SpecialFund) -> Result<(), StoreError> {
        let SpecialFund { id, district, code, name, name_en, first_year, last_year, purpose } = fund;
        let row = special_fund::Model {
            id: id.0,
            district_id: district.0,
            code,
            name,
            name_en,
            first_year,
            last_year,
            purpose,
        };
        self.tell([&row]);
        special_fund::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Keeps a reward.
    ///
    /// # Errors
    /// A second one of the same request and community is a `Duplicate`.
    pub async fn add_reward(&self, reward: Reward) -> Result<(), StoreError> {
        let Reward { request, community, amount, posting } = reward;
        let row = reward::Model {
            request_id: request.0,
            community_id: community.0,
            amount_fen: amount.0,
            posting_id: posting,
        };
        self.tell([&row]);
        reward::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Takes rewards away whose postings have been reversed; their place is free again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_rewards(&self, postings: &[Uuid]) -> Result<(), StoreError> {
        let theirs = reward::Column::PostingId.is_in(postings.iter().copied());
        self.tell_gone(&reward::Entity::find().filter(theirs.clone()).all(&self.on).await?);
        reward::Entity::delete_many().filter(theirs).exec(&self.on).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// The special funds of a district, by code.
    ///
    /// # Errors
    /// What the database says.
    pub async fn special_funds(&self, district: OrganisationId) -> Result<Vec<SpecialFund>, StoreError> {
        let of_district = special_fund::Column::DistrictId.eq(district.0);
        let rows = special_fund::Entity::find()
            .filter(of_district)
            .order_by_asc(special_fund::Column::Code)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(fund_of).collect())
    }

    /// The special fund of a code.
    ///
    /// # Errors
    /// `NotFound` in another district as well.
    pub async fn special_fund(
        &self,
        district: OrganisationId,
        code: &str,
    ) -> Result<SpecialFund, StoreError> {
        let found = special_fund::Entity::find()
            .filter(special_fund::Column::DistrictId.eq(district.0))
            .filter(special_fund::Column::Code.eq(code))
            .one(&self.on)
            .await?;
        Ok(fund_of(found.ok_or(StoreError::NotFound("special fund"))?))
    }

    /// Every special fund, for names in views and for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_special_funds(&self) -> Result<Vec<SpecialFund>, StoreError> {
        let rows =
            special_fund::Entity::find().order_by_asc(special_fund::Column::Code).all(&self.on).await?;
        Ok(rows.into_iter().map(fund_of).collect())
    }

    /// Every reward, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_rewards(&self) -> Result<Vec<Reward>, StoreError> {
        let rows = reward::Entity::find().all(&self.on).await?;
        Ok(rows.iter().map(reward_of).collect())
    }
}

fn fund_of(row: special_fund::Model) -> SpecialFund {
    let special_fund::Model { id, district_id, code, name, name_en, first_year, last_year, purpose } = row;
    let (id, district) = (FundId(id), OrganisationId(district_id));
    SpecialFund { id, district, code, name, name_en, first_year, last_year, purpose }
}

fn reward_of(row: &reward::Model) -> Reward {
    let reward::Model { request_id, community_id, amount_fen, posting_id } = *row;
    let (request, community) = (RequestId(request_id), OrganisationId(community_id));
    Reward { request, community, amount: Fen(amount_fen), posting: posting_id }
}
