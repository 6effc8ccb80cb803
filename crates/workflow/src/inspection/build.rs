//! Building a plan: every admitted and funded request of the year in every community that carries it, merged by kind,
//! one date a community; proposals that cannot be taken are listed with their cause.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::schedule::days;
use super::standing::{Cause, Proposal, carries, cause, standing};
use super::{Busy, Look, PlanContent, Refused, Subject, Visit};
use crate::catalogue::{Catalogue, Class, Function};
use crate::id::{OrganisationId, RequestId};
use crate::language::Bilingual;
use crate::oversight::OversightError;
use crate::parameters::{CoreWhileShort, InspectionParameters, MergeBy};
use crate::request::{Moment, Request};

/// A community of the district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: OrganisationId,
    pub code: String,
    pub name: String,
}

/// All that a plan is built from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    pub year: i32,
    /// Every community of the district, by code.
    pub places: &'a [Place],
    /// Requests of the district.
    pub requests: &'a [Request],
    pub proposals: &'a [Proposal],
    /// Communities whose base funds of the year have not all arrived.
    pub short: &'a BTreeSet<OrganisationId>,
    pub busy: &'a [Busy],
    pub catalogue: &'a Catalogue,
}

/// A plan's content with what the history notes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub content: PlanContent,
    pub busy: Vec<Busy>,
}

/// Builds the content of a plan; the same material gives the same plan.
///
/// # Errors
/// A community has no free working day in the season.
pub fn build(material: Material<'_>, moment: Moment<'_>) -> Result<Built, OversightError> {
    let parameters = &moment.parameters.oversight.inspection;
    let days = days(material.places, material.busy, (material.year, moment))?;
    let mut visits: Vec<Visit> =
        material.places.iter().filter_map(|place| visit(&material, parameters, place, &days)).collect();
    visits.sort_by(|a, b| (a.on, &a.code).cmp(&(b.on, &b.code)));
    let looked_at: BTreeSet<RequestId> = visits
        .iter()
        .flat_map(|visit| &visit.looks)
        .flat_map(|look| &look.subjects)
        .map(|subject| subject.request)
        .collect();
    let refused = material.proposals.iter().filter_map(|one| refused(&material, parameters, one, &looked_at));
    let short = material.places.iter().filter(|place| material.short.contains(&place.id));
    let content = PlanContent {
        refused: refused.collect(),
        core_while_short: parameters.core_while_short,
        short: short.map(|place| place.code.clone()).collect(),
        visits,
    };
    Ok(Built { content, busy: material.busy.to_vec() })
}

fn visit(
    material: &Material<'_>,
    parameters: &InspectionParameters,
    place: &Place,
    days: &BTreeMap<OrganisationId, NaiveDate>,
) -> Option<Visit> {
    let on = *days.get(&place.id)?;
    let mut looks: BTreeMap<String, Look> = BTreeMap::new();
    for request in material.requests {
        let begun = request.application.starts_on.is_some_and(|start| start <= on);
        let stands = standing(request, material.year).is_none() && begun && carries(request, place.id);
        if !stands || is_spared(request, place.id, material, parameters) {
            continue;
        }
        let (kind, name) = kind_of(request, material.catalogue, parameters.merge_by);
        let look = looks.entry(kind.clone()).or_insert_with(|| Look { kind, name, subjects: Vec::new() });
        look.subjects.push(subject(request));
    }
    let mut looks: Vec<Look> = looks.into_values().collect();
    for look in &mut looks {
        look.subjects.sort_by(|a, b| a.number.cmp(&b.number));
    }
    let Place { id, code, name } = place.clone();
    (!looks.is_empty()).then_some(Visit { community: id, code, name, on, looks })
}

/// Core duties where the base funds are short, unless the switch says otherwise (`policy.md` §9).
fn is_spared(
    request: &Request,
    community: OrganisationId,
    material: &Material<'_>,
    parameters: &InspectionParameters,
) -> bool {
    parameters.core_while_short == CoreWhileShort::Spare
        && is_core(request)
        && material.short.contains(&community)
}

fn is_core(request: &Request) -> bool {
    request.assessed.as_ref().and_then(|assessed| assessed.class) == Some(Class::Core)
}

/// What counts as the same kind: the function or the category of the item; an item outside the seven functions goes by
/// its category, and what is unlisted comes last.
fn kind_of(request: &Request, catalogue: &Catalogue, merge_by: MergeBy) -> (String, Bilingual) {
    let item = request.application.item.as_ref().and_then(|code| catalogue.get(code));
    let function = request.assessed.as_ref().and_then(|assessed| assessed.function);
    match (merge_by, item, function.and_then(Function::of_number)) {
        (MergeBy::Function, _, Some(function)) => (function.word().to_owned(), function.both()),
        (_, Some(item), _) => (item.category.en.clone(), item.category.clone()),
        _ => ("other".to_owned(), Bilingual { zh: "其他".into(), en: "other".into() }),
    }
}

fn subject(request: &Request) -> Subject {
    Subject {
        request: request.id,
        number: request.number().to_owned(),
        title: request.title().to_owned(),
        item: request.application.item.clone(),
        department: request.department,
    }
}

fn refused(
    material: &Material<'_>,
    parameters: &InspectionParameters,
    proposal: &Proposal,
    looked_at: &BTreeSet<RequestId>,
) -> Option<Refused> {
    let own: Vec<&Request> =
        material.requests.iter().filter(|request| request.department == proposal.department).collect();
    let spared = |request: &&Request| {
        let core = is_core(request) && parameters.core_while_short == CoreWhileShort::Spare;
        core && material.short.iter().any(|community| carries(request, *community))
    };
    let mut meant = own.iter().filter(|request| proposal.named.means(request)).copied();
    let cause = match cause(&proposal.named, &own, material.year) {
        Some(cause) => cause,
        None if meant.clone().any(|request| looked_at.contains(&request.id)) => return None,
        None if meant.any(|request| spared(&request)) => Cause::BaseFundsShort,
        None => Cause::Nowhere,
    };
    let named = proposal.named.written().to_owned();
    Some(Refused { department: proposal.department, named, cause })
}
