//! Reading the answers page by page, whatever the API does.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use snapbox::str;

use super::{Account, PROKEY, answer, answers, backfill, backfilled, project};
use crate::account::api::{json as json_response, no_entry, response};
use crate::backfill::receiver::Receiver;
use crate::backfill::{counts, in_state, lines_of, names, run_of};
use crate::harness::hooks;

/// The number of a page of the list of answers, if that is the path.
fn page(path: &str) -> Option<usize> {
    let query = path.strip_prefix(&format!("/rsvp-answers/{PROKEY}"))?;
    Some(query.strip_prefix("?page=").map_or(1, |page| page.parse().unwrap()))
}

#[test]
fn pages_are_read_until_one_has_no_new_answer_however_short_they_are() {
    for end in ["404", "html", "[]", "first"] {
        let account = Account::with(Vec::new(), 3, move |path| {
            Some(match (page(path)?, end) {
                (number @ 1..=3, _) => json_response(200, &json!(answers(number * 3 - 2..=number * 3))),
                (_, "404") => no_entry(),
                (_, "html") => response(404, "content-type: text/html\r\n", "<html>"),
                // A server that ignores an unknown page.
                (_, "first") => json_response(200, &json!(answers(1..=3))),
                (_, list) => json_response(200, list),
            })
        });
        let receiver = Receiver::start();
        let project = project(&receiver, &account);
        let (lines, _) = backfilled(&project, &[], 0);
        assert_eq!(in_state(&lines, "delivered").len(), 9, "{end}");
        assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=9));
        // Listed, then sent.
        assert_eq!(account.api.lines().len(), 8, "{end}");
    }
}

/// The newest comes first, so that each new one moves the others towards the next page.
#[test]
fn an_answer_that_is_listed_twice_while_others_arrive_is_sent_once() {
    let receiver = Receiver::start();
    let now = Mutex::new(answers((1..=8).rev()));
    let newest = AtomicUsize::new(8);
    let account = Account::with(Vec::new(), 4, move |path| {
        let page = page(path)?;
        let mut now = now.lock().unwrap();
        let list: Vec<Value> = now.iter().skip((page - 1) * 4).take(4).cloned().collect();
        now.insert(0, answer(newest.fetch_add(1, Ordering::SeqCst) + 1));
        Some(if list.is_empty() { no_entry() } else { json_response(200, &Value::Array(list)) })
    });
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &[], 0);
    assert_eq!(in_state(&lines, "delivered"), (1..=8).collect::<Vec<_>>());
    assert_eq!(receiver.received().len(), 8);
    assert!(said.contains("`hooks backfill resume 1 --new` sends them"), "{said}");
}

/// An answer that is deleted while pages are read moves others to a page that was read already.
#[test]
fn an_answer_that_moves_to_an_earlier_page_is_not_missed() {
    let receiver = Receiver::start();
    let pass = AtomicUsize::new(0);
    let account = Account::with(Vec::new(), 3, move |path| {
        let page = page(path)?;
        if page == 1 {
            pass.fetch_add(1, Ordering::SeqCst);
        }
        let deleted = pass.load(Ordering::SeqCst) > 2 || pass.load(Ordering::SeqCst) == 2 && page > 1;
        let list = answers(if deleted { 2..=7 } else { 1..=7 });
        let list: Vec<Value> = list.into_iter().skip((page - 1) * 3).take(3).collect();
        Some(if list.is_empty() { no_entry() } else { json_response(200, &Value::Array(list)) })
    });
    let project = project(&receiver, &account);
    backfilled(&project, &[], 0);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=7));
    assert_eq!(receiver.received().len(), 7);
}

#[test]
fn a_deleted_answer_is_counted_and_is_not_an_error() {
    let receiver = Receiver::start();
    let pass = AtomicUsize::new(0);
    let account = Account::with(Vec::new(), 10, move |path| {
        let is_first = page(path)? == 1 && pass.fetch_add(1, Ordering::SeqCst) == 0;
        Some(match (page(path)?, is_first) {
            (1, true) => json_response(200, &json!(answers(1..=5))),
            (1, false) => json_response(200, &json!(answers([1, 3, 5]))),
            _ => no_entry(),
        })
    });
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &[], 0);
    assert_eq!((in_state(&lines, "delivered"), in_state(&lines, "not_sent")), (vec![1, 3, 5], vec![2, 4]));
    let gone: Vec<&Value> = lines.iter().filter(|line| line["failure"] == "answer-gone").collect();
    assert_eq!((gone.len(), &gone[0]["id"]), (2, &answer(2)["id"]));
    assert!(said.contains("warning: 2 answers not sent: no longer in the account"), "{said}");
    let run = run_of(&project, 1);
    assert_eq!((counts(&run)[3], &run["resumable"]), (Some(2), &json!(false)));
}

