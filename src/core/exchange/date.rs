//! Dates for sentences, from seconds since 1970.

/// The day and time in UTC: `2024-02-29 12:05 UTC`.
pub fn day_and_time(unix_seconds: i64) -> String {
    let (days, seconds) = (unix_seconds.div_euclid(86_400), unix_seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60)
}

/// A moment in UTC, as RFC 3339 writes it: `2024-02-29T12:05:09.250Z`.
pub fn timestamp(unix_milliseconds: i64) -> String {
    let (seconds, ms) = (unix_milliseconds.div_euclid(1000), unix_milliseconds.rem_euclid(1000));
    let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// Year, month and day of a number of days since 1970-01-01, with the year taken to begin in March so
/// that the leap day is its last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
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
    }
}
