//! The options of `hooks listen`.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use url::Url;

use crate::commands::args::{
    DataArgs, EnvironmentArgs, FormatArgs, HeaderPair, PageArgs, TrustArgs, destination, duration,
    ip_address, limit, number, target,
};
use crate::commands::context::Context;
use crate::commands::error::{Error, Result, usage};
use crate::core::diagnostic::Diagnostic;
use crate::core::received::{ResponseAction, ResponseTemplate, is_bodiless};
use crate::core::request::{Override, validate};
use crate::core::secrets::shown_url;
use crate::io::files;
use crate::io::http::Options;
use crate::io::listeners::Listeners;
use crate::io::receiver::Forward;

const MAX_BODY_BYTES: u64 = 10 * 1024 * 1024;
const EXPECTED_DATA: &str = "JSON file with the element for `--expect`, or `-` [default: sample]";
const INSECURE: &str = "Accept any TLS certificate from the `--forward` URL";

/// Receive requests on this machine and show them
///
/// Each request is printed on one line: the time in UTC, the method, the path, the size, the response status, and the matching
/// webhook of the definitions file. If no webhook matches, the closest one and the differences are shown. `listen` ends with
/// Ctrl-C, or by itself with `--once`, `--count`, `--for` or `--expect`.
///
/// Requests are recorded without secrets: `hooks history --received` lists them, and `hooks replay` sends them to another URL.
///
/// The exit code is 0 if all expected requests arrived, 1 if they did not arrive in time, 3 if the port cannot be used, and
/// 130 if `listen` was interrupted first.
#[derive(Debug, Clone, Args)]
#[command(
    mut_arg("data", |data| data.help(EXPECTED_DATA)),
    mut_arg("insecure", |own| own.help(INSECURE).requires("forward").help_heading("Forward")),
    mut_arg("cacert", |own| own.requires("forward").help_heading("Forward"))
)]
pub struct ListenArgs {
    /// Listen on this port; 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = 4000, value_parser = number::<u16>(0..=u16::MAX))]
    pub(super) port: u16,
    /// Listen on this address [default: `127.0.0.1` and `::1`]
    ///
    /// Other machines may then send requests.
    #[arg(long, value_name = "ADDRESS", value_parser = ip_address)]
    pub(super) bind: Option<IpAddr>,
    #[command(flatten)]
    pub(super) page: PageArgs,
    #[command(flatten)]
    pub(super) response: ResponseArgs,
    /// Forward each request to this URL and return the response
    ///
    /// The request path is appended. `3000` means `http://localhost:3000`.
    #[arg(
        long,
        value_name = "URL",
        value_parser = destination,
        conflicts_with_all = ["status", "rotate", "close", "redirect", "header", "body"],
        help_heading = "Forward"
    )]
    forward: Option<Override>,
    /// Limit the time per forwarded request, e.g. `5min`; 0 for no limit
    #[arg(
        long,
        value_name = "TIME",
        value_parser = limit,
        default_value = "30s",
        requires = "forward",
        help_heading = "Forward"
    )]
    timeout: Duration,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    pub(super) until: UntilArgs,
    #[command(flatten)]
    pub(super) data: DataArgs,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Show whole requests; on a terminal, only the beginning of long bodies
    #[arg(short, long, help_heading = "Output")]
    pub(super) verbose: bool,
    /// Show credentials and values from the environment
    #[arg(long, help_heading = "Output")]
    pub(super) reveal: bool,
    #[command(flatten)]
    pub(super) format: FormatArgs,
    /// Do not record requests in the history
    #[arg(long, help_heading = "Output")]
    pub(super) no_history: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ResponseArgs {
    /// Respond with this status
    #[arg(long, value_name = "STATUS", value_parser = number::<u16>(200..=599), help_heading = "Response")]
    status: Option<u16>,
    /// Respond with these statuses in turn, repeatedly; `close` for no response
    #[arg(long, value_name = "STATUS,…", value_delimiter = ',', conflicts_with_all = ["status", "close", "redirect"], help_heading = "Response")]
    rotate: Vec<ActionWord>,
    /// Close the connection without a response
    #[arg(long, conflicts_with_all = ["status", "redirect"], help_heading = "Response")]
    close: bool,
    /// Redirect to this URL, with 302 or the 3xx status from `--status`
    #[arg(long, value_name = "URL", value_parser = target, help_heading = "Response")]
    redirect: Option<Url>,
    /// Wait this long before each response
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Response")]
    delay: Option<Duration>,
    /// Add a header to the response, e.g. `Retry-After: 1`
    #[arg(long, value_name = "NAME: VALUE", help_heading = "Response")]
    header: Vec<HeaderPair>,
    /// Response body: a string, or `@FILE`
    #[arg(long, value_name = "TEXT", help_heading = "Response")]
    body: Option<String>,
}

