//! How somebody wants letters, and in which language.

use axum::extract::State;
use serde::Deserialize;
use workflow::language::Language;
use workflow::letters::{LetterMode, Preference, QuietHours};

use crate::pages::language::with_language;
use crate::posted::Posted;
use crate::reply::{Answer, Tell, go};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Deserialize)]
pub(super) struct Wanted {
    language: Language,
    letters: LetterMode,
    quiet: QuietHours,
}

pub(super) async fn keep(
    State(server): State<Server>,
    member: Member,
    Posted(wanted): Posted<Wanted>,
) -> Answer {
    let Wanted { language, letters, quiet } = wanted;
    let email = &member.known.worker.email;
    let kept = server.engine.prefer(email, language, Preference { letters, quiet }, member.visitor.now);
    kept.await.tell(member.tongue())?;
    Ok(with_language(go("/account"), language))
}
