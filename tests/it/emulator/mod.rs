//! The emulator over HTTP: what it accepts and returns, and what it reports.

mod access;
mod assumptions;
pub(crate) mod client;
mod control;
mod documented;
mod kill;
mod load;
mod model;
mod paging;
mod resources;
mod restart;

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use hooks::core::delivery::parse_timestamp;
use hooks::core::emulator::Seed;
use hooks::io::emulator::{
    Call, Change, DeliveryReport, Emulator, EmulatorEvent, EmulatorHandle, EmulatorOptions,
};
use hooks::io::listeners::Listeners;
use hooks::io::sqlite::Unusable;
use serde_json::{Value, json};

use self::client::Client;

/// The time at which clocks are stopped in most tests.
const NOW: &str = "2026-03-01T09:00:00.000Z";
pub(crate) const KEY: &str = "5a1f0c6e-8a3b-4c6f-9a54-2f0d1d7e9b11";

/// An emulator whose events are collected by a thread. Each change is finished at once, without deliveries.
pub(crate) struct Server {
    client: Client,
    handle: EmulatorHandle,
    kept: Arc<Mutex<Kept>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Kept {
    calls: Vec<Call>,
    changes: Vec<Change>,
    /// Numbers of changes that an earlier run did not fire.
    dropped: Vec<u64>,
    /// Whether changes are only collected, and stay unfinished.
    holds: bool,
}

pub(crate) fn options() -> EmulatorOptions {
    EmulatorOptions { now: parse_timestamp(NOW), seed: Seed::sample().unwrap(), ..EmulatorOptions::default() }
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(options())
    }

    pub(crate) fn with(options: EmulatorOptions) -> Self {
        let (address, mut emulator) = started(options);
        let (handle, kept) = (emulator.handle(), Arc::new(Mutex::new(Kept::default())));
        let (stop, mut stopped) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn({
            let (handle, kept) = (handle.clone(), Arc::clone(&kept));
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    loop {
                        let event = tokio::select! {
                            event = emulator.next() => event.unwrap(),
                            _ = &mut stopped => return,
                        };
                        keep(&kept, &handle, event);
                    }
                });
            }
        });
        Self { client: Client { address }, handle, kept, stop: Some(stop), thread: Some(thread) }
    }

    fn kept<T>(&self, read: impl FnOnce(&mut Kept) -> T) -> T {
        read(&mut self.kept.lock().unwrap())
    }

    /// The changes since the last call of this, as `create event`, once all are fired.
    fn fired(&self) -> Vec<String> {
        self.changes().iter().map(|change| format!("{} {}", change.trigger, change.kind)).collect()
    }

    /// The changes since the last call of this, once all are fired.
    pub(crate) fn changes(&self) -> Vec<Change> {
        self.get("/_emulator/idle?timeout=20").ok();
        self.kept(|kept| std::mem::take(&mut kept.changes))
    }

    /// Waits until a call that matches is logged.
    fn logged(&self, matches: impl Fn(&Call) -> bool) -> Call {
        for _ in 0..2000 {
            if let Some(call) = self.kept(|kept| kept.calls.iter().find(|call| matches(call)).cloned()) {
                return call;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("not logged: {:?}", self.kept(|kept| kept.calls.clone()));
    }
}

/// Starts once the previous emulator has closed the file.
fn started(options: EmulatorOptions) -> (SocketAddr, Emulator) {
    let start = |options| {
        let listeners = Listeners::bind(None, 0).unwrap();
        (listeners.address(), Emulator::start(listeners, options))
    };
    for _ in 0..1000 {
        match start(options.clone()) {
            (address, Ok(emulator)) => return (address, emulator),
            (_, Err(error)) if matches!(error.reason(), Unusable::Busy) => {
                std::thread::sleep(Duration::from_millis(10));
            }
            (_, Err(error)) => panic!("{error}"),
        }
    }
    let (address, emulator) = start(options);
    (address, emulator.unwrap())
}

impl Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn keep(kept: &Mutex<Kept>, handle: &EmulatorHandle, event: EmulatorEvent) {
    let mut own = kept.lock().unwrap();
    match event {
        EmulatorEvent::Call(call) => own.calls.push(call),
        EmulatorEvent::Dropped(change) => own.dropped.push(change.number),
        EmulatorEvent::Change(change) => {
            own.changes.push(change.clone());
            if !own.holds {
                handle.begun(&change).unwrap();
                handle.finished(&change).unwrap();
            }
        }
    }
}

/// A report of a delivery to this webhook.
fn report(webhook: u64, has_succeeded: bool) -> DeliveryReport {
    DeliveryReport {
        webhook_id: Some(webhook),
        webhook: format!("webhook {webhook}"),
        method: "POST".to_owned(),
        url: "http://127.0.0.1:3000/".to_owned(),
        has_succeeded,
        status: Some(if has_succeeded { 200 } else { 500 }),
        failure: None,
    }
}

fn webhook() -> Value {
    json!({
        "name": "Guests to CRM", "active": true, "method": "PUT", "payload_url": "https://crm.example.com/in",
        "trigger": "update", "trigger_element": "rsvp_answer",
        "header": [{ "key": "X-Token", "value": "abc" }],
    })
}

fn event(group: &str) -> Value {
    json!({ "event_group": group, "dates": [{ "name": "Open house", "startDate": "2026-06-01" }] })
}

fn group(server: &Server) -> String {
    server.post("/v1/group", &json!({ "name": "Concerts" })).created()
}
