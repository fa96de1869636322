//! One run of the program and its result.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use snapbox::IntoData;
use snapbox::assert::DEFAULT_ACTION_ENV;

use super::Project;
use super::redact::redact;

/// A run that hangs fails after this time.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program with these arguments.
pub(crate) fn hooks<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run<'static> {
    program(env!("CARGO_BIN_EXE_hooks"), arguments)
}

/// A shell script in which `"$0"` is the program.
pub(crate) fn shell(script: &str) -> Run<'static> {
    program("sh", ["-c", script, env!("CARGO_BIN_EXE_hooks")])
}

/// A `PATH` on which a shell finds the program.
pub(crate) fn with_hooks_in_path() -> OsString {
    let own = Path::new(env!("CARGO_BIN_EXE_hooks")).parent().unwrap().to_owned();
    let (_, path) = std::env::vars_os().find(|(name, _)| name == "PATH").unwrap();
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path))).unwrap()
}

/// Any other program, in the same environment.
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

/// Standard input is empty unless it is given.
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
    /// Without it, the run gets an empty project.
    pub(crate) fn in_project(self, project: &Project) -> Run<'_> {
        let Self { program, arguments, project: _, folder, environment, stdin } = self;
        Run { program, arguments, project: Some(project), folder, environment, stdin }
    }

    /// Runs in a subdirectory of the project.
    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(bytes.as_ref().to_owned());
        self
    }

    pub(crate) fn run(self) -> Outcome {
        let own = self.project.is_none().then(Project::new);
        let project = self.project.or(own.as_ref()).unwrap();
        let mut command = project.command(&self.program);
        command.args(&self.arguments).envs(self.environment);
        if let Some(folder) = self.folder {
            command.current_dir(project.join(folder));
        }
        let words = self.arguments.iter().map(|argument| argument.to_string_lossy());
        let command_line =
            std::iter::once(self.program.as_str().into()).chain(words).collect::<Vec<_>>().join(" ");
        let stdin = snapbox::Data::binary(self.stdin.unwrap_or_default());
        let output =
            snapbox::cmd::Command::from_std(command).stdin(stdin).timeout(PATIENCE).output().unwrap();
        Outcome {
            command_line,
            stdout: redact(&output.stdout, project),
            stderr: redact(&output.stderr, project),
            output,
            unchecked: vec!["exit code", "stdout", "stderr"],
        }
    }
}

/// The result of a run. A test that drops it without checking exit code, stdout and stderr fails.
pub(crate) struct Outcome {
    command_line: String,
    output: Output,
    /// Redacted.
    stdout: String,
    stderr: String,
    unchecked: Vec<&'static str>,
}

impl Outcome {
    fn checked(mut self, part: &str) -> Self {
        self.unchecked.retain(|own| *own != part);
        self
    }

    #[track_caller]
    pub(crate) fn success(self) -> Self {
        self.code(0)
    }

    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.output.status.code(), Some(code), "the exit code of {self}");
        self.checked("exit code")
    }

    /// Any exit code but that of a panic.
    #[track_caller]
    pub(crate) fn any_code(self) -> Self {
        assert!(self.output.status.code().is_some_and(|code| code != 101), "{self}");
        self.checked("exit code")
    }

    /// Checks the exit code; none if a signal killed the program.
    pub(crate) fn any_end(self, check: impl FnOnce(Option<i32>)) -> Self {
        check(self.output.status.code());
        self.checked("exit code")
    }

    /// Compares with a snapshot: `str![]`, to be filled by `SNAPSHOTS=overwrite`.
    #[track_caller]
    pub(crate) fn stdout(self, expected: impl IntoData) -> Self {
        snapshot(&self.stdout, expected);
        self.checked("stdout")
    }

    #[track_caller]
    pub(crate) fn stderr(self, expected: impl IntoData) -> Self {
        snapshot(&self.stderr, expected);
        self.checked("stderr")
    }

    /// Compares the bytes.
    #[track_caller]
    pub(crate) fn stdout_is(self, expected: impl AsRef<[u8]>) -> Self {
        let expected = expected.as_ref();
        let text = String::from_utf8_lossy(expected);
        assert!(self.output.stdout == expected, "standard output should be\n{text}\nof {self}");
        self.checked("stdout")
    }

    /// Checks the text before it is redacted.
    #[track_caller]
    pub(crate) fn stdout_with(self, check: impl FnOnce(&str)) -> Self {
        check(std::str::from_utf8(&self.output.stdout).expect("standard output is UTF-8"));
        self.checked("stdout")
    }

    #[track_caller]
    pub(crate) fn stderr_with(self, check: impl FnOnce(&str)) -> Self {
        check(std::str::from_utf8(&self.output.stderr).expect("standard error is UTF-8"));
        self.checked("stderr")
    }

    #[track_caller]
    pub(crate) fn stdout_json(self, check: impl FnOnce(&serde_json::Value)) -> Self {
        self.stdout_with(|text| check(&serde_json::from_str(text).expect("standard output is JSON")))
    }

    #[track_caller]
    pub(crate) fn no_stdout(self) -> Self {
        assert!(self.output.stdout.is_empty(), "standard output should be empty: {self}");
        self.checked("stdout")
    }

    #[track_caller]
    pub(crate) fn no_stderr(self) -> Self {
        assert!(self.output.stderr.is_empty(), "standard error should be empty: {self}");
        self.checked("stderr")
    }

    /// For a test of something else.
    pub(crate) fn ignore_stdout(self) -> Self {
        self.checked("stdout")
    }

    pub(crate) fn ignore_stderr(self) -> Self {
        self.checked("stderr")
    }

    pub(crate) fn ignore_output(self) -> Self {
        self.checked("stdout").checked("stderr")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command_line, output, stdout, stderr, .. } = self;
        let status = output.status;
        write!(f, "`{command_line}` ({status})\n--- standard output\n{stdout}\n--- standard error\n{stderr}")
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.unchecked.is_empty(), "{:?} must each be checked: {self}", self.unchecked);
        }
    }
}

/// Backslashes in the snapshot are not path separators.
#[track_caller]
fn snapshot(actual: &str, expected: impl IntoData) {
    let expected = expected.into_data();
    snapbox::Assert::new().action_env(DEFAULT_ACTION_ENV).normalize_paths(false).eq(actual, expected);
}
