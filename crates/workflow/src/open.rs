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
        (S::Draft, A::Correct, R::Submitter) => &[S::Draft],
        (S::Returned, A::Correct, R::Submitter) => &[S::Returned],
        (S::Draft | S::Returned, A::Submit, R::Submitter) => &[S::Submitted],
        (S::Submitted, A::ReturnByRules, R::System) => &[S::Returned],
        (S::Submitted, A::AcceptFiling, R::Reviewer | R::System) => &[S::Review],
        (S::Submitted | S::Review, A::Return, R::Reviewer) => &[S::Returned],
        (S::Returned, A::Lapse, R::System) => &[S::Withdrawn],
        (S::Review, A::Quote, R::Reviewer) => &[S::Quoted],
        (S::Quoted, A::AcceptQuote, R::Submitter) => &[S::Review],
        (S::Quoted, A::DeclineQuote, R::Submitter) => &[S::Withdrawn],
        (S::Quoted, A::Lapse, R::System) => &[S::Lapsed],
        (S::Review, A::Propose, R::Reviewer) => &[S::Proposed],
        (S::Proposed, A::Approve, R::Approver) => &[S::Publication, S::Rejected],
        (S::Proposed, A::SendBack, R::Approver) => &[S::Review],
        (S::Publication, A::Enter, R::System) => &[S::Admitted],
        (S::Publication, A::QuotaShort, R::System) => &[S::Review],
        (S::Admitted, A::CommitFunds, R::Finance) => &[S::InForce, S::Admitted],
        (S::Admitted, A::Start, R::System) => &[S::InForce],
        (S::Admitted, A::Lapse, R::System) => &[S::Lapsed],
        (S::InForce, A::AcceptAssignment, R::Committee | R::System) => &[S::InForce],
        (S::InForce, A::RefuseAssignment, R::Committee) => &[S::InForce],
        (S::InForce, A::DeliverAssignment, R::Committee) => &[S::InForce],
        (S::InForce, A::PayMiddle, R::System) => &[S::InForce],
        (S::InForce, A::Finish, R::System) => &[S::Acceptance],
        (S::Acceptance, A::Confirm, R::Submitter | R::System) => &[S::Settled],
        (S::Draft | S::Submitted | S::Returned | S::Review, A::Withdraw, R::Submitter) => &[S::Withdrawn],
        (S::Quoted | S::Proposed | S::Publication | S::Admitted, A::Withdraw, R::Submitter) => {
            &[S::Withdrawn]
        }
        _ => &[],
    }
}

/// The diagram of the stages in Mermaid, drawn from [`open`].
#[must_use]
pub fn diagram() -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    for stage in StageKind::ALL {
        for action in ActionKind::ALL {
            let targets = Role::ALL.iter().map(|role| open(*stage, *action, *role));
            let Some(targets) = targets.into_iter().find(|targets| !targets.is_empty()) else { continue };
            lines.extend(targets.iter().map(|target| format!("    {stage} --> {target}: {action}")));
        }
    }
    lines.join("\n") + "\n"
}
