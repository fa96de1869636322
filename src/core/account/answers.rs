//! RSVP answers as the API lists them: which ones are sent, in which order, and in which shape (`api.md`, 3.9 and 6).

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::core::catalog::delivered_shape;
use crate::core::delivery::age;
use crate::core::model::{Reply, TriggerElement};

use super::element::plain_id;
use super::failure::{AccountFailure, unexpected};

/// An answer as the API lists it.
#[derive(Clone, PartialEq)]
pub struct Answer {
    pub id: String,
    fields: Map<String, Value>,
}

/// Without personal data.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Answer {
    pub fn read(item: Value) -> Result<Self, AccountFailure> {
        let Value::Object(fields) = item else {
            return Err(unexpected("an RSVP answer is not a JSON object"));
        };
        match plain_id(fields.get("id")).filter(|id| !id.is_empty()) {
            Some(id) => Ok(Self { id, fields }),
            None => Err(unexpected("an RSVP answer has no `id`")),
        }
    }

    /// When it was created, in milliseconds since 1970; none if `date_created` is not a valid time.
    pub fn created(&self) -> Option<i64> {
        let text = self.fields.get("date_created")?.as_str()?;
        text.parse().ok().map(Timestamp::as_millisecond)
    }

    fn status(&self) -> Option<&str> {
        self.fields.get("status")?.as_str()
    }

    /// The JSON that is delivered for it.
    pub fn delivered(&self) -> String {
        delivered_shape(TriggerElement::RsvpAnswer, &self.fields).to_string()
    }
}

/// Selects answers of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerFilter {
    /// Only answers with one of these replies; if empty, with any.
    pub replies: Vec<Reply>,
    /// Only answers created at this time or later, in milliseconds since 1970.
    pub since: Option<i64>,
}

impl AnswerFilter {
    pub fn accepts(&self, answer: &Answer) -> bool {
        let is_reply = |reply: &Reply| answer.status() == Some(reply.as_str());
        (self.replies.is_empty() || self.replies.iter().any(is_reply))
            && self.since.is_none_or(|since| answer.created().is_some_and(|created| created >= since))
    }
}

/// The accepted answers of an event.
#[derive(Debug, Default)]
pub struct AnswerList {
    accepted: Vec<(Option<i64>, String)>,
    /// The number of answers left out because their time of creation is unknown.
    pub undated: u64,
    /// The number of accepted answers whose status is not a known reply, and the first such status.
    pub unknown: Option<(u64, String)>,
}

impl AnswerList {
    pub fn add(&mut self, answer: &Answer, filter: &AnswerFilter) {
        let created = answer.created();
        if filter.accepts(answer) {
            let status = answer.status().unwrap_or_default();
            if Reply::ALL.iter().all(|reply| reply.as_str() != status) {
                self.unknown.get_or_insert_with(|| (0, status.to_owned())).0 += 1;
            }
            self.accepted.push((created, answer.id.clone()));
        } else if filter.since.is_some() && created.is_none() {
            self.undated += 1;
        }
    }

    /// The ids, oldest answer first. The order does not depend on the pages, and new answers are last.
    pub fn into_ids(mut self) -> Vec<String> {
        self.accepted.sort_by(|(one, one_id), (other, other_id)| {
            (one.is_none(), one, one_id).cmp(&(other.is_none(), other, other_id))
        });
        self.accepted.into_iter().map(|(_, id)| id).collect()
    }
}

/// The value of `--since`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// In milliseconds since 1970.
    At(i64),
    /// Relative to now.
    Ago(Duration),
}

