//! What happens to the lines of a run, and the text in which it is recorded: one event a line, its fields
//! parted by blanks, so that a group of them is one small row of the ledger.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::Duration;

use crate::core::exchange::{ElementFault, Exchange, State};

/// A line of a run as its ledger leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, or the position in a list, from 1.
    pub number: u64,
    /// The id of the element, or else its prokey; only if an attempt to send it is recorded.
    pub id: Option<String>,
    /// How it ended.
    pub ending: Ending,
    /// Whether it was sent again after it was in doubt: it may have been received twice.
    pub is_repeated: bool,
}

/// The stable name of a failure, in `snake_case`.
pub type Name = Cow<'static, str>;

/// What happened to one line of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is about to be sent: until its end is known, it may have been received.
    Begun {
        /// The number of the line, or the position in a list, from 1.
        line: u64,
        /// The [`mark`](super::mark()) of its text.
        mark: u64,
    },
    /// It ended.
    Ended {
        /// The line.
        line: u64,
        /// How.
        ending: Ending,
    },
    /// It cannot be sent, and nothing of it was.
    Unusable {
        /// The line.
        line: u64,
        /// The mark of its text, if it is a text.
        mark: Option<u64>,
        /// Why.
        failure: Name,
    },
}

/// How a line ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The state of its last attempt.
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// Why it failed.
    pub failure: Option<Name>,
    /// How long the last attempt took.
    pub took: Duration,
}

impl Ending {
    /// How a line ended whose last attempt of so many was this one.
    pub fn of(exchange: &Exchange, attempts: u32) -> Self {
        Self {
            state: exchange.state,
            attempts,
            status: exchange.answer.as_ref().map(|answer| answer.status),
            failure: exchange.failure.as_ref().map(|failure| Name::Borrowed(failure.kind.name())),
            took: exchange.phases.total,
        }
    }

    /// How a line ended that was never tried.
    pub fn untried(state: State, failure: Option<Name>) -> Self {
        Self { state, attempts: 0, status: None, failure, took: Duration::ZERO }
    }
}

/// The name of the failure that a finding tells of, as the catalogue has it.
pub fn failure_name(code: &str) -> Name {
    let fault = ElementFault::parse(code).unwrap_or(ElementFault::Unusable);
    Cow::Borrowed(fault.name())
}

impl Event {
    /// The line that it is about.
    pub fn line(&self) -> u64 {
        match self {
            Self::Begun { line, .. } | Self::Ended { line, .. } | Self::Unusable { line, .. } => *line,
        }
    }

    /// How the line stands after it, and why.
    pub fn standing(&self) -> (State, Option<&str>) {
        match self {
            // Nobody knows whether it was received, unless its end follows.
            Self::Begun { .. } => (State::InDoubt, None),
            Self::Ended { ending, .. } => (ending.state, ending.failure.as_deref()),
            Self::Unusable { failure, .. } => (State::NotSent, Some(failure)),
        }
    }

    /// How the line ended, as far as the event tells.
    pub fn into_ending(self) -> Ending {
        if let Self::Ended { ending, .. } = self {
            return ending;
        }
        let (state, failure) = self.standing();
        Ending::untried(state, failure.map(|name| Name::Owned(name.to_owned())))
    }

    /// The mark of the line's text, where the event holds it.
    pub fn mark(&self) -> Option<u64> {
        match self {
            Self::Begun { mark, .. } => Some(*mark),
            Self::Unusable { mark, .. } => *mark,
            Self::Ended { .. } => None,
        }
    }

    /// Appends it as it is recorded, with a line feed.
    pub fn write(&self, out: &mut String) {
        // To a text, everything can be written.
        let _ = match self {
            Self::Begun { line, mark } => writeln!(out, "b {line} {mark:x}"),
            Self::Ended { line, ending } => {
                let Ending { state, attempts, status, failure, took } = ending;
                let _ = write!(out, "e {line} {} {attempts} ", letter(*state));
                let _ = match status {
                    Some(status) => write!(out, "{status}"),
                    None => write!(out, "-"),
                };
                writeln!(out, " {} {}", failure.as_deref().unwrap_or("-"), took.as_micros())
            }
            Self::Unusable { line, mark: Some(mark), failure } => {
                writeln!(out, "u {line} {mark:x} {failure}")
            }
            Self::Unusable { line, mark: None, failure } => writeln!(out, "u {line} - {failure}"),
        };
    }

