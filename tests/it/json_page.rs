//! The pages and the JSON of the program say the same: every key that is printed is documented with its type, and every
//! documented key is printed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::harness::{Project, hooks};
use crate::server::{Server, Step, say};

/// The pages that document shapes: a shape has a heading, and below it a table of its fields.
const PAGES: [&str; 3] = [
    include_str!("../../docs/json.md"),
    include_str!("../../docs/history.md"),
    include_str!("../../docs/backfill.md"),
];

/// The fields of each section of the pages, with their types.
fn documented() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut section = String::new();
    for line in PAGES.iter().flat_map(|page| page.lines()) {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut section);
        } else if let Some(row) = line.strip_prefix("| `") {
            let cells: Vec<&str> = row.split(" | ").collect();
            let field = cells[0].trim_end_matches('`').to_owned();
            let own = sections.entry(section.clone()).or_default();
            let twice = own.insert(field.clone(), cells[1].to_owned());
            assert!(twice.is_none(), "documented twice: {line}");
            let other = cells[2].split_once("with the fields that it has in [").map(|(_, other)| other);
            if let Some((other, _)) = other.and_then(|other| other.split_once(']')) {
                // There it may stand higher up.
                let above = field.rfind('.').map_or("", |at| &field[..=at]);
                let below = format!("{}.", &field[above.len()..]);
                let fields = sections[other].clone().into_iter().filter(|(name, _)| name.starts_with(&below));
                let fields = fields.map(|(name, kind)| (format!("{above}{name}"), kind));
                sections.entry(section.clone()).or_default().extend(fields);
            }
        }
    }
    sections
}

/// What one section says, held against what is printed.
struct Section {
    name: &'static str,
    types: BTreeMap<String, String>,
    seen: BTreeSet<String>,
}

impl Section {
    fn new(name: &'static str) -> Self {
        let types = documented().remove(name).unwrap_or_else(|| panic!("no section `{name}`"));
        Self { name, types, seen: BTreeSet::new() }
    }

    fn look_at(&mut self, value: &Value) {
        self.walk(value, "");
        assert_eq!(value["version"], 1);
    }

    fn walk(&mut self, value: &Value, path: &str) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    let kind = self
                        .types
                        .get(&path)
                        .unwrap_or_else(|| panic!("`{path}` of `{}` is not documented", self.name));
                    assert!(is_of(member, kind), "`{path}` of `{}` should be {kind}: {member}", self.name);
                    let is_any = kind == "any";
                    self.seen.insert(path.clone());
                    if !is_any {
                        self.walk(member, &path);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, &format!("{path}[]"))),
            _ => {}
        }
    }

    fn everything_was_seen(&self) {
        let unseen: Vec<&String> = self.types.keys().filter(|path| !self.seen.contains(*path)).collect();
        assert!(unseen.is_empty(), "documented for `{}` and not printed: {unseen:?}", self.name);
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    let (kind, may_be_null) = kind.strip_suffix(" or null").map_or((kind, false), |kind| (kind, true));
    match kind {
        "any" => true,
        _ if value.is_null() => may_be_null,
        "text" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "list" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("the pages have an unknown type `{kind}`"),
    }
}

/// The lines of JSON that a command prints; it may end with any of these codes.
fn printed(project: &Project, arguments: &[&str], code: i32) -> String {
    let mut printed = String::new();
    hooks(arguments)
        .in_project(project)
        .env("CMS_TOKEN", "t0ken-of-the-cms")
        .env("CMS_HOST", "cms.example.com")
        .run()
        .code(code)
        .stdout_with(|text| text.clone_into(&mut printed))
        .stderr_with(|_| ());
    printed
}

fn document(project: &Project, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(project, arguments, 0)).unwrap()
}

#[test]
fn list_and_show_print_what_is_documented() {
    let project = Project::example();
    let mut list = Section::new("list");
    list.look_at(&document(&project, &["list", "--json"]));
    list.everything_was_seen();
    let mut show = Section::new("show");
    for handle in ["event-changes-to-cms", "sign-up-form-to-crm", "gala-guest-list"] {
        show.look_at(&document(&project, &["show", handle, "--format", "json"]));
    }
    show.everything_was_seen();
}

#[test]
fn commands_that_change_the_file_print_what_is_documented() {
    let project = Project::new().file(".git/HEAD", "");
    let mut init = Section::new("init");
    init.look_at(&document(&project, &["init", "--json"]));
    init.everything_was_seen();
    let mut changes = Section::new("changes");
    let url = "https://example.com";
    for arguments in [
        ["add", "b", "--trigger", "create", "--element", "event", "--url", url, "--json"].as_slice(),
        &["edit", "b", "--method", "PUT", "--json"],
        &["rename", "b", "c", "--json", "--dry-run"],
        &["disable", "b", "--json"],
        &["enable", "b", "--json"],
        &["enable", "b", "--json"],
        &["remove", "b", "--yes", "--json"],
    ] {
        changes.look_at(&document(&project, arguments));
    }
    changes.everything_was_seen();
}

