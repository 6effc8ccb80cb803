//! The doctor's count of money, invariant 2, beyond balances: every posting has its event, reversals are true opposites,
//! rewards are what was posted, figures of budgets are consistent, and shares sum to prices.

use std::collections::{BTreeMap, BTreeSet};

use store::{EventLine, PostingLine, Reader, SpecialFund};
use uuid::Uuid;
use workflow::budget::{Flow, figures};
use workflow::dossier::Origin;
use workflow::id::RequestId;
use workflow::ledger::{Account, AccountKind, Purpose};
use workflow::money::Fen;
use workflow::request::Request;

use super::Checked;
use crate::error::EngineError;

/// Counts the money anew.
pub(super) async fn check(
    reader: &Reader<'_>,
    requests: &[Request],
    (postings, events): (&[PostingLine], &BTreeMap<Uuid, Vec<EventLine>>),
    checked: &mut Checked,
) -> Result<(), EngineError> {
    behind(postings, events, checked);
    reversals(postings, checked);
    rewards(reader, postings, checked).await?;
    let flows: Vec<Flow> = postings.iter().filter_map(flow).collect();
    if flows.len() != postings.len() {
        checked.breach(2, "postings", "some name no account");
    }
    for (account, figures) in figures(&flows) {
        if !figures.are_consistent() {
            checked.breach(2, account.key(), format!("its figures do not agree: {figures:?}"));
        }
    }
    payers(&flows, checked);
    named(reader, &reader.all_special_funds().await?, checked).await?;
    shares(requests, postings, checked);
    supplements(requests, postings, checked);
    Ok(())
}

fn flow(posting: &PostingLine) -> Option<Flow> {
    let (credit, debit) = (Account::from_key(&posting.credit)?, Account::from_key(&posting.debit)?);
    Some(Flow { credit, debit, purpose: posting.purpose, amount: posting.amount })
}

/// Every posting stands behind an event of its time.
fn behind(postings: &[PostingLine], events: &BTreeMap<Uuid, Vec<EventLine>>, checked: &mut Checked) {
    for posting in postings {
        let chain = events.get(&posting.subject).map(Vec::as_slice).unwrap_or_default();
        let event = chain.iter().find(|event| event.seq == posting.event_seq);
        if event.is_none_or(|event| event.at != posting.at) {
            checked.breach(2, posting.id, "money moved without its event");
        }
    }
}

/// A reversal names an earlier posting that may be reversed, and is its opposite.
fn reversals(postings: &[PostingLine], checked: &mut Checked) {
    let all: BTreeMap<Uuid, &PostingLine> = postings.iter().map(|posting| (posting.id, posting)).collect();
    for posting in postings {
        let named = posting.reverses.and_then(|reversed| all.get(&reversed));
        let opposite = named.is_some_and(|reversed| {
            reversed.purpose.may_be_reversed()
                && (&reversed.debit, &reversed.credit) == (&posting.credit, &posting.debit)
                && reversed.amount == posting.amount
        });
        let is_reversal = posting.purpose == Purpose::Reversal;
        if is_reversal != posting.reverses.is_some() || is_reversal && !opposite {
            checked.breach(2, posting.id, "takes nothing back, or not what it names");
        }
    }
}

/// The rewards that are kept are those that were posted and not taken back.
async fn rewards(
    reader: &Reader<'_>,
    postings: &[PostingLine],
    checked: &mut Checked,
) -> Result<(), EngineError> {
    let mut posted: BTreeMap<Uuid, (String, Fen)> = BTreeMap::new();
    for posting in postings.iter().filter(|posting| posting.purpose == Purpose::Reward) {
        posted.insert(posting.id, (posting.debit.clone(), posting.amount));
    }
    for reversed in postings.iter().filter_map(|posting| posting.reverses) {
        posted.remove(&reversed);
    }
    for reward in reader.all_rewards().await? {
        let account = Account::Community { community: reward.community }.key();
        if posted.remove(&reward.posting) != Some((account, reward.amount)) {
            checked.breach(2, reward.posting, "a reward that was not posted so");
        }
    }
    for posting in posted.into_keys() {
        checked.breach(2, posting, "a reward that nobody has noted");
    }
    Ok(())
}

/// One source pays a request, so that its figures are its own.
fn payers(flows: &[Flow], checked: &mut Checked) {
    let mut payers: BTreeMap<Account, Account> = BTreeMap::new();
    let filled = flows.iter().filter(|f| f.credit.is_source() && f.debit.kind() == AccountKind::Escrow);
    for flow in filled {
        if *payers.entry(flow.debit).or_insert(flow.credit) != flow.credit {
            checked.breach(2, flow.debit.key(), "is filled by more than one source");
        }
    }
}

/// The columns of an account say what its key says, and a special fund's lie within its years.
async fn named(reader: &Reader<'_>, funds: &[SpecialFund], checked: &mut Checked) -> Result<(), EngineError> {
    for line in reader.all_accounts().await? {
        let read = Account::from_key(&line.key);
        let same = |account: Account| {
            (account.kind(), account.owner(), account.year()) == (line.kind, line.owner, line.year)
        };
        if !read.is_some_and(same) {
            checked.breach(2, &line.key, "is not the account that its columns say");
        }
        if let Some(Account::SpecialFund { fund, year }) = read {
            let known = funds.iter().find(|known| known.id == fund);
            if !known.is_some_and(|fund| (fund.first_year..=fund.last_year).contains(&year)) {
                checked.breach(2, &line.key, "holds money outside the years of its fund");
            }
        }
    }
    Ok(())
}

/// What a request notes as added to it is what its funded supplements cost.
fn supplements(requests: &[Request], postings: &[PostingLine], checked: &mut Checked) {
    let commitments = postings.iter().filter(|posting| posting.purpose == Purpose::Commitment);
    let funded: BTreeSet<Uuid> = commitments.map(|posting| posting.subject).collect();
    let mut added: BTreeMap<RequestId, Fen> = BTreeMap::new();
    for request in requests.iter().filter(|request| funded.contains(&request.id.0)) {
        if let Origin::Supplement { of } = request.dossier.origin {
            *added.entry(of).or_default() += request.price();
        }
    }
    for request in requests {
        let sum = added.remove(&request.id).unwrap_or_default();
        let noted = request.dossier.supplemented;
        if sum != noted {
            checked.breach(2, request.id, format!("supplements cost {sum}, it notes {noted}"));
        }
    }
}

/// Shares sum exactly to the price, and a community has received what its assignment says.
fn shares(requests: &[Request], postings: &[PostingLine], checked: &mut Checked) {
    let mut received: BTreeMap<(Uuid, &str), Fen> = BTreeMap::new();
    for posting in postings {
        *received.entry((posting.subject, &posting.debit)).or_default() += posting.amount;
        *received.entry((posting.subject, &posting.credit)).or_default() += -posting.amount;
    }
    for request in requests {
        if let Some(assessed) = &request.assessed {
            let sum: Fen = assessed.shares.iter().map(|share| share.price).sum();
            if sum != assessed.price {
                checked.breach(2, request.id, format!("shares of {sum}, a price of {}", assessed.price));
            }
        }
        for assignment in &request.assignments {
            let account = Account::Community { community: assignment.community }.key();
            let got = received.get(&(request.id.0, account.as_str())).copied().unwrap_or_default();
            if got != assignment.paid {
                let said = format!("{} has received {got}, not {}", assignment.code, assignment.paid);
                checked.breach(2, request.id, said);
            }
        }
    }
}
