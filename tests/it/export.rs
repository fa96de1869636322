//! The output of `--format http` and `--format curl` sends the same bytes as `hooks` itself.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use hooks::core::export::{curl, http};
use hooks::core::received::{ReceivedRequest, RequestHead};
use hooks::core::request::PreparedRequest;
use hooks::core::secrets::Redactor;
use hooks::io::http::{Options, Proxies, send_once};
use proptest::prelude::*;

use crate::fixture::Case;

/// Shells that can run the `curl` command. `mksh` cannot: its `printf` is external and does not accept large bodies.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "fish", "ksh", "busybox"];

/// A receiver for one request on a port of its own.
struct Receiver {
    address: SocketAddr,
    received: JoinHandle<Vec<u8>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, received: std::thread::spawn(move || receive(&listener)) }
    }

    /// Every byte of the request, after the response.
    fn received(self) -> Vec<u8> {
        self.received.join().unwrap()
    }
}

fn receive(listener: &TcpListener) -> Vec<u8> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    while !is_whole(&bytes) {
        let length = stream.read(&mut chunk).unwrap();
        assert!(length > 0, "the request ends early: {:?}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&chunk[..length]);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    bytes
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    bytes.len() >= head + 4 + length.unwrap_or(0)
}

/// The parts of a message: request line, sorted headers, body.
#[derive(Debug, PartialEq)]
struct Message {
    line: String,
    headers: Vec<String>,
    body: String,
}

impl Message {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).expect("the message is UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").expect("the message has a head");
        let mut lines = head.split("\r\n").map(str::to_owned);
        let line = lines.next().unwrap();
        let mut headers: Vec<String> = lines
            .map(|line| {
                let (name, value) = line.split_once(':').expect("a header has a colon");
                format!("{}: {}", name.to_lowercase(), value.trim_matches([' ', '\t']))
            })
            .collect();
        headers.sort();
        Self { line, headers, body: body.to_owned() }
    }
}

/// Prepares a case once its receiver is there, so that the URL has the right port.
fn at(address: SocketAddr, case: &Case<'_>, path: &str) -> PreparedRequest {
    let url = format!("http://{address}{path}");
    Case { url: &url, ..case.clone() }.request()
}

/// The request as `hooks` sends it.
fn sent_by_hooks(case: &Case<'_>, path: &str) -> (PreparedRequest, Vec<u8>) {
    let receiver = Receiver::start();
    let request = at(receiver.address, case, path);
    let options = Options { proxy: Proxies::Off, ..Options::default() };
    let exchange = send_once(&options, &request).unwrap();
    assert!(exchange.failure.is_none(), "{exchange:?}");
    (request, receiver.received())
}

/// The request as curl sends it from a shell.
fn sent_by_curl(shell: &str, case: &Case<'_>, path: &str) -> (PreparedRequest, Vec<u8>) {
    let receiver = Receiver::start();
    let request = at(receiver.address, case, path);
    run(shell, &curl(&request, true));
    (request, receiver.received())
}

/// Runs a script read from standard input, in an environment with nothing but a `PATH` and an empty `HOME`.
fn run(shell: &str, script: &str) {
    let home = tempfile::tempdir().unwrap();
    std::fs::File::create(home.path().join("script")).unwrap().write_all(script.as_bytes()).unwrap();
    let mut command = Command::new(shell);
    if shell == "busybox" {
        command.arg("sh");
    }
    let output = command
        .arg("script")
        .current_dir(home.path())
        .env_clear()
        .env("PATH", search_path())
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shell}: {said}");
}

#[expect(clippy::disallowed_methods, reason = "the shells and curl are where this machine has them")]
fn search_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// The shells of this machine.
fn shells() -> Vec<&'static str> {
    let is_there =
        |name: &str| std::env::split_paths(&search_path()).any(|folder| folder.join(name).is_file());
    assert!(is_there("curl"), "these tests run `curl`: install it");
    SHELLS.into_iter().filter(|shell| is_there(shell)).collect()
}

/// Asserts that both exports are the request, and that `hooks` itself sends it so.
fn assert_same_on_the_wire(case: &Case<'_>, path: &str, shells: &[&str]) {
    let (request, wire) = sent_by_hooks(case, path);
    let exported = http(&request, true);
    assert!(exported == wire, "{}\n{}", String::from_utf8_lossy(&exported), String::from_utf8_lossy(&wire));
    for shell in shells {
        let (request, wire) = sent_by_curl(shell, case, path);
        let (expected, actual) = (Message::read(&http(&request, true)), Message::read(&wire));
        assert_eq!((&actual.line, &actual.headers), (&expected.line, &expected.headers), "{shell}");
        assert!(actual.body == expected.body, "{shell}: {}", curl(&request, true));
    }
}

