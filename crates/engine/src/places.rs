//! The communities that a department may choose, with their size and the hours that are free in some months.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::OrganisationKind;
use workflow::actor::Person;
use workflow::booking::Place;
use workflow::calendar::Month;
use workflow::hours::Centihours;
use workflow::id::OrganisationId;

use crate::Engine;
use crate::capacity::{self, Capacities};
use crate::error::EngineError;

/// A community that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoosablePlace {
    pub code: String,
    pub name: String,
    /// Code and name of the subdistrict; none for a community that stands directly under its district.
    pub subdistrict: Option<(String, String)>,
    pub households: i64,
    pub residents: i64,
    /// Hours free in all the months together, in the pool that the item draws on.
    pub free: Centihours,
}

impl Engine {
    /// The open communities of a person's district, by subdistrict and code, with what is free for an item in the months from
    /// the first to the last. The number of queries does not depend on how many there are.
    ///
    /// # Errors
    /// What the database says.
    pub async fn choosable_places(
        &self,
        person: &Person,
        (item, months): (Option<&str>, (Month, Month)),
        now: DateTime<Utc>,
    ) -> Result<Vec<ChoosablePlace>, EngineError> {
        let (reader, content) = (self.reader(), self.content());
        let communities = reader.organisations_in(person.district, OrganisationKind::Community).await?;
        let open: Vec<_> = communities.into_iter().filter(|one| one.closed_on.is_none()).collect();
        let above = reader.organisations_in(person.district, OrganisationKind::Subdistrict).await?;
        let above: BTreeMap<OrganisationId, (String, String)> =
            above.into_iter().map(|one| (one.id, (one.code, one.name))).collect();
        let ids: Vec<OrganisationId> = open.iter().map(|one| one.id).collect();
        let year = chrono::Datelike::year(&self.today(now));
        let spanned: Vec<Month> = Month::spanning(months.0.first(), months.1.last()).collect();
        let capacities =
            Capacities::read(&reader, &ids, (capacity::years(spanned.iter().copied()), content.by())).await?;
        let sizes = reader.sizes(&ids, year).await?;
        let booked = reader.quota_months(&ids, months).await?;
        let booked: BTreeMap<Place, Centihours> =
            booked.into_iter().map(|one| (one.place, one.booked.hours)).collect();
        let class = item.and_then(|code| content.rules.catalogue().get(code)).map(|item| item.class);
        let wanted = content.rules.parameters().pools.of(class);
        let place = |one: store::Organisation| {
            let size = sizes.get(&one.id)?;
            let pool = size.staff().pool(wanted);
            let free = spanned.iter().map(|month| {
                let place = Place { community: one.id, pool, month: *month };
                let taken = booked.get(&place).map_or(0, |hours| hours.0);
                (capacities.of(place).capacity.0 - taken).max(0)
            });
            Some(ChoosablePlace {
                free: Centihours(free.sum()),
                subdistrict: one.parent.and_then(|parent| above.get(&parent)).cloned(),
                households: size.households,
                residents: size.residents,
                code: one.code,
                name: one.name,
            })
        };
        let mut places: Vec<ChoosablePlace> = open.into_iter().filter_map(place).collect();
        places.sort_by(|a, b| (&a.subdistrict, &a.code).cmp(&(&b.subdistrict, &b.code)));
        Ok(places)
    }
}
