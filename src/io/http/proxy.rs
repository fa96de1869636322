//! Which proxy a request uses, if any.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::options::{Proxies, SetupError};
use crate::core::request::{has_zone_id, is_this_machine};
use crate::core::secrets::{Redactor, Secret, shown_argument};
use crate::core::text::one_line;
use crate::io::env;

const NOT_UTF8: &str = "the value is not UTF-8";

pub(super) enum Route {
    Direct,
    One(Proxy),
    Environment {
        http: Setting,
        https: Setting,
        /// An error is the variable that is not UTF-8.
        exceptions: Result<Vec<Exception>, &'static str>,
    },
    /// The settings of the operating system.
    System(Matcher),
}

/// A proxy variable. An invalid one is an error only for requests that would use it.
#[derive(Debug, Clone)]
pub(super) enum Setting {
    None,
    Proxy(Proxy),
    Unusable { variable: &'static str, reason: String },
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    pub(super) kind: ProxyKind,
    /// As in a URL: an IPv6 address is in brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) credentials: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProxyKind {
    Http,
    Https,
    Socks4 { resolves: bool },
    Socks5 { resolves: bool },
}

pub(super) enum Exception {
    Everything,
    Host { port: Option<u16>, matcher: Box<Matcher> },
}

impl Route {
    pub(super) fn new(proxies: &Proxies) -> Result<Self, SetupError> {
        match proxies {
            Proxies::Off => Ok(Self::Direct),
            Proxies::Environment => Ok(Self::environment()),
            Proxies::Url(url) => Proxy::parse(url).map(Self::One).map_err(SetupError::Proxy),
        }
    }

    fn environment() -> Self {
        // In a CGI program, `HTTP_PROXY` is the header `Proxy` of a request.
        if env::is_set("REQUEST_METHOD") {
            return Self::Direct;
        }
        let all = Setting::read(["ALL_PROXY", "all_proxy"]);
        let or_all = |own: Setting| if matches!(own, Setting::None) { all.clone() } else { own };
        let http = or_all(Setting::read(["HTTP_PROXY", "http_proxy"]));
        let https = or_all(Setting::read(["HTTPS_PROXY", "https_proxy"]));
        if matches!((&http, &https), (Setting::None, Setting::None)) {
            return Self::System(Matcher::from_system());
        }
        let exceptions = match ["NO_PROXY", "no_proxy"].into_iter().find(|name| env::is_set(name)) {
            Some(name) => env::variable(name).map(|list| Exception::parse_list(&list)).ok_or(name),
            None => Ok(Vec::new()),
        };
        Self::Environment { http, https, exceptions }
    }

