//! Where a web-hook may go: `https` to public hosts, and to hosts inside only where the settings name them; plain `http`
//! to this machine alone, and that only where it is named, too. Else a hook could ask our own network for us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hyper::Uri;

use crate::error::{NotifyError, Said};

/// Why an address is not called.
pub(super) const CLOSED: Said =
    ("指向不向回调开放的网络", "it leads into a network that is closed to web-hooks");
const NOT_HTTPS: Said = ("不是 https 地址", "it is no https address");

const LONGEST: usize = 500;

/// The address of a receiver, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    uri: Uri,
    /// Without brackets, in small letters.
    host: String,
}

impl Target {
    /// `https://host[:port]/path[?query]`; without user, password and fragment.
    pub(crate) fn parse(url: &str) -> Result<Target, NotifyError> {
        let plain = url.len() <= LONGEST && !url.contains(['#', '@', '\\']);
        let uri: Option<Uri> = url.parse().ok().filter(|_| plain);
        let uri = uri.ok_or(NotifyError::BadHook(NOT_HTTPS))?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
        let known = matches!(uri.scheme_str(), Some("https" | "http"));
        if host.is_empty() || !known || uri.port_u16() == Some(0) {
            return Err(NotifyError::BadHook(NOT_HTTPS));
        }
        let target = Target { uri, host };
        let here = target.literal().is_some_and(|ip| ip.is_loopback()) || target.host == "localhost";
        if !target.is_tls() && !here {
            let said = ("http 只能用于本机，请改用 https", "plain http is for this machine only; use https");
            return Err(NotifyError::BadHook(said));
        }
        Ok(target)
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_tls() { 443 } else { 80 })
    }

    /// Host and port as they were written.
    pub(crate) fn authority(&self) -> &str {
        self.uri.authority().map_or(self.host(), |authority| authority.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }

    /// The address, where the host is one and no name.
    pub(crate) fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether it may be called at an address that its host stands for.
    pub(crate) fn may_go_to(&self, ip: IpAddr, inside: &[String]) -> bool {
        let is_named = inside.contains(&self.host);
        (is_named || is_public(ip)) && (self.is_tls() || ip.is_loopback())
    }
}

/// Whether an address is one of the open internet.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(four) => is_public_four(four),
        IpAddr::V6(six) => is_public_six(six),
    }
}

fn is_public_four(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let reserved = first == 0 || first >= 240 || (first, second, third) == (192, 0, 0);
    let benchmarks = first == 198 && (second == 18 || second == 19);
    let odd = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast();
    !(odd || shared || reserved || benchmarks || ip.is_documentation())
}

fn is_public_six(ip: Ipv6Addr) -> bool {
    let [first, second, .., seventh, eighth] = ip.segments();
    let four = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_four(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_public_four(mapped);
    }
    match (first, second) {
        // Other addresses inside (NAT64, 6to4) count as what they stand for.
        (0x64, 0xff9b) => four(seventh, eighth),
        (0x2002, _) => four(second, ip.segments()[2]),
        (0x2001, 0xdb8) => false,
        // The open internet is 2000::/3.
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goes(url: &str, ip: &str, inside: &[&str]) -> bool {
        let inside: Vec<String> = inside.iter().map(|host| (*host).to_owned()).collect();
        Target::parse(url).is_ok_and(|target| target.may_go_to(ip.parse().expect("an address"), &inside))
    }

    #[test]
    fn a_hook_asks_no_network_of_ours() {
        let closed = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "::a00:1",
        ];
        for ip in closed {
            assert!(!goes("https://hooks.example.org/in", ip, &[]), "{ip}");
            assert!(goes("https://hooks.example.org/in", ip, &["hooks.example.org"]), "{ip}");
        }
        for ip in ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"] {
            assert!(goes("https://hooks.example.org/in", ip, &[]), "{ip}");
        }
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        assert!(goes("http://127.0.0.1:9000/in", "127.0.0.1", &["127.0.0.1"]));
        assert!(goes("http://localhost/in", "::1", &["localhost"]));
        assert!(!goes("http://127.0.0.1:9000/in", "127.0.0.1", &[]), "only where it is named");
        assert!(!goes("http://localhost/in", "10.0.0.1", &["localhost"]), "whatever the name stands for");
        assert!(!goes("http://hooks.example.org/in", "127.0.0.1", &["hooks.example.org"]));
    }

    #[test]
    fn an_address_is_whole_and_plain() {
        let target = Target::parse("https://Hooks.example.org:8443/in?from=a").expect("an address");
        assert_eq!((target.host(), target.port()), ("hooks.example.org", 8443));
        assert_eq!((target.authority(), target.path()), ("Hooks.example.org:8443", "/in?from=a"));
        assert_eq!(Target::parse("https://[2606:2800::1]/").expect("an address").port(), 443);
        for url in [
            "",
            "hooks.example.org",
            "/in",
            "ftp://hooks.example.org/",
            "https://",
            "https://a@b.example/",
            "https://b.example/#x",
            "https://b.example:0/",
            "https://b.example/\r\nX: y",
            "https://b.example\\@c/",
            "https://准入.example/",
            "file:///etc/passwd",
            "http://10.0.0.1/",
        ] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
    }
}
