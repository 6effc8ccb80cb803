//! Passwords that people type: what a new one must be, and hashing, which takes its time and memory: on a thread of its own,
//! and only a few at once.

use engine::{Candidate, EngineError, SignInError};
use serde::Deserialize;
use store::SignInOutcome;

use crate::secrets::{self, is_password};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// Passwords shorter than this are refused (NIST SP 800-63B asks for 8, and for 15 where nothing else is asked).
pub(crate) const LEAST: usize = 12;
/// Longer ones are refused before they are hashed.
pub(crate) const MOST: usize = 256;

/// A new password, typed twice.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    pub(crate) password: String,
    pub(crate) again: String,
}

impl NewPassword {
    /// What is wrong with it.
    pub(crate) fn refusal(&self, tongue: Tongue) -> Option<&'static str> {
        if self.password != self.again {
            return Some(tongue.say("两次输入不一致", "the two passwords differ"));
        }
        too_weak(&self.password, tongue)
    }
}

/// What is wrong with a password that somebody wants to have.
pub(crate) fn too_weak(password: &str, tongue: Tongue) -> Option<&'static str> {
    let fits = password.chars().count() >= LEAST && password.len() <= MOST;
    (!fits).then(|| tongue.say("密码须有 12 个以上字符", "a password needs at least 12 characters"))
}

/// Whether a password is the one of a hash; without one the same work is done for nothing.
pub(crate) async fn is_right(
    server: &Server,
    password: String,
    known: Option<String>,
) -> Result<bool, EngineError> {
    let _turn = server.hashing.acquire().await.map_err(broken)?;
    let checked = tokio::task::spawn_blocking(move || {
        password.len() <= MOST && is_password(&password, known.as_deref())
    });
    checked.await.map_err(broken)
}

pub(crate) async fn hash(server: &Server, password: String) -> Result<String, EngineError> {
    let _turn = server.hashing.acquire().await.map_err(broken)?;
    let hashed = tokio::task::spawn_blocking(move || secrets::hash_password(&password)).await;
    hashed.map_err(broken)?.map_err(EngineError::Broken)
}

/// Asks a member for the own password once more, as a new sign-in would: failures count, and a lock stops them.
pub(crate) async fn confirm(
    server: &Server,
    member: &Member,
    password: String,
) -> Result<Candidate, EngineError> {
    let (visit, limits) = (member.visitor.visit(), &server.settings.limits);
    let candidate = server.engine.candidate(&member.known.worker.email, visit, limits).await?;
    let known = candidate.as_ref().and_then(|candidate| candidate.password(visit.now));
    if is_right(server, password, known.map(str::to_owned)).await?
        && let Some(candidate) = candidate
    {
        return Ok(candidate);
    }
    Err(refused(server, member, (candidate.as_ref(), SignInOutcome::WrongPassword)).await)
}

/// Counts a failure of a member and gives what is said about it.
pub(crate) async fn refused(
    server: &Server,
    member: &Member,
    (candidate, outcome): (Option<&Candidate>, SignInOutcome),
) -> EngineError {
    let (visit, limits) = (member.visitor.visit(), &server.settings.limits);
    let refused = server.engine.refuse_sign_in(candidate, (visit, outcome), limits).await;
    refused.err().unwrap_or_else(|| SignInError::Wrong.into())
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn broken(error: impl ToString) -> EngineError {
    EngineError::Broken(error.to_string())
}
