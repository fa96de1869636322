//! The base URL of the API.

use std::fmt;

use url::Url;

use crate::core::request::{is_this_machine, parse_target};

pub const DEFAULT_API: &str = "https://api.add-to-calendar-pro.com/v1";

/// The base URL, up to and including `/v1`. It is `https`, or `http` on this machine, so that the key is never sent in clear
/// text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUrl(Url);

impl ApiUrl {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut url = parse_target(text.trim()).map_err(|error| error.value.on_one_line())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL contains credentials; remove them, because the API key is sent in a header"
                .to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the URL contains `?` or `#`; use the base URL up to and including `/v1`".to_owned());
        }
        if url.scheme() != "https" && !is_this_machine(&url) {
            return Err("`http` is accepted only for this machine; use `https://`".to_owned());
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The URL of a path such as `/webhook/67`.
    pub fn join(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// Whether a key may be sent there without `--api`: it is the platform's own API, or on this machine.
    pub fn is_trusted(&self) -> bool {
        is_this_machine(&self.0)
            || Self::parse(DEFAULT_API).is_ok_and(|own| own.0.origin() == self.0.origin())
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_only_over_tls_or_to_this_machine() {
        for good in [DEFAULT_API, "http://127.0.0.1:4010/v1", "http://localhost:1", "http://[::1]:80/v1/"] {
            assert!(ApiUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.example.com/v1",
            "https://key@api.example.com/v1",
            "https://a.example.com/v1?x=1",
            "api",
            "",
        ] {
            assert!(ApiUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_are_below_the_base() {
        let url = ApiUrl::parse("http://localhost:4010/v1/").unwrap();
        assert_eq!(url.to_string(), "http://localhost:4010/v1");
        assert_eq!(url.join("/webhook/all?page=2").as_str(), "http://localhost:4010/v1/webhook/all?page=2");
        assert_eq!(
            ApiUrl::parse("http://localhost:4010").unwrap().join("/a").as_str(),
            "http://localhost:4010/a"
        );
    }

    #[test]
    fn only_the_platform_and_this_machine_are_trusted() {
        let is_trusted = |text| ApiUrl::parse(text).unwrap().is_trusted();
        assert!(is_trusted(DEFAULT_API) && is_trusted("http://127.0.0.1:4010/v1"));
        assert!(!is_trusted("https://api.example.com/v1"));
    }
}
