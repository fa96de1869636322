//! The client, seen through `hooks account`.

use serde_json::json;
use snapbox::str;

use super::api::{Api, KEY, json as json_response, no_entry, path, response};
use crate::harness::{Project, hooks};

/// A list of this many webhooks, from this id.
fn entries(from: usize, count: usize) -> String {
    let list: serde_json::Value = (from..from + count).map(|id| json!({"id": id})).collect();
    json_response(200, &list)
}

#[test]
fn only_the_source_and_the_last_characters_of_the_key_are_shown() {
    let api = Api::new(|_, _| entries(1, 3));
    let project = Project::new();
    api.hooks(&project, &["account"]).run().success().no_stderr().stdout(str![[r#"
API      http://127.0.0.1:[PORT]/v1
key      from the environment, ends in 1e2f
reading  works: 3 webhooks
writing  unknown until the first push

"#]]);
    let dotenv = Project::new().file(".env", format!("HOOKS_API_KEY={KEY}\nHOOKS_API={}\n", api.url()));
    hooks(["account", "--json"]).in_project(&dotenv).run().success().no_stderr().stdout(str![[r#"
{
  "version": 1,
  "account": "default",
  "api": "http://127.0.0.1:[PORT]/v1",
  "key": {
    "source": "`.env`",
    "last_four": "1e2f"
  },
  "can_read": true,
  "webhooks": 3,
  "failure": null
}

"#]]);
    let file = Project::new().file("key", format!("{KEY}\r\n"));
    #[cfg(unix)]
    std::fs::set_permissions(file.join("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let url = api.url();
    hooks(["account", "--api", &url, "--key-file", "key"])
        .in_project(&file)
        .run()
        .success()
        .no_stderr()
        .stdout_with(|text| assert!(text.contains("key      from `key`, ends in 1e2f"), "{text}"));
    hooks(["account", "--api", &url, "--key-file", "-"]).stdin(KEY).run().success().no_stderr().stdout_with(
        |text| {
            assert!(text.contains("key      from standard input, ends in 1e2f"), "{text}");
        },
    );
}

#[test]
fn a_missing_or_invalid_key_is_named_before_any_request() {
    let url = "http://127.0.0.1:9/v1";
    hooks(["account", "--api", url]).run().code(3).no_stdout().stderr(str![[r#"
error[api-key-missing]: `HOOKS_API_KEY` is not set
  = help: create a key in the app under Settings → Technical
  = help: set it as `HOOKS_API_KEY=…` in `.env` or the environment, or pass its file with `--key-file`


"#]]);
    hooks(["account", "--api", url])
        .env("HOOKS_API_KEY", format!("Bearer {KEY}"))
        .run()
        .code(3)
        .no_stdout()
        .stderr(str![[r#"
error[api-key-invalid]: invalid API key from the environment: it starts with an authentication scheme; use the key alone
  = help: copy the key from the app again


"#]]);
    hooks(["account", "--api", url, "--key-file", "none"]).run().code(3).no_stdout().ignore_stderr();
    hooks(["account", KEY]).run().code(2).no_stdout().ignore_stderr();
}

#[test]
fn a_key_is_never_sent_without_tls_or_to_a_host_that_only_dotenv_names() {
    hooks(["account", "--api", "http://api.example.com/v1"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'http://api.example.com/v1' for '--api <URL>': `http` is accepted only for this machine; use `https://`

For more information, try '--help'.

"#]]);
    hooks(["account"])
        .env("HOOKS_API_KEY", KEY)
        .env("HOOKS_API", "http://api.example.com/v1")
        .run()
        .code(3)
        .no_stdout()
        .stderr(str![[r#"
error[api-invalid]: invalid `HOOKS_API` in the environment: `http` is accepted only for this machine; use `https://`
  = help: the default is `https://api.add-to-calendar-pro.com/v1`


"#]]);
    let project = Project::new().file(".env", "HOOKS_API=https://api.example.com/v1\n");
    hooks(["account"]).in_project(&project).env("HOOKS_API_KEY", KEY).run().code(3).no_stdout().stderr(str![
        [r#"
error[api-untrusted]: `HOOKS_API` in `.env` names another host: `https://api.example.com/v1`
  = help: if the key may be sent there, pass the URL with `--api`


"#]
    ]);
}

#[test]
fn lists_are_read_up_to_the_first_page_that_is_not_full() {
    for (last, ends) in [(800, "[]"), (800, "404"), (800, "html"), (7, "")] {
        let pages = move |path: &str| match path {
            "/webhook/all" => entries(1, 800),
            "/webhook/all?page=2" => entries(801, last),
            "/webhook/all?page=3" if ends == "404" => no_entry(),
            "/webhook/all?page=3" if ends == "html" => response(404, "content-type: text/html\r\n", "<html>"),
            "/webhook/all?page=3" => json_response(200, ends),
            other => panic!("{other}"),
        };
        let api = Api::new(move |request, _| pages(path(request)));
        let project = Project::new();
        api.hooks(&project, &["account", "--json"]).run().success().no_stderr().stdout_json(|json| {
            assert_eq!(json["webhooks"], 800 + last);
        });
        assert_eq!(api.lines().len(), if last == 800 { 3 } else { 2 });
    }
    let empty = Api::new(|_, _| no_entry());
    let project = Project::new();
    empty.hooks(&project, &["account", "--json"]).run().success().no_stderr().stdout_json(|json| {
        assert_eq!(json["webhooks"], 0);
    });
}

#[test]
fn every_api_failure_has_a_name_a_next_step_and_an_exit_code() {
    let html = "<!doctype html><title>Sign in</title>";
    let error = r#"{"status":"error","message":"that is wrong"}"#;
    for (status, headers, body, code, name) in [
        (401, "", error, 3, "api-key-rejected"),
        (401, "content-type: text/html\r\n", html, 3, "api-key-rejected"),
        (403, "", error, 3, "api-key-scope"),
        (404, "content-type: text/html\r\n", html, 4, "api-not-found"),
        (404, "", r#"{"message":"Cannot GET"}"#, 4, "api-not-found"),
        (400, "", error, 4, "api-request-refused"),
        (200, "content-type: text/html\r\n", html, 4, "api-not-json"),
        (200, "", "[1", 4, "api-not-json"),
        (200, "", "{}", 4, "api-unexpected"),
        (302, "location: https://login.example.com/?key=hunter2\r\n", "", 4, "api-redirect"),
        (429, "retry-after: 86400\r\n", error, 4, "api-rate-limited"),
    ] {
        let answer = response(status, headers, body);
        let api = Api::new(move |_, _| answer.clone());
        let project = Project::new();
        api.hooks(&project, &["account"]).run().code(code).ignore_stdout().stderr_with(|text| {
            assert!(text.starts_with(&format!("error[{name}]: ")), "{text}");
            assert!(text.contains("= help: ") && !text.contains("hunter2") && !text.contains(KEY), "{text}");
        });
        assert_eq!(api.lines().len(), 1, "{name}");
    }
}

#[test]
fn a_redirect_is_never_followed() {
    let target = Api::new(|_, _| entries(1, 1));
    let location = format!("location: {}/webhook/all\r\n", target.url());
    let api = Api::new(move |_, _| response(307, &location, ""));
    let project = Project::new();
    api.hooks(&project, &["account"]).run().code(4).ignore_output();
    assert_eq!(target.lines(), [""; 0]);
}

#[test]
fn a_read_that_fails_temporarily_is_retried() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\n[".to_owned();
    for first in [response(503, "", "<html>"), response(429, "retry-after: 0\r\n", ""), String::new(), cut] {
        let api = Api::new(move |_, number| match number {
            // Closed after an incomplete response.
            0 => first.clone(),
            _ => entries(1, 2),
        });
        let project = Project::new();
        api.hooks(&project, &["account", "--json", "--timeout", "5s"])
            .run()
            .success()
            .ignore_stderr()
            .stdout_json(|json| {
                assert_eq!(json["webhooks"], 2);
            });
        assert_eq!(api.lines().len(), 2);
    }
}

#[test]
fn a_persistent_failure_ends_the_command_with_its_name() {
    for (answer, name) in [(response(500, "", ""), "api-unavailable"), (String::new(), "empty-response")] {
        let api = Api::new(move |_, _| answer.clone());
        let project = Project::new();
        api.hooks(&project, &["account"]).run().code(4).ignore_stdout().stderr_with(|text| {
            assert!(text.contains(&format!("error[{name}]: ")), "{text}");
        });
        assert_eq!(api.lines().len(), 3);
    }
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    hooks(["account", "--api", &format!("http://{closed}/v1")])
        .env("HOOKS_API_KEY", KEY)
        .run()
        .code(4)
        .ignore_stdout()
        .stderr_with(|text| assert!(text.contains("error[connect-refused]: "), "{text}"));
}

#[test]
fn a_long_wait_is_reported_and_verbose_output_has_no_key() {
    let api = Api::new(|_, number| match number {
        0 => response(429, "retry-after: 2\r\n", ""),
        _ => json_response(200, "[]"),
    });
    let project = Project::new();
    api.hooks(&project, &["account", "-v"]).run().success().ignore_stdout().stderr_with(|text| {
        assert!(text.contains("the API limits the rate: waiting 2 s"), "{text}");
        assert!(text.contains("/v1/webhook/all: 429 Status, "), "{text}");
        assert!(!text.contains(KEY), "{text}");
    });
}

#[test]
fn a_key_that_the_api_repeats_is_masked() {
    let api = Api::new(|_, _| json_response(400, &json!({"message": format!("bad key {KEY}")})));
    let project = Project::new();
    api.hooks(&project, &["account", "--json"])
        .run()
        .code(4)
        .stdout_with(|text| assert!(!text.contains(KEY)))
        .stderr_with(|text| assert!(text.contains("bad key ***") && !text.contains(KEY), "{text}"));
}
