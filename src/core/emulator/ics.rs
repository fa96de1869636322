//! Calendar files (RFC 5545) of an event.
//!
//! Documented: the number of files, their names and their URLs. Assumed: their contents.

use jiff::Zoned;
use serde_json::Value;

use super::Record;
use super::period::{Occurrence, occurrence};

/// A calendar file of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarFile {
    /// The file name.
    pub name: String,
    /// The platform's URL for it; none for dynamic dates.
    pub url: Option<String>,
    pub content: String,
}

/// The files of an event at this time: one with all dates, or one per date if any date has an organizer.
pub fn calendar_files(event: &Record, now: i64) -> Vec<CalendarFile> {
    let dates = event.get("dates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let dates: Vec<(usize, &Value, Occurrence)> = dates
        .iter()
        .enumerate()
        .filter_map(|(position, date)| Some((position, date, occurrence(date, now)?)))
        .collect();
    let has_organizer = dates.iter().any(|(_, date, _)| text(date, "organizer_email").is_some());
    let is_dynamic = dates.iter().any(|(_, _, own)| own.is_dynamic);
    let stem = event.get("iCalFileName").and_then(Value::as_str).unwrap_or("event");
    let prokey = event.get("prokey").and_then(Value::as_str).unwrap_or_default();
    let size = if has_organizer { 1 } else { dates.len().max(1) };
    let file = |(index, dates): (usize, &[(usize, &Value, Occurrence)])| {
        let name = if index == 0 { format!("{stem}.ics") } else { format!("{stem}-{}.ics", index + 1) };
        let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned()];
        lines.push("PRODID:-//hooks//emulator//EN".to_owned());
        for (position, date, own) in dates {
            entry(event, date, own, &format!("{prokey}-{}", position + 1), &mut lines);
        }
        lines.push("END:VCALENDAR".to_owned());
        let content = lines.iter().flat_map(|line| [folded(line), "\r\n".to_owned()]).collect();
        let url = (!is_dynamic).then(|| format!("https://event.caldn.net/{prokey}/{name}"));
        CalendarFile { name, url, content }
    };
    dates.chunks(size).enumerate().map(file).collect()
}

fn text<'d>(date: &'d Value, name: &str) -> Option<&'d str> {
    date.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn entry(event: &Record, date: &Value, own: &Occurrence, uid: &str, lines: &mut Vec<String>) {
    let field = |name: &str| event.get(name).and_then(Value::as_str);
    let stamp = field("date_updated").or_else(|| field("date_created")).unwrap_or_default();
    let stamp: String = stamp.split('.').next().unwrap_or_default().replace(['-', ':'], "");
    lines.push("BEGIN:VEVENT".to_owned());
    lines.push(format!("UID:{uid}@caldn.net"));
    lines.push(format!("DTSTAMP:{}Z", stamp.trim_end_matches('Z')));
    lines.push(format!("SEQUENCE:{}", field("sequence").unwrap_or("0")));
    for (name, at) in [("DTSTART", &own.starts), ("DTEND", &own.ends)] {
        lines.push(moment(name, at, own.is_whole_days));
    }
    lines.extend(rule(event));
    let texts =
        [("SUMMARY", "name"), ("DESCRIPTION", "description"), ("LOCATION", "location"), ("STATUS", "status")];
    for (name, key) in texts {
        lines.extend(text(date, key).map(|value| format!("{name}:{}", escaped(value))));
    }
    if let Some(availability) = text(date, "availability") {
        lines.push(format!("TRANSP:{}", if availability == "free" { "TRANSPARENT" } else { "OPAQUE" }));
    }
    for (name, who) in [("ORGANIZER", "organizer"), ("ATTENDEE", "attendee")] {
        if let Some(email) = text(date, &format!("{who}_email")) {
            let common = text(date, &format!("{who}_name")).unwrap_or(email).replace(['"', '\n', '\r'], "");
            lines.push(format!("{name};CN=\"{common}\":mailto:{}", escaped(email)));
        }
    }
    lines.push("END:VEVENT".to_owned());
}

