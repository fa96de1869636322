//! Bytes in the JSON of the history: as text if they are UTF-8, else in base64.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored<'a> {
    Text(Cow<'a, str>),
    Binary { base64: String },
}

/// `#[serde(with = "bytes")]`
pub mod bytes {
    use super::*;

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        let stored = match std::str::from_utf8(bytes) {
            Ok(text) => Stored::Text(text.into()),
            Err(_) => Stored::Binary { base64: BASE64.encode(bytes) },
        };
        stored.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        match Stored::deserialize(deserializer)? {
            Stored::Text(text) => Ok(text.into_owned().into_bytes()),
            Stored::Binary { base64 } => BASE64.decode(base64).map_err(D::Error::custom),
        }
    }
}
