//! The seals are whole, each head in them is still on the way of today's chain, and they are what a witness holds.

use std::collections::BTreeMap;

use super::{Audited, MismatchKind, Witness};
use crate::events::{AuditKey, Head, START};
use crate::seals::{Seal, SealedHead};
use crate::structure::STRUCTURE;

pub(super) fn check(seals: &[Seal], witnesses: &[Witness], key: &AuditKey, audited: &mut Audited) {
    audited.seals = seals.len();
    let mut previous: (i64, &str) = (0, START);
    for seal in seals {
        let (before, hash) = previous;
        if seal.number != before + 1 {
            audited.found_at(MismatchKind::SealGap, "seals", before + 1);
        } else if seal.previous != hash
            || seal.hash != seal.expected_hash()
            || seal.mac != seal.expected_mac(key)
        {
            audited.found_at(MismatchKind::SealEdited, "seals", seal.number);
        }
        prefixes(seal, audited);
        previous = (seal.number, &seal.hash);
    }
    for witness in witnesses {
        let kept = seals.iter().find(|seal| seal.number == witness.number);
        if kept.is_none_or(|seal| seal.hash != witness.hash) {
            audited.found_at(MismatchKind::Witness, "seals", witness.number);
        }
    }
}

/// The structure is the one that was sealed last, unless migrations have been added since.
pub(super) fn structure(seals: &[Seal], is: &Head, audited: &mut Audited) {
    let heads = seals.iter().rev().filter_map(|seal| seal.sealed().ok());
    let sealed = heads.flatten().find(|(subject, _, _)| *subject == STRUCTURE);
    if sealed.is_some_and(|(_, count, hash)| count >= is.count && hash != is.hash) {
        audited.found(MismatchKind::Structure, "database", "");
    }
}

/// What the cache calls sealed is in the last seal of each chain, and nothing else. It is empty before its first seal.
pub(super) fn cache(seals: &[Seal], cached: Vec<SealedHead>, audited: &mut Audited) {
    let sealed = seals.iter().filter_map(|seal| seal.sealed().ok()).flatten();
    let mut last: BTreeMap<_, _> = sealed.map(|(subject, count, hash)| (subject, (count, hash))).collect();
    if cached.is_empty() {
        return;
    }
    for (subject, count, hash) in cached {
        audited.rows += 1;
        if last.remove(&subject) != Some((count, hash)) {
            audited.found(MismatchKind::Row, format!("sealed_heads {subject}"), "");
        }
    }
    for subject in last.into_keys() {
        audited.found(MismatchKind::RowGone, format!("sealed_heads {subject}"), "");
    }
}

/// What was sealed is still there, unchanged.
fn prefixes(seal: &Seal, audited: &mut Audited) {
    let Ok(heads) = seal.sealed() else {
        return audited.found_at(MismatchKind::SealEdited, "seals", seal.number);
    };
    for (subject, count, hash) in heads.into_iter().filter(|(subject, _, _)| *subject != STRUCTURE) {
        let Some(chain) = audited.chains.get(&subject) else {
            audited.found_at(MismatchKind::ChainGone, subject, count);
            continue;
        };
        let index = usize::try_from(count - 1).ok();
        let event = index.and_then(|index| chain.get(index));
        if event.is_none_or(|event| event.seq != count || event.hash != hash) {
            audited.found_at(MismatchKind::PastRewritten, subject, count);
        }
    }
}