/// Texts with a special meaning for a shell or `curl`.
const AWKWARD: [&str; 30] = [
    "",
    "plain",
    "it's",
    "'",
    "''''",
    "say \"hi\"",
    "$HOME ${HOME} $(id) `id`",
    "\\",
    "\\\\",
    "a\\'b\\\\'c\\\\\\'",
    "\\n \\t \\0 \\x41 \\u0041",
    "!! !x ^a^b",
    "@/etc/hostname",
    "-X DELETE",
    "--data @/etc/hostname",
    "100% %s %d %n %%",
    "[a] {b,c} {1..3} *?~",
    "; & | < > ( ) #",
    "name;",
    "Jürgen, Zoë, 東京",
    "🫵 👩‍👩‍👧",
    "two\nlines",
    "carriage\r\nreturn",
    "trailing newline\n",
    "\ttab\t",
    " spaces ",
    "\u{7f}\u{9b}\u{202e}",
    "\u{1}\u{1b}[31m",
    "%0d%0a",
    "=a&b=c+d",
];

fn quoted_element(texts: &[&str]) -> String {
    let element: serde_json::Map<String, serde_json::Value> =
        texts.iter().enumerate().map(|(index, text)| (format!("f{index}"), (*text).into())).collect();
    serde_json::Value::Object(element).to_string()
}

#[test]
fn awkward_texts_arrive_unchanged_from_every_shell() {
    let element = quoted_element(&AWKWARD);
    let templates: Vec<(String, String)> =
        (0..AWKWARD.len()).map(|index| (format!("x-{index}"), format!("{{{{f{index}}}}}"))).collect();
    let is_header =
        |text: &str| !text.trim_matches([' ', '\t']).contains(|c: char| c != '\t' && c.is_ascii_control());
    let case = Case {
        element: &element,
        header: templates
            .iter()
            .zip(AWKWARD)
            .filter(|(_, text)| is_header(text))
            .map(|((name, template), _)| (name.as_str(), template.as_str()))
            .collect(),
        body: templates.iter().map(|(name, template)| (name.as_str(), template.as_str())).collect(),
        ..Case::default()
    };
    assert_same_on_the_wire(&case, "/hook", &shells());
}

#[test]
fn addresses_arrive_unchanged() {
    let paths = [
        "/",
        "/?",
        "/?a=1&b=%20%2f%2F+c",
        "/[1-3]/{a,b}?x[]=1&y={z}",
        "/a//b/.hidden/%2e%2E%2f;p=1",
        "/it's/$HOME/`id`/(x)/!y/*?q='\"|^`~\\&z=$(id)",
        "/ümläut/🫵?ü=🫵",
        "/@x/-X?@/etc/hostname",
    ];
    for path in paths {
        // A backslash is refused, so the parameter goes without.
        assert_same_on_the_wire(&Case::default(), &path.replace('\\', ""), &["sh"]);
    }
}

#[test]
fn every_method_carries_its_body() {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        assert_same_on_the_wire(&Case { method, ..Case::default() }, "/hook", &["sh"]);
    }
}

#[test]
fn headers_that_curl_treats_specially_arrive_as_written() {
    let case = Case {
        header: vec![
            ("User-Agent", "me/1"),
            ("Accept", "text/plain"),
            ("Content-Type", "application/cloudevents+json"),
            ("Authorization", "Bearer x"),
            ("Cookie", "a=1; b=2"),
            ("Accept-Encoding", "gzip"),
            ("Referer", "https://example.com/;auto"),
            ("X-Twice", "1"),
            ("X-Other", "2"),
            ("x-twice", "3"),
        ],
        ..Case::default()
    };
    assert_same_on_the_wire(&case, "/hook", &["sh"]);
    let empty = Case {
        header: vec![("User-Agent", ""), ("Accept", ""), ("Content-Type", " "), ("X-Empty", "")],
        ..Case::default()
    };
    assert_same_on_the_wire(&empty, "/hook", &["sh"]);
}

#[test]
fn large_bodies_go_through_every_shell() {
    let shells = shells();
    // The longest argument and the shortest piped body, one that is too large for an argument, and one for which
    // `curl` would send `Expect`.
    for (length, shells) in
        [(24_300, &shells[..]), (24_700, &shells[..]), (300_000, &shells[..]), (2_000_000, &["sh"][..])]
    {
        let text = "it's \\ 100% \"🫵\"\n".repeat(length / 19);
        let element = quoted_element(&[&text]);
        assert_same_on_the_wire(&Case { element: &element, ..Case::default() }, "/hook", shells);
    }
}

