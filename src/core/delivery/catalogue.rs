//! The catalogue: every way in which a delivery can fail, and what else there is to say of one, each with
//! its stable name and two sentences. Read by the views, the history, the exit code and `docs/failures.md`.
//!
//! The sentences are for a person who does not know networks. What is in braces is filled in by
//! [`Facts`](super::Facts); a test proves that every placeholder is known.

use super::State;

/// Declares an enum whose variants are rows: variant, name, group, what happened, what to do next.
macro_rules! catalogue {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident $name:literal $group:ident $what:literal $next:literal)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind {
            $(#[doc = $what] $variant,)*
        }

        serde_by_name!($kind: name);

        impl $kind {
            /// All of them, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its stable name, in JSON, the history and the docs.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Where in an exchange it belongs.
            pub fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)* }
            }

            /// What happened, with placeholders.
            pub(super) fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }

            /// What to do next, with placeholders.
            pub(super) fn next(self) -> &'static str {
                match self { $(Self::$variant => $next,)* }
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Lookup,
    Connection,
    Tls,
    Exchange,
    Response,
    Element,
}

impl Group {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 6] =
        [Self::Lookup, Self::Connection, Self::Tls, Self::Exchange, Self::Response, Self::Element];

    pub fn title(self) -> &'static str {
        match self {
            Self::Lookup => "Finding the address",
            Self::Connection => "Connecting",
            Self::Tls => "Encryption (TLS)",
            Self::Exchange => "Sending, and waiting for the answer",
            Self::Response => "The receiver answered",
            Self::Element => "One of many elements cannot be sent",
        }
    }
}

impl FailureKind {
    /// Whether the receiver answered, and the answer is no; else nothing (usable) came back.
    pub fn is_response(self) -> bool {
        self.group() == Group::Response
    }

    /// The state that goes with an answer which is this failure: not every answer is the receiver's own.
    pub fn state_with_response(self) -> State {
        match self {
            kind if kind.is_response() => State::Failed,
            // It came from the proxy, or from a TLS server that had not yet read a request.
            Self::ProxyError | Self::HttpToTlsPort | Self::Http2Only => State::NotSent,
            _ => State::InDoubt,
        }
    }
}

