//! The command to try, which can be run as it stands.

use serde_json::Value;

use super::Listener;
use crate::harness::{Project, program, with_hooks_in_path};
use crate::inspector::Client;

/// The command that a run offers.
fn offered(listener: &Listener) -> String {
    let client = Client::of(listener.ready["inspector"].as_str().unwrap());
    let about: Value = serde_json::from_str(&client.get("/requests").body).unwrap();
    about["receiver"]["try"][0].as_str().unwrap().to_owned()
}

#[test]
fn the_command_to_try_sends_the_request_that_is_expected() {
    let answer = r#"{"email": "kim@example.com", "amount": 1, "status": "x", "payload": {"first_name": "Kim"},
        "prokey": "another-event"}"#;
    let project = Project::example().file("an answer.json", answer).file("empty.json", "{}");
    for (arguments, has) in [
        (["rsvp-to-cms"].as_slice(), "hooks fire rsvp-to-cms --to "),
        (
            &["rsvp-to-cms", "an answer.json", "--set-json", "amount=3", "--set", "email=a b"],
            "hooks fire rsvp-to-cms 'an answer.json' --set-json amount=3 --set 'email=a b' --to ",
        ),
        (
            &["rsvp-to-cms", "empty.json", "--allow-missing"],
            "hooks fire rsvp-to-cms empty.json --allow-missing --to ",
        ),
        (&["gala-guest-list", "an answer.json"], "hooks fire gala-guest-list 'an answer.json' --force --to "),
        (&["style-to-chat"], "hooks fire style-to-chat --force --to "),
    ] {
        let listener =
            Listener::start(&project, &[["--ui", "--for", "20s", "--expect"].as_slice(), arguments].concat());
        let command = offered(&listener);
        assert!(command.starts_with(has), "{command}");
        program("sh", ["-c", &command])
            .in_project(&project)
            .env("PATH", with_hooks_in_path())
            .run()
            .success()
            .ignore_output();
        let ended = listener.end();
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.stderr);
    }
}
