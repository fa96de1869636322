//! The failure table: every way in which a delivery can fail, and what else to know about one. Each row has a stable
//! name and two sentences: what happened, and what to do next.
//!
//! The sentences are for people who do not know networks. [`Facts`](super::Facts) fill in the placeholders in braces.

use super::failure_table::{Group, Row};

impl FailureKind {
    /// What is wrong with an element, by the code of a finding about it.
    pub fn of_element(code: &str) -> Option<Self> {
        Self::parse(code).filter(|kind| kind.group() == Group::Element)
    }
}

failure_table! {
    FailureKind {
        Lookup {
            DnsNotFound "dns-not-found"
                "The host name `{host}` does not exist or has no address."
                "Check the spelling of the host in {setting}. If the name is new, its DNS record may not have propagated yet."
            DnsTemporary "dns-temporary"
                "The host name `{host}` could not be looked up ({reason})."
                "Check that this machine is online and that its DNS server responds, then try again."
            DnsTimeout "dns-timeout"
                "Looking up the host name `{host}` timed out after {elapsed}."
                "Check the network and the DNS server of this machine, or allow more time with `--connect-timeout`."
            CannotSend "cannot-send"
                "The request could not be built ({reason})."
                "Check the URL and the header values of the webhook with `hooks preview`."
        }
        Connection {
            ConnectRefused "connect-refused"
                "Nothing is listening on port {port} of {host}{tried}."
                "Start the receiver, or check the host and port in {setting}."
            ConnectTimeout "connect-timeout"
                "Could not connect to {target} within {elapsed}{tried}."
                "Check the host and port. A firewall that drops connections has the same effect."
            NetworkUnreachable "network-unreachable"
                "No route to {target}{tried}: {reason}."
                "Check that this machine is online and, if the receiver is in a private network, that the VPN is connected."
            ConnectFailed "connect-failed"
                "The connection to {target}{tried} failed: {reason}."
                "Check the host and port in {setting}. If the reason is a limit of this machine, raise it."
            TotalTimeout "total-timeout"
                "The delivery timed out after {elapsed} while {phase}."
                "Allow more time with `--timeout`."
            ProxyError "proxy-error"
                "The request failed at the proxy {proxy} ({reason})."
                "Check `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and their credentials, or add the host to `NO_PROXY`.{arrived}"
        }
        Tls {
            TlsExpired "tls-expired"
                "The certificate of {target} expired on {date}."
                "Ask whoever runs the receiver to renew it. For a test, `--insecure` sends anyway."
            TlsNotYetValid "tls-not-yet-valid"
                "The certificate of {target} is not valid before {date}."
                "Check the clock of this machine. If it is right, the certificate was issued for a later date."
            TlsUnknownIssuer "tls-unknown-issuer"
                "The certificate of {target} was issued by an authority that this machine does not trust."
                "If the authority is your own or your company's, pass its certificate with `--cacert`. Otherwise the receiver may omit the intermediate certificates: configure it to send them."
            TlsIncompleteChain "tls-incomplete-chain"
                "{target} does not send the certificate of the authority that issued its own (an incomplete chain), so its certificate cannot be verified."
                "Configure the receiver to send the full chain, often called `fullchain.pem`. Browsers fetch the missing certificate from `{reason}`; other clients do not. If the authority is your own, pass its certificate with `--cacert`."
            TlsSelfSigned "tls-self-signed"
                "The certificate of {target} is self-signed."
                "If the receiver is your own, pass its certificate with `--cacert`. The platform itself requires a certificate from a public authority."
            TlsNameMismatch "tls-name-mismatch"
                "The certificate of {target} is not valid for `{host}`: {names}."
                "{use_names}"
            TlsBadPurpose "tls-bad-purpose"
                "The certificate of {target} is not a server certificate ({reason})."
                "Install a server certificate at the receiver; client and authority certificates are not accepted."
            TlsBadSignature "tls-bad-signature"
                "The signature of the certificate of {target} is invalid or uses an unsupported algorithm."
                "Reinstall the certificate and its chain at the receiver. Something between this machine and the receiver may also be replacing it."
            TlsRevoked "tls-revoked"
                "The certificate of {target} was revoked by its authority."
                "Install a new certificate at the receiver."
            TlsBadCertificate "tls-bad-certificate"
                "The certificate of {target} is invalid ({reason})."
                "Ask whoever runs the receiver to check the certificate and have it reissued."
            TlsVersion "tls-version"
                "{target} supports neither TLS 1.2 nor TLS 1.3; older versions are not secure."
                "Ask whoever runs the receiver to enable TLS 1.2 or 1.3."
            TlsNoCommonCipher "tls-no-common-cipher"
                "{target} and hooks have no TLS cipher suite in common ({reason})."
                "Ask whoever runs the receiver to enable current cipher suites, such as ECDHE with AES-GCM."
            TlsPlaintextServer "tls-plaintext-server"
                "{target} does not speak TLS: the URL says `https`, but the port responds in plain text."
                "Write `http://` in {setting}, or use the port on which the receiver serves `https`."
            HttpToTlsPort "http-to-tls-port"
                "{target} expects TLS: the URL says `http`, but the port serves `https`."
                "Write `https://` in {setting}."
            TlsClientCertRequired "tls-client-cert-required"
                "{target} requires a client certificate."
                "Turn off client certificates (mutual TLS) for this path: webhooks are sent without one."
            TlsHandshakeTimeout "tls-handshake-timeout"
                "{target} accepted the connection, but the TLS handshake timed out after {elapsed}."
                "Check that this port serves `https` and that the receiver is not overloaded."
            TlsHandshakeFailed "tls-handshake-failed"
                "The TLS handshake with {target} failed ({reason})."
                "Check that this port serves `https`, and look for TLS errors at this time in the receiver's log."
        }
        Exchange {
            ConnectionReset "connection-reset"
                "The connection to {target} broke while {phase} ({reason}).{before}"
                "{https}Check the receiver's log: the receiver may have crashed, or something in between closed the connection. Before sending the request again, check there whether it arrived."
            SendTimeout "send-timeout"
                "Sending the request timed out after {elapsed}: {target} stopped reading it."
                "Check whether the receiver accepts bodies of this size, or allow more time with `--timeout`."
            ResponseTimeout "response-timeout"
                "{target} accepted the request but did not respond within {elapsed}."
                "{slow}Respond first and do the work afterwards: a receiver should respond within a few seconds. Before sending the request again, check at the receiver whether it arrived."
            EmptyResponse "empty-response"
                "{target} closed the connection without a complete response.{before}"
                "{https}Check the receiver's log for a crash at this time. Before sending the request again, check there whether it arrived."
            BadResponse "bad-response"
                "{target} did not send a valid HTTP response ({reason})."
                "Check that a web server is listening on this port, and which protocol it speaks."
            Http2Only "http2-only"
                "{target} supports only HTTP/2, but hooks sends HTTP/1.1."
                "Enable HTTP/1.1 at the receiver (Node.js: `allowHTTP1: true`), or use a port that serves it."
            ResponseHeadersTooLarge "response-headers-too-large"
                "The response headers from {target} exceed the limit of 100 headers or 400 KB."
                "Look for a loop in the receiver that adds headers or cookies."
            Interrupted "interrupted"
                "The delivery was interrupted while {phase}."
                "If the request was already sent, check at the receiver whether it arrived before sending it again."
        }
        Response {
            Redirect "redirect"
                "The receiver responded with {status}, {redirect}."
                "{change}"
            BadRequest "bad-request"
                "The receiver rejected the contents of the request ({status})."
                "Compare the body with what the receiver expects: `hooks preview` shows it, and the response body often names the field."
            Unauthorized "unauthorized"
                "The receiver rejected the credentials ({status})."
                "Check the `Authorization` header of the webhook: is it present, is the token current, is it the right environment variable?"
            Forbidden "forbidden"
                "The receiver denied access ({status})."
                "Check the permissions of the token, and whether a firewall or bot protection blocks requests from here."
            NotFound "not-found"
                "The receiver has nothing at this path ({status})."
                "Check the path in {setting}, including letter case and a trailing slash."
            MethodNotAllowed "method-not-allowed"
                "The receiver does not accept this method ({status}).{allowed}"
                "Change `method` of the webhook, or make the receiver accept it."
            NotAcceptable "not-acceptable"
                "The receiver cannot respond in a format that the request accepts ({status})."
                "Check the `Accept` header of the webhook."
            RequestTimeout "request-timeout"
                "The receiver timed out waiting for the request ({status})."
                "Try again. If it happens often, the receiver or a proxy in front of it is too slow or too strict."
            Conflict "conflict"
                "The receiver reports a conflict with data it already has ({status})."
                "It may have received this element before: check there, and make the receiver accept repeated deliveries."
            Gone "gone"
                "This path was permanently removed from the receiver ({status})."
                "Ask whoever runs the receiver for the new address, or disable the webhook."
            LengthRequired "length-required"
                "The receiver requires the length of the body ({status})."
                "hooks sends `Content-Length` with every body: check whether something between this machine and the receiver removes it."
            PayloadTooLarge "payload-too-large"
                "The body is larger than the receiver accepts ({status})."
                "Raise the limit of the receiver or of the proxy in front of it (nginx: `client_max_body_size`), or shorten the body fields; the element is always sent."
            Misdirected "misdirected"
                "The server that responded does not serve this host name ({status})."
                "Check the host in {setting}. A proxy or CDN in front of the receiver must be configured for this name."
            TooEarly "too-early"
                "The server does not accept the request as early data of a TLS connection ({status})."
                "Send it again. If it happens often, turn off early data (0-RTT) at the proxy or CDN in front of the receiver."
            UpgradeRequired "upgrade-required"
                "The server requires another protocol for this URL ({status}).{upgrade}"
                "Use a URL that is served over HTTP/1.1; an endpoint for WebSocket or HTTP/2 does not accept webhooks."
            LegalReasons "legal-reasons"
                "The server refuses the request for legal reasons ({status})."
                "Ask whoever runs the receiver: a provider or CDN may block requests from this country or network."
            ClientClosed "client-closed"
                "A proxy in front of the receiver reports that its client closed the connection ({status})."
                "Check the log of that proxy (499 comes from nginx): one of several proxies probably timed out waiting for the receiver."
            UnsupportedMediaType "unsupported-media-type"
                "The receiver does not support this content type ({status})."
                "Make the receiver accept JSON, and check the `Content-Type` header of the webhook."
            Unprocessable "unprocessable"
                "The receiver parsed the body but rejected a value in it ({status})."
                "Compare the body with what the receiver expects: `hooks preview` shows it, and the response body often names the field."
            RateLimited "rate-limited"
                "The receiver received too many requests ({status}).{wait}"
                "Wait, or send fewer requests at a time."
            HeadersTooLarge "headers-too-large"
                "The request headers are larger than the receiver accepts ({status})."
                "Shorten the header values of the webhook; tokens are usually the longest."
            ServerError "server-error"
                "The receiver failed to process the request ({status}).{wait}"
                "Check the receiver's log at this time; the request itself may be correct."
            BadGateway "bad-gateway"
                "The server in front of the receiver got no valid response from it ({status}).{wait}"
                "Check that the receiver behind the gateway is running and that the gateway has its correct address."
            Unavailable "unavailable"
                "The receiver is temporarily down or overloaded ({status}).{wait}"
                "Try again later. Check whether the receiver is restarting or in maintenance."
            GatewayTimeout "gateway-timeout"
                "The server in front of the receiver got no response from it in time ({status}).{wait}"
                "Respond first and do the work afterwards: a receiver should respond within a few seconds."
            CdnUnknown "cdn-unknown"
                "The CDN or proxy in front of the receiver got an empty or unexpected response from it ({status}).{wait}"
                "Check the receiver's log at this time: the receiver may have crashed, closed the connection or sent headers that are too large."
            CdnRefused "cdn-refused"
                "The receiver refused the connection from the CDN or proxy in front of it ({status}).{wait}"
                "Start the web server of the receiver, and allow the addresses of the CDN in its firewall."
            CdnConnectTimeout "cdn-connect-timeout"
                "The CDN or proxy in front of the receiver could not connect to it in time ({status}).{wait}"
                "Check that the receiver is running and not overloaded, and that its firewall allows the addresses of the CDN."
            CdnUnreachable "cdn-unreachable"
                "The CDN or proxy in front of the receiver cannot reach it ({status}).{wait}"
                "Check the address of the receiver in the settings of the CDN (its DNS records)."
            CdnTimeout "cdn-timeout"
                "The CDN or proxy in front of the receiver connected to it but got no response in time ({status}).{wait}"
                "Respond first and do the work afterwards: a receiver should respond within a few seconds. Before sending the request again, check at the receiver whether it arrived."
            CdnTls "cdn-tls"
                "The TLS handshake between the receiver and the CDN or proxy in front of it failed ({status}).{wait}"
                "Check that the receiver serves `https` on the port that the CDN connects to, or change the TLS mode of the CDN."
            CdnCertificate "cdn-certificate"
                "The CDN or proxy in front of the receiver does not accept its certificate ({status}).{wait}"
                "Install a valid certificate at the receiver, or change the TLS mode of the CDN."
            CdnError "cdn-error"
                "The CDN in front of the receiver could not forward the request ({status}).{wait}"
                "Read the response body: it usually has an error number (1016: the receiver's name has no DNS record). Check the host in the settings of the CDN."
            OtherStatus "other-status"
                "The receiver responded with {status}, which does not indicate success."
                "Make the receiver respond with 200 or 204 once it has accepted a webhook."
        }
        Element {
            FileEncoding "file-encoding"
                "The element is not valid UTF-8."
                "Save the file as UTF-8."
            ElementTooLong "element-too-long"
                "The element is larger than 64 MiB."
                "Check whether a line break after an element is missing."
            ElementNotObject "element-not-object"
                "The element is JSON but not an object."
                "Give one object per element: one per line, or all of them in one list."
            ElementWrapped "element-wrapped"
                "The element contains a list of elements."
                "Extract the elements, e.g. with `jq -c '.data[]'`."
            DataFormat "data-format"
                "The element is in a format other than JSON."
                "Convert it to JSON."
            JsonEmpty "json-empty"
                "The element is empty."
                "Remove it."
            JsonTrailingData "json-trailing-data"
                "The element is followed by other data."
                "Put each element on its own line, or all of them in one list."
            JsonComment "json-comment"
                "The element contains a comment, which JSON does not allow."
                "Remove the comment."
            JsonTrailingComma "json-trailing-comma"
                "The last item of a list or an object is followed by a comma."
                "Remove the comma."
            JsonSingleQuotes "json-single-quotes"
                "A key or a string is in single quotes."
                "Use double quotes."
            JsonLiteral "json-literal"
                "The element contains a literal of another language, such as `True` or `None`."
                "Write `true`, `false` or `null`."
            JsonLookAlike "json-look-alike"
                "The element contains a character that only looks like a JSON character, such as a typographic quotation mark."
                "Replace it as described in the error."
            JsonSyntax "json-syntax"
                "The element is not valid JSON."
                "Fix it at the line and column of the error."
            JsonUnclosed "json-unclosed"
                "A string, a list or an object is not closed."
                "Check whether the file is incomplete, or an element spans several lines."
            JsonLoneSurrogate "json-lone-surrogate"
                "A string contains half of a surrogate pair, such as `\\ud83d`."
                "Write both halves, or the character itself."
            JsonTooDeep "json-too-deep"
                "Lists and objects in the element are nested deeper than 128 levels."
                "Send less nested data: receivers reject such bodies."
            CsvRow "csv-row"
                "The row has more or fewer fields than the table has columns."
                "Put fields that contain the delimiter, a quote or a line break in double quotes."
            CsvValue "csv-value"
                "A value does not have the type of its column."
                "Change the value; `hooks vars rsvp_answer` lists the types."
            SetPath "set-path"
                "`--set` or `--set-json` names a field that the element does not have."
                "Check the path: `hooks vars` lists the fields."
            VariableMissing "variable-missing"
                "The element lacks a variable of the webhook."
                "Add the field, or use `--allow-missing` to send an empty string."
            ProkeyFilter "prokey-filter"
                "The element belongs to an event other than the one in the prokey filter."
                "Use `--force` to send it anyway."
            NoProkey "no-prokey"
                "The element has no prokey, and the prokey filter names an event."
                "Add the `prokey` of the event, or use `--force` to send it anyway."
            AnswerGone "answer-gone"
                "The account no longer has the answer, or it no longer matches `--status` and `--since`."
                "You can ignore this unless the answer should have been sent."
            HeaderValueInvalid "header-value-invalid"
                "A header would contain an invalid character, such as a line break."
                "Use a variable without such characters, or a body field."
            HeaderValueTooLong "header-value-too-long"
                "A header would be longer than 8 KiB."
                "Use a body field: receivers reject such headers."
            ElementUnusable "element-unusable"
                "No request can be built from the element."
                "Run `hooks preview` with the element to see why."
        }
    }
}

