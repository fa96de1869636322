//! What `rustls` does not report about a certificate that was not accepted: validity and issuer.

use rustls::pki_types::CertificateDer;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The validity of a certificate, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

/// The issuer of a certificate, as far as the received certificates show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Issuer {
    #[default]
    Unknown,
    /// The certificate is signed with its own key.
    Itself,
    /// Its certificate was not sent; it can be fetched from this URL.
    NotSent(String),
}

/// The validity of a certificate; none if it cannot be parsed.
pub(super) fn validity(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let certificate = parse(certificate)?;
    let validity = certificate.validity();
    Some(Validity { not_before: validity.not_before.timestamp(), not_after: validity.not_after.timestamp() })
}

impl Issuer {
    /// The issuer of the receiver's own certificate, which was sent with these others.
    pub(super) fn of(own: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Self {
        let Some(own) = parse(own) else { return Self::Unknown };
        if own.issuer() == own.subject() && own.verify_signature(None).is_ok() {
            return Self::Itself;
        }
        // With intermediate certificates, the missing one may be the authority itself, which need not be sent.
        if others.is_empty() { issuer_url(&own).map_or(Self::Unknown, Self::NotSent) } else { Self::Unknown }
    }
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(certificate).ok().map(|(_, certificate)| certificate)
}

/// Where the certificate of the issuer can be fetched: public authorities put it in every certificate.
fn issuer_url(certificate: &X509Certificate<'_>) -> Option<String> {
    certificate.extensions().iter().find_map(|extension| {
        let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else { return None };
        let mut issuers =
            access.iter().filter(|own| own.access_method == OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS);
        issuers.find_map(|own| match &own.access_location {
            GeneralName::URI(url) => Some((*url).to_owned()),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn validity_and_issuer_are_read_from_any_bytes() {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 2, 29);
        params.not_after = date_time_ymd(2051, 1, 1);
        let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let good = params.self_signed(&own).unwrap();
        let expected = Validity { not_before: 1_582_934_400, not_after: 2_556_144_000 };
        assert_eq!(validity(good.der()), Some(expected));
        assert_eq!(Issuer::of(good.der(), &[]), Issuer::Itself);
        let issuer = rcgen::Issuer::new(params.clone(), other);
        let impostor = params.signed_by(&own, &issuer).unwrap();
        assert_eq!(Issuer::of(impostor.der(), &[]), Issuer::Unknown, "issuer and subject have one name");
        for cut in 0..good.der().len() {
            let cut = CertificateDer::from(good.der()[..cut].to_vec());
            assert_eq!((Issuer::of(&cut, &[]), validity(&cut)), (Issuer::Unknown, None));
        }
    }
}
