//! The user's documentation is true: every block in it is a file that is written or commands that are run, from top
//! to bottom in one folder, and they print what stands there.
//!
//! `SNAPSHOTS=overwrite cargo test --test it examples` writes what they print into the page.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use regex::Regex;

use crate::harness::{Project, program, redact, with_hooks_in_path};
use crate::server::{Server, Step, say};

/// What the pages call the reader's own receiver.
const RECEIVER: &str = "localhost:3000";
/// Where `hooks listen` listens on the pages.
const LISTENER: &str = "localhost:4000";
/// A program that hangs must fail, not stop the others.
const PATIENCE: Duration = Duration::from_mins(1);
const STORED: &str =
    "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{\"stored\":true}";
const WHO: &str = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 0\r\n\r\n";

/// One that says that it closes the connection, so that no later request is sent over it.
const CLOSING: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// Commands that are shown and not run here: building takes its time, and testing would not come to an end.
const NOT_RUN: [&str; 2] = ["cargo test", "cargo install --locked --path ."];

/// A line that stands for any number of lines.
const LEFT_OUT: &str = "...";

/// A page as it is now.
fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_example_in_the_readme_runs_and_prints_what_stands_there() {
    let receiver = Server::start_in_turn(vec![vec![Step::Read, say(STORED)], vec![Step::Read, say(WHO)]]);
    let page = Page::new(Some(&receiver)).run(&page("README.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../README.md").raw());
}

#[test]
fn every_example_about_the_platform_runs_and_prints_what_stands_there() {
    let page = Page::new(None).run(&page("docs/platform.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/platform.md").raw());
}

#[test]
fn every_example_about_the_environment_runs_and_prints_what_is_on_the_page() {
    let page = Page::new(None).run(&page("docs/env.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/env.md").raw());
}

#[test]
fn every_example_about_many_elements_runs_and_prints_what_stands_there() {
    let receiver = Server::start([Step::Read, say(CLOSING)]);
    let page = Page::new(Some(&receiver)).run(&page("docs/backfill.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/backfill.md").raw());
}

#[test]
fn every_example_about_listening_runs_and_prints_what_stands_there() {
    let receiver = Server::start([Step::Read, say(STORED)]);
    let page = Page::new(Some(&receiver)).run(&page("docs/listen.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/listen.md").raw());
}

#[test]
fn every_example_about_matching_runs_and_prints_what_is_on_the_page() {
    let page = Page::new(None).run(&page("docs/match.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/match.md").raw());
}

#[test]
fn every_example_about_the_history_runs_and_prints_what_stands_there() {
    let page = Page::new(None).run(&page("docs/history.md"));
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/history.md").raw());
}

#[test]
fn the_table_of_commands_in_the_readme_is_the_one_of_the_help() {
    let command = hooks::commands::command();
    let mut commands: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let readme = page("README.md");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `hooks "));
    let mut listed: Vec<&str> = rows.filter_map(|row| row.split([' ', '`']).next()).collect();
    commands.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, commands);
}

#[test]
fn the_exit_codes_in_the_readme_are_those_of_the_program() {
    let readme = page("README.md");
    for exit in hooks::commands::Exit::ALL {
        let row = format!("| {} | {} |", exit.code(), exit.meaning());
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn the_readme_names_the_rust_that_is_needed() {
    let needed = format!("[Rust](https://rustup.rs) {} or newer", env!("CARGO_PKG_RUST_VERSION"));
    assert!(page("README.md").contains(&needed), "{needed}");
}

#[test]
fn every_link_inside_the_documentation_leads_somewhere() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let link = Regex::new(r"\]\(([^)#]*)(?:#([^)]*))?\)").unwrap();
    for page in [
        "README.md",
        "docs/backfill.md",
        "docs/env.md",
        "docs/history.md",
        "docs/json.md",
        "docs/listen.md",
        "docs/match.md",
        "docs/platform.md",
    ] {
        let page = top.join(page);
        for captures in link.captures_iter(&std::fs::read_to_string(&page).unwrap()) {
            let path = captures[1].to_owned();
            if path.starts_with("https://") {
                continue;
            }
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let text =
                std::fs::read_to_string(&target).unwrap_or_else(|error| panic!("{}: {error}", &captures[0]));
            if let Some(anchor) = captures.get(2) {
                let mut headings = text.lines().filter_map(|line| line.strip_prefix('#'));
                let anchor_of =
                    |heading: &str| heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
                assert!(
                    headings.any(|heading| anchor_of(heading).replace('`', "") == anchor.as_str()),
                    "{}",
                    &captures[0]
                );
            }
        }
    }
}

/// The folder in which a page is tried.
struct Page<'a> {
    project: Project,
    receiver: Option<&'a Server>,
    /// The last exit code, for `echo $?`.
    code: String,
    /// Files that no command has named so far.
    unused: Vec<String>,
    listening: Option<Listening>,
}

