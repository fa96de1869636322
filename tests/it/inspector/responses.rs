//! The list, downloads, curl commands and replays.

use hooks::io::inspector::ActionKind;

use super::{answering, start};

#[test]
fn the_list_contains_the_published_documents_in_order() {
    let (inspector, client) = start();
    assert_eq!(
        client.get("/documents").body,
        r#"{"version":1,"about":{"url":"here"},"last":0,"documents":[]}"#
    );
    inspector.page().publish(r#"{"id":1,"n":12345678901234567890}"#.to_owned());
    inspector.page().publish(r#"{"id":2,"n":1.10}"#.to_owned());
    let answer = client.get("/documents");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.body,
        r#"{"version":1,"about":{"url":"here"},"last":2,"documents":[{"id":1,"n":12345678901234567890},{"id":2,"n":1.10}]}"#
    );
}

#[test]
fn a_body_is_always_an_attachment() {
    let (mut inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let html = "<script>alert(1)</script>";
    let (actions, answer) = answering(&mut inspector, |_| Some(Ok(html)), || client.get("/requests/7/body"));
    assert_eq!(actions, [(7, ActionKind::Body)]);
    assert_eq!((answer.status, answer.body.as_str()), (200, html));
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"request-7.bin\""));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn a_replay_is_requested_with_its_url_and_returns_the_result() {
    let (mut inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let (actions, answers) = answering(
        &mut inspector,
        |action| Some(Ok(if action.kind == ActionKind::Curl { "curl" } else { r#"{"state":"delivered"}"# })),
        || [client.replay(1, r#"{"url":"http://127.0.0.1:1/a?b"}"#), client.get("/requests/1/curl")],
    );
    assert_eq!(
        actions,
        [(1, ActionKind::Replay("http://127.0.0.1:1/a?b".to_owned())), (1, ActionKind::Curl)]
    );
    let [replayed, curl] = answers;
    assert_eq!((replayed.status, replayed.body.as_str()), (200, r#"{"state":"delivered"}"#));
    assert_eq!((curl.status, curl.body.as_str()), (200, "curl"));
}

#[test]
fn a_failed_action_returns_the_reason() {
    let (mut inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let (_, answer) =
        answering(&mut inspector, |_| Some(Err("for a reason")), || client.get("/requests/1/curl"));
    assert_eq!((answer.status, answer.body.as_str()), (422, "for a reason"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn actions_on_requests_that_are_no_longer_kept_get_410() {
    let (mut inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let (actions, answers) = answering(
        &mut inspector,
        |_| None,
        || {
            let replay = |id| client.replay(id, r#"{"url":"http://127.0.0.1:1/"}"#).status;
            [
                client.get("/requests/2/body").status,
                replay(2),
                client.get("/requests/1/body").status,
                replay(1),
            ]
        },
    );
    assert_eq!(answers, [410; 4]);
    assert_eq!(actions.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 2, 1, 1]);
}

#[test]
fn unknown_paths_and_bodies_are_refused() {
    let (mut inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let (actions, ()) = answering(
        &mut inspector,
        |_| Some(Ok("{}")),
        || {
            for body in ["", "{", "[]", "{}", r#"{"url":1}"#, r#"{"url":"http://a/","more":1}"#] {
                assert_eq!(client.replay(1, body).status, 400, "{body}");
            }
            for path in ["/requests/x/body", "/requests/-1/body", "/requests/18446744073709551616/body"] {
                assert_eq!(client.get(path).status, 400, "{path}");
            }
            for path in ["/documents/", "/requests/1", "/page.html", "//", "/../"] {
                assert_eq!(client.get(path).status, 404, "{path}");
            }
        },
    );
    assert_eq!(actions, []);
}