catalogue! {
    FailureKind {
        DnsNotFound "dns-not-found" Lookup
            "The name `{host}` does not exist, or has no address."
            "Check the spelling of the host in `payload_url`, or in `--to`; if it is new, its DNS entry may not have spread yet."
        DnsTemporary "dns-temporary" Lookup
            "The name `{host}` could not be looked up just now ({reason})."
            "Check that this machine is online and its DNS server answers, then try again."
        DnsTimeout "dns-timeout" Lookup
            "Looking up the name `{host}` took longer than {elapsed}."
            "Check the network and the DNS server of this machine, or allow more time with `--connect-timeout`."
        CannotSend "cannot-send" Lookup
            "The request could not be put together ({reason})."
            "Check the URL and the header values of the webhook with `hooks preview`."

        ConnectRefused "connect-refused" Connection
            "Nothing accepts connections at {addresses}."
            "Start the receiver, or check the host and the port in `payload_url`, or in `--to`."
        ConnectTimeout "connect-timeout" Connection
            "No connection to {addresses} came about within {elapsed}."
            "Check the host and the port; a firewall that drops connections looks like this too."
        NetworkUnreachable "network-unreachable" Connection
            "There is no way from here to {addresses} ({reason})."
            "Check that this machine is online and, if the receiver is in a private network, that its VPN is up."
        ConnectFailed "connect-failed" Connection
            "The connection to {addresses} failed ({reason})."
            "Check the host and the port in `payload_url`, and the limits of this machine if the reason names them."
        TotalTimeout "total-timeout" Connection
            "The time for the whole delivery ({elapsed}) was over while {phase}."
            "Allow more time with `--timeout`."
        ProxyError "proxy-error" Connection
            "The request failed at the proxy {proxy} ({reason})."
            "Check `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and their credentials, or add the host to `NO_PROXY`.{arrived}"

        TlsExpired "tls-expired" Tls
            "The certificate of {target} expired on {date}."
            "Have the receiver's certificate renewed; for a test only, `--insecure` sends anyway."
        TlsNotYetValid "tls-not-yet-valid" Tls
            "The certificate of {target} is valid only from {date}."
            "Check the clock of this machine first; if it is right, the receiver's certificate was issued for later."
        TlsUnknownIssuer "tls-unknown-issuer" Tls
            "The certificate of {target} was issued by an authority that this machine does not trust."
            "If it is your own or your company's authority, name its certificate with `--cacert`; else the receiver may send its certificate without the intermediate ones and must be set up to send them."
        TlsIncompleteChain "tls-incomplete-chain" Tls
            "{target} sends its certificate without the one of the authority that issued it (an incomplete chain), so that nobody can tell whether to trust it."
            "Set the receiver up to send the whole chain, which authorities often call `fullchain.pem`: browsers find the missing certificate at `{reason}` by themselves, other senders do not. If the authority is your own, name its certificate with `--cacert`."
        TlsSelfSigned "tls-self-signed" Tls
            "The certificate of {target} is self-signed."
            "For a receiver of your own, pass its certificate with `--cacert`; the platform itself needs one from a public authority."
        TlsNameMismatch "tls-name-mismatch" Tls
            "The certificate of {target} is not for `{host}`: {names}."
            "{use_names}"
        TlsBadPurpose "tls-bad-purpose" Tls
            "The certificate of {target} is not meant for a web server ({reason})."
            "Have a server certificate installed at the receiver; a client or authority certificate does not do."
        TlsBadSignature "tls-bad-signature" Tls
            "The signature on the certificate of {target} is wrong or of a kind that is not supported."
            "Have the receiver's certificate and its chain installed anew; something between here and there may also be replacing it."
        TlsRevoked "tls-revoked" Tls
            "The certificate of {target} was revoked by its authority."
            "Have a new certificate installed at the receiver."
        TlsBadCertificate "tls-bad-certificate" Tls
            "The certificate of {target} cannot be accepted ({reason})."
            "Have the receiver's certificate checked and issued anew."
        TlsVersion "tls-version" Tls
            "{target} speaks no version of TLS that is still considered safe: 1.2 and 1.3 are offered."
            "Have TLS 1.2 or 1.3 turned on at the receiver."
        TlsNoCommonCipher "tls-no-common-cipher" Tls
            "{target} and this program have no way of encryption in common ({reason})."
            "Have current cipher suites turned on at the receiver, such as ECDHE with AES-GCM."
        TlsPlaintextServer "tls-plaintext-server" Tls
            "{target} does not speak TLS: the URL says `https`, the port answers in plain text."
            "Write `http://` in {setting}, or use the port on which the receiver serves `https`."
        HttpToTlsPort "http-to-tls-port" Tls
            "{target} expects TLS: the URL says `http`, the port serves `https`."
            "Write `https://` in {setting}."
        TlsClientCertRequired "tls-client-cert-required" Tls
            "{target} wants a certificate from the sender."
            "Turn off client certificates (mutual TLS) for this path: webhooks come without one."
        TlsHandshakeTimeout "tls-handshake-timeout" Tls
            "{target} accepted the connection, and did not finish agreeing on encryption within {elapsed}."
            "Check that this port serves `https` and that the receiver is not overloaded."
        TlsHandshakeFailed "tls-handshake-failed" Tls
            "Agreeing on encryption with {target} failed ({reason})."
            "Check that this port serves `https`, and look into the receiver's log for TLS errors at this time."

        ConnectionReset "connection-reset" Exchange
            "The connection to {target} was broken off while {phase} ({reason}).{before}"
            "{https}Check the receiver's log: it may have crashed, or something on the way closed the connection. Check there whether the request arrived before sending it again."
        SendTimeout "send-timeout" Exchange
            "The request could not be sent within {elapsed}: {target} stopped reading it."
            "Check whether the receiver accepts bodies of this size, or allow more time with `--timeout`."
        ResponseTimeout "response-timeout" Exchange
            "{target} took the request and did not answer within {elapsed}."
            "{slow}Respond first and do the work afterwards: a receiver should respond within a few seconds. Check there whether the request arrived before sending it again."
        EmptyResponse "empty-response" Exchange
            "{target} closed the connection without a complete answer.{before}"
            "{https}Check the receiver's log: it may have crashed on this request. Check there whether the request arrived before sending it again."
        BadResponse "bad-response" Exchange
            "{target} did not send a valid HTTP response ({reason})."
            "Check that a web server listens on this port, and which protocol it speaks."
        Http2Only "http2-only" Exchange
            "{target} speaks HTTP/2 only, and this program sends HTTP/1.1."
            "Enable HTTP/1.1 at the receiver (Node.js: `allowHTTP1: true`), or use a port on which it is served."
        ResponseHeadersTooLarge "response-headers-too-large" Exchange
            "{target} answered with more headers than are accepted: 100 headers, 400 KB."
            "Look for a loop in the receiver that adds headers or cookies."
        Interrupted "interrupted" Exchange
            "The delivery was interrupted while {phase}."
            "If it had been sent already, check at the receiver whether it arrived before sending it again."

        Redirect "redirect" Response
            "The receiver answered {status} and {points}."
            "{change}"
        BadRequest "bad-request" Response
            "The receiver understood the request and rejects its contents ({status})."
            "Compare the body with what the receiver expects: `hooks preview` shows it, and the answer's body often says which field."
        Unauthorized "unauthorized" Response
            "The receiver does not know who is calling ({status})."
            "Check the `Authorization` header of the webhook: is it there, is the token current, is the environment variable the right one?"
        Forbidden "forbidden" Response
            "The receiver knows the caller and refuses ({status})."
            "Check the rights of the token, and whether a firewall or bot protection blocks requests from here."
        NotFound "not-found" Response
            "The receiver has nothing at this path ({status})."
            "Check the path in `payload_url`, or in `--to`, letter case and a slash at the end included."
        MethodNotAllowed "method-not-allowed" Response
            "The receiver does not accept this method ({status}).{allowed}"
            "Change `method` of the webhook, or have the receiver accept it."
        NotAcceptable "not-acceptable" Response
            "The receiver has no answer in a form that was asked for ({status})."
            "Check the `Accept` header of the webhook."
        RequestTimeout "request-timeout" Response
            "The receiver gave up waiting for the request ({status})."
            "Try again; if it happens often, the receiver or something before it is too slow or too strict."
        Conflict "conflict" Response
            "The receiver says that the request contradicts what it has ({status})."
            "It may have got this element before: check there, and make the receiver accept repeated deliveries."
        Gone "gone" Response
            "What was at this path is gone for good ({status})."
            "Ask who runs the receiver for the new address, or disable the webhook."
        LengthRequired "length-required" Response
            "The receiver wants to know the length of the body beforehand ({status})."
            "Check the headers of the webhook: `Content-Length` is sent with every body, unless something between here and there removes it."
        PayloadTooLarge "payload-too-large" Response
            "The body is larger than the receiver accepts ({status})."
            "Raise the limit at the receiver or before it (nginx: `client_max_body_size`), or send fewer variables."
        Misdirected "misdirected" Response
            "The server that responded does not serve this host name ({status})."
            "Check the host in {setting}; a proxy or CDN in front of the receiver must be set up for this name."
        TooEarly "too-early" Response
            "The server does not accept the request as early data of a TLS connection ({status})."
            "Send it again; if it happens often, turn off early data (0-RTT) at the proxy or CDN in front of the receiver."
        UpgradeRequired "upgrade-required" Response
            "The server requires another protocol for this URL ({status}).{upgrade}"
            "Use a URL that is served over HTTP/1.1; an endpoint for WebSocket or HTTP/2 does not take webhooks."
        LegalReasons "legal-reasons" Response
            "The server refuses the request for legal reasons ({status})."
            "Ask whoever runs the receiver: a provider or CDN may block requests from this country or network."
        ClientClosed "client-closed" Response
            "A proxy in front of the receiver reports that its client closed the connection ({status})."
            "Check the log of that proxy (499 comes from nginx): one of several proxies probably gave up waiting for the receiver."
        UnsupportedMediaType "unsupported-media-type" Response
            "The receiver does not accept this kind of body ({status})."
            "Have the receiver accept JSON, and check the `Content-Type` header of the webhook."
        Unprocessable "unprocessable" Response
            "The receiver can read the body and cannot use a value in it ({status})."
            "Compare the body with what the receiver expects: `hooks preview` shows it, and the answer's body often says which field."
        RateLimited "rate-limited" Response
            "The receiver got too many requests ({status}).{wait}"
            "Wait, or send fewer at a time."
        HeadersTooLarge "headers-too-large" Response
            "The headers are larger than the receiver accepts ({status})."
            "Shorten the header values of the webhook; tokens are usually the longest."
        ServerError "server-error" Response
            "The receiver failed on this request ({status}).{wait}"
            "Check the receiver's log at this time; the request itself may be all right."
        BadGateway "bad-gateway" Response
            "The server in front of the receiver got no valid response from it ({status}).{wait}"
            "Check that the receiver behind the gateway runs, and that the gateway has the right address of it."
        Unavailable "unavailable" Response
            "The receiver is down for the moment or has too much to do ({status}).{wait}"
            "Try again later; check whether it is being maintained or restarted."
        GatewayTimeout "gateway-timeout" Response
            "The server in front of the receiver got no response from it in time ({status}).{wait}"
            "Respond first and do the work afterwards: a receiver should respond within a few seconds."
        CdnUnknown "cdn-unknown" Response
            "The CDN or proxy in front of the receiver got an empty or unexpected response from it ({status}).{wait}"
            "Check the receiver's log at this time: it may have crashed, closed the connection or sent headers that are too large."
        CdnRefused "cdn-refused" Response
            "The receiver refused the connection from the CDN or proxy in front of it ({status}).{wait}"
            "Start the web server of the receiver, and allow the addresses of the CDN in its firewall."
        CdnConnectTimeout "cdn-connect-timeout" Response
            "The CDN or proxy in front of the receiver could not connect to it in time ({status}).{wait}"
            "Check that the receiver runs and is not overloaded, and that its firewall allows the addresses of the CDN."
        CdnUnreachable "cdn-unreachable" Response
            "The CDN or proxy in front of the receiver cannot reach it ({status}).{wait}"
            "Check the address of the receiver in the settings of the CDN (its DNS entries)."
        CdnTimeout "cdn-timeout" Response
            "The CDN or proxy in front of the receiver connected to it but got no response in time ({status}).{wait}"
            "Respond first and do the work afterwards: a receiver should respond within a few seconds. Check there whether the request arrived before sending it again."
        CdnTls "cdn-tls" Response
            "The TLS handshake between the receiver and the CDN or proxy in front of it failed ({status}).{wait}"
            "Check that the receiver serves `https` on the port that the CDN connects to, or change the TLS mode of the CDN."
        CdnCertificate "cdn-certificate" Response
            "The CDN or proxy in front of the receiver does not accept its certificate ({status}).{wait}"
            "Install a valid certificate at the receiver, or change the TLS mode of the CDN."
        CdnError "cdn-error" Response
            "The CDN in front of the receiver could not forward the request ({status}).{wait}"
            "Read the response body: it usually has an error number (1016: the receiver's name has no DNS entry). Check the host in the settings of the CDN."
        OtherStatus "other-status" Response
            "The receiver answered {status}, which is not success."
            "Have the receiver answer 200 or 204 when it has accepted a webhook."
    }
}

