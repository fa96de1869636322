//! The action that sets a webhook off.

use std::fmt;

use super::is_one_of;

/// What happened to the element (`platform.md`, "What a webhook is").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trigger {
    Create,
    Update,
    Delete,
}

impl Trigger {
    /// All of them, in the platform's order.
    pub const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Delete];

    /// The API's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The API's name and the app's, English and German, in lower case.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Create => &["create", "new", "neu", "erstellen", "erstellt", "angelegt"],
            Self::Update => &["update", "aktualisieren", "aktualisiert", "ändern", "geändert"],
            Self::Delete => &["delete", "löschen", "gelöscht", "entfernen", "entfernt"],
        }
    }

    /// Reads one of its names in any letter case, with `ae` for `ä` and so on.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| is_one_of(text, trigger.names()))
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_and_the_apps_names_are_understood() {
        for trigger in Trigger::ALL {
            assert_eq!(Trigger::parse(trigger.as_str()), Some(trigger));
            assert_eq!(Trigger::parse(&trigger.as_str().to_uppercase()), Some(trigger));
        }
        assert_eq!(Trigger::parse("Neu"), Some(Trigger::Create));
        for word in ["LÖSCHEN", "Loeschen", "gelöscht", "Lo\u{308}schen"] {
            assert_eq!(Trigger::parse(word), Some(Trigger::Delete), "{word}");
        }
        assert_eq!(Trigger::parse("created"), None);
    }
}
