//! Who signed a certificate that was not accepted, as far as the certificates that were sent tell.

use memchr::memmem;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm};

use super::x509::is_self_signed;

/// Who signed a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Signer {
    /// Nothing more is known.
    #[default]
    Unknown,
    /// The certificate itself.
    Itself,
    /// Another certificate, which was not sent; it is to be had at this URL.
    NotSent(String),
}

/// The access method `caIssuers` (RFC 5280, 4.2.2.1) with the tag of the URL that follows it.
const CA_ISSUERS: &[u8] = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86";

impl Signer {
    /// That of the receiver's own certificate, which was sent with these others.
    pub(super) fn of(
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        algorithms: &[&dyn SignatureVerificationAlgorithm],
    ) -> Self {
        if is_self_signed(own, algorithms) {
            return Self::Itself;
        }
        // Whether what is missing above other certificates is the authority itself, nobody can tell.
        let url = if others.is_empty() { issuer_url(own) } else { None };
        url.map_or(Self::Unknown, Self::NotSent)
    }
}

/// Where the certificate of the issuer is to be had: public authorities say it in every certificate.
fn issuer_url(certificate: &[u8]) -> Option<String> {
    let start = memmem::find(certificate, CA_ISSUERS)? + CA_ISSUERS.len();
    let ([length @ ..=0x7f, rest @ ..] | [0x81, length, rest @ ..]) = certificate.get(start..)? else {
        return None;
    };
    String::from_utf8(rest.get(..usize::from(*length))?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_the_issuer_is_read_from_either_form_of_its_length() {
        for (length, url) in [(vec![18], "http://a.example/b"), (vec![0x81, 200], &*"u".repeat(200))] {
            let bytes = [b"\x30\x00", CA_ISSUERS, &length, url.as_bytes(), b"rest"].concat();
            assert_eq!(issuer_url(&bytes).as_deref(), Some(url));
        }
        let cut = [CA_ISSUERS, b"\x20http"].concat();
        let long = [CA_ISSUERS, b"\x82\x01\x00"].concat();
        for bytes in [&b""[..], b"\x30\x03abc", CA_ISSUERS, &cut, &long] {
            assert_eq!(issuer_url(bytes), None, "{bytes:?}");
        }
    }
}
