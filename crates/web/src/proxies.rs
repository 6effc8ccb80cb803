//! Where a request comes from when proxies of ours stand before the server. What a header says counts only as far as a
//! trusted proxy has written it; everybody else could write anything there.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// The address at the other end of the connection.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(address)| address.ip().to_canonical())
}

/// Whether a proxy that we trust has sent it.
pub(crate) fn is_from_proxy(trusted: &[IpAddr], extensions: &Extensions) -> bool {
    peer(extensions).is_some_and(|peer| trusted.contains(&peer))
}

/// The address of whoever asks: the peer's own, or, behind trusted proxies, the last one in `X-Forwarded-For` that is
/// none of them.
pub(crate) fn source(trusted: &[IpAddr], headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    let peer = peer(extensions)?;
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    for one in named.into_iter().rev() {
        // What cannot be read was written by nobody we trust; the proxy itself is all that is known then.
        let Ok(address) = one.parse::<IpAddr>() else { return Some(peer) };
        let address = address.to_canonical();
        if !trusted.contains(&address) {
            return Some(address);
        }
    }
    Some(peer)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};

    use axum::extract::ConnectInfo;
    use axum::http::{Extensions, HeaderMap, HeaderValue};

    use super::source;

    fn from(peer: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        let trusted: [IpAddr; 2] = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        source(&trusted, &headers, &extensions).unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(from("192.0.2.9", &["198.51.100.7"]), "192.0.2.9");
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(from("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(from("10.0.0.1", &["1.1.1.1, 198.51.100.7", "10.0.0.2"]), "198.51.100.7");
        assert_eq!(from("10.0.0.1", &["198.51.100.7, nonsense"]), "10.0.0.1");
        assert_eq!(from("::ffff:10.0.0.1", &["2001:db8::7"]), "2001:db8::7");
    }
}
