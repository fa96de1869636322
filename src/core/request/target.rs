//! The URL of a request: which URLs are accepted, and how `--to` overrides them.

use std::net::SocketAddr;

use url::{Host, ParseError, Url};

use crate::core::diagnostic::Diagnostic;
use crate::core::template::Template;
use crate::core::text::{Span, Spanned, look_alike};

const CODE: &str = "payload-url";
const LOOKS: &str = "write the whole URL, e.g. `https://cms.example.com/hooks/rsvp`";

/// Parses an http or https URL with a host. Refuses whatever parsers would silently drop or change.
pub fn parse_target(text: &str) -> Result<Url, Spanned<Diagnostic>> {
    let fail = |message: &str, help: &str, at: Option<usize>| {
        let span = at.map_or(0..text.len(), |at| at..at + 1);
        Err(Diagnostic::error(CODE, message).help(help).spanning(span))
    };
    if text.trim().is_empty() {
        return fail("the URL is empty", LOOKS, None);
    }
    if let Some((at, odd)) =
        text.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control() || *c == '\\')
    {
        let name = match odd {
            ' ' => "a space".to_owned(),
            '\\' => "a backslash".to_owned(),
            odd => look_alike(odd)
                .map_or_else(|| format!("the character U+{:04X}", u32::from(odd)), |odd| odd.describe()),
        };
        let help = if odd == '\\' { "write `/`" } else { "remove it or percent-encode it" };
        return fail(&format!("the URL contains {name}"), help, Some(at));
    }
    let copied = |c: char| look_alike(c).filter(|odd| matches!(odd.replacement, "" | "\""));
    if let Some((at, odd)) = text.char_indices().find_map(|(at, c)| Some((at, copied(c)?))) {
        return fail(&format!("the URL contains {}", odd.describe()), &odd.advice(), Some(at));
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(ParseError::RelativeUrlWithoutBase) => {
            let is_local = Url::parse(&format!("http://{text}")).is_ok_and(|url| is_this_machine(&url));
            let help = if is_local { "start it with `http://`" } else { "start it with `https://`" };
            return fail("the URL has no scheme", help, None);
        }
        Err(ParseError::EmptyHost) => return fail("the URL has no host", LOOKS, None),
        Err(ParseError::InvalidIpv6Address) if has_zone_id(text) => {
            return fail(
                "IPv6 zone ids are not supported",
                "omit `%` and what follows it, or use a host name",
                text.find('%'),
            );
        }
        Err(error) => return fail(&format!("the URL is not valid: {error}"), LOOKS, None),
    };
    if !matches!(url.scheme(), "http" | "https") {
        // `localhost:4000/x` is parsed as a URL with the scheme `localhost`.
        let help = if url.cannot_be_a_base() {
            "start it with `https://` or `http://`"
        } else {
            "change the scheme"
        };
        return fail("the URL must start with `http://` or `https://`", help, None);
    }
    let after_scheme = &text[url.scheme().len() + 1..];
    if !after_scheme.starts_with("//")
        || after_scheme.starts_with("///")
        || url.host_str().is_none_or(str::is_empty)
    {
        return fail("the URL has no host", LOOKS, None);
    }
    if url.host_str().is_some_and(|host| host.len() > 253) {
        return fail("the host name is longer than 253 bytes", LOOKS, None);
    }
    if let Some(Host::Domain(name)) = url.host()
        && let Some(message) = bad_label(name)
    {
        return fail(&message, LOOKS, None);
    }
    if url.port() == Some(0) {
        return fail("the URL has port 0", "remove the port, or use another", None);
    }
    Ok(url)
}

/// The value of `--to`: a URL, `HOST:PORT` or a port of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    pub url: Url,
    /// Whether it has a path or query; otherwise those of the original URL are kept.
    pub has_path: bool,
}

impl Override {
    /// Without a scheme, `http` is used for this machine and `https` for other hosts.
    pub fn parse(text: &str) -> Result<Self, Spanned<Diagnostic>> {
        let (scheme, rest) =
            text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let has_path = rest.len() > authority.len();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let local = authority.strip_prefix(':').unwrap_or(authority);
        if scheme.is_none() && is_number(local) {
            if !local.parse::<u16>().is_ok_and(|port| port > 0) {
                let error = Diagnostic::error(CODE, "invalid port").help("use a port from 1 to 65535");
                return Err(error.spanning(0..authority.len()));
            }
            let path = &rest[authority.len()..];
            return Ok(Self { url: parse_target(&format!("http://localhost:{local}{path}"))?, has_path });
        }
        let port = authority.rsplit_once(':').map(|(host, port)| (host.len(), port));
        let is_host_and_port = port.is_some_and(|(host, port)| host > 0 && is_number(port));
        let url = match scheme {
            None if is_host_and_port => {
                let url = parse_target(&format!("http://{text}"))?;
                if is_this_machine(&url) || is_unspecified(&url) {
                    url
                } else {
                    parse_target(&format!("https://{text}"))?
                }
            }
            _ => parse_target(text)?,
        };
        Ok(Self { url, has_path })
    }

