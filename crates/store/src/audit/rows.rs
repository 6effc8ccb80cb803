//! Every row is what the history tells: requests with their targets and assignments, and all rows that events name.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IdenStatic, Iterable, ModelTrait};
use serde_json::Value;
use uuid::Uuid;
use workflow::request::Request;

use super::{Audited, MismatchKind};
use crate::connect::Reader;
use crate::decided::assignment_row;
use crate::error::StoreError;
use crate::events::EventLine;
use crate::fold::Fold;
use crate::progress::{done_steps, expect_steps};
use crate::requests::request_row;
use crate::rows::special_fund;
use crate::rows::{
    account, assessment, assignment, calendar, calendar_load, catalogue, community, deputy, hour_entry,
};
use crate::rows::{
    card, closed_account, complaint, evidence, inspection_plan, inspection_proposal, meeting, rating,
};
use crate::rows::{identity, reward, rule_set, webhook};
use crate::rows::{organisation, person, person_role, posting, request, request_invitation, request_target};
use crate::told::{MADE, Made, Told, digest_of, line_of};

/// Tables that are held against the history one by one, as steps of an audit.
pub(super) const TABLES: usize = 22;

/// What the chains tell of rows: by place, whose chain told last, when and what.
type Images = BTreeMap<String, (Uuid, DateTime<Utc>, Value)>;

pub(super) async fn check(reader: &Reader<'_>, audited: &mut Audited) -> Result<(), StoreError> {
    let chains = std::mem::take(&mut audited.chains);
    let folds = folds(&chains, audited);
    requests(reader, &folds, audited).await?;
    let mut told = images(folds);
    let postings = posting::Entity::find().all(&reader.on).await?;
    accounts(reader, &postings, audited).await?;
    made(&postings, &chains, &mut told, audited);
    made(&hour_entry::Entity::find().all(&reader.on).await?, &chains, &mut told, audited);
    register(reader, &mut told, audited).await?;
    content(reader, &mut told, audited).await?;
    oversight(reader, &mut told, audited).await?;
    files(reader, audited).await?;
    let left = told.into_iter().filter(|(place, (_, _, image))| !image.is_null() && !place.starts_with(MADE));
    for (place, _) in left {
        audited.found(MismatchKind::RowGone, place, "");
    }
    audited.chains = chains;
    Ok(())
}

async fn register(reader: &Reader<'_>, told: &mut Images, audited: &mut Audited) -> Result<(), StoreError> {
    table::<organisation::Entity>(reader, told, audited).await?;
    table::<person::Entity>(reader, told, audited).await?;
    table::<person_role::Entity>(reader, told, audited).await?;
    table::<closed_account::Entity>(reader, told, audited).await?;
    table::<identity::Entity>(reader, told, audited).await?;
    table::<community::Entity>(reader, told, audited).await?;
    table::<deputy::Entity>(reader, told, audited).await?;
    table::<request_invitation::Entity>(reader, told, audited).await?;
    table::<special_fund::Entity>(reader, told, audited).await?;
    table::<reward::Entity>(reader, told, audited).await
}

async fn content(reader: &Reader<'_>, told: &mut Images, audited: &mut Audited) -> Result<(), StoreError> {
    table::<calendar::Entity>(reader, told, audited).await?;
    table::<calendar_load::Entity>(reader, told, audited).await?;
    table::<catalogue::Entity>(reader, told, audited).await?;
    table::<rule_set::Entity>(reader, told, audited).await?;
    table::<assessment::Entity>(reader, told, audited).await
}

async fn oversight(reader: &Reader<'_>, told: &mut Images, audited: &mut Audited) -> Result<(), StoreError> {
    table::<card::Entity>(reader, told, audited).await?;
    table::<complaint::Entity>(reader, told, audited).await?;
    table::<evidence::Entity>(reader, told, audited).await?;
    table::<inspection_plan::Entity>(reader, told, audited).await?;
    table::<inspection_proposal::Entity>(reader, told, audited).await?;
    table::<webhook::Entity>(reader, told, audited).await?;
    table::<rating::Entity>(reader, told, audited).await?;
    table::<meeting::Entity>(reader, told, audited).await
}

