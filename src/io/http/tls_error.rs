//! Classifies a TLS error as a failure.

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use super::certificate::{Issuer, Validity};
use super::timing::Moments;
use crate::core::delivery::{Facts, Failure, FailureKind, day_and_time};

/// The failure for a TLS error; adds to the facts.
pub(super) fn classify(error: &Error, moments: &Moments, facts: &mut Facts) -> FailureKind {
    match error {
        Error::InvalidCertificate(error) => certificate(error, moments, facts),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => FailureKind::TlsPlaintextServer,
        Error::AlertReceived(alert) => {
            facts.reason = Some(format!("it sent the alert `{alert:?}`"));
            match alert {
                AlertDescription::HandshakeFailure | AlertDescription::BadCertificate
                    if moments.client_cert_requested =>
                {
                    FailureKind::TlsClientCertRequired
                }
                AlertDescription::ProtocolVersion => FailureKind::TlsVersion,
                // We offer `http/1.1`.
                AlertDescription::NoApplicationProtocol => FailureKind::Http2Only,
                AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
                    FailureKind::TlsNoCommonCipher
                }
                AlertDescription::CertificateRequired | AlertDescription::NoCertificate => {
                    FailureKind::TlsClientCertRequired
                }
                _ => FailureKind::TlsHandshakeFailed,
            }
        }
        Error::PeerIncompatible(incompatible) => {
            use rustls::PeerIncompatible as Peer;
            facts.reason = Some(words(&format!("{incompatible:?}")));
            match incompatible {
                Peer::ServerDoesNotSupportTls12Or13
                | Peer::ServerTlsVersionIsDisabledByOurConfig
                | Peer::Tls12NotOffered
                | Peer::Tls12NotOfferedOrEnabled => FailureKind::TlsVersion,
                Peer::NoCipherSuitesInCommon
                | Peer::NoKxGroupsInCommon
                | Peer::NoSignatureSchemesInCommon => FailureKind::TlsNoCommonCipher,
                _ => FailureKind::TlsHandshakeFailed,
            }
        }
        other => {
            facts.reason = Some(other.to_string());
            FailureKind::TlsHandshakeFailed
        }
    }
}

/// Why the TLS handshake with a proxy failed; `own` has the host and port of the proxy.
pub(super) fn of_proxy(error: &Error, moments: &Moments, mut own: Facts) -> String {
    let kind = classify(error, moments, &mut own);
    let what = Failure::new(kind, &own).what;
    what.trim_end_matches('.').to_owned()
}

fn certificate(error: &CertificateError, moments: &Moments, facts: &mut Facts) -> FailureKind {
    use CertificateError as Bad;
    let issuer = &moments.issuer;
    let seconds = |time: &UnixTime| i64::try_from(time.as_secs()).ok();
    match error {
        Bad::ExpiredContext { not_after, .. } => {
            facts.date = seconds(not_after);
            FailureKind::TlsExpired
        }
        // Without dates: it was never valid.
        Bad::Expired => match moments.validity {
            Some(Validity { not_before, not_after }) if not_after < not_before => {
                let (begins, ends) = (day_and_time(not_before), day_and_time(not_after));
                facts.reason = Some(format!("its validity ends before it begins: from {begins} to {ends}"));
                FailureKind::TlsBadCertificate
            }
            validity => {
                facts.date = validity.map(|validity| validity.not_after);
                FailureKind::TlsExpired
            }
        },
        Bad::NotValidYetContext { not_before, .. } => {
            facts.date = seconds(not_before);
            FailureKind::TlsNotYetValid
        }
        Bad::NotValidYet => FailureKind::TlsNotYetValid,
        Bad::NotValidForNameContext { presented, .. } => {
            facts.names = presented.iter().map(|name| bare_name(name)).collect();
            FailureKind::TlsNameMismatch
        }
        Bad::NotValidForName => FailureKind::TlsNameMismatch,
        Bad::Revoked => FailureKind::TlsRevoked,
        bad if is_purpose(bad) => {
            facts.reason = Some("its extended key usage lacks `serverAuth`".to_owned());
            FailureKind::TlsBadPurpose
        }
        // `BadSignature` if it has the name of an authority that is trusted; `Other` if it is an authority itself, as
        // `openssl req -x509` makes it (webpki: `CaUsedAsEndEntity`).
        Bad::BadSignature | Bad::UnknownIssuer | Bad::Other(_) if *issuer == Issuer::Itself => {
            FailureKind::TlsSelfSigned
        }
        Bad::BadSignature
        | Bad::UnsupportedSignatureAlgorithmContext { .. }
        | Bad::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => FailureKind::TlsBadSignature,
        Bad::UnknownIssuer => match issuer {
            Issuer::NotSent(url) => {
                facts.reason = Some(url.clone());
                FailureKind::TlsIncompleteChain
            }
            Issuer::Unknown | Issuer::Itself => FailureKind::TlsUnknownIssuer,
        },
        other => {
            facts.reason = Some(words(innermost(&format!("{other:?}"))));
            FailureKind::TlsBadCertificate
        }
    }
}

