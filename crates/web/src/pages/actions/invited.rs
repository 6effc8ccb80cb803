//! Whom an office may hear: the organisations of the request's district, the request's own communities first. Who may be
//! invited after all is the engine's to say.

use store::{Organisation, OrganisationKind};
use workflow::request::Request;

use crate::tongue::Tongue;

/// Organisations of one sort, folded together until one of them is ticked.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) is_open: bool,
    pub(crate) ticks: Vec<Tick>,
}

/// One organisation.
pub(crate) struct Tick {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) is_ticked: bool,
}

/// Those that there are, by sort.
pub(super) fn groups(request: &Request, (known, tongue): (&[Organisation], Tongue)) -> Vec<Group> {
    use OrganisationKind as O;
    let is_target = |one: &Organisation| request.targets.iter().any(|target| target.community == one.id);
    let is_open = |one: &&Organisation| one.closed_on.is_none() && one.district == request.district;
    let open: Vec<&Organisation> = known.iter().filter(is_open).collect();
    let group = |name: &'static str, is: &dyn Fn(&Organisation) -> bool| {
        let ticks = open.iter().filter(|one| is(one)).map(|one| Tick {
            code: one.code.clone(),
            name: tongue
                .say(&one.name, if one.name_en.is_empty() { &one.name } else { &one.name_en })
                .to_owned(),
            is_ticked: false,
        });
        Group { name, is_open: false, ticks: ticks.collect() }
    };
    let groups = [
        group(tongue.say("本申请涉及的社区", "Communities of this request"), &is_target),
        group(tongue.say("部门", "Departments"), &|one| one.kind == O::Department),
        group(tongue.say("街道", "Subdistricts"), &|one| one.kind == O::Subdistrict),
        group(tongue.say("其他社区", "Other communities"), &|one| {
            one.kind == O::Community && !is_target(one)
        }),
    ];
    groups.into_iter().filter(|group| !group.ticks.is_empty()).collect()
}
