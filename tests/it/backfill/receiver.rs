//! A receiver that keeps connections open and counts how often each element arrives.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Returns the response to an element, given how often it has arrived, from 1. If it is empty, the connection is closed.
type Response = dyn Fn(&str, usize) -> String + Send + Sync;

pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    response: Box<Response>,
    stop: AtomicBool,
    received: Mutex<Vec<String>>,
    arrived: Condvar,
    held: Mutex<bool>,
    released: Condvar,
}

impl Receiver {
    /// A receiver that responds to everything with 200.
    pub(crate) fn start() -> Self {
        Self::answering(|_, _| OK.to_owned())
    }

    /// A receiver that responds as the test decides.
    pub(crate) fn answering(response: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            response: Box::new(response),
            stop: AtomicBool::new(false),
            received: Mutex::default(),
            arrived: Condvar::new(),
            held: Mutex::new(false),
            released: Condvar::new(),
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming().flatten() {
                    if shared.stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    // Tests kill the program while it sends, so an incomplete request is not an error.
                    std::thread::spawn(move || drop(serve(&stream, &shared)));
                }
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The ids of the elements, or the addresses of those without, in the order in which they arrived.
    pub(crate) fn received(&self) -> Vec<String> {
        self.shared.received.lock().unwrap().clone()
    }

    /// How often each element arrived.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for id in self.received() {
            *counts.entry(id).or_default() += 1;
        }
        counts
    }

    /// Waits until this many requests have arrived.
    pub(crate) fn wait_for(&self, number: usize) {
        let received = self.shared.received.lock().unwrap();
        let is_too_few = |received: &mut Vec<String>| received.len() < number;
        let timeout = std::time::Duration::from_secs(30);
        let (received, waited) =
            self.shared.arrived.wait_timeout_while(received, timeout, is_too_few).unwrap();
        assert!(!waited.timed_out(), "only {} of {number} requests arrived", received.len());
    }

    /// Delays all responses until [`release`](Self::release).
    pub(crate) fn hold(&self) {
        *self.shared.held.lock().unwrap() = true;
    }

    /// Sends the delayed responses, and delays no more.
    pub(crate) fn release(&self) {
        *self.shared.held.lock().unwrap() = false;
        self.shared.released.notify_all();
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.release();
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A response with this status and these headers.
pub(crate) fn status(line: &str, headers: &str) -> String {
    format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n{headers}\r\n")
}

/// A response with 200.
pub(crate) fn ok() -> String {
    OK.to_owned()
}

fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        // A delivered RSVP answer has no id.
        let data = &body["element_data"];
        let id = data["id"].as_str().or(data["email"].as_str()).unwrap_or_default().to_owned();
        let times = {
            let mut received = shared.received.lock().unwrap();
            received.push(id.clone());
            received.iter().filter(|own| **own == id).count()
        };
        shared.arrived.notify_all();
        let held = shared.held.lock().unwrap();
        drop(shared.released.wait_while(held, |is_held| *is_held).unwrap());
        let response = (shared.response)(&id, times);
        if response.is_empty() {
            return Ok(());
        }
        writer.write_all(response.as_bytes())?;
    }
}
