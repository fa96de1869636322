//! Which way a request takes: straight, or through a proxy.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use super::{Proxies, SetupError};
use crate::core::request::is_this_machine;

/// The proxies that apply.
pub(super) struct Route {
    matcher: Option<Matcher>,
}

/// The proxy that applies to one URL.
#[derive(Debug, Clone)]
pub(super) struct Through {
    /// `host:port`, without credentials.
    pub(super) address: String,
    /// Whether the way to the proxy itself is encrypted.
    pub(super) tls: bool,
}

impl Route {
    pub(super) fn new(proxies: &Proxies) -> Result<Self, SetupError> {
        let matcher = match proxies {
            Proxies::Off => None,
            Proxies::Environment => Some(Matcher::from_system()),
            Proxies::Url(url) => {
                reqwest::Proxy::all(url.as_str()).map_err(|_| SetupError::Proxy)?;
                Some(Matcher::builder().all(url.clone()).build())
            }
        };
        Ok(Self { matcher })
    }

    /// The proxy for this URL, if it goes through one.
    pub(super) fn proxy(&self, url: &Url) -> Option<Through> {
        let matcher = self.matcher.as_ref()?;
        if is_this_machine(url) {
            return None;
        }
        let intercept = matcher.intercept(&url.as_str().parse().ok()?)?;
        let uri = intercept.uri();
        let port = uri.port_u16().unwrap_or(match uri.scheme_str() {
            Some("https") => 443,
            Some("http") | None => 80,
            Some(_) => 1080,
        });
        let tls = uri.scheme_str() == Some("https");
        Some(Through { address: format!("{}:{port}", uri.host().unwrap_or_default()), tls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(proxy: &str) -> Route {
        Route::new(&Proxies::Url(proxy.to_owned())).unwrap()
    }

    #[test]
    fn this_machine_is_always_reached_directly() {
        let route = route("http://proxy.test:3128");
        for url in
            ["http://localhost:1/", "https://app.LOCALHOST/", "http://127.8.9.1/", "http://[::1]:8080/"]
        {
            assert!(route.proxy(&Url::parse(url).unwrap()).is_none(), "{url}");
        }
        for url in ["http://receiver.test/", "https://127.0.0.1.test/", "http://notlocalhost/"] {
            assert!(route.proxy(&Url::parse(url).unwrap()).is_some(), "{url}");
        }
    }

    #[test]
    fn a_proxy_is_named_without_its_credentials() {
        let url = Url::parse("https://receiver.test/").unwrap();
        let through = route("http://me:secret@proxy.test").proxy(&url).unwrap();
        assert_eq!(through.address, "proxy.test:80");
        assert!(!through.tls);
        assert_eq!(route("socks5://p.test").proxy(&url).unwrap().address, "p.test:1080");
    }

    #[test]
    fn a_proxy_that_is_no_url_is_refused() {
        assert!(Route::new(&Proxies::Url("http://".to_owned())).is_err());
    }
}