    /// The URL for a request to `original`: with its path and query, unless this has its own.
    pub fn applied_to(&self, original: &Url) -> Url {
        let mut url = self.url.clone();
        if !self.has_path {
            url.set_path(original.path());
            url.set_query(original.query());
        }
        url
    }
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    Defined,
    Elsewhere(Url),
    /// To another host, with the path and query of the payload URL.
    Host(Override),
    /// To a receiver on this machine, with the path and query of the payload URL.
    Receiver(SocketAddr),
}

impl From<Override> for Destination {
    fn from(to: Override) -> Self {
        if to.has_path { Self::Elsewhere(to.url) } else { Self::Host(to) }
    }
}

impl Destination {
    /// The part of a payload URL that this destination replaces; `${NAME}` in it needs no value. Empty if it is unknown because
    /// the URL starts with `${NAME}`.
    pub(super) fn replaced_part(&self, written: &str, template: &Template) -> Span {
        let names: Vec<&Span> = template.environment_names().map(|name| &name.span).collect();
        let is_text = |at: &usize| !names.iter().any(|name| name.contains(at));
        let start = written.find("://").filter(|at| names.iter().all(|name| name.start > *at));
        let Some(start) = start.map(|at| at + "://".len()) else { return 0..0 };
        let ends = written[start..].match_indices(['/', '?', '#']).map(|(at, _)| start + at);
        let end = ends.into_iter().find(is_text).unwrap_or(written.len());
        match self {
            Self::Defined => 0..0,
            Self::Elsewhere(_) => 0..written.len(),
            Self::Host(_) => start..end,
            // The user info stays.
            Self::Receiver(_) => {
                let mut at = written[start..end].match_indices('@').map(|(at, _)| start + at);
                at.rfind(is_text).map_or(start, |at| at + 1)..end
            }
        }
    }

    /// The URL for a request to this destination.
    pub(super) fn applied_to(&self, mut url: Url) -> Url {
        match self {
            Self::Defined => {}
            Self::Elsewhere(other) => url.clone_from(other),
            Self::Host(to) => url = to.applied_to(&url),
            Self::Receiver(address) => {
                // Cannot fail: it is an http URL with a host.
                let _ = url.set_scheme("http");
                let _ = url.set_ip_host(address.ip());
                let _ = url.set_port(Some(address.port()));
            }
        }
        url
    }
}

/// Whether the host is `0.0.0.0` or `::`, which reach this machine.
fn is_unspecified(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_unspecified(),
        _ => false,
    }
}

/// Why a host name is invalid in DNS (RFC 1035, 2.3.1, with `_`).
fn bad_label(name: &str) -> Option<String> {
    let labels = name.strip_suffix('.').unwrap_or(name).split('.');
    labels
        .map(|label| (label, label.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))))
        .find_map(|(label, odd)| match odd {
            Some(_) => Some("the host name contains an invalid character".to_owned()),
            None if label.is_empty() => {
                Some("the host name has two dots in a row, or starts with one".to_owned())
            }
            None => (label.len() > 63).then(|| "a part of the host name is longer than 63 bytes".to_owned()),
        })
}

/// Whether the host is an IPv6 address with a zone (RFC 6874), as in `http://[fe80::1%25eth0]/`.
pub fn has_zone_id(text: &str) -> bool {
    let address = text.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let parts = address.and_then(|(address, _)| address.split_once('%'));
    parts.is_some_and(|(address, zone)| address.parse::<std::net::Ipv6Addr>().is_ok() && !zone.is_empty())
}

