//! The page that somebody wanted before signing in: a place of ours and nothing else, since it comes back from a browser. It
//! goes along by addresses and hidden fields, so that two tabs do not take it from each other.

use axum::extract::Request;
use axum::http::{Method, Uri};

/// Bytes of an address that is gone back to.
const LONGEST: usize = 1000;

/// Where somebody goes who has signed in: the first page, unless another one was wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted(Option<String>);

impl Wanted {
    /// What a browser says; whatever is no page of ours is the first page.
    pub(crate) fn said(written: &str) -> Wanted {
        Wanted(Some(written).filter(|path| is_ours(path)).map(str::to_owned))
    }

    /// The page that is asked for now.
    pub(crate) fn of(request: &Request) -> Wanted {
        let asked = request.uri().path_and_query().filter(|_| request.method() == Method::GET);
        asked.map_or_else(Wanted::default, |asked| Wanted::said(asked.as_str()))
    }

    /// The address of the page.
    pub(crate) fn page(&self) -> &str {
        self.0.as_deref().unwrap_or("/")
    }

    /// What a form keeps of it; nothing for the first page.
    pub(crate) fn kept(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The address of a page on the way that knows it.
    pub(crate) fn by(&self, page: &str) -> String {
        self.query().map_or_else(|| page.to_owned(), |query| format!("{page}?{query}"))
    }

    /// What stands behind the question mark of such an address; plain enough for a cookie.
    pub(crate) fn query(&self) -> Option<String> {
        serde_urlencoded::to_string([("next", self.0.as_ref()?)]).ok()
    }
}

/// Whether a text is an address of a page of this host: a browser takes `//` and `/\` for the beginning of another one.
fn is_ours(path: &str) -> bool {
    let is_plain = path.len() <= LONGEST && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_path = path.starts_with('/') && !path.starts_with("//") && path.parse::<Uri>().is_ok();
    let is_page = !["/sign-in", "/sign-out", "/api/"].iter().any(|other| path.starts_with(other));
    is_plain && is_path && is_page && path != "/"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_host_are_gone_back_to() {
        for page in ["/requests", "/requests?q=%E8%80%81&stage=draft", "/complaints/new", "/a//b"] {
            assert_eq!(Wanted::said(page).page(), page);
        }
        let long = format!("/{}", "x".repeat(LONGEST));
        let hostile = [
            "",
            "/",
            "requests",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/requests\r\nSet-Cookie: a=b",
            "/老人",
            "/a b",
            " /requests",
            "/sign-in",
            "/sign-out",
            "/sign-in/provider",
            "/api/v1/me",
            &long,
        ];
        for page in hostile {
            assert_eq!(Wanted::said(page).page(), "/", "{page:?}");
        }
    }
}
