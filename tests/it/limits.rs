//! Resource limits of the process: reaching one fails the operation and never kills the program.

use crate::harness::{Outcome, Project, shell};
use crate::server::answering;

const OK: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

fn definitions(url: &str) -> String {
    format!(
        "[webhooks.w]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{url}\"\n"
    )
}

fn limited(limit: &str, command: &str, project: &Project) -> Outcome {
    shell(&format!("ulimit {limit} && exec \"$0\" {command}")).in_project(project).run()
}

#[test]
fn too_few_open_files_are_an_error_and_never_a_panic() {
    let project =
        Project::new().definitions(&definitions("http://127.0.0.1:9/")).file("d.json", "[{\"id\":\"1\"}]");
    for most in 6..=20 {
        for command in
            ["fire w", "fire w --echo", "backfill w d.json", "listen --port 0 --for 1ms", "replay 1"]
        {
            let run = limited(&format!("-n {most}"), command, &project);
            run.any_code().stdout_with(|_| ()).stderr_with(|text| {
                assert!(!text.contains("panicked"), "{most} {command}: {text}");
            });
        }
    }
    limited("-n 8", "fire w --no-history", &project).code(4).no_stdout().stderr_with(|text| {
        assert!(text.contains("too many open files: raise the limit with `ulimit -n"), "{text}");
    });
}

#[test]
fn the_limit_on_open_files_is_raised_or_the_concurrency_is_lowered() {
    let elements: String = (0..100).map(|id| format!("{{\"id\":\"{id}\"}}\n")).collect();
    for (limit, is_warned) in [("-Sn 60", false), ("-n 60", true)] {
        let server = answering(OK);
        let project = Project::new()
            .definitions(&definitions(&server.url("http://127.0.0.1", "/")))
            .file("d.jsonl", &elements);
        let run = limited(limit, "backfill w d.jsonl --concurrency 64", &project).success();
        run.stdout_with(|_| ()).stderr_with(|text| {
            assert_eq!(text.contains("`--concurrency 64`: lowered to 14"), is_warned, "{text}");
        });
        assert_eq!(server.visits(), 100);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_is_an_ordinary_error_and_leaves_nothing_behind() {
    let server = answering(OK);
    let project = Project::new().definitions(&definitions(&server.url("http://127.0.0.1", "/")));
    let before = project.files();
    limited("-f 0", "edit w --name x", &project).code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("cannot write `webhooks.toml`"), "{text}");
    });
    assert_eq!(project.files(), before);
    limited("-f 0", "list >out", &project).code(5).no_stdout().stderr_with(|text| {
        assert!(text.contains("cannot write to standard output"), "{text}");
    });
    // The history cannot be written either, but the request is sent.
    limited("-f 0", "fire w", &project).success().stdout_with(|_| ()).stderr_with(|text| {
        assert!(text.contains("warning: the history"), "{text}");
    });
    assert_eq!(server.visits(), 1);
}
