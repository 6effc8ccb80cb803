//! Sessions of browsers and tokens of programs: only the hash of what opens them is kept, and either can be ended.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::id::UserId;
use workflow::words;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::rows::{api_token, session};

words! {
    /// What a session may be used for.
    SessionState {
        /// The password was right; the code of the second factor is awaited.
        AwaitsCode = "awaits_code", "待验证", "awaits the code";
        /// Signed in with a one-time password; nothing else is open before it is changed.
        AwaitsPassword = "awaits_password", "待改密码", "awaits a new password";
        Open = "open", "有效", "open";
    }
}

words! {
    /// What a bearer token may do.
    TokenReach {
        Read = "read", "只读", "read";
        Write = "write", "读写", "read and write";
    }
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    /// SHA-256 of the cookie, in hex.
    pub token_hash: String,
    pub person: UserId,
    /// What every form of the session carries (CSRF).
    pub form_token: String,
    pub state: SessionState,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    pub source: String,
    pub agent: String,
}

/// A bearer token of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: Uuid,
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    pub person: UserId,
    pub name: String,
    pub reach: TokenReach,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

impl Tx {
    /// Keeps a new session.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        let row = session_row(session).into_active_model();
        session::Entity::insert(row).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Notes that a session was used, if its last use was noted before a moment: of requests that come together one does.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch_session(
        &self,
        id: Uuid,
        (at, before): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let seen = Expr::value(to_microsecond(at));
        let update = session::Entity::update_many().col_expr(session::Column::SeenAt, seen);
        let old = session::Column::SeenAt.lt(to_microsecond(before));
        update.filter(session::Column::Id.eq(id)).filter(old).exec(&self.on).await?;
        Ok(())
    }

    /// Ends one session.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_session(&self, person: UserId, id: Uuid) -> Result<bool, StoreError> {
        let own = session::Column::PersonId.eq(person.0).and(session::Column::Id.eq(id));
        Ok(session::Entity::delete_many().filter(own).exec(&self.on).await?.rows_affected == 1)
    }

    /// Ends all sessions of a person but one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_other_sessions(&self, person: UserId, but: Uuid) -> Result<u64, StoreError> {
        let others = session::Column::PersonId.eq(person.0).and(session::Column::Id.ne(but));
        Ok(session::Entity::delete_many().filter(others).exec(&self.on).await?.rows_affected)
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_sessions(&self, person: UserId) -> Result<u64, StoreError> {
        let theirs = session::Column::PersonId.eq(person.0);
        Ok(session::Entity::delete_many().filter(theirs).exec(&self.on).await?.rows_affected)
    }

    /// Forgets sessions that were last used before a moment or began before another.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_sessions(
        &self,
        unused_since: DateTime<Utc>,
        begun_before: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let old = session::Column::SeenAt.lt(to_microsecond(unused_since));
        let old = old.or(session::Column::CreatedAt.lt(to_microsecond(begun_before)));
        Ok(session::Entity::delete_many().filter(old).exec(&self.on).await?.rows_affected)
    }

    /// Keeps a new token.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_token(&self, token: &ApiToken) -> Result<(), StoreError> {
        let row = token_row(token).into_active_model();
        api_token::Entity::insert(row).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Ends a token of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_token(&self, person: UserId, id: Uuid) -> Result<bool, StoreError> {
        let own = api_token::Column::PersonId.eq(person.0).and(api_token::Column::Id.eq(id));
        Ok(api_token::Entity::delete_many().filter(own).exec(&self.on).await?.rows_affected == 1)
    }

    /// Ends all tokens of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_tokens(&self, person: UserId) -> Result<u64, StoreError> {
        let theirs = api_token::Column::PersonId.eq(person.0);
        Ok(api_token::Entity::delete_many().filter(theirs).exec(&self.on).await?.rows_affected)
    }

    /// Notes that a token was used, as with a session.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch_token(
        &self,
        id: Uuid,
        (at, before): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let used = Expr::value(Some(to_microsecond(at)));
        let update = api_token::Entity::update_many().col_expr(api_token::Column::UsedAt, used);
        let old = api_token::Column::UsedAt.lt(to_microsecond(before));
        let old = old.or(api_token::Column::UsedAt.is_null());
        update.filter(api_token::Column::Id.eq(id)).filter(old).exec(&self.on).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// The session that a token opens, by its hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session(&self, token_hash: &str) -> Result<Option<Session>, StoreError> {
        let found = session::Entity::find().filter(session::Column::TokenHash.eq(token_hash));
        found.one(&self.on).await?.map(session_of).transpose()
    }

    /// The sessions of a person, last used first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sessions(&self, person: UserId) -> Result<Vec<Session>, StoreError> {
        let theirs = session::Entity::find().filter(session::Column::PersonId.eq(person.0));
        let rows = theirs.order_by_desc(session::Column::SeenAt).all(&self.on).await?;
        rows.into_iter().map(session_of).collect()
    }

    /// The bearer token of a hash, if it has not expired.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token(&self, token_hash: &str, now: DateTime<Utc>) -> Result<Option<ApiToken>, StoreError> {
        let found = api_token::Entity::find()
            .filter(api_token::Column::TokenHash.eq(token_hash))
            .filter(api_token::Column::ExpiresAt.gt(to_microsecond(now)));
        found.one(&self.on).await?.map(token_of).transpose()
    }

    /// The bearer tokens of a person, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tokens(&self, person: UserId) -> Result<Vec<ApiToken>, StoreError> {
        let theirs = api_token::Entity::find().filter(api_token::Column::PersonId.eq(person.0));
        let rows = theirs.order_by_desc(api_token::Column::Id).all(&self.on).await?;
        rows.into_iter().map(token_of).collect()
    }
}

