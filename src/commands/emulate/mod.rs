//! `hooks emulate`

mod args;
mod definitions_file;
mod deliveries;
mod event_loop;
mod firing;
mod log;

use std::collections::HashMap;
use std::io::Read;

use tokio::sync::oneshot;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::one_line;
use crate::io::emulator::{Emulator, EmulatorError};
use crate::io::http::Transport;
use crate::io::interrupt::Signals;
use crate::io::process;
use crate::io::web::Page;
use crate::output::json::{emulator_json, emulator_ready_json};

use self::definitions_file::{DefinitionsFile, Loaded, warn_of_unusable};
use self::deliveries::Deliveries;
use self::event_loop::EventLoop;
use self::firing::Target;
use self::log::Log;
use super::context::{Context, DEFAULT_FILE};
use super::error::{Error, Result, failed};
use super::exit::Exit;
use super::listeners::bind;
use super::recorder::Recorder;

pub use args::EmulateArgs;

/// A key for examples; without `--key`, any key is accepted.
const EXAMPLE_KEY: &str = "0e0e0e0e-0000-4000-8000-000000000001";

pub fn run(args: &EmulateArgs, cx: &mut Context) -> Result {
    let destination = args.destination()?;
    let options = args.options()?;
    let listeners = bind(cx, args.bind, args.port)?;
    let target = Target {
        destination: destination.clone(),
        allow_remote: args.allow_remote,
        allow_missing: args.allow_missing,
        own: listeners.bound(),
    };
    let mut definitions = DefinitionsFile::new(args, target);
    let Loaded { firing, name } = definitions.read(cx)?;
    let transport = args.send.options(cx)?;
    let transport = Transport::new(&transport).map_err(|error| args.send.setup_error(error))?;
    let cannot_serve = |error: std::io::Error| failed("cannot serve the API", &error);
    let runtime = process::runtime().map_err(cannot_serve)?;
    let recorder = Recorder::new(cx, args.send.no_history);
    let url = format!("http://{}", listeners.address());
    let emulator = Emulator::start(listeners, options)?;
    let announcement = Announcement::new(args, url, name.clone());
    let page = args.page.ui.then(|| announcement.serve_page(args, &emulator)).transpose()?;
    let page_url = page.as_ref().map(Page::url);
    let event_loop = EventLoop {
        handle: emulator.handle(),
        deliveries: Deliveries::new(transport),
        destination,
        recorder,
        file: name.unwrap_or_else(|| DEFAULT_FILE.to_owned()),
        log: Log::new(args.format.is_json(), page, cx).map_err(cannot_serve)?,
        current: HashMap::new(),
        is_stopping: false,
        has_warned: false,
        definitions,
        firing,
    };
    let result = runtime.block_on(async {
        // Before anything is printed, because whoever reads the output may send a signal.
        let signals = Signals::listen().map_err(cannot_serve)?;
        let stdin = args.until_stdin_closes.then(stdin_end).transpose().map_err(cannot_serve)?;
        warn_of_unusable(cx, &event_loop.firing);
        announcement.print(args, page_url.as_deref(), cx);
        event_loop.run(emulator, signals, stdin, cx).await
    });
    // Neither a blocked write nor a name lookup can be cancelled.
    runtime.shutdown_background();
    result.map(|()| Exit::Success)
}

/// Reads standard input on its own thread; ready when it is closed.
fn stdin_end() -> std::io::Result<oneshot::Receiver<()>> {
    let (sender, end) = oneshot::channel();
    std::thread::Builder::new().spawn(move || {
        let mut buffer = [0; 4096];
        let mut stdin = std::io::stdin();
        while stdin.read(&mut buffer).is_ok_and(|length| length > 0) {}
        // The receiver may be gone.
        let _ = sender.send(());
    })?;
    Ok(end)
}

/// What is printed at the start.
struct Announcement {
    url: String,
    api: String,
    /// None if `--key` is given.
    key: Option<&'static str>,
    file: Option<String>,
    /// A command to try.
    example: String,
}

impl Announcement {
    fn new(args: &EmulateArgs, url: String, file: Option<String>) -> Self {
        let api = format!("{url}/v1");
        let key = args.first_key().is_none().then_some(EXAMPLE_KEY);
        let body = "--json '{\"name\": \"Courses\"}'";
        let example = format!("curl -H 'Authorization: {}' {body} {api}/group", key.unwrap_or("KEY"));
        Self { url, api, key, file, example }
    }

    fn serve_page(&self, args: &EmulateArgs, emulator: &Emulator) -> Result<Page> {
        let key = args.first_key().unwrap_or(EXAMPLE_KEY);
        let about = emulator_json(&self.api, &self.example, args.is_clock_running());
        let page = emulator.handle().serve_page(args.page.ui_port, about, key);
        page.map_err(|error| args.page.unusable(&error))
    }

    fn print(&self, args: &EmulateArgs, page: Option<&str>, cx: &mut Context) {
        let Self { url, api, key, file, example } = self;
        if args.format.is_json() {
            cx.printer.data(&emulator_ready_json(url, api, *key, file.as_deref(), page));
            return;
        }
        let fires =
            file.as_ref().map_or(String::new(), |file| format!(" with the webhooks of {}", one_line(file)));
        cx.printer.status(&format!("emulating the platform{fires} on {url}; press Ctrl-C to stop"));
        if let Some(page) = page {
            cx.printer.status(&format!("inspector: {page}"));
        }
        let key = key.unwrap_or("KEY");
        cx.printer.command("for your program", &format!("HOOKS_API={api} HOOKS_API_KEY={key}"));
        cx.printer.command("try", example);
    }
}

impl From<EmulatorError> for Error {
    fn from(error: EmulatorError) -> Self {
        Diagnostic::error("emulator", error.to_string()).help(error.help()).into()
    }
}
