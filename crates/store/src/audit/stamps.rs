//! Rows beside the history carry the stamp of whoever wrote them with the key.

use std::collections::BTreeMap;

use sea_orm::{EntityTrait, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use super::{Audited, MismatchKind};
use crate::connect::Reader;
use crate::error::StoreError;
use crate::events::AuditKey;
use crate::rows::{credential, digest_item, outbox, quota, recovery_code, request, sweep_failure, tick};
use crate::stamps::stamp;
use crate::told::{Plain, Told};

pub(super) async fn check(
    reader: &Reader<'_>,
    key: &AuditKey,
    audited: &mut Audited,
) -> Result<(), StoreError> {
    let mut stamps = reader.stamps().await?;
    table::<outbox::Entity>(reader, key, (&mut stamps, audited)).await?;
    table::<digest_item::Entity>(reader, key, (&mut stamps, audited)).await?;
    table::<tick::Entity>(reader, key, (&mut stamps, audited)).await?;
    table::<sweep_failure::Entity>(reader, key, (&mut stamps, audited)).await?;
    table::<credential::Entity>(reader, key, (&mut stamps, audited)).await?;
    table::<recovery_code::Entity>(reader, key, (&mut stamps, audited)).await?;
    table::<quota::Entity>(reader, key, (&mut stamps, audited)).await?;
    wakes(reader, key, (&mut stamps, audited)).await?;
    for place in stamps.into_keys() {
        audited.found(MismatchKind::RowGone, place, "");
    }
    Ok(())
}

type Place<'a> = (&'a mut BTreeMap<String, String>, &'a mut Audited);

async fn table<E: EntityTrait>(
    reader: &Reader<'_>,
    key: &AuditKey,
    (stamps, audited): Place<'_>,
) -> Result<(), StoreError>
where
    E::Model: Told,
{
    for row in E::find().all(&reader.on).await? {
        audited.rows += 1;
        one(key, (&row.place(), &row.image()), (stamps, audited));
    }
    Ok(())
}

fn one(key: &AuditKey, (place, image): (&str, &Value), (stamps, audited): Place<'_>) {
    if stamps.remove(place) != Some(stamp(key, place, image)) {
        audited.found(MismatchKind::Stamp, place, "");
    }
}

/// The cached wake days; none at all only means to look.
async fn wakes(reader: &Reader<'_>, key: &AuditKey, (stamps, audited): Place<'_>) -> Result<(), StoreError> {
    let columns = request::Entity::find().select_only().column(request::Column::Id);
    let rows: Vec<(Uuid, Option<chrono::NaiveDate>)> =
        columns.column(request::Column::WakeOn).into_tuple().all(&reader.on).await?;
    for (id, wake_on) in rows {
        let place = format!("wake/{id}");
        match wake_on {
            Some(day) => one(key, (&place, &day.plain()), (stamps, audited)),
            None => {
                stamps.remove(&place);
            }
        }
    }
    Ok(())
}
