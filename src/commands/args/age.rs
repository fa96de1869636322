//! How long ago something was.

use std::time::Duration;

/// Reads an age: a whole number with a unit.
pub fn age(text: &str) -> std::result::Result<Duration, String> {
    let wrong = || "write a whole number with `s`, `min`, `h`, `d` or `w`, as in `2h` or `30d`".to_owned();
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
