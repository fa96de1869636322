//! Many requests over one transport, and stopping one on its way.

use std::time::Duration;

use hooks::core::delivery::{FailureKind, State};
use hooks::io::http::{Options, Transport};

use super::{assert_failed, hasty, options, post};
use crate::server::certificates::Authority;
use crate::server::{Server, Step, answering, say};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn a_kept_connection_is_used_again_and_says_so() {
    let server = Server::start([Step::Read, say(OK), Step::Read, say(OK), Step::Hold]);
    let options = Options { idle_connections: 8, ..options() };
    let transport = Transport::new(&options).unwrap();
    let request = post(&server.url("http://127.0.0.1", "/"));
    let (first, second) = run(async { (transport.send(&request).await, transport.send(&request).await) });
    assert_eq!((first.state, first.reused), (State::Delivered, false));
    assert_eq!((second.state, second.reused), (State::Delivered, true));
    assert_eq!(second.peer, Some(server.address()));
    assert!(second.phases.connect.is_none() && second.phases.first_byte.is_some());
    assert_eq!(server.visits(), 1);
}

#[test]
fn without_a_pool_each_request_has_its_connection() {
    let server = Server::start([Step::Read, say(OK), Step::Hold]);
    let transport = Transport::new(&options()).unwrap();
    let request = post(&server.url("http://127.0.0.1", "/"));
    run(async {
        for _ in 0..3 {
            assert_eq!(transport.send(&request).await.state, State::Delivered);
        }
    });
    assert_eq!(server.visits(), 3);
}

#[test]
fn many_at_once_are_all_accounted_for() {
    let script: Vec<Step> = std::iter::repeat_n([Step::Read, say(OK)], 200).flatten().collect();
    let server = Server::start(script);
    let options = Options { idle_connections: 16, ..options() };
    let transport = std::sync::Arc::new(Transport::new(&options).unwrap());
    let url = server.url("http://127.0.0.1", "/");
    run(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (transport, request) = (std::sync::Arc::clone(&transport), post(&url));
            tasks.spawn(async move {
                for _ in 0..10 {
                    let exchange = transport.send(&request).await;
                    assert_eq!(exchange.state, State::Delivered, "{exchange:?}");
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
    });
    assert!(server.visits() <= 32, "{} connections for 160 requests", server.visits());
}

#[test]
fn a_kept_connection_without_an_answer_is_in_doubt_and_nothing_is_sent_twice() {
    let server = Server::start([Step::Read, say(OK), Step::Read]);
    let options = Options { idle_connections: 8, ..hasty() };
    let transport = Transport::new(&options).unwrap();
    let request = post(&server.url("http://127.0.0.1", "/"));
    let second = run(async {
        transport.send(&request).await;
        transport.send(&request).await
    });
    let words = assert_failed(&second, FailureKind::EmptyResponse, State::InDoubt);
    assert!(words.contains("had been used for an earlier request"), "{words}");
    assert!(second.reused);
    assert_eq!(server.visits(), 1);
}

#[test]
fn a_request_that_got_another_connection_than_its_own_is_in_doubt() {
    let authority = Authority::new("trusted");
    let tls = Step::Tls(authority.issue(&["localhost"], |_| {}).server());
    // The first connection answers once, takes a second request and closes; the second one never gets as
    // far as TLS. So the second request goes out over the first connection.
    let pause = Step::Stall(Duration::from_millis(200));
    let server =
        Server::start_in_turn(vec![vec![tls, Step::Read, pause, say(OK), Step::Read], vec![Step::Hold]]);
    let options = Options { idle_connections: 8, ca_certificates: vec![authority.pem()], ..options() };
    let transport = Transport::new(&options).unwrap();
    let request = post(&server.url("https://localhost", "/"));
    let (first, second) = run(async {
        let later = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            transport.send(&request).await
        };
        tokio::join!(transport.send(&request), later)
    });
    assert_eq!((first.state, first.reused), (State::Delivered, false));
    assert_failed(&second, FailureKind::EmptyResponse, State::InDoubt);
    assert!(second.reused && second.phases.tls.is_none());
    assert_eq!(server.visits(), 2);
}

#[test]
fn an_interruption_is_in_doubt_once_the_connection_stood() {
    let server = Server::start([Step::Read, Step::Hold]);
    let transport = Transport::new(&options()).unwrap();
    let soon = || tokio::time::sleep(Duration::from_millis(300));
    let request = post(&server.url("http://127.0.0.1", "/"));
    let exchange = run(async { transport.send_until(&request, soon()).await });
    assert_failed(&exchange, FailureKind::Interrupted, State::InDoubt);

    let silent = Server::start([Step::Hold]);
    let request = post(&silent.url("https://127.0.0.1", "/"));
    let exchange = run(async { transport.send_until(&request, soon()).await });
    assert_failed(&exchange, FailureKind::Interrupted, State::NotSent);
    assert_eq!(silent.visits(), 1);
}

#[test]
fn a_request_stopped_before_it_began_was_not_sent() {
    let server = answering(OK).maybe_unvisited();
    let transport = Transport::new(&options()).unwrap();
    let request = post(&server.url("http://127.0.0.1", "/"));
    let exchange = run(async { transport.send_until(&request, std::future::ready(())).await });
    assert_eq!(exchange.failure.unwrap().kind, FailureKind::Interrupted);
}
