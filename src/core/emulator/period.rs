//! When an event starts and ends, for the filters of the list of events.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use serde_json::Value;

use super::Record;

/// The earliest start and the latest end of an event, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub starts: i64,
    /// `i64::MAX` if it recurs without end.
    pub ends: i64,
    /// Whether the dates are relative to the current day, such as `today+4`.
    pub is_dynamic: bool,
}

/// The period of an event at this time.
///
/// Documented: with several dates or a recurrence, the earliest start and the latest end count. Assumed: a date without a time
/// lasts whole days, and a date without a time zone is in UTC. The end of a recurrence with a count is computed only from
/// frequency and interval; with days of the week or month, it may actually end some periods earlier.
pub fn period(event: &Record, now: i64) -> Option<Period> {
    let dates = event.get("dates")?.as_array()?;
    let all: Vec<Occurrence> = dates.iter().filter_map(|date| occurrence(date, now)).collect();
    let starts = all.iter().map(|own| &own.starts).min()?;
    let last = all.iter().max_by_key(|own| &own.ends)?;
    let ends = match recurrence(event) {
        Some(recurrence) => recurrence.end(last)?,
        None => last.ends.timestamp().as_millisecond(),
    };
    let is_dynamic = all.iter().any(|own| own.is_dynamic);
    Some(Period { starts: starts.timestamp().as_millisecond(), ends, is_dynamic })
}

/// One date of an event.
pub(super) struct Occurrence {
    pub(super) starts: Zoned,
    pub(super) ends: Zoned,
    pub(super) is_whole_days: bool,
    pub(super) is_dynamic: bool,
}

/// A date of an event at this time; none if it has no valid day.
pub(super) fn occurrence(date: &Value, now: i64) -> Option<Occurrence> {
    let text = |name: &str| date.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let zone = text("timeZone").and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let today = Timestamp::from_millisecond(now).ok()?.to_zoned(zone.clone()).date();
    let (start_day, is_start_dynamic) = day(text("startDate")?, today)?;
    let (end_day, is_end_dynamic) =
        text("endDate").and_then(|end| day(end, today)).unwrap_or((start_day, false));
    let at = |day: Date, time: Time| day.to_datetime(time).to_zoned(zone.clone()).ok();
    let start_time: Option<Time> = text("startTime").and_then(|time| time.parse().ok());
    let starts = at(start_day, start_time.unwrap_or_else(Time::midnight))?;
    let ends = match (start_time, text("endTime").and_then(|time| time.parse().ok())) {
        (None, _) => at(end_day.checked_add(1.day()).ok()?, Time::midnight())?,
        (Some(_), Some(end)) => at(end_day, end)?,
        (Some(start), None) => at(end_day, start)?,
    };
    Some(Occurrence {
        is_whole_days: start_time.is_none(),
        ends: ends.max(starts.clone()),
        starts,
        is_dynamic: is_start_dynamic || is_end_dynamic,
    })
}

/// Parses a day such as `2026-01-31`, or a relative one such as `today`, `today+4` or `today-1`; also returns whether it is
/// relative.
fn day(text: &str, today: Date) -> Option<(Date, bool)> {
    let Some(offset) = text.strip_prefix("today") else { return Some((text.parse().ok()?, false)) };
    let days: i32 = if offset.is_empty() { 0 } else { offset.parse().ok()? };
    Some((today.checked_add(Span::new().try_days(days).ok()?).ok()?, true))
}

struct Recurrence {
    /// The time between two occurrences.
    step: Span,
    /// The number of occurrences.
    count: Option<i64>,
    until: Option<i64>,
}

impl Recurrence {
    fn end(&self, first: &Occurrence) -> Option<i64> {
        match (self.until, self.count) {
            (Some(until), _) => Some(until),
            (None, Some(count)) => {
                let whole = self.step.checked_mul((count - 1).max(0)).ok()?;
                Some(first.ends.checked_add(whole).ok()?.timestamp().as_millisecond())
            }
            (None, None) => Some(i64::MAX),
        }
    }
}

