//! Words of the account that this version does not know.

/// The words of a webhook in the account that this version does not know. Such a webhook is compared with the account, but
/// never sent from here.
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

    /// What the first of them is, and the word.
    pub fn first(&self) -> Option<(&'static str, &str)> {
        let all = [
            ("trigger", &self.trigger),
            ("trigger element", &self.trigger_element),
            ("method", &self.method),
        ];
        all.into_iter().find_map(|(what, word)| Some((what, word.as_deref()?)))
    }
}
