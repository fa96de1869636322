//! Where elements are read from: lists and lines, files and standard input, valid and invalid.

use serde_json::Value;
use snapbox::str;

use super::receiver::Receiver;
use super::{backfill, backfilled, in_state, lines, names, project, resumed};
use crate::harness::{hooks, shell};

#[test]
fn lists_and_lines_from_files_and_standard_input_are_all_sent() {
    let list = r#"[{"id": "e1", "email": "a"}, {"id": "e2", "email": "b"}]"#;
    for (data, from_stdin) in [(list, false), (list, true), (&*lines([1, 2]), false), (&*lines([1, 2]), true)]
    {
        let receiver = Receiver::start();
        let project = project(&receiver, 0).file("other.json", data);
        let name = if from_stdin { "-" } else { "other.json" };
        let run = hooks(["backfill", "a", name]).in_project(&project);
        let run = if from_stdin { run.stdin(data) } else { run };
        run.run().success().stdout_with(|_| ()).stderr_with(|_| ());
        assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names(1..=2), "{data}");
    }
}

#[test]
fn the_summary_counts_all_elements_by_state() {
    let receiver = Receiver::start();
    let project = project(&receiver, 12);
    backfill(&project, &[])
        .success()
        .stdout(str![[r#"
delivered  12
failed      0
in doubt    0
not sent    0
elements   12

"#]])
        .stderr(str![[r#"
run 1: firing a for 12 elements of data.jsonl: POST http://127.0.0.1:[PORT]/a

"#]]);
}

#[test]
fn each_element_is_a_line_of_json() {
    let receiver = Receiver::start();
    let project = project(&receiver, 0).file(
        "data.jsonl",
        "{\"id\":\"e1\",\"email\":\"a\"}\n\n{\"prokey\":\"p\",\"email\":\"b\"}\n{\"email\":7}\n",
    );
    let (mut lines, _) = backfilled(&project, &[], 0);
    lines.sort_by_key(|line| line["element"].as_u64());
    for line in &mut lines {
        assert!(line["ms"].as_f64().is_some_and(|ms| ms > 0.0));
        line["ms"] = 1.into();
    }
    let line = |number: u64, id: Option<&str>| {
        serde_json::json!({
            "version": 1, "type": "element", "run": 1, "element": number, "id": id, "state": "delivered", "attempts": 1, "failure": null,
            "status": 200, "ms": 1, "notes": [], "repeated": false,
        })
    };
    assert_eq!(lines, [line(1, Some("e1")), line(2, Some("p")), line(3, None)]);
}

#[test]
fn an_invalid_line_in_a_file_stops_the_run_before_anything_is_sent() {
    let receiver = Receiver::start();
    let project = project(&receiver, 0).file("data.jsonl", format!("{}{{\"id\":\n[]\n", lines(1..=3)));
    backfill(&project, &[]).code(3).no_stdout().stderr(str![[r#"
error[json-unclosed]: the JSON is truncated inside a value
 --> data.jsonl:4:7
  |
4 | {"id":
  |       ^
  |
  = help: add the missing bracket or quote, or check that the file is complete

error[element-not-object]: expected a JSON object, found a list
 --> data.jsonl:5:1
  |
5 | []
  | ^
  |
  = help: remove the brackets, so that each line is one element

error[bad-lines]: nothing was sent: 2 of 5 elements are invalid
  = help: use `--on-bad-line skip` to send the others


"#]]);
    assert!(receiver.received().is_empty());
    let (lines, _) = backfilled(&project, &["--on-bad-line", "skip"], 3);
    assert_eq!((in_state(&lines, "delivered"), in_state(&lines, "not_sent")), (vec![1, 2, 3], vec![4, 5]));
    let failures: Vec<_> =
        lines.iter().filter(|line| line["state"] == "not_sent").map(|line| line["failure"].clone()).collect();
    assert_eq!(failures, ["json-unclosed", "element-not-object"]);
}

#[test]
fn data_without_elements_is_reported_as_such() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3).file("empty.json", "[]");
    let run = |words: &[&str]| hooks([&["backfill", "a"], words].concat()).in_project(&project);
    let mut said = Vec::new();
    for words in [
        ["empty.json"].as_slice(),
        &["empty.json", "--dry-run"],
        &["data.jsonl", "--skip", "3"],
        &["data.jsonl", "--limit", "0"],
    ] {
        run(words).run().success().no_stdout().stderr_with(|text| said.push(text.to_owned()));
    }
    snapbox::assert_data_eq!(
        said.concat(),
        str![[r#"
warning: empty.json: it contains no elements; nothing was sent
warning: empty.json: it contains no elements; nothing was sent
warning: data.jsonl: no element is selected; nothing was sent
warning: data.jsonl: no element is selected; nothing was sent

"#]]
    );
    run(&["-"]).stdin("[]").run().success().stdout_with(|_| ()).stderr(str![[r#"
run 1: firing a for elements of standard input: POST http://127.0.0.1:[PORT]/a
warning: standard input contained no elements; nothing was sent

"#]]);
    let (lines, _) = backfilled(&project, &["--skip", "3"], 0);
    assert!(lines.is_empty() && receiver.received().is_empty());
    assert_eq!(super::run_of(&project, 1)["data"], "standard input");
}

const UNCHANGED: &str =
    "`hooks backfill resume 1` continues once the file is complete and otherwise unchanged";

/// The number of elements of such a list is unknown. The run can be resumed once the list is fixed, if the elements that were
/// sent are unchanged.
#[test]
fn a_truncated_list_is_not_complete_until_it_is_fixed() {
    let receiver = Receiver::start();
    let list = r#"[{"id": "e1", "email": "a"}, {"id": "e2", "email": "b"}, {"id": "#;
    let project = project(&receiver, 0).file("data.jsonl", list);
    backfill(&project, &[]).code(3).no_stdout().stderr_with(|said| {
        assert!(
            said.contains("error[bad-data]: nothing was sent: the data cannot be read to the end"),
            "{said}"
        );
    });
    let (lines, said) = backfilled(&project, &["--on-bad-line", "skip"], 3);
    assert_eq!(in_state(&lines, "delivered"), [1, 2]);
    assert!(said.contains("the list is truncated") && said.contains(UNCHANGED), "{said}");
    let run = super::run_of(&project, 1);
    assert_eq!(
        (&run["elements"], &run["pending"], &run["resumable"]),
        (&Value::Null, &Value::Null, &true.into())
    );
    let other = project.file("data.jsonl", list.replace('b', "c") + "\"e3\"}]");
    let (lines, said) = resumed(&other, &["1"], 3);
    assert!(lines.is_empty() && said.contains("error[input-changed]"), "{said}");
    let fixed = other.file("data.jsonl", list.to_owned() + "\"e3\", \"email\": \"c\"}]");
    let (lines, _) = resumed(&fixed, &["1"], 0);
    assert_eq!(in_state(&lines, "delivered"), [3]);
    assert_eq!(super::counts(&super::run_of(&fixed, 1)), [Some(3), Some(0), Some(0), Some(0), Some(0)]);
    assert_eq!(receiver.received().len(), 3);
}

#[test]
fn an_invalid_line_on_standard_input_affects_no_other_element() {
    let receiver = Receiver::start();
    let project = project(&receiver, 0);
    let data = format!("{}nonsense\n{}", lines([1]), lines([3]));
    hooks(["backfill", "a", "-"])
        .in_project(&project)
        .stdin(data)
        .run()
        .code(3)
        .stdout(str![[r#"
delivered  2
failed     0
in doubt   0
not sent   1
elements   3

"#]])
        .stderr(str![[r#"
run 1: firing a for elements of standard input: POST http://127.0.0.1:[PORT]/a
element 2 cannot be sent:
error[json-syntax]: expected a value
 --> standard input:2:1
  |
2 | nonsense
  | ^^^^^^^^
  |
  = help: put text in double quotes, or write `null` for a missing value

hint: 1 element is invalid: fix a copy and backfill that file (a changed file cannot be resumed)

"#]]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names([1, 3]));
}

#[test]
fn a_truncated_list_ends_the_run() {
    let receiver = Receiver::start();
    let project = project(&receiver, 0);
    let list = r#"[{"id": "e1", "email": "a"}, {"id": "e2", "email": "b"}, {"id": "e3""#;
    hooks(["backfill", "a", "-"])
        .in_project(&project)
        .stdin(list)
        .run()
        .code(3)
        .stdout(str![[r#"
delivered  2
failed     0
in doubt   0
not sent   0
elements   2  (read so far)

"#]])
        .stderr(str![[r#"
run 1: firing a for elements of standard input: POST http://127.0.0.1:[PORT]/a
error[json-unclosed]: the list is truncated inside element 3, which starts here
--> standard input:1:58
 = help: check that the file is complete, and that no bracket or quote is missing before this position

hint: `hooks backfill resume 1` continues with the complete input

"#]]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names([1, 2]));
}

#[test]
fn an_element_that_cannot_be_rendered_is_not_sent_and_the_others_are() {
    let receiver = Receiver::start();
    let data = "{\"id\":\"e1\",\"email\":\"a\"}\n{\"id\":\"e2\"}\n{\"id\":\"e3\",\"email\":\"b\"}\n";
    let project = project(&receiver, 0).file("data.jsonl", data);
    backfill(&project, &["--stop-after", "1"])
        .code(3)
        .stdout(str![[r#"
delivered  2
failed     0
in doubt   0
not sent   1
elements   3

"#]])
        .stderr(str![[r#"
run 1: firing a for 3 elements of data.jsonl: POST http://127.0.0.1:[PORT]/a
element 2 (id `e2`) cannot be sent:
error[variable-missing]: `{{email}}` is not in data.jsonl
 --> webhooks.toml:7:21
  |
7 |             mail = "{{email}}"
  |                     ^^^^^^^^^
  |
  = help: `hooks vars rsvp_answer` lists the variables
  = help: use `--allow-missing` to send an empty string instead

hint: 1 element is invalid: fix a copy and backfill that file (a changed file cannot be resumed)

"#]]);
    assert_eq!(receiver.counts().into_keys().collect::<Vec<_>>(), names([1, 3]));
    let (lines, _) = backfilled(&project, &["--allow-missing"], 0);
    assert_eq!(in_state(&lines, "delivered"), [1, 2, 3]);
}

#[test]
fn each_invalid_element_is_reported_once_and_those_that_are_not_listed_are_counted() {
    let receiver = Receiver::start();
    let data =
        |invalid: usize| format!("{}{{\"id\":\"e\",\"email\":\"a\"}}\n", "{\"id\":\"x\"}\n".repeat(invalid));
    for (invalid, counted) in [(1, false), (5, false), (6, true)] {
        let project = project(&receiver, 0).file("data.jsonl", data(invalid));
        let (_, said) = backfilled(&project, &[], 3);
        let times = said.matches("`{{email}}` is not in data.jsonl").count();
        assert_eq!(times, invalid.min(5), "{said}");
        let rest = "error[variable-missing]: 6 elements, 5 of them shown above";
        assert_eq!(said.contains(rest), counted, "{said}");
    }
}

#[test]
fn elements_excluded_by_the_prokey_filter_are_sent_only_with_force() {
    let receiver = Receiver::start();
    let url = receiver.url();
    let project = project(&receiver, 0)
        .definitions(&format!(
            "[webhooks.a]\nactive = false\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\n\
             prokey_filter = \"c6510c06-a277-4e1c-9baf-deec9c5507c7\"\npayload_url = \"{url}\"\n"
        ))
        .file(
            "data.jsonl",
            "{\"id\":\"e1\",\"prokey\":\"c6510c06-a277-4e1c-9baf-deec9c5507c7\"}\n{\"id\":\"e2\",\"prokey\":\"x\"}\n",
        );
    backfill(&project, &[]).code(1).no_stdout().stderr(str![[r#"
error: `a` would not fire: inactive
  = help: use `--force` to send anyway

"#]]);
    let (lines, _) = backfilled(&project, &["--force"], 0);
    assert_eq!(in_state(&lines, "delivered"), [1, 2]);
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap().replace("active = false\n", "");
    let project = project.definitions(&text);
    backfill(&project, &[])
        .code(1)
        .stdout(str![[r#"
delivered  1
failed     0
in doubt   0
not sent   1
elements   2

"#]])
        .stderr(str![[r#"
warning: run 1 already delivered 2 elements of this file to http://127.0.0.1:[PORT]/; `hooks backfill show 1` shows it
run 2: firing a for 2 elements of data.jsonl: POST http://127.0.0.1:[PORT]/
error[prokey-filter]: 1 element, first error: The element belongs to an event other than the one in the prokey filter.
  = help: Use `--force` to send it anyway.

"#]]);
}

#[test]
fn an_element_without_a_prokey_is_not_said_to_belong_to_another_event() {
    let receiver = Receiver::start();
    let project = project(&receiver, 0).file("data.jsonl", "{\"email\":\"a\"}\n");
    let text = String::from_utf8(project.read("webhooks.toml")).unwrap();
    let filter = "prokey_filter = \"11111111-2222-4333-8444-555555555555\"\npayload_url";
    let project = project.definitions(&text.replacen("payload_url", filter, 1));
    let (lines, said) = backfilled(&project, &[], 1);
    assert_eq!((&lines[0]["failure"], receiver.counts().len()), (&"no-prokey".into(), 0));
    assert!(said.contains("The element has no prokey, and the prokey filter names an event."), "{said}");
    assert!(!said.contains("another event"), "{said}");
}

#[test]
fn consecutive_lists_are_one_run() {
    let receiver = Receiver::start();
    let project = project(&receiver, 0);
    let pages = "[{\"id\":\"e1\",\"email\":\"a\"}]\n[{\"id\":\"e2\",\"email\":\"b\"}]\n";
    let run = hooks(["backfill", "a", "-"]).in_project(&project).stdin(pages).run();
    run.success()
        .stdout_with(|text| assert!(text.contains("delivered  2"), "{text}"))
        .stderr_with(|text| assert!(!text.contains("error"), "{text}"));
}

#[test]
fn a_warning_about_many_elements_is_printed_once_with_their_number() {
    let receiver = Receiver::start();
    let data = "{\"id\":\"e1\",\"id\":\"e1\",\"email\":\"a\"}\n".repeat(5);
    let project = project(&receiver, 0).file("data.jsonl", data);
    backfill(&project, &[]).success().stdout_with(|_| ()).stderr(str![[r#"
run 1: firing a for 5 elements of data.jsonl: POST http://127.0.0.1:[PORT]/a
warning[duplicate-key]: duplicate key `id`; the last one counts
 --> data.jsonl:1:12
  |
1 | {"id":"e1","id":"e1","email":"a"}
  |            ^^^^
  |
  = help: parsers disagree on which one counts: remove one

warning: duplicate-key applies to 5 elements

"#]]);
}

#[test]
fn columns_that_are_not_fields_are_reported_for_files_and_standard_input() {
    let receiver = Receiver::start();
    let csv = "id,email,Size\ne1,a,x\ne2,b,y\n";
    let project = project(&receiver, 0).file("data.csv", csv);
    for words in [["data.csv"].as_slice(), &["-", "--input-format", "csv"]] {
        let run = hooks([&["backfill", "a"], words].concat()).in_project(&project).stdin(csv);
        run.run().success().stdout_with(|_| ()).stderr_with(|said| {
            assert_eq!(said.matches("`Size` is sent below `payload`, as text").count(), 1, "{said}");
        });
    }
}

#[test]
fn changes_are_made_in_each_element() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3);
    let (lines, _) = backfilled(&project, &["--set", "id=same"], 0);
    assert_eq!(lines.len(), 3);
    assert_eq!(receiver.counts().into_iter().collect::<Vec<_>>(), [("same".to_owned(), 3)]);
}

/// Standard input that stays open: elements are sent as they arrive, and Ctrl-C does not wait for more.
#[cfg(unix)]
#[test]
fn standard_input_is_sent_as_it_arrives() {
    use std::io::Write;
    let receiver = Receiver::start();
    let project = project(&receiver, 0);
    let mut command = project.command(env!("CARGO_BIN_EXE_hooks"));
    command.args(["backfill", "a", "-", "--quiet"]).stdin(std::process::Stdio::piped());
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(lines([1, 2]).as_bytes()).unwrap();
    receiver.wait_for(2);
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once_like_standard_input() {
    let receiver = Receiver::start();
    let project = project(&receiver, 3);
    shell("mkfifo pipe; cat data.jsonl > pipe & \"$0\" backfill a pipe --quiet")
        .in_project(&project)
        .run()
        .success()
        .stdout_with(|text| assert!(text.contains("delivered  3"), "{text}"))
        .no_stderr();
    assert_eq!(receiver.received().len(), 3);
}

#[cfg(unix)]
#[test]
fn a_closed_output_pipe_does_not_stop_the_run() {
    let receiver = Receiver::start();
    let project = project(&receiver, 500);
    shell("{ \"$0\" backfill a data.jsonl --json --quiet; echo $? >&2; } | head -n 1 > first")
        .in_project(&project)
        .run()
        .success()
        .no_stdout()
        .stderr_with(|text| assert_eq!(text, "0\n"));
    assert_eq!(receiver.received().len(), 500);
}
