//! A fake account API with hand-written responses, on a free port.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Project, Request, Run, hooks, requests};

/// A key in the platform's format.
pub(crate) const KEY: &str = "0c9f3d4e-1b2a-4c5d-8e6f-7a8b9c0d1e2f";

type Respond = dyn Fn(&Request, usize) -> String + Send + Sync;

/// Dropping it fails the test if a request had no key or a wrong one.
pub(crate) struct Api {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    webhooks: Arc<Mutex<Vec<Value>>>,
}

struct Shared {
    stop: AtomicBool,
    seen: Mutex<Vec<Request>>,
    respond: Box<Respond>,
}

impl Api {
    /// `respond` gets each request and its number, from 0, and returns the whole response; an empty one closes the connection.
    pub(crate) fn new(respond: impl Fn(&Request, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            seen: Mutex::default(),
            respond: Box::new(respond),
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming().flatten() {
                    if shared.stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    std::thread::spawn(move || serve(stream, &shared));
                }
            }
        });
        Self { address, shared, thread: Some(thread), webhooks: Arc::default() }
    }

    /// An account with these webhooks, by id, and the usual responses.
    pub(crate) fn with_webhooks(webhooks: Vec<Value>) -> Self {
        let webhooks = Arc::new(Mutex::new(webhooks));
        let own = Arc::clone(&webhooks);
        let mut api = Self::new(move |request, _| written_account(&mut own.lock().unwrap(), request));
        api.webhooks = webhooks;
        api
    }

    /// From now on, the account has these webhooks.
    pub(crate) fn set(&self, webhooks: Vec<Value>) {
        *self.webhooks.lock().unwrap() = webhooks;
    }

    /// The webhooks in the account.
    pub(crate) fn webhooks(&self) -> Vec<Value> {
        self.webhooks.lock().unwrap().clone()
    }

    /// The requests that change something, with their bodies.
    pub(crate) fn writes(&self) -> Vec<(String, Value)> {
        let seen = self.shared.seen.lock().unwrap();
        let writes = seen.iter().filter(|own| !own.line.starts_with("GET "));
        let body = |own: &Request| if own.body.is_empty() { Value::Null } else { own.json() };
        writes.map(|own| (own.line.trim_end_matches(" HTTP/1.1").replace("/v1", ""), body(own))).collect()
    }

    /// An account with these webhooks whose responses `change` may replace, before or after the request has its effect.
    pub(crate) fn faulty(
        webhooks: Vec<Value>,
        change: impl Fn(&Request, usize, &mut dyn FnMut() -> String) -> String + Send + Sync + 'static,
    ) -> Self {
        let webhooks = Arc::new(Mutex::new(webhooks));
        let own = Arc::clone(&webhooks);
        let mut api = Self::new(move |request, number| {
            change(request, number, &mut || written_account(&mut own.lock().unwrap(), request))
        });
        api.webhooks = webhooks;
        api
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Runs the program with these arguments, this API and a valid key.
    pub(crate) fn hooks<'p>(&self, project: &'p Project, arguments: &[&str]) -> Run<'p> {
        hooks(arguments).in_project(project).env("HOOKS_API", self.url()).env("HOOKS_API_KEY", KEY)
    }

    /// The request lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().iter().map(|request| request.line.clone()).collect()
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if !std::thread::panicking() {
            for request in self.shared.seen.lock().unwrap().iter() {
                assert_eq!(request.header("authorization"), Some(KEY), "{}", request.line);
            }
        }
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_nodelay(true);
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 8192];
        let Ok(length @ 1..) = stream.read(&mut chunk) else { return };
        bytes.extend_from_slice(&chunk[..length]);
        if !is_complete(&bytes) {
            continue;
        }
        let request = requests(&std::mem::take(&mut bytes)).remove(0);
        let number = {
            let mut seen = shared.seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        let response = (shared.respond)(&request, number);
        let is_last = response.is_empty() || response.contains("connection: close\r\n");
        if stream.write_all(response.as_bytes()).is_err() || is_last {
            return;
        }
    }
}

fn is_complete(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// The path and query below the base URL.
pub(crate) fn path(request: &Request) -> &str {
    request.line.split(' ').nth(1).unwrap().strip_prefix("/v1").unwrap()
}

/// A response with a JSON body.
pub(crate) fn json(status: u16, body: &(impl ToString + ?Sized)) -> String {
    response(status, "content-type: application/json\r\n", &body.to_string())
}

pub(crate) fn response(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

pub(crate) fn no_entry() -> String {
    json(404, r#"{"status":"error","message":"No entry found"}"#)
}

/// The response of an account with these webhooks, which a request may change.
pub(super) fn written_account(webhooks: &mut Vec<Value>, request: &Request) -> String {
    let method = request.line.split(' ').next().unwrap().to_owned();
    let id: Option<u64> = path(request).strip_prefix("/webhook/").and_then(|id| id.parse().ok());
    let own = webhooks.iter().position(|own| own["id"].as_u64() == id);
    match (method.as_str(), own) {
        ("GET", _) => account(webhooks, request),
        ("POST", _) => {
            let new = webhooks.iter().filter_map(|own| own["id"].as_u64()).max().unwrap_or(66) + 1;
            let mut webhook = request.json();
            webhook["id"] = new.into();
            webhooks.push(webhook);
            json(200, &serde_json::json!({"status": "success", "message": "created", "id": new.to_string()}))
        }
        ("PATCH", Some(own)) => {
            for (name, value) in request.json().as_object().unwrap() {
                webhooks[own][name] = value.clone();
            }
            json(200, r#"{"status":"success","message":"updated"}"#)
        }
        ("DELETE", Some(own)) => {
            webhooks.remove(own);
            json(200, r#"{"status":"success","message":"deleted"}"#)
        }
        _ => no_entry(),
    }
}

/// The response of an account with these webhooks.
pub(crate) fn account(webhooks: &[Value], request: &Request) -> String {
    match path(request) {
        "/webhook/all" if webhooks.is_empty() => no_entry(),
        "/webhook/all" => {
            let entries =
                webhooks.iter().map(|own| serde_json::json!({"id": own["id"], "name": own["name"]}));
            json(200, &entries.collect::<Value>())
        }
        path => {
            let id: Option<u64> = path.strip_prefix("/webhook/").unwrap().parse().ok();
            let own = webhooks.iter().find(|own| own["id"].as_u64() == id);
            own.map_or_else(no_entry, |own| json(200, own))
        }
    }
}