/// A `hooks listen` in another terminal, to whose end the blocks below it lead.
struct Listening {
    child: Child,
    port: u16,
    lines: mpsc::Receiver<String>,
    /// What it has printed so far.
    printed: String,
    /// Its block.
    block: String,
    /// Where its block stands among the pieces of the page.
    at: usize,
}

impl Listening {
    /// Takes in what it prints until a line begins with this, or to its end.
    fn read_to(&mut self, beginning: Option<&str>) {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.printed.push_str(&line);
                    if beginning.is_some_and(|beginning| line.starts_with(beginning)) {
                        return;
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) if beginning.is_none() => return,
                Err(error) => panic!("{error} of `hooks listen`, after\n{}", self.printed),
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It has ended already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<'a> Page<'a> {
    fn new(receiver: Option<&'a Server>) -> Self {
        let example = include_str!("../../webhooks.example.toml");
        let project = Project::new().file("webhooks.example.toml", example);
        Self { project, receiver, code: String::new(), unused: Vec::new(), listening: None }
    }

    /// The page as it should be: with what its commands print, where they print anything else than it says.
    fn run(mut self, page: &str) -> String {
        let mut pieces: Vec<String> = Vec::new();
        let mut lines = page.split_inclusive('\n');
        while let Some(line) = lines.next() {
            pieces.push(line.to_owned());
            let Some(info) = line.strip_prefix("```").map(str::trim) else { continue };
            let block: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
            match info.split_once(' ') {
                Some(("toml" | "json" | "ini" | "http" | "text", name)) => {
                    self.project = self.project.file(name, &block);
                    self.unused.push(name.to_owned());
                    pieces.push(block);
                }
                Some(("console", "listening")) => {
                    self.end_listening(&mut pieces);
                    self.listen(block, pieces.len());
                    pieces.push(String::new());
                }
                None if info == "console" => pieces.push(self.run_block(&block)),
                None if info == "bash" => {
                    let run = program("bash", ["-euc", &block]).in_project(&self.project);
                    let _ =
                        run.env("PATH", with_hooks_in_path()).run().success().no_stdout().stderr_with(|_| ());
                    pieces.push(block);
                }
                None if info == "sh" => {
                    assert!(block.lines().all(|line| NOT_RUN.contains(&line)), "nothing runs this:\n{block}");
                    pieces.push(block);
                }
                _ => panic!("nothing tries a block of `{info}`:\n{block}"),
            }
            pieces.push("```\n".to_owned());
        }
        self.end_listening(&mut pieces);
        assert!(self.unused.is_empty(), "no command uses {:?}", self.unused);
        pieces.concat()
    }

    /// Starts the `hooks listen` of a block, and waits until requests can be sent to it.
    fn listen(&mut self, block: String, at: usize) {
        let command = block.lines().next().and_then(|line| line.strip_prefix("$ ")).unwrap();
        self.unused.retain(|name| !(command.contains(name.as_str()) || is_found_by_itself(name)));
        // The port is free now; that it stays so until the program has it is all but certain.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut script = command.replacen("hooks listen", &format!("exec hooks listen --port {port}"), 1);
        if let Some(receiver) = self.receiver {
            script = script.replace(RECEIVER, &receiver.url("localhost", ""));
        }
        let mut child = self
            .project
            .command("sh")
            .args(["-c", &format!("exec 2>&1; {script}")])
            .env("PATH", with_hooks_in_path())
            .env("COLUMNS", "120")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (to_us, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            while output.read_line(&mut line).unwrap() > 0 && to_us.send(std::mem::take(&mut line)).is_ok() {}
        });
        let mut listening = Listening { child, port, lines, printed: String::new(), block, at };
        listening.read_to(Some("try:"));
        self.listening = Some(listening);
    }

    /// Waits for the end of what listens, if anything does, and puts what it printed in its place.
    fn end_listening(&mut self, pieces: &mut [String]) {
        let Some(mut listening) = self.listening.take() else { return };
        listening.read_to(None);
        let mut printed = listening.printed.replace(&listening.port.to_string(), "4000");
        if let Some(receiver) = self.receiver {
            printed = printed.replace(&receiver.url("localhost", ""), RECEIVER);
        }
        let (command, expected) = listening.block.split_once('\n').unwrap();
        let alike = matches(&self.redacted(expected), &self.redacted(&printed));
        pieces[listening.at] = format!("{command}\n{}", if alike { expected } else { &printed });
    }

    fn run_block(&mut self, block: &str) -> String {
        assert!(block.starts_with("$ "), "a block of `console` begins with a command:\n{block}");
        let mut actual = String::new();
        for example in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, expected) = example.split_once('\n').unwrap_or((example, ""));
            let expected = if expected.is_empty() || expected.ends_with('\n') {
                expected.to_owned()
            } else {
                format!("{expected}\n")
            };
            let printed = self.run_command(command);
            let alike = matches(&self.redacted(&expected), &self.redacted(&printed));
            actual.push_str(&format!("$ {command}\n{}", if alike { &expected } else { &printed }));
        }
        actual
    }

    fn run_command(&mut self, command: &str) -> String {
        if command == "echo $?" {
            return format!("{}\n", self.code);
        }
        self.unused.retain(|name| !(command.contains(name.as_str()) || is_found_by_itself(name)));
        let mut command = command.replace("cargo run --release --", "hooks");
        if let Some(receiver) = self.receiver {
            command = command.replace(RECEIVER, &receiver.url("localhost", ""));
        }
        if let Some(listening) = &self.listening {
            command = command.replace(LISTENER, &format!("localhost:{}", listening.port));
        }
        let script = format!("{{ {command}\n}} 2>&1; printf '\\n%s' $?");
        let mut printed = String::new();
        program("sh", ["-c", &script])
            .in_project(&self.project)
            .env("PATH", with_hooks_in_path())
            .env("COLUMNS", "120")
            .run()
            .success()
            .stdout_with(|text| text.clone_into(&mut printed))
            .no_stderr();
        let printed = self.with_ports_of_the_page(printed);
        let (text, code) = printed.rsplit_once('\n').unwrap();
        code.clone_into(&mut self.code);
        let is_whole = text.is_empty() || text.ends_with('\n');
        if is_whole { text.to_owned() } else { format!("{text}\n") }
    }

    /// What was printed, with the ports that the page names instead of those that were free.
    fn with_ports_of_the_page(&self, printed: String) -> String {
        let ports = [
            self.receiver.map(|receiver| (receiver.address().port(), RECEIVER)),
            self.listening.as_ref().map(|listening| (listening.port, LISTENER)),
        ];
        ports.into_iter().flatten().fold(printed, |text, (port, shown)| {
            text.replace(&format!(":{port}"), shown.trim_start_matches("localhost"))
        })
    }

    fn redacted(&self, text: &str) -> String {
        // Ports that the page names are not redacted: what is printed must be about them.
        let text = text.replace(":3000", ":receiver").replace(":4000", ":listener");
        let clock = Regex::new(r"(?m)(?:^|\d{4}-\d\d-\d\d )\d\d:\d\d:\d\d  ").unwrap();
        clock.replace_all(&redact(text.as_bytes(), &self.project), "[CLOCK]  ").into_owned()
    }
}

