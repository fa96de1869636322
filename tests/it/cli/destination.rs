//! `--to`: a URL, a host and port, or a port; the path of the payload URL is kept unless another is given.

use super::{NO_CONTENT, request, rsvp};
use crate::harness::{Project, hooks};
use crate::server::answering;

/// A project whose payload URL has a path and a query.
fn project() -> Project {
    Project::new().definitions(&rsvp("https://cms.example.com/hooks/rsvp?tenant=7", ""))
}

#[test]
fn without_a_path_the_path_of_the_payload_url_is_kept() {
    for to in ["http://127.0.0.1:PORT", "127.0.0.1:PORT", "localhost:PORT", "PORT"] {
        let server = answering(NO_CONTENT);
        let port = server.address().port().to_string();
        let url = match to {
            "PORT" => format!("http://localhost:{port}/hooks/rsvp?tenant=7"),
            to => format!(
                "http://{}/hooks/rsvp?tenant=7",
                to.trim_start_matches("http://").replace("PORT", &port)
            ),
        };
        let run = hooks(["fire", "w", "--to", &to.replace("PORT", &port)]).in_project(&project()).run();
        run.success().ignore_stdout().stderr_with(|text| {
            assert!(
                text.contains(&format!("firing w: POST {url}, with the path of its payload URL\n")),
                "{text}"
            );
        });
        assert_eq!(request(&server).line, "POST /hooks/rsvp?tenant=7 HTTP/1.1", "{to}");
    }
}

#[test]
fn variables_of_the_replaced_host_need_no_value() {
    let project = Project::new().definitions(&rsvp("https://${CMS_HOST}:${CMS_PORT}/hooks/${TENANT}", ""));
    let server = answering(NO_CONTENT);
    let port = server.address().port().to_string();
    let run = hooks(["fire", "w", "--to", &port]).in_project(&project);
    run.env("TENANT", "seven").run().success().ignore_stdout().stderr_with(|text| {
        assert!(!text.contains("CMS_"), "{text}");
    });
    assert_eq!(request(&server).line, "POST /hooks/seven HTTP/1.1");
    let run = hooks(["fire", "w", "--to", &port]).in_project(&project).run();
    run.code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("`TENANT` is not set") && !text.contains("`CMS_"), "{text}");
    });
    hooks(["fire", "w", "--echo"])
        .in_project(&project)
        .env("TENANT", "seven")
        .run()
        .success()
        .ignore_stdout()
        .ignore_stderr();
}

#[test]
fn another_path_replaces_it_and_the_output_says_so() {
    let server = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    let to = format!("{}/", server.address());
    let run = hooks(["fire", "w", "--to", &to]).in_project(&project()).run();
    run.code(1).ignore_stdout().stderr_with(|text| {
        assert!(
            text.contains(&format!(" POST http://{to} instead of its payload URL (path `/hooks/rsvp`)\n")),
            "{text}"
        );
        assert!(text.contains("hint: `--to` also replaced the path `/hooks/rsvp`; "), "{text}");
    });
    assert_eq!(request(&server).line, "POST / HTTP/1.1");
}

#[test]
fn another_machine_is_reached_over_https() {
    for (to, url) in [
        ("receiver.example:8443", "POST https://receiver.example:8443/hooks/rsvp?tenant=7\n"),
        ("receiver.example:80/x", "POST https://receiver.example:80/x\n"),
        ("3000", "POST http://localhost:3000/hooks/rsvp?tenant=7\n"),
    ] {
        let run = hooks(["preview", "w", "--to", to, "-q"]).in_project(&project()).run();
        let _ = run.success().ignore_stderr().stdout_with(|text| assert!(text.starts_with(url), "{text}"));
    }
    for to in ["0", "65536", "receiver.example"] {
        let run = hooks(["preview", "w", "--to", to, "-q"]).in_project(&project()).run();
        run.code(2).no_stdout().stderr_with(|text| assert!(text.contains(to), "{text}"));
    }
}

#[test]
fn a_host_without_scheme_and_port_gets_the_scheme_that_fits() {
    for (to, help) in
        [("localhost", "start it with `http://`"), ("cms.example.com", "start it with `https://`")]
    {
        let run = hooks(["fire", "w", "--to", to]).in_project(&project()).run();
        run.code(2).no_stdout().stderr_with(|text| assert!(text.contains(help), "{text}"));
    }
}
