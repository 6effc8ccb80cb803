//! Letters waiting to leave: written with the change that causes them, tried again with growing pauses, dead in the end.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use workflow::id::{LetterId, OrganisationId, RequestId};
use workflow::letters::LetterHours;
use workflow::stage::StageKind;
use workflow::words;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::organisations::BATCH;
use crate::rows::{outbox, request};
use crate::webhooks::Webhook;

words! {
    /// Where a letter stands.
    LetterState {
        /// Not a letter of its own yet: it leaves with its reader's next digest.
        Gathered = "gathered", "待汇总", "gathered";
        Waiting = "waiting", "待发", "waiting";
        /// A call of a web-hook that is paused.
        Held = "held", "暂停", "held";
        Sent = "sent", "已发", "sent";
        Dead = "dead", "无法投递", "dead";
        /// Never to leave: what it asks for is done, or somebody cancelled it.
        Superseded = "superseded", "已作废", "superseded";
    }
}

/// What has not left and is to leave, now or with the resume of its web-hook.
pub(crate) const UNSENT: [LetterState; 2] = [LetterState::Waiting, LetterState::Held];

/// A letter to be kept.
#[derive(Debug, Clone)]
pub struct NewLetter {
    pub id: LetterId,
    pub district: OrganisationId,
    pub request: Option<RequestId>,
    pub kind: String,
    pub message_id: String,
    pub sender: String,
    pub recipient: String,
    pub subject: String,
    pub bytes: Vec<u8>,
    pub at: DateTime<Utc>,
    pub hours: LetterHours,
    /// The step it is about; with the step's end it is superseded.
    pub step: Option<String>,
}

/// A letter in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLetter {
    pub id: LetterId,
    pub kind: String,
    pub message_id: String,
    pub sender: String,
    pub recipient: String,
    pub subject: String,
    pub bytes: Vec<u8>,
    pub state: LetterState,
    pub attempts: i32,
    pub failure: Option<String>,
}

impl Tx {
    /// Keeps letters with their bytes; they leave after the commit.
    ///
    /// # Errors
    /// What the database says.
    pub async fn queue(&self, letters: Vec<NewLetter>) -> Result<(), StoreError> {
        let rows: Vec<outbox::Model> = letters.into_iter().map(new_row).collect();
        for part in rows.chunks(BATCH) {
            let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
            outbox::Entity::insert_many(part).exec_without_returning(&self.on).await?;
        }
        self.stamp_rows(&rows);
        Ok(())
    }

    /// Takes letters that are due and may leave in these hours, for as long as the lease: another node sees them again
    /// only after it. The try is counted here.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim_letters(
        &self,
        now: DateTime<Utc>,
        (lease, most): (Duration, u64),
        (mail, hours): (Mail, &[LetterHours]),
    ) -> Result<Vec<OutboxLetter>, StoreError> {
        let now = to_microsecond(now);
        let due = outbox::Entity::find()
            .filter(outbox::Column::State.eq(LetterState::Waiting.word()))
            .filter(outbox::Column::NextAt.lte(now))
            .filter(outbox::Column::Hours.is_in(hours.iter().map(|hours| hours.word())))
            .filter(mail.condition())
            .order_by_asc(outbox::Column::NextAt)
            .order_by_asc(outbox::Column::Id)
            .limit(most);
        let rows = due.lock_with_behavior(
            sea_orm::sea_query::LockType::Update,
            sea_orm::sea_query::LockBehavior::SkipLocked,
        );
        let rows = rows.all(&self.on).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let next_at = to_microsecond(now + lease);
        outbox::Entity::update_many()
            .col_expr(outbox::Column::NextAt, Expr::value(next_at))
            .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).add(1))
            .filter(outbox::Column::Id.is_in(rows.iter().map(|row| row.id)))
            .exec(&self.on)
            .await?;
        let counted = |row: outbox::Model| outbox::Model { attempts: row.attempts + 1, next_at, ..row };
        let rows: Vec<outbox::Model> = rows.into_iter().map(counted).collect();
        self.stamp_rows(&rows);
        rows.into_iter().map(letter_of).collect()
    }

    /// Notes what became of tries. A letter that was superseded or held while it was under way has been sent all the same.
    /// A call that was left is held or never leaves, as its web-hook stands.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_deliveries(&self, tries: Vec<(LetterId, Tried)>) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = tries.iter().map(|(letter, _)| letter.0).collect();
        let left = tries.iter().filter(|(_, tried)| matches!(tried, Tried::Left { .. }));
        let left: Vec<Uuid> = left.map(|(letter, _)| letter.0).collect();
        // Whoever turns a web-hook takes it before its calls; so does this.
        let webhooks = self.webhooks_of_calls(&left).await?;
        let mut sent: BTreeMap<DateTime<Utc>, Vec<Uuid>> = BTreeMap::new();
        for (letter, tried) in tries {
            match tried {
                Tried::Sent { at } => sent.entry(to_microsecond(at)).or_default().push(letter.0),
                Tried::Again { at, failure } => self.note_failed_try(letter, (Some(at), failure)).await?,
                Tried::Dead { failure } => self.note_failed_try(letter, (None, failure)).await?,
                Tried::Left { at } => self.give_back(letter, at).await?,
            }
        }
        for (at, letters) in sent {
            self.note_sent(&letters, at).await?;
        }
        self.set_aside(&left, &webhooks).await?;
        self.stamp_letters(&ids).await
    }

    async fn note_sent(&self, letters: &[Uuid], at: DateTime<Utc>) -> Result<(), StoreError> {
        let under_way =
            [LetterState::Waiting, LetterState::Held, LetterState::Superseded].map(LetterState::word);
        for part in letters.chunks(BATCH) {
            outbox::Entity::update_many()
                .filter(outbox::Column::Id.is_in(part.iter().copied()))
                .filter(outbox::Column::State.is_in(under_way))
                .col_expr(outbox::Column::State, Expr::value(LetterState::Sent.word()))
                .col_expr(outbox::Column::SentAt, Expr::value(Some(at)))
                .exec(&self.on)
                .await?;
        }
        Ok(())
    }

    /// A letter that was taken and not tried; the try does not count.
    async fn give_back(&self, letter: LetterId, at: DateTime<Utc>) -> Result<(), StoreError> {
        outbox::Entity::update_many()
            .filter(outbox::Column::Id.eq(letter.0))
            .filter(outbox::Column::State.is_in(UNSENT.map(LetterState::word)))
            .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).sub(1))
            .col_expr(outbox::Column::NextAt, Expr::value(to_microsecond(at)))
            .exec(&self.on)
            .await?;
        Ok(())
    }

    /// With a moment it is tried again then, else never; what was held meanwhile stays held.
    async fn note_failed_try(
        &self,
        letter: LetterId,
        (again, failure): (Option<DateTime<Utc>>, String),
    ) -> Result<(), StoreError> {
        let update = outbox::Entity::update_many()
            .filter(outbox::Column::Id.eq(letter.0))
            .col_expr(outbox::Column::Failure, Expr::value(Some(failure)));
        let update = match again {
            Some(at) => update
                .filter(outbox::Column::State.is_in(UNSENT.map(LetterState::word)))
                .col_expr(outbox::Column::NextAt, Expr::value(to_microsecond(at))),
            None => update
                .filter(outbox::Column::State.eq(LetterState::Waiting.word()))
                .col_expr(outbox::Column::State, Expr::value(LetterState::Dead.word())),
        };
        update.exec(&self.on).await?;
        Ok(())
    }

    /// Whoever changes letters stamps them anew.
    pub(crate) async fn stamp_letters(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        for part in ids.chunks(BATCH) {
            self.stamp::<outbox::Entity>(outbox::Column::Id.is_in(part.iter().copied())).await?;
        }
        Ok(())
    }
}

