use snapbox::str;

use super::{text, untouched};
use crate::harness::{Project, hooks};

#[test]
fn a_starter_file_is_written_and_all_its_webhooks_can_be_previewed() {
    let project = Project::new();
    hooks(["init"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
wrote `webhooks.toml`
wrote `webhooks.schema.json` for editors

"#]])
        .stderr(str![[r#"
hint: run `hooks fire my-first --echo` to try the example, or `hooks add` to define another webhook

"#]]);
    assert!(text(&project).starts_with("#:schema ./webhooks.schema.json\n"));
    assert_eq!(project.read("webhooks.schema.json"), hooks::core::check::schema().into_bytes());
    let mut handles: Vec<String> = Vec::new();
    hooks(["list", "--json"]).in_project(&project).run().success().no_stderr().stdout_json(|json| {
        let all = json["webhooks"].as_array().unwrap().iter();
        handles = all.map(|webhook| webhook["handle"].as_str().unwrap().to_owned()).collect();
    });
    assert!(!handles.is_empty());
    for handle in handles {
        hooks(["preview", &handle, "--json", "--quiet"])
            .in_project(&project)
            .run()
            .success()
            .no_stderr()
            .stdout_with(|_| {});
    }
}

#[test]
fn init_never_overwrites_a_file() {
    let project = Project::new().definitions("mine");
    untouched(&project, || {
        let run = hooks(["init"]).in_project(&project).run();
        run.code(1).no_stdout().stderr(str![[r#"
error: `webhooks.toml` already exists
  = help: use `hooks add` to add a webhook to it, or `--file` to write another file

"#]]);
    });
    let project = Project::new().file("a.toml", "");
    untouched(&project, || {
        let run = hooks(["init", "--json", "--file", "a.toml"]).in_project(&project).run();
        run.code(1).no_stdout().stderr(str![[r#"
error: `a.toml` already exists
  = help: use `hooks add` to add a webhook to it, or `--file` to write another file

"#]]);
    });
}

#[test]
fn init_adds_env_to_gitignore_unless_it_is_ignored() {
    let mine = "[remote \"origin\"]\n";
    for (ignore, after) in [
        (None, Some(".env\n")),
        (Some(""), Some(".env\n")),
        (Some("target"), Some("target\n.env\n")),
        (Some("target\r\n"), Some("target\r\n.env\r\n")),
        (Some("/.env\n"), Some("/.env\n")),
        (Some("*.env"), Some("*.env")),
        (Some(".env\n!.env\n"), Some(".env\n!.env\n.env\n")),
    ] {
        let mut project = Project::new().file(".git/config", mine);
        if let Some(ignore) = ignore {
            project = project.file(".gitignore", ignore);
        }
        let _ =
            hooks(["init", "--json"]).in_project(&project).run().success().no_stderr().stdout_json(|json| {
                assert_eq!(json["version"], 1);
                assert_eq!(json["file"], "webhooks.toml");
                assert_eq!(json["gitignore"].is_string(), ignore != after, "{ignore:?}");
                assert_eq!(json["schema"], "webhooks.schema.json");
                assert_eq!(json.as_object().unwrap().len(), 4);
            });
        assert_eq!(project.read(".gitignore"), after.unwrap().as_bytes());
    }
}

#[test]
fn a_directory_inherits_the_gitignore_rules_above_it() {
    for (above, is_added) in [(".env\n", false), ("/.env\n", true), ("", true)] {
        let project = Project::new().file(".git/config", "").file(".gitignore", above).file("a/x", "");
        let run = hooks(["init", "--quiet"]).in_project(&project).in_folder("a").run();
        let _ =
            run.success().no_stderr().stdout_with(|text| assert_eq!(text.contains(".gitignore"), is_added));
        assert_eq!(project.join("a/.gitignore").exists(), is_added, "{above:?}");
    }
}

#[test]
fn outside_a_repository_there_is_no_gitignore() {
    let project = Project::new();
    let run = hooks(["init", "--json", "--file", "own.toml"]).in_project(&project).run();
    run.success().no_stderr().stdout_json(|json| assert!(json["gitignore"].is_null()));
    assert_eq!(project.files().len(), 2);
    // An existing schema may be newer.
    let project = Project::new().file("webhooks.schema.json", "{}");
    let run = hooks(["init", "--json"]).in_project(&project).run();
    run.success().no_stderr().stdout_json(|json| assert!(json["schema"].is_null()));
    assert_eq!(project.read("webhooks.schema.json"), b"{}");
}

#[test]
fn a_gitignore_that_cannot_be_changed_is_a_warning() {
    let project = Project::new().file(".git/config", "").file(".gitignore/x", "");
    hooks(["init"])
        .in_project(&project)
        .run()
        .success()
        .stdout(str![[r#"
wrote `webhooks.toml`
wrote `webhooks.schema.json` for editors

"#]])
        .stderr(str![[r#"
warning: cannot read `.gitignore`: it is a directory; add the line `.env` to it so that secrets are not committed
hint: run `hooks fire my-first --echo` to try the example, or `hooks add` to define another webhook

"#]]);
}

#[test]
fn a_missing_directory_is_named() {
    let project = Project::new();
    let run = hooks(["init", "--file", "none/own.toml"]).in_project(&project).run();
    run.code(3).no_stdout().stderr(str![[r#"
error[file-missing]: cannot create `none/own.toml`: its directory does not exist
  = help: create the directory first, or use another path


"#]]);
    assert!(project.files().is_empty());
}
