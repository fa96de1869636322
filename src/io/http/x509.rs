//! The few fields of a certificate that `rustls` does not report (RFC 5280, 4.1): its validity, and whether it is signed
//! with its own key. Fields that cannot be parsed are `None`.

use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// From when to when a certificate is valid, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

/// The validity of a certificate.
pub(super) fn validity(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let (_, whole, _) = element(certificate)?;
    let (_, mut signed, _) = element(whole)?;
    if signed.first() == Some(&VERSION) {
        (_, _, signed) = element(signed)?;
    }
    // Serial number, signature algorithm, issuer.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        let (own, _, rest) = element(signed)?;
        (own == tag).then_some(())?;
        signed = rest;
    }
    let (_, times, _) = element(signed)?;
    let (tag, not_before, rest) = element(times)?;
    let not_before = time(tag, not_before)?;
    let (tag, not_after, _) = element(rest)?;
    Some(Validity { not_before, not_after: time(tag, not_after)? })
}

/// Whether a certificate is signed with its own key.
pub(super) fn is_self_signed(
    certificate: &CertificateDer<'_>,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> bool {
    let parts = || {
        let (_, whole, _) = element(certificate)?;
        let (_, _, rest) = element(whole)?;
        let signed = &whole[..whole.len() - rest.len()];
        let (_, _, rest) = element(rest)?;
        let (tag, signature, _) = element(rest)?;
        // The first byte says how many bits of the last one are unused.
        (tag == BIT_STRING).then(|| Some((signed, signature.get(1..)?)))?
    };
    let (Some((signed, signature)), Ok(own)) = (parts(), webpki::EndEntityCert::try_from(certificate)) else {
        return false;
    };
    own.issuer() == own.subject()
        && algorithms.iter().any(|algorithm| own.verify_signature(*algorithm, signed, signature).is_ok())
}

/// The tag and the content of the first element (X.690, 8.1), and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDhhmmssZ`, the years from 1950 to 2049, or `YYYYMMDDhhmmssZ`.
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = match tag {
        UTC_TIME if text.starts_with(['5', '6', '7', '8', '9']) => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let number = |range| text.get(range).and_then(|digits: &str| digits.parse::<i64>().ok());
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let (hour, minute, second) = (number(8..10)?, number(10..12)?, number(12..14)?);
    Some(days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// With the year taken to begin in March, so that the leap day is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn dates_are_read_from_both_forms() {
        for (tag, text, seconds) in [
            (UTC_TIME, "700101000000Z", Some(0)),
            (UTC_TIME, "240229120500Z", Some(1_709_208_300)),
            (UTC_TIME, "491231235959Z", Some(2_524_607_999)),
            (GENERALIZED_TIME, "21000228235900Z", Some(4_107_542_340)),
            (GENERALIZED_TIME, "20240229120500+0100", None),
            (UTC_TIME, "2402Z", None),
            (INTEGER, "240229120500Z", None),
        ] {
            assert_eq!(time(tag, text.as_bytes()), seconds, "{text}");
        }
    }

    #[test]
    fn a_certificate_says_when_it_is_valid_and_whether_its_own_key_signed_it() {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 2, 29);
        params.not_after = date_time_ymd(2051, 1, 1);
        let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let good = params.self_signed(&own).unwrap();
        let expected = Validity { not_before: 1_582_934_400, not_after: 2_556_144_000 };
        assert_eq!(validity(good.der()), Some(expected));
        assert!(is_self_signed(good.der(), algorithms));
        let issuer = rcgen::Issuer::new(params.clone(), other);
        let impostor = params.signed_by(&own, &issuer).unwrap();
        assert!(!is_self_signed(impostor.der(), algorithms), "issuer and subject have one name");
        for cut in 0..good.der().len() {
            let cut = CertificateDer::from(good.der()[..cut].to_vec());
            assert!(!is_self_signed(&cut, algorithms));
            validity(&cut);
        }
    }
}