impl Session {
    /// Whether it may still be used: not idle for too long, not begun too long ago.
    #[must_use]
    pub fn lives(&self, now: DateTime<Utc>, (idle, whole): (Duration, Duration)) -> bool {
        now - self.seen_at < idle && now - self.created_at < whole
    }
}

fn session_row(session: &Session) -> session::Model {
    let Session { id, token_hash, person, form_token, state, created_at, seen_at, source, agent } = session;
    session::Model {
        id: *id,
        token_hash: token_hash.clone(),
        person_id: person.0,
        form_token: form_token.clone(),
        state: state.word().to_owned(),
        created_at: to_microsecond(*created_at),
        seen_at: to_microsecond(*seen_at),
        source: source.clone(),
        agent: agent.clone(),
    }
}

fn session_of(row: session::Model) -> Result<Session, StoreError> {
    let session::Model { id, token_hash, person_id, form_token, state, created_at, seen_at, source, agent } =
        row;
    let state =
        SessionState::from_word(&state).ok_or_else(|| unreadable("sessions", id, format!("`{state}`")))?;
    let person = UserId(person_id);
    Ok(Session { id, token_hash, person, form_token, state, created_at, seen_at, source, agent })
}

fn token_row(token: &ApiToken) -> api_token::Model {
    let ApiToken { id, token_hash, person, name, reach, created_at, expires_at, used_at } = token;
    api_token::Model {
        id: *id,
        token_hash: token_hash.clone(),
        person_id: person.0,
        name: name.clone(),
        reach: reach.word().to_owned(),
        created_at: to_microsecond(*created_at),
        expires_at: to_microsecond(*expires_at),
        used_at: used_at.map(to_microsecond),
    }
}

fn token_of(row: api_token::Model) -> Result<ApiToken, StoreError> {
    let api_token::Model { id, token_hash, person_id, name, reach, created_at, expires_at, used_at } = row;
    let reach =
        TokenReach::from_word(&reach).ok_or_else(|| unreadable("api_tokens", id, format!("`{reach}`")))?;
    let person = UserId(person_id);
    Ok(ApiToken { id, token_hash, person, name, reach, created_at, expires_at, used_at })
}
