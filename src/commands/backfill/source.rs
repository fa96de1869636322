//! Where the elements of a run come from.

use crate::commands::error::Result;
use crate::core::backfill::{EventParameters, Selection};
use crate::core::text::one_line;

use super::data_source::DataSource;
use super::event_source::EventSource;
use super::input::Input;

/// Where the elements of a run come from: a file or a stream, or the RSVP answers of an event in the account.
#[derive(Debug)]
pub(super) enum ElementSource {
    Data(DataSource),
    Event(EventSource),
}

impl ElementSource {
    /// Its name for people: a path, `standard input`, or `event` with a prokey.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Data(data) => data.name().into_owned(),
            Self::Event(event) => event.name(),
        }
    }

    /// How many elements it has, if that is known before they are read.
    pub(super) fn elements(&self) -> Option<u64> {
        match self {
            Self::Data(data) => data.complete().map(|prescan| prescan.elements),
            Self::Event(event) => Some(event.elements()),
        }
    }

    /// Identifies the elements, so that a resumed run sends the same ones. None if they are compared one by one.
    pub(super) fn fingerprint(&self) -> Option<String> {
        match self {
            Self::Data(data) => data.complete().map(|prescan| prescan.sha256.clone()),
            Self::Event(event) => event.fingerprint(),
        }
    }

    pub(super) fn event(&self) -> Option<&EventSource> {
        match self {
            Self::Data(_) => None,
            Self::Event(event) => Some(event),
        }
    }

    pub(super) fn event_parameters(&self) -> Option<EventParameters> {
        self.event().map(EventSource::parameters)
    }

    /// Why nothing is to be sent, if that is known.
    pub(super) fn why_empty(&self, selection: Selection) -> Option<String> {
        let name = self.name();
        let (name, elements) = (one_line(&name), self.elements()?);
        match self {
            _ if elements > 0 && selection.count(elements) > 0 => None,
            Self::Data(_) if elements > 0 => Some(format!("{name}: no element is selected")),
            Self::Event(_) if elements > 0 => Some(format!("{name}: no answer is selected")),
            Self::Data(_) => Some(format!("{name}: it contains no elements")),
            Self::Event(event) => Some(format!("{name}: {}", event.why_empty())),
        }
    }

    /// Starts reading.
    pub(super) fn input(&mut self, selection: Selection) -> Result<Input> {
        match self {
            Self::Data(data) => data.input(selection),
            Self::Event(event) => event.input(),
        }
    }
}