fn moment(name: &str, at: &Zoned, is_day: bool) -> String {
    if is_day {
        return format!("{name};VALUE=DATE:{}", at.strftime("%Y%m%d"));
    }
    let utc = at.with_time_zone(jiff::tz::TimeZone::UTC);
    format!("{name}:{}", utc.strftime("%Y%m%dT%H%M%SZ"))
}

fn rule(event: &Record) -> Option<String> {
    let field = |name: &str| event.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if event.get("simplified_recurrence") != Some(&Value::Bool(true)) {
        return field("recurrence").map(|rule| format!("RRULE:{}", rule.trim_start_matches("RRULE:")));
    }
    let mut rule = format!("RRULE:FREQ={}", field("recurrence_simple_type")?.to_ascii_uppercase());
    for (part, name) in [("INTERVAL", "recurrence_interval"), ("COUNT", "recurrence_count")] {
        if let Some(number) = event.get(name).and_then(Value::as_i64) {
            rule.push_str(&format!(";{part}={number}"));
        }
    }
    let lists = [
        ("BYDAY", "recurrence_byDay"),
        ("BYMONTHDAY", "recurrence_byMonthDay"),
        ("BYMONTH", "recurrence_byMonth"),
        ("WKST", "recurrence_weekstart"),
    ];
    for (part, name) in lists {
        if let Some(list) = field(name) {
            rule.push_str(&format!(";{part}={list}"));
        }
    }
    Some(rule)
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

/// Lines are at most 75 bytes long; longer ones continue after a line break and a space.
fn folded(line: &str) -> String {
    const MAX: usize = 75;
    let (mut folded, mut rest, mut space) = (String::new(), line, MAX);
    while rest.len() > space {
        let end = rest.floor_char_boundary(space);
        folded.push_str(&rest[..end]);
        folded.push_str("\r\n ");
        (rest, space) = (&rest[end..], MAX - 1);
    }
    folded + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::catalog::sample;
    use crate::core::model::{Trigger, TriggerElement};

    #[test]
    fn the_file_of_the_sample_has_its_times_in_utc_and_short_lines() {
        let event = serde_json::from_str(&sample(TriggerElement::Event, Trigger::Update)).unwrap();
        let files = calendar_files(&event, 0);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].name, "open-house.ics");
        let content = &files[0].content;
        for line in [
            "DTSTAMP:20231127T093004Z",
            "DTSTART:20250627T124500Z",
            "DTEND:20250627T141500Z",
            "RRULE:FREQ=MONTHLY;INTERVAL=1;COUNT=6;BYDAY=4FR;WKST=MO",
            "LOCATION:Café Lindenhof\\, Berlin",
            "ORGANIZER;CN=\"Café Lindenhof\":mailto:events@example.com",
        ] {
            assert!(content.contains(&format!("{line}\r\n")), "{line}\n{content}");
        }
        assert!(content.split("\r\n").all(|line| line.len() <= 75), "{content}");
        let unfolded = content.replace("\r\n ", "");
        assert!(
            unfolded.contains("DESCRIPTION:<p>Coffee\\, cake and a look behind the counter. <strong>Seats")
        );
    }

    #[test]
    fn several_dates_are_one_file_unless_there_is_an_organizer() {
        let event = |organizer: &str| {
            let date = |day| format!(r#"{{"name":"n","startDate":"{day}","organizer_email":"{organizer}"}}"#);
            let dates = [date("2026-01-01"), date("today+4")].join(",");
            serde_json::from_str(&format!(r#"{{"prokey":"p","dates":[{dates}]}}"#)).unwrap()
        };
        let together = calendar_files(&event(""), 0);
        assert_eq!(together.len(), 1);
        assert_eq!(together[0].content.matches("BEGIN:VEVENT").count(), 2);
        assert!(together[0].content.contains("DTSTART;VALUE=DATE:19700105\r\nDTEND;VALUE=DATE:19700106"));
        assert_eq!(together[0].url, None);
        let names: Vec<String> =
            calendar_files(&event("a@b.example"), 0).into_iter().map(|own| own.name).collect();
        assert_eq!(names, ["event.ics", "event-2.ics"]);
    }
}
