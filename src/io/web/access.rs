//! Access control of ports for this machine. Other pages in the same browser can reach them: by address, or by a host name that
//! resolves to this machine. They cannot choose `Host`, `Origin` and `Sec-Fetch-Site`, and they do not know the token.

use std::borrow::Cow;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CONTENT_TYPE, FORWARDED, HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode, request};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

const TOKEN: &str = "x-hooks-token";
/// The path of the page itself.
const PAGE: &str = "/";

/// Why a request is denied: the response to it.
pub type Denial = (StatusCode, Cow<'static, str>);

pub const fn deny(status: StatusCode, reason: &'static str) -> Denial {
    (status, Cow::Borrowed(reason))
}

const FOREIGN: Denial = deny(StatusCode::FORBIDDEN, "the request was sent by another page");

/// The values of `Host` for a port of this machine.
#[derive(Debug, Clone)]
pub struct OwnHost([String; 3]);

impl OwnHost {
    pub fn new(port: u16) -> Self {
        Self(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")))
    }

    /// Checks that the request was sent to this host, not through a proxy, and not by a page of another host. Returns the
    /// request's origin, if any.
    pub fn check<'r>(&self, request: &'r request::Parts) -> Result<Option<&'r str>, Denial> {
        let host = self.check_host(request)?;
        check_origin(&request.headers, host)
    }

    /// The requested host, if it is this server.
    fn check_host<'r>(&self, request: &'r request::Parts) -> Result<&'r str, Denial> {
        const MISDIRECTED: Denial =
            deny(StatusCode::MISDIRECTED_REQUEST, "this server is not the requested host");
        let headers = &request.headers;
        if headers.keys().any(|name| *name == FORWARDED || name.as_str().starts_with("x-forwarded")) {
            return Err(deny(
                StatusCode::FORBIDDEN,
                "this server is only for this machine and does not respond through a proxy or a tunnel",
            ));
        }
        let host = only(headers, HOST.as_str()).ok().flatten().ok_or(MISDIRECTED)?;
        if request.uri.authority().is_some() || !self.0.iter().any(|own| own == host) {
            return Err(MISDIRECTED);
        }
        Ok(host)
    }
}

/// Checks that no page of another origin sent the request; returns the origin.
fn check_origin<'r>(headers: &'r HeaderMap, host: &str) -> Result<Option<&'r str>, Denial> {
    let site = only(headers, "sec-fetch-site").map_err(|()| FOREIGN)?;
    if site.is_some_and(|site| site != "same-origin") {
        return Err(FOREIGN);
    }
    let origin = only(headers, ORIGIN.as_str()).map_err(|()| FOREIGN)?;
    if origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Err(FOREIGN);
    }
    Ok(origin)
}

/// Access to a page: only its own script, which knows the token.
pub(super) struct AccessControl {
    host: OwnHost,
    key: hmac::Key,
    /// The HMAC of the token, which is compared in constant time.
    code: hmac::Tag,
}

impl AccessControl {
    /// Creates a token for the page on this port, and returns it.
    pub(super) fn new(port: u16) -> io::Result<(Self, String)> {
        let token = random_text::<32>()?;
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(no_randomness)?;
        let code = hmac::sign(&key, token.as_bytes());
        Ok((Self { host: OwnHost::new(port), key, code }, token))
    }

    pub(super) fn check(&self, request: &request::Parts) -> Result<(), Denial> {
        let headers = &request.headers;
        let host = self.host.check_host(request)?;
        if request.method == Method::GET && request.uri.path() == PAGE {
            // The page contains neither data nor the token.
            return Ok(());
        }
        if !self.knows_token(headers) {
            return Err(deny(StatusCode::UNAUTHORIZED, "the token is missing or wrong"));
        }
        let origin = check_origin(headers, host)?;
        if request.method == Method::GET {
            return Ok(());
        }
        if origin.is_none() {
            return Err(FOREIGN);
        }
        // A form in another page cannot send this type.
        if only(headers, CONTENT_TYPE.as_str()) != Ok(Some("application/json")) {
            return Err(deny(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be `application/json`"));
        }
        Ok(())
    }

    fn knows_token(&self, headers: &HeaderMap) -> bool {
        let token = only(headers, TOKEN).ok().flatten().unwrap_or_default();
        hmac::verify(&self.key, token.as_bytes(), self.code.as_ref()).is_ok()
    }
}

/// The value of a header that may appear only once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// Random bytes in URL-safe base64.
pub(super) fn random_text<const BYTES: usize>() -> io::Result<String> {
    let mut bytes = [0; BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(no_randomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn no_randomness(_: ring::error::Unspecified) -> io::Error {
    io::Error::other("the operating system provides no random numbers")
}
