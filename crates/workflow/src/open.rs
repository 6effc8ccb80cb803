//! The one list of what may follow: which action is open in which stage to which role, and where it may lead. Buttons,
//! the API's actions, the diagram and the test of every pair ask here. Guards that need more than the stage's name
//! stand in `decide`.

use crate::action::ActionKind;
use crate::actor::Role;
use crate::stage::StageKind;

/// The stages to which an action may lead; empty where it is closed.
#[must_use]
pub fn open(stage: StageKind, action: ActionKind, role: Role) -> &'static [StageKind] {
    use ActionKind as A;
    use Role as R;
    use StageKind as S;
    match (stage, action, role) {
        (stage, A::Retarget, R::System) if may_be_handed_over(stage) => here(stage),
        (S::Draft | S::Returned, A::Correct, R::Submitter) => here(stage),
        (S::Draft, A::Submit, R::Submitter) => &[S::Submitted, S::InForce],
        (S::Returned, A::Submit, R::Submitter) => &[S::Submitted],
        (S::Submitted, A::ReturnByRules, R::System) => &[S::Returned],
        (S::Submitted, A::AcceptFiling, R::Reviewer | R::System) => &[S::Review],
        (S::Submitted | S::Review, A::Return, R::Reviewer) => &[S::Returned],
        (S::Returned, A::Lapse, R::System) => &[S::Withdrawn],
        (S::Review, A::Reprice, R::Reviewer) => here(stage),
        (S::Review, A::Consult, R::Reviewer) => &[S::Consultation],
        (S::Consultation, A::Opine, R::Subdistrict | R::Committee | R::Finance | R::Submitter) => here(stage),
        (S::Consultation, A::CloseConsultation, R::Reviewer | R::System) => &[S::Review],
        (S::Review, A::Extend, R::Approver) => here(stage),
        (S::Review, A::Quote, R::Reviewer) => &[S::Quoted],
        (S::Quoted, A::AcceptQuote, R::Submitter) => &[S::Review],
        (S::Quoted, A::DeclineQuote, R::Submitter) => &[S::Withdrawn],
        (S::Quoted, A::Lapse, R::System) => &[S::Lapsed],
        (S::Review, A::Propose, R::Reviewer | R::Approver) => &[S::Proposed],
        (S::Proposed, A::Approve, R::Approver) => &[S::Publication, S::Rejected],
        (S::Proposed, A::ApproveForced, R::Approver) => &[S::Publication],
        (S::Proposed, A::SendBack, R::Approver) => &[S::Review],
        (S::Publication, A::Object, role) if may_object(role) => here(stage),
        (S::Publication, A::Resolve, R::Reviewer) => &[S::Publication, S::Review],
        (S::Publication, A::Enter, R::System) => &[S::Admitted],
        (S::Publication, A::QuotaShort, R::System) => &[S::Review],
        (S::Admitted, A::Move, R::Reviewer) => here(stage),
        (S::Admitted, A::CommitFunds, R::Finance) => &[S::InForce, S::Admitted],
        (S::Admitted, A::Start, R::System) => &[S::InForce],
        (S::Admitted, A::Lapse, R::System) => &[S::Lapsed],
        (S::InForce, action, role) => in_force(action, role),
        (S::Suspended, A::Resume, R::Approver) => &[S::InForce],
        (S::Suspended, A::Terminate, R::Approver) => &[S::Terminated],
        (S::Suspended, A::NoteRenewal, R::System) => here(stage),
        (S::Suspended, A::Finish, R::System) => &[S::Acceptance],
        (S::Acceptance, action, role) => in_acceptance(action, role),
        (S::Rejected, A::AskReconsideration, R::Submitter) => &[S::Reconsideration],
        (S::Reconsideration, A::Uphold, R::Approver) => &[S::Closed],
        (S::Reconsideration, A::Overturn, R::Approver) => &[S::Review],
        (S::Submitted | S::Review | S::Consultation | S::Proposed, A::Nudge, R::Submitter) => here(stage),
        (S::Publication | S::Admitted | S::Reconsideration, A::Nudge, R::Submitter) => here(stage),
        (S::Draft | S::Submitted | S::Returned | S::Review, A::Withdraw, R::Submitter) => &[S::Withdrawn],
        (S::Consultation | S::Quoted | S::Proposed, A::Withdraw, R::Submitter) => &[S::Withdrawn],
        (S::Publication | S::Admitted, A::Withdraw, R::Submitter) => &[S::Withdrawn],
        (S::Settled | S::Rejected | S::Withdrawn | S::Lapsed | S::Terminated, A::Close, R::System) => {
            &[S::Closed]
        }
        _ => &[],
    }
}

/// While work goes on; filing and deciding are for emergencies, whose work comes first.
fn in_force(action: ActionKind, role: Role) -> &'static [StageKind] {
    use ActionKind as A;
    use Role as R;
    use StageKind as S;
    match (action, role) {
        (A::AcceptAssignment, R::Committee | R::System)
        | (A::RefuseAssignment | A::DeliverAssignment, R::Committee)
        | (A::Correct | A::File | A::Renew, R::Submitter)
        | (A::Propose, R::Reviewer | R::Approver)
        | (A::Approve | A::Extend, R::Approver)
        | (A::NoteRenewal | A::NoteSupplement | A::PayMiddle, R::System) => &[S::InForce],
        (A::Suspend, R::Approver) => &[S::Suspended],
        (A::Terminate, R::Approver) => &[S::Terminated],
        (A::Finish, R::System) => &[S::Acceptance],
        _ => &[],
    }
}

/// After the work; emergencies are filed, decided and funded here at the latest.
fn in_acceptance(action: ActionKind, role: Role) -> &'static [StageKind] {
    use ActionKind as A;
    use Role as R;
    use StageKind as S;
    match (action, role) {
        (A::Dispute | A::Correct | A::File, R::Submitter)
        | (A::RuleOnDispute, R::Reviewer)
        | (A::Propose, R::Reviewer | R::Approver)
        | (A::Approve, R::Approver)
        | (A::CommitFunds, R::Finance)
        | (A::Nudge, R::Committee) => &[S::Acceptance],
        (A::Confirm, R::Submitter | R::System) => &[S::Settled],
        _ => &[],
    }
}

/// Anyone of the district may object (`workflow.md`, publication), in the role of whoever is no auditor or administrator.
fn may_object(role: Role) -> bool {
    !matches!(role, Role::Auditor | Role::Admin | Role::Security | Role::Policy | Role::System)
}

/// What may still lead to work or to payment passes to the community into which another one is merged.
fn may_be_handed_over(stage: StageKind) -> bool {
    stage == StageKind::Rejected || !stage.is_over()
}

/// The stage itself.
fn here(stage: StageKind) -> &'static [StageKind] {
    let place = stage as usize;
    StageKind::ALL.get(place..=place).unwrap_or_default()
}

/// The diagram of the stages in Mermaid, drawn from [`open`]; steps that stay in their stage are left out.
#[must_use]
pub fn diagram() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    for stage in StageKind::ALL {
        for action in ActionKind::ALL {
            let targets = Role::ALL.iter().map(|role| open(*stage, *action, *role));
            let Some(targets) = targets.into_iter().find(|targets| !targets.is_empty()) else { continue };
            let onward = targets.iter().filter(|target| *target != stage);
            lines.extend(onward.map(|target| format!("    {stage} --> {target}: {action}")));
        }
    }
    lines.join("\n") + "\n"
}
