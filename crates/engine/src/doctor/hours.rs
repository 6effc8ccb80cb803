//! The doctor's count of hours, invariant 3: bookings are the sums of their entries, counters those of their bookings;
//! nothing is above capacity but what was forced; only admitted work books. It changes nothing, however often it runs.

use std::collections::{BTreeMap, BTreeSet};

use store::{EventLine, Reader};
use uuid::Uuid;
use workflow::booking::{Booked, Place};
use workflow::hours::Centihours;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

use super::Checked;
use crate::error::EngineError;

/// Counts the hours anew.
pub(super) async fn check(
    reader: &Reader<'_>,
    requests: &[Request],
    events: &BTreeMap<Uuid, Vec<EventLine>>,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    entries(reader, events, checked).await?;
    counters(reader, checked).await?;
    let books: BTreeSet<RequestId> =
        requests.iter().filter(|request| may_book(request.stage.kind())).map(|request| request.id).collect();
    for request in reader.requests_with_bookings().await? {
        if !books.contains(&request) {
            checked.breach(3, request, "holds hours without being admitted");
        }
    }
    Ok(())
}

fn may_book(stage: StageKind) -> bool {
    use StageKind as S;
    // What was done stays booked when its request has ended.
    stage.is_running() || matches!(stage, S::Admitted | S::Settled | S::Terminated | S::Closed)
}

/// Bookings against their entries, and entries against their events.
async fn entries(
    reader: &Reader<'_>,
    events: &BTreeMap<Uuid, Vec<EventLine>>,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    let mut sums: BTreeMap<(RequestId, Place), Booked> = BTreeMap::new();
    for entry in reader.all_hour_entries().await? {
        checked.hour_entries += 1;
        add(&mut sums, (entry.request, entry.place), entry.change);
        let chain = events.get(&entry.subject).map(Vec::as_slice).unwrap_or_default();
        let event = chain.iter().find(|event| event.seq == entry.seq);
        if event.is_none_or(|event| event.at != entry.at) {
            checked.breach(3, entry.request, format!("hours of {} without their event", named(&entry.place)));
        }
    }
    for line in reader.all_bookings().await? {
        let counted = sums.remove(&(line.request, line.place)).unwrap_or_default();
        if counted != line.booked {
            let said = format!(
                "{}: books {}, its entries sum to {}",
                named(&line.place),
                said(line.booked),
                said(counted)
            );
            checked.breach(3, line.request, said);
        }
    }
    for ((request, place), left) in sums {
        if !left.is_nothing() {
            checked.breach(
                3,
                request,
                format!("{}: entries of {} without a booking", named(&place), said(left)),
            );
        }
    }
    Ok(())
}

/// Counters against their bookings and their capacity.
async fn counters(reader: &Reader<'_>, checked: &mut Checked) -> Result<(), EngineError> {
    let mut sums: BTreeMap<Place, Booked> = BTreeMap::new();
    for line in reader.all_bookings().await? {
        add(&mut sums, line.place, line.booked);
    }
    for month in reader.all_quota_months().await? {
        checked.quota_months += 1;
        let counted = sums.remove(&month.place).unwrap_or_default();
        let place = named(&month.place);
        if counted != month.booked {
            let said = format!("booked {}, its bookings sum to {}", said(month.booked), said(counted));
            checked.breach(3, &place, said);
        }
        if month.booked.hours.0 > month.capacity.0 + month.booked.forced.0 {
            checked.breach(3, &place, format!("booked {} of {}", said(month.booked), month.capacity));
        }
        checked.forced.0 += month.booked.forced.0;
    }
    for place in sums.into_keys() {
        checked.breach(3, named(&place), "bookings without a counter");
    }
    Ok(())
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Booked>, key: K, change: Booked) {
    let sum = sums.entry(key).or_default();
    *sum = sum.plus(change);
}

fn named(place: &Place) -> String {
    let Place { community, pool, month } = place;
    format!("{community} {pool} {month}")
}

/// `12.00`, or `12.00 (2.00 forced)`.
fn said(Booked { hours, forced }: Booked) -> String {
    match forced {
        Centihours(0) => hours.to_string(),
        forced => format!("{hours} ({forced} forced)"),
    }
}
