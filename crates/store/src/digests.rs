//! What waits for a person's next digest: kind and values only, made into a letter when the morning comes.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{CaseStatement, Expr, LockType};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use workflow::id::{LetterId, OrganisationId, RequestId, UserId};
use workflow::notice::NoticeKind;

use crate::connect::Tx;
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::organisations::BATCH;
use crate::outbox::LetterState;
use crate::rows::digest_item;

/// One notice that waits for a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestItem {
    pub id: Uuid,
    pub person: UserId,
    pub district: OrganisationId,
    pub request: Option<RequestId>,
    pub kind: NoticeKind,
    /// Names and values of the kind's template.
    pub values: Vec<(String, String)>,
    /// The step it is about; with the step's end it is superseded.
    pub step: Option<String>,
    pub at: DateTime<Utc>,
}

impl Tx {
    /// Keeps notices for the next digest of their readers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn gather(&self, items: Vec<DigestItem>) -> Result<(), StoreError> {
        let rows = items.into_iter().map(item_row).collect::<Result<Vec<_>, _>>()?;
        for part in rows.chunks(BATCH) {
            let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
            digest_item::Entity::insert_many(part).exec_without_returning(&self.on).await?;
        }
        self.stamp_rows(&rows);
        Ok(())
    }

    /// Everything that waits for a digest, oldest first, locked until the commit; what cannot be read stands as its
    /// error among the others.
    ///
    /// # Errors
    /// What the database says.
    pub async fn gathered(&self) -> Result<Vec<Result<DigestItem, StoreError>>, StoreError> {
        let rows = digest_item::Entity::find()
            .filter(digest_item::Column::State.eq(LetterState::Gathered.word()))
            .order_by_asc(digest_item::Column::At)
            .order_by_asc(digest_item::Column::Id)
            .lock(LockType::Update)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(item_of).collect())
    }

    /// Notes with which digest each item has left.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_digests(&self, went: &[(Uuid, LetterId)]) -> Result<(), StoreError> {
        for part in went.chunks(BATCH) {
            let letter = part.iter().fold(CaseStatement::new(), |case, (item, letter)| {
                case.case(digest_item::Column::Id.eq(*item), Expr::value(letter.0))
            });
            digest_item::Entity::update_many()
                .col_expr(digest_item::Column::State, Expr::value(LetterState::Sent.word()))
                .col_expr(digest_item::Column::LetterId, letter.into())
                .filter(digest_item::Column::Id.is_in(part.iter().map(|(item, _)| *item)))
                .exec(&self.on)
                .await?;
            let theirs = digest_item::Column::Id.is_in(part.iter().map(|(item, _)| *item));
            self.stamp::<digest_item::Entity>(theirs).await?;
        }
        Ok(())
    }

    /// Withdraws what waits for a digest about a step that is not among the open ones.
    pub(crate) async fn supersede_items(
        &self,
        request: RequestId,
        open: &[String],
        reason: &str,
    ) -> Result<u64, StoreError> {
        let items = digest_item::Entity::update_many()
            .col_expr(digest_item::Column::State, Expr::value(LetterState::Superseded.word()))
            .col_expr(digest_item::Column::Reason, Expr::value(Some(reason)))
            .filter(digest_item::Column::RequestId.eq(request.0))
            .filter(digest_item::Column::State.eq(LetterState::Gathered.word()))
            .filter(digest_item::Column::Step.is_not_null())
            .filter(digest_item::Column::Step.is_not_in(open))
            .exec(&self.on)
            .await?;
        if items.rows_affected > 0 {
            let theirs = digest_item::Column::RequestId.eq(request.0);
            let theirs = theirs.and(digest_item::Column::State.eq(LetterState::Superseded.word()));
            self.stamp::<digest_item::Entity>(theirs).await?;
        }
        Ok(items.rows_affected)
    }
}

fn item_row(item: DigestItem) -> Result<digest_item::Model, StoreError> {
    let DigestItem { id, person, district, request, kind, values, step, at } = item;
    let details = serde_json::to_string(&values).map_err(|error| unreadable("digest_items", id, error))?;
    Ok(digest_item::Model {
        id,
        person_id: person.0,
        district_id: district.0,
        request_id: request.map(|request| request.0),
        kind: kind.word().to_owned(),
        details,
        step,
        at: to_microsecond(at),
        state: LetterState::Gathered.word().to_owned(),
        reason: None,
        letter_id: None,
    })
}

fn item_of(row: digest_item::Model) -> Result<DigestItem, StoreError> {
    let digest_item::Model {
        id,
        person_id,
        district_id,
        request_id,
        kind,
        details,
        step,
        at,
        state: _,
        reason: _,
        letter_id: _,
    } = row;
    let kind = NoticeKind::from_word(&kind).ok_or_else(|| unreadable("digest_items", id, &kind))?;
    let values = serde_json::from_str(&details).map_err(|error| unreadable("digest_items", id, error))?;
    Ok(DigestItem {
        id,
        person: UserId(person_id),
        district: OrganisationId(district_id),
        request: request_id.map(RequestId),
        kind,
        values,
        step,
        at,
    })
}
