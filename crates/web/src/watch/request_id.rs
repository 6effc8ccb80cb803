//! The id of a request: what a trusted proxy has given it, else one of our own. It stands in every line of the log that
//! belongs to the request, in the answer, and in problems, so that somebody who calls can be helped.

use axum::http::HeaderMap;
use uuid::Uuid;

tokio::task_local! {
    /// The id of the request that is being answered.
    pub(super) static CURRENT: String;
}

/// Letters of an id that somebody else has given.
const LONGEST: usize = 64;

/// The id of the request that is being answered now; none outside of one.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// The id for a request. What the headers say counts only if a trusted proxy has written them.
pub(super) fn choose(headers: &HeaderMap, is_trusted: IsTrusted) -> String {
    let given = match is_trusted {
        IsTrusted::Yes => given(headers),
        IsTrusted::No => None,
    };
    given.unwrap_or_else(|| Uuid::new_v4().simple().to_string())
}

/// Whether the peer is a proxy of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IsTrusted {
    Yes,
    No,
}

/// `x-request-id`, or the trace's id of a `traceparent` (W3C), if well formed.
fn given(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let plain = |id: &&str| {
        let letters = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        letters && !id.is_empty() && id.len() <= LONGEST
    };
    let own = text("x-request-id").filter(plain);
    own.or_else(|| trace(text("traceparent")?)).map(str::to_owned)
}

fn trace(parent: &str) -> Option<&str> {
    let parts: Vec<&str> = parent.split('-').collect();
    let [version, trace, span, flags] = parts.as_slice() else { return None };
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let whole = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    (whole && trace.bytes().any(|byte| byte != b'0')).then_some(*trace)
}

#[cfg(test)]
mod tests {
    use super::{IsTrusted, choose};
    use axum::http::HeaderMap;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn a_well_formed_id_of_a_trusted_proxy_is_kept() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let parent = format!("00-{trace}-00f067aa0ba902b7-01");
        assert_eq!(choose(&headers("x-request-id", "a-1_b.2"), IsTrusted::Yes), "a-1_b.2");
        assert_eq!(choose(&headers("traceparent", &parent), IsTrusted::Yes), trace);
    }

    #[test]
    fn all_else_is_replaced() {
        let long = "x".repeat(65);
        for (name, value) in [
            ("x-request-id", "a b"),
            ("x-request-id", ""),
            ("x-request-id", "a\"},{"),
            ("x-request-id", long.as_str()),
            ("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
            ("traceparent", "nonsense"),
        ] {
            let made = choose(&headers(name, value), IsTrusted::Yes);
            assert!(made.len() == 32 && made != value, "{value}: {made}");
        }
        assert_ne!(choose(&headers("x-request-id", "a-1"), IsTrusted::No), "a-1");
    }
}
