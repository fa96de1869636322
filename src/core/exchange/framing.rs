//! Where the body of a response ends (RFC 9112, section 6.3): one decision for requests that are fired and for those
//! that `listen` forwards.

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// After this many bytes.
    Length(u64),
    /// By the last chunk.
    Chunked,
    /// By the end of the connection.
    UntilClose,
}

/// Decides by the status and the values of `transfer-encoding` and `content-length`.
///
/// # Errors
/// Why such a response cannot be trusted: a fragment that starts with "it" or "its".
pub fn framing<'a>(
    status: u16,
    encodings: impl Iterator<Item = &'a [u8]>,
    lengths: impl Iterator<Item = &'a [u8]>,
) -> Result<Framing, String> {
    let encodings: Vec<_> = encodings.flat_map(elements).collect();
    let written: Vec<_> = lengths.collect();
    let lengths: Vec<_> = written.iter().copied().flat_map(elements).collect();
    if !encodings.is_empty() && !lengths.is_empty() {
        // This would allow response smuggling.
        return Err("it has both `Content-Length` and `Transfer-Encoding`".to_owned());
    }
    let is_chunked = |encoding: &[u8]| encoding.eq_ignore_ascii_case(b"chunked");
    let chunked = encodings.iter().filter(|encoding| is_chunked(encoding)).count();
    let length = match lengths.as_slice() {
        [] if written.is_empty() => None,
        [] => return Err("its `Content-Length` is empty".to_owned()),
        [first, others @ ..] => {
            if !first.iter().all(u8::is_ascii_digit) {
                return Err("its `Content-Length` is not a number".to_owned());
            }
            if others.iter().any(|other| other != first) {
                return Err("it has different values of `Content-Length`".to_owned());
            }
            // A number that overflows is larger than any limit.
            Some(std::str::from_utf8(first).ok().and_then(|text| text.parse().ok()).unwrap_or(u64::MAX))
        }
    };
    match (encodings.last(), length) {
        _ if matches!(status, 100..=199 | 204 | 304) => Ok(Framing::None),
        (Some(_), _) if chunked > 1 => Err("it is chunked twice".to_owned()),
        (Some(last), _) if is_chunked(last) => Ok(Framing::Chunked),
        (Some(_), _) if chunked > 0 => Err("it is encoded after it was chunked".to_owned()),
        (None, Some(length)) => Ok(Framing::Length(length)),
        _ => Ok(Framing::UntilClose),
    }
}

/// The elements of a list, without whitespace around them.
fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(encodings: &[&str], lengths: &[&str]) -> Result<Framing, String> {
        let bytes =
            |values: &[&str]| values.iter().map(|value| value.as_bytes().to_vec()).collect::<Vec<_>>();
        let (encodings, lengths) = (bytes(encodings), bytes(lengths));
        framing(200, encodings.iter().map(Vec::as_slice), lengths.iter().map(Vec::as_slice))
    }

    #[test]
    fn a_body_ends_where_every_reader_sees_its_end() {
        for (encodings, lengths, framing) in [
            (&[][..], &[][..], Framing::UntilClose),
            (&[], &["5"], Framing::Length(5)),
            (&[], &["5, 5"], Framing::Length(5)),
            (&[], &["5", " 5 "], Framing::Length(5)),
            (&["Chunked"], &[], Framing::Chunked),
            (&["gzip, chunked"], &[], Framing::Chunked),
            (&["gzip", "chunked"], &[], Framing::Chunked),
            (&["identity"], &[], Framing::UntilClose),
        ] {
            assert_eq!(decided(encodings, lengths), Ok(framing), "{encodings:?} {lengths:?}");
        }
    }

    #[test]
    fn a_body_with_two_ends_is_not_trusted() {
        for (encodings, lengths) in [
            (&["chunked"][..], &["5"][..]),
            (&["identity"], &["5"]),
            (&[], &["5", "6"]),
            (&[], &["5, 6"]),
            (&[], &["+5"]),
            (&[], &[""]),
            (&["chunked", "chunked"], &[]),
            (&["chunked, gzip"], &[]),
        ] {
            assert!(decided(encodings, lengths).is_err(), "{encodings:?} {lengths:?}");
        }
    }
}
