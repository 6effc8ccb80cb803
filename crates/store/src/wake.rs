//! When a request is next to be looked at: a cached day that spares the sweep from reading everything. The limits
//! themselves are derived from the request and the calendar.

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter};
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::rows::request;
use crate::told::Plain;

impl Reader<'_> {
    /// Requests on which the system may have something to do by a day: those whose wake day has come or is not known.
    ///
    /// # Errors
    /// As [`Reader::requests_in`].
    pub async fn requests_to_wake(
        &self,
        day: NaiveDate,
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        let asleep = [StageKind::Draft, StageKind::Closed].map(StageKind::word);
        let awake = request::Column::WakeOn.lte(day).or(request::Column::WakeOn.is_null());
        self.requests_where(Condition::all().add(request::Column::Stage.is_not_in(asleep)).add(awake)).await
    }
}

impl Tx {
    /// Renews the cached wake day of a request that has not changed since; another version is left alone.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_wake(
        &self,
        request: RequestId,
        version: i64,
        wake_on: Option<NaiveDate>,
    ) -> Result<(), StoreError> {
        let set = request::Entity::update_many()
            .col_expr(request::Column::WakeOn, Expr::value(wake_on))
            .filter(request::Column::Id.eq(request.0))
            .filter(request::Column::Version.eq(version))
            .exec(&self.on)
            .await?;
        if set.rows_affected == 1 {
            self.stamp_wake(request, wake_on);
        }
        Ok(())
    }

    /// Stamps a wake day; none at all only means to look, and needs no stamp.
    pub(crate) fn stamp_wake(&self, request: RequestId, wake_on: Option<NaiveDate>) {
        self.stamp_images(wake_on.map(|day| (format!("wake/{request}"), day.plain())));
    }

    /// Forgets all wake days, since the calendar or the limits have changed: the next sweep looks at everything.
    ///
    /// # Errors
    /// What the database says.
    pub async fn wake_all(&self) -> Result<(), StoreError> {
        let none: Option<NaiveDate> = None;
        let all = request::Entity::update_many().col_expr(request::Column::WakeOn, Expr::value(none));
        all.filter(request::Column::WakeOn.is_not_null()).exec(&self.on).await?;
        Ok(())
    }
}
