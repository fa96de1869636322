//! Whether and when a failed delivery is retried: only if the receiver certainly did not process it, or asked to try
//! later. What is in doubt is never retried automatically.

use std::time::{Duration, UNIX_EPOCH};

use super::{Exchange, FailureKind, Response, State};

/// How often a failed delivery is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retry {
    /// The maximum number of attempts after the first.
    pub most: u32,
}

/// What to do after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// It was delivered, a retry would not help or might repeat it, or it was the last attempt.
    Nothing,
    After(Duration),
    /// The receiver asks for this wait, which is too long.
    TooLate(Duration),
}

impl Retry {
    /// The longest back-off before the second attempt; it doubles with each further one.
    pub const FIRST: Duration = Duration::from_millis(500);
    /// The longest back-off that the receiver did not ask for.
    pub const MAX_BACK_OFF: Duration = Duration::from_secs(30);
    /// The longest wait that the receiver may ask for.
    pub const MAX_REQUESTED_WAIT: Duration = Duration::from_mins(5);

    /// What to do after attempt number `attempt` (from 1): wait as long as the receiver asks, or a back-off with
    /// `jitter` (from 0 to 1), so that many senders do not return at the same time. `now` is in seconds since 1970.
    pub fn next(self, attempt: u32, exchange: &Exchange, jitter: f64, now: i64) -> RetryDecision {
        if attempt > self.most || !is_retryable(exchange) {
            return RetryDecision::Nothing;
        }
        match exchange.response.as_ref().and_then(|response| retry_after(response, now)) {
            Some(asked) if asked > Self::MAX_REQUESTED_WAIT => RetryDecision::TooLate(asked),
            Some(asked) => RetryDecision::After(asked),
            // An invalid `Retry-After`: the whole back-off, without jitter.
            None if exchange.response.as_ref().is_some_and(asks_to_wait) => {
                RetryDecision::After(limit(attempt))
            }
            None => RetryDecision::After(limit(attempt).mul_f64(jitter.clamp(0.0, 1.0))),
        }
    }
}

/// When the receiver asks for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RetryAfter {
    Seconds(u64),
    /// At this time, in seconds since 1970.
    At(u64),
}

impl RetryAfter {
    /// Parses `Retry-After` (RFC 9110, section 10.2.3), but more leniently: a fraction is rounded up, the weekday
    /// of a date may be wrong, and of several numbers the largest counts.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        date(text).map(Self::At).or_else(|| {
            let seconds: Option<Vec<u64>> = text.split(',').map(seconds).collect();
            seconds?.into_iter().max().map(Self::Seconds)
        })
    }
}

fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let has_rest = fraction.bytes().any(|digit| digit != b'0');
    Some(whole.saturating_add(u64::from(has_rest)))
}

