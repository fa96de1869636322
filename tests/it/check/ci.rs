//! The examples in `docs/ci.md` work.

use crate::harness::{Project, hooks};

const PAGE: &str = include_str!("../../../docs/ci.md");

const ACTION: &str = include_str!("../../../action.yml");
const COMPONENT: &str = include_str!("../../../templates/check.yml");

/// The `hooks check` of the examples, without what the shell does with its output.
fn commands() -> Vec<Vec<String>> {
    let lines = PAGE.lines().map(|line| line.trim().trim_start_matches("- ").trim_start_matches("run: "));
    let direct = lines.filter_map(|line| line.strip_prefix("hooks check ")).map(str::to_owned);
    // The action and the component get `arguments` from the examples.
    let mut arguments = PAGE.lines().filter_map(|line| line.trim().strip_prefix("arguments: "));
    let (for_action, for_component) = (arguments.next().unwrap(), arguments.next().unwrap());
    assert!(
        ACTION.contains("<<<\"$HOOKS_ARGUMENTS $HOOKS_PATHS\"")
            && ACTION.contains("hooks check \"${words[@]}\"")
    );
    let in_component = COMPONENT.lines().find_map(|line| line.split_once("hooks check ")).unwrap().1;
    let in_component = in_component.replace("$[[ inputs.arguments ]]", for_component);
    let with_inputs = [format!("{for_action} ."), in_component.replace("$[[ inputs.paths ]]", ".")];
    let words =
        |rest: String| rest.split(' ').take_while(|word| *word != "|").map(str::to_owned).collect::<Vec<_>>();
    direct.chain(with_inputs).map(|rest| [vec!["check".to_owned()], words(rest)].concat()).collect()
}

#[test]
fn the_commands_in_the_examples_pass_good_definitions_and_fail_bad_ones() {
    assert_eq!(commands().len(), 3);
    let bad = include_str!("rules/unknown-value/bad.toml");
    for command in commands() {
        let good = Project::example();
        hooks(&command).in_project(&good).run().success().no_stderr().stdout_with(|_| {});
        let bad = Project::new().file("deep/below/webhooks.toml", bad);
        hooks(&command).in_project(&bad).run().code(1).no_stderr().stdout_with(|text| {
            assert!(text.contains("deep/below/webhooks.toml"), "{text}");
        });
    }
}

#[test]
fn pre_commit_finds_the_files_and_runs_the_check() {
    let manifest = include_str!("../../../.pre-commit-hooks.yaml");
    let value = |key: &str| {
        let line = manifest.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key));
        line.unwrap().trim().to_owned()
    };
    assert_eq!(value("entry:"), "hooks check");
    let files = regex::Regex::new(&value("files:")).unwrap();
    assert!(files.is_match("webhooks.toml") && files.is_match("a/b/webhooks.staging.toml"));
    assert!(!files.is_match("a/other.toml") && !files.is_match("mywebhooks.toml"));
    // The example for published wheels is the same hook.
    for key in ["name:", "entry:", "language:", "files:"] {
        assert!(PAGE.contains(&format!("        {key} {}\n", value(key))), "{key}");
    }
}

const WARNED: &str = "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://cms.example.com\"\n";

/// The path of the first finding in each format for CI, from a directory of a project.
fn paths_from(project: &Project, folder: &str, environment: &[(&str, &str)]) -> [String; 5] {
    let run = |format: &str| {
        let mut run = hooks(["check", "--format", format]).in_project(project).in_folder(folder);
        for (name, value) in environment {
            run = run.env(name, value);
        }
        let mut text = String::new();
        run.run().success().no_stderr().stdout_with(|said| said.clone_into(&mut text));
        text
    };
    let after = |text: String, start: &str, end: char| {
        let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{start} in {text}"));
        rest.split(end).next().unwrap().to_owned()
    };
    [
        after(run("github"), "file=", ','),
        after(run("gitlab"), "\"path\": \"", '"'),
        after(run("sarif"), "\"uri\": \"", '"'),
        after(run("junit"), " file=\"", '"'),
        after(run("checkstyle"), "<file name=\"", '"'),
    ]
}

#[test]
fn paths_for_ci_are_relative_to_the_checkout() {
    let project = Project::new()
        .file("repository/.git/HEAD", "")
        .file("repository/apps/web/webhooks.toml", WARNED)
        .file("repository/apps/web/src/x", "");
    let below = |path: &str| project.join(path).to_str().unwrap().to_owned();
    let everywhere = |path: &str| [(); 5].map(|()| path.to_owned());
    let in_repository = everywhere("apps/web/webhooks.toml");
    for folder in ["repository/apps/web", "repository/apps/web/src"] {
        assert_eq!(paths_from(&project, folder, &[]), in_repository, "{folder}");
        for name in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"] {
            let workspace = below(".");
            let paths = paths_from(&project, folder, &[(name, &workspace)]);
            assert_eq!(paths, everywhere("repository/apps/web/webhooks.toml"), "{folder} {name}");
            // The file is not in this workspace.
            let elsewhere = below("other");
            assert_eq!(paths_from(&project, folder, &[(name, &elsewhere)]), in_repository);
        }
    }
    // In text, paths are relative to the working directory.
    let run = hooks(["check"]).in_project(&project).in_folder("repository/apps/web/src").run();
    run.success().no_stderr().stdout_with(|text| assert!(text.contains("--> ../webhooks.toml:4:"), "{text}"));
}

#[test]
fn every_finding_is_a_test_case_of_its_own() {
    let text = WARNED.replace("http://cms", "http://ä.cms")
        + "[webhooks.a.body]\nb = \"{{x1x}}{{x1x}}\"\n\"{{c}}\" = \"{{x1x}}\"\n";
    let text = text + "[webhooks.b]\nx = 1\n";
    hooks(["check", "-", "--format", "junit"]).stdin(&text).run().code(1).no_stderr().stdout_with(|xml| {
        let names: Vec<_> = xml.lines().filter_map(|line| line.split(" name=\"").nth(1)).collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), unique.len(), "{xml}");
        assert!(xml.contains(" name=\"missing-field in b (2)\""), "{xml}");
    });
}

#[test]
fn test_cases_keep_their_names_when_lines_are_inserted() {
    let names = |text: &str| {
        let mut names = Vec::new();
        let run = hooks(["check", "-", "--format", "junit"]).stdin(text).run().code(1).no_stderr();
        run.stdout_with(|xml| {
            names = xml
                .lines()
                .filter_map(|line| Some(line.split(" name=\"").nth(1)?.split('"').next()?.to_owned()))
                .collect();
        });
        names
    };
    let text = format!(
        "{WARNED}methd = \"PUT\"\n[check]\nplain-htpp = \"off\"\n[webhooks.a.body]\nb = \"{{{{x1x}}}}\"\n"
    );
    let expected = [
        "hooks check",
        "standard input",
        "plain-http in a",
        "unknown-key in a",
        "check-setting",
        "variable-missing in a",
    ];
    assert_eq!(names(&text), expected);
    assert_eq!(names(&format!("# a comment\n\n{text}")), expected);
}
