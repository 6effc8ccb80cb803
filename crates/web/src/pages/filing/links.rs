//! Where a request's page leads to the form: correct it, renew it, add to it.

use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::decide::may_try;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::tongue::Tongue;
use crate::visitor::Member;

/// A way to the form.
pub(crate) struct Link {
    pub(crate) to: String,
    pub(crate) name: &'static str,
}

/// What the person may open the form for.
pub(crate) fn links(request: &Request, member: &Member, tongue: Tongue) -> Vec<Link> {
    let own = request.department == member.known.worker.person.organisation;
    if !own || !member.known.has(Role::Submitter) {
        return Vec::new();
    }
    let id = request.id;
    let may = |action| may_try(request, action, &member.known.actor);
    let link = |to: String, zh, en| Link { to, name: tongue.say(zh, en) };
    let correct = may(ActionKind::Correct)
        .then(|| link(format!("/requests/{id}/edit"), "修改申请", "Correct the application"));
    let renew = may(ActionKind::Renew).then(|| link(format!("/requests/new?renew={id}"), "续期", "Renew"));
    let supplement = (request.stage.kind() == StageKind::InForce)
        .then(|| link(format!("/requests/new?supplement={id}"), "追加", "Supplement"));
    correct.into_iter().chain(renew).chain(supplement).collect()
}
