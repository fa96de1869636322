//! The platform's fixed terms: triggers, trigger elements and methods.

use std::fmt;

use super::plain_word;

/// Defines an enum of terms, each with its name in the API and the other names that are accepted.
macro_rules! terms {
    ($(#[$attribute:meta])* $enum:ident { $($variant:ident = [$api:literal $(, $other:literal)*],)+ }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $enum {
            $($variant,)+
        }

        impl $enum {
            /// In the platform's order.
            pub const ALL: [Self; [$($api),+].len()] = [$(Self::$variant),+];

            /// The name in the API.
            pub fn as_str(self) -> &'static str {
                self.names()[0]
            }

            /// The name in the API, then others; in the spelling of the API, or in lower case with `_` for a space.
            pub fn names(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$api $(, $other)*],)+
                }
            }

            /// Parses any of the names, in any letter case, with `-` or a space for `_` and `ae` for `ä`.
            pub fn parse(text: &str) -> Option<Self> {
                let word = plain_word(text);
                Self::ALL.into_iter().find(|own| own.names().iter().any(|name| plain_word(name) == word))
            }
        }

        impl fmt::Display for $enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

terms! {
    /// What happened to the element (`platform.md`, "What a webhook is").
    Trigger {
        Create = ["create", "new", "neu", "erstellen", "erstellt", "angelegt"],
        Update = ["update", "aktualisieren", "aktualisiert", "ändern", "geändert"],
        Delete = ["delete", "löschen", "gelöscht", "entfernen", "entfernt"],
    }
}

terms! {
    /// The kind of element that a trigger applies to (`platform.md`, "What a webhook is").
    TriggerElement {
        RsvpAnswer = ["rsvp_answer", "answer", "antwort", "rsvp_antwort", "anmeldung", "rsvp_anmeldung"],
        Event = ["event", "termin", "veranstaltung"],
        EventGroup = ["event_group", "group", "gruppe", "event_gruppe", "termingruppe"],
        Style = ["style", "stil"],
        RsvpTemplate = ["rsvp_template", "rsvp_block", "rsvp_vorlage"],
        CtaTemplate = ["cta_template", "cta_block", "cta_vorlage"],
        LandingpageTemplate = ["landingpage_template", "landingpage", "landing_page", "landingpage_vorlage"],
    }
}

terms! {
    /// The HTTP methods that the platform offers; it sends the same body with each.
    Method {
        Get = ["GET"],
        Post = ["POST"],
        Put = ["PUT"],
        Patch = ["PATCH"],
        Delete = ["DELETE"],
    }
}

terms! {
    /// What a person chose in an RSVP form (recorded: exactly these three).
    Reply {
        Confirmed = ["confirmed"],
        Undecided = ["undecided"],
        Declined = ["declined"],
    }
}

impl TriggerElement {
    /// What it is, for readers who do not know the platform.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::RsvpAnswer => "an answer to the RSVP form of an event",
            Self::Event => "an event with its dates",
            Self::EventGroup => "a group of events, such as a calendar to subscribe to",
            Self::Style => "how Add to Calendar buttons look",
            Self::RsvpTemplate => "the form, limits and emails of an RSVP",
            Self::CtaTemplate => "a call to action shown after the button",
            Self::LandingpageTemplate => "how the landing page of an event looks",
        }
    }

    /// Whether elements are addressed by a prokey instead of an id, so that `{{id}}` is the prokey if there is no `id`
    /// (`platform.md`, "Variables").
    pub fn is_addressed_by_prokey(self) -> bool {
        matches!(self, Self::Event | Self::EventGroup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_term_parses_as_that_term_only() {
        for trigger in Trigger::ALL {
            assert!(trigger.names().iter().all(|name| Trigger::parse(&name.to_uppercase()) == Some(trigger)));
        }
        for element in TriggerElement::ALL {
            assert!(element.names().iter().all(|name| TriggerElement::parse(name) == Some(element)));
        }
        for method in Method::ALL {
            assert_eq!(Method::parse(&method.as_str().to_lowercase()), Some(method));
        }
        assert_eq!(Trigger::parse("created"), None);
        assert_eq!(TriggerElement::parse("rsvp"), None);
        assert_eq!(Method::parse("HEAD"), None);
    }

    #[test]
    fn separators_and_the_encoding_of_umlauts_do_not_matter() {
        for word in ["LÖSCHEN", "Loeschen", "gelöscht", "Lo\u{308}schen"] {
            assert_eq!(Trigger::parse(word), Some(Trigger::Delete), "{word}");
        }
        assert_eq!(TriggerElement::parse("RSVP Answer"), Some(TriggerElement::RsvpAnswer));
        assert_eq!(TriggerElement::parse("Landing-Page"), Some(TriggerElement::LandingpageTemplate));
    }
}
