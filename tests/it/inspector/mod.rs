//! The server of the inspector page, tested with raw requests: access control, responses and limits. The page itself is tested
//! in a browser by `scripts/check-inspector.sh`.

mod emulator;
mod events;
mod limits;
mod refusals;
mod responses;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hooks::io::inspector::{ActionKind, Inspector, PageAction};
use hooks::io::web::PageLimits;

/// The headers of a POST request of the page.
const OWN_PAGE: &str = "x-hooks-token: TOKEN\r\norigin: http://127.0.0.1:PORT\r\nsec-fetch-site: same-origin\r\n\
    content-type: application/json\r\n";

fn start() -> (Inspector, Client) {
    with(PageLimits::default())
}

fn with(limits: PageLimits) -> (Inspector, Client) {
    let inspector = Inspector::start(0, r#"{"url":"here"}"#.to_owned(), limits).unwrap();
    let client = Client::of(&inspector.page().url());
    (inspector, client)
}

pub(crate) struct Client {
    port: u16,
    token: String,
}

/// A parsed response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Response {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no response: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { status, headers, body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut own = self.headers.iter().filter(|(own, _)| own == name);
        let value = own.next().map(|(_, value)| value.as_str());
        assert!(own.next().is_none(), "{name} is there twice: {self:?}");
        value
    }
}

impl Client {
    pub(crate) fn of(url: &str) -> Self {
        let (address, token) = url.split_once("/#token=").unwrap();
        let port = address.strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap();
        Self { token: token.to_owned(), port }
    }

    /// Without a token.
    fn at(port: u16) -> Self {
        Self { token: String::new(), port }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Replaces `PORT` and `TOKEN`.
    fn filled(&self, text: &str) -> String {
        text.replace("PORT", &self.port.to_string()).replace("TOKEN", &self.token)
    }

    /// Sends bytes and returns everything until the connection is closed.
    fn raw(&self, request: &str) -> String {
        let mut stream = self.connect();
        // The server may refuse the request before it is sent completely.
        let _ = stream.write_all(self.filled(request).as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    /// Sends a request with these headers and `Host`, and a body.
    fn send(&self, line: &str, headers: &str, body: &str) -> Response {
        let length =
            if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        Response::read(&self.raw(&format!(
            "{line} HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nconnection: close\r\n{headers}{length}\r\n{body}"
        )))
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send(&format!("GET {path}"), "x-hooks-token: TOKEN\r\n", "")
    }

    /// Requests a replay, which need not get a response.
    pub(crate) fn raw_replay(&self, id: u64, url: &str) -> String {
        let body = format!("{{\"url\":\"{url}\"}}");
        let length = body.len();
        self.raw(&format!(
            "POST /requests/{id}/replay HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\n{OWN_PAGE}content-length: {length}\r\n\r\n{body}"
        ))
    }

    pub(crate) fn replay(&self, id: u64, body: &str) -> Response {
        self.send(&format!("POST /requests/{id}/replay"), OWN_PAGE, body)
    }
}

/// Responds to actions while `work` runs; returns the actions and the result of `work`.
fn answering<T: Send>(
    inspector: &mut Inspector,
    answer: impl Fn(&PageAction) -> Option<Result<&'static str, &'static str>>,
    work: impl FnOnce() -> T + Send,
) -> (Vec<(u64, ActionKind)>, T) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::scope(|scope| {
        let (done, mut is_done) = tokio::sync::oneshot::channel::<()>();
        let worker = scope.spawn(move || {
            let _done = done;
            work()
        });
        let mut actions = Vec::new();
        runtime.block_on(async {
            loop {
                let action = tokio::select! {
                    biased;
                    action = inspector.next() => action.unwrap(),
                    _ = &mut is_done => break,
                };
                let text = answer(&action);
                actions.push((action.id, action.kind));
                if let Some(text) = text {
                    let _ = action.response.send(text.map(Into::into).map_err(str::to_owned));
                }
            }
        });
        (actions, worker.join().unwrap())
    })
}
