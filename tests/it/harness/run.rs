//! One run of the program, and what came of it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use snapbox::IntoData;
use snapbox::assert::DEFAULT_ACTION_ENV;

use super::Project;
use super::redact::redact;

/// A run that hangs must fail, not stop the others.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program with these arguments.
pub(crate) fn hooks<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run<'static> {
    program(env!("CARGO_BIN_EXE_hooks"), arguments)
}

/// A script for the shell, in which `"$0"` is the program.
pub(crate) fn shell(script: &str) -> Run<'static> {
    program("sh", ["-c", script, env!("CARGO_BIN_EXE_hooks")])
}

/// A `PATH` by which a shell finds the program by its name.
pub(crate) fn with_hooks_in_path() -> OsString {
    let own = Path::new(env!("CARGO_BIN_EXE_hooks")).parent().unwrap().to_owned();
    let (_, path) = std::env::vars_os().find(|(name, _)| name == "PATH").unwrap();
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).unwrap()
}

/// Any program, in the same surroundings.
pub(crate) fn program<A: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> Run<'static> {
    Run {
        program: name.to_owned(),
        arguments: arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect(),
        project: None,
        folder: None,
        environment: Vec::new(),
        stdin: None,
    }
}

/// A run to come. Standard input is closed unless it is given.
#[must_use]
pub(crate) struct Run<'a> {
    program: String,
    arguments: Vec<OsString>,
    project: Option<&'a Project>,
    folder: Option<String>,
    environment: Vec<(String, OsString)>,
    stdin: Option<Vec<u8>>,
}

impl Run<'_> {
    /// Runs in this project; without it, in an empty one of its own.
    pub(crate) fn in_project(self, project: &Project) -> Run<'_> {
        let Self { program, arguments, project: _, folder, environment, stdin } = self;
        Run { program, arguments, project: Some(project), folder, environment, stdin }
    }

    /// Runs in a folder of the project.
    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Gives these bytes on standard input.
    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(bytes.as_ref().to_owned());
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        let own = self.project.is_none().then(Project::new);
        let project = self.project.or(own.as_ref()).unwrap();
        let mut command = project.command(&self.program);
        command.args(&self.arguments).envs(self.environment);
        if let Some(folder) = self.folder {
            command.current_dir(project.join(folder));
        }
        let mut said = vec!["hooks".to_owned()];
        said.extend(self.arguments.iter().map(|argument| argument.to_string_lossy().into_owned()));
        let stdin = snapbox::Data::binary(self.stdin.unwrap_or_default());
        let output =
            snapbox::cmd::Command::from_std(command).stdin(stdin).timeout(PATIENCE).output().unwrap();
        Outcome {
            said: said.join(" "),
            stdout: redact(&output.stdout, project),
            stderr: redact(&output.stderr, project),
            output,
            looked_at: LookedAt::default(),
        }
    }
}

/// What came of a run. Dropped before its status, standard output and standard error were all looked at, it
/// fails the test.
pub(crate) struct Outcome {
    said: String,
    output: Output,
    /// Standard output with what differs from run to run taken out.
    stdout: String,
    /// Standard error likewise.
    stderr: String,
    looked_at: LookedAt,
}

#[derive(Default)]
struct LookedAt {
    status: bool,
    stdout: bool,
    stderr: bool,
}

impl Outcome {
    /// It ended with 0.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        self.code(0)
    }

    /// It ended with this code.
    #[track_caller]
    pub(crate) fn code(mut self, code: i32) -> Self {
        assert_eq!(self.output.status.code(), Some(code), "the exit code of {self}");
        self.looked_at.status = true;
        self
    }

    /// It ended with some code, of which others speak.
    #[track_caller]
    pub(crate) fn any_code(mut self) -> Self {
        assert!(self.output.status.code().is_some_and(|code| code != 101), "a code of its own: {self}");
        self.looked_at.status = true;
        self
    }

    /// It ended as it may, killed for instance.
    pub(crate) fn any_end(mut self, look: impl FnOnce(Option<i32>)) -> Self {
        look(self.output.status.code());
        self.looked_at.status = true;
        self
    }

    /// Standard output is this snapshot: `str![]`, to be filled by `SNAPSHOTS=overwrite`.
    #[track_caller]
    pub(crate) fn stdout(mut self, expected: impl IntoData) -> Self {
        snapshot(&self.stdout, expected);
        self.looked_at.stdout = true;
        self
    }

    /// Standard error is this snapshot.
    #[track_caller]
    pub(crate) fn stderr(mut self, expected: impl IntoData) -> Self {
        snapshot(&self.stderr, expected);
        self.looked_at.stderr = true;
        self
    }

    /// Standard output holds exactly these bytes.
    #[track_caller]
    pub(crate) fn stdout_is(mut self, expected: impl AsRef<[u8]>) -> Self {
        let (actual, expected) = (&self.output.stdout, expected.as_ref());
        assert!(
            actual == expected,
            "standard output should be\n{}\nof {self}",
            String::from_utf8_lossy(expected)
        );
        self.looked_at.stdout = true;
        self
    }

    /// Looks at standard output, as it came.
    #[track_caller]
    pub(crate) fn stdout_with(mut self, look: impl FnOnce(&str)) -> Self {
        look(std::str::from_utf8(&self.output.stdout).expect("standard output is UTF-8"));
        self.looked_at.stdout = true;
        self
    }

    /// Looks at standard error, as it came.
    #[track_caller]
    pub(crate) fn stderr_with(mut self, look: impl FnOnce(&str)) -> Self {
        look(std::str::from_utf8(&self.output.stderr).expect("standard error is UTF-8"));
        self.looked_at.stderr = true;
        self
    }

    /// Nothing of the output matters.
    pub(crate) fn ignore_output(self) -> Self {
        self.stdout_with(|_| ()).stderr_with(|_| ())
    }

    /// Standard error is empty.
    #[track_caller]
    pub(crate) fn no_stderr(self) -> Self {
        let whole = self.to_string();
        self.stderr_with(|text| assert!(text.is_empty(), "standard error should be empty: {whole}"))
    }

    /// Standard output is empty.
    #[track_caller]
    pub(crate) fn no_stdout(self) -> Self {
        let whole = self.to_string();
        self.stdout_with(|text| assert!(text.is_empty(), "standard output should be empty: {whole}"))
    }

    /// Standard output is this JSON, whatever its spaces.
    #[track_caller]
    pub(crate) fn stdout_json(self, look: impl FnOnce(&serde_json::Value)) -> Self {
        self.stdout_with(|text| look(&serde_json::from_str(text).expect("standard output is JSON")))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { said, output, stdout, stderr, .. } = self;
        write!(f, "`{said}` ({})\n--- standard output\n{stdout}\n--- standard error\n{stderr}", output.status)
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        let LookedAt { status, stdout, stderr } = self.looked_at;
        if !std::thread::panicking() {
            assert!(status && stdout && stderr, "status, stdout and stderr are each to be looked at: {self}");
        }
    }
}

/// A back slash stays one: only what the snapshot itself leaves open is open.
#[track_caller]
fn snapshot(actual: &str, expected: impl IntoData) {
    let expected = expected.into_data();
    snapbox::Assert::new().action_env(DEFAULT_ACTION_ENV).normalize_paths(false).eq(actual, expected);
}