#[test]
fn the_http_message_can_be_sent_unchanged() {
    let receiver = Receiver::start();
    let request = at(receiver.address, &Case::default(), "/hook?a=1");
    TcpStream::connect(receiver.address).unwrap().write_all(&http(&request, true)).unwrap();
    let received = receiver.received();
    let message = Message::read(&received);
    assert_eq!(received, http(&request, true));
    assert_eq!(message.line, "POST /hook?a=1 HTTP/1.1");
    assert_eq!(message.body.as_bytes(), request.body);
}

/// The bodies of received requests: binary, with control characters, or empty.
#[test]
fn binary_and_empty_bodies_arrive_unchanged() {
    let large = vec![0x1b; 30_000];
    for (method, body) in [
        ("POST", &b"\xff\xfe\0a\r\n"[..]),
        ("POST", b"a \x1b[201~ b\x03\r"),
        ("PUT", large.as_slice()),
        ("GET", b""),
        ("POST", b""),
    ] {
        for shell in shells() {
            let receiver = Receiver::start();
            let length = body.len().to_string();
            let headers = [("content-length", length.as_bytes())];
            let headers = headers.into_iter().filter(|_| !body.is_empty() || method == "POST");
            let head = RequestHead::written(method, "/", "HTTP/1.1", headers);
            let received = ReceivedRequest { head, body: body.to_vec().into() };
            let url = format!("http://{}/", receiver.address).parse().unwrap();
            let command = curl(&received.replayed_to(&url, &Redactor::default()).unwrap(), true);
            let is_harmless = |c: char| !c.is_control() || c == '\n';
            assert!(command.chars().all(is_harmless), "{command:?}");
            run(shell, &command);
            let wire = receiver.received();
            let at = wire.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
            let head = String::from_utf8_lossy(&wire[..at]).to_lowercase();
            assert_eq!(&wire[at + 4..], body, "{shell}: {command}");
            assert_eq!(head.contains("content-length"), method != "GET", "{head}");
            assert!(!head.contains("content-type"), "{head}");
        }
    }
}

#[test]
fn a_masked_export_contains_masks_in_place_of_secrets() {
    let case = Case {
        url: "https://user:pa55word@example.com/${PATH_KEY}?token=abc&page=2",
        header: vec![("X-Api-Key", "${KEY}"), ("X-Request-Id", "r1")],
        body: vec![("key", "<${KEY}>"), ("seats", "{{amount}}")],
        environment: &[("KEY", "k3y-of-the-cms"), ("PATH_KEY", "p")],
        ..Case::default()
    };
    let request = case.request();
    assert_eq!(
        curl(&request, false),
        "curl --disable --globoff --path-as-is --http1.1 \\\n  --request POST \\\n  \
         --url 'https://example.com/***?token=***&page=2' \\\n  --header 'user-agent: hooks/0.1.0' \\\n  \
         --header 'accept: */*' \\\n  --header 'content-type: application/json' \\\n  \
         --header 'x-api-key: ***' \\\n  --header 'x-request-id: r1' \\\n  --header 'authorization: ***' \\\n  \
         --data-raw '{\"element_data\":{\"id\":\"a1\",\"email\":\"ada@example.com\",\"amount\":2},\"key\":\"<***>\",\"seats\":2}'"
            .replace("0.1.0", env!("CARGO_PKG_VERSION"))
    );
    let message = Message::read(&http(&request, false));
    assert_eq!(message.line, "POST /***?token=***&page=2 HTTP/1.1");
    assert!(message.headers.contains(&"authorization: ***".to_owned()));
    assert_eq!(request.masked_places(), 4);
    assert!(curl(&request, true).contains("'x-api-key: k3y-of-the-cms'"));
    assert_eq!(Case::default().request().masked_places(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_survives_the_shell(text in any::<String>(), shelly in r#"['"\\$`!@%{}\[\] a\n-]{0,12}"#) {
        let element = quoted_element(&[&text, &shelly]);
        let is_header = |text: &str| !text.contains(|c: char| c.is_ascii_control());
        let mut case = Case { element: &element, body: vec![("a", "{{f0}}"), ("b", "-{{f1}}-")], ..Case::default() };
        let candidates = [("X-Text", "{{f0}}", &text), ("X-Shelly", "{{f1}}", &shelly)];
        case.header.extend(
            candidates.into_iter().filter(|(_, _, text)| is_header(text)).map(|(name, value, _)| (name, value)),
        );
        let receiver = Receiver::start();
        let request = at(receiver.address, &case, "/hook");
        run("sh", &curl(&request, true));
        prop_assert_eq!(Message::read(&receiver.received()), Message::read(&http(&request, true)));
    }
}