/// What leaves by which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    Letters,
    /// Calls of web-hooks.
    Calls,
}

impl Mail {
    fn condition(self) -> SimpleExpr {
        let calls = format!("{}%", Webhook::PREFIX);
        match self {
            Mail::Letters => outbox::Column::Recipient.not_like(calls),
            Mail::Calls => outbox::Column::Recipient.like(calls),
        }
    }
}

/// What became of one try of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    Sent {
        at: DateTime<Utc>,
    },
    Again {
        at: DateTime<Utc>,
        failure: String,
    },
    Dead {
        failure: String,
    },
    /// Taken and not tried, since the process ends or its web-hook is not active any more.
    Left {
        at: DateTime<Utc>,
    },
}

impl Reader<'_> {
    /// Where a request stands, for the letters about it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn stage_of(&self, request: RequestId) -> Result<StageKind, StoreError> {
        let word: Option<String> = request::Entity::find_by_id(request.0)
            .select_only()
            .column(request::Column::Stage)
            .into_tuple()
            .one(&self.on)
            .await?;
        let word = word.ok_or(StoreError::NotFound("request"))?;
        StageKind::from_word(&word).ok_or_else(|| unreadable("requests", request, &word))
    }

    /// Letters in a state, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn letters(&self, state: LetterState) -> Result<Vec<OutboxLetter>, StoreError> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::State.eq(state.word()))
            .order_by_asc(outbox::Column::Id)
            .all(&self.on)
            .await?;
        rows.into_iter().map(letter_of).collect()
    }

    /// How many letters are in a state.
    ///
    /// # Errors
    /// What the database says.
    pub async fn letter_count(&self, state: LetterState) -> Result<u64, StoreError> {
        Ok(outbox::Entity::find().filter(outbox::Column::State.eq(state.word())).count(&self.on).await?)
    }
}

fn new_row(letter: NewLetter) -> outbox::Model {
    let NewLetter {
        id,
        district,
        request,
        kind,
        message_id,
        sender,
        recipient,
        subject,
        bytes,
        at,
        hours,
        step,
    } = letter;
    outbox::Model {
        id: id.0,
        district_id: district.0,
        request_id: request.map(|request| request.0),
        kind,
        message_id,
        sender,
        recipient,
        subject,
        bytes,
        state: LetterState::Waiting.word().to_owned(),
        attempts: 0,
        next_at: to_microsecond(at),
        sent_at: None,
        failure: None,
        hours: hours.word().to_owned(),
        step,
    }
}

fn letter_of(row: outbox::Model) -> Result<OutboxLetter, StoreError> {
    let outbox::Model {
        id,
        district_id: _,
        request_id: _,
        kind,
        message_id,
        sender,
        recipient,
        subject,
        bytes,
        state,
        attempts,
        next_at: _,
        sent_at: _,
        failure,
        hours: _,
        step: _,
    } = row;
    let state = LetterState::from_word(&state).ok_or_else(|| unreadable("outbox", id, &state))?;
    Ok(OutboxLetter {
        id: LetterId(id),
        kind,
        message_id,
        sender,
        recipient,
        subject,
        bytes,
        state,
        attempts,
        failure,
    })
}
