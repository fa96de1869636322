//! Which headers are about one connection, and not about the message.

/// Those that are so whether or not `connection` names them (RFC 9110, 7.6.1).
const ALWAYS: [&str; 7] =
    ["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade"];

/// The headers of a message that are about its connection.
#[derive(Debug)]
pub struct OfConnection {
    /// What `connection` names.
    named: Vec<String>,
}

impl OfConnection {
    /// Of a message with these values of `connection`.
    pub fn new(values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let values = values.into_iter();
        let words = |value: &str| value.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>();
        Self { named: values.flat_map(|value| words(value.as_ref())).collect() }
    }

    /// Whether the header of this name is one of them, whatever its letter case.
    pub fn has(&self, name: &str) -> bool {
        let named = self.named.iter().map(String::as_str);
        ALWAYS.into_iter().chain(named).any(|own| own.eq_ignore_ascii_case(name))
    }
}
