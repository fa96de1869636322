//! SHA-256, to check that the input of a resumed run is unchanged.

use ring::digest::{Context, SHA256, digest};

/// The SHA-256 of some bytes, as hexadecimal digits.
pub fn fingerprint(bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, bytes).as_ref())
}

/// The SHA-256 of the elements that were read so far.
#[derive(Clone)]
pub struct Fingerprint(Context);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Fingerprint {
    /// Adds the next element; none if it could not be read as text.
    pub fn add(&mut self, text: Option<&str>) {
        // The length separates one element from the next.
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        self.0.update(&length.to_le_bytes());
        self.0.update(text.unwrap_or_default().as_bytes());
    }

    /// The fingerprint so far, as hexadecimal digits.
    pub fn current(&self) -> String {
        hexadecimal(self.0.clone().finish().as_ref())
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fingerprint").field(&self.current()).finish()
    }
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[Option<&str>]) -> String {
        let mut fingerprint = Fingerprint::default();
        for text in texts {
            fingerprint.add(*text);
        }
        fingerprint.current()
    }

    #[test]
    fn different_elements_have_different_fingerprints() {
        let all = [
            of(&[]),
            of(&[Some("")]),
            of(&[None]),
            of(&[Some("ab")]),
            of(&[Some("a"), Some("b")]),
            of(&[Some("b"), Some("a")]),
        ];
        for (at, own) in all.iter().enumerate() {
            assert!(!all[..at].contains(own), "{at}");
        }
    }

    #[test]
    fn the_fingerprint_is_sha_256() {
        assert_eq!(fingerprint(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
