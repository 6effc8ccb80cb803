//! The figures of a year, summed by the database: requests, hours and money by department, function, month and community,
//! how long decisions took, and why requests were refused. Always the same number of queries.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::assessment::{Finding, Severity};
use workflow::calendar::Month;
use workflow::hours::Centihours;
use workflow::id::{OrganisationId, RequestId};
use workflow::language::Bilingual;
use workflow::money::Fen;
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::{StoreError, unreadable};
use crate::rows::{assessment, booking, event, request};
use crate::scope::Scope;
use crate::sieve::{Refused, Sieve, months_of};

/// Requests that begin in a year and have something in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestSum {
    pub department: OrganisationId,
    /// 1 to 7; 0 outside the seven functions.
    pub function: u8,
    pub month: Month,
    pub stage: StageKind,
    pub requests: i64,
    pub price: Fen,
}

/// Booked hours that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HourSum {
    pub department: OrganisationId,
    /// 1 to 7; 0 outside the seven functions.
    pub function: u8,
    pub community: OrganisationId,
    pub hours: Centihours,
}

/// When a request was first submitted and last decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DecisionTime {
    pub request: RequestId,
    pub submitted: DateTime<Utc>,
    pub decided: DateTime<Utc>,
}

/// A ground on which requests were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalGround {
    /// The code of the finding; empty where the rules had found nothing that forbids it.
    pub code: String,
    pub message: Bilingual,
    pub requests: usize,
}

#[derive(FromQueryResult)]
struct RequestRow {
    department_id: Uuid,
    function: Option<i32>,
    month: String,
    stage: String,
    requests: i64,
    price: i64,
}

#[derive(FromQueryResult)]
struct HourRow {
    department_id: Uuid,
    function: Option<i32>,
    community_id: Uuid,
    hours: i64,
}

#[derive(FromQueryResult)]
struct MonthRow {
    function: Option<i32>,
    month: String,
    hours: i64,
}

#[derive(FromQueryResult)]
struct TimeRow {
    subject_id: Uuid,
    submitted: Option<DateTime<Utc>>,
    decided: Option<DateTime<Utc>>,
}

