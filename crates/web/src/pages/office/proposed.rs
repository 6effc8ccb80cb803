//! A proposal that waits for the second person: who made it, what it strikes out, and what the approver may do with it.

use workflow::action::{ActionKind, agrees};
use workflow::decide::may_try;
use workflow::id::UserId;
use workflow::request::{Assessed, Request};
use workflow::stage::{Proposal, Verdict};

use crate::pages::actions::Form;
use crate::pages::chips::whole_day;
use crate::pages::office::findings::Finding;
use crate::visitor::Member;

/// A proposal that waits for the second person.
pub(super) struct Proposed {
    pub(super) by: String,
    pub(super) on: String,
    pub(super) verdict: &'static str,
    pub(super) tone: &'static str,
    pub(super) agrees: bool,
    pub(super) kept: Vec<String>,
    pub(super) struck: Vec<String>,
    pub(super) reason: Option<String>,
    /// Approval, also beyond the hours where the proposal takes hours, and sending back.
    pub(super) forms: Vec<Form>,
    /// The second person must be somebody else.
    pub(super) is_own_hand: bool,
}

impl Proposed {
    pub(super) fn of(
        (request, proposal, assessed): (&Request, &Proposal, &Assessed),
        (by, member): (String, &Member),
        findings: &[Finding],
    ) -> Proposed {
        let tongue = member.tongue();
        let said = |code: &String| {
            let finding = findings.iter().find(|finding| finding.code == *code);
            finding.map_or_else(|| code.clone(), |finding| finding.message.clone())
        };
        let struck = assessed.conditions.iter().filter(|code| !proposal.conditions.contains(code));
        let admits = proposal.verdict == Verdict::Admit;
        let me = member.known.worker.person.user;
        let hands: [UserId; 2] = [proposal.by, request.filed_by];
        Proposed {
            by,
            on: whole_day(proposal.on, tongue),
            verdict: proposal.verdict.name(tongue.0),
            tone: if admits { "good" } else { "bad" },
            agrees: agrees(proposal.verdict, assessed.outcome),
            kept: if admits { proposal.conditions.iter().map(said).collect() } else { Vec::new() },
            struck: if admits { struck.map(said).collect() } else { Vec::new() },
            reason: proposal.reason.clone(),
            forms: approvals(request, admits, member),
            is_own_hand: hands.contains(&me),
        }
    }
}

/// What an approver may do with the proposal, in its words; nothing for whoever is none.
fn approvals(request: &Request, admits: bool, member: &Member) -> Vec<Form> {
    let tongue = member.tongue();
    let may = |action: &ActionKind| may_try(request, *action, &member.known.actor);
    if !may(&ActionKind::Approve) {
        return Vec::new();
    }
    let all = [ActionKind::Approve, ActionKind::ApproveForced, ActionKind::SendBack];
    let open = all.into_iter().filter(|action| admits || *action != ActionKind::ApproveForced).filter(may);
    let named = |action: ActionKind| {
        let form = Form::of(action, request, tongue)?;
        Some(match action {
            ActionKind::Approve => Form { name: tongue.say("同意该意见", "Approve"), ..form },
            ActionKind::ApproveForced => Form {
                note: Some(tongue.say(
                    "仅在社区工时不足、仍须安排时使用；理由随申请留存。",
                    "Only where a community's hours do not suffice and the work must be done all the same; the reason stays with the request.",
                )),
                ..form
            },
            _ => form,
        })
    };
    open.filter_map(named).collect()
}
