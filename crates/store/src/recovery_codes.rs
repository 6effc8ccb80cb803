//! Recovery codes: each opens an account once in the place of the second factor. Only hashes are kept, and they carry a
//! stamp, so that one put in by hand is found by the audit.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use workflow::id::UserId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::recovery_code;

impl Tx {
    /// Gives a person these codes in the place of all before them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_recovery_codes(&self, person: UserId, hashes: &[String]) -> Result<(), StoreError> {
        let theirs = recovery_code::Column::PersonId.eq(person.0);
        self.unstamp::<recovery_code::Entity>(theirs.clone()).await?;
        recovery_code::Entity::delete_many().filter(theirs).exec(&self.on).await?;
        if hashes.is_empty() {
            return Ok(());
        }
        let row = |hash: &String| recovery_code::Model {
            person_id: person.0,
            code_hash: hash.clone(),
            used_at: None,
        };
        let rows: Vec<_> = hashes.iter().map(row).collect();
        self.stamp_rows(&rows);
        let rows = rows.into_iter().map(recovery_code::Model::into_active_model);
        recovery_code::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Uses a code up; false where there is none, or where it was used before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn use_recovery_code(
        &self,
        (person, hash): (UserId, &str),
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let code = recovery_code::Column::PersonId.eq(person.0);
        let code = code.and(recovery_code::Column::CodeHash.eq(hash));
        let used = recovery_code::Entity::update_many()
            .col_expr(recovery_code::Column::UsedAt, Expr::value(Some(to_microsecond(at))))
            .filter(code.clone().and(recovery_code::Column::UsedAt.is_null()))
            .exec(&self.on)
            .await?;
        if used.rows_affected != 1 {
            return Ok(false);
        }
        self.stamp::<recovery_code::Entity>(code).await?;
        Ok(true)
    }
}

impl Reader<'_> {
    /// How many codes a person has left.
    ///
    /// # Errors
    /// What the database says.
    pub async fn recovery_codes_left(&self, person: UserId) -> Result<u64, StoreError> {
        let left = recovery_code::Entity::find()
            .filter(recovery_code::Column::PersonId.eq(person.0))
            .filter(recovery_code::Column::UsedAt.is_null());
        Ok(left.count(&self.on).await?)
    }
}