    /// Reads one that was recorded, without its line feed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = words.next()?;
        let line = words.next()?.parse().ok()?;
        let event = match kind {
            "b" => Self::Begun { line, mark: hexadecimal(words.next()?)? },
            "e" => Self::Ended {
                line,
                ending: Ending {
                    state: state(words.next()?)?,
                    attempts: words.next()?.parse().ok()?,
                    status: or_none(words.next()?, |word| word.parse().ok())?,
                    failure: or_none(words.next()?, |word| Some(Cow::Owned(word.to_owned())))?,
                    took: Duration::from_micros(words.next()?.parse().ok()?),
                },
            },
            "u" => Self::Unusable {
                line,
                mark: or_none(words.next()?, hexadecimal)?,
                failure: Cow::Owned(words.next()?.to_owned()),
            },
            _ => return None,
        };
        words.next().is_none().then_some(event)
    }
}

/// Nothing for `-`; none of both when the word cannot be read.
#[expect(clippy::option_option, reason = "there is none, or what is there cannot be read")]
fn or_none<T>(word: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if word == "-" { Some(None) } else { read(word).map(Some) }
}

fn hexadecimal(word: &str) -> Option<u64> {
    u64::from_str_radix(word, 16).ok()
}

fn letter(state: State) -> char {
    match state {
        State::Delivered => 'd',
        State::Failed => 'f',
        State::InDoubt => 'i',
        State::NotSent => 'n',
    }
}

fn state(letter_of: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| letter_of.chars().eq([letter(*state)]))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(in crate::core::run) fn any_event() -> impl Strategy<Value = Event> {
        let name = "[a-z][a-z0-9_]{0,20}".prop_map(Name::from);
        let state = (0..State::ALL.len()).prop_map(|index| State::ALL[index]);
        let ending =
            (state, any::<u32>(), any::<Option<u16>>(), proptest::option::of(name.clone()), any::<u32>())
                .prop_map(|(state, attempts, status, failure, took)| Ending {
                    state,
                    attempts,
                    status,
                    failure,
                    took: Duration::from_micros(took.into()),
                });
        prop_oneof![
            (any::<u64>(), any::<u64>()).prop_map(|(line, mark)| Event::Begun { line, mark }),
            (any::<u64>(), ending).prop_map(|(line, ending)| Event::Ended { line, ending }),
            (any::<u64>(), any::<Option<u64>>(), name).prop_map(|(line, mark, failure)| Event::Unusable {
                line,
                mark,
                failure
            }),
        ]
    }

    #[test]
    fn an_event_is_a_few_bytes() {
        let mut text = String::new();
        Event::Begun { line: 12, mark: 0xab }.write(&mut text);
        let ending = Ending {
            state: State::Failed,
            attempts: 2,
            status: Some(503),
            failure: Some("server-error".into()),
            took: Duration::from_micros(1500),
        };
        Event::Ended { line: 12, ending }.write(&mut text);
        Event::Unusable { line: 13, mark: None, failure: failure_name("json-syntax") }.write(&mut text);
        assert_eq!(text, "b 12 ab\ne 12 f 2 503 server-error 1500\nu 13 - json-syntax\n");
    }

    #[test]
    fn what_is_no_event_is_none() {
        for text in ["", "b", "b 1", "b x ab", "b 1 ab c", "e 1 d 1 - -", "e 1 z 1 - - 5", "q 1 ab", "u 1 -"]
        {
            assert_eq!(Event::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn events_lead_back(event in any_event()) {
            let mut text = String::new();
            event.write(&mut text);
            prop_assert_eq!(Event::parse(text.trim_end_matches('\n')), Some(event));
        }
    }
}
