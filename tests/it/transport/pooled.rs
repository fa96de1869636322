//! Many requests over one transport, and interrupted requests.

use std::time::Duration;

use hooks::core::delivery::{FailureKind, State};
use hooks::io::http::{Options, Transport};

use super::{PLAIN, assert_failed, hasty, options, post};
use crate::server::{Server, Step, answering, say};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn an_idle_connection_is_reused() {
    let server = Server::start([Step::Read, say(OK), Step::Read, say(OK), Step::Hold]);
    let options = Options { idle_connections: 8, ..options() };
    let transport = Transport::new(&options).unwrap();
    let request = post(&server.url(PLAIN, "/"));
    let (first, second) = run(async { (transport.send(&request).await, transport.send(&request).await) });
    assert_eq!((first.state, first.reused), (State::Delivered, false));
    assert_eq!((second.state, second.reused), (State::Delivered, true));
    assert_eq!(second.peer, Some(server.address()));
    assert!(second.phases.connect.is_none() && second.phases.first_byte.is_some());
    assert_eq!(server.visits(), 1);
}

#[test]
fn without_a_pool_each_request_has_its_own_connection() {
    let server = Server::start([Step::Read, say(OK), Step::Hold]);
    let transport = Transport::new(&options()).unwrap();
    let request = post(&server.url(PLAIN, "/"));
    run(async {
        for _ in 0..3 {
            assert_eq!(transport.send(&request).await.state, State::Delivered);
        }
    });
    assert_eq!(server.visits(), 3);
}

#[test]
fn concurrent_requests_are_all_delivered_over_few_connections() {
    let script: Vec<Step> = std::iter::repeat_n([Step::Read, say(OK)], 200).flatten().collect();
    let server = Server::start(script);
    let options = Options { idle_connections: 16, ..options() };
    let transport = std::sync::Arc::new(Transport::new(&options).unwrap());
    let url = server.url(PLAIN, "/");
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
    assert!(server.visits() <= 16, "{} connections for 160 requests", server.visits());
}

#[test]
fn a_reused_connection_without_a_response_is_in_doubt_and_nothing_is_sent_twice() {
    let server = Server::start([Step::Read, say(OK), Step::Read]);
    let options = Options { idle_connections: 8, ..hasty() };
    let transport = Transport::new(&options).unwrap();
    let request = post(&server.url(PLAIN, "/"));
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
fn a_connection_that_was_closed_while_idle_is_replaced() {
    let server = Server::start([Step::Read, say(OK)]);
    let transport = Transport::new(&Options { idle_connections: 8, ..options() }).unwrap();
    let request = post(&server.url(PLAIN, "/"));
    run(async {
        for _ in 0..3 {
            let exchange = transport.send(&request).await;
            assert_eq!((exchange.state, exchange.reused), (State::Delivered, false));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert_eq!(server.visits(), 3);
}

#[test]
fn an_interrupted_request_is_in_doubt_once_connected() {
    let server = Server::start([Step::Read, Step::Hold]);
    let transport = Transport::new(&options()).unwrap();
    let soon = || tokio::time::sleep(Duration::from_millis(300));
    let request = post(&server.url(PLAIN, "/"));
    let exchange = run(async { transport.send_until(&request, soon()).await });
    assert_failed(&exchange, FailureKind::Interrupted, State::InDoubt);

    let silent = Server::start([Step::Hold]);
    let request = post(&silent.url("https://127.0.0.1", "/"));
    let exchange = run(async { transport.send_until(&request, soon()).await });
    assert_failed(&exchange, FailureKind::Interrupted, State::NotSent);
    assert_eq!(silent.visits(), 1);
}

#[test]
fn a_request_interrupted_before_it_began_was_not_sent() {
    let server = answering(OK).maybe_unvisited();
    let transport = Transport::new(&options()).unwrap();
    let request = post(&server.url(PLAIN, "/"));
    let exchange = run(async { transport.send_until(&request, std::future::ready(())).await });
    assert_failed(&exchange, FailureKind::Interrupted, State::NotSent);
}