impl Reader<'_> {
    /// Requests that begin in a year by department, function, month of the beginning and stage; no drafts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn request_sums(&self, scope: Scope, year: i32) -> Result<Vec<RequestSum>, StoreError> {
        let month = || Expr::cust("SUBSTR(CAST(requests.starts_on AS TEXT), 1, 7)");
        let rows: Vec<RequestRow> = request::Entity::find()
            .select_only()
            .columns([request::Column::DepartmentId, request::Column::Function, request::Column::Stage])
            .expr_as(month(), "month")
            .expr_as(request::Column::Id.count(), "requests")
            .expr_as(whole(request::Column::PriceFen.sum()), "price")
            .filter(Sieve::of_year(year).condition(scope))
            .group_by(request::Column::DepartmentId)
            .group_by(request::Column::Function)
            .group_by(request::Column::Stage)
            .group_by(month())
            .into_model()
            .all(&self.on)
            .await?;
        let sum = |row: RequestRow| {
            let RequestRow { department_id, function, month, stage, requests, price } = row;
            let broken = |word: &str| unreadable("requests", department_id, word);
            Ok(RequestSum {
                department: OrganisationId(department_id),
                function: number(function),
                month: Month::parse(&month).map_err(|_| broken(&month))?,
                stage: StageKind::from_word(&stage).ok_or_else(|| broken(&stage))?,
                requests,
                price: Fen(price),
            })
        };
        rows.into_iter().map(sum).collect()
    }

    /// Hours booked in a year by department, function and community.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hour_sums(&self, scope: Scope, year: i32) -> Result<Vec<HourSum>, StoreError> {
        let columns = [request::Column::DepartmentId, request::Column::Function];
        let mut select = hours(scope, year);
        select.columns(columns.map(|column| (request::Entity, column)));
        select.column((booking::Entity, booking::Column::CommunityId));
        select.group_by_columns(columns.map(|column| (request::Entity, column)));
        select.group_by_col((booking::Entity, booking::Column::CommunityId));
        let rows = self.on.query_all(&select).await?;
        let sum = |row: HourRow| HourSum {
            department: OrganisationId(row.department_id),
            function: number(row.function),
            community: OrganisationId(row.community_id),
            hours: Centihours(row.hours),
        };
        rows.iter().map(|row| Ok(sum(HourRow::from_query_result(row, "")?))).collect()
    }

    /// Hours booked in a year by month and function.
    ///
    /// # Errors
    /// What the database says.
    pub async fn month_sums(
        &self,
        scope: Scope,
        year: i32,
    ) -> Result<Vec<(Month, u8, Centihours)>, StoreError> {
        let mut select = hours(scope, year);
        select.column((request::Entity, request::Column::Function));
        select.column((booking::Entity, booking::Column::Month));
        select.group_by_col((request::Entity, request::Column::Function));
        select.group_by_col((booking::Entity, booking::Column::Month));
        let rows = self.on.query_all(&select).await?;
        let sum = |row: MonthRow| {
            let MonthRow { function, month, hours } = row;
            let read = Month::parse(&month).map_err(|_| unreadable("bookings", &month, "no month"))?;
            Ok((read, number(function), Centihours(hours)))
        };
        rows.iter().map(|row| sum(MonthRow::from_query_result(row, "")?)).collect()
    }

    /// When the requests that begin in a year were first submitted and last decided; the undecided are left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn decision_times(&self, scope: Scope, year: i32) -> Result<Vec<DecisionTime>, StoreError> {
        use event::Column as E;
        let decided = [ActionKind::Approve.word(), ActionKind::ApproveForced.word()];
        let at =
            |words: Vec<&'static str>| Expr::case(E::Action.is_in(words), Expr::col((event::Entity, E::At)));
        let of_year = Query::select()
            .column(request::Column::Id)
            .from(request::Entity)
            .cond_where(Sieve::of_year(year).condition(scope))
            .to_owned();
        let rows: Vec<TimeRow> = event::Entity::find()
            .select_only()
            .column(E::SubjectId)
            .expr_as(Expr::expr(at(vec![ActionKind::Submit.word()])).min(), "submitted")
            .expr_as(Expr::expr(at(decided.to_vec())).max(), "decided")
            .filter(E::Action.is_in([ActionKind::Submit.word(), decided[0], decided[1]]))
            .filter(E::SubjectId.in_subquery(of_year))
            .group_by(E::SubjectId)
            .into_model()
            .all(&self.on)
            .await?;
        let time = |row: TimeRow| {
            let (submitted, decided) = row.submitted.zip(row.decided)?;
            Some(DecisionTime { request: RequestId(row.subject_id), submitted, decided })
        };
        Ok(rows.into_iter().filter_map(time).collect())
    }

    /// Why requests that begin in a year were refused, by what the rules had found against them; most first.
    ///
    /// # Errors
    /// What the database says, or a record cannot be read.
    pub async fn refusal_grounds(&self, scope: Scope, year: i32) -> Result<Vec<RefusalGround>, StoreError> {
        let sieve = Sieve { refused: Refused::Only, ..Sieve::of_year(year) };
        let refused = Query::select()
            .column(request::Column::Id)
            .from(request::Entity)
            .cond_where(sieve.condition(scope))
            .to_owned();
        let records = assessment::Entity::find()
            .filter(assessment::Column::RequestId.in_subquery(refused))
            .all(&self.on)
            .await?;
        let mut newest: BTreeMap<Uuid, assessment::Model> = BTreeMap::new();
        for record in records {
            match newest.get(&record.request_id) {
                Some(known) if (known.made_at, known.id) > (record.made_at, record.id) => {}
                _ => {
                    newest.insert(record.request_id, record);
                }
            }
        }
        let mut grounds: BTreeMap<String, RefusalGround> = BTreeMap::new();
        for record in newest.values() {
            for (code, message) in against(record)? {
                let none = RefusalGround { code: code.clone(), message, requests: 0 };
                grounds.entry(code).or_insert(none).requests += 1;
            }
        }
        let mut grounds: Vec<RefusalGround> = grounds.into_values().collect();
        grounds
            .sort_by(|one, other| other.requests.cmp(&one.requests).then_with(|| one.code.cmp(&other.code)));
        Ok(grounds)
    }
}

/// The findings of a record that forbid it; where none does, one without a code.
fn against(record: &assessment::Model) -> Result<BTreeMap<String, Bilingual>, StoreError> {
    let json = |error: serde_json::Error| unreadable("assessments", record.id, error);
    let document: Value = serde_json::from_str(&record.assessment).map_err(json)?;
    let findings = document.get("findings").cloned().unwrap_or_default();
    let findings: Vec<Finding> = serde_json::from_value(findings).map_err(json)?;
    let against = findings.into_iter().filter(|finding| finding.severity == Severity::Prohibit);
    let mut found: BTreeMap<String, Bilingual> =
        against.map(|finding| (finding.code, finding.message)).collect();
    if found.is_empty() {
        found.insert(String::new(), Bilingual { zh: String::new(), en: String::new() });
    }
    Ok(found)
}

/// Booked hours with their requests, to be grouped.
fn hours(scope: Scope, year: i32) -> SelectStatement {
    let months = months_of(year)
        .map(|(first, last)| booking::Column::Month.between(first.to_string(), last.to_string()));
    let same = Expr::col((booking::Entity, booking::Column::RequestId))
        .equals((request::Entity, request::Column::Id));
    Query::select()
        .expr_as(whole(booking::Column::Centihours.sum()), "hours")
        .from(booking::Entity)
        .inner_join(request::Entity, same)
        .cond_where(Condition::all().add(scope.condition()).add_option(months))
        .to_owned()
}

/// A sum as a whole number; PostgreSQL widens it otherwise.
fn whole(sum: impl ExprTrait) -> Expr {
    Expr::expr(sum.cast_as(Alias::new("BIGINT")))
}

fn number(function: Option<i32>) -> u8 {
    function.and_then(|number| u8::try_from(number).ok()).unwrap_or_default()
}