failure_table! {
    NoteKind {
        Note {
            HtmlPage "html-page"
                "The response is a web page, not an API response."
                "Check that {setting} is the receiver and not a login or start page, which also responds with 200."
            BodyCutShort "body-cut-short"
                "The connection closed before the response body was complete; the status was received and counts."
                "You can ignore this unless you need the response body."
            BodyMalformed "body-malformed"
                "The response body is malformed (invalid chunked encoding); the status was received and counts."
                "You can ignore this unless you need the response body; otherwise fix the receiver or the proxy in front of it."
            BodyTimeout "body-timeout"
                "The response body was not complete within {elapsed}; the status was received and counts."
                "You can ignore this unless you need the response body; otherwise allow more time with `--timeout`."
            CertificateNotAccepted "certificate-not-accepted"
                "Ignored because of `--insecure`: {reason}"
                "Use `--insecure` for tests only: anyone on the network path can read and change the request."
            BundledRoots "bundled-roots"
                "This machine has no list of trusted authorities; the list built into hooks was used."
                "Install the package `ca-certificates`, or set `SSL_CERT_FILE`."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::delivery::Facts;

    fn rows() -> impl Iterator<Item = &'static Row> {
        FailureKind::ROWS.iter().chain(NoteKind::ROWS)
    }

    #[test]
    fn every_name_is_kebab_case_and_parses_back() {
        for kind in FailureKind::ALL {
            assert_eq!(FailureKind::parse(kind.name()), Some(*kind));
        }
        for kind in NoteKind::ALL {
            assert_eq!(NoteKind::parse(kind.name()), Some(*kind));
        }
        for Row { name, .. } in rows() {
            let is_kebab_case = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(name.bytes().all(is_kebab_case), "{name}");
        }
    }

    #[test]
    fn every_text_is_a_sentence_without_unknown_placeholders() {
        let reason = Some("It expired.".to_owned());
        let facts = Facts { host: "receiver.test".to_owned(), port: 443, reason, ..Facts::default() };
        let mut seen = std::collections::HashSet::new();
        for Row { name, what, next, .. } in rows() {
            assert!(seen.insert(what), "{name} reads like another row: {what}");
            for text in [what, next].map(|text| facts.fill(text)) {
                assert!(text.ends_with(['.', '?']), "{name}: {text}");
                assert!(!text.contains(['{', '}']), "{name}: {text}");
            }
        }
    }
}
