//! How the request is sent.

use std::fmt;

/// The HTTP methods the platform offers (`platform.md`, "What a webhook is").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// `GET`, which carries the same body as the others here.
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// All of them, in the platform's order.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Reads the name in any letter case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back() {
        for method in Method::ALL {
            assert_eq!(Method::parse(&method.as_str().to_lowercase()), Some(method));
        }
        assert_eq!(Method::parse("HEAD"), None);
    }
}
