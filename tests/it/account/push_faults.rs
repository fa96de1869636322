//! `hooks push` when requests fail, responses are lost, or the program is killed.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use serde_json::{Value, json};

use super::api::{Api, KEY, json as json_response, response};
use super::push::{FILE, SECRET, project, sign_ups, synced, text, tied, with};
use crate::harness::Project;

/// A definition to create, one to change, and a webhook to delete.
fn three() -> (Project, Vec<Value>) {
    let file = format!(
        "{FILE}\n[webhooks.changed]\nid = 12\ntrigger = \"update\"\ntrigger_element = \"event\"\npayload_url = \"https://b.example.com\"\n"
    );
    let webhook = |id: u64, name: &str| json!({"id": id, "name": name, "active": true, "method": "POST", "trigger": "update", "trigger_element": "event", "payload_url": "https://b.example.com"});
    (project(&file), vec![webhook(12, "old"), webhook(13, "other"), webhook(14, "gone")])
}

const PUSH: [&str; 6] = ["push", "sign-ups", "changed", "--delete", "14", "--yes"];

/// Everything was pushed once, and nothing else.
#[track_caller]
fn finished(api: &Api, project: &Project) {
    let mut names: Vec<String> =
        api.webhooks().iter().map(|own| own["name"].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Sign-ups", "changed", "other"], "{}", text(project));
    synced(api, project);
}

fn push_again(api: &Api, project: &Project) {
    let again = api.hooks(project, &PUSH).run();
    // The webhook to delete may be gone already.
    again.any_end(|code| assert!(matches!(code, Some(0 | 1)), "{code:?}")).ignore_output();
}

#[test]
fn a_failure_of_any_request_is_named_and_the_next_push_finishes_without_duplicates() {
    let html = "<!doctype html><title>Sign in</title>";
    let faults: [(&str, String); 9] = [
        ("401", json_response(401, "{}")),
        ("403", json_response(403, r#"{"message":"scope"}"#)),
        ("404", json_response(404, r#"{"status":"error","message":"No entry found"}"#)),
        ("404 html", response(404, "content-type: text/html\r\n", html)),
        ("400", json_response(400, r#"{"message":"bad"}"#)),
        ("500", response(500, "", html)),
        ("200 html", response(200, "content-type: text/html\r\n", html)),
        ("302", response(302, "location: https://login.example.com/\r\n", "")),
        ("cut", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\n[".to_owned()),
    ];
    std::thread::scope(|scope| {
        for (name, fault) in &faults {
            for has_effect in [false, true] {
                scope.spawn(move || fault_at_each_request(name, fault, has_effect));
            }
        }
    });
}

fn fault_at_each_request(name: &str, fault: &str, has_effect: bool) {
    // Retried requests fail three times; otherwise, the first failure ends the push.
    for at in 0..40 {
        let (project, webhooks) = three();
        let reached = Arc::new(AtomicUsize::new(0));
        let (own, fault) = (Arc::clone(&reached), fault.to_owned());
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let api = Api::faulty(webhooks, move |_, number, effect| {
            own.fetch_max(number, Ordering::SeqCst);
            if number < at || number >= at + 3 || over.load(Ordering::SeqCst) {
                return effect();
            }
            if has_effect {
                effect();
            }
            fault.clone()
        });
        let check = |text: &str| {
            assert!(!text.contains(SECRET) && !text.contains(KEY), "{text}");
            for error in text.lines().filter(|line| line.starts_with("error")) {
                assert!(error.starts_with("error[") && text.contains("= help: "), "{name} at {at}: {text}");
            }
        };
        let mut failed = false;
        let first = api.hooks(&project, &PUSH).run();
        first.any_end(|code| failed = code != Some(0)).stderr_with(check).ignore_stdout();
        is_over.store(true, Ordering::SeqCst);
        if reached.load(Ordering::SeqCst) < at {
            assert!(at > 8, "{at}");
            return;
        }
        if failed {
            push_again(&api, &project);
            push_again(&api, &project);
        }
        finished(&api, &project);
    }
}

#[test]
fn a_push_that_is_killed_at_any_request_can_be_run_again() {
    killed_at_each_request(&PUSH, |_, _| {}, push_again);
}

#[test]
fn a_plan_that_is_killed_at_any_request_can_be_applied_again() {
    const PLAN: [&str; 7] = ["push", "sign-ups", "changed", "--delete", "14", "--plan", "plan.json"];
    const APPLY: [&str; 2] = ["push", "plan.json"];
    killed_at_each_request(
        &APPLY,
        |api, project| drop(api.hooks(project, &PLAN).run().success().ignore_output()),
        |api, project| drop(api.hooks(project, &APPLY).run().success().ignore_output()),
    );
}

/// Kills a command at each of its requests, before or after the request has its effect, then runs `again`.
fn killed_at_each_request(
    arguments: &[&str],
    before: impl Fn(&Api, &Project),
    again: impl Fn(&Api, &Project),
) {
    for has_effect in [false, true] {
        for at in 0..40 {
            let (project, webhooks) = three();
            let (sender, killed) = mpsc::channel::<()>();
            let (wait, resume) = mpsc::channel::<()>();
            let resume = std::sync::Mutex::new(resume);
            let is_begun = Arc::new(AtomicBool::new(false));
            let (begun, number) = (Arc::clone(&is_begun), AtomicUsize::new(0));
            let api = Api::faulty(webhooks, move |_, _, effect| {
                if !begun.load(Ordering::SeqCst) || number.fetch_add(1, Ordering::SeqCst) != at {
                    return effect();
                }
                let own = if has_effect { effect() } else { String::new() };
                sender.send(()).unwrap();
                // Wait until the process has ended.
                let _ = resume.lock().unwrap().recv();
                own
            });
            before(&api, &project);
            is_begun.store(true, Ordering::SeqCst);
            let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
            command.args(arguments).env("HOOKS_API", api.url()).env("HOOKS_API_KEY", KEY);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            let is_reached = loop {
                if killed.try_recv().is_ok() {
                    break true;
                }
                if child.try_wait().unwrap().is_some() {
                    break killed.try_recv().is_ok();
                }
                std::thread::sleep(std::time::Duration::from_millis(2));
            };
            let _ = child.kill();
            child.wait().unwrap();
            let _ = wait.send(());
            if !is_reached {
                assert!(at > 8, "{at}");
                break;
            }
            again(&api, &project);
            finished(&api, &project);
        }
    }
}

#[test]
fn a_write_that_is_limited_or_times_out_has_its_effect_once() {
    std::thread::scope(|scope| {
        for method in ["POST", "PATCH", "DELETE"] {
            for (fault, has_effect) in [("429", false), ("timeout", false), ("timeout", true)] {
                scope.spawn(move || fault_at_first_write(method, fault, has_effect));
            }
        }
    });
}

fn fault_at_first_write(method: &'static str, fault: &'static str, has_effect: bool) {
    let (project, webhooks) = three();
    let (wait, resume) = mpsc::channel::<()>();
    let (resume, is_past) = (std::sync::Mutex::new(resume), AtomicBool::new(false));
    let api = Api::faulty(webhooks, move |request, _, effect| {
        if !request.line.starts_with(method) || is_past.swap(true, Ordering::SeqCst) {
            return effect();
        }
        if has_effect {
            effect();
        }
        if fault == "429" {
            return response(429, "retry-after: 0\r\n", "{}");
        }
        // No response until the push has ended.
        let _ = resume.lock().unwrap().recv();
        String::new()
    });
    api.hooks(&project, &[&PUSH[..], &["--timeout", "2s"]].concat()).run().success().ignore_output();
    drop(wait);
    let writes: Vec<String> = api.writes().into_iter().map(|(line, _)| line).collect();
    let expected = if method == "POST" && has_effect { 1 } else { 2 };
    assert_eq!(writes.iter().filter(|line| line.starts_with(method)).count(), expected, "{writes:?}");
    finished(&api, &project);
}

#[test]
fn a_create_whose_response_is_lost_is_found_and_not_repeated() {
    let lost = |answer: fn() -> String, has_effect: bool| {
        Api::faulty(vec![], move |request, number, effect| {
            if !request.line.starts_with("POST") || number > 2 {
                return effect();
            }
            if has_effect {
                effect();
            }
            answer()
        })
    };
    for answer in [String::new as fn() -> String, || response(503, "", ""), || json_response(200, "{}")] {
        for has_effect in [false, true] {
            let (api, project) = (lost(answer, has_effect), project(FILE));
            api.hooks(&project, &["push", "--yes"]).run().success().ignore_stdout().stderr_with(|text| {
                assert!(text.contains("looking for the new webhook"), "{text}");
            });
            assert_eq!((api.webhooks().len(), text(&project)), (1, tied()));
        }
    }
}

#[test]
fn several_new_webhooks_that_may_be_the_created_one_stop_the_push() {
    let api = Api::faulty(vec![], |request, _, effect| {
        if !request.line.starts_with("POST") {
            return effect();
        }
        effect();
        effect();
        response(504, "", "")
    });
    let project = project(FILE);
    api.hooks(&project, &["push", "--yes"]).run().code(1).ignore_stdout().stderr_with(|text| {
        assert!(
            text.contains("error[push-ambiguous]: cannot tell which webhook was created for `sign-ups`"),
            "{text}"
        );
        assert!(text.contains("`67` and `68`"), "{text}");
    });
    api.hooks(&project, &["push", "--yes"]).run().code(1).ignore_output();
    assert_eq!(api.webhooks().len(), 2, "running again creates no other");
    // Follow the advice.
    let project = project.definitions(&tied());
    api.hooks(&project, &["push", "--yes", "--delete", "68"]).run().success().ignore_output();
    api.hooks(&project, &["push"]).run().success().ignore_output();
    synced(&api, &project);
}

#[test]
fn a_webhook_that_changes_between_the_plan_and_the_write_stops_the_push() {
    let api = Api::faulty(vec![sign_ups()], |request, number, effect| {
        let own = effect();
        if number == 2 && request.line.starts_with("GET") {
            return json_response(200, &with(sign_ups(), "method", json!("PUT")));
        }
        own
    });
    let project = project(&tied().replace("'Sign-ups'", "'Ours'"));
    api.hooks(&project, &["push", "--yes"]).run().code(1).ignore_stdout().stderr_with(|text| {
        assert!(text.contains("error[push-stale]: webhook 67 of `sign-ups` has changed"), "{text}");
        assert!(
            text.contains("  method\n    file     POST\n    before   (as in the file)\n    now      PUT\n"),
            "{text}"
        );
    });
    assert_eq!(api.writes(), []);
}

#[test]
fn a_change_that_the_api_does_not_make_is_a_failure() {
    let api = Api::faulty(vec![sign_ups()], |request, _, effect| {
        if request.line.starts_with("PATCH") { response(200, "", "") } else { effect() }
    });
    let project = project(&tied().replace("'Sign-ups'", "'Ours'"));
    api.hooks(&project, &["push", "--yes"]).run().code(4).ignore_stdout().stderr_with(|text| {
        assert!(text.contains("error[api-change-not-applied]: "), "{text}");
    });
}

#[test]
fn two_pushes_of_a_file_do_not_run_at_the_same_time() {
    let (sender, reached) = mpsc::channel();
    let (wait, resume) = mpsc::channel::<()>();
    let resume = std::sync::Mutex::new(resume);
    let api = Api::faulty(vec![], move |request, _, effect| {
        if request.line.starts_with("POST") {
            sender.send(()).unwrap();
            let _ = resume.lock().unwrap().recv();
        }
        effect()
    });
    let project = project(FILE);
    let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
    command.args(["push", "--yes"]).env("HOOKS_API", api.url()).env("HOOKS_API_KEY", KEY);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    reached.recv().unwrap();
    api.hooks(&project, &["push", "--yes"]).run().code(1).no_stdout().stderr_with(|text| {
        assert!(text.starts_with("error[push-running]: "), "{text}");
    });
    wait.send(()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(text(&project), tied());
}
