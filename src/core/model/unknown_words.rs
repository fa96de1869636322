//! Words of the platform that this version does not know.

/// The unknown words of a webhook with an `id`. Such a webhook is compared with the account, but never sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnknownWords {
    pub trigger: Option<String>,
    pub trigger_element: Option<String>,
    pub method: Option<String>,
}

impl UnknownWords {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The kind of the first word, and the word.
    pub fn first(&self) -> Option<(&'static str, &str)> {
        let all = [
            ("trigger", &self.trigger),
            ("trigger element", &self.trigger_element),
            ("method", &self.method),
        ];
        all.into_iter().find_map(|(what, word)| Some((what, word.as_deref()?)))
    }
}
