//! One delivery, with a runtime of its own that ends with it.

use std::time::Duration;

use super::echo::{EchoReceiver, ReceivedRequest};
use super::{Options, SetupError, Transport};
use crate::core::exchange::Exchange;
use crate::core::request::PreparedRequest;
use crate::io::interrupt::signalled;
use crate::io::runtime::builder;

/// How long the receiver may take to hand over what it got, after the sender has finished.
const HAND_OVER: Duration = Duration::from_secs(1);

/// Sends one request; Ctrl-C and similar signals end it as `interrupted`.
///
/// # Errors
/// When the options cannot be used, or the operating system refuses a runtime.
pub fn send_once(options: &Options, request: &PreparedRequest) -> Result<Exchange, SetupError> {
    let transport = Transport::new(options)?;
    transport.prepare(&request.url)?;
    run(async { Ok(transport.send_until(request, interrupt()).await) })
}

/// Sends one request, made for the address of `receiver`, and returns it as it arrived there; nothing if
/// it did not arrive whole.
///
/// # Errors
/// When the options cannot be used, or the operating system refuses a runtime or the socket.
pub fn send_to_echo(
    options: &Options,
    request: &PreparedRequest,
    receiver: EchoReceiver,
) -> Result<(Exchange, Option<ReceivedRequest>), SetupError> {
    let transport = Transport::new(options)?;
    transport.prepare(&request.url)?;
    run(async {
        let mut receive = std::pin::pin!(receiver.receive(request.body.len()));
        let mut send = std::pin::pin!(transport.send_until(request, interrupt()));
        let mut received = None;
        let exchange = loop {
            tokio::select! {
                exchange = &mut send => break exchange,
                result = &mut receive, if received.is_none() => received = Some(result),
            }
        };
        let received = match received {
            Some(result) => Some(result),
            None if exchange.answer.is_some() => tokio::time::timeout(HAND_OVER, receive).await.ok(),
            None => None,
        };
        Ok((exchange, received.and_then(Result::ok)))
    })
}

fn run<T>(work: impl Future<Output = Result<T, SetupError>>) -> Result<T, SetupError> {
    let runtime = builder()
        .map_err(SetupError::from)?
        // Look at the clock after every step: a flood of interim answers keeps the connection busy for ever.
        .event_interval(1)
        .build()
        .map_err(SetupError::from)?;
    let result = runtime.block_on(work);
    // A lookup cannot be cancelled; the program does not wait for it.
    runtime.shutdown_background();
    result
}

/// Ready at the first signal that asks the program to end, such as Ctrl-C.
async fn interrupt() {
    if signalled().await.is_err() {
        std::future::pending::<()>().await;
    }
}
