//! Backfills of all RSVP answers to an event in the account, instead of a file.

mod crash;
mod pages;
mod resume;
mod send;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::account::api::{Api, KEY, json as json_response, no_entry, path};
use crate::harness::{Outcome, Project, hooks};

const PROKEY: &str = "c6510c06-a277-4e1c-9baf-deec9c5507c7";

/// Answer `eN`: the address, the end of its id and its order of creation have the same number.
fn answer(number: usize) -> Value {
    json!({
        "id": format!("0b9e0a52-0000-4000-8000-{number:012}"), "status": "confirmed", "email": format!("e{number}"),
        "amount": 1, "payload": {"first_name": "Sam"}, "prokey": PROKEY, "date_updated": null,
        "date_created": format!("2026-03-{:02}T{:02}:{:02}:00.000Z", 1 + number / 1440, number / 60 % 24, number % 60),
    })
}

fn answers(numbers: impl IntoIterator<Item = usize>) -> Vec<Value> {
    numbers.into_iter().map(answer).collect()
}

/// An account with one event.
struct Account {
    api: Api,
    answers: Arc<Mutex<Vec<Value>>>,
}

impl Account {
    /// The pages have this size.
    fn new(answers: Vec<Value>, size: usize) -> Self {
        Self::with(answers, size, |_| None)
    }

    /// `instead` returns the response to a path that is not the usual one.
    fn with(
        answers: Vec<Value>,
        size: usize,
        instead: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let answers = Arc::new(Mutex::new(answers));
        let own = Arc::clone(&answers);
        let api = Api::new(move |request, _| {
            let path = path(request);
            instead(path).unwrap_or_else(|| response(&own.lock().unwrap(), size, path))
        });
        Self { api, answers }
    }

    /// From now on, the event has these answers.
    fn set(&self, answers: Vec<Value>) {
        *self.answers.lock().unwrap() = answers;
    }
}

fn response(answers: &[Value], size: usize, path: &str) -> String {
    if path == format!("/event/{PROKEY}") {
        return json_response(200, &json!({"prokey": PROKEY}));
    }
    let Some(query) = path.strip_prefix(&format!("/rsvp-answers/{PROKEY}")) else { return no_entry() };
    let page = query.strip_prefix("?page=").map_or(1, |page| page.parse().unwrap());
    let page: Vec<Value> = answers.iter().skip((page - 1) * size).take(size).cloned().collect();
    if page.is_empty() { no_entry() } else { json_response(200, &Value::Array(page)) }
}

/// A project whose webhook `a` leads to this receiver, and that has the key for this account.
fn project(receiver: &Receiver, account: &Account) -> Project {
    Project::new()
        .definitions(&super::definitions(receiver))
        .file(".env", format!("HOOKS_API={}\nHOOKS_API_KEY={KEY}\n", account.api.url()))
}

/// `hooks backfill a --event PROKEY` with more words.
fn backfill(project: &Project, more: &[&str]) -> Outcome {
    hooks([&["backfill", "a", "--event", PROKEY], more].concat()).in_project(project).run()
}

/// The lines of the same with `--json`, and standard error.
#[track_caller]
fn backfilled(project: &Project, more: &[&str], code: i32) -> (Vec<Value>, String) {
    super::lines_of(backfill(project, &[&["--json"], more].concat()), code)
}
