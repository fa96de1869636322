//! The page of the emulator: the calls it makes, and who may make them.

use hooks::io::emulator::{Emulator, EmulatorEvent, EmulatorOptions};
use hooks::io::listeners::Listeners;
use hooks::io::web::Page;
use serde_json::{Value, json};

use super::{Client, OWN_PAGE};

const KEY: &str = "0e0e0e0e-0000-4000-8000-000000000001";

struct Served {
    emulator: Emulator,
    port: u16,
    _page: Page,
    client: Client,
}

fn serve() -> Served {
    let listeners = Listeners::bind(None, 0).unwrap();
    let port = listeners.address().port();
    let emulator = Emulator::start(listeners, EmulatorOptions::default()).unwrap();
    let page = emulator.handle().serve_page(0, "{}".to_owned(), KEY).unwrap();
    let client = Client::of(&page.url());
    Served { emulator, port, _page: page, client }
}

impl Served {
    /// The reported requests.
    fn calls(mut self, count: usize) -> Vec<(String, Option<u16>, Option<u64>)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut calls = Vec::new();
        runtime.block_on(async {
            while calls.len() < count {
                if let EmulatorEvent::Call(call) = self.emulator.next().await.unwrap() {
                    let account = call.namespace.map(|own| own.number);
                    calls.push((format!("{} {}", call.method, call.path), call.status, account));
                }
            }
        });
        calls
    }
}

#[test]
fn calls_from_the_page_work_like_those_of_a_client_and_are_reported() {
    let served = serve();
    let accounts: Value = serde_json::from_str(&served.client.get("/accounts").body).unwrap();
    assert_eq!(accounts, json!([{ "number": 1, "key_end": "0001" }]));
    let created = served.client.send("POST /accounts/1/v1/group", OWN_PAGE, r#"{"name":"Parties"}"#);
    assert_eq!((created.status, created.header("content-type")), (200, Some("application/json")));
    assert_eq!(served.client.send("POST /accounts/1/v1/group?x=1", OWN_PAGE, "{}").status, 400);
    let state: Value = serde_json::from_str(&served.client.get("/accounts/1/_emulator/state").body).unwrap();
    assert_eq!(state["group"][0]["name"], "Parties");
    let calls = served.calls(2);
    let call = |text: &str, status| (text.to_owned(), Some(status), Some(1));
    assert_eq!(calls, [call("POST /v1/group", 200), call("POST /v1/group?x=1", 400)]);
}

#[test]
fn only_the_page_itself_can_call_through_it() {
    let served = serve();
    let body = r#"{"name":"Parties"}"#;
    let token = "x-hooks-token: TOKEN\r\n";
    let json = "content-type: application/json\r\n";
    let key = format!("authorization: {KEY}\r\n");
    for (headers, status) in [
        (format!("{json}{key}"), 401),
        (format!("{token}{json}{key}"), 403),
        (format!("{token}{json}{key}origin: http://rebound.example\r\n"), 403),
        (OWN_PAGE.replace("application/json", "text/plain"), 415),
        (format!("{OWN_PAGE}x-forwarded-for: 1.2.3.4\r\n"), 403),
    ] {
        for line in
            ["POST /accounts/1/v1/group", "DELETE /accounts/1/v1/group/x", "POST /accounts/1/_emulator/reset"]
        {
            let answer = served.client.send(line, &headers, body);
            assert_eq!(answer.status, status, "{line} {headers}");
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        }
    }
    for path in ["/accounts", "/accounts/1/_emulator/state", "/accounts/1/v1/group/all"] {
        assert_eq!(served.client.send(&format!("GET {path}"), &key, "").status, 401, "{path}");
    }
    let state: Value = serde_json::from_str(&served.client.get("/accounts/1/_emulator/state").body).unwrap();
    assert_eq!(state["group"], json!([]));
}

#[test]
fn the_port_of_the_api_has_neither_the_page_nor_accounts_without_a_key() {
    let served = serve();
    let api = Client::at(served.port);
    for path in ["/", "/accounts", "/accounts/1/v1/group/all", "/accounts/1/_emulator/state", "/documents"] {
        assert_eq!(api.send(&format!("GET {path}"), "", "").status, 404, "{path}");
    }
    assert_eq!(api.send("GET /_emulator/state", "x-account: 1\r\n", "").status, 401);
    for path in ["/accounts/2/v1/group/all", "/accounts/x/v1/group/all", "/accounts/-1/v1/group/all"] {
        let answer = served.client.get(path);
        assert!([404, 409].contains(&answer.status), "{path}: {answer:?}");
    }
}
