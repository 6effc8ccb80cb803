//! A community is merged into another: its part of a request goes over, sums of money and hours stay what they were.

use super::{Changes, DecideError, Deciding, notices};
use crate::assignment::{Assignment, AssignmentStage, Delivery};
use crate::calendar::Month;
use crate::dossier::Part;
use crate::id::OrganisationId;
use crate::ledger::{Account, Posting, Purpose};
use crate::merger::{Joined, Pace};
use crate::request::{Bookings, Request, Target};
use crate::stage::Stage;

impl Deciding<'_> {
    /// The community takes over what the other one was to do, and the money that it has had for it.
    pub(super) fn retarget(&self, from: &Target, into: &Target) -> Result<Changes, DecideError> {
        if !self.request.targets.contains(from) {
            return Err(DecideError::UnknownCommunity(from.code.clone()));
        }
        let mut changes = self.to(self.request.stage.clone());
        let request = &mut changes.request;
        take_place(&mut request.targets, from, into);
        if let Some(assessed) = &mut request.assessed {
            assessed.hand_over(&from.code, &into.code);
        }
        if let Stage::Consultation { inquiry, .. } = &mut request.stage {
            replace(&mut inquiry.invited, from.community, into.community);
        }
        for part in request.dossier.parts.iter_mut().filter(|part| part.community == from.community) {
            part.community = into.community;
        }
        let (paid, disputed) = self.hand_assignment_over(request, from, into);
        let told = disputed.map(|assignment| notices::disputed(request, &assignment, UNEQUAL));
        let since = Month::of(self.moment.today());
        let booked = Bookings::HandOver { from: from.community, into: into.community, since };
        let changes = changes.moving(paid).booking(booked).telling(told.into_iter().flatten());
        Ok(changes.noting("from", from.code.clone()).noting("into", into.code.clone()))
    }

    /// The assignment goes over with what was paid for it. Gives the payment's posting, and the assignment if its two
    /// parts stand so differently that the office has to rule.
    fn hand_assignment_over(
        &self,
        request: &mut Request,
        from: &Target,
        into: &Target,
    ) -> (Option<Posting>, Option<Assignment>) {
        let all = std::mem::take(&mut request.assignments);
        let (mut own, mut others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| [from.community, into.community].contains(&one.community));
        let known = own.iter().position(|one| one.community == from.community);
        let Some(given) = known.map(|place| own.remove(place)) else {
            others.extend(own);
            request.assignments = others;
            return (None, None);
        };
        let of = |target: &Target| Account::Community { community: target.community };
        let posting = Posting::of(Purpose::Merger, of(from), of(into), given.paid);
        let given = Assignment { community: into.community, code: into.code.clone(), ..given };
        let pace = match request.stage {
            Stage::Acceptance { .. } => Pace::Over,
            _ => Pace::Running,
        };
        let Joined { assignment, part, unequal } = match own.pop() {
            None => Joined::alone(given),
            Some(own) => own.joined(given, (pace, self.moment.today(), UNEQUAL)),
        };
        let part = part.map(|delivery| Part { community: into.community, delivery });
        request.dossier.parts.extend(part);
        let disputed = unequal.then(|| assignment.clone());
        others.push(assignment);
        others.sort_by(|a, b| a.code.cmp(&b.code));
        request.assignments = others;
        (posting, disputed)
    }

    /// A delivery with what communities had delivered that were merged into this one.
    pub(super) fn with_parts(&self, community: OrganisationId, delivery: &Delivery) -> Delivery {
        let parts = self.request.dossier.parts.iter().filter(|part| part.community == community);
        parts.fold(delivery.clone(), |whole, part| part.delivery.clone().joined(whole))
    }

    /// Parts whose rest was not delivered in time are ruled on by the office: what was done is not lost.
    pub(super) fn ruled_on_later(&self, mut changes: Changes) -> Changes {
        let parts = std::mem::take(&mut changes.request.dossier.parts);
        for Part { community, delivery } in parts {
            let open = |one: &&mut Assignment| one.community == community && !one.is_over();
            for assignment in changes.request.assignments.iter_mut().filter(open) {
                let reason = UNEQUAL.to_owned();
                let delivery = delivery.clone();
                assignment.stage = AssignmentStage::Disputed { on: self.moment.today(), delivery, reason };
                changes.notices.extend(notices::disputed(self.request, assignment, UNEQUAL));
            }
        }
        changes
    }
}

/// The reason of the dispute, a record of both languages.
const UNEQUAL: &str = "社区合并，两部分进度不同，请裁定计入的比例 · communities merged whose parts stand differently; \
                       which share counts is to be ruled on";

/// One target in the place of another, once.
fn take_place(targets: &mut Vec<Target>, from: &Target, into: &Target) {
    targets.retain(|target| target != from && target != into);
    targets.push(into.clone());
    targets.sort_by(|a, b| a.code.cmp(&b.code));
}

fn replace(organisations: &mut Vec<OrganisationId>, from: OrganisationId, into: OrganisationId) {
    for one in organisations.iter_mut().filter(|one| **one == from) {
        *one = into;
    }
    organisations.sort_unstable();
    organisations.dedup();
}
