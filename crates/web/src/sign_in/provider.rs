//! Signing in by an identity provider (统一身份认证): the way there, and the way back with its answer. Both cookies of it are
//! `Lax`: the provider sends the browser back by an address, and a `Strict` one would stay at home then. Where no provider
//! is set, none of these pages is there.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::Duration;
use engine::{Candidate, EngineError, Meant, Named, Opening, Proof, ROUND_TIME, SignInError};
use serde::Deserialize;
use sign_on::{Identified, Provider, ProviderSettings, Round, SignOnError};
use store::SessionState;
use workflow::id::UserId;
use workflow::language::Bilingual;
use workflow::text::unfit;

use super::fresh::{fresh, with_cookie, with_named_cookie};
use super::turned_away::{Refusal, shown};
use super::wanted::Wanted;
use super::{Asked, next};
use crate::guard::cookie;
use crate::problem::{Problem, Reader};
use crate::reply::{Answer, Failed, Tell, go};
use crate::secrets::{digest, token};
use crate::server::Server;
use crate::visitor::Visitor;

/// Where the provider sends browsers back to.
pub(crate) const BACK: &str = "/sign-in/provider/back";

/// What a browser holds while it is on its way.
const ROUND: &str = "__Host-zhunru-round";

/// The page that is wanted after it.
const WANTED: &str = "__Host-zhunru-wanted";

/// The identity provider, and what its button says.
#[derive(Debug, Clone)]
pub struct SignOnSettings {
    pub provider: ProviderSettings,
    pub name: Bilingual,
}

/// What the provider's answer says, beside the one that has been asked for.
#[derive(Deserialize)]
pub(crate) struct Returned {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
}

/// A browser that may go: where to, and what it takes with it.
pub(crate) struct Departure {
    pub(crate) address: String,
    secret: String,
}

pub(crate) fn nowhere(visitor: &Visitor) -> Response {
    Problem::not_found(visitor.tongue).answer(Reader::Person, visitor.tongue)
}

