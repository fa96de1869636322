//! What is sent of the answers of an event, and to whom.

use serde_json::json;
use snapbox::str;

use super::{Account, PROKEY, answer, answers, backfill, backfilled, project};
use crate::account::api::KEY;
use crate::backfill::receiver::Receiver;
use crate::backfill::{counts, in_state, names, run_of};
use crate::harness::Project;
use crate::server::answering;

#[test]
fn every_answer_is_sent_as_the_platform_delivers_it() {
    let account = Account::new(answers([1]), 2000);
    let server = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let project = Project::new()
        .definitions(&format!(
            r#"
            [webhooks.a]
            trigger = "create"
            trigger_element = "rsvp_answer"
            payload_url = "{}"
            [webhooks.a.body]
            id = "{{{{id}}}}"
            name = "{{{{payload.first_name}}}}"
            "#,
            server.url("http://localhost", "/rsvp")
        ))
        .file(".env", format!("HOOKS_API={}\nHOOKS_API_KEY={KEY}\n", account.api.url()));
    backfill(&project, &[])
        .success()
        .stdout(str![[r#"
delivered  1
failed     0
in doubt   0
not sent   0
elements   1

"#]])
        .stderr(str![[r#"
run 1: firing a for 1 answer of event c6510c06-a277-4e1c-9baf-deec9c5507c7: POST http://localhost:[PORT]/rsvp

"#]]);
    let received = String::from_utf8(server.received()).unwrap();
    let (_, body) = received.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        body,
        concat!(
            r#"{"element_data":{"status":"confirmed","date_created":"2026-03-01T00:01:00.000Z","date_updated":null,"#,
            r#""email":"e1","prokey":"c6510c06-a277-4e1c-9baf-deec9c5507c7","amount":1,"payload":{"first_name":"Sam"}},"#,
            r#""id":"0b9e0a52-0000-4000-8000-000000000001","name":"Sam"}"#
        )
    );
}

#[test]
fn the_elements_are_numbered_from_the_oldest_and_recorded_by_their_id() {
    let receiver = Receiver::start();
    let account = Account::new(answers((1..=25).rev()), 10);
    let project = project(&receiver, &account);
    let (lines, said) = backfilled(&project, &["--skip", "2", "--limit", "4"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3, 4, 5, 6]);
    assert!(said.contains(&format!("run 1: firing a for 4 answers of event {PROKEY}: POST ")), "{said}");
    for line in &lines {
        let number = usize::try_from(line["element"].as_u64().unwrap()).unwrap();
        assert_eq!(line["id"], answer(number)["id"]);
    }
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(3..=6));
    let run = run_of(&project, 1);
    assert_eq!((&run["event"], &run["data"]), (&json!(PROKEY), &json!(format!("event {PROKEY}"))));
    assert_eq!(counts(&run), [Some(4), Some(0), Some(0), Some(0), Some(0)]);
}