/// The value of the `host` header: without the default port of the scheme (RFC 9110, 7.2).
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether a URL leads to this machine, which is reached without a proxy.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// Whether a name is `localhost` or below it (RFC 6761, 6.3).
pub fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_replaced_but_a_url_that_begins_with_a_variable_is_not_split() {
        let host = Destination::Host(Override::parse("3000").unwrap());
        let receiver = Destination::Receiver(([127, 0, 0, 1], 3000).into());
        for (url, by_host, by_receiver) in [
            ("https://${HOST}/in?x=${A}", "${HOST}", "${HOST}"),
            ("https://${HOST}:${PORT}", "${HOST}:${PORT}", "${HOST}:${PORT}"),
            ("https://u:${PW}@${HOST}?${A}", "u:${PW}@${HOST}", "${HOST}"),
            ("${SCHEME}://a/x", "", ""),
            ("${BASE}/x", "", ""),
            ("https://a", "a", "a"),
        ] {
            let template = crate::core::template::parse(url).unwrap();
            let part = |own: &Destination| &url[own.replaced_part(url, &template)];
            assert_eq!((part(&host), part(&receiver)), (by_host, by_receiver), "{url}");
            assert_eq!(part(&Destination::Defined), "");
        }
    }

    #[test]
    fn addresses_are_normalised() {
        let url = parse_target("HTTPS://Exämple.com:443/a?q=ü").unwrap();
        assert_eq!(url.as_str(), "https://xn--exmple-cua.com/a?q=%C3%BC");
        assert!(parse_target("http://[::1]:4000/x").is_ok());
    }

    #[test]
    fn a_host_and_port_or_a_port_alone_becomes_a_url() {
        for (text, url, has_path) in [
            ("3000", "http://localhost:3000/", false),
            (":3000", "http://localhost:3000/", false),
            ("3000/x?y", "http://localhost:3000/x?y", true),
            ("127.0.0.1:3000", "http://127.0.0.1:3000/", false),
            ("localhost:3000/x?y", "http://localhost:3000/x?y", true),
            ("[::1]:3000", "http://[::1]:3000/", false),
            ("0.0.0.0:80", "http://0.0.0.0/", false),
            ("example.com:8443", "https://example.com:8443/", false),
            ("example.com:443/", "https://example.com/", true),
            ("https://example.com", "https://example.com/", false),
            ("https://example.com/", "https://example.com/", true),
            ("http://localhost:3000?a", "http://localhost:3000/?a", true),
        ] {
            let own = Override::parse(text).unwrap();
            assert_eq!((own.url.as_str(), own.has_path), (url, has_path), "{text}");
        }
        for text in [
            "0",
            "65536",
            "99999999999999999999",
            "example.com",
            "localhost:",
            ":",
            "65536/x",
            "x:99999",
            "ftp://x:1",
            "/x:1",
            "",
        ] {
            assert!(Override::parse(text).is_err(), "{text}");
        }
        let original = Url::parse("https://cms.example.com/a%20b?c=d").unwrap();
        let applied = |text| Override::parse(text).unwrap().applied_to(&original).to_string();
        assert_eq!(applied("3000"), "http://localhost:3000/a%20b?c=d");
        assert_eq!(applied("localhost:3000/"), "http://localhost:3000/");
    }

    #[test]
    fn everything_that_cannot_be_sent_to_is_refused() {
        for (text, message) in [
            ("", "the URL is empty"),
            ("example.com/x", "the URL has no scheme"),
            ("/x", "the URL has no scheme"),
            ("localhost:4000/x", "the URL must start with `http://` or `https://`"),
            ("ftp://example.com", "the URL must start with `http://` or `https://`"),
            ("file:///etc/passwd", "the URL must start with `http://` or `https://`"),
            ("javascript:alert(1)", "the URL must start with `http://` or `https://`"),
            ("https://", "the URL has no host"),
            ("https:///x", "the URL has no host"),
            ("http:example.com", "the URL has no host"),
            ("https://exa mple.com", "the URL contains a space"),
            ("https://example.com/a\nb", "the URL contains the character U+000A"),
            ("https://example.com/\u{a0}", "the URL contains U+00A0 no-break space"),
            ("https://example.com/\u{200b}", "the URL contains U+200B zero width space"),
            ("https://example.com/\u{202e}x", "the URL contains U+202E right-to-left override"),
            ("https://example.com/”", "the URL contains U+201D right double quotation mark"),
            ("https:\\\\example.com", "the URL contains a backslash"),
            ("https://example.com:99999", "the URL is not valid: invalid port number"),
            ("https://example.com:0/", "the URL has port 0"),
            ("http://h..example/", "the host name has two dots in a row, or starts with one"),
            ("http://.example/", "the host name has two dots in a row, or starts with one"),
            ("http://{{id}}.example/", "the host name contains an invalid character"),
            ("http://[fe80::1%25eth0]/", "IPv6 zone ids are not supported"),
            ("http://[fe80::1%eth0]:3000/", "IPv6 zone ids are not supported"),
            ("http://[fe80::x%25eth0]/", "the URL is not valid: invalid IPv6 address"),
            ("https://[::1", "the URL is not valid: invalid IPv6 address"),
        ] {
            assert_eq!(parse_target(text).unwrap_err().value.message, message, "{text}");
        }
    }
}
