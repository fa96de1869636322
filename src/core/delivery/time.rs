//! Formats and parses dates and durations.

use std::time::Duration;

use time::{Date, Month, OffsetDateTime, Time};

/// Day and time in UTC: `2024-02-29 12:05 UTC`.
pub fn day_and_time(unix_seconds: i64) -> String {
    let at = moment(unix_seconds);
    format!("{} {:02}:{:02} UTC", day(at), at.hour(), at.minute())
}

/// A time in UTC as in RFC 3339: `2024-02-29T12:05:09.250Z`.
pub fn timestamp(unix_milliseconds: i64) -> String {
    let at = moment(unix_milliseconds.div_euclid(1000));
    let ms = unix_milliseconds.rem_euclid(1000);
    format!("{}T{:02}:{:02}:{:02}.{ms:03}Z", day(at), at.hour(), at.minute(), at.second())
}

/// A duration as a person says it: `250 µs`, `30 ms`, `1.2 s`, `30 s`, `3 min`, `2 h 5 min`.
pub fn duration_in_words(duration: Duration) -> String {
    const YEAR: u64 = 366 * 24 * 3600;
    match (duration.as_secs(), duration.as_millis()) {
        (0, 0) => format!("{} µs", duration.as_micros()),
        (0, milliseconds) => format!("{milliseconds} ms"),
        (1..120, _) => format!("{} s", (duration.as_secs_f64() * 10.0).round() / 10.0),
        (seconds @ 120..7200, _) => format!("{} min", seconds.div_ceil(60)),
        (seconds @ 7200..YEAR, _) => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => "more than a year".to_owned(),
    }
}

/// Parses an age: a whole number with a unit.
pub fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a whole number with `s`, `min`, `h`, `d` or `w`, e.g. `2h` or `30d`".to_owned();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let seconds = match text[unit_at..].trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..unit_at].parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// Parses a moment in UTC, `2024-02-29T12:05:09.250Z` with or without milliseconds or `2024-02-29`, into milliseconds since
/// 1970.
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let (day, clock) = match text.split_once('T') {
        Some((day, rest)) => (day, rest.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let (clock, milliseconds) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, digits(fraction, 3)?),
        None => (clock, 0),
    };
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let small = |number: u32| u8::try_from(number).ok();
    let month = Month::try_from(small(month)?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, small(day)?).ok()?;
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    let seconds = OffsetDateTime::new_utc(date, time).unix_timestamp();
    Some(seconds * 1000 + i64::from(milliseconds))
}

/// Three numbers with exactly these numbers of digits.
fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut next = |length| digits(parts.next()?, length);
    let all = [next(lengths[0])?, next(lengths[1])?, next(lengths[2])?];
    parts.next().is_none().then_some(all)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

fn day(at: OffsetDateTime) -> String {
    format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
}

/// No certificate and no clock has a year beyond 9999.
fn moment(unix_seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_and_centuries_are_right() {
        assert_eq!(day_and_time(0), "1970-01-01 00:00 UTC");
        assert_eq!(day_and_time(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(day_and_time(1_709_208_300), "2024-02-29 12:05 UTC");
        assert_eq!(day_and_time(4_107_542_399), "2100-02-28 23:59 UTC");
        assert_eq!(timestamp(1_709_208_309_250), "2024-02-29T12:05:09.250Z");
        assert_eq!(day_and_time(-1), "1969-12-31 23:59 UTC");
        assert_eq!(timestamp(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn durations_read_as_people_say_them() {
        for (micros, words) in
            [(250, "250 µs"), (30_000, "30 ms"), (1_240_000, "1.2 s"), (30_000_000, "30 s")]
        {
            assert_eq!(duration_in_words(Duration::from_micros(micros)), words);
        }
        for (seconds, words) in
            [(119, "119 s"), (170, "3 min"), (7500, "2 h 5 min"), (u64::MAX, "more than a year")]
        {
            assert_eq!(duration_in_words(Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn ages_are_read_with_their_units() {
        assert_eq!(age("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(age("15min"), age("15m"));
        assert_eq!(age("2h"), Ok(Duration::from_hours(2)));
        assert_eq!(age("2w"), age("14d"));
        assert_eq!(age("0d"), Ok(Duration::ZERO));
        for bad in ["", "2", "h", "-1d", "1.5h", "99999999999999999999d", "18446744073709551615w", "2 years"]
        {
            assert!(age(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_timestamp_that_was_written_is_read_back() {
        for at in [0, 951_782_400_000, 1_709_208_309_250, 253_402_300_799_999] {
            assert_eq!(parse_timestamp(&timestamp(at)), Some(at));
        }
        assert_eq!(parse_timestamp("2024-02-29T12:05:09Z"), Some(1_709_208_309_000));
        assert_eq!(parse_timestamp("1970-01-02"), Some(86_400_000));
        for bad in [
            "",
            "2024",
            "2023-02-29",
            "2024-02-29T12:05:09",
            "2024-02-29T12:05Z",
            "2024-02-29T24:00:00Z",
            "24-02-29",
            "2024-02-29T12:05:09.25Z",
            "2024-02-29 12:05:09Z",
            "+024-02-29",
            "2024-02-29T12:05:09.250+00:00",
        ] {
            assert_eq!(parse_timestamp(bad), None, "{bad}");
        }
    }
}
