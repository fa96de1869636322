//! Sends the elements of a session on one thread: workers that take one element after the other, and a loop that hears
//! signals, reads the stream and prints.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use tokio::task::{JoinSet, LocalSet};

use crate::commands::context::Context;
use crate::io::http::Transport;
use crate::io::interrupt::{self, Signals};

use super::input::{FromThread, Job};
use super::report::Stop;
use super::session::{Session, Step};

/// How often what ended is recorded at least, and the progress is shown.
const TICK: Duration = Duration::from_millis(100);
/// Signals within this time count as one: `timeout` signals a program and then its process group.
const ONE_SIGNAL: Duration = Duration::from_millis(100);

struct Engine {
    session: RefCell<Session>,
    transport: Transport,
    /// Wakes workers: there is more input, or the run stops.
    changed: Notify,
    /// Wakes the loop: there is something to print, or room for more input.
    progressed: Notify,
}

/// Sends until there is nothing more, or the run stops.
pub(super) fn run(
    cx: &mut Context,
    session: Session,
    transport: Transport,
    stream: Option<Receiver<FromThread>>,
) -> std::io::Result<Session> {
    let runtime = crate::io::process::runtime()?;
    let exits_on_signal = Arc::clone(&interrupt::flags()?.exits);
    cx.printer.exit_while_blocked(Arc::clone(&exits_on_signal));
    let concurrency = session.concurrency;
    let engine = Rc::new(Engine {
        session: RefCell::new(session),
        transport,
        changed: Notify::new(),
        progressed: Notify::new(),
    });
    let local = LocalSet::new();
    let mut workers = JoinSet::new();
    for _ in 0..concurrency {
        workers.spawn_local_on(worker(Rc::clone(&engine)), &local);
    }
    let ended = local.block_on(&runtime, supervise(cx, &engine, workers, stream, &exits_on_signal));
    drop(local);
    // A name lookup cannot be cancelled; the program does not wait for it.
    runtime.shutdown_background();
    ended?;
    let engine = Rc::into_inner(engine).ok_or_else(|| std::io::Error::other("a worker is still running"))?;
    Ok(engine.session.into_inner())
}

async fn supervise(
    cx: &mut Context,
    engine: &Engine,
    mut workers: JoinSet<()>,
    mut stream: Option<Receiver<FromThread>>,
    exits_on_signal: &AtomicBool,
) -> std::io::Result<()> {
    let mut signals = Signals::listen()?;
    let mut tick = tokio::time::interval(TICK);
    let mut stopped_at: Option<Instant> = None;
    loop {
        let has_room = engine.session.borrow().input.has_room();
        tokio::select! {
            biased;
            ended = workers.join_next() => match ended {
                Some(Ok(())) => {}
                Some(Err(error)) => return Err(std::io::Error::other(error)),
                None => return Ok(()),
            },
            () = signals.next() => {
                // Of a second signal the handler ends the program, where there is one.
                if stopped_at.replace(Instant::now()).is_some() {
                    return Ok(());
                }
                engine.session.borrow_mut().stop(Stop::Signal);
                engine.changed.notify_waiters();
            }
            read = next_of(&mut stream), if has_room => {
                engine.session.borrow_mut().input.push(read);
                engine.changed.notify_waiters();
            }
            () = engine.progressed.notified() => {}
            _ = tick.tick() => engine.session.borrow_mut().flush(),
        }
        let is_stopping = stopped_at.is_some_and(|at| at.elapsed() >= ONE_SIGNAL);
        exits_on_signal.store(is_stopping, Ordering::SeqCst);
        engine.session.borrow_mut().report.print(cx);
    }
}

async fn next_of(stream: &mut Option<Receiver<FromThread>>) -> Option<FromThread> {
    match stream {
        Some(stream) => stream.recv().await,
        None => std::future::pending().await,
    }
}

/// Takes one element after the other.
async fn worker(engine: Rc<Engine>) {
    while let Some(job) = engine.next().await {
        let exchange = engine.transport.send(&job.request).await;
        engine.session.borrow_mut().finish(job, &exchange);
    }
}

impl Engine {
    /// The next element to send; none if there is none.
    async fn next(&self) -> Option<Box<Job>> {
        loop {
            let step = self.session.borrow_mut().next();
            if self.session.borrow().is_supervision_due() {
                self.progressed.notify_one();
            }
            match step {
                Step::Send(job) => return Some(job),
                Step::End => {
                    self.changed.notify_waiters();
                    return None;
                }
                Step::Yield => tokio::task::yield_now().await,
                Step::Idle => self.changed.notified().await,
                Step::Wait(until) => {
                    let until = self.session.borrow().start + until;
                    tokio::select! {
                        () = self.changed.notified() => {}
                        () = tokio::time::sleep_until(until.into()) => {}
                    }
                }
            }
        }
    }
}
