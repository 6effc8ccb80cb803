//! The requests behind a figure: one condition for the sums and for the list that stands behind them.

use chrono::{Datelike, NaiveDate};
use sea_orm::sea_query::{LikeExpr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::calendar::Month;
use workflow::id::{OrganisationId, RequestId};
use workflow::stage::StageKind;

use crate::connect::{IDS, Reader};
use crate::error::StoreError;
use crate::requests::{RequestLine, line_of};
use crate::rows::{booking, event, request};
use crate::scope::Scope;
use crate::search::{plain, says};

/// Which requests are meant; what is not said does not narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sieve {
    pub stages: Vec<StageKind>,
    /// Of those, only what stands in one of these stages; an empty list does not narrow.
    pub within: Vec<StageKind>,
    pub department: Option<OrganisationId>,
    /// 1 to 7; 0 for those outside the seven functions.
    pub function: Option<u8>,
    /// Whose period begins in these months.
    pub begins: Option<(Month, Month)>,
    /// Those that have booked hours in these months, and of which community.
    pub booked: Option<(Month, Month)>,
    pub community: Option<OrganisationId>,
    /// Only those that were refused.
    pub refused: Refused,
    /// Those that have all these words.
    pub words: String,
    /// Only these.
    pub among: Option<Vec<RequestId>>,
}

/// Whether only what was refused is meant, and on which ground.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Refused {
    #[default]
    Any,
    Only,
    /// By the code of a finding.
    On(String),
}

/// The months of a year.
#[must_use]
pub fn months_of(year: i32) -> Option<(Month, Month)> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    Some((Month::of(first), Month::of(first.with_month(12)?)))
}

impl Sieve {
    /// Requests that begin in a year, without drafts.
    pub(crate) fn of_year(year: i32) -> Sieve {
        Sieve { begins: months_of(year), ..Sieve::default() }
    }

    /// What a request must be; among which ones is asked part by part, by [`Reader::sieved_lines`].
    pub(crate) fn condition(&self, scope: Scope) -> Condition {
        use request::Column as C;
        let Sieve {
            stages,
            within,
            department,
            function,
            begins,
            booked,
            community,
            refused,
            words,
            among: _,
        } = self;
        let mut all = scope.condition();
        if stages.is_empty() {
            all = all.add(C::Stage.ne(StageKind::Draft.word()));
        } else {
            all = all.add(C::Stage.is_in(stages.iter().map(|stage| stage.word())));
        }
        if !within.is_empty() {
            all = all.add(C::Stage.is_in(within.iter().map(|stage| stage.word())));
        }
        all = all.add_option(department.map(|department| C::DepartmentId.eq(department.0)));
        all = all.add_option(function.map(|number| match number {
            0 => C::Function.is_null(),
            number => C::Function.eq(i32::from(number)),
        }));
        all = all.add_option(begins.map(|(first, last)| C::StartsOn.between(first.first(), last.last())));
        if booked.is_some() || community.is_some() {
            all = all.add(C::Id.in_subquery(booking_of(*booked, *community)));
        }
        match refused {
            Refused::Any => {}
            Refused::Only => all = all.add(C::Id.in_subquery(refused_ones())),
            Refused::On(code) => {
                all = all
                    .add(C::Id.in_subquery(refused_ones()))
                    .add(C::Assessed.like(LikeExpr::new(format!("%\"{}\"%", plain(code))).escape('!')));
            }
        }
        all.add(says(words, scope.district()))
    }
}

fn booking_of(months: Option<(Month, Month)>, community: Option<OrganisationId>) -> SelectStatement {
    use booking::Column as B;
    let within = months.map(|(first, last)| B::Month.between(first.to_string(), last.to_string()));
    let of = community.map(|community| B::CommunityId.eq(community.0));
    Query::select()
        .column(B::RequestId)
        .from(booking::Entity)
        .cond_where(Condition::all().add_option(within).add_option(of))
        .to_owned()
}

/// Requests that an approver has refused, whatever came later.
fn refused_ones() -> SelectStatement {
    Query::select()
        .column(event::Column::SubjectId)
        .from(event::Entity)
        .and_where(event::Column::Action.eq(ActionKind::Approve.word()))
        .and_where(event::Column::After.eq(StageKind::Rejected.word()))
        .to_owned()
}

impl Reader<'_> {
    /// The lines of the requests that are meant, within a scope, newest first; those that follow a line that was seen.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sieved_lines(
        &self,
        scope: Scope,
        sieve: &Sieve,
        (after, limit): (Option<RequestId>, u64),
    ) -> Result<Vec<RequestLine>, StoreError> {
        let wanted = sieve.condition(scope).add_option(after.map(|after| request::Column::Id.lt(after.0)));
        let Some(among) = &sieve.among else { return self.lines_where(wanted, limit).await };
        let mut among: Vec<Uuid> = among.iter().map(|id| id.0).collect();
        among.sort_unstable_by(|one, other| other.cmp(one));
        let mut lines = Vec::new();
        for part in among.chunks(IDS) {
            let left = limit.saturating_sub(lines.len() as u64);
            if left == 0 {
                break;
            }
            let part = request::Column::Id.is_in(part.iter().copied());
            lines.extend(self.lines_where(wanted.clone().add(part), left).await?);
        }
        Ok(lines)
    }

    async fn lines_where(&self, wanted: Condition, limit: u64) -> Result<Vec<RequestLine>, StoreError> {
        let found = request::Entity::find().filter(wanted);
        let rows = found.order_by(request::Column::Id, Order::Desc).limit(limit).all(&self.on).await?;
        rows.into_iter().map(line_of).collect()
    }
}
