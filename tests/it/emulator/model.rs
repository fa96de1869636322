//! After random sequences of calls, the emulator and a simple model have the same state and have fired the same changes.

use std::collections::BTreeMap;

use hooks::core::emulator::Seed;
use hooks::io::emulator::EmulatorOptions;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::{Server, options};

#[derive(Debug, Clone)]
enum Operation {
    CreateGroup(String),
    CreateEvent(Index, String),
    CreateStyle(String),
    RenameGroup(Index, String),
    MoveEvent(Index, String),
    SetLayout(Index, Option<Index>),
    DeleteGroup(Index),
    DeleteEvent(Index),
    DeleteStyle(Index),
}

fn operation() -> impl Strategy<Value = Operation> {
    let index = any::<Index>;
    let text = "[a-zß][a-zäß\"\\\\ ]{0,7}";
    prop_oneof![
        3 => text.prop_map(Operation::CreateGroup),
        5 => (index(), text).prop_map(|(group, name)| Operation::CreateEvent(group, name)),
        3 => text.prop_map(Operation::CreateStyle),
        2 => (index(), text).prop_map(|(group, name)| Operation::RenameGroup(group, name)),
        2 => (index(), text).prop_map(|(event, place)| Operation::MoveEvent(event, place)),
        6 => (index(), any::<Option<Index>>()).prop_map(|(event, style)| Operation::SetLayout(event, style)),
        1 => index().prop_map(Operation::DeleteGroup),
        1 => index().prop_map(Operation::DeleteEvent),
        3 => index().prop_map(Operation::DeleteStyle),
    ]
}

#[derive(Debug, Default)]
struct Model {
    /// Names by prokey, in the order of creation.
    groups: Vec<(String, String)>,
    events: Vec<Event>,
    /// Names by id.
    styles: BTreeMap<u64, String>,
    fired: Vec<&'static str>,
}

#[derive(Debug)]
struct Event {
    prokey: String,
    group: String,
    name: String,
    place: Option<String>,
    layout: Option<u64>,
}

impl Model {
    /// Makes a call, and applies it to the model.
    fn apply(&mut self, server: &Server, operation: Operation) {
        match operation {
            Operation::CreateGroup(name) => {
                let prokey = server.post("/v1/group", &json!({ "name": name })).created();
                self.groups.push((prokey, name));
                self.fired.push("create event_group");
            }
            Operation::CreateStyle(name) => {
                let body = json!({ "name": name, "options": ["apple"] });
                let id = server.post("/v1/style", &body).created();
                self.styles.insert(id.parse().unwrap(), name);
                self.fired.push("create style");
            }
            Operation::CreateEvent(index, name) if !self.groups.is_empty() => {
                let group = index.get(&self.groups).0.clone();
                let dates = json!([{ "name": name, "startDate": "2026-06-01" }]);
                let body = json!({ "event_group": group, "dates": dates });
                let prokey = server.post("/v1/event", &body).created();
                self.events.push(Event { prokey, group, name, place: None, layout: None });
                self.fired.push("create event");
            }
            Operation::RenameGroup(index, name) if !self.groups.is_empty() => {
                let group = index.get_mut(&mut self.groups);
                server.patch(&format!("/v1/group/{}", group.0), &json!({ "name": name })).ok();
                group.1 = name;
                self.fired.push("update event_group");
            }
            other => self.apply_to_event_or_delete(server, &other),
        }
    }

    fn apply_to_event_or_delete(&mut self, server: &Server, operation: &Operation) {
        match operation {
            Operation::MoveEvent(index, place) if !self.events.is_empty() => {
                let event = index.get_mut(&mut self.events);
                let body = json!({ "dates": [{ "location": place }] });
                server.patch(&format!("/v1/event/{}", event.prokey), &body).ok();
                event.place = Some(place.clone());
                self.fired.push("update event");
            }
            Operation::SetLayout(index, style) if !self.events.is_empty() => {
                let styles: Vec<u64> = self.styles.keys().copied().collect();
                let layout = style.filter(|_| !styles.is_empty()).map(|style| *style.get(&styles));
                let event = index.get_mut(&mut self.events);
                server.patch(&format!("/v1/event/{}", event.prokey), &json!({ "layout": layout })).ok();
                event.layout = layout;
                self.fired.push("update event");
            }
            Operation::DeleteGroup(index) if !self.groups.is_empty() => {
                let (prokey, _) = remove(&mut self.groups, *index);
                server.delete(&format!("/v1/group/{prokey}")).ok();
                self.events.retain(|event| event.group != prokey);
                self.fired.push("delete event_group");
            }
            Operation::DeleteEvent(index) if !self.events.is_empty() => {
                let event = remove(&mut self.events, *index);
                server.delete(&format!("/v1/event/{}", event.prokey)).ok();
                self.fired.push("delete event");
            }
            Operation::DeleteStyle(index) if !self.styles.is_empty() => {
                let ids: Vec<u64> = self.styles.keys().copied().collect();
                let id = *index.get(&ids);
                server.delete(&format!("/v1/style/{id}")).ok();
                self.styles.remove(&id);
                for event in self.events.iter_mut().filter(|event| event.layout == Some(id)) {
                    event.layout = None;
                }
                self.fired.push("delete style");
            }
            _ => {}
        }
    }

    fn state(&self) -> Value {
        let groups = self.groups.iter().map(|(prokey, name)| {
            let events = self.events.iter().filter(|event| event.group == *prokey);
            json!([prokey, name, events.map(|event| &event.prokey).collect::<Vec<_>>()])
        });
        let events = self
            .events
            .iter()
            .map(|event| json!([event.prokey, event.group, event.name, event.place, event.layout]));
        json!([
            groups.collect::<Value>(),
            events.collect::<Value>(),
            json!(self.styles.iter().collect::<Vec<_>>())
        ])
    }
}

fn remove<T>(items: &mut Vec<T>, index: Index) -> T {
    items.remove(index.index(items.len()))
}

/// The emulator's state in the same form.
fn state(server: &Server) -> Value {
    let all = server.get("/_emulator/state").ok();
    let list = |name: &str, shown: fn(&Value) -> Value| -> Value {
        all[name].as_array().unwrap().iter().map(shown).collect()
    };
    json!([
        list("group", |own| json!([own["prokey"], own["name"], own["events"]])),
        list("event", |own| {
            let date = &own["dates"][0];
            json!([own["prokey"], own["event_group"], date["name"], date["location"], own["layout"]])
        }),
        list("style", |own| json!([own["id"], own["name"]])),
    ])
}

#[test]
fn after_any_sequence_of_calls_the_state_and_the_fired_changes_equal_those_of_a_simple_model() {
    let server = Server::with(EmulatorOptions { rate_limit: 0, seed: Seed::default(), ..options() });
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&vec(operation(), 20..60), |operations| {
        server.post("/_emulator/reset", &Value::Null).ok();
        server.fired();
        let mut model = Model::default();
        for operation in operations {
            model.apply(&server, operation);
        }
        prop_assert_eq!(state(&server), model.state());
        prop_assert_eq!(server.fired(), model.fired);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}
