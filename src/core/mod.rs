//! What the tool knows and decides: pure, without files, network, environment, clock or terminal.

/// Writes values by their stable name and reads them back.
macro_rules! serde_by_name {
    ($($kind:ty: $name:ident),+ $(,)?) => {$(
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                Self::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown name `{name}`")))
            }
        }
    )+};
}

pub mod account;
pub mod backfill;
pub mod body;
pub mod capture;
pub mod catalog;
pub mod check;
pub mod csv;
pub mod definitions;
pub mod delivery;
pub mod diagnostic;
pub mod emulator;
pub mod export;
pub mod history;
pub mod json;
pub mod model;
pub mod received;
pub mod request;
pub mod secrets;
pub mod template;
pub mod text;
