//! Bearer tokens of programs: made by a person for a time, listed, ended. The token itself is the caller's; only its hash
//! comes in here.

use chrono::Duration;
use store::{ApiToken, SignInLine, SignInOutcome, StoreError, TokenReach};
use uuid::Uuid;
use workflow::facts::Fault;
use workflow::id::UserId;

use crate::Engine;
use crate::accounts::Visit;
use crate::error::{EngineError, name_length};

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for, in the words of its owner.
    pub name: String,
    pub reach: TokenReach,
    /// How long it lasts, in days.
    pub days: i64,
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
}

/// Days that a token lasts at most.
pub const LONGEST_TOKEN_DAYS: i64 = 366;

/// Characters of a token's name.
const LONGEST_NAME: usize = 100;

impl Engine {
    /// Makes a token for a person; whoever bears it acts as that person, with the roles of the day.
    ///
    /// # Errors
    /// The name is empty or too long, the time is none or too long.
    pub async fn make_token(
        &self,
        person: UserId,
        new: NewToken,
        visit: Visit<'_>,
    ) -> Result<ApiToken, EngineError> {
        let NewToken { name, reach, days, token_hash } = new;
        let name = name.trim().to_owned();
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            faults.push(Fault::new("/name", name_length(LONGEST_NAME)));
        }
        if !(1..=LONGEST_TOKEN_DAYS).contains(&days) {
            let zh = format!("有效期应为 1 至 {LONGEST_TOKEN_DAYS} 天");
            let en = format!("1 to {LONGEST_TOKEN_DAYS} days are expected here");
            faults.push(Fault::new("/days", (zh, en)));
        }
        if !faults.is_empty() {
            return Err(EngineError::Malformed(faults));
        }
        let (created_at, expires_at) = (visit.now, visit.now + Duration::days(days));
        let id = Uuid::now_v7();
        let token = ApiToken { id, token_hash, person, name, reach, created_at, expires_at, used_at: None };
        let tx = self.store.begin().await?;
        tx.add_token(&token).await?;
        tx.note_sign_in(&line(person, visit, SignInOutcome::TokenMade)).await?;
        self.commit(tx, visit.now, &token).await?;
        Ok(token)
    }

    /// Ends a token of a person.
    ///
    /// # Errors
    /// `NotFound` if the person has no such token.
    pub async fn end_token(
        &self,
        (person, token): (UserId, Uuid),
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        if !tx.end_token(person, token).await? {
            return Err(StoreError::NotFound("token").into());
        }
        tx.note_sign_in(&line(person, visit, SignInOutcome::TokenEnded)).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn line(person: UserId, visit: Visit<'_>, outcome: SignInOutcome) -> SignInLine {
    SignInLine { at: visit.now, person: Some(person), source: visit.source.to_owned(), outcome }
}
