//! Every chain is gapless, keyed event by event, and ends in its head.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Audited, MismatchKind};
use crate::events::{AuditKey, EventLine, Head, START};
use crate::progress::done_steps;

pub(super) async fn check(heads: &[(Uuid, Head)], key: &AuditKey, audited: &mut Audited) {
    let chains = std::mem::take(&mut audited.chains);
    let subjects: BTreeSet<Uuid> = heads.iter().map(|(subject, _)| *subject).collect();
    for subject in chains.keys().filter(|subject| !subjects.contains(*subject)) {
        audited.found(MismatchKind::Headless, subject, "");
    }
    for (subject, head) in heads {
        let chain = chains.get(subject).map(Vec::as_slice).unwrap_or_default();
        walk(*subject, chain, key, audited);
        ends(*subject, chain, head, audited);
        done_steps(1).await;
    }
    audited.chains = chains;
}

fn walk(subject: Uuid, chain: &[EventLine], key: &AuditKey, audited: &mut Audited) {
    let mut previous: (i64, &str) = (0, START);
    let mut broken = Vec::new();
    for event in chain {
        let (before, hash) = previous;
        if event.seq != before + 1 {
            audited.found_at(MismatchKind::Gap, subject, before + 1);
        } else if event.hash != event.expected_hash(hash, key) {
            broken.push(event.seq);
        }
        previous = (event.seq, &event.hash);
    }
    // Whoever writes a whole end anew without the key leaves no event of it that follows.
    let last = previous.0;
    let run = broken.iter().rev().zip((1..=last).rev()).take_while(|(seq, at)| **seq == *at).count();
    let (single, end) = broken.split_at(if run > 1 { broken.len() - run } else { broken.len() });
    for seq in single {
        audited.found_at(MismatchKind::Edited, subject, *seq);
    }
    if let Some(first) = end.first() {
        audited.found_at(MismatchKind::Rewritten, subject, *first);
    }
}

fn ends(subject: Uuid, chain: &[EventLine], head: &Head, audited: &mut Audited) {
    let (count, hash) = chain.last().map_or((0, START), |last| (last.seq, last.hash.as_str()));
    if head.count > count {
        audited.found_at(MismatchKind::Gap, subject, count + 1);
    } else if head.count < count || head.hash != hash {
        audited.found_at(MismatchKind::Head, subject, head.count);
    }
}
