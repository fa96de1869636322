//! A receiver that keeps its connections, and remembers which elements came how often.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// What it answers to an element that comes for the so many-th time, from 1: a whole message, nothing at all until it is let go,
/// or, empty, the end of the connection.
type Answer = dyn Fn(&str, usize) -> String + Send + Sync;

/// The receiver.
pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    answer: Box<Answer>,
    stop: AtomicBool,
    received: Mutex<Vec<String>>,
    came: Condvar,
    held: Mutex<bool>,
    let_go: Condvar,
}

impl Receiver {
    /// One that answers everything with 200.
    pub(crate) fn start() -> Self {
        Self::answering(|_, _| OK.to_owned())
    }

    /// A receiver that responds as the test decides.
    pub(crate) fn answering(answer: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            stop: AtomicBool::new(false),
            received: Mutex::default(),
            came: Condvar::new(),
            held: Mutex::new(false),
            let_go: Condvar::new(),
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming().flatten() {
                    if shared.stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    // Programs are killed in the middle: what they leave half is none of its business.
                    std::thread::spawn(move || drop(serve(&stream, &shared)));
                }
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The ids of all that came, in the order in which they did.
    pub(crate) fn received(&self) -> Vec<String> {
        self.shared.received.lock().unwrap().clone()
    }

    /// How often each element came.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for id in self.received() {
            *counts.entry(id).or_default() += 1;
        }
        counts
    }

    /// Waits until so many requests have come.
    pub(crate) fn wait_for(&self, number: usize) {
        let received = self.shared.received.lock().unwrap();
        let is_too_few = |received: &mut Vec<String>| received.len() < number;
        let patience = std::time::Duration::from_secs(30);
        let (received, waited) = self.shared.came.wait_timeout_while(received, patience, is_too_few).unwrap();
        assert!(!waited.timed_out(), "only {} of {number} came", received.len());
    }

    /// From now on it answers nothing until it lets go.
    pub(crate) fn hold(&self) {
        *self.shared.held.lock().unwrap() = true;
    }

    /// Answers all that wait, and goes on.
    pub(crate) fn let_go(&self) {
        *self.shared.held.lock().unwrap() = false;
        self.shared.let_go.notify_all();
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.let_go();
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

/// The usual answer.
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
        let id = body["element_data"]["id"].as_str().unwrap_or_default().to_owned();
        let times = {
            let mut received = shared.received.lock().unwrap();
            received.push(id.clone());
            received.iter().filter(|own| **own == id).count()
        };
        shared.came.notify_all();
        let held = shared.held.lock().unwrap();
        drop(shared.let_go.wait_while(held, |is_held| *is_held).unwrap());
        let answer = (shared.answer)(&id, times);
        if answer.is_empty() {
            return Ok(());
        }
        writer.write_all(answer.as_bytes())?;
    }
}
