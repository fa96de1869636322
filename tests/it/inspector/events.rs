//! The event stream: every event arrives once, and a reader that is too slow must reload.

use std::io::{BufRead, BufReader, Write};

use hooks::io::web::PageLimits;

use super::{Client, start, with};

/// A stream that is being read.
struct Stream(BufReader<std::net::TcpStream>);

impl Stream {
    fn open(client: &Client, path: &str, headers: &str) -> Self {
        let mut stream = client.connect();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nx-hooks-token: TOKEN\r\n{headers}\r\n");
        stream.write_all(client.filled(&request).as_bytes()).unwrap();
        let mut stream = Self(BufReader::new(stream));
        assert!(stream.line().starts_with("HTTP/1.1 200 "));
        while !stream.line().is_empty() {}
        stream
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream has ended");
        line.trim_end().to_owned()
    }

    /// The next line of an event, without chunk sizes, empty lines and comments.
    fn next(&mut self) -> String {
        loop {
            let line = self.line();
            if line.contains(": ") && !line.starts_with(": ") {
                return line;
            }
        }
    }

    fn event(&mut self) -> (String, String) {
        (self.next(), self.next())
    }
}

fn event(id: u64) -> (String, String) {
    (format!("id: {id}"), format!("data: {{\"id\":{id}}}"))
}

fn document(id: u64) -> String {
    format!("{{\"id\":{id}}}")
}

#[test]
fn a_reader_that_reconnects_continues_where_it_was() {
    let (inspector, client) = start();
    for id in 1..=2 {
        inspector.page().publish(document(id));
    }
    let mut first = Stream::open(&client, "/events", "");
    assert_eq!([first.event(), first.event()], [event(1), event(2)]);
    inspector.page().publish(document(3));
    assert_eq!(first.event(), event(3));
    drop(first);
    for id in 4..=5 {
        inspector.page().publish(document(id));
    }
    let mut by_query = Stream::open(&client, "/events?after=3", "");
    let mut by_header = Stream::open(&client, "/events", "last-event-id: 4\r\n");
    assert_eq!([by_query.event(), by_query.event()], [event(4), event(5)]);
    assert_eq!(by_header.event(), event(5));
    inspector.page().publish(document(6));
    assert_eq!((by_query.event(), by_header.event()), (event(6), event(6)));
    assert_eq!(client.get("/events?after=x").status, 400);
}

#[test]
fn every_event_of_a_burst_arrives_once_and_in_order() {
    // Together they are larger than a batch.
    let document = |id: u64| format!("\"{id}{}\"", "x".repeat(2000));
    let (inspector, client) = start();
    let mut stream = Stream::open(&client, "/events?after=0", "");
    let writer = std::thread::spawn(move || {
        for id in 1..=1000 {
            inspector.page().publish(document(id));
        }
        inspector
    });
    for id in 1..=1000 {
        assert_eq!(stream.event(), (format!("id: {id}"), format!("data: {}", document(id))));
    }
    drop(writer.join().unwrap());
}

#[test]
fn a_reader_that_missed_dropped_documents_must_reload() {
    let (inspector, client) = with(PageLimits { documents: 3, ..PageLimits::default() });
    for id in 1..=5 {
        inspector.page().publish(document(id));
    }
    for after in ["1", "0", "6"] {
        let mut stream = Stream::open(&client, &format!("/events?after={after}"), "");
        assert_eq!(stream.event(), ("event: reload".to_owned(), "data: {}".to_owned()), "{after}");
    }
    let mut stream = Stream::open(&client, "/events?after=2", "");
    assert_eq!(stream.event(), event(3));
}

/// Only the socket buffers fill up.
#[test]
fn a_reader_that_reads_nothing_uses_no_memory() {
    let (inspector, client) = with(PageLimits { documents: 10, ..PageLimits::default() });
    let mut idle = Stream::open(&client, "/events?after=0", "");
    let large = "x".repeat(100 * 1024);
    for _ in 1..=500 {
        inspector.page().publish(format!("\"{large}\""));
        // The server gets time to send.
        assert_eq!(client.get("/nothing").status, 404);
    }
    let mut seen = 0;
    let end = loop {
        let (name, _) = idle.event();
        match name.strip_prefix("id: ") {
            Some(_) => seen += 1,
            None => break name,
        }
    };
    assert_eq!(end, "event: reload");
    assert!(seen < 490, "{seen} were buffered");
}
