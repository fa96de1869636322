//! Headers about one connection rather than the message.

/// Hop-by-hop whether or not `connection` lists them (RFC 9110, 7.6.1).
const ALWAYS: [&str; 7] =
    ["connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade"];

/// The hop-by-hop headers of a message.
#[derive(Debug)]
pub struct HopByHop {
    /// Those that `connection` lists.
    named: Vec<String>,
}

impl HopByHop {
    /// Those of a message with these values of `connection`.
    pub fn new(values: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let values = values.into_iter();
        let words = |value: &str| value.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>();
        Self { named: values.flat_map(|value| words(value.as_ref())).collect() }
    }

    pub fn contains(&self, name: &str) -> bool {
        let named = self.named.iter().map(String::as_str);
        ALWAYS.into_iter().chain(named).any(|own| own.eq_ignore_ascii_case(name))
    }
}
