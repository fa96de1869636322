//! How bytes are written to the history: as text if they are UTF-8, else in base64.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored<'a> {
    Text(Cow<'a, str>),
    Binary { base64: String },
}

impl<'a> From<&'a [u8]> for Stored<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.into()),
            Err(_) => Self::Binary { base64: BASE64.encode(bytes) },
        }
    }
}

impl Stored<'_> {
    fn into_bytes(self) -> Result<Vec<u8>, base64::DecodeError> {
        match self {
            Self::Text(text) => Ok(text.into_owned().into_bytes()),
            Self::Binary { base64 } => BASE64.decode(base64),
        }
    }
}

/// Bytes: `#[serde(with = "bytes")]`.
pub mod bytes {
    use super::{Deserialize, Deserializer, Error, Serialize, Serializer, Stored};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Stored::from(bytes).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Stored::deserialize(deserializer)?.into_bytes().map_err(D::Error::custom)
    }
}

/// Headers whose values are bytes.
pub(super) mod headers {
    use super::{Deserialize, Deserializer, Error, Serializer, Stored};

    type Headers = [(String, Vec<u8>)];

    pub(crate) fn serialize<S: Serializer>(headers: &Headers, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(headers.iter().map(|(name, value)| (name, Stored::from(value.as_slice()))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, Vec<u8>)>, D::Error> {
        let stored = Vec::<(String, Stored<'_>)>::deserialize(deserializer)?;
        let bytes = |value: Stored<'_>| value.into_bytes().map_err(D::Error::custom);
        stored.into_iter().map(|(name, value)| Ok((name, bytes(value)?))).collect()
    }
}

/// The versions that a response can have.
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    Ok(match &*<Cow<'_, str>>::deserialize(deserializer)? {
        "HTTP/1.0" => "HTTP/1.0",
        "HTTP/2" => "HTTP/2",
        _ => "HTTP/1.1",
    })
}
