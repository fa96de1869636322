//! Checks that text has the format of its field.

use crate::core::catalog::ValueFormat;
use crate::core::delivery::parse_timestamp;

pub(super) fn accepts(format: ValueFormat, text: &str) -> bool {
    match format {
        ValueFormat::Any | ValueFormat::Positive => true,
        ValueFormat::NotBlank => !text.trim().is_empty(),
        ValueFormat::Day => is_day(text) || is_dynamic_day(text),
        ValueFormat::Time => is_time(text),
        ValueFormat::Moment => is_moment(text),
        // Documented for the address of a calendar; assumed for the others.
        ValueFormat::Url => has_url_scheme(text),
        ValueFormat::Color => is_color(text),
        ValueFormat::Recurrence => text.starts_with("RRULE:"),
    }
}

/// The expected format, for a message.
pub(super) fn expected_format(format: ValueFormat) -> Option<&'static str> {
    match format {
        ValueFormat::Any => None,
        ValueFormat::NotBlank => Some("a string that is not empty or only whitespace"),
        ValueFormat::Day => Some("a date such as `2026-07-01`, or a dynamic date such as `today+4`"),
        ValueFormat::Time => Some("a time such as `14:45`"),
        ValueFormat::Moment => Some("a time in UTC such as `2026-07-01T09:00:00.000Z`"),
        ValueFormat::Url => Some("a URL that begins with `https://` or `http://`"),
        ValueFormat::Color => Some("a hex code such as `#9456ff`"),
        ValueFormat::Recurrence => Some("a rule that begins with `RRULE:`"),
        ValueFormat::Positive => Some("an integer from 1"),
    }
}

/// `today`, `today+4` or `today-1`. Only `today+4` is documented; the others are assumed.
pub(super) fn is_dynamic_day(text: &str) -> bool {
    text.strip_prefix("today").is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix(['+', '-']).is_some_and(|days| number(days, 1..=5).is_some())
    })
}

fn is_day(text: &str) -> bool {
    !text.contains('T') && parse_timestamp(text).is_some()
}

fn is_time(text: &str) -> bool {
    text.split_once(':').is_some_and(|(hours, minutes)| {
        number(hours, 2..=2).is_some_and(|hours| hours < 24)
            && number(minutes, 2..=2).is_some_and(|minutes| minutes < 60)
    })
}

fn is_moment(text: &str) -> bool {
    text.contains('T') && parse_timestamp(text).is_some()
}

fn has_url_scheme(text: &str) -> bool {
    let after = |scheme: &str| {
        let found = text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        found && text.len() > scheme.len()
    };
    after("https://") || after("http://")
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn number(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let is_number = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: ValueFormat, accepted: &[&str], refused: &[&str]) {
        for text in accepted {
            assert!(accepts(format, text), "{format:?}: {text}");
        }
        for text in refused {
            assert!(!accepts(format, text), "{format:?}: {text}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar_or_relative_to_today() {
        check(
            ValueFormat::Day,
            &["2024-02-29", "2026-12-31", "today", "today+4", "today-10"],
            &[
                "2026-02-29",
                "2026-13-01",
                "2026-1-1",
                "26-01-01",
                "2026-01-01T00:00",
                "2026-01-01T00:00:00Z",
                "",
                "today+",
                "today+x",
                "Today+4",
                "2026-01-+1",
            ],
        );
        check(
            ValueFormat::Time,
            &["00:00", "14:45", "23:59"],
            &["24:00", "12:60", "9:00", "12:00:00", "", "1200", "+1:00"],
        );
        check(
            ValueFormat::Moment,
            &["2024-12-31T14:29:01.000Z", "2024-12-31T14:29:01Z"],
            &[
                "2024-12-31",
                "2024-12-31T14:29Z",
                "2024-12-31T14:29:01",
                "2024-12-31T14:29:01+01:00",
                "2024-12-31T24:00:00Z",
                "Z",
                "TZ",
            ],
        );
    }

    #[test]
    fn urls_colours_and_rules_begin_as_documented() {
        check(ValueFormat::Url, &["https://a", "HTTP://a"], &["ftp://a", "https://", "a", "", "httpsé://"]);
        check(
            ValueFormat::Color,
            &["#9456ff", "#ABC", "#11223344"],
            &["9456ff", "#9456f", "#gggggg", "#", "red"],
        );
        check(ValueFormat::Recurrence, &["RRULE:FREQ=DAILY"], &["FREQ=DAILY", ""]);
        check(ValueFormat::NotBlank, &["x"], &["", " \t"]);
    }
}
