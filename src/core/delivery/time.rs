//! Dates and durations for people and for JSON.

use std::time::Duration;

use time::OffsetDateTime;

/// The day and time in UTC of so many seconds since 1970: `2024-02-29 12:05 UTC`.
pub fn day_and_time(unix_seconds: i64) -> String {
    let at = moment(unix_seconds);
    format!("{} {:02}:{:02} UTC", day(at), at.hour(), at.minute())
}

/// The moment in UTC of so many milliseconds since 1970, as in RFC 3339: `2024-02-29T12:05:09.250Z`.
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
}
