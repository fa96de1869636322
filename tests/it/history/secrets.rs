//! The files of the history contain no secret in any form.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::{file, project as plain};
use crate::harness::{Project, hooks};
use crate::server::{Server, answering};

const TOKEN: &str = "c4nary-token-XYZ";
const KEY: &str = "c4n\"ary\\key/ä+&=";
const PATH: &str = "c4nary.path";
const LITERAL: &str = "c4nary-literal";
const QUERY: &str = "c4nary-query";

/// Every form in which a response may contain a secret.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    // The body is JSON inside the JSON of the record.
    let twice = serde_json::Value::from(&json[1..json.len() - 1]).to_string();
    let percent = |set| percent_encoding::utf8_percent_encode(secret, set).to_string();
    let mut forms = vec![
        secret.to_owned(),
        json[1..json.len() - 1].to_owned(),
        twice[1..twice.len() - 1].to_owned(),
        percent(percent_encoding::NON_ALPHANUMERIC),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        STANDARD.encode(secret),
        URL_SAFE.encode(secret),
        STANDARD.encode(format!("user:{secret}")),
        STANDARD.encode(format!("us:{secret}")),
        STANDARD.encode(format!("u:{secret}")),
    ];
    forms.retain(|form| form.len() > 4);
    forms
}

/// Responds with every form of every secret, and with the beginning of one where the body is truncated.
fn echoing() -> Server {
    let all: Vec<String> =
        [TOKEN, KEY, PATH, LITERAL, QUERY].iter().flat_map(|secret| forms(secret)).collect();
    let mut body = all.join("\n");
    body.push_str(&"x".repeat(64 * 1024 - body.len() - 12));
    body.push_str(TOKEN);
    answering(&format!(
        "HTTP/1.1 302 Found\r\nlocation: http://x/?{TOKEN}\r\nx-echo: {LITERAL}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn project(server: &Server) -> Project {
    let url = server.url("http://127.0.0.1", "");
    plain(server).definitions(&format!(
        r#"
        [webhooks.a]
        trigger = "create"
        trigger_element = "rsvp_answer"
        payload_url = "{url}/${{SECRET_PATH}}?token={QUERY}"
        [webhooks.a.header]
        Authorization = "Bearer ${{TOKEN}}"
        X-Api-Key = "{LITERAL}"
        [webhooks.a.body]
        key = "${{KEY}}"
        short = "${{SHORT}}"
        "#
    ))
}

/// Asserts that no file in the directory of the history contains any form of any secret.
fn assert_clean(project: &Project) {
    let folder = file(project).parent().unwrap().to_owned();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        seen += bytes.len();
        for form in [TOKEN, KEY, PATH, LITERAL, QUERY].iter().flat_map(|secret| forms(secret)) {
            // The end of base64 depends on what comes after the secret.
            let form = form.trim_end_matches('=');
            let form = &form[..form.floor_char_boundary(form.len().max(6) - 2)];
            let at = bytes.windows(form.len()).position(|window| window == form.as_bytes());
            assert!(at.is_none(), "{form} is in {}", path.display());
        }
        let torn = &TOKEN.as_bytes()[..10];
        assert!(!bytes.windows(torn.len()).any(|window| window == torn), "the beginning of a secret");
    }
    assert!(seen > 64 * 1024, "the answer must be there to be looked at");
}

#[test]
fn no_secret_is_in_the_files_in_any_form() {
    let server = echoing();
    let project = project(&server);
    let fire = |arguments: &[&str]| {
        let run = hooks(arguments).in_project(&project).env("TOKEN", TOKEN).env("KEY", KEY);
        let run = run.env("SECRET_PATH", PATH).env("SHORT", "~~");
        run.run().stdout_with(|_| ()).stderr_with(|_| ())
    };
    fire(&["fire", "a", "--set", &format!("email={TOKEN}@example.com")]).code(1);
    fire(&["fire", "a", "--set", &format!("email={KEY}"), "--echo"]).code(0);
    fire(&["fire", "a", "--reveal"]).code(1);
    fire(&["trigger", "create", "rsvp_answer"]).code(1);
    fire(&["replay", "3"]).code(1);
    assert_clean(&project);
    fire(&["history", "prune", "--keep", "30d"]).code(0);
    assert_clean(&project);
    assert_eq!(super::recorded(&project), 5);
    let short: i64 = super::database(&project)
        .query_row(
            "SELECT count(*) FROM delivery WHERE instr(delivery ->> '$.body.text', '~~') > 0",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(short, 0, "a secret too short to be searched for is masked by its place");
}