/// When `listen` ends by itself.
#[derive(Debug, Clone, Args)]
pub(super) struct UntilArgs {
    /// End after the first request
    #[arg(long, conflicts_with_all = ["count", "expect"], help_heading = "End")]
    once: bool,
    /// End after N requests
    #[arg(long, value_name = "N", value_parser = number::<u64>(1..), conflicts_with = "expect", help_heading = "End")]
    count: Option<u64>,
    /// End after this time, e.g. `10s`
    #[arg(long = "for", value_name = "TIME", value_parser = duration, help_heading = "End")]
    time: Option<Duration>,
    /// End when the request of this webhook arrives; fail if it does not
    ///
    /// It is compared with the request that the webhook sends with DATA, and must arrive within 30 seconds, or within the time of
    /// `--for`.
    #[arg(long, value_name = "WEBHOOK", help_heading = "End")]
    pub(super) expect: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct ActionWord(ResponseAction);

impl FromStr for ActionWord {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let text = text.trim();
        if text == "close" {
            return Ok(Self(ResponseAction::Close));
        }
        let status = text.parse().ok().filter(|status| (200..=599).contains(status));
        status
            .map(|status| Self(ResponseAction::Status(status)))
            .ok_or_else(|| "expected statuses from 200 to 599 or `close`, e.g. `500,500,200`".to_owned())
    }
}

impl ListenArgs {
    pub(super) fn check(&self) -> Result<()> {
        if self.until.expect.is_some() || self.data.words().is_empty() {
            return Ok(());
        }
        let port = self.data.typed().filter(|text| text.parse::<u16>().is_ok());
        Err(usage("DATA and `--set` are only used with `--expect`").help(match port {
            Some(port) => format!("did you mean `--port {port}`?"),
            None => "name the expected webhook with `--expect WEBHOOK`".to_owned(),
        }))
    }

    /// Where requests are forwarded to, if anywhere. Refuses to forward them to this listener.
    pub(super) fn forward(&self, cx: &mut Context, listeners: &Listeners) -> Result<Option<Forward>> {
        let Some(Override { url, .. }) = &self.forward else { return Ok(None) };
        let refuse = |message: &str, help: &str| Err(usage(message.to_owned()).help(help.to_owned()));
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(
                "the URL of `--forward` contains credentials",
                "remove them: requests are forwarded with their own headers",
            );
        }
        if listeners.bound().are_reached_by(url) {
            return refuse(
                "the URL of `--forward` points to this listener",
                "use the URL of your receiver, or listen on another port with `--port`",
            );
        }
        let options = Options { timeout: self.timeout, ..self.trust.options(cx)? };
        let forward = Forward::new(url.clone(), &options).map_err(|error| self.trust.setup_error(error))?;
        Ok(Some(forward))
    }

    pub(super) fn shown_forward(&self) -> Option<String> {
        self.forward.as_ref().map(|to| shown_url(to.url.as_str(), self.reveal))
    }
}

impl UntilArgs {
    pub(super) fn count(&self) -> Option<u64> {
        self.count.or(self.once.then_some(1))
    }

    pub(super) fn time(&self) -> Option<Duration> {
        const FOR_EXPECTED: Duration = Duration::from_secs(30);
        self.time.or(self.expect.is_some().then_some(FOR_EXPECTED))
    }
}

impl ResponseArgs {
    pub(super) fn template(&self) -> Result<ResponseTemplate> {
        let actions = match (self.rotate.as_slice(), self.close, self.status, &self.redirect) {
            ([_, ..], ..) => self.rotate.iter().map(|word| word.0).collect(),
            (_, true, ..) => vec![ResponseAction::Close],
            (_, _, Some(status), Some(_)) if !(300..400).contains(&status) => {
                return Err(usage(format!("a redirect cannot have the status {status}"))
                    .help("use a status from 300 to 399, or omit `--status` for 302"));
            }
            (_, _, Some(status), _) => vec![ResponseAction::Status(status)],
            (_, _, None, Some(_)) => vec![ResponseAction::Status(302)],
            _ => vec![ResponseAction::Status(200)],
        };
        let delay = self.delay.unwrap_or_default();
        let mut template = ResponseTemplate { actions, delay, ..ResponseTemplate::default() };
        for HeaderPair(name, value) in &self.header {
            template.headers.push(checked_header(name, value)?);
        }
        if let Some(url) = &self.redirect {
            template.headers.push(("location".to_owned(), url.to_string()));
        }
        template.body = self.body.as_deref().map(body).transpose()?;
        let bodiless = template.actions.iter().find_map(|action| match action {
            ResponseAction::Status(status) => Some(*status).filter(|status| is_bodiless(*status)),
            ResponseAction::Close => None,
        });
        if let (Some(status), Some(_)) = (bodiless, &template.body) {
            return Err(usage(format!("a response with the status {status} has no body"))
                .help("omit `--body`, or use another status"));
        }
        Ok(template)
    }
}

fn checked_header(name: &str, value: &str) -> Result<(String, String)> {
    let of_name = validate::header_name(name).map(|problem| match problem.code {
        "header-framing" => usage(format!("the header `{name}` is set by hooks")).help("remove it"),
        _ => Error::from(problem),
    });
    let subject = || format!("the header `{name}`");
    let of_value = || validate::header_value(value, subject, |_| String::new());
    match of_name.or_else(|| of_value().map(Error::from)) {
        Some(error) => Err(error),
        None => Ok((name.to_owned(), value.to_owned())),
    }
}

fn body(text: &str) -> Result<Bytes> {
    let Some(path) = text.strip_prefix('@') else { return Ok(Bytes::from(text.to_owned())) };
    let read = files::read(Path::new(path), MAX_BODY_BYTES);
    let body = read.map_err(|error| Diagnostic::error("body", error.to_string()).help(error.help()))?;
    Ok(Bytes::from(body))
}
