//! Durations on the command line.

use std::time::Duration;

/// Parses a time limit; 0 means no limit.
pub fn limit(text: &str) -> std::result::Result<Duration, String> {
    match seconds(text)? {
        Some(0.0) => Ok(Duration::MAX),
        seconds => above_zero(seconds).ok_or_else(|| format!("{ABOVE_ZERO}; 0 disables the limit")),
    }
}

/// Parses a duration: a number with `ms`, `s` or `min`.
pub fn duration(text: &str) -> std::result::Result<Duration, String> {
    above_zero(seconds(text)?).ok_or_else(|| ABOVE_ZERO.to_owned())
}

const ABOVE_ZERO: &str = "expected a number above 0, e.g. `30`, `1.5s` or `500ms`";

fn above_zero(seconds: Option<f64>) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds?).ok().filter(|time| !time.is_zero())
}

/// A number of seconds, from a number with a unit; `None` if it is not a number.
fn seconds(text: &str) -> std::result::Result<Option<f64>, String> {
    let (number, unit) = match text.find(|c: char| c.is_ascii_alphabetic()) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, "s"),
    };
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => {
            return Err(
                "expected a number with `ms`, `s` or `min`; without a unit, it is in seconds".to_owned()
            );
        }
    };
    Ok(number.trim().parse::<f64>().ok().map(|number| number * factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_units() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2min"), Ok(Duration::from_mins(2)));
        for bad in ["", "0", "-1", "1h", "NaN", "inf", "1e300", "x"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        for none in ["0", "0s", "0ms", "0.0min"] {
            assert_eq!(limit(none), Ok(Duration::MAX), "{none}");
        }
        assert_eq!(limit("500ms"), Ok(Duration::from_millis(500)));
        for bad in ["", "-1", "1e-20", "NaN", "inf", "x"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