/// Whether `hooks` looks for a file of this name without being told.
fn is_found_by_itself(name: &str) -> bool {
    matches!(name, "webhooks.toml" | ".env")
}

/// Whether a text is what is expected, in which `...` stands for lines that are left out.
fn matches(expected: &str, actual: &str) -> bool {
    let pieces: Vec<&str> = expected.split_inclusive('\n').collect();
    let pieces: Vec<String> =
        pieces.split(|line| line.trim_end() == LEFT_OUT).map(<[&str]>::concat).collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return expected == actual };
    let Some(mut rest) = actual.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

#[test]
fn lines_may_be_left_out_and_nothing_else() {
    for (expected, actual) in [
        ("a\nb\n", "a\nb\n"),
        ("...\n", "a\n"),
        ("a\n...\nd\n", "a\nb\nc\nd\n"),
        ("a\n...\n", "a\nb\n"),
        ("...\nb\n", "a\nb\n"),
    ] {
        assert!(matches(expected, actual), "{expected:?} {actual:?}");
    }
    for (expected, actual) in [
        ("a\n", "a\nb\n"),
        ("", "a\n"),
        ("a\n...\nd\n", "a\nb\n"),
        ("b\n...\n", "a\nb\n"),
        ("a\n...\n", "x\n"),
    ] {
        assert!(!matches(expected, actual), "{expected:?} {actual:?}");
    }
}
