//! Access control of the inspector. Other pages in the same browser can reach this port: by its address, or by a host name
//! that resolves to this machine. They cannot choose `Host`, `Origin` and `Sec-Fetch-Site`, and they do not know the token.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CONTENT_TYPE, FORWARDED, HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode, request};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

pub(super) const TOKEN: &str = "x-hooks-token";
/// The path of the page itself.
const PAGE: &str = "/";

pub(super) struct AccessControl {
    hosts: [String; 3],
    key: hmac::Key,
    /// The HMAC of the token, which is compared in constant time.
    code: hmac::Tag,
}

/// Why a request is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Denial {
    pub(super) status: StatusCode,
    pub(super) reason: &'static str,
}

const fn deny(status: StatusCode, reason: &'static str) -> Denial {
    Denial { status, reason }
}

impl AccessControl {
    /// Creates a token for the page on this port, and returns it.
    pub(super) fn new(port: u16) -> io::Result<(Self, String)> {
        let token = random_text::<32>()?;
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).map_err(no_randomness)?;
        let code = hmac::sign(&key, token.as_bytes());
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"));
        Ok((Self { hosts, key, code }, token))
    }

    pub(super) fn check(&self, request: &request::Parts) -> Result<(), Denial> {
        let headers = &request.headers;
        if headers.keys().any(|name| *name == FORWARDED || name.as_str().starts_with("x-forwarded")) {
            return Err(deny(
                StatusCode::FORBIDDEN,
                "the page is only for this machine and is not served through a proxy or a tunnel",
            ));
        }
        let host = self.host(request)?;
        if request.uri.path() == PAGE {
            // The page contains neither data nor the token.
            return Ok(());
        }
        if !self.knows_token(headers) {
            return Err(deny(StatusCode::UNAUTHORIZED, "the token is missing or wrong"));
        }
        check_origin(request, host)
    }

    /// The requested host, if it is this server.
    fn host<'r>(&self, request: &'r request::Parts) -> Result<&'r str, Denial> {
        const MISDIRECTED: Denial =
            deny(StatusCode::MISDIRECTED_REQUEST, "this server is not the requested host");
        let host = only(&request.headers, HOST.as_str()).ok().flatten().ok_or(MISDIRECTED)?;
        if request.uri.authority().is_some() || !self.hosts.iter().any(|own| own == host) {
            return Err(MISDIRECTED);
        }
        Ok(host)
    }

    fn knows_token(&self, headers: &HeaderMap) -> bool {
        let token = only(headers, TOKEN).ok().flatten().unwrap_or_default();
        hmac::verify(&self.key, token.as_bytes(), self.code.as_ref()).is_ok()
    }
}

/// Checks that the page itself sent the request: only a GET may lack an origin.
fn check_origin(request: &request::Parts, host: &str) -> Result<(), Denial> {
    const FOREIGN: Denial = deny(StatusCode::FORBIDDEN, "the request was sent by another page");
    let headers = &request.headers;
    let site = only(headers, "sec-fetch-site").map_err(|()| FOREIGN)?;
    if site.is_some_and(|site| site != "same-origin") {
        return Err(FOREIGN);
    }
    let own = format!("http://{host}");
    let origin = only(headers, ORIGIN.as_str()).map_err(|()| FOREIGN)?;
    if origin.is_some_and(|origin| origin != own) {
        return Err(FOREIGN);
    }
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
