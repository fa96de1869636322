//! Dates for sentences and JSON.

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
}
