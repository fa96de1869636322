//! `hooks history`: listing, showing, comparing and deleting deliveries.

use serde_json::json;
use snapbox::str;

use super::{BROKEN, OK, database, delivered_once, ends, ids, project, recorded, rows, run};
use crate::harness::{Project, holds_command, hooks};
use crate::server::{Server, Step, say};

/// 1: `a` delivered, 2: `b` failed, 3: `a` in doubt, 4: `b` not sent, 5: `a` with no result.
fn five() -> (Server, Project) {
    let server = Server::start_in_turn(vec![
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(BROKEN)],
        vec![Step::Read],
    ]);
    let project = project(&server);
    ends(&project, &["fire", "a"], 0);
    ends(&project, &["fire", "b", "--set", "dates.0.name=Summer fête"], 1);
    ends(&project, &["fire", "a"], 4);
    ends(&project, &["fire", "b", "--to", "http://127.0.0.1:1/"], 4);
    ends(&project, &["fire", "a"], 4);
    database(&project).execute("UPDATE delivery SET state = NULL, delivery = json_set(delivery, '$.exchange', NULL) WHERE id = 5", []).unwrap();
    (server, project)
}

#[test]
fn each_delivery_names_its_number() {
    let server = Server::start_in_turn(vec![
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(OK)],
        vec![Step::Read, say("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")],
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(OK)],
        vec![Step::Read, say(OK)],
    ]);
    let project = project(&server);
    let names = |arguments: &[&str], expected: &[i64]| {
        run(&project, arguments).success().stdout_with(|_| ()).stderr_with(|said| {
            let named: Vec<&str> = said.lines().filter(|line| line.contains("recorded as")).collect();
            let line = |id| format!("recorded as delivery {id}: `hooks history {id}`");
            assert_eq!(named, expected.iter().map(line).collect::<Vec<_>>(), "{said}");
        });
    };
    let document = |arguments: &[&str], expected: Option<i64>| {
        run(&project, arguments)
            .success()
            .stdout_json(|json| assert_eq!(json.get("delivery"), Some(&json!(expected))))
            .stderr_with(|said| assert!(!said.contains("recorded as"), "{said}"));
    };
    names(&["fire", "a"], &[1]);
    names(&["fire", "a", "--no-history"], &[]);
    names(&["trigger", "create", "event"], &[2]);
    // Each attempt has a number: the last one is named.
    names(&["fire", "a", "--retry", "1"], &[4]);
    names(&["replay", "1"], &[5]);
    document(&["fire", "a", "--json"], Some(6));
    document(&["fire", "a", "--json", "--no-history"], None);
}

