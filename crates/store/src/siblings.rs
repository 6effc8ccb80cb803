//! What a department has filed beside a request, as facts for adding up. It looks wide; `workflow::siblings` chooses.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Query};
use workflow::dossier::Dossier;
use workflow::facts::{Sibling, SiblingPart};
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::request::{Assessed, Request, Target};
use workflow::siblings::{COUNTED, Filed, awaits_booking};
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::{StoreError, unreadable};
use crate::rows::{request, request_target};

impl Reader<'_> {
    /// Other requests of the same department that share a community with this one and have a day between two days. One
    /// query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn filed_beside(
        &self,
        this: &Request,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Filed>, StoreError> {
        let communities = this.targets.iter().map(|target| target.community.0);
        let shared = Query::select()
            .column(request_target::Column::RequestId)
            .from(request_target::Entity)
            .and_where(request_target::Column::CommunityId.is_in(communities))
            .to_owned();
        let rows = request::Entity::find()
            .filter(request::Column::DepartmentId.eq(this.department.0))
            .filter(request::Column::Stage.is_in(COUNTED.iter().map(|stage| stage.word())))
            .filter(request::Column::StartsOn.lte(last))
            .filter(request::Column::EndsOn.gte(first))
            .filter(request::Column::Id.ne(this.id.0))
            .filter(request::Column::Id.in_subquery(shared))
            .order_by_asc(request::Column::Number)
            .all(&self.on)
            .await?;
        let ours: BTreeSet<&str> = this.targets.iter().map(|target| target.code.as_str()).collect();
        rows.into_iter().filter_map(|row| filed_of(row, &ours).transpose()).collect()
    }
}

/// None for a request whose end is before its start.
fn filed_of(row: request::Model, ours: &BTreeSet<&str>) -> Result<Option<Filed>, StoreError> {
    let json = |error: serde_json::Error| unreadable("requests", row.id, error);
    let stage = StageKind::from_word(&row.stage).ok_or_else(|| unreadable("requests", row.id, &row.stage))?;
    let targets: Vec<Target> = serde_json::from_str(&row.targets).map_err(json)?;
    let assessed: Option<Assessed> =
        row.assessed.as_deref().map(serde_json::from_str).transpose().map_err(json)?;
    let dossier: Dossier = serde_json::from_str(&row.dossier).map_err(json)?;
    let period = row.starts_on.zip(row.ends_on).filter(|(start, end)| start <= end);
    let Some((starts_on, ends_on)) = period else {
        return Ok(None);
    };
    let shared = targets.iter().map(|target| target.code.as_str()).filter(|code| ours.contains(code));
    let communities = shared.map(|code| part_of(code, assessed.as_ref(), stage)).collect();
    let facts = Sibling {
        number: row.number.unwrap_or_default(),
        item: row.item,
        title: row.title,
        starts_on,
        ends_on,
        price: Fen(row.price_fen),
        stage,
        communities,
    };
    Ok(Some(Filed { id: RequestId(row.id), origin: dossier.origin, facts }))
}

fn part_of(code: &str, assessed: Option<&Assessed>, stage: StageKind) -> SiblingPart {
    let granted = assessed.map(|assessed| assessed.granted.as_slice()).unwrap_or_default();
    let granted = granted.iter().find(|part| part.code == code);
    let hours = assessed.map(|assessed| assessed.hours.as_slice()).unwrap_or_default();
    let later = hours.iter().filter(|row| row.code == code && awaits_booking(stage));
    SiblingPart {
        code: code.to_owned(),
        granted_minutes: granted.map(|part| part.minutes).unwrap_or_default(),
        unbooked: later.map(|row| (row.month, row.hours)).collect::<BTreeMap<_, _>>(),
    }
}
