//! Organisations from a table, each below one that is known or stands above it in the table.

use std::collections::BTreeMap;

use csv::StringRecord;
use rules::CsvFault;
use store::{Organisation, OrganisationKind, Tx};
use uuid::Uuid;
use workflow::facts::BodyKind;
use workflow::id::OrganisationId;

use super::{ImportKind, records, unknown};
use crate::error::EngineError;

pub(super) async fn organisations(tx: &Tx, text: &str) -> Result<usize, EngineError> {
    let known = tx.reader().organisations().await?;
    let mut tree: BTreeMap<String, Organisation> = known.into_iter().map(|o| (o.code.clone(), o)).collect();
    let mut added = Vec::new();
    for (row, record) in records(text, ImportKind::Organisations.columns())? {
        let organisation = organisation(row, &record, &tree)?;
        tree.insert(organisation.code.clone(), organisation.clone());
        added.push(organisation);
    }
    tx.put_organisations(&added).await?;
    Ok(added.len())
}

fn organisation(
    row: usize,
    record: &StringRecord,
    tree: &BTreeMap<String, Organisation>,
) -> Result<Organisation, CsvFault> {
    let cell = |index: usize| record.get(index).unwrap_or_default().trim();
    let kind = OrganisationKind::from_word(cell(2)).ok_or_else(|| unknown(row, "kind", cell(2)))?;
    let parent = match cell(1) {
        "" if kind == OrganisationKind::City => None,
        code => Some(tree.get(code).ok_or_else(|| unknown(row, "parent", code))?),
    };
    let body = match cell(5) {
        "" => None,
        word => Some(BodyKind::from_word(word).ok_or_else(|| unknown(row, "body", word))?),
    };
    let hosts_office = match cell(6) {
        "true" => true,
        "false" | "" => false,
        other => {
            let said =
                (format!("“{other}”应为 true 或 false"), format!("`{other}` is neither `true` nor `false`"));
            return Err(CsvFault::new(row, "hosts_office", said));
        }
    };
    let files_requests = matches!(kind, OrganisationKind::Department | OrganisationKind::Subdistrict);
    if files_requests != body.is_some() {
        let zh = "部门和街道须填写单位性质，其他机构不填";
        let en = "departments and subdistricts have a body, others have none";
        return Err(CsvFault::new(row, "body", (zh, en)));
    }
    if cell(0).is_empty() || cell(3).is_empty() {
        return Err(CsvFault::new(row, "code", ("代码和名称不能为空", "code and name must not be blank")));
    }
    let id = tree.get(cell(0)).map_or_else(|| OrganisationId(Uuid::now_v7()), |known| known.id);
    let own_district = matches!(kind, OrganisationKind::City | OrganisationKind::District);
    let district = if own_district { id } else { parent.map_or(id, |parent| parent.district) };
    Ok(Organisation {
        closed_on: None,
        merged_into: None,
        id,
        district,
        parent: parent.map(|parent| parent.id),
        kind,
        code: cell(0).to_owned(),
        name: cell(3).to_owned(),
        name_en: cell(4).to_owned(),
        body,
        hosts_office,
    })
}