impl Since {
    /// The point in time; both are in milliseconds since 1970.
    pub fn at(self, now: i64) -> i64 {
        match self {
            Self::At(at) => at,
            Self::Ago(age) => now.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)),
        }
    }
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let date = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(Self::At(time.as_millisecond()));
        }
        // `Date` would also parse a date with a time but no offset, and ignore the time.
        if let Some(midnight) = date().filter(|_| text.len() == "2026-03-01".len()) {
            return Ok(Self::At(midnight.timestamp().as_millisecond()));
        }
        age(text).map(Self::Ago).map_err(|_| {
            "expected a date such as `2026-03-01`, a time such as `2026-03-01T09:00:00Z`, or a duration such as `7d`"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(id: &str, status: &str, created: &str) -> Answer {
        let item = json!({
            "id": id, "status": status, "email": "p@example.com", "amount": 2, "payload": {"b": "1", "a": true},
            "prokey": "k", "date_created": created, "date_updated": null,
        });
        Answer::read(item).unwrap()
    }

    #[test]
    fn a_delivered_answer_has_the_recorded_order_and_no_id() {
        let answer = answer("x", "confirmed", "2026-03-01T09:00:00.000Z");
        assert_eq!(
            answer.delivered(),
            r#"{"status":"confirmed","date_created":"2026-03-01T09:00:00.000Z","date_updated":null,"email":"p@example.com","prokey":"k","amount":2,"payload":{"b":"1","a":true}}"#
        );
        assert!(!format!("{answer:?}").contains("example"));
    }

    #[test]
    fn an_answer_is_identified_by_its_id() {
        assert_eq!(Answer::read(json!({"id": 7})).unwrap().id, "7");
        for bad in [json!([]), json!({}), json!({"id": ""}), json!({"id": null})] {
            assert!(Answer::read(bad).is_err());
        }
    }

    #[test]
    fn the_oldest_answer_comes_first_whatever_the_order_of_the_pages() {
        let mut list = AnswerList::default();
        for (id, created) in [
            ("none", "?"),
            ("c", "2026-03-03T00:00:00Z"),
            ("b", "2026-03-01T00:00:00.000Z"),
            ("a", "2026-03-01T00:00:00Z"),
        ] {
            list.add(&answer(id, "confirmed", created), &AnswerFilter::default());
        }
        assert_eq!(list.into_ids(), ["a", "b", "c", "none"]);
    }

    #[test]
    fn filters_select_by_reply_and_time_of_creation() {
        let since = "2026-03-01".parse::<Since>().unwrap().at(0);
        let filter = AnswerFilter { replies: vec![Reply::Confirmed, Reply::Declined], since: Some(since) };
        let mut list = AnswerList::default();
        for (id, status, created) in [
            ("edge", "declined", "2026-03-01T00:00:00.000Z"),
            ("before", "confirmed", "2026-02-28T23:59:59.999Z"),
            ("other", "undecided", "2026-03-02T00:00:00.000Z"),
            ("undated", "confirmed", ""),
        ] {
            list.add(&answer(id, status, created), &filter);
        }
        assert_eq!((list.undated, list.unknown.take()), (1, None));
        assert_eq!(list.into_ids(), ["edge"]);
    }

    #[test]
    fn a_status_other_than_a_reply_is_counted() {
        let mut list = AnswerList::default();
        for status in ["pending", "confirmed", "pending"] {
            list.add(&answer(status, status, ""), &AnswerFilter::default());
        }
        assert_eq!(list.unknown, Some((2, "pending".to_owned())));
    }

    #[test]
    fn since_is_a_date_a_time_with_an_offset_or_a_duration() {
        for (text, at) in [
            ("1970-01-02", 86_400_000),
            ("1970-01-02T00:00:01Z", 86_401_000),
            ("1970-01-02T01:00:00.5+01:00", 86_400_500),
            ("2h", -7_200_000),
        ] {
            assert_eq!(text.parse::<Since>().map(|since| since.at(0)), Ok(at), "{text}");
        }
        for bad in ["", "yesterday", "1970-01-02T00:00:01", "1970-13-01", "7", "-1d", "7 years"] {
            assert!(bad.parse::<Since>().is_err(), "{bad}");
        }
    }
}
