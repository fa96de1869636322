//! The kinds of element that can set a webhook off.

use std::fmt;

use super::is_one_of;

/// The kind of element a trigger applies to (`platform.md`, "What a webhook is").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TriggerElement {
    RsvpAnswer,
    Event,
    EventGroup,
    Style,
    RsvpTemplate,
    CtaTemplate,
    LandingpageTemplate,
}

impl TriggerElement {
    /// All of them, in the platform's order.
    pub const ALL: [Self; 7] = [
        Self::RsvpAnswer,
        Self::Event,
        Self::EventGroup,
        Self::Style,
        Self::RsvpTemplate,
        Self::CtaTemplate,
        Self::LandingpageTemplate,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::RsvpAnswer => "rsvp_answer",
            Self::Event => "event",
            Self::EventGroup => "event_group",
            Self::Style => "style",
            Self::RsvpTemplate => "rsvp_template",
            Self::CtaTemplate => "cta_template",
            Self::LandingpageTemplate => "landingpage_template",
        }
    }

    /// What it is, for someone who has not seen the platform.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::RsvpAnswer => "an answer that somebody gave on the RSVP form of an event",
            Self::Event => "an event with its dates",
            Self::EventGroup => "a group of events, such as a calendar to subscribe to",
            Self::Style => "how Add to Calendar buttons look",
            Self::RsvpTemplate => "the form, limits and e-mails of an RSVP",
            Self::CtaTemplate => "a call to action shown after the button",
            Self::LandingpageTemplate => "how the landing page of an event looks",
        }
    }

    /// The API's name and the app's, English and German, in lower case with `_` for a space.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::RsvpAnswer => {
                &["rsvp_answer", "answer", "antwort", "rsvp_antwort", "anmeldung", "rsvp_anmeldung"]
            }
            Self::Event => &["event", "termin", "veranstaltung"],
            Self::EventGroup => &["event_group", "group", "gruppe", "event_gruppe", "termingruppe"],
            Self::Style => &["style", "stil"],
            Self::RsvpTemplate => &["rsvp_template", "rsvp_block", "rsvp_vorlage"],
            Self::CtaTemplate => &["cta_template", "cta_block", "cta_vorlage"],
            Self::LandingpageTemplate => {
                &["landingpage_template", "landingpage", "landing_page", "landingpage_vorlage"]
            }
        }
    }

    /// Reads one of its names in any letter case, with `-` or a space for `_`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|element| is_one_of(text, element.names()))
    }

    /// Whether such elements are addressed by a prokey instead of an id, so that `{{id}}` takes the
    /// prokey where there is no `id` (`platform.md`, "Variables").
    pub fn is_addressed_by_prokey(self) -> bool {
        matches!(self, Self::Event | Self::EventGroup)
    }
}

impl fmt::Display for TriggerElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back() {
        for element in TriggerElement::ALL {
            assert_eq!(TriggerElement::parse(element.as_str()), Some(element));
        }
        assert_eq!(TriggerElement::parse("RSVP Answer"), Some(TriggerElement::RsvpAnswer));
        assert_eq!(TriggerElement::parse("rsvp"), None);
        assert_eq!(TriggerElement::parse("Antwort"), Some(TriggerElement::RsvpAnswer));
        assert_eq!(TriggerElement::parse("TERMIN"), Some(TriggerElement::Event));
        assert_eq!(TriggerElement::parse("Landing-Page"), Some(TriggerElement::LandingpageTemplate));
    }
}
