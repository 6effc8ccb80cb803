//! Errands: long work that somebody has begun, for whoever has begun it, in no history; what the work itself does is told by
//! its own events.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use workflow::id::{ErrandId, UserId};
use workflow::words;

use crate::connect::{Reader, Store, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::rows::errand;

words! {
    /// How an errand stands.
    ErrandState {
        Running = "running", "办理中", "running";
        Finished = "finished", "已完成", "finished";
        Failed = "failed", "未能完成", "failed";
        Interrupted = "interrupted", "已中断", "interrupted";
    }
}

/// Long work that somebody has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    pub id: ErrandId,
    pub person: UserId,
    pub kind: String,
    /// What was asked for, as JSON.
    pub wanted: String,
    pub state: ErrandState,
    /// Steps that are done, and all of them; none at all where nobody can say how many there are.
    pub done: i64,
    pub total: i64,
    pub begun_at: DateTime<Utc>,
    /// When the node that does it was last heard of.
    pub seen_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// What it came to, as JSON.
    pub result: Option<String>,
}

/// What has become of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrandEnd {
    pub state: ErrandState,
    /// Steps that were done, and all of them.
    pub steps: (i64, i64),
    /// As JSON.
    pub result: String,
}

impl Tx {
    /// Keeps an errand that begins.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_errand(&self, errand: &Errand) -> Result<(), StoreError> {
        let Errand { id, person, kind, wanted, state, done, total, begun_at, seen_at, ended_at, result } =
            errand;
        let row = errand::Model {
            id: id.0,
            person_id: person.0,
            kind: kind.clone(),
            wanted: wanted.clone(),
            state: state.word().to_owned(),
            done: *done,
            total: *total,
            begun_at: to_microsecond(*begun_at),
            seen_at: to_microsecond(*seen_at),
            ended_at: ended_at.map(to_microsecond),
            result: result.clone(),
        };
        errand::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Ends an errand that runs; one that is over stays as it is.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_errand(
        &self,
        ErrandId(id): ErrandId,
        end: &ErrandEnd,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use errand::Column as C;
        let ErrandEnd { state, steps: (done, total), result } = end;
        let update = errand::Entity::update_many()
            .col_expr(C::State, Expr::value(state.word()))
            .col_expr(C::Done, Expr::value(*done))
            .col_expr(C::Total, Expr::value(*total))
            .col_expr(C::SeenAt, Expr::value(to_microsecond(at)))
            .col_expr(C::EndedAt, Expr::value(to_microsecond(at)))
            .col_expr(C::Result, Expr::value(result.as_str()));
        update.filter(C::Id.eq(id)).filter(runs()).exec(&self.on).await?;
        Ok(())
    }

    /// Forgets errands that were over before a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_errands(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = errand::Column::EndedAt.lt(to_microsecond(before));
        Ok(errand::Entity::delete_many().filter(old).exec(&self.on).await?.rows_affected)
    }
}

fn runs() -> sea_orm::sea_query::SimpleExpr {
    errand::Column::State.eq(ErrandState::Running.word())
}

impl Store {
    /// Whether several nodes may work on it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.connections().0.get_database_backend() != DbBackend::Sqlite
    }

    /// Notes how far an errand has come, where other nodes may want to know.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_errand(
        &self,
        ErrandId(id): ErrandId,
        (done, total): (i64, i64),
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        use errand::Column as C;
        if !self.is_shared() {
            return Ok(());
        }
        let update = errand::Entity::update_many()
            .col_expr(C::Done, Expr::value(done))
            .col_expr(C::Total, Expr::value(total))
            .col_expr(C::SeenAt, Expr::value(to_microsecond(at)));
        update.filter(C::Id.eq(id)).filter(runs()).exec(self.connections().0).await?;
        Ok(())
    }

    /// Marks the errands whose node is no longer there: all that run and are not the caller's own; where there may be several
    /// nodes, those of which nothing was heard since a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn interrupt_errands(
        &self,
        own: &[ErrandId],
        unheard_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        use errand::Column as C;
        let mut update = errand::Entity::update_many()
            .col_expr(C::State, Expr::value(ErrandState::Interrupted.word()))
            .col_expr(C::EndedAt, Expr::value(to_microsecond(now)))
            .filter(runs())
            .filter(C::Id.is_not_in(own.iter().map(|id| id.0)));
        if self.is_shared() {
            update = update.filter(C::SeenAt.lt(to_microsecond(unheard_since)));
        }
        Ok(update.exec(self.connections().0).await?.rows_affected)
    }
}

impl Reader<'_> {
    /// An errand.
    ///
    /// # Errors
    /// `NotFound`, also where it is somebody else's.
    pub async fn errand(&self, id: Uuid, person: UserId) -> Result<Errand, StoreError> {
        let own = errand::Column::PersonId.eq(person.0);
        let found = errand::Entity::find_by_id(id).filter(own).one(&self.on).await?;
        errand_of(found.ok_or(StoreError::NotFound("errand"))?)
    }

    /// The errands of a person, the newest first, at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn errands_of(&self, person: UserId, most: u64) -> Result<Vec<Errand>, StoreError> {
        let own = errand::Entity::find().filter(errand::Column::PersonId.eq(person.0));
        let rows = own.order_by_desc(errand::Column::Id).limit(most).all(&self.on).await?;
        rows.into_iter().map(errand_of).collect()
    }

    /// How many errands of a person run, of which something was heard since a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn running_errands(
        &self,
        person: UserId,
        heard_since: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        use errand::Column as C;
        let own = errand::Entity::find().filter(C::PersonId.eq(person.0)).filter(runs());
        let count = own.filter(C::SeenAt.gte(to_microsecond(heard_since))).count(&self.on).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

fn errand_of(row: errand::Model) -> Result<Errand, StoreError> {
    let errand::Model {
        id,
        person_id,
        kind,
        wanted,
        state,
        done,
        total,
        begun_at,
        seen_at,
        ended_at,
        result,
    } = row;
    let state = ErrandState::from_word(&state).ok_or_else(|| unreadable("errands", id, state))?;
    let (id, person) = (ErrandId(id), UserId(person_id));
    Ok(Errand { id, person, kind, wanted, state, done, total, begun_at, seen_at, ended_at, result })
}
