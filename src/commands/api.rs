//! Access to the account's API: finds the base URL and the key, and runs requests.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use crate::core::account::{AccountKey, ApiUrl, DEFAULT_API};
use crate::core::definitions::{AccountSettings, read};
use crate::core::delivery::duration_in_words;
use crate::core::diagnostic::Diagnostic;
use crate::core::request::Environment as _;
use crate::core::text::{Source, one_line};
use crate::io::account::{AccountClient, AccountEvent, BaseFile, account_digest, digest_key};
use crate::io::env::Environment;
use crate::io::files::{self, STANDARD_INPUT};
use crate::io::http::{Options, SetupError};
use crate::io::{interrupt, process};
use crate::output::printer::Printer;

use super::args::{AccountArgs, ApiArgs, ApiConnection, EnvironmentArgs};
use super::context::Context;
use super::error::{Error, Result, failed};

/// These environment variables are looked up like any `${NAME}`.
pub const KEY: &str = "HOOKS_API_KEY";
pub const API: &str = "HOOKS_API";

/// The size limit of a key file.
const MAX_KEY_BYTES: u64 = 64 * 1024;

#[derive(Debug, Clone)]
pub struct ApiAccess {
    pub api: ApiUrl,
    /// The name of the account.
    pub account: String,
    key: AccountKey,
    /// For messages.
    pub key_source: String,
    connection: ApiConnection,
    options: Options,
}

impl ApiAccess {
    /// Finds the API and the key. From now on, the key is masked in all output.
    pub fn new(
        cx: &mut Context,
        args: &AccountArgs,
        account: &AccountSettings,
        environment: &Environment,
    ) -> Result<Self> {
        let (api, connection) = args.api();
        Self::open(cx, api, connection, account, environment)
    }

    /// The same for a command with options of its own for the connection.
    pub fn open(
        cx: &mut Context,
        args: &ApiArgs,
        connection: ApiConnection,
        account: &AccountSettings,
        environment: &Environment,
    ) -> Result<Self> {
        let (key, key_source) = key(cx, args.key_file.as_deref(), account, environment)?;
        cx.printer.hide(&key.redactor());
        let api = match &args.api {
            Some(api) => api.clone(),
            None => api(account, environment, &key_source)?,
        };
        let options = connection.options()?;
        Ok(Self { api, account: account.name.clone(), key, key_source, connection, options })
    }

    /// The base for comparing a definitions file with this account.
    pub fn base_file(&self, definitions: &Path, will_store: bool) -> std::io::Result<Option<BaseFile>> {
        BaseFile::open(&self.api, &self.key, definitions, will_store)
    }

    pub fn last_four(&self) -> Option<&str> {
        self.key.last_four()
    }

    /// A digest that identifies something in this account on this machine.
    pub fn digest(&self, parts: &[&str]) -> std::io::Result<String> {
        Ok(account_digest(&digest_key()?, &self.api, &self.key, parts))
    }