#[test]
fn vars_prints_what_is_documented() {
    let project =
        Project::new().file("answer.json", r#"{"email": "kim@example.com", "new": {"a": [1.5, null]}}"#);
    let mut vars = Section::new("vars");
    vars.look_at(&document(&project, &["vars", "--json"]));
    vars.look_at(&document(&project, &["vars", "event", "--trigger", "delete", "--json"]));
    vars.look_at(&document(&project, &["vars", "rsvp_answer", "answer.json", "--json"]));
    vars.everything_was_seen();
}

#[test]
fn match_prints_what_is_documented() {
    let message = "POST /api/event?a=b HTTP/1.1\r\nHost: test.example.com\r\nContent-Length: 9\r\n\r\n";
    let bare = r#"{"status": "confirmed", "email": "a", "amount": 1, "payload": {}}"#;
    let project = Project::example()
        .file("event.txt", "PATCH /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n")
        .file("rsvp.txt", message.replace("/api/event?a=b", "/hooks/rsvp?a=b"))
        .file("bare.json", bare);
    let mut section = Section::new("match");
    for (arguments, code) in [(["match", "event.txt", "--json"], 1), (["match", "rsvp.txt", "--json"], 1)] {
        for line in printed(&project, &arguments, code).lines() {
            section.look_at(&serde_json::from_str(line).unwrap());
        }
    }
    section.look_at(&serde_json::from_str(&printed(&project, &["match", "bare.json", "--json"], 1)).unwrap());
    section.everything_was_seen();
}

#[test]
fn preview_prints_what_is_documented() {
    let project = Project::example().file("answer.json", r#"{"email": "kim@example.com"}"#);
    let mut preview = Section::new("preview");
    preview.look_at(&document(&project, &["preview", "event-changes-to-cms", "--json"]));
    preview.look_at(&document(
        &project,
        &["preview", "rsvp-to-cms", "answer.json", "--allow-missing", "--json"],
    ));
    preview.everything_was_seen();
}

/// Answers of every kind: good, refused, a page, no text, none at all.
fn receiver() -> Server {
    let answers = [
        &b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}"[..],
        b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 15\r\n\r\n<!doctype html>",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe",
        b"",
    ];
    let script = |answer: &&[u8]| vec![Step::Read, Step::Write(answer.to_vec())];
    Server::start_in_turn(answers.iter().map(script).collect())
}

#[test]
fn fire_prints_what_is_documented() {
    let receiver = receiver();
    let (project, url) = (Project::example(), receiver.url("http://127.0.0.1", "/"));
    let mut fire = Section::new("fire");
    for code in [0, 1, 0, 0, 4] {
        let printed = printed(&project, &["fire", "rsvp-to-cms", "--to", &url, "--json"], code);
        assert_eq!(printed.lines().count(), 1, "{printed}");
        fire.look_at(&serde_json::from_str(&printed).unwrap());
    }
    fire.everything_was_seen();
    assert_eq!(receiver.visits(), 5);
}

#[test]
fn history_prints_what_is_documented() {
    let receiver = receiver();
    let (project, url) = (Project::example(), receiver.url("http://127.0.0.1", "/"));
    for code in [0, 1, 0, 0, 4] {
        printed(&project, &["fire", "rsvp-to-cms", "--to", &url, "--json"], code);
    }
    let mut list = Section::new("JSON of `hooks history`");
    for line in printed(&project, &["history", "--json"], 0).lines() {
        list.look_at(&serde_json::from_str(line).unwrap());
    }
    list.everything_was_seen();
    let mut one = Section::new("JSON of `hooks history ID`");
    for id in ["1", "2", "3", "4", "5"] {
        one.look_at(&document(&project, &["history", id, "--json"]));
    }
    one.everything_was_seen();
    let mut diff = Section::new("JSON of `hooks history diff A B`");
    diff.look_at(&document(&project, &["history", "diff", "1", "5", "--json"]));
    diff.everything_was_seen();
}

#[test]
fn export_prints_what_is_documented() {
    let project = Project::example().file("answers.json", r#"[{"email": "kim@example.com"}, {}]"#);
    let mut export = Section::new("export");
    let arguments = ["backfill", "export", "rsvp-to-cms", "answers.json", "--allow-missing"];
    for line in printed(&project, &arguments, 0).lines() {
        export.look_at(&serde_json::from_str(line).unwrap());
    }
    export.everything_was_seen();
}

#[test]
fn a_text_that_was_cut_inside_a_character_is_still_text() {
    let (whole, kept) = ("ä".repeat(40_000), 64 * 1024 - 1);
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\nx{whole}", whole.len() + 1);
    let receiver = Server::start([Step::Read, say(&answer)]);
    let url = receiver.url("http://127.0.0.1", "/");
    let fired = document(&Project::example(), &["fire", "rsvp-to-cms", "--to", &url, "--json"]);
    assert_eq!(fired["response"]["body"].as_str().unwrap().len(), kept);
    assert_eq!(fired["response"]["body_bytes"], whole.len() + 1);
    assert!(fired["response"].get("body_base64").is_none());
}

#[test]
fn what_was_received_prints_what_is_documented() {
    let project = Project::example();
    let requests = crate::listen::lines_of_every_type(&project);
    let received = requests.iter().filter(|line| line["type"] == "request").count();
    let mut list = Section::new("JSON of `hooks history --received`");
    let mut one = Section::new("JSON of `hooks history r12`");
    let rows = printed(&project, &["history", "--received", "--json"], 0);
    assert_eq!(rows.lines().count(), received);
    for row in rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        list.look_at(&row);
        one.look_at(&document(&project, &["history", row["id"].as_str().unwrap(), "--json"]));
    }
    list.everything_was_seen();
    one.everything_was_seen();
}

#[test]
fn listen_prints_documented_lines() {
    let project = Project::example();
    let [mut ready, mut request, mut refused, mut end] =
        ["listen ready", "listen request", "listen refused", "listen end"].map(Section::new);
    let lines = crate::listen::lines_of_every_type(&project);
    for line in &lines {
        match line["type"].as_str().unwrap() {
            "ready" => ready.look_at(line),
            "request" => request.look_at(line),
            "refused" => refused.look_at(line),
            "end" => end.look_at(line),
            other => panic!("undocumented: {other}"),
        }
    }
    for section in [ready, request, refused, end] {
        section.everything_was_seen();
    }
}

#[test]
fn trigger_prints_a_documented_line_for_each_webhook() {
    let receiver = Server::start([Step::Read, say("HTTP/1.1 204 No Content\r\n\r\n")]);
    let (project, url) = (Project::example(), receiver.url("http://127.0.0.1", "/"));
    let (mut fire, mut trigger) = (Section::new("fire"), Section::new("trigger"));
    for (arguments, fired) in [
        (["trigger", "create", "rsvp_answer", "--json", "--to", &url].as_slice(), 2),
        (&["trigger", "create", "rsvp_answer", "--json", "--dry-run"], 0),
    ] {
        let printed = printed(&project, arguments, 0);
        let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 7);
        assert_eq!(lines.iter().filter(|line| line.get("state").is_some()).count(), fired);
        for line in &lines {
            let section = if line.get("state").is_some() { &mut fire } else { &mut trigger };
            section.look_at(line);
        }
    }
    trigger.everything_was_seen();
}

