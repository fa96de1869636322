//! Faults on demand: they replace or delay the emulator's response to matching calls, or close the connection.

use std::time::Duration;

use http::Method;
use serde::{Deserialize, Deserializer, Serialize};

/// The longest delay, in milliseconds.
const MAX_DELAY: u64 = 600_000;
/// The most faults per account.
const MAX_FAULTS: usize = 100;

/// A fault in a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultRequest {
    /// If missing, any method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// `*` matches any characters. If missing, any path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The first matching call that it affects, counted from 1.
    #[serde(default = "one")]
    nth: u64,
    /// The number of calls that it affects. If missing, all further ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    /// `true` is the same as `before`.
    #[serde(default, deserialize_with = "cut", skip_serializing_if = "Option::is_none")]
    cut: Option<Cut>,
    #[serde(default, skip_serializing_if = "is_false")]
    html: bool,
}

/// When the connection is closed without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Cut {
    /// The request has no effect.
    Before,
    /// The request has its effect; the response is lost.
    After,
}

fn cut<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cut>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected `true`, `before` or `after`")]
    enum Value {
        Flag(bool),
        When(Cut),
    }
    Ok(match Value::deserialize(deserializer)? {
        Value::Flag(is_cut) => is_cut.then_some(Cut::Before),
        Value::When(cut) => Some(cut),
    })
}

fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// An added fault, with its counts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Fault {
    id: u64,
    #[serde(flatten)]
    request: FaultRequest,
    /// The number of matching calls.
    matched: u64,
    /// The number of affected calls.
    affected: u64,
}

/// What happens to a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FaultEffect {
    pub(super) delay: Duration,
    pub(super) replacement: Option<Replacement>,
    pub(super) cut: Option<Cut>,
}

/// The response that replaces the emulator's own; the request has no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replacement {
    pub(super) status: u16,
    pub(super) is_html: bool,
    pub(super) retry_after: Option<u64>,
}

/// The faults of an account.
#[derive(Debug, Default)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    last_id: u64,
}

impl Faults {
    /// Adds a fault, and returns its id.
    pub(super) fn add(&mut self, request: FaultRequest) -> Result<u64, String> {
        request.check()?;
        if self.faults.len() == MAX_FAULTS {
            return Err(format!("an account can have at most {MAX_FAULTS} faults; delete some"));
        }
        self.last_id += 1;
        self.faults.push(Fault { id: self.last_id, request, matched: 0, affected: 0 });
        Ok(self.last_id)
    }

    pub(super) fn all(&self) -> &[Fault] {
        &self.faults
    }

    pub(super) fn clear(&mut self) {
        self.faults.clear();
    }

    /// Counts a call and returns the effect on it. If several faults affect it, the first one takes effect.
    pub(super) fn effect(&mut self, method: &Method, path: &str) -> FaultEffect {
        let mut effect = None;
        for fault in self.faults.iter_mut().filter(|fault| fault.request.matches(method, path)) {
            fault.matched += 1;
            if effect.is_none() && fault.request.affects(fault.matched) {
                fault.affected += 1;
                effect = Some(fault.request.effect());
            }
        }
        effect.unwrap_or_default()
    }
}

impl FaultRequest {
    fn check(&self) -> Result<(), String> {
        let method = self.method.as_deref().map(|method| Method::from_bytes(method.as_bytes()));
        if let Some(Err(_)) = method {
            return Err("`method` must be an HTTP method".to_owned());
        }
        if self.path.as_deref().is_some_and(|path| !path.starts_with(['/', '*'])) {
            return Err("`path` must start with `/` or `*`".to_owned());
        }
        if self.nth == 0 || self.times == Some(0) {
            return Err("`nth` and `times` must be at least 1".to_owned());
        }
        if self.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err("`status` must be from 200 to 599".to_owned());
        }
        if self.delay_ms.is_some_and(|delay| delay > MAX_DELAY) {
            return Err(format!("`delay_ms` must be at most {MAX_DELAY}"));
        }
        let is_empty = self.status.is_none() && self.delay_ms.is_none() && self.cut.is_none() && !self.html;
        if is_empty {
            return Err("a fault must have `status`, `delay_ms`, `cut` or `html`".to_owned());
        }
        Ok(())
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        let is_method = self.method.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(method.as_str()));
        is_method && self.path.as_ref().is_none_or(|pattern| is_match(pattern, path))
    }

    /// Whether it affects the matching call with this number.
    fn affects(&self, number: u64) -> bool {
        number >= self.nth && self.times.is_none_or(|times| number - self.nth < times)
    }

    fn effect(&self) -> FaultEffect {
        // For example, the error page of a proxy in front of the platform.
        let status = self.status.or_else(|| self.html.then_some(502));
        FaultEffect {
            delay: Duration::from_millis(self.delay_ms.unwrap_or(0)),
            replacement: status.map(|status| Replacement {
                status,
                is_html: self.html,
                retry_after: self.retry_after,
            }),
            cut: self.cut,
        }
    }
}

/// Whether a path matches a pattern in which `*` matches any characters.
fn is_match(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> FaultRequest {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_pattern_matches_the_whole_path() {
        for (pattern, path, expected) in [
            ("/v1/webhook/*", "/v1/webhook/all", true),
            ("/v1/webhook/*", "/v1/webhook", false),
            ("/v1/webhook", "/v1/webhook/1", false),
            ("*", "/v1/event", true),
            ("/v1/*/all", "/v1/event/all", true),
            ("/v1/*/all", "/v1/event/1", false),
            ("*/a*b*", "/a/xb", true),
            ("/a*a", "/a", false),
        ] {
            assert_eq!(is_match(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_fault_starts_at_the_nth_matching_call_and_ends_after_the_given_number() {
        let mut faults = Faults::default();
        faults.add(fault(r#"{"method":"GET","path":"/v1/*","nth":2,"times":2,"status":503}"#)).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..5 {
            assert_eq!(faults.effect(&Method::POST, "/v1/event"), FaultEffect::default());
            statuses.push(faults.effect(&Method::GET, "/v1/event/all").replacement.map(|own| own.status));
        }
        assert_eq!(statuses, [None, Some(503), Some(503), None, None]);
    }

    #[test]
    fn a_fault_without_effect_or_with_an_invalid_value_is_refused() {
        for (bad, why) in [
            (r#"{"path":"/v1/*"}"#, "a fault must have `status`, `delay_ms`, `cut` or `html`"),
            (r#"{"path":"v1","status":500}"#, "`path` must start with `/` or `*`"),
            (r#"{"nth":0,"status":500}"#, "`nth` and `times` must be at least 1"),
            (r#"{"status":99}"#, "`status` must be from 200 to 599"),
            (r#"{"method":"G T","status":500}"#, "`method` must be an HTTP method"),
        ] {
            assert_eq!(Faults::default().add(fault(bad)).unwrap_err(), why);
        }
    }
}
