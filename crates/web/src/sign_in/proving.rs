//! Somebody who is signed in shows once more that it is them: password and code, before the second factor is changed.
//! Failures count towards the lock, as those of signing in do.

use engine::{Candidate, EngineError, Proof, SignInError};
use serde::Deserialize;
use store::SignInOutcome;

use super::passwords;
use crate::factor;
use crate::server::Server;
use crate::visitor::Member;

/// What somebody has shown.
#[derive(Deserialize)]
pub(crate) struct Shown {
    code: String,
    password: String,
}

/// Whether the member has a second factor already.
pub(crate) async fn has_factor(server: &Server, member: &Member) -> Result<bool, EngineError> {
    let credential = server.engine.reader().credential(member.known.worker.person.user).await?;
    Ok(credential.is_some_and(|credential| credential.totp_secret.is_some()))
}

/// The password was right, and so far the code or recovery code looks right, too.
pub(crate) async fn proven(
    server: &Server,
    member: &Member,
    Shown { code, password }: Shown,
) -> Result<(Candidate, Proof), EngineError> {
    let candidate = passwords::confirm(server, member, password).await?;
    let secret = candidate.credential.totp_secret.as_deref().unwrap_or_default();
    match factor::proof(secret, &code, member.visitor.now) {
        Some(proof) => Ok((candidate, proof)),
        None => Err(passwords::refused(server, member, (Some(&candidate), SignInOutcome::WrongCode)).await),
    }
}

/// A proof that was used before counts as a failure, too.
pub(crate) async fn counted(
    server: &Server,
    member: &Member,
    (candidate, done): (&Candidate, Result<(), EngineError>),
) -> Result<(), EngineError> {
    match done {
        Err(EngineError::SignIn(SignInError::Wrong)) => {
            Err(passwords::refused(server, member, (Some(candidate), SignInOutcome::WrongCode)).await)
        }
        other => other,
    }
}
