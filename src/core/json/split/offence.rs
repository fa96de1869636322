//! Why nothing more can be found, in words that help.

use crate::core::text::Place;

use super::SplitError;

fn error(place: Place, code: &'static str, message: impl Into<String>, help: &'static str) -> SplitError {
    SplitError { place, code, message: message.into(), help }
}

/// Of the whole text: said behind its name.
pub(super) fn foreign(encoding: &str) -> SplitError {
    error(Place::START, "file-encoding", format!("is {encoding}, not UTF-8"), "save it as UTF-8")
}

pub(super) fn no_text() -> SplitError {
    let help = "give a JSON list, or one element a line";
    error(Place::START, "file-encoding", "begins with a zero byte: it is no text", help)
}

pub(super) fn open_list(place: Place, found: u64) -> SplitError {
    let message = match found {
        0 => "the list breaks off before its first element".to_owned(),
        _ => format!("the list breaks off behind element {found}: its `]` is missing"),
    };
    error(place, "json-unclosed", message, BROKEN_OFF)
}

pub(super) fn open_element(place: Place, number: u64) -> SplitError {
    let message = format!("the list breaks off inside element {number}, which begins here");
    error(place, "json-unclosed", message, BROKEN_OFF)
}

const BROKEN_OFF: &str = "the file may have been cut off, or a bracket or quote before this is missing";

pub(super) fn too_long(place: Place, number: u64, longest: usize) -> SplitError {
    let message = format!("element {number} of the list has more than {} MiB", longest >> 20);
    error(place, "element-too-long", message, "is a bracket or quote in it missing?")
}

pub(super) fn trailing_comma(place: Place) -> SplitError {
    error(
        place,
        "json-trailing-comma",
        "a comma after the last element",
        "JSON has no trailing commas: take it out",
    )
}

pub(super) fn nothing_before_comma(place: Place) -> SplitError {
    error(place, "json-missing-value", "an element is missing before this comma", "take the comma out")
}

pub(super) fn no_comma(place: Place) -> SplitError {
    error(
        place,
        "json-unexpected",
        "`,` or `]` is expected here",
        "the elements of a list stand between `[` and `]`, with commas between them",
    )
}

pub(super) fn behind_list(place: Place) -> SplitError {
    let help = "give lists one after the other, or one element per line without brackets";
    error(place, "json-trailing-data", "something follows after the end of the list", help)
}