/// The bytes of every file are what its row says, and none are left over.
async fn files(reader: &Reader<'_>, audited: &mut Audited) -> Result<(), StoreError> {
    let files = reader.all_evidence().await?;
    expect_steps(files.len());
    for (_, file) in files {
        done_steps(1).await;
        match reader.is_as_kept(&file).await {
            Ok(()) => {}
            Err(StoreError::Unreadable { .. }) => {
                let about = format!("bytes of the evidence `{}`", file.name);
                audited.found(MismatchKind::Row, format!("evidence/{}", file.id.0), about);
            }
            Err(error) => return Err(error),
        }
    }
    for id in reader.stray_pieces().await? {
        audited.found(MismatchKind::RowStray, format!("evidence_pieces/{id}"), "bytes of no evidence");
    }
    Ok(())
}

async fn table<E: EntityTrait>(
    reader: &Reader<'_>,
    told: &mut Images,
    audited: &mut Audited,
) -> Result<(), StoreError>
where
    E::Model: Told,
{
    compare(&E::find().all(&reader.on).await?, told, audited);
    done_steps(1).await;
    Ok(())
}

fn folds(chains: &BTreeMap<Uuid, Vec<EventLine>>, audited: &mut Audited) -> BTreeMap<Uuid, Fold> {
    let mut folds = BTreeMap::new();
    for (subject, chain) in chains {
        match Fold::of(chain) {
            Ok(fold) => {
                folds.insert(*subject, fold);
            }
            Err(error) => audited.found(MismatchKind::Untold, subject, error.to_string()),
        }
    }
    folds
}

fn images(folds: BTreeMap<Uuid, Fold>) -> Images {
    let mut told = Images::new();
    for (subject, fold) in folds {
        for (place, (at, image)) in fold.rows {
            if told.get(&place).is_none_or(|(_, before, _)| *before <= at) {
                told.insert(place, (subject, at, image));
            }
        }
    }
    told
}

/// Holds the rows of a table against what was told; what remains told has gone.
fn compare<R: Told>(rows: &[R], told: &mut Images, audited: &mut Audited) {
    for row in rows {
        audited.rows += 1;
        let place = row.place();
        match told.remove(&place) {
            None | Some((_, _, Value::Null)) => audited.found(MismatchKind::RowStray, place, ""),
            Some((_, _, image)) => {
                let columns = columns(&image, &row.image());
                if !columns.is_empty() {
                    audited.found(MismatchKind::Row, place, columns);
                }
            }
        }
    }
}

/// Names of the columns that differ.
fn columns(told: &Value, is: &Value) -> String {
    let (Value::Object(told), Value::Object(is)) = (told, is) else { return String::new() };
    // A column that came later was empty when an older row was told.
    let before = |column: &String| told.get(column).unwrap_or(&Value::Null);
    let differing = is.iter().filter(|(column, value)| before(column) != *value);
    differing.map(|(column, _)| column.as_str()).collect::<Vec<_>>().join(", ")
}

/// Holds the rows that events made against the hash that each event keeps of its own.
fn made<R: Made>(
    rows: &[R],
    chains: &BTreeMap<Uuid, Vec<EventLine>>,
    told: &mut Images,
    audited: &mut Audited,
) {
    audited.rows += rows.len();
    let mut by_event: BTreeMap<(Uuid, i64), Vec<&R>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !was_told(*row, told)) {
        by_event.entry(row.event()).or_default().push(row);
    }
    let table = format!("{MADE}{}", R::TABLE);
    for event in chains.values().flatten() {
        let rows = by_event.remove(&(event.subject, event.seq)).unwrap_or_default();
        let kept = Fold::row_of(event, &table);
        let is = (!rows.is_empty()).then(|| Value::from(digest_of(rows.into_iter().map(line_of).collect())));
        if kept != is {
            audited.found_at(MismatchKind::Row, format!("{}/{}", R::TABLE, event.subject), event.seq);
        }
    }
    for (subject, seq) in by_event.into_keys() {
        audited.found_at(MismatchKind::RowStray, format!("{}/{subject}", R::TABLE), seq);
    }
}

/// Rows older than what the history tells were told one by one when it was taken over.
fn was_told<R: Told>(row: &R, told: &mut Images) -> bool {
    let place = row.place();
    let same = told.get(&place).is_some_and(|(_, _, image)| *image == row.image());
    same && told.remove(&place).is_some()
}