    /// The proxy for this URL, if any.
    pub(super) fn proxy(&self, url: &Url) -> Result<Option<Proxy>, SetupError> {
        if is_this_machine(url) {
            return Ok(None);
        }
        let setting = match self {
            Self::Direct => return Ok(None),
            Self::One(proxy) => return Ok(Some(proxy.clone())),
            Self::System(matcher) => {
                let uri = url.as_str().parse().ok();
                let intercept = uri.and_then(|uri| matcher.intercept(&uri));
                return Ok(intercept.and_then(|intercept| Proxy::parse(&intercept.uri().to_string()).ok()));
            }
            Self::Environment { http, https, exceptions } => {
                let setting = if url.scheme() == "https" { https } else { http };
                if matches!(setting, Setting::None) {
                    return Ok(None);
                }
                let exceptions = exceptions
                    .as_ref()
                    .map_err(|variable| SetupError::Environment { variable, reason: NOT_UTF8.to_owned() })?;
                if exceptions.iter().any(|own| own.matches(url)) {
                    return Ok(None);
                }
                setting
            }
        };
        match setting.clone() {
            Setting::None => Ok(None),
            Setting::Proxy(proxy) => Ok(Some(proxy)),
            Setting::Unusable { variable, reason } => Err(SetupError::Environment { variable, reason }),
        }
    }
}

impl Setting {
    fn read(names: [&'static str; 2]) -> Self {
        let Some(variable) = names.into_iter().find(|name| env::is_set(name)) else { return Self::None };
        let parsed = match env::variable(variable) {
            Some(value) if value.trim().is_empty() => return Self::None,
            Some(value) => Proxy::parse(&value).map_err(|reason| {
                format!("`{}` is not a proxy URL: {reason}", one_line(&shown_argument(&value)))
            }),
            None => Err(NOT_UTF8.to_owned()),
        };
        match parsed {
            Ok(proxy) => Self::Proxy(proxy),
            Err(reason) => Self::Unusable { variable, reason },
        }
    }
}

impl Proxy {
    /// Parses `http://user:password@host:port`; the default scheme is `http`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let has_scheme = text.contains("://");
        let with_scheme = if has_scheme { text.to_owned() } else { format!("http://{text}") };
        if text.contains(char::is_whitespace) {
            return Err("it contains whitespace".to_owned());
        }
        let url = Url::parse(&with_scheme).map_err(|error| {
            if has_zone_id(&with_scheme) {
                "IPv6 zone ids are not supported".to_owned()
            } else {
                error.to_string()
            }
        })?;
        // `http:/host:port` is not the host `http`.
        if !has_scheme && (url.path() != "/" || text.trim_end_matches(['/', '\\']).ends_with(':')) {
            return Err("without `://`, expected `HOST:PORT`".to_owned());
        }
        let (kind, default_port) = match url.scheme() {
            "http" => (ProxyKind::Http, 80),
            "https" => (ProxyKind::Https, 443),
            "socks4" => (ProxyKind::Socks4 { resolves: false }, 1080),
            "socks4a" => (ProxyKind::Socks4 { resolves: true }, 1080),
            "socks5" => (ProxyKind::Socks5 { resolves: false }, 1080),
            "socks5h" => (ProxyKind::Socks5 { resolves: true }, 1080),
            other => {
                return Err(format!(
                    "unsupported scheme `{other}` (use http, https, socks4, socks4a, socks5 or socks5h)"
                ));
            }
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it has no host")?.to_owned();
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        let credentials =
            has_credentials.then(|| (decode(url.username()), decode(url.password().unwrap_or_default())));
        let port = match url.port() {
            Some(0) => return Err("port 0 cannot be used".to_owned()),
            port => port.unwrap_or(default_port),
        };
        Ok(Self { kind, host, port, credentials })
    }

    /// `host:port`, without credentials.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether the proxy receives requests with the whole URL, instead of opening a tunnel.
    pub(super) fn forwards(&self, scheme: &str) -> bool {
        scheme == "http" && matches!(self.kind, ProxyKind::Http | ProxyKind::Https)
    }

    /// The value of `proxy-authorization`.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Basic {}", self.token()?)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// User name and password as they are sent.
    fn token(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref()?;
        Some(BASE64_STANDARD.encode(format!("{user}:{password}")))
    }

    /// Masks the credentials in responses.
    pub(super) fn redactor(&self) -> Option<Redactor> {
        let (_, password) = self.credentials.as_ref()?;
        Some(Redactor::new([&Secret::new(password.as_str()), &Secret::new(self.token()?)]))
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({:?} {})", self.kind, self.address())
    }
}

impl Exception {
    /// Entries are separated by commas or spaces.
    fn parse_list(list: &str) -> Vec<Self> {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
        entries.map(Self::parse).collect()
    }

    /// `*`, `host`, `.domain`, `*.domain`, an address or a network; a host also with a port.
    fn parse(entry: &str) -> Self {
        if entry == "*" {
            return Self::Everything;
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, port.parse().ok()),
            _ => (entry, None),
        };
        let host = if port.is_some() { host } else { entry };
        let host = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let host = host.strip_suffix('.').unwrap_or(host);
        // One matcher per entry, because a port applies to one entry only.
        let matcher = Matcher::builder().all("http://proxy.invalid").no(host).build();
        Self::Host { port, matcher: Box::new(matcher) }
    }