/// The recurrence of an event: by fields if `simplified_recurrence` is true, else by a rule.
fn recurrence(event: &Record) -> Option<Recurrence> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if event.get("simplified_recurrence") == Some(&Value::Bool(true)) {
        let number = |name: &str| event.get(name).and_then(Value::as_i64);
        let step = step(text("recurrence_simple_type")?, number("recurrence_interval").unwrap_or(1))?;
        return Some(Recurrence { step, count: number("recurrence_count"), until: None });
    }
    let rule = text("recurrence")?;
    let rule = rule.strip_prefix("RRULE:").unwrap_or(rule);
    let part = |name: &str| {
        rule.split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value)
    };
    let interval = part("INTERVAL").and_then(|number| number.parse().ok()).unwrap_or(1);
    let step = step(&part("FREQ")?.to_ascii_lowercase(), interval)?;
    let count = part("COUNT").and_then(|number| number.parse().ok());
    Some(Recurrence { step, count, until: part("UNTIL").and_then(until) })
}

fn step(frequency: &str, interval: i64) -> Option<Span> {
    let span = Span::new();
    match frequency {
        "daily" => span.try_days(interval).ok(),
        "weekly" => span.try_weeks(interval).ok(),
        "monthly" => span.try_months(interval).ok(),
        "yearly" => span.try_years(interval).ok(),
        _ => None,
    }
}

/// `20261231T225959Z`, or the end of the day `20261231`.
fn until(text: &str) -> Option<i64> {
    let (day, time) = text.split_once('T').unwrap_or((text, "235959Z"));
    let moment = Date::strptime("%Y%m%d", day)
        .ok()?
        .to_datetime(Time::strptime("%H%M%S", time.trim_end_matches('Z')).ok()?);
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::delivery::{parse_timestamp, timestamp};

    /// Starts and ends of an event, as texts.
    fn of(event: &str) -> (String, String) {
        let event = serde_json::from_str(event).unwrap();
        let now = parse_timestamp("2026-03-01T12:00:00Z").unwrap();
        let period = period(&event, now).unwrap();
        let ends = if period.ends == i64::MAX { "never".to_owned() } else { timestamp(period.ends) };
        (timestamp(period.starts), ends)
    }

    #[test]
    fn times_are_in_the_time_zone_and_dates_without_a_time_last_whole_days() {
        let own = of(
            r#"{"dates":[{"startDate":"2026-07-01","startTime":"10:00","endTime":"11:30","timeZone":"Europe/Berlin"}]}"#,
        );
        assert_eq!(own, ("2026-07-01T08:00:00.000Z".to_owned(), "2026-07-01T09:30:00.000Z".to_owned()));
        let own = of(r#"{"dates":[{"startDate":"2026-07-01","endDate":"2026-07-02"}]}"#);
        assert_eq!(own, ("2026-07-01T00:00:00.000Z".to_owned(), "2026-07-03T00:00:00.000Z".to_owned()));
    }

    #[test]
    fn several_dates_last_from_the_earliest_start_to_the_latest_end() {
        let own = of(
            r#"{"dates":[{"startDate":"2026-07-05"},{"startDate":"2026-07-01"},{"startDate":"today+4"}]}"#,
        );
        assert_eq!(own, ("2026-03-05T00:00:00.000Z".to_owned(), "2026-07-06T00:00:00.000Z".to_owned()));
    }

    #[test]
    fn a_recurrence_ends_with_its_last_occurrence_or_never() {
        let event = |rest: &str| format!(r#"{{"dates":[{{"startDate":"2026-07-01"}}],{rest}}}"#);
        for (rest, ends) in [
            (r#""recurrence":"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3""#, "2026-07-30T00:00:00.000Z"),
            (r#""recurrence":"RRULE:FREQ=DAILY;UNTIL=20260801T120000Z""#, "2026-08-01T12:00:00.000Z"),
            (r#""recurrence":"RRULE:FREQ=DAILY""#, "never"),
            (
                r#""simplified_recurrence":true,"recurrence_simple_type":"monthly","recurrence_interval":1,"recurrence_count":6"#,
                "2026-12-02T00:00:00.000Z",
            ),
            (
                r#""simplified_recurrence":false,"recurrence_simple_type":"monthly""#,
                "2026-07-02T00:00:00.000Z",
            ),
        ] {
            assert_eq!(of(&event(rest)).1, ends, "{rest}");
        }
    }
}
