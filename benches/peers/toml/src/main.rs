//! The minimum work of any reader of the file: parse it into structs that forbid unknown keys.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    webhooks: BTreeMap<String, Webhook>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read is all that is done")]
struct Webhook {
    name: Option<String>,
    id: Option<u64>,
    active: Option<bool>,
    trigger: String,
    trigger_element: String,
    prokey_filter: Option<String>,
    method: Option<String>,
    payload_url: String,
    #[serde(default)]
    header: BTreeMap<String, String>,
    #[serde(default)]
    body: BTreeMap<String, String>,
}

fn main() {
    let path = std::env::args().nth(1).expect("a file");
    let text = std::fs::read_to_string(path).expect("a readable file");
    let file: File = toml::from_str(&text).expect("a definitions file");
    println!("{} webhooks", file.webhooks.len());
}