#[test]
fn an_event_without_answers_and_an_unknown_event_are_distinguished() {
    let receiver = Receiver::start();
    for response in [no_entry(), json_response(200, "[]"), response(404, "", "<html>")] {
        let account =
            Account::with(Vec::new(), 1, move |path| page(path).is_some().then(|| response.clone()));
        let project = project(&receiver, &account);
        backfill(&project, &[]).success().no_stdout().stderr(str![[r#"
warning: event c6510c06-a277-4e1c-9baf-deec9c5507c7: it has no answers; nothing was sent

"#]]);
        hooks(["backfill", "a", "--event", "6f0c4f6e-0000-4000-8000-000000000000"])
            .in_project(&project)
            .run()
            .code(3)
            .no_stdout()
            .stderr(str![[r#"
error[event-unknown]: the account has no event `6f0c4f6e-0000-4000-8000-000000000000`
  = help: copy the prokey of the event from the app; `hooks account` shows which key is used


"#]]);
    }
}

#[test]
fn nothing_is_sent_if_the_answers_cannot_be_listed() {
    let html = "<!doctype html><title>Sign in</title>";
    // Nothing follows within the time limit.
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[".to_owned();
    for (answer, code, name) in [
        (response(401, "", "{}"), 3, "api-key-rejected"),
        (response(403, "", "{}"), 3, "api-key-scope"),
        (response(200, "content-type: text/html\r\n", html), 4, "api-not-json"),
        (response(429, "retry-after: 86400\r\n", ""), 4, "api-rate-limited"),
        (json_response(200, "{}"), 4, "api-unexpected"),
        (json_response(200, "[{\"email\":\"a\"}]"), 4, "api-unexpected"),
        (cut, 4, "response-timeout"),
    ] {
        let receiver = Receiver::start();
        // The second page: nothing of the first is sent either.
        let account =
            Account::with(answers(1..=4), 2, move |path| (page(path)? == 2).then(|| answer.clone()));
        let project = project(&receiver, &account);
        backfill(&project, &["--timeout", "1s"]).code(code).no_stdout().stderr_with(|text| {
            assert!(text.contains(&format!("error[{name}]: ")) && text.contains("= help: "), "{text}");
        });
        assert!(receiver.received().is_empty() && !crate::backfill::file(&project).exists());
    }
}

#[test]
fn a_run_that_fails_between_pages_can_be_resumed() {
    let receiver = Receiver::start();
    let pass = AtomicUsize::new(0);
    let account = Account::with(answers(1..=9), 3, move |path| {
        if page(path)? == 1 {
            pass.fetch_add(1, Ordering::SeqCst);
        }
        let is_broken = pass.load(Ordering::SeqCst) == 2 && page(path)? == 2;
        is_broken.then(|| response(200, "content-type: text/html\r\n", "<html>"))
    });
    let project = project(&receiver, &account);
    let outcome = backfill(&project, &["--json"]);
    let mut end = Value::Null;
    let outcome =
        outcome.code(4).stdout_with(|text| end = serde_json::from_str(text.lines().last().unwrap()).unwrap());
    outcome.stderr_with(|said| {
        assert!(said.contains("error[api-not-json]: "), "{said}");
        assert!(said.contains("`hooks backfill resume 1` continues\n"), "{said}");
    });
    assert_eq!(
        (&end["reason"], counts(&end)),
        (&json!("account"), [Some(3), Some(0), Some(0), Some(0), Some(6)])
    );
    let words = ["backfill", "resume", "1", "--json"];
    let (lines, _) = lines_of(hooks(words).in_project(&project).run(), 0);
    assert_eq!(in_state(&lines, "delivered"), (4..=9).collect::<Vec<_>>());
    assert_eq!(receiver.received().len(), 9);
}

#[test]
fn a_read_that_fails_temporarily_is_retried_and_waits_are_reported() {
    let receiver = Receiver::start();
    let requests = AtomicUsize::new(0);
    let account = Account::with(answers(1..=3), 10, move |path| {
        page(path)?;
        match requests.fetch_add(1, Ordering::SeqCst) {
            0 => Some(response(503, "", "<html>")),
            // The second time that the first page is read, in the middle of the run.
            3 => Some(response(429, "retry-after: 2\r\n", "")),
            _ => None,
        }
    });
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &["-v"], 0);
    assert_eq!(in_state(&lines, "delivered"), [1, 2, 3]);
    assert!(said.contains("the API limits the rate: waiting 2 s"), "{said}");
    assert_eq!(said.matches("GET http://").count(), 6, "{said}");
}
