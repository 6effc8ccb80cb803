//! Letters as those see them who look after the post: lists without bytes, dead ones revived, unsent ones cancelled.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, LockType, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use uuid::Uuid;
use workflow::id::{OrganisationId, RequestId, UserId, WebhookId};

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::organisations::BATCH;
use crate::outbox::{LetterState, UNSENT};
use crate::rows::{digest_item, outbox, person};
use crate::webhooks::{Webhook, WebhookState};

/// Whose letters are seen, sent again or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterScope {
    /// The system, and those who oversee the whole city.
    Everything,
    /// Those who oversee a district.
    District(OrganisationId),
    /// Those who look after a web-hook: its calls.
    Webhook(WebhookId),
    /// Anybody else: the own letters only, since a subject may tell what is none of the own business.
    Person(UserId),
}

impl LetterScope {
    fn of_letters(self) -> Condition {
        let all = Condition::all();
        match self {
            LetterScope::Everything => all,
            LetterScope::District(district) => all.add(outbox::Column::DistrictId.eq(district.0)),
            LetterScope::Webhook(webhook) => {
                all.add(outbox::Column::Recipient.eq(Webhook::recipient(webhook)))
            }
            LetterScope::Person(user) => {
                let own = Query::select()
                    .column(person::Column::Email)
                    .from(person::Entity)
                    .and_where(person::Column::Id.eq(user.0))
                    .to_owned();
                all.add(outbox::Column::Recipient.in_subquery(own))
            }
        }
    }

    fn of_items(self) -> Condition {
        let all = Condition::all();
        match self {
            LetterScope::Everything => all,
            LetterScope::District(district) => all.add(digest_item::Column::DistrictId.eq(district.0)),
            LetterScope::Webhook(_) => all.add(digest_item::Column::Id.is_null()),
            LetterScope::Person(user) => all.add(digest_item::Column::PersonId.eq(user.0)),
        }
    }
}

/// One line of a list of letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterLine {
    pub id: Uuid,
    pub state: LetterState,
    pub kind: String,
    pub recipient: String,
    /// None while it waits for a digest.
    pub subject: Option<String>,
    pub request: Option<Uuid>,
    pub tries: i32,
    /// For a letter that waits: its next try, quiet hours not counted.
    pub next_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    /// Why the last try failed, or why it never leaves.
    pub reason: Option<String>,
}

/// The newest lines of a list, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterList {
    pub lines: Vec<LetterLine>,
    pub total: u64,
}

impl Reader<'_> {
    /// Letters in some states and notices that wait for a digest, the newest first, at most so many of each.
    ///
    /// # Errors
    /// What the database says.
    pub async fn letter_lines(
        &self,
        scope: LetterScope,
        states: &[LetterState],
        most: u64,
    ) -> Result<LetterList, StoreError> {
        self.letter_lines_after(scope, states, (None, most)).await
    }

    /// Those that follow one of them; from the newest without one. The number of all is of those that follow.
    ///
    /// # Errors
    /// What the database says.
    pub async fn letter_lines_after(
        &self,
        scope: LetterScope,
        states: &[LetterState],
        (after, most): (Option<Uuid>, u64),
    ) -> Result<LetterList, StoreError> {
        let words = || states.iter().map(|state| state.word());
        let later = Condition::all().add_option(after.map(|after| outbox::Column::Id.lt(after)));
        let found = outbox::Entity::find().filter(scope.of_letters()).filter(later);
        let found = found.filter(outbox::Column::State.is_in(words()));
        let mut total = found.clone().count(&self.on).await?;
        let rows: Vec<LetterRow> =
            found.order_by_desc(outbox::Column::Id).limit(most).into_partial_model().all(&self.on).await?;
        let mut lines = rows.into_iter().map(line_of).collect::<Result<Vec<_>, _>>()?;
        // What went with a digest is told by the digest's own line.
        let words = states.iter().filter(|state| **state != LetterState::Sent).map(|state| state.word());
        let later = Condition::all().add_option(after.map(|after| digest_item::Column::Id.lt(after)));
        let items = digest_item::Entity::find().filter(scope.of_items()).filter(later);
        let items = items.filter(digest_item::Column::State.is_in(words));
        total += items.clone().count(&self.on).await?;
        let items = items.order_by_desc(digest_item::Column::Id).limit(most).all(&self.on).await?;
        lines.extend(self.item_lines(items).await?);
        lines.sort_by_key(|line| std::cmp::Reverse(line.id));
        lines.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(LetterList { lines, total })
    }

    /// The letters about a request that a scope shows, the newest first, at most so many after one of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn letters_about(
        &self,
        request: RequestId,
        scope: LetterScope,
        (after, most): (Option<Uuid>, u64),
    ) -> Result<Vec<LetterLine>, StoreError> {
        let later = Condition::all().add_option(after.map(|after| outbox::Column::Id.lt(after)));
        let found = outbox::Entity::find().filter(scope.of_letters()).filter(later);
        let found = found.filter(outbox::Column::RequestId.eq(request.0));
        let rows: Vec<LetterRow> =
            found.order_by_desc(outbox::Column::Id).limit(most).into_partial_model().all(&self.on).await?;
        rows.into_iter().map(line_of).collect()
    }

    async fn item_lines(&self, items: Vec<digest_item::Model>) -> Result<Vec<LetterLine>, StoreError> {
        let people = items.iter().map(|item| item.person_id);
        let people = person::Entity::find().filter(person::Column::Id.is_in(people)).all(&self.on).await?;
        let addresses: BTreeMap<_, _> = people.into_iter().map(|row| (row.id, row.email)).collect();
        let line = |item: digest_item::Model| {
            let state = LetterState::from_word(&item.state);
            Ok(LetterLine {
                id: item.id,
                state: state.ok_or_else(|| unreadable("digest_items", item.id, &item.state))?,
                kind: item.kind,
                recipient: addresses.get(&item.person_id).cloned().unwrap_or_default(),
                subject: None,
                request: item.request_id,
                tries: 0,
                next_at: None,
                sent_at: None,
                reason: item.reason,
            })
        };
        items.into_iter().map(line).collect()
    }
}

