//! Sizes of communities from a table: households, residents and workers of a year.

use std::collections::BTreeMap;

use rules::CsvFault;
use store::{CommunitySize, OrganisationKind, Tx};
use workflow::calendar::YEARS;
use workflow::language::Bilingual;

use super::{ImportKind, records, unknown};
use crate::error::EngineError;

/// Workers of the service station, a last column that may be missing.
const STATION: &str = "station_workers";

fn columns_of_sizes(text: &str) -> Vec<&'static str> {
    let has_station = text.lines().next().is_some_and(|heading| heading.trim_end().ends_with(STATION));
    let columns = ImportKind::Communities.columns().iter().copied();
    columns.chain(has_station.then_some(STATION)).collect()
}

fn no_year(written: &str) -> Bilingual {
    let (first, last) = (YEARS.start(), YEARS.end());
    let zh = format!("“{written}”不是 {first} 年至 {last} 年之间的年份");
    (zh, format!("`{written}` is no year from {first} to {last}")).into()
}

pub(super) async fn communities(tx: &Tx, text: &str) -> Result<usize, EngineError> {
    let tree = tx.reader().organisations().await?;
    let communities: BTreeMap<_, _> = tree
        .into_iter()
        .filter(|organisation| organisation.kind == OrganisationKind::Community)
        .map(|organisation| (organisation.code, organisation.id))
        .collect();
    let mut sizes = Vec::new();
    for (row, record) in records(text, &columns_of_sizes(text))? {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let number = |index: usize, column: &str| {
            let number = cell(index).parse::<i64>().ok().filter(|number| (0..=10_000_000).contains(number));
            number.ok_or_else(|| CsvFault::new(row, column, no_number(cell(index))))
        };
        let community = communities.get(cell(0)).ok_or_else(|| unknown(row, "code", cell(0)))?;
        let year = i32::try_from(number(1, "year")?).ok().filter(|year| YEARS.contains(year));
        let year = year.ok_or_else(|| CsvFault::new(row, "year", no_year(cell(1))))?;
        let workers = if cell(4).is_empty() { None } else { Some(number(4, "workers")?) };
        let station = if cell(5).is_empty() { None } else { Some(number(5, STATION)?) };
        if station == Some(0) {
            let said = ("没有公共服务站的请留空", "a station has workers; leave it blank without one");
            return Err(CsvFault::new(row, STATION, said).into());
        }
        sizes.push(CommunitySize {
            community: *community,
            year,
            households: number(2, "households")?,
            residents: number(3, "residents")?,
            workers: workers.and_then(|workers| i32::try_from(workers).ok()),
            station_workers: station.and_then(|workers| i32::try_from(workers).ok()),
        });
    }
    tx.put_sizes(&sizes).await?;
    Ok(sizes.len())
}

fn no_number(text: &str) -> Bilingual {
    (format!("“{text}”不是有效的整数"), format!("`{text}` is no whole number")).into()
}