/// An account is what its key says, in the district of its postings.
async fn accounts(
    reader: &Reader<'_>,
    postings: &[posting::Model],
    audited: &mut Audited,
) -> Result<(), StoreError> {
    let mut districts: BTreeMap<&str, Uuid> = BTreeMap::new();
    for row in postings {
        districts.insert(&row.debit, row.district_id);
        districts.insert(&row.credit, row.district_id);
    }
    for row in account::Entity::find().all(&reader.on).await? {
        audited.rows += 1;
        let account::Model { key, district_id, kind, owner_id, year, balance_fen: _ } = row;
        let year = year.map(|year| format!(":{year}")).unwrap_or_default();
        if key != format!("{kind}:{owner_id}{year}") || districts.get(key.as_str()) != Some(&district_id) {
            audited.found(MismatchKind::Row, format!("accounts/{key}"), "kind, owner_id, year, district_id");
        }
    }
    Ok(())
}

async fn requests(
    reader: &Reader<'_>,
    folds: &BTreeMap<Uuid, Fold>,
    audited: &mut Audited,
) -> Result<(), StoreError> {
    let mut assignments: BTreeMap<Uuid, Vec<assignment::Model>> = BTreeMap::new();
    for row in assignment::Entity::find().all(&reader.on).await? {
        assignments.entry(row.request_id).or_default().push(row);
    }
    let mut targets: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in request_target::Entity::find().all(&reader.on).await? {
        targets.entry(row.request_id).or_default().push(row.community_id);
    }
    for row in request::Entity::find().all(&reader.on).await? {
        let own =
            (assignments.remove(&row.id).unwrap_or_default(), targets.remove(&row.id).unwrap_or_default());
        one_request(&row, own, folds.get(&row.id), audited);
    }
    for id in assignments.into_keys() {
        audited.found(MismatchKind::RowStray, format!("assignments/{id}"), "");
    }
    for id in targets.into_keys() {
        audited.found(MismatchKind::RowStray, format!("request_targets/{id}"), "");
    }
    Ok(())
}

fn one_request(
    row: &request::Model,
    (assignments, mut targets): (Vec<assignment::Model>, Vec<Uuid>),
    fold: Option<&Fold>,
    audited: &mut Audited,
) {
    audited.rows += 1 + assignments.len() + targets.len();
    let folded = fold.ok_or_else(|| "no history".to_owned());
    let folded = folded.and_then(|fold| fold.request().map_err(|error| error.to_string()).map(|r| (fold, r)));
    let (fold, request) = match folded {
        Ok(folded) => folded,
        Err(why) => return audited.found(MismatchKind::Untold, row.id, why),
    };
    let mut columns = columns_of(row, fold, &request);
    if !same_assignments(assignments, &request) {
        columns.push("assignments".to_owned());
    }
    targets.sort_unstable();
    let mut expected: Vec<Uuid> = request.targets.iter().map(|target| target.community.0).collect();
    expected.sort_unstable();
    if targets != expected {
        columns.push("request_targets".to_owned());
    }
    if !columns.is_empty() {
        audited.found(MismatchKind::Row, format!("requests/{}", row.id), columns.join(", "));
    }
}

/// Names of the columns that are not as folded; those of the chain are looked at by its own walk.
fn columns_of(row: &request::Model, fold: &Fold, request: &Request) -> Vec<String> {
    let Ok(mut expected) = request_row(request) else { return vec!["stage_data".to_owned()] };
    expected.filed_at = ActiveValue::Set(fold.begun);
    let differs = |column: &request::Column| match expected.get(*column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value != row.get(*column),
        ActiveValue::NotSet => false,
    };
    request::Column::iter().filter(differs).map(|column| column.as_str().to_owned()).collect()
}

fn same_assignments(mut rows: Vec<assignment::Model>, request: &Request) -> bool {
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    let expected = request.assignments.iter().map(|one| assignment_row(request.id, one));
    rows.len() == request.assignments.len()
        && rows.iter().zip(expected).all(|(row, expected)| {
            let Ok(expected) = expected else { return false };
            assignment::Column::iter().all(|column| match expected.get(column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value == row.get(column),
                ActiveValue::NotSet => true,
            })
        })
}
