//! Why nobody came in by the identity provider, as a page that says what to do now. A stranger learns nothing from it: what
//! depends on an account is said only to whoever the provider has just named.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use engine::AccountError;
use workflow::id::UserId;

use crate::pages::frame::Frame;
use crate::problem::waiting;
use crate::reply::page_with;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

/// Why nobody came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The answer belongs to no way that this browser has begun, or to one that is over.
    Stale,
    /// The person or the provider has said no.
    Denied,
    /// The answer does not hold.
    Unsound,
    Unavailable,
    /// Too many ways from here are not over; until when.
    Throttled(DateTime<Utc>),
    /// The name at the provider is nobody's here.
    Unlinked(String),
    /// The account is locked or closed, or opens by password only; which of them is not said, as with a password.
    Shut,
    /// The account cannot be linked.
    Account(AccountError),
}

/// What the way to the provider was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    SignIn,
    Link,
}

#[derive(Template)]
#[template(path = "turned_away.html")]
struct TurnedAwayPage<'a> {
    frame: Frame,
    title: &'static str,
    what: String,
    subject: Option<&'a str>,
    /// Where it is tried again; nowhere where that would change nothing.
    again: Option<&'static str>,
    back: (&'static str, &'static str),
}

/// The page; `person` is whose account was to be linked.
pub(crate) fn shown(visitor: &Visitor, refusal: &Refusal, person: Option<UserId>) -> Response {
    let tongue = visitor.tongue;
    let (account, sign_in) = (
        ("/account", ("回到我的账号", "Back to my account")),
        ("/sign-in", ("用密码登录", "Sign in with a password")),
    );
    let purpose = if person.is_some() { Purpose::Link } else { Purpose::SignIn };
    let (to, (zh, en)) = match purpose {
        Purpose::Link => account,
        Purpose::SignIn => sign_in,
    };
    let again = match refusal {
        Refusal::Unlinked(_) | Refusal::Shut | Refusal::Account(_) | Refusal::Throttled(_) => None,
        _ if purpose == Purpose::Link => None,
        _ => Some("/sign-in/provider"),
    };
    let page = TurnedAwayPage {
        frame: Frame::bare(visitor),
        title: refusal.title(purpose, tongue),
        what: refusal.said(tongue),
        subject: match refusal {
            Refusal::Unlinked(subject) => Some(subject),
            _ => None,
        },
        again,
        back: (to, tongue.say(zh, en)),
    };
    let until = match refusal {
        Refusal::Throttled(until) => Some(*until),
        _ => None,
    };
    waiting(page_with(refusal.status(), &page), until)
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Refusal::Stale => StatusCode::BAD_REQUEST,
            Refusal::Denied | Refusal::Unsound | Refusal::Unlinked(_) | Refusal::Shut => {
                StatusCode::FORBIDDEN
            }
            Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Account(_) => StatusCode::CONFLICT,
        }
    }

    fn title(&self, purpose: Purpose, tongue: Tongue) -> &'static str {
        match (self, purpose) {
            (Refusal::Unavailable, _) => {
                tongue.say("统一身份认证暂时不可用", "The identity provider does not answer")
            }
            (Refusal::Unlinked(_), _) => {
                tongue.say("此统一身份尚未绑定账号", "This identity belongs to no account")
            }
            (_, Purpose::Link) => tongue.say("绑定未完成", "It was not linked"),
            (_, Purpose::SignIn) => tongue.say("登录未完成", "You are not signed in"),
        }
    }

    fn said(&self, tongue: Tongue) -> String {
        let said = match self {
            Refusal::Stale => tongue.say(
                "这次认证已过期、已用过，或不是从这个浏览器开始的。请重新开始。",
                "This sign-in has expired, was already used, or was started in another browser. Please start again.",
            ),
            Refusal::Denied => tongue.say(
                "统一身份认证没有通过，或者您取消了。可以再试一次，或用密码登录。",
                "The identity provider refused, or you cancelled it. Try again, or sign in with a password.",
            ),
            Refusal::Unsound => tongue.say(
                "统一身份认证返回的结果无法核实，未予采用。请再试一次；如果仍然这样，请告知系统管理员。",
                "What the identity provider answered could not be verified and was not used. Try again; if it stays so, tell the system's administrator.",
            ),
            Refusal::Unavailable => tongue.say(
                "统一身份认证未及时响应。请稍后再试；在此期间可以用密码登录。",
                "There was no answer in time. Try again in a while; meanwhile you can sign in with a password.",
            ),
            Refusal::Throttled(_) => {
                tongue.say("此处尝试次数过多，请稍后再试。", "Too many attempts from this address. Try again later.")
            }
            Refusal::Unlinked(_) => tongue.say(
                "如果您已有账号：用密码登录后，在“我的账号”中绑定。否则请把下面的标识告诉本单位的安全管理员，由其绑定。",
                "If you have an account, sign in with a password and link it under “My account”. Else tell your security administrator the name below, to have it linked.",
            ),
            Refusal::Shut => tongue.say(
                "您的账号现在不能以统一身份登录。请联系本单位的安全管理员。",
                "Your account cannot be opened by the identity provider now. Ask your security administrator.",
            ),
            Refusal::Account(error) => return error.message(tongue.0),
        };
        said.to_owned()
    }
}