    fn matches(&self, url: &Url) -> bool {
        match self {
            Self::Everything => true,
            Self::Host { port, .. } if port.is_some() && *port != url.port_or_known_default() => false,
            Self::Host { matcher, .. } => {
                let host = match url.host() {
                    Some(Host::Domain(name)) => name.strip_suffix('.').unwrap_or(name).to_owned(),
                    Some(host) => host.to_string(),
                    None => return false,
                };
                let uri = format!("http://{host}/").parse().ok();
                uri.is_some_and(|uri| matcher.intercept(&uri).is_none())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(proxy: &str, url: &str) -> Option<Proxy> {
        let route = Route::new(&Proxies::Url(proxy.to_owned())).unwrap();
        route.proxy(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn this_machine_is_always_reached_directly() {
        let proxy = "http://proxy.test:3128";
        for url in
            ["http://localhost:1/", "https://app.LOCALHOST/", "http://127.8.9.1/", "http://[::1]:8080/"]
        {
            assert!(through(proxy, url).is_none(), "{url}");
        }
        for url in ["http://receiver.test/", "https://127.0.0.1.test/", "http://notlocalhost/"] {
            assert!(through(proxy, url).is_some(), "{url}");
        }
    }

    #[test]
    fn a_proxy_is_shown_without_its_credentials() {
        for (proxy, address) in [
            ("http://me:secret@proxy.test", "proxy.test:80"),
            ("me:secret@proxy.test:3128", "proxy.test:3128"),
            ("https://proxy.test", "proxy.test:443"),
            ("socks5://me:secret@p.test", "p.test:1080"),
            ("http://[::1]:3128/", "[::1]:3128"),
        ] {
            let through = through(proxy, "https://receiver.test/").unwrap();
            assert_eq!(through.address(), address);
            assert!(!format!("{through:?}").contains("secret"));
        }
        assert_eq!(shown_argument("http://me:sec/r@et@[bad"), "http://***@[bad");
        assert_eq!(shown_argument("me:secret@host:99999"), "***@host:99999");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_says_why() {
        for (text, reason) in [
            ("not a url", "it contains whitespace"),
            ("ftp://proxy.test", "unsupported scheme `ftp`"),
            ("http://127.0.0.1:99999", "invalid port number"),
            ("http://", "empty host"),
            ("socks5://", "it has no host"),
            ("http://proxy.test:0", "port 0"),
            ("http:/127.0.0.1:9", "expected `HOST:PORT`"),
            ("http//127.0.0.1:9", "expected `HOST:PORT`"),
            ("http:", "expected `HOST:PORT`"),
            ("http://[fe80::1%25lo]:9", "IPv6 zone ids are not supported"),
        ] {
            let error = Proxy::parse(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn no_proxy_accepts_names_domains_ports_addresses_and_networks() {
        let matches = |list: &str, url: &str| {
            let url = Url::parse(url).unwrap();
            Exception::parse_list(list).iter().any(|own| own.matches(&url))
        };
        for (list, url) in [
            ("*", "http://192.0.2.1/"),
            ("a.test, *", "https://[2001:db8::1]/"),
            ("*.test", "http://a.b.test/"),
            (".test", "http://a.test/"),
            ("b.test", "http://a.b.test/"),
            ("B.Test", "http://b.test./"),
            ("b.test.", "http://b.test/"),
            ("a.test b.test", "http://b.test/"),
            ("b.test:8080", "http://b.test:8080/"),
            ("b.test:443", "https://b.test/"),
            ("192.0.2.0/24", "http://192.0.2.9/"),
            ("192.0.2.9:80", "http://192.0.2.9/"),
            ("2001:db8::1", "http://[2001:db8::1]/"),
            ("[2001:db8::1]:81", "http://[2001:db8::1]:81/"),
        ] {
            assert!(matches(list, url), "{list}: {url}");
        }
        for (list, url) in [
            ("", "http://b.test/"),
            ("b.test", "http://notb.test/"),
            ("b.test:8080", "http://b.test/"),
            ("*.b.test", "http://notb.test/"),
            ("192.0.2.0/24", "http://192.0.3.9/"),
            ("[2001:db8::1]:81", "http://[2001:db8::1]/"),
        ] {
            assert!(!matches(list, url), "{list}: {url}");
        }
    }
}
