//! A scripted receiver on a free port of this machine. Dropping it fails the test if nothing has connected.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the message")]

pub(crate) mod certificates;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

#[derive(Clone)]
pub(crate) enum Step {
    /// Read one whole request: head, and as much body as `content-length` says.
    Read,
    /// Read the head of a request only.
    ReadHead,
    /// Read this many bytes.
    Exactly(usize),
    /// Wait for the first byte of a request and leave it unread, so that closing resets the connection.
    Peek,
    /// Write these bytes.
    Write(Vec<u8>),
    /// Write these bytes repeatedly until the client is gone.
    Repeat(Vec<u8>),
    /// Write these bytes one by one, with this pause between them, until the client is gone.
    Drip(Vec<u8>, Duration),
    /// Read and do nothing until the client is gone.
    Hold,
    /// Do nothing for this time, not even read.
    Stall(Duration),
    /// Speak TLS from here on.
    Tls(Arc<rustls::ServerConfig>),
}

pub(crate) fn say(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

/// Reads a request and responds with these bytes.
pub(crate) fn answering(answer: &str) -> Server {
    Server::start([Step::Read, say(answer)])
}

/// The receiver. At the end of a script, the connection is closed.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    may_stay_unvisited: bool,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    visits: AtomicUsize,
    received: Mutex<Vec<u8>>,
}

/// The longest time that a connection waits.
const PATIENCE: Duration = Duration::from_secs(20);

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Server {
    pub(crate) fn start(script: impl IntoIterator<Item = Step>) -> Self {
        Self::start_in_turn(vec![script.into_iter().collect()])
    }

    /// The first connection plays the first script and so on; all further ones play the last.
    pub(crate) fn start_in_turn(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &scripts, &shared)
        });
        Self { address, shared, thread: Some(thread), may_stay_unvisited: false }
    }

    /// Allows that nothing connects.
    pub(crate) fn maybe_unvisited(mut self) -> Self {
        self.may_stay_unvisited = true;
        self
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, scheme_and_host: &str, path: &str) -> String {
        format!("{scheme_and_host}:{}{path}", self.address.port())
    }

    /// The number of connections.
    pub(crate) fn visits(&self) -> usize {
        self.shared.visits.load(Ordering::SeqCst)
    }

    /// Everything that was read, from all connections.
    pub(crate) fn received(&self) -> Vec<u8> {
        self.shared.received.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let visits = self.visits();
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if !std::thread::panicking() {
            assert!(visits > 0 || self.may_stay_unvisited, "nothing ever connected to the server");
        }
    }
}

fn accept(listener: &TcpListener, scripts: &[Vec<Step>], shared: &Arc<Shared>) {
    for stream in listener.incoming().flatten() {
        if shared.stop.load(Ordering::SeqCst) {
            return;
        }
        let visit = shared.visits.fetch_add(1, Ordering::SeqCst);
        let (script, shared) = (scripts[visit.min(scripts.len() - 1)].clone(), Arc::clone(shared));
        std::thread::spawn(move || {
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let _ = stream.set_write_timeout(Some(PATIENCE));
            let _ = stream.set_nodelay(true);
            // Many tests are about clients that leave early.
            let _ = play(&stream, script, &shared);
        });
    }
}

fn play(socket: &TcpStream, script: Vec<Step>, shared: &Shared) -> std::io::Result<()> {
    let mut stream: Box<dyn Stream> = Box::new(socket.try_clone()?);
    for step in script {
        match step {
            Step::Read => read_request(&mut stream, shared, true)?,
            Step::ReadHead => read_request(&mut stream, shared, false)?,
            Step::Exactly(length) => {
                let mut bytes = vec![0; length];
                stream.read_exact(&mut bytes)?;
                shared.received.lock().unwrap().extend(bytes);
            }
            Step::Peek => {
                socket.peek(&mut [0])?;
            }
            Step::Write(bytes) => stream.write_all(&bytes)?,
            Step::Repeat(bytes) => loop {
                stream.write_all(&bytes)?;
            },
            Step::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[byte])?;
                    std::thread::sleep(pause);
                }
            }
            Step::Stall(time) => std::thread::sleep(time),
            Step::Hold => while stream.read(&mut [0; 1024])? > 0 {},
            Step::Tls(config) => {
                let session = rustls::ServerConnection::new(config).unwrap();
                let mut tls = rustls::StreamOwned::new(session, stream);
                while tls.conn.is_handshaking() {
                    if let Err(error) = tls.conn.complete_io(&mut tls.sock) {
                        // Closing now would discard the alert with the reason.
                        let _ = tls.sock.read(&mut [0; 1024]);
                        return Err(error);
                    }
                }
                stream = Box::new(tls);
            }
        }
    }
    stream.flush()
}

fn read_request(stream: &mut Box<dyn Stream>, shared: &Shared, with_body: bool) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        read_more(stream, &mut bytes)?;
    };
    if with_body {
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |value| value.trim().parse().unwrap());
        while bytes.len() < head + length {
            read_more(stream, &mut bytes)?;
        }
    }
    shared.received.lock().unwrap().extend(bytes);
    Ok(())
}

fn read_more(stream: &mut Box<dyn Stream>, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let mut chunk = [0; 16 * 1024];
    let length = stream.read(&mut chunk)?;
    if length == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(&chunk[..length]);
    Ok(())
}
