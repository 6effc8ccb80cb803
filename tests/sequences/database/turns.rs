//! The turns of a walk, and what walks have come to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use proptest::collection::SizeRange;
use proptest::prelude::*;
use workflow::stage::StageKind;

use super::oracle::Code;
use crate::sequences::{Step, step};

/// One turn of a walk; every number is taken modulo what there is to choose from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    Walk(Step),
    /// A request goes several steps straight forward.
    Forward {
        request: usize,
        steps: u8,
        pick: usize,
    },
    /// One step on a request on which work goes on, if there is one.
    Work {
        request: usize,
        pick: usize,
    },
    /// The program ends and begins anew on the same file.
    Restart,
    /// Another notice of holidays for the year.
    Calendar {
        notice: u8,
    },
    /// Somebody has other roles from now on.
    Roles {
        who: usize,
        pick: usize,
    },
    /// Somebody stands in for somebody.
    Deputy {
        principal: usize,
        deputy: usize,
        from: u8,
        days: u8,
    },
    /// And no more.
    EndDeputy {
        principal: usize,
    },
    /// Finance moves money by itself.
    Treasury {
        pick: usize,
    },
}

/// Some requests are brought on their way, then anything may happen.
pub(super) fn turns(sizes: impl Into<SizeRange>) -> impl Strategy<Value = Vec<Turn>> {
    let begun = prop::collection::vec(forward(8..14), 2);
    (begun, prop::collection::vec(turn(), sizes)).prop_map(|(begun, then)| [begun, then].concat())
}

fn forward(steps: Range<u8>) -> impl Strategy<Value = Turn> {
    let numbers = (0usize..100, steps, 0usize..50);
    numbers.prop_map(|(request, steps, pick)| Turn::Forward { request, steps, pick })
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        28 => step().prop_map(Turn::Walk),
        5 => forward(2..12),
        10 => (0usize..8, 0usize..1_000).prop_map(|(request, pick)| Turn::Work { request, pick }),
        2 => Just(Turn::Restart),
        2 => (0u8..6).prop_map(|notice| Turn::Calendar { notice }),
        2 => (0usize..100, 0usize..6).prop_map(|(who, pick)| Turn::Roles { who, pick }),
        2 => (0usize..100, 0usize..100, 0u8..3, 0u8..15)
            .prop_map(|(principal, deputy, from, days)| Turn::Deputy { principal, deputy, from, days }),
        1 => (0usize..100).prop_map(|principal| Turn::EndDeputy { principal }),
        2 => (0usize..8).prop_map(|pick| Turn::Treasury { pick }),
    ]
}

/// What a walk has come to.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) stages: BTreeSet<StageKind>,
    pub(super) done: BTreeSet<&'static str>,
    pub(super) refusals: BTreeMap<Code, usize>,
    pub(super) turns: BTreeMap<&'static str, usize>,
}

impl Reached {
    pub(super) fn adds(&mut self, other: Reached) {
        self.stages.extend(other.stages);
        self.done.extend(other.done);
        other.refusals.into_iter().for_each(|(code, times)| *self.refusals.entry(code).or_default() += times);
        other.turns.into_iter().for_each(|(turn, times)| *self.turns.entry(turn).or_default() += times);
    }
}