/// A date in any of the three forms of HTTP, whatever weekday it claims to be.
fn date(text: &str) -> Option<u64> {
    const SHORT: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const LONG: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let length = text.find(|c: char| !c.is_ascii_alphabetic())?;
    let (_, rest) = text.split_at(length);
    let names = if length == 3 { SHORT } else { LONG };
    let exact = std::iter::once(text.to_owned());
    let others = names.iter().map(|name| format!("{name}{rest}"));
    let date = exact.chain(others).find_map(|text| httpdate::parse_http_date(&text).ok())?;
    Some(date.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

/// The delay that the receiver asks for; none if the header is missing or invalid. `now` is in seconds since 1970; an
/// earlier date is not a delay.
pub fn retry_after(response: &Response, now: i64) -> Option<Duration> {
    let now = u64::try_from(now).unwrap_or_default();
    let asked = response.headers_named("retry-after").filter_map(RetryAfter::parse);
    let seconds = asked.map(|asked| match asked {
        RetryAfter::Seconds(seconds) => seconds,
        RetryAfter::At(date) => date.saturating_sub(now),
    });
    seconds.max().map(Duration::from_secs)
}

fn asks_to_wait(response: &Response) -> bool {
    response.headers_named("retry-after").next().is_some()
}

/// Whether another attempt may succeed, and cannot be a second delivery.
fn is_retryable(exchange: &Exchange) -> bool {
    match (exchange.state, &exchange.response, &exchange.failure) {
        (State::Failed, Some(response), _) => matches!(response.status, 408 | 429 | 500..=599),
        (State::NotSent, _, Some(failure)) => matches!(
            failure.kind,
            FailureKind::DnsTemporary
                | FailureKind::DnsTimeout
                | FailureKind::ConnectRefused
                | FailureKind::ConnectTimeout
                | FailureKind::NetworkUnreachable
                | FailureKind::ConnectFailed
                | FailureKind::ConnectionReset
                | FailureKind::TotalTimeout
                | FailureKind::ProxyError
                | FailureKind::TlsHandshakeTimeout
                | FailureKind::TlsHandshakeFailed
        ),
        _ => false,
    }
}

fn limit(attempt: u32) -> Duration {
    let doubled = 2_u32.checked_pow(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    Retry::FIRST.saturating_mul(doubled).min(Retry::MAX_BACK_OFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::delivery::{Facts, Failure, Phases};

    const NOW: i64 = 784_111_777;

    fn responded(status: u16, retry_after: Option<&str>) -> Exchange {
        let headers: Vec<_> = retry_after.map(|value| ("retry-after", value)).into_iter().collect();
        let response = Response::example(status, &headers, "");
        let state = if response.is_success() { State::Delivered } else { State::Failed };
        exchange(state, Some(response), FailureKind::OtherStatus)
    }

    fn exchange(state: State, response: Option<Response>, kind: FailureKind) -> Exchange {
        let failure = (state != State::Delivered).then(|| Failure::new(kind, &Facts::default()));
        Exchange {
            state,
            phases: Phases::default(),
            peer: None,
            proxy: None,
            reused: false,
            response,
            failure,
            notes: Vec::new(),
        }
    }

    fn next(attempt: u32, exchange: &Exchange) -> RetryDecision {
        Retry { most: 3 }.next(attempt, exchange, 1.0, NOW)
    }

    #[test]
    fn only_408_429_and_5xx_are_retried() {
        for status in 100..=599 {
            let is_retried = next(1, &responded(status, None)) != RetryDecision::Nothing;
            assert_eq!(is_retried, status == 408 || status == 429 || status >= 500, "{status}");
        }
    }

    #[test]
    fn a_delivery_in_doubt_is_never_retried() {
        for kind in FailureKind::ALL {
            assert_eq!(next(1, &exchange(State::InDoubt, None, *kind)), RetryDecision::Nothing, "{kind:?}");
        }
    }

    #[test]
    fn a_delivery_that_was_not_sent_is_retried_unless_the_cause_persists() {
        for (kind, is_retried) in [
            (FailureKind::ConnectRefused, true),
            (FailureKind::DnsTemporary, true),
            (FailureKind::DnsNotFound, false),
            (FailureKind::TlsExpired, false),
            (FailureKind::CannotSend, false),
            (FailureKind::Interrupted, false),
        ] {
            let next = next(1, &exchange(State::NotSent, None, kind));
            assert_eq!(next != RetryDecision::Nothing, is_retried, "{kind:?}");
        }
    }

    #[test]
    fn the_back_off_doubles_up_to_30_s_and_jitter_shortens_it() {
        let retry = Retry { most: u32::MAX };
        let wait = |attempt, jitter| retry.next(attempt, &responded(503, None), jitter, NOW);
        let limits = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0];
        for (seconds, attempt) in limits.into_iter().zip(1..) {
            assert_eq!(wait(attempt, 1.0), RetryDecision::After(Duration::from_secs_f64(seconds)));
            assert_eq!(wait(attempt, 0.5), RetryDecision::After(Duration::from_secs_f64(seconds / 2.0)));
            assert_eq!(wait(attempt, 0.0), RetryDecision::After(Duration::ZERO));
        }
        assert_eq!(wait(u32::MAX - 1, 1.0), RetryDecision::After(Retry::MAX_BACK_OFF));
    }

    #[test]
    fn there_is_no_retry_after_the_last_attempt() {
        let exchange = responded(503, None);
        assert!(matches!(next(3, &exchange), RetryDecision::After(_)));
        assert_eq!(next(4, &exchange), RetryDecision::Nothing);
        assert_eq!(Retry::default().next(1, &exchange, 1.0, NOW), RetryDecision::Nothing);
    }

    #[test]
    fn retry_after_is_in_seconds_or_a_date() {
        for (asked, seconds) in [
            ("0", 0),
            (" 7 ", 7),
            ("300", 300),
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30),
            ("Sunday, 06-Nov-94 08:50:07 GMT", 30),
            ("Sun Nov  6 08:50:07 1994", 30),
            ("Sun, 06 Nov 1994 08:49:36 GMT", 0),
            ("Mon, 06 Nov 1994 08:50:07 GMT", 30),
            ("Monday, 06-Nov-94 08:50:07 GMT", 30),
            ("1.5", 2),
            ("30.0", 30),
            ("120, 60", 120),
        ] {
            let expected = RetryDecision::After(Duration::from_secs(seconds));
            assert_eq!(next(1, &responded(429, Some(asked))), expected, "{asked}");
        }
        for invalid in ["", "soon", "-1", "1.", "1,x", "+3"] {
            let next = Retry { most: 3 }.next(1, &responded(429, Some(invalid)), 0.0, NOW);
            assert_eq!(next, RetryDecision::After(Retry::FIRST), "without jitter: {invalid}");
        }
    }

    #[test]
    fn a_wait_of_more_than_five_minutes_ends_the_retries() {
        for (asked, seconds) in
            [("301", 301), ("99999999999999999999999", u64::MAX), ("Sun, 06 Nov 1994 09:49:37 GMT", 3_600)]
        {
            let expected = RetryDecision::TooLate(Duration::from_secs(seconds));
            assert_eq!(next(1, &responded(503, Some(asked))), expected, "{asked}");
        }
        assert_eq!(next(4, &responded(503, Some("301"))), RetryDecision::Nothing);
        assert_eq!(next(1, &responded(404, Some("1"))), RetryDecision::Nothing);
    }
}