/// The innermost name of `Other(OtherError(UnsupportedCriticalExtension))`.
fn innermost(debug: &str) -> &str {
    let name = debug.split([' ', '{']).next().unwrap_or(debug);
    name.rsplit('(').next().unwrap_or(name).trim_end_matches(')')
}

/// Whether the certificate is for another purpose. The platform's verifier reports it with a private type.
fn is_purpose(error: &CertificateError) -> bool {
    match error {
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => true,
        CertificateError::Other(other) => format!("{other:?}").contains("EkuError"),
        _ => false,
    }
}

/// The name in `DnsName("example.com")` and `IpAddress(127.0.0.1)`.
fn bare_name(presented: &str) -> String {
    match presented.split_once('(') {
        Some((_, inner)) => inner.trim_end_matches(')').trim_matches('"').to_owned(),
        None => presented.to_owned(),
    }
}

/// `NoCipherSuitesInCommon` as `no cipher suites in common`.
fn words(camel: &str) -> String {
    let mut words = String::with_capacity(camel.len() + 8);
    for c in camel.chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unwrapped() {
        assert_eq!(bare_name("DnsName(\"*.example.com\")"), "*.example.com");
        assert_eq!(bare_name("IpAddress(127.0.0.1)"), "127.0.0.1");
        assert_eq!(words("NoCipherSuitesInCommon"), "no cipher suites in common");
        for (debug, name) in [
            ("Other(OtherError(UnsupportedCriticalExtension))", "UnsupportedCriticalExtension"),
            ("InvalidOcspResponse", "InvalidOcspResponse"),
            ("ExpiredRevocationListContext { time: UnixTime(1) }", "ExpiredRevocationListContext"),
        ] {
            assert_eq!(innermost(debug), name);
        }
    }

    #[test]
    fn a_refusal_after_a_certificate_request_is_about_the_certificate() {
        let refusal = Error::AlertReceived(AlertDescription::HandshakeFailure);
        for (client_cert_requested, kind) in
            [(false, FailureKind::TlsNoCommonCipher), (true, FailureKind::TlsClientCertRequired)]
        {
            let moments = Moments { client_cert_requested, ..Moments::default() };
            assert_eq!(classify(&refusal, &moments, &mut Facts::default()), kind);
        }
    }

    #[test]
    fn errors_that_no_test_server_can_provoke_are_classified() {
        let mut facts = Facts::default();
        for (error, kind) in [
            (CertificateError::Revoked, FailureKind::TlsRevoked),
            (CertificateError::BadSignature, FailureKind::TlsBadSignature),
            (CertificateError::BadEncoding, FailureKind::TlsBadCertificate),
        ] {
            let error = Error::InvalidCertificate(error);
            assert_eq!(classify(&error, &Moments::default(), &mut facts), kind);
        }
    }
}