impl Tx {
    /// Lets one dead letter of a scope, or all of them, be tried again from now on; gives their ids by district.
    ///
    /// # Errors
    /// `NotFound` if the one is not dead.
    pub async fn revive_letters(
        &self,
        scope: LetterScope,
        one: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<OrganisationId, Vec<Uuid>>, StoreError> {
        let dead = scope.of_letters().add(outbox::Column::State.eq(LetterState::Dead.word()));
        let mut found = outbox::Entity::find().filter(dead.clone());
        if let Some(id) = one {
            found = found.filter(outbox::Column::Id.eq(id));
        }
        let rows: Vec<(Uuid, Uuid)> = found
            .select_only()
            .columns([outbox::Column::DistrictId, outbox::Column::Id])
            .order_by_asc(outbox::Column::Id)
            .lock(LockType::Update)
            .into_tuple()
            .all(&self.on)
            .await?;
        if rows.is_empty() && one.is_some() {
            return Err(StoreError::NotFound("dead letter"));
        }
        let mut revived = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(LetterState::Waiting.word()))
            .col_expr(outbox::Column::Attempts, Expr::value(0))
            .col_expr(outbox::Column::NextAt, Expr::value(to_microsecond(now)))
            .filter(dead);
        if let Some(id) = one {
            revived = revived.filter(outbox::Column::Id.eq(id));
        }
        revived.exec(&self.on).await?;
        let ids: Vec<Uuid> = rows.iter().map(|(_, id)| *id).collect();
        self.stamp_letters(&ids).await?;
        let mut letters: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (district, id) in rows {
            letters.entry(OrganisationId(district)).or_default().push(id);
        }
        Ok(letters)
    }

