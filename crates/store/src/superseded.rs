//! What waits about a step that is over never leaves: letters, dead ones too, and notices of the next digest.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter};
use workflow::id::RequestId;

use crate::connect::{Tx, statement};
use crate::error::StoreError;
use crate::outbox::LetterState;
use crate::rows::outbox;
use crate::webhooks::WebhookState;

/// Who and what may have to hear of a step; mostly nobody and nothing, so that one look spares three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    /// Letters of the request that have not left and are about a step.
    letters: i64,
    /// Notices of it for the next digest.
    items: i64,
    /// Web-hooks that are called, of whatever request.
    webhooks: i64,
}

impl Waiting {
    /// Whether any web-hook is called at all.
    #[must_use]
    pub fn has_webhooks(&self) -> bool {
        self.webhooks > 0
    }
}

impl Tx {
    /// What waits about a request.
    ///
    /// # Errors
    /// What the database says.
    pub async fn waiting(&self, request: RequestId) -> Result<Waiting, StoreError> {
        let sql = format!(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE request_id = ? AND state IN ('{}', '{}') AND step IS NOT NULL) \
             AS letters, (SELECT COUNT(*) FROM digest_items WHERE request_id = ? AND state = '{}' AND step IS NOT NULL) \
             AS items, (SELECT COUNT(*) FROM webhooks WHERE state = '{}') AS webhooks",
            LetterState::Waiting.word(),
            LetterState::Dead.word(),
            LetterState::Gathered.word(),
            WebhookState::Active.word(),
        );
        let look = statement(&self.on, &sql, vec![request.0.into(), request.0.into()]);
        let found = Waiting::find_by_statement(look).one(&self.on).await?;
        found.ok_or(StoreError::NotFound("count"))
    }

    /// Withdraws whatever waits about a step of the request that is not among the open ones, and gives its number. A
    /// letter that a node is sending at this moment may still leave.
    ///
    /// # Errors
    /// What the database says.
    pub async fn supersede(
        &self,
        (request, waiting): (RequestId, Waiting),
        open: &[String],
        reason: &str,
    ) -> Result<u64, StoreError> {
        let letters = match waiting.letters {
            0 => 0,
            _ => self.supersede_letters(request, open, reason).await?,
        };
        match waiting.items {
            0 => Ok(letters),
            _ => Ok(letters + self.supersede_items(request, open, reason).await?),
        }
    }

    async fn supersede_letters(
        &self,
        request: RequestId,
        open: &[String],
        reason: &str,
    ) -> Result<u64, StoreError> {
        let unsent = [LetterState::Waiting, LetterState::Dead].map(LetterState::word);
        let letters = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(LetterState::Superseded.word()))
            .col_expr(outbox::Column::Failure, Expr::value(Some(reason)))
            .filter(outbox::Column::RequestId.eq(request.0))
            .filter(outbox::Column::State.is_in(unsent))
            .filter(outbox::Column::Step.is_not_null())
            .filter(outbox::Column::Step.is_not_in(open))
            .exec(&self.on)
            .await?;
        if letters.rows_affected > 0 {
            let theirs = outbox::Column::RequestId.eq(request.0);
            let theirs = theirs.and(outbox::Column::State.eq(LetterState::Superseded.word()));
            self.stamp::<outbox::Entity>(theirs).await?;
        }
        Ok(letters.rows_affected)
    }
}
