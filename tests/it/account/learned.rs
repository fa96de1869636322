//! Fields that the catalog does not know are reported, stored beside the definitions, and known from then on.

use serde_json::{Value, json};
use snapbox::str;

use super::api::{Api, json as json_response, no_entry, path};
use crate::harness::{Project, hooks};

const DEFINITIONS: &str = r#"
[webhooks.style-to-cms]
trigger = "update"
trigger_element = "style"
payload_url = "https://cms.example.com/in"
body.glow = "{{glow}}"
"#;

const FIELDS: &str = "webhooks.fields.json";

fn account(style: &Value) -> Api {
    let style = style.clone();
    Api::new(
        move |request, _| if path(request) == "/style/67" { json_response(200, &style) } else { no_entry() },
    )
}

fn style() -> Value {
    json!({"id": 67, "name": "n", "glow": "secret-glow", "radius": 3, "shadow": {"x": 1}, "odd name": null})
}

fn text(project: &Project, file: &str) -> String {
    String::from_utf8(project.read(file)).unwrap()
}

#[test]
fn unknown_fields_are_reported_and_written_once_without_their_values() {
    let api = account(&style());
    let project = Project::new().definitions(DEFINITIONS);
    api.hooks(&project, &["sample", "style", "--id", "67"])
        .run()
        .success()
        .ignore_stdout()
        .stderr(str![[r#"
using style 67 in the account, converted to the shape of a delivery
4 fields unknown to hooks, kept as in the account: `glow` (string), `radius` (integer), `shadow` (object), `odd name` (null)
added 3 fields to `webhooks.fields.json`; other commands now know them
replaced personal data and texts with synthetic values; use `--no-redact` to keep them

"#]]);
    snapbox::assert_data_eq!(
        text(&project, FIELDS),
        str![[r#"
{
  "version": 1,
  "fields": {
    "style": {
      "glow": "string",
      "radius": "integer",
      "shadow": "object"
    }
  }
}

"#]]
    );
    let before = text(&project, FIELDS);
    api.hooks(&project, &["vars", "style", "--id", "67", "--json"])
        .run()
        .success()
        .stdout_json(|json| {
            let rows = json["elements"][0]["variables"].as_array().unwrap();
            let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
            assert_eq!(
                (&row("glow")["learned"], &row("glow")["value"]),
                (&json!(true), &json!("secret-glow"))
            );
            assert_eq!((&row("name")["learned"], &row("name")["nullable"]), (&json!(false), &json!(false)));
        })
        .stderr_with(|text| assert!(!text.contains("glow") && !text.contains("added"), "{text}"));
    assert_eq!(text(&project, FIELDS), before);
    for (file, bytes) in project.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains("secret-glow"), "{}", file.display());
    }
}

#[test]
fn learned_fields_are_known_to_check_vars_preview_and_edit() {
    let project = Project::new().definitions(DEFINITIONS);
    hooks(["check"]).in_project(&project).run().success().ignore_stderr().stdout_with(|text| {
        assert!(text.contains("warning[variable-missing]"), "{text}");
    });
    account(&style()).hooks(&project, &["vars", "style", "--id", "67"]).run().success().ignore_output();
    hooks(["check", "--strict"]).in_project(&project).run().success().ignore_stderr().stdout_with(|text| {
        assert!(!text.contains("variable-missing"), "{text}");
    });
    hooks(["vars", "style", "--json"]).in_project(&project).run().success().ignore_stderr().stdout_json(
        |json| {
            let rows = json["elements"][0]["variables"].as_array().unwrap();
            let row = rows.iter().find(|row| row["name"] == "radius").unwrap();
            assert_eq!(
                (&row["type"], &row["learned"], &row["meaning"]),
                (&json!("integer"), &json!(true), &Value::Null)
            );
        },
    );
    hooks(["preview", "style-to-cms"]).in_project(&project).run().code(3).no_stdout().stderr_with(|text| {
        assert!(text.contains("the account's elements have it"), "{text}");
    });
    hooks(["edit", "style-to-cms", "--body", "x={{shadow.x}}", "--body", "y={{radius}}"])
        .in_project(&project)
        .run()
        .success()
        .ignore_output();
    hooks(["edit", "style-to-cms", "--body", "x={{radiu}}"])
        .in_project(&project)
        .run()
        .code(2)
        .no_stdout()
        .stderr_with(|text| assert!(text.contains("did you mean `{{radius}}`?"), "{text}"));
    let misspelt = text(&project, "webhooks.toml").replace("{{radius}}", "{{raduis}}");
    let project = project.file("webhooks.toml", misspelt);
    hooks(["check"]).in_project(&project).run().code(1).ignore_stderr().stdout_with(|text| {
        assert!(text.contains("did you mean `{{radius}}`?"), "{text}");
    });
}

#[test]
fn preview_and_fire_report_unknown_fields_and_use_them_but_write_nothing() {
    let api = account(&style());
    let project = Project::new().definitions(DEFINITIONS);
    for arguments in
        [&["preview", "style-to-cms", "--id", "67"][..], &["fire", "style-to-cms", "--id", "67", "--echo"]]
    {
        api.hooks(&project, arguments)
            .run()
            .success()
            .stdout_with(|text| assert!(text.contains("secret-glow"), "{text}"))
            .stderr_with(|text| {
                assert!(text.contains("4 fields unknown to hooks"), "{text}");
                assert!(text.contains("run `hooks vars style` with the same `--id`"), "{text}");
            });
    }
    assert!(!project.join(FIELDS).exists());
    let none = Project::new();
    api.hooks(&none, &["sample", "style", "--id", "67"]).run().success().ignore_stdout().stderr_with(
        |text| {
            assert!(text.contains("not stored, because no definitions file was found"), "{text}");
        },
    );
}

#[test]
fn fields_added_by_others_are_kept_and_types_are_combined() {
    let theirs = r#"{"version": 1, "fields": {"event": {"theirs": "string"}, "style": {"radius": "string", "old": "integer"}}}"#;
    let project = Project::new().definitions(DEFINITIONS).file(FIELDS, theirs);
    account(&style()).hooks(&project, &["vars", "style", "--id", "67"]).run().success().ignore_output();
    snapbox::assert_data_eq!(
        text(&project, FIELDS),
        str![[r#"
{
  "version": 1,
  "fields": {
    "event": {
      "theirs": "string"
    },
    "style": {
      "glow": "string",
      "old": "integer",
      "radius": "any",
      "shadow": "object"
    }
  }
}

"#]]
    );
    let only_null = json!({"id": 67, "name": "n", "glow": null});
    account(&only_null)
        .hooks(&project, &["vars", "style", "--id", "67"])
        .run()
        .success()
        .ignore_stdout()
        .stderr_with(|text| {
            assert!(text.contains("changed the types of fields in `webhooks.fields.json`"), "{text}");
        });
    assert!(text(&project, FIELDS).contains(r#""glow": "string or null""#));
}

#[test]
fn an_invalid_file_is_an_error_with_a_position_and_a_fix_and_is_not_changed() {
    let merged = "{\n  \"version\": 1,\n<<<<<<< ours\n  \"fields\": {}\n}\n";
    let project = Project::new().definitions(DEFINITIONS).file(FIELDS, merged);
    hooks(["check"]).in_project(&project).run().code(3).ignore_stderr().stdout_with(|text| {
        assert!(
            text.contains("webhooks.fields.json:3:1") && text.contains("hooks vars ELEMENT --id ID"),
            "{text}"
        );
        assert!(text.contains("warning[variable-missing]"), "the definitions are checked, too: {text}");
    });
    let api = Api::new(|_, _| no_entry());
    for arguments in [
        &["sample", "style", "--id", "67"][..],
        &["vars", "style"],
        &["preview", "style-to-cms"],
        &["fire", "style-to-cms", "--id", "67", "--echo"],
        &["edit", "style-to-cms", "--body", "x={{glow}}"],
    ] {
        api.hooks(&project, arguments).run().code(3).no_stdout().stderr_with(|text| {
            assert!(text.contains("webhooks.fields.json:3:1"), "{arguments:?}: {text}");
        });
    }
    assert_eq!(api.lines(), [""; 0]);
    assert_eq!(text(&project, FIELDS), merged);
    let typed = r#"{"version": 1, "fields": {"style": {"glow": "colour"}}}"#;
    let project = project.file(FIELDS, typed);
    hooks(["check"]).in_project(&project).run().code(3).ignore_stderr().stdout(str![[r#"
warning[variable-missing]: `style` has no variable `{{glow}}`
 --> webhooks.toml:6:14
  |
6 | body.glow = "{{glow}}"
  |              ^^^^^^^^
  |
  = help: run `hooks vars style` to list the variables

error[fields-file]: invalid type of `glow`: expected `string`, `integer`, `number`, `boolean`, `object`, `list` or `any`, optionally followed by ` or null`
 --> webhooks.fields.json:1:45
  |
1 | {"version": 1, "fields": {"style": {"glow": "colour"}}}
  |                                             ^^^^^^^^
  |
  = help: correct it, or delete `webhooks.fields.json` and run `hooks vars ELEMENT --id ID` to write it again

1 error, 1 warning (1 webhook in 2 files)

"#]]);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_a_warning_and_the_result_is_printed() {
    let project = Project::new().definitions(DEFINITIONS);
    std::fs::create_dir(project.join(FIELDS)).unwrap();
    hooks(["check"]).in_project(&project).run().code(3).ignore_output();
    std::fs::remove_dir(project.join(FIELDS)).unwrap();
    let read_only = project.file(FIELDS, r#"{"version": 1, "fields": {}}"#);
    std::fs::set_permissions(read_only.join(FIELDS), std::os::unix::fs::PermissionsExt::from_mode(0o444))
        .unwrap();
    account(&style())
        .hooks(&read_only, &["sample", "style", "--id", "67", "--no-redact"])
        .run()
        .success()
        .stdout_json(|json| assert_eq!(json["radius"], 3))
        .stderr_with(|text| assert!(text.contains("warning[file-unwritable]"), "{text}"));
}
