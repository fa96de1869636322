//! Every example in the documentation is run: a block is a file that is written, or commands that run from top to
//! bottom in one directory and print what the page shows.
//!
//! `SNAPSHOTS=overwrite cargo test --test it examples` writes what the commands print into the pages.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use hooks::core::emulator::Assumptions;
use hooks::core::model::{Trigger, TriggerElement};
use regex::Regex;
use similar::{DiffTag, TextDiff};
use snapbox::data::DataFormat;

use crate::harness::{Project, program, redact, with_hooks_in_path};
use crate::server::{Server, answering};

/// The reader's own receiver, as the pages call it.
const RECEIVER: &str = "localhost:3000";
/// The commands that serve until they are stopped, with the port that they have on the pages.
const SERVERS: [(&str, &str); 2] = [("hooks listen", ":4000"), ("hooks emulate", ":4010")];
/// A program that hangs must fail, not stop the others.
const PATIENCE: Duration = Duration::from_mins(1);

/// The response of the reader's receiver. It closes the connection, so that no second request is sent over it.
const STORED: &str = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\
                      connection: close\r\n\r\n{\"stored\":true}";

/// Commands that are shown but not run here: building takes minutes, and the tests would run themselves.
const NOT_RUN: &[&str] = &[
    "cargo test",
    "cargo install --locked --path .",
    // `scripts/package.sh` runs these, with the packages that it builds.
    "cargo install --locked add-to-calendar-hooks",
    "pip install add-to-calendar-hooks",
    concat!("apt install ./add-to-calendar-hooks_", env!("CARGO_PKG_VERSION"), "-1_amd64.deb"),
    "scripts/package.sh",
    // These need Podman, or a published version.
    "podman build -t hooks .",
    "podman run --rm -v \"$PWD:/work:ro\" hooks check",
    "sha256sum --check --ignore-missing SHA256SUMS",
    "gh attestation verify hooks-0.1.0-x86_64-unknown-linux-musl.tar.gz --repo example/hooks",
    // `scripts/check-emulate.sh` runs these.
    "pip install requests",
    "python3 -m unittest",
    "node --test",
];

/// A line that replaces any number of lines.
const ELLIPSIS: &str = "...";

/// Pages that other tests generate and compare.
const GENERATED: [&str; 4] = ["docs/cli.md", "docs/failures.md", "docs/json.md", "docs/rules.md"];

macro_rules! pages {
    ($($name:ident => $page:literal,)*) => {
        const PAGES: &[&str] = &[$($page),*];

        mod every_example_prints_what_the_page_shows {
            $(#[test] fn $name() { super::run_page($page); })*
        }
    };
}

pages! {
    readme => "README.md",
    start => "docs/README.md",
    security => "SECURITY.md",
    account => "docs/account.md",
    backfill => "docs/backfill.md",
    ci => "docs/ci.md",
    csv => "docs/csv.md",
    definitions => "docs/definitions.md",
    emulate => "docs/emulate.md",
    env => "docs/env.md",
    history => "docs/history.md",
    inspector => "docs/inspector.md",
    install => "docs/install.md",
    labels => "docs/labels.md",
    listen => "docs/listen.md",
    matching => "docs/match.md",
    platform => "docs/platform.md",
    send => "docs/send.md",
    support => "docs/support.md",
}

fn read(page: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap()
}

fn run_page(page: &str) {
    let shown =
        snapbox::Data::read_from(&Path::new(env!("CARGO_MANIFEST_DIR")).join(page), Some(DataFormat::Text));
    snapbox::assert_data_eq!(Page::new().run(&read(page)), shown.raw());
}

#[test]
fn every_page_is_run_or_generated() {
    let docs = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap();
    let paths = docs.map(|entry| entry.unwrap().path());
    let pages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let found: BTreeSet<String> =
        pages.map(|path| format!("docs/{}", path.file_name().unwrap().to_str().unwrap())).collect();
    let known = PAGES.iter().chain(&GENERATED).filter(|page| page.starts_with("docs/"));
    assert_eq!(found, known.map(ToString::to_string).collect());
}

#[test]
fn the_exit_codes_in_the_readme_are_those_of_the_program() {
    let readme = read("README.md");
    for exit in hooks::commands::Exit::ALL {
        let row = format!("| {} | {} |", exit.code(), exit.meaning());
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn the_readme_names_the_minimum_version_of_rust() {
    let needed = format!("[Rust](https://rustup.rs) {} or newer", env!("CARGO_PKG_RUST_VERSION"));
    assert!(read("README.md").contains(&needed), "{needed}");
}

#[test]
fn the_page_of_labels_lists_every_accepted_word() {
    let page = read("docs/labels.md");
    let elements = TriggerElement::ALL.into_iter().flat_map(TriggerElement::names);
    for name in Trigger::ALL.into_iter().flat_map(Trigger::names).chain(elements) {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_page_of_the_emulator_lists_every_assumption() {
    let page = read("docs/emulate.md");
    for assumption in Assumptions::ALL {
        let values: Vec<String> = assumption.values.iter().map(|value| format!("`{value}`")).collect();
        let row = format!("| `{}` | {} | {} |", assumption.name, assumption.question, values.join(", "));
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn every_link_between_pages_leads_to_a_file_and_a_heading() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let link = Regex::new(r"\]\(([^)#]*)(?:#([^)]*))?\)").unwrap();
    let anchor_of = |heading: &str| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        heading.replace(|c: char| !c.is_alphanumeric() && !"-_".contains(c), "")
    };
    for page in PAGES.iter().chain(&GENERATED) {
        let page = top.join(page);
        for captures in link.captures_iter(&std::fs::read_to_string(&page).unwrap()) {
            let path = &captures[1];
            if path.starts_with("https://") {
                continue;
            }
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let Some(anchor) = captures.get(2) else {
                assert!(target.exists(), "{}: {}", page.display(), &captures[0]);
                continue;
            };
            let text = std::fs::read_to_string(&target).unwrap();
            let mut headings = text.lines().filter(|line| line.starts_with('#'));
            let is_found = headings.any(|heading| anchor_of(heading) == anchor.as_str());
            assert!(is_found, "{}: {}", page.display(), &captures[0]);
        }
    }
}

/// The directory in which the examples of a page run.
struct Page {
    project: Project,
    receiver: Server,
    /// The last exit code, for `echo $?`.
    code: String,
    /// Files that no command has named so far.
    unused: Vec<String>,
    listening: Option<Listening>,
}

/// A server of `hooks` in another terminal, which the blocks after it send to.
struct Listening {
    child: Child,
    /// Its port, with a colon before it.
    port: String,
    /// The port on the page, with a colon before it.
    shown_port: &'static str,
    lines: mpsc::Receiver<String>,
    printed: String,
    block: String,
    /// The index of its block in the pieces of the page.
    index: usize,
}

impl Listening {
    /// Reads what it prints up to a line that begins with this, or to its end.
    fn read_to(&mut self, start: Option<&str>) {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.printed.push_str(&line);
                    if start.is_some_and(|start| line.starts_with(start)) {
                        return;
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) if start.is_none() => return,
                Err(error) => panic!("{error} of a server, after\n{}", self.printed),
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It is still running if the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Page {
    fn new() -> Self {
        let example = include_str!("../../webhooks.example.toml");
        let project = Project::new().file("webhooks.example.toml", example);
        let receiver = answering(STORED).maybe_unvisited();
        Self { project, receiver, code: String::new(), unused: Vec::new(), listening: None }
    }

    /// The page as it should be: with what its commands print, where that differs from what it shows.
    fn run(mut self, page: &str) -> String {
        let mut pieces: Vec<String> = Vec::new();
        let mut lines = page.split_inclusive('\n');
        while let Some(line) = lines.next() {
            pieces.push(line.to_owned());
            let Some(info) = line.strip_prefix("```").map(str::trim) else { continue };
            let block: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
            let piece = match info.split_once(' ').unwrap_or((info, "")) {
                ("console", "listening") => {
                    self.end_listening(&mut pieces);
                    self.listen(block, pieces.len())
                }
                ("console", "") => self.run_block(&block),
                ("bash", "") => {
                    let printed = self.run_script("bash", &block);
                    assert_eq!(self.code, "0", "a script succeeds:\n{block}{printed}");
                    block
                }
                ("sh", "") if block.lines().all(|line| NOT_RUN.contains(&line)) => block,
                // `check::ci` runs the commands in it; `scripts/check-packaging.sh` validates those with a name.
                ("yaml", _) => block,
                // `scripts/check-emulate.sh` runs these.
                ("python" | "js", name) if !name.is_empty() => block,
                ("toml" | "json" | "ini" | "http" | "text" | "csv", name) if !name.is_empty() => {
                    self.project = self.project.file(name, &block);
                    self.unused.push(name.to_owned());
                    block
                }
                _ => panic!("nothing runs a block of `{info}`:\n{block}"),
            };
            pieces.push(piece);
            pieces.push("```\n".to_owned());
        }
        self.end_listening(&mut pieces);
        assert!(self.unused.is_empty(), "no command uses {:?}", self.unused);
        pieces.concat()
    }

    /// Starts the server of a block and waits until requests can be sent to it.
    fn listen(&mut self, block: String, index: usize) -> String {
        let command = block.lines().next().and_then(|line| line.strip_prefix("$ ")).unwrap();
        self.mark_used(command);
        let (server, shown_port) =
            SERVERS.into_iter().find(|(server, _)| command.contains(server)).expect("a server");
        let script = self.with_real_ports(command).replacen(server, &format!("exec {server} --port 0"), 1);
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
        let mut listening =
            Listening { child, port: String::new(), shown_port, lines, printed: String::new(), block, index };
        listening.read_to(Some("try:"));
        let port = Regex::new(r"ing .*on http://127\.0\.0\.1(:\d+)").unwrap();
        listening.port = port.captures(&listening.printed).unwrap()[1].to_owned();
        self.listening = Some(listening);
        String::new()
    }

    /// Waits for the end of a server, if one runs, and puts what it printed into its block.
    fn end_listening(&mut self, pieces: &mut [String]) {
        let Some(mut listening) = self.listening.take() else { return };
        if listening.block.starts_with("$ hooks emulate") {
            let child = rustix::process::Pid::from_child(&listening.child);
            rustix::process::kill_process(child, rustix::process::Signal::TERM).unwrap();
        }
        listening.read_to(None);
        let printed = listening.printed.replace(&listening.port, listening.shown_port);
        let printed = self.with_ports_of_the_page(&printed);
        let (command, expected) = listening.block.split_once('\n').unwrap();
        pieces[listening.index] = format!("{command}\n{}", self.expected_or(expected, &printed));
    }

    fn run_block(&mut self, block: &str) -> String {
        assert!(block.starts_with("$ "), "a block of `console` begins with a command:\n{block}");
        let mut actual = String::new();
        for example in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, expected) = example.split_once('\n').unwrap_or((example, ""));
            let is_whole = expected.is_empty() || expected.ends_with('\n');
            let expected = format!("{expected}{}", if is_whole { "" } else { "\n" });
            let printed = if command == "echo $?" {
                format!("{}\n", self.code)
            } else {
                self.run_script("sh", &command.replace("cargo run --release --", "hooks"))
            };
            actual.push_str(&format!("$ {command}\n{}", self.expected_or(&expected, &printed)));
        }
        actual
    }

    /// What a script prints, on both streams; its last line ends with a line break.
    fn run_script(&mut self, shell: &str, script: &str) -> String {
        self.mark_used(script);
        let script = self.with_real_ports(script);
        let script = format!("{{ {}\n}} 2>&1; printf '\\n%s' $?", script.trim_end());
        let mut printed = String::new();
        program(shell, ["-c", &script])
            .in_project(&self.project)
            .env("PATH", with_hooks_in_path())
            .env("COLUMNS", "120")
            .run()
            .success()
            .stdout_with(|text| text.clone_into(&mut printed))
            .no_stderr();
        let printed = self.with_ports_of_the_page(&printed);
        let (text, code) = printed.rsplit_once('\n').unwrap();
        code.clone_into(&mut self.code);
        let is_whole = text.is_empty() || text.ends_with('\n');
        if is_whole { text.to_owned() } else { format!("{text}\n") }
    }

    /// Removes the files that a command names, or that `hooks` finds without being told, from those without a use.
    fn mark_used(&mut self, command: &str) {
        self.unused.retain(|name| {
            !command.contains(name.as_str())
                && !matches!(name.as_str(), "webhooks.toml" | ".env" | "webhooks.fields.json")
        });
    }

    fn with_real_ports(&self, command: &str) -> String {
        let command = command.replace(RECEIVER, &self.receiver.url("localhost", ""));
        match &self.listening {
            Some(Listening { port, shown_port, .. }) => {
                ["localhost", "127.0.0.1"].into_iter().fold(command, |command, host| {
                    command.replace(&format!("{host}{shown_port}"), &format!("{host}{port}"))
                })
            }
            None => command,
        }
    }

    fn with_ports_of_the_page(&self, printed: &str) -> String {
        let printed = printed.replace(&self.receiver.url("", ""), &RECEIVER["localhost".len()..]);
        match &self.listening {
            Some(listening) => printed.replace(&listening.port, listening.shown_port),
            None => printed,
        }
    }

    /// What the page shows, with the lines that were printed where they differ. An ellipsis stays.
    fn expected_or(&self, expected: &str, printed: &str) -> String {
        let (old, new) = (self.redacted(expected), self.redacted(printed));
        if matches(&old, &new) {
            return expected.to_owned();
        }
        let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
        let (expected, printed) = (lines(expected), lines(printed));
        let mut merged = Vec::new();
        for change in TextDiff::from_lines(&old, &new).ops() {
            let (old, new) = (&expected[change.old_range()], &printed[change.new_range()]);
            let is_ellipsis = |line: &String| line.trim_end() == ELLIPSIS;
            let first = old.iter().position(is_ellipsis);
            let after = old.iter().rev().position(is_ellipsis).unwrap_or_default();
            match first {
                _ if change.tag() == DiffTag::Equal => merged.extend_from_slice(old),
                None => merged.extend_from_slice(new),
                Some(before) => {
                    merged.extend_from_slice(&new[..before.min(new.len())]);
                    merged.push(format!("{ELLIPSIS}\n"));
                    merged.extend_from_slice(
                        &new[new.len().saturating_sub(after).max(before.min(new.len()))..],
                    );
                }
            }
        }
        merged.concat()
    }

    fn redacted(&self, text: &str) -> String {
        // Ports that the page names are not redacted: what is printed must be about them.
        let text =
            text.replace(":3000", ":receiver").replace(":4000", ":listener").replace(":4010", ":emulator");
        let text = redact(text.as_bytes(), &self.project);
        let varying = Regex::new(r"(?m)(?:^|\d{4}-\d\d-\d\d )\d\d:\d\d:\d\d  |#token=\S+").unwrap();
        // Columns are as wide as the times in them.
        let gap = Regex::new(r"(\S) {2,}").unwrap();
        gap.replace_all(&varying.replace_all(&text, "[VARIES]  "), "$1  ").into_owned()
    }
}

/// Whether a text is what is expected, in which `...` replaces lines that are left out.
fn matches(expected: &str, actual: &str) -> bool {
    let pieces: Vec<&str> = expected.split_inclusive('\n').collect();
    let pieces: Vec<String> =
        pieces.split(|line| line.trim_end() == ELLIPSIS).map(<[&str]>::concat).collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return expected == actual };
    let Some(mut rest) = actual.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

#[test]
fn an_ellipsis_replaces_whole_lines_and_nothing_else() {
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