#[test]
fn listing_an_empty_history_succeeds_and_creates_no_file() {
    let project = Project::new();
    run(&project, &["history"]).success().no_stdout().stderr(str![[r#"
the history has no deliveries yet

"#]]);
    run(&project, &["history", "--json"]).success().no_stdout().stderr_with(|_| ());
    run(&project, &["history", "prune", "--keep", "1d"]).success().no_stdout().stderr_with(|_| ());
    run(&project, &["history", "1"]).code(1).no_stdout().stderr(str![[r#"
error: the history has no delivery 1
  = help: `hooks history` lists them

"#]]);
    assert!(project.files().is_empty());
}

#[test]
fn deliveries_are_listed_newest_first_and_one_without_a_result_is_in_doubt() {
    let (_server, project) = five();
    assert_eq!(ids(&project, &[]), [5, 4, 3, 2, 1]);
    let states: Vec<_> = rows(&project, &[]).iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["in_doubt", "not_sent", "in_doubt", "failed", "delivered"]);
    run(&project, &["history"]).success().no_stderr().stdout_with(|text| {
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["ID", "TIME", "(UTC)", "WEBHOOK", "STATE", "STATUS", "TOOK", "DESTINATION"]);
        for (line, path) in lines[1..].iter().zip(["/a", "/", "/a", "/b", "/a"]) {
            let url = line.last().unwrap();
            assert!(url.starts_with("http://127.0.0.1:") && url.ends_with(path), "{text}");
        }
        assert_eq!(lines[1][3..6], ["a", "in", "doubt"]);
        assert_eq!(lines[2][3..7], ["b", "not", "sent", "connect-refused"]);
        assert_eq!(lines[4][3..6], ["b", "failed", "500"]);
        assert_eq!(lines[5][3..6], ["a", "delivered", "200"]);
    });
}

#[test]
fn each_filter_selects_the_matching_deliveries() {
    let (_server, project) = five();
    database(&project).execute("UPDATE delivery SET time = time - 7200000 WHERE id < 3", []).unwrap();
    for (arguments, expected) in [
        (vec!["--webhook", "a"], vec![5, 3, 1]),
        (vec!["--webhook", "c"], vec![]),
        (vec!["--status", "delivered"], vec![1]),
        (vec!["--status", "failed"], vec![2]),
        (vec!["--status", "in_doubt"], vec![5, 3]),
        (vec!["--status", "not_sent"], vec![4]),
        (vec!["--status", "failed", "--status", "delivered"], vec![2, 1]),
        (vec!["--since", "1h"], vec![5, 4, 3]),
        (vec!["--since", "3h"], vec![5, 4, 3, 2, 1]),
        (vec!["--grep", "JANE.DOE@"], vec![5, 3, 1]),
        (vec!["--grep", "fête"], vec![2]),
        (vec!["--grep", "broken"], vec![2]),
        (vec!["--grep", "100%_"], vec![]),
        (vec!["--limit", "2"], vec![5, 4]),
        (vec!["--webhook", "a", "--since", "1h", "--limit", "1"], vec![5]),
    ] {
        assert_eq!(ids(&project, &arguments), expected, "{arguments:?}");
    }
    run(&project, &["history", "--limit", "2"]).success().stdout_with(|_| ()).stderr(str![[r#"
hint: these are the newest of 5 deliveries; `--limit N` shows more

"#]]);
    run(&project, &["history", "--since", "2 years"]).code(2).no_stdout().stderr_with(|_| ());
    run(&project, &["history", "3", "--webhook", "a"]).code(2).no_stdout().stderr_with(|_| ());
}

#[test]
fn one_delivery_is_shown_in_full() {
    let (_server, project) = five();
    let shown = |id: &str| {
        let mut shown = String::new();
        let _ =
            run(&project, &["history", id]).success().no_stderr().stdout_with(|text| shown.push_str(text));
        shown
    };
    let failed = shown("2");
    for part in [
        "delivery 2 of b\n",
        " UTC · create of event · hooks ",
        "data: the built-in sample of event\n",
        "\n│ POST http://127.0.0.1:",
        "\n│ content-type: application/json\n",
        "\n│   \"element_data\": {\n",
        "Summer fête",
        "failed  500 Internal Server Error\n",
        "│ HTTP/1.1 500 Internal Server Error\n",
        "│ broken\n",
        "error[server-error]: ",
        "  = help: ",
    ] {
        assert!(failed.contains(part), "{part:?} is not in:\n{failed}");
    }
    assert!(shown("4").contains("to the URL of `--to`"));
    assert!(shown("5").contains("in doubt\n\nNo result was recorded"));
}

#[test]
fn one_delivery_as_json_has_its_request_element_and_response() {
    let (_server, project) = five();
    run(&project, &["history", "2", "--json"]).success().no_stderr().stdout_json(|shape| {
        assert_eq!(
            (&shape["version"], &shape["id"], &shape["finished"]),
            (&json!(1), &json!(2), &json!(true))
        );
        assert_eq!(shape["file"], project.join("webhooks.toml").canonicalize().unwrap().to_str().unwrap());
        assert_eq!(shape["element"]["json"]["dates"][0]["name"], "Summer fête");
        assert_eq!(shape["element"]["kept"], "as_sent");
        let body: serde_json::Value = serde_json::from_str(shape["body"]["text"].as_str().unwrap()).unwrap();
        assert_eq!(body["element_data"], shape["element"]["json"]);
        assert_eq!((&shape["status"], &shape["failure"]["name"]), (&json!(500), &json!("server-error")));
        assert_eq!(shape["response"]["body"], "broken");
    });
    run(&project, &["history", "5", "--json"]).success().no_stderr().stdout_json(|shape| {
        assert_eq!((&shape["state"], &shape["finished"]), (&json!("in_doubt"), &json!(false)));
        assert_eq!(shape["response"], json!(null));
    });
}

#[test]
fn an_unknown_number_is_refused() {
    let (_server, project) = delivered_once();
    run(&project, &["history", "99"]).code(1).no_stdout().stderr(str![[r#"
error: the history has no delivery 99
  = help: `hooks history` lists them

"#]]);
}

#[test]
fn only_the_differences_between_two_deliveries_are_shown() {
    let (_server, project) = delivered_once();
    ends(&project, &["fire", "a", "--set", "email=max@example.com"], 0);
    ends(&project, &["fire", "a"], 0);
    run(&project, &["history", "diff", "1", "2"]).success().no_stderr().stdout(str![[r#"
- delivery 1
+ delivery 2

header content-length
│ - 315
│ + 305

body
│       "date_created": "2023-12-07T08:58:47.510Z",
│       "date_updated": "2023-12-07T08:58:47.512Z",
│ -     "email": "jane.doe@example.com",
│ +     "email": "max@example.com",
│       "prokey": "c6510c06-a277-4e1c-9baf-deec9c5507c7",
│       "amount": 2,
│   …
│       }
│     },
│ -   "mail": "jane.doe@example.com"
│ +   "mail": "max@example.com"
│   }

"#]]);
    run(&project, &["history", "diff", "1", "3"]).success().no_stderr().stdout(str![[r#"
- delivery 1
+ delivery 3

the requests and results are identical

"#]]);
    let _ =
        run(&project, &["history", "diff", "1", "2", "--json"]).success().no_stderr().stdout_json(|shape| {
            assert_eq!((&shape["a"], &shape["b"]), (&json!(1), &json!(2)));
            let parts = shape["differences"].as_array().unwrap().iter();
            assert_eq!(
                parts.map(|part| &part["part"]).collect::<Vec<_>>(),
                ["header content-length", "body"]
            );
        });
}

#[test]
fn escape_sequences_from_a_receiver_are_escaped_in_the_history() {
    let server = crate::server::answering(
        "HTTP/1.1 500 X\r\nx-evil: \u{202e}##[x]\r\ncontent-length: 16\r\n\r\n::error::\u{1b}[2J\n\r\n\u{202e}",
    );
    let project = project(&server);
    ends(&project, &["fire", "a"], 1);
    ends(&project, &["fire", "a", "--to", &server.url("http://localhost", "/x")], 1);
    for arguments in [&["history", "1"][..], &["history", "1", "--json"], &["history", "diff", "1", "2"]] {
        run(&project, arguments).success().no_stderr().stdout_with(|text| {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
            assert!(!holds_command(text), "{text:?}");
        });
    }
}

#[test]
fn every_line_of_a_difference_starts_with_a_bar() {
    let answer = |last: &str| format!("HTTP/1.1 200 OK\r\n\r\n::error::x\n  ::add-mask::y\n{last}");
    let script = |last: &str| vec![Step::Read, say(&answer(last))];
    let server = Server::start_in_turn(vec![script("a"), script("b")]);
    let project = project(&server);
    ends(&project, &["fire", "a"], 0);
    ends(&project, &["fire", "a"], 0);
    run(&project, &["history", "diff", "1", "2"]).success().no_stderr().stdout(str![[r#"
- delivery 1
+ delivery 2

response body
│   ::error::x
│     ::add-mask::y
│ - a
│ + b

"#]]);
}

#[test]
fn deleted_deliveries_leave_no_trace_in_the_file() {
    let (_server, project) = delivered_once();
    ends(&project, &["fire", "a", "--set", "email=forget.me@example.com"], 0);
    ends(&project, &["fire", "a"], 0);
    database(&project).execute("UPDATE delivery SET time = time - 86400000 * 40 WHERE id < 3", []).unwrap();
    run(&project, &["history", "prune", "--keep", "30d"]).success().no_stdout().stderr(str![[r#"
deleted 2 deliveries

"#]]);
    assert_eq!(ids(&project, &[]), [3]);
    for (path, bytes) in project.files() {
        let is_found = bytes.windows(9).any(|window| window == b"forget.me");
        assert!(!is_found, "{} still has it", path.display());
    }
    ends(&project, &["history", "prune", "--keep", "0d"], 0);
    assert_eq!(recorded(&project), 0);
    ends(&project, &["fire", "a"], 0);
    assert_eq!(ids(&project, &[]), [4], "a number is never given twice");
}

#[test]
fn a_trigger_records_each_webhook_that_it_fires() {
    let server = crate::server::answering(OK);
    let project = project(&server);
    hooks(["trigger", "create", "event"])
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|_| ())
        .stderr_with(|_| ());
    ends(&project, &["trigger", "create", "event", "--dry-run"], 0);
    let rows = rows(&project, &[]);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["webhook"], "b");
}

#[test]
fn deliveries_older_than_thirty_days_are_deleted_automatically() {
    let (_server, project) = delivered_once();
    database(&project)
        .execute_batch(
            "UPDATE delivery SET time = time - 86400000 * 31;
             UPDATE sqlite_sequence SET seq = 48;",
        )
        .unwrap();
    ends(&project, &["fire", "a"], 0);
    assert_eq!(recorded(&project), 2);
    ends(&project, &["fire", "a"], 0);
    assert_eq!(ids(&project, &[]), [50, 49]);
}

#[test]
fn an_unknown_handle_without_deliveries_gets_a_hint() {
    let (_server, project) = five();
    let listed = run(&project, &["history", "--webhook", "aa"]);
    listed.success().no_stdout().stderr_with(|text| {
        assert!(text.contains("no deliveries match\n"), "{text}");
        assert!(text.contains("has no webhook `aa`"), "{text}");
    });
}