    /// Moves the calls of a web-hook from some states to another: held with its pause, waiting again from now on, never to
    /// leave with its end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn move_calls(
        &self,
        webhook: WebhookId,
        (from, to): (&[LetterState], LetterState),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let theirs = LetterScope::Webhook(webhook).of_letters();
        let theirs = theirs.add(outbox::Column::State.is_in(from.iter().map(|state| state.word())));
        // Locked, so that what is noted as sent at this moment is not moved.
        let mut moved = outbox::Entity::find()
            .filter(theirs)
            .order_by_asc(outbox::Column::Id)
            .lock(LockType::Update)
            .all(&self.on)
            .await?;
        let ids: Vec<Uuid> = moved.iter().map(|row| row.id).collect();
        for row in &mut moved {
            to.word().clone_into(&mut row.state);
            row.next_at = to_microsecond(now);
        }
        for part in ids.chunks(BATCH) {
            outbox::Entity::update_many()
                .col_expr(outbox::Column::State, Expr::value(to.word()))
                .col_expr(outbox::Column::NextAt, Expr::value(to_microsecond(now)))
                .filter(outbox::Column::Id.is_in(part.iter().copied()))
                .exec(&self.on)
                .await?;
        }
        self.stamp_rows(&moved);
        Ok(())
    }

    /// Puts calls that were taken and not made where their web-hooks stand, which the caller has locked: held where it is
    /// paused, never to leave where it has ended. The caller stamps them.
    pub(crate) async fn set_aside(&self, calls: &[Uuid], webhooks: &[Webhook]) -> Result<(), StoreError> {
        let places =
            [(WebhookState::Paused, LetterState::Held), (WebhookState::Ended, LetterState::Superseded)];
        for (state, to) in places {
            let theirs = webhooks.iter().filter(|webhook| webhook.state == state);
            let theirs: Vec<String> = theirs.map(|webhook| Webhook::recipient(webhook.id)).collect();
            if theirs.is_empty() {
                continue;
            }
            outbox::Entity::update_many()
                .col_expr(outbox::Column::State, Expr::value(to.word()))
                .filter(outbox::Column::Id.is_in(calls.iter().copied()))
                .filter(outbox::Column::Recipient.is_in(theirs))
                .filter(outbox::Column::State.is_in(UNSENT.map(LetterState::word)))
                .exec(&self.on)
                .await?;
        }
        Ok(())
    }

    /// Withdraws a letter, or a notice of a digest, that has not left; gives its district.
    ///
    /// # Errors
    /// `NotFound` if nothing of that id waits.
    pub async fn cancel_letter(
        &self,
        scope: LetterScope,
        id: Uuid,
        reason: &str,
    ) -> Result<OrganisationId, StoreError> {
        let superseded = || Expr::value(LetterState::Superseded.word());
        let unsent = [LetterState::Waiting, LetterState::Held, LetterState::Dead].map(LetterState::word);
        let letters = outbox::Entity::update_many()
            .col_expr(outbox::Column::State, superseded())
            .col_expr(outbox::Column::Failure, Expr::value(Some(reason)))
            .filter(scope.of_letters().add(outbox::Column::Id.eq(id)))
            .filter(outbox::Column::State.is_in(unsent))
            .exec(&self.on)
            .await?;
        if letters.rows_affected == 1 {
            self.stamp_letters(&[id]).await?;
            let row = outbox::Entity::find_by_id(id).one(&self.on).await?;
            return Ok(OrganisationId(row.ok_or(StoreError::NotFound("letter"))?.district_id));
        }
        let items = digest_item::Entity::update_many()
            .col_expr(digest_item::Column::State, superseded())
            .col_expr(digest_item::Column::Reason, Expr::value(Some(reason)))
            .filter(scope.of_items().add(digest_item::Column::Id.eq(id)))
            .filter(digest_item::Column::State.eq(LetterState::Gathered.word()))
            .exec(&self.on)
            .await?;
        if items.rows_affected != 1 {
            return Err(StoreError::NotFound("letter that waits"));
        }
        self.stamp::<digest_item::Entity>(digest_item::Column::Id.eq(id)).await?;
        let row = digest_item::Entity::find_by_id(id).one(&self.on).await?;
        Ok(OrganisationId(row.ok_or(StoreError::NotFound("letter"))?.district_id))
    }
}

/// A row of the outbox without its bytes.
#[derive(sea_orm::DerivePartialModel)]
#[sea_orm(entity = "outbox::Entity")]
struct LetterRow {
    id: Uuid,
    state: String,
    kind: String,
    recipient: String,
    subject: String,
    request_id: Option<Uuid>,
    attempts: i32,
    next_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    failure: Option<String>,
}

fn line_of(row: LetterRow) -> Result<LetterLine, StoreError> {
    let LetterRow { id, state, kind, recipient, subject, request_id, attempts, next_at, sent_at, failure } =
        row;
    let state = LetterState::from_word(&state).ok_or_else(|| unreadable("outbox", id, &state))?;
    Ok(LetterLine {
        id,
        state,
        kind,
        recipient,
        subject: Some(subject),
        request: request_id,
        tries: attempts,
        next_at: (state == LetterState::Waiting).then_some(next_at),
        sent_at,
        reason: failure,
    })
}