catalogue! {
    /// What else to say of a delivery, whether it failed or not.
    NoteKind {
        HtmlPage "html-page" Response
            "The answer is a web page, not the answer of an API."
            "Check that `payload_url` is the receiver and not a login or start page: those answer 200 too."
        BodyCutShort "body-cut-short" Response
            "The connection closed before the response body was complete; the status was received and counts."
            "You can ignore this unless you need the response body."
        BodyMalformed "body-malformed" Response
            "The response body is malformed (a chunk is not as announced); the status was received and counts."
            "You can ignore this unless you need the response body; otherwise fix the receiver or the proxy in front of it."
        BodyTimeout "body-timeout" Response
            "The body of the answer was not complete within {elapsed}; its status counts."
            "Allow more time with `--timeout` if the body of the answer matters to you."
        CertificateNotAccepted "certificate-not-accepted" Tls
            "Accepted because of `--insecure`: {reason}"
            "Use `--insecure` for tests only: whoever sits on the way can read and change the request."
        BundledRoots "bundled-roots" Tls
            "This machine has no list of trusted authorities; the one built into this program was used."
            "Install the package `ca-certificates`, or set `SSL_CERT_FILE`."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::delivery::Facts;

    fn rows() -> Vec<(&'static str, [String; 2])> {
        let reason = Some("It expired.".to_owned());
        let facts = Facts { host: "receiver.test".to_owned(), port: 443, reason, ..Facts::default() };
        let failures = FailureKind::ALL.iter().map(|k| (k.name(), [k.what(), k.next()]));
        let notes = NoteKind::ALL.iter().map(|k| (k.name(), [k.what(), k.next()]));
        failures.chain(notes).map(|(name, two)| (name, two.map(|text| facts.fill(text)))).collect()
    }

    #[test]
    fn every_name_is_kebab_case_and_leads_back() {
        for kind in FailureKind::ALL {
            assert_eq!(FailureKind::parse(kind.name()), Some(*kind));
            assert!(
                kind.name().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                kind.name()
            );
        }
        for kind in NoteKind::ALL {
            assert_eq!(NoteKind::parse(kind.name()), Some(*kind));
        }
    }

    #[test]
    fn every_sentence_is_one_and_every_placeholder_is_known() {
        for (name, sentences) in rows() {
            for text in sentences {
                assert!(text.ends_with(['.', '?']), "{name}: {text}");
                assert!(!text.contains(['{', '}']), "{name}: {text}");
            }
        }
    }

    #[test]
    fn no_two_failures_read_alike() {
        let mut all: Vec<String> = rows().into_iter().map(|(_, [what, _])| what).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