pub(crate) async fn begin(
    State(server): State<Server>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Answer {
    let Some(provider) = &server.sign_on else { return Ok(nowhere(&visitor)) };
    Ok(match departs(&server, (provider, &visitor), None).await? {
        Ok(departure) => {
            let answer = departure.with(go(&departure.address));
            // A way that was given up may have left another one.
            let (query, lasts) =
                asked.wanted().query().map_or((String::new(), Duration::zero()), |query| (query, ROUND_TIME));
            with_named_cookie(answer, (WANTED, &query), lasts)
        }
        Err(refusal) => shown(&visitor, &refusal, None),
    })
}

/// Begins a way to the provider, to link the account of a person where there is one. Nothing is kept where the provider does
/// not answer.
pub(crate) async fn departs(
    server: &Server,
    (provider, visitor): (&Provider, &Visitor),
    person: Option<UserId>,
) -> Result<Result<Departure, Refusal>, Failed> {
    let (secret, hash) = token();
    let Ok(address) = provider.address(&Round::of(&secret), visitor.now).await else {
        return Ok(Err(Refusal::Unavailable));
    };
    let begun = server.engine.begin_round((hash, person), visitor.visit(), &server.settings.limits).await;
    match begun {
        Ok(()) => Ok(Ok(Departure { address, secret })),
        Err(EngineError::SignIn(SignInError::Throttled(until))) => Ok(Err(Refusal::Throttled(until))),
        Err(error) => Err(error).tell(visitor.tongue),
    }
}

impl Departure {
    /// The answer with the cookie of the round.
    pub(crate) fn with(&self, answer: Response) -> Response {
        with_named_cookie(answer, (ROUND, &self.secret), ROUND_TIME)
    }
}

pub(crate) async fn back(
    State(server): State<Server>,
    visitor: Visitor,
    headers: HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Answer {
    let Some(provider) = &server.sign_on else { return Ok(nowhere(&visitor)) };
    // An answer with another's state ends nothing, so that nobody can take a round away from its browser.
    let Some((round, hash, returned)) = begun(&headers, returned) else {
        return Ok(shown(&visitor, &Refusal::Stale, None));
    };
    let kept = server.engine.end_round(&hash, visitor.visit()).await.tell(visitor.tongue)?;
    let answer = match kept {
        // It is over: an answer counts once, and in time.
        None => shown(&visitor, &Refusal::Stale, None),
        Some(kept) => match named(provider, &round, (returned, &visitor)).await {
            Err(refusal) => shown(&visitor, &refusal, kept.person),
            Ok(identified) => match kept.person {
                None => enters(&server, &visitor, (provider, identified), &wanted(&headers)).await?,
                Some(person) => links(&server, &visitor, (provider, identified, person)).await?,
            },
        },
    };
    Ok(with_named_cookie(answer, (ROUND, ""), Duration::zero()))
}

/// The page that was wanted when the way began.
fn wanted(headers: &HeaderMap) -> Wanted {
    let asked = cookie(headers, WANTED).and_then(|query| serde_urlencoded::from_str::<Asked>(query).ok());
    asked.map_or_else(Wanted::default, |asked| asked.wanted())
}

/// The round that the browser has begun, with the hash by which it is kept, if the answer belongs to it.
fn begun(
    headers: &HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Option<(Round, String, Returned)> {
    let (secret, Query(returned)) = (cookie(headers, ROUND)?, returned.ok()?);
    let round = Round::of(secret);
    round.is_of(&returned.state).then(|| (round, digest(secret), returned))
}

/// Whom the provider names.
async fn named(
    provider: &Provider,
    round: &Round,
    (returned, visitor): (Returned, &Visitor),
) -> Result<Identified, Refusal> {
    match returned.error.as_deref() {
        None => {}
        Some("server_error" | "temporarily_unavailable") => return Err(Refusal::Unavailable),
        Some(_) => return Err(Refusal::Denied),
    }
    if returned.iss.is_some_and(|issuer| issuer != provider.issuer()) {
        return Err(Refusal::Unsound);
    }
    let code = returned.code.ok_or(Refusal::Unsound)?;
    match provider.identify(round, code, visitor.now).await {
        // Nobody could be told from another by what nobody sees.
        Ok(identified) if unfit(&identified.subject).is_some() => Err(Refusal::Unsound),
        Ok(identified) => Ok(identified),
        Err(SignOnError::Unavailable(_)) => Err(Refusal::Unavailable),
        Err(SignOnError::Unsound(_) | SignOnError::Settings(_)) => Err(Refusal::Unsound),
    }
}

/// Opens a session as a right password would.
async fn enters(
    server: &Server,
    visitor: &Visitor,
    (provider, identified): (&Provider, Identified),
    wanted: &Wanted,
) -> Answer {
    let (engine, limits, visit) = (&server.engine, &server.settings.limits, visitor.visit());
    let named = Named { issuer: provider.issuer(), subject: &identified.subject };
    let Candidate { credential, .. } = match engine.meant(named, visit).await.tell(visitor.tongue)? {
        Meant::Account(candidate) => *candidate,
        Meant::Nobody => return Ok(shown(visitor, &Refusal::Unlinked(identified.subject), None)),
        Meant::Shut => return Ok(shown(visitor, &Refusal::Shut, None)),
    };
    let has_factor = credential.totp_secret.is_some();
    let state = if has_factor && !identified.has_factor {
        SessionState::AwaitsCode
    } else if credential.one_time {
        SessionState::AwaitsPassword
    } else {
        SessionState::Open
    };
    let proof = (has_factor && identified.has_factor).then_some(Proof::Provider);
    let (session, token) = fresh(visitor, credential.person, state);
    let before = visitor.session().map(|session| session.id);
    let opening = Opening { checked: &credential, before };
    match engine.open_session(session, (visit, proof), (opening, limits)).await {
        Ok(session) => {
            let answer = with_cookie(go(&next(session.state, wanted)), &token, limits.whole);
            Ok(with_named_cookie(answer, (WANTED, ""), Duration::zero()))
        }
        // It was locked in this moment.
        Err(EngineError::SignIn(_)) => Ok(shown(visitor, &Refusal::Shut, None)),
        Err(error) => Err(error).tell(visitor.tongue),
    }
}

/// Links the account of whoever began it and is still the one who is signed in.
async fn links(
    server: &Server,
    visitor: &Visitor,
    (provider, identified, person): (&Provider, Identified, UserId),
) -> Answer {
    let refused = |refusal| Ok(shown(visitor, &refusal, Some(person)));
    let open = visitor.session().filter(|session| session.state == SessionState::Open);
    if open.is_none_or(|session| session.person != person) {
        return refused(Refusal::Stale);
    }
    let (session, token) = fresh(visitor, person, SessionState::Open);
    let named = Named { issuer: provider.issuer(), subject: &identified.subject };
    match server.engine.link_own_identity(named, &session, visitor.visit()).await {
        Ok(()) => Ok(with_cookie(go("/account#identity"), &token, server.settings.limits.whole)),
        Err(EngineError::Account(error)) => refused(Refusal::Account(error)),
        Err(EngineError::SignIn(_)) => refused(Refusal::Shut),
        Err(error) => Err(error).tell(visitor.tongue),
    }
}