#[test]
fn runs_print_what_is_documented() {
    let closing = |status: &str| {
        vec![Step::Read, say(&format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"))]
    };
    let receiver = Server::start_in_turn(vec![closing("200 OK"), closing("401 Unauthorized")]);
    let element = |id: &str| {
        format!(
            "{{{id}\"email\":\"a\",\"amount\":1,\"status\":\"b\",\"payload\":{{\"first_name\":\"c\"}}}}\n"
        )
    };
    let elements = [element("\"id\":\"e1\","), element(""), "{}\n".to_owned()].concat();
    let project = Project::example().file("answers.jsonl", elements);
    let url = receiver.url("http://127.0.0.1", "/");
    let mut lines = Section::new("JSON of an element");
    let mut end = Section::new("The last line of JSON");
    let words = ["backfill", "rsvp-to-cms", "answers.jsonl", "--json", "--concurrency", "1", "--to", &url];
    for line in printed(&project, &words, 3).lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        match line["type"].as_str().unwrap() {
            "element" => lines.look_at(&line),
            "end" => end.look_at(&line),
            other => panic!("undocumented: {other}"),
        }
    }
    lines.everything_was_seen();
    end.everything_was_seen();
    let mut runs = Section::new("JSON of `hooks backfill list` and `show`");
    runs.look_at(&document(&project, &["backfill", "list", "--json"]));
    runs.look_at(&document(&project, &["backfill", "show", "1", "--json"]));
    runs.everything_was_seen();
    let mut lines = Section::new("JSON of `hooks backfill show --status`");
    let words = ["backfill", "show", "1", "--status", "delivered,failed,not_sent", "--json"];
    for line in printed(&project, &words, 0).lines() {
        lines.look_at(&serde_json::from_str(line).unwrap());
    }
    lines.everything_was_seen();
}
