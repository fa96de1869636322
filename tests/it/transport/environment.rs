//! What a process gets from outside: proxies from the environment, and Ctrl-C. Each test starts this test binary again for one
//! ignored test, with its own environment.

use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hooks::core::delivery::{FailureKind, State};
use hooks::io::http::Options;

use super::{assert_failed, failure, send};
use crate::harness::Project;
use crate::server::{Server, Step, answering};

const RECEIVER: &str = "http://receiver.invalid/hooks";

fn start(test: &str, environment: &[(&str, &str)]) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", &format!("transport::environment::{test}")]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.envs(environment.iter().copied()).stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn proxies_from_the_environment_are_used() {
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let proxy = answering("HTTP/1.1 204 No Content\r\n\r\n");
        let url = format!("http://me:s3cret@{}", proxy.address());
        assert!(start("sends_through_a_proxy", &[(variable, &url)]).wait().unwrap().success(), "{variable}");
        let received = String::from_utf8(proxy.received()).unwrap();
        assert!(received.starts_with("POST http://receiver.invalid/hooks HTTP/1.1\r\n"), "{received}");
    }
}

#[test]
fn no_proxy_from_the_environment_is_respected() {
    let proxy = answering("").maybe_unvisited();
    let url = format!("http://{}", proxy.address());
    for exceptions in ["example.com, receiver.invalid", "*", "*.invalid", "a.test receiver.invalid:80"] {
        let environment = [("HTTP_PROXY", url.as_str()), ("NO_PROXY", exceptions)];
        assert!(start("sends_directly", &environment).wait().unwrap().success(), "{exceptions}");
    }
    assert_eq!(proxy.visits(), 0);
}

/// What `fire` prints with this variable set when it sends to this URL.
fn fired(variable: &str, value: &str, url: &str) -> (String, i32) {
    fired_with([(variable, OsStr::new(value))], url)
}

/// What `fire` prints with these variables set when it sends to this URL.
fn fired_with<const N: usize>(variables: [(&str, &OsStr); N], url: &str) -> (String, i32) {
    let project = Project::new().definitions(&format!(
        "[webhooks.w]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{url}\"\n"
    ));
    let output = project
        .command(env!("CARGO_BIN_EXE_hooks"))
        .args(["fire", "w", "--json"])
        .envs(variables)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code().unwrap())
}

#[test]
fn a_proxy_that_cannot_be_used_is_an_error_that_names_the_variable() {
    for (variable, value, reason) in [
        ("HTTP_PROXY", "not a url", "`not a url` is not a proxy URL: it contains whitespace"),
        ("http_proxy", "ftp://127.0.0.1", "unsupported scheme `ftp`"),
        ("ALL_PROXY", "http://me:s3cret@127.0.0.1:99999", "`http://***@127.0.0.1:99999` is not a proxy URL"),
    ] {
        let (text, code) = fired(variable, value, "http://receiver.invalid/");
        assert_eq!(code, 3, "{text}");
        assert!(text.contains(&format!("cannot use `{variable}`: ")) && text.contains(reason), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
    // A variable that is not needed is not checked.
    let server = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let (text, code) = fired("HTTP_PROXY", "not a url", &server.url("http://127.0.0.1", "/"));
    assert_eq!(code, 0, "{text}");
    let (text, code) = fired("HTTPS_PROXY", "not a url", "http://receiver.invalid/");
    assert_eq!(code, 4, "{text}");
}

#[test]
#[cfg(unix)]
fn a_proxy_variable_that_is_not_utf_8_is_an_error_that_names_it() {
    use std::os::unix::ffi::OsStrExt;
    let proxy = answering("").maybe_unvisited();
    let (url, bytes) = (format!("http://{}", proxy.address()), OsStr::from_bytes(b"receiver.invalid,\xff"));
    for variable in ["NO_PROXY", "no_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let other = if variable == "ALL_PROXY" { "NO_PROXY" } else { "ALL_PROXY" };
        let own = if other == "NO_PROXY" { OsStr::new("") } else { OsStr::new(&url) };
        let (text, code) = fired_with([(other, own), (variable, bytes)], "http://receiver.invalid/");
        assert_eq!(code, 3, "{variable}: {text}");
        assert!(text.contains(&format!("cannot use `{variable}`: the value is not UTF-8")), "{text}");
    }
    assert_eq!(proxy.visits(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn certificates_that_cannot_be_read_are_an_error_that_names_the_variable() {
    for (variable, value, reason) in [
        ("SSL_CERT_FILE", "/nonexistent.pem", "`/nonexistent.pem`: no such file or directory"),
        ("SSL_CERT_FILE", "webhooks.toml", "`webhooks.toml`: it contains no certificate"),
        ("SSL_CERT_DIR", "/nonexistent", "`/nonexistent`: no such directory"),
    ] {
        let (text, code) = fired(variable, value, "https://127.0.0.1:1/");
        assert_eq!(code, 3, "{text}");
        assert!(text.contains(&format!("cannot use `{variable}`: {reason}")), "{text}");
    }
    let (text, code) = fired("SSL_CERT_FILE", "/nonexistent.pem", "http://127.0.0.1:1/");
    assert_eq!(code, 4, "{text}");
}

#[test]
#[cfg(unix)]
fn a_signal_ends_a_delivery_and_leaves_it_in_doubt() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let proxy = Server::start([Step::Read, Step::Hold]);
        let url = format!("http://{}", proxy.address());
        let mut child = start("is_interrupted", &[("HTTP_PROXY", &url)]);
        while proxy.received().is_empty() {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it was interrupted");
            std::thread::sleep(Duration::from_millis(5));
        }
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert!(child.wait().unwrap().success(), "{signal}");
    }
}

#[test]
#[ignore = "started by another test, with a proxy in the environment"]
fn sends_through_a_proxy() {
    let exchange = send(&Options::default(), RECEIVER);
    assert_eq!(failure(&exchange), None, "{exchange:#?}");
    assert!(exchange.proxy.unwrap().starts_with("127.0.0.1:"));
}

#[test]
#[ignore = "started by another test, with a proxy in the environment"]
fn sends_directly() {
    let exchange = send(&Options::default(), RECEIVER);
    assert_failed(&exchange, FailureKind::DnsNotFound, State::NotSent);
}

#[test]
#[ignore = "started by another test, which interrupts it"]
fn is_interrupted() {
    let exchange = send(&Options::default(), RECEIVER);
    assert_failed(&exchange, FailureKind::Interrupted, State::InDoubt);
}