    pub fn client<'a>(
        &self,
        report: &'a mut dyn FnMut(AccountEvent),
    ) -> std::result::Result<AccountClient<'a>, SetupError> {
        AccountClient::new(self.api.clone(), self.key.clone(), &self.options, report)
    }

    pub fn shows(&self, event: &AccountEvent) -> bool {
        self.connection.is_verbose || !matches!(event, AccountEvent::Request { .. })
    }

    /// Runs requests until they are done or a signal ends them.
    pub fn run<T>(&self, cx: &mut Context, work: impl AsyncFnOnce(&AccountClient<'_>) -> T) -> Result<T> {
        self.run_sharing(&RefCell::new(cx), work)
    }

    /// The same for a command that uses the context between requests.
    pub fn run_sharing<T>(
        &self,
        cx: &RefCell<&mut Context>,
        work: impl AsyncFnOnce(&AccountClient<'_>) -> T,
    ) -> Result<T> {
        let mut report = |event| {
            if self.shows(&event) {
                show_event(&mut cx.borrow_mut().printer, event);
            }
        };
        let client = self.client(&mut report).map_err(|error| self.connection.setup_error(error))?;
        let runtime = process::runtime().map_err(|error| failed("cannot set up the network", &error))?;
        let done = runtime.block_on(async {
            tokio::select! {
                biased;
                Ok(()) = interrupt::signalled() => None,
                done = work(&client) => Some(done),
            }
        });
        // A name lookup cannot be cancelled, so do not wait for it.
        runtime.shutdown_background();
        done.ok_or_else(Error::interrupted)
    }
}

pub fn show_event(printer: &mut Printer, event: AccountEvent) {
    match event {
        AccountEvent::Request { method, url, result, took } => {
            printer.status(&format!("{method} {url}: {result}, {} ms", took.as_millis()));
        }
        AccountEvent::Paused { wait } => {
            printer.status(&format!("the API limits the rate: waiting {}", duration_in_words(wait)));
        }
        AccountEvent::Retrying { wait, failure } => {
            printer.status(&format!("{}; retrying in {}", failure.what, duration_in_words(wait)));
        }
    }
}

/// The account's settings. The rest of the definitions file may have errors, and the file may be missing.
pub fn account(cx: &Context, args: &ApiArgs) -> Result<AccountSettings> {
    let definitions = match cx.definitions_path() {
        Ok(_) => cx.definitions_to_edit()?,
        Err(error) if args.names_account() => return Err(error),
        Err(_) => read(&Arc::new(Source::new(super::context::DEFAULT_FILE, ""))).0,
    };
    args.account(&definitions)
}

/// The environment for a command that does not need definitions. Without a definitions file, `.env` is read from the current
/// directory.
pub fn environment(cx: &mut Context, args: &EnvironmentArgs) -> Result<Environment> {
    let path = cx.definitions_path().unwrap_or_else(|_| super::context::DEFAULT_FILE.into());
    let environment = Environment::load(&path, &args.env_file, true)?;
    let problems: Vec<_> = environment.files().flat_map(|(_, problems)| problems).cloned().collect();
    cx.printer.findings(&problems);
    Ok(environment)
}

/// The environment variable with the key of an account.
pub fn key_name(account: &AccountSettings) -> &str {
    account.key.as_ref().map_or(KEY, |key| &key.value)
}

/// The key and where it came from.
fn key(
    cx: &mut Context,
    file: Option<&Path>,
    account: &AccountSettings,
    environment: &Environment,
) -> Result<(AccountKey, String)> {
    let (text, source) = match file {
        Some(path) if path.as_os_str() == "-" => {
            (as_text(files::read_stdin(MAX_KEY_BYTES)?), STANDARD_INPUT.to_owned())
        }
        Some(path) => {
            let shown = path.display().to_string();
            if files::is_open_to_others(path) {
                cx.printer.warning(&format!(
                    "other users of this machine can read `{}`: run `chmod 600` on it",
                    one_line(&shown)
                ));
            }
            (as_text(files::read(path, MAX_KEY_BYTES)?), format!("`{shown}`"))
        }
        None => {
            let found =
                environment.get(key_name(account)).ok_or_else(|| missing_key(account, environment))?;
            (found.value.reveal().to_owned(), in_quotes(&found.source))
        }
    };
    let key = AccountKey::parse(&text).map_err(|reason| {
        let message = format!("invalid API key from {}: {reason}", one_line(&source));
        let help = if source == STANDARD_INPUT && text.trim().is_empty() {
            "pipe the key in, or name a file that contains it with `--key-file`"
        } else {
            "copy the key from the app again"
        };
        Error::from(Diagnostic::error("api-key-invalid", message).help(help))
    })?;
    Ok((key, source))
}

fn missing_key(account: &AccountSettings, environment: &Environment) -> Error {
    let name = key_name(account);
    let of = if account.is_default() {
        String::new()
    } else {
        format!(", the API key of the account `{}`", one_line(&account.name))
    };
    Diagnostic::error("api-key-missing", format!("`{name}` is not set{of}"))
        .help("create a key in the app under Settings → Technical")
        .help(format!(
            "set it as `{name}=…` in `{}` or the environment, or pass its file with `--key-file`",
            one_line(environment.own_file())
        ))
        .into()
}

fn as_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// `the environment`, or a file in backticks.
fn in_quotes(source: &str) -> String {
    if source == "the environment" { source.to_owned() } else { format!("`{source}`") }
}

/// The base URL from the account's settings, else from the environment. The definitions file and `.env` may come from a project
/// that someone else wrote: if they name another host, a key from elsewhere is not sent there.
fn api(account: &AccountSettings, environment: &Environment, key_source: &str) -> Result<ApiUrl> {
    let (text, what, source) = match (&account.api, environment.get(API)) {
        (Some(own), _) => {
            let what = format!("`api` of the account `{}`", one_line(&account.name));
            (own.value.clone(), what, None)
        }
        (None, Some(found)) => {
            let source = in_quotes(&found.source);
            let what = format!("`{API}` in {}", one_line(&source));
            (found.value.reveal().to_owned(), what, Some(source))
        }
        (None, None) => (DEFAULT_API.to_owned(), "API".to_owned(), None),
    };
    let api = ApiUrl::parse(&text).map_err(|reason| {
        let message = format!("invalid {what}: {reason}");
        Error::from(Diagnostic::error("api-invalid", message).help(format!("the default is `{DEFAULT_API}`")))
    })?;
    let is_own_file = key_source == in_quotes(environment.own_file());
    let may_be_foreign = match source {
        // The definitions file and its `.env` belong together.
        None => !is_own_file,
        Some(source) => source.starts_with('`') && source != key_source,
    };
    if may_be_foreign && !api.is_trusted() {
        let message = format!("{what} names another host: `{api}`");
        return Err(Diagnostic::error("api-untrusted", message)
            .help("if the key may be sent there, pass the URL with `--api`")
            .into());
    }
    Ok(api)
}
