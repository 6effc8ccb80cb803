//! Yellow and red cards: given once, changed under their version, read within a scope.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, TryInsertResult,
};
use uuid::Uuid;
use workflow::card::{Card, CardStage, CardStageKind, Colour};
use workflow::id::{CardId, OrganisationId, RequestId};
use workflow::lateness::Cause;
use workflow::stage::StageKind;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::rows::card;
use crate::scope::Scope;

impl Tx {
    /// Gives a card; false if the step has one of that colour already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn give_card(&self, card: &Card) -> Result<bool, StoreError> {
        let once = [card::Column::RequestId, card::Column::Step, card::Column::BegunOn, card::Column::Colour];
        let given = OnConflict::columns(once).do_nothing().to_owned();
        let insert = card::Entity::insert(card_row(card)?).on_conflict(given).try_insert();
        let TryInsertResult::Inserted(1) = insert.exec_without_returning(&self.on).await? else {
            return Ok(false);
        };
        self.tell_written::<card::Entity>(card::Column::Id.eq(card.id.0)).await?;
        Ok(true)
    }

    /// Keeps where a card stands now.
    ///
    /// # Errors
    /// `Conflict` if somebody else was first.
    pub async fn keep_card(&self, card: &Card) -> Result<(), StoreError> {
        let update = card::Entity::update_many()
            .col_expr(card::Column::Stage, Expr::value(card.stage.kind().word()))
            .col_expr(card::Column::StageData, Expr::value(stage_data(card)?))
            .col_expr(card::Column::Version, Expr::value(card.version))
            .filter(card::Column::Id.eq(card.id.0))
            .filter(card::Column::Version.eq(card.version - 1));
        match update.exec(&self.on).await?.rows_affected {
            1 => self.tell_written::<card::Entity>(card::Column::Id.eq(card.id.0)).await,
            _ => Err(StoreError::Conflict),
        }
    }
}

impl Reader<'_> {
    /// The cards of a scope in some stages (all, if none is named), oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn cards(&self, scope: Scope, stages: &[CardStageKind]) -> Result<Vec<Card>, StoreError> {
        let mut query = card::Entity::find().filter(within(scope));
        if !stages.is_empty() {
            query = query.filter(card::Column::Stage.is_in(stages.iter().map(|stage| stage.word())));
        }
        let rows = query.order_by_asc(card::Column::Id).all(&self.on).await?;
        rows.into_iter().map(card_of).collect()
    }

    /// The contests that nobody has answered yet, oldest first, each with its own fault: one that cannot be read hides no
    /// other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn contested_cards(&self) -> Result<Vec<Result<Card, StoreError>>, StoreError> {
        let contested = card::Column::Stage.eq(CardStageKind::Contested.word());
        let found = card::Entity::find().filter(contested).order_by_asc(card::Column::Id);
        Ok(found.all(&self.on).await?.into_iter().map(card_of).collect())
    }

    /// The cards of some requests.
    ///
    /// # Errors
    /// What the database says.
    pub async fn cards_of(&self, requests: &[RequestId]) -> Result<Vec<Card>, StoreError> {
        let mut cards = Vec::new();
        for part in requests.chunks(crate::organisations::BATCH) {
            let ids = part.iter().map(|request| request.0);
            let of = card::Entity::find().filter(card::Column::RequestId.is_in(ids));
            cards.extend(of.order_by_asc(card::Column::Id).all(&self.on).await?);
        }
        cards.into_iter().map(card_of).collect()
    }

    /// The card of an id, within a scope.
    ///
    /// # Errors
    /// `NotFound` outside the scope as well.
    pub async fn card(&self, id: Uuid, scope: Scope) -> Result<Card, StoreError> {
        let found = card::Entity::find_by_id(id).filter(within(scope)).one(&self.on).await?;
        card_of(found.ok_or(StoreError::NotFound("card"))?)
    }
}

/// An organisation sees its own cards, a district those given in it; a community has none.
fn within(scope: Scope) -> Condition {
    let condition = Condition::all();
    match scope {
        Scope::Everything => condition,
        Scope::District(district) => condition.add(card::Column::DistrictId.eq(district.0)),
        Scope::Department(own) | Scope::Community(own) => {
            condition.add(card::Column::OrganisationId.eq(own.0))
        }
    }
}

fn stage_data(card: &Card) -> Result<String, StoreError> {
    serde_json::to_string(&card.stage).map_err(|error| unreadable("cards", card.id, error))
}

fn card_row(card: &Card) -> Result<card::ActiveModel, StoreError> {
    let data = stage_data(card)?;
    let Card {
        id,
        district,
        organisation,
        request,
        number,
        title,
        department,
        step,
        begun_on,
        due,
        given_on,
        colour,
        cause,
        stage,
        version,
    } = card;
    Ok(card::ActiveModel {
        id: Set(id.0),
        district_id: Set(district.0),
        organisation_id: Set(organisation.0),
        request_id: Set(request.0),
        number: Set(number.clone()),
        title: Set(title.clone()),
        department: Set(department.clone()),
        step: Set(step.word().to_owned()),
        begun_on: Set(*begun_on),
        due: Set(*due),
        given_on: Set(*given_on),
        colour: Set(colour.word().to_owned()),
        cause: Set(cause.word().to_owned()),
        stage: Set(stage.kind().word().to_owned()),
        stage_data: Set(data),
        version: Set(*version),
    })
}

fn card_of(row: card::Model) -> Result<Card, StoreError> {
    let card::Model {
        id,
        district_id,
        organisation_id,
        request_id,
        number,
        title,
        department,
        step,
        begun_on,
        due,
        given_on,
        colour,
        cause,
        stage: _,
        stage_data,
        version,
    } = row;
    let broken = |word: &str| unreadable("cards", id, word);
    let stage: CardStage =
        serde_json::from_str(&stage_data).map_err(|error| unreadable("cards", id, error))?;
    Ok(Card {
        id: CardId(id),
        district: OrganisationId(district_id),
        organisation: OrganisationId(organisation_id),
        request: RequestId(request_id),
        number,
        title,
        department,
        step: StageKind::from_word(&step).ok_or_else(|| broken(&step))?,
        begun_on,
        due,
        given_on,
        colour: Colour::from_word(&colour).ok_or_else(|| broken(&colour))?,
        cause: Cause::from_word(&cause).ok_or_else(|| broken(&cause))?,
        stage,
        version,
    })
}
