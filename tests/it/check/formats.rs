//! Each format says the same, in the words of those who read it.

use std::collections::BTreeSet;

use hooks::core::check::{CheckReport, CheckedFile, RULES};
use hooks::core::diagnostic::Diagnostic;
use hooks::output::report::{Format, Layout};
use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{SARIF, checked, example, formats, report};

const TWO: &str = "\
[webhooks.rsvp]
trigger = \"create\"
trigger_element = \"rsvp_answer\"
payload_url = \"https://cms.example.com/hooks#top\"

[webhooks.rsvp.body]
user = \"{{emial}}\"
";

fn rendered(format: Format, text: &str) -> String {
    format.render(&report(text), Layout::PLAIN)
}

/// A check of one good file, one bad file and one that could not be read.
fn three() -> CheckReport {
    let missing = Diagnostic::error("file-missing", "cannot read `c.toml`: there is no such file");
    let good = checked(&TWO.replace("#top", "").replace("emial", "email"));
    CheckReport {
        files: vec![good, checked(TWO), CheckedFile::unreadable("c.toml", missing.help("check the path"))],
    }
}

#[test]
fn text() {
    let expected = str![[r#"
warning[fragment-in-url]: the part of the payload URL after `#` is never sent
 --> webhooks.toml:4:45
  |
4 | payload_url = "https://cms.example.com/hooks#top"
  |                                             ^^^^
  |
  = help: remove it

error[variable-missing]: `rsvp_answer` has no variable `{{emial}}`
 --> webhooks.toml:7:9
  |
7 | user = "{{emial}}"
  |         ^^^^^^^^^
  |
  = help: did you mean `{{email}}`?

1 error, 1 warning (1 webhook in 1 file); `--fix` fixes 1

"#]];
    assert_data_eq!(rendered(Format::Text, TWO), expected);
}

#[test]
fn json() {
    assert_data_eq!(
        Format::Json.render(&three(), Layout::PLAIN),
        str![[r#"
{
  "version": 1,
  "failed": true,
  "summary": {
    "errors": 2,
    "warnings": 1,
    "notes": 0,
    "fixable": 1
  },
  "files": [
    {
      "path": "webhooks.toml",
      "readable": true,
      "webhooks": 1
    },
    {
      "path": "webhooks.toml",
      "readable": true,
      "webhooks": 1
    },
    {
      "path": "c.toml",
      "readable": false,
      "webhooks": 0
    }
  ],
  "findings": [
    {
      "code": "fragment-in-url",
      "level": "warning",
      "message": "the part of the payload URL after `#` is never sent",
      "path": "webhooks.toml",
      "line": 4,
      "column": 45,
      "end_line": 4,
      "end_column": 49,
      "helps": [
        "remove it"
      ],
      "related": [],
      "fixable": true
    },
    {
      "code": "variable-missing",
      "level": "error",
      "message": "`rsvp_answer` has no variable `{{emial}}`",
      "path": "webhooks.toml",
      "line": 7,
      "column": 9,
      "end_line": 7,
      "end_column": 18,
      "helps": [
        "did you mean `{{email}}`?"
      ],
      "related": [],
      "fixable": false
    },
    {
      "code": "file-missing",
      "level": "error",
      "message": "cannot read `c.toml`: there is no such file",
      "path": "c.toml",
      "line": 1,
      "column": 1,
      "end_line": 1,
      "end_column": 1,
      "helps": [
        "check the path"
      ],
      "related": [],
      "fixable": false
    }
  ]
}

"#]]
    );
}

#[test]
fn github() {
    assert_data_eq!(
        Format::Github.render(&three(), Layout::PLAIN),
        str![[r#"
::warning file=webhooks.toml,line=4,endLine=4,col=45,endColumn=49,title=fragment-in-url::the part of the payload URL after `#` is never sent%0Aremove it
::error file=webhooks.toml,line=7,endLine=7,col=9,endColumn=18,title=variable-missing::`rsvp_answer` has no variable `{{emial}}`%0Adid you mean `{{email}}`?
::error file=c.toml,line=1,endLine=1,col=1,endColumn=1,title=file-missing::cannot read `c.toml`: there is no such file%0Acheck the path

"#]]
    );
}

#[test]
fn gitlab() {
    assert_data_eq!(
        Format::Gitlab.render(&three(), Layout::PLAIN),
        str![[r#"
[
  {
    "description": "the part of the payload URL after `#` is never sent; remove it",
    "check_name": "fragment-in-url",
    "fingerprint": "4cdc6375480050a900000000",
    "severity": "minor",
    "location": {
      "path": "webhooks.toml",
      "positions": {
        "begin": {
          "line": 4,
          "column": 45
        },
        "end": {
          "line": 4,
          "column": 49
        }
      }
    }
  },
  {
    "description": "`rsvp_answer` has no variable `{{emial}}`; did you mean `{{email}}`?",
    "check_name": "variable-missing",
    "fingerprint": "e52450678de2c2c700000000",
    "severity": "major",
    "location": {
      "path": "webhooks.toml",
      "positions": {
        "begin": {
          "line": 7,
          "column": 9
        },
        "end": {
          "line": 7,
          "column": 18
        }
      }
    }
  },
  {
    "description": "cannot read `c.toml`: there is no such file; check the path",
    "check_name": "file-missing",
    "fingerprint": "499575b9a52233f500000000",
    "severity": "major",
    "location": {
      "path": "c.toml",
      "positions": {
        "begin": {
          "line": 1,
          "column": 1
        },
        "end": {
          "line": 1,
          "column": 1
        }
      }
    }
  }
]

"#]]
    );
}

#[test]
fn junit() {
    assert_data_eq!(
        Format::Junit.render(&three(), Layout::PLAIN),
        str![[r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="hooks check" tests="4" failures="2" errors="0">
  <testsuite name="webhooks.toml" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="webhooks.toml" name="1 webhook without findings"/>
  </testsuite>
  <testsuite name="webhooks.toml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="webhooks.toml" name="fragment-in-url at webhooks.toml:4:45" file="webhooks.toml" line="4">
      <system-out>warning[fragment-in-url]: the part of the payload URL after `#` is never sent
at webhooks.toml:4:45
help: remove it
</system-out>
    </testcase>
    <testcase classname="webhooks.toml" name="variable-missing at webhooks.toml:7:9" file="webhooks.toml" line="7">
      <failure type="variable-missing" message="`rsvp_answer` has no variable `{{emial}}`">error[variable-missing]: `rsvp_answer` has no variable `{{emial}}`
at webhooks.toml:7:9
help: did you mean `{{email}}`?
</failure>
    </testcase>
  </testsuite>
  <testsuite name="c.toml" tests="1" failures="1" errors="0" skipped="0">
    <testcase classname="c.toml" name="file-missing at c.toml:1:1" file="c.toml" line="1">
      <failure type="file-missing" message="cannot read `c.toml`: there is no such file">error[file-missing]: cannot read `c.toml`: there is no such file
at c.toml:1:1
help: check the path
</failure>
    </testcase>
  </testsuite>
</testsuites>

"#]]
    );
}

#[test]
fn sarif() {
    let mut log: Value = serde_json::from_str(&Format::Sarif.render(&three(), Layout::PLAIN)).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
    assert_eq!(rules.as_array().unwrap().len(), RULES.len());
    log["runs"][0]["tool"]["driver"]["semanticVersion"] = "[VERSION]".into();
    let shown = serde_json::to_string_pretty(&log).unwrap() + "\n";
    assert_data_eq!(shown, snapbox::file!("sarif.json").raw());
}

#[test]
fn sarif_conforms_to_the_official_schema() {
    for rule in RULES {
        let bad = example(rule.code, "bad.toml");
        let log: Value = serde_json::from_str(&rendered(Format::Sarif, &bad)).unwrap();
        assert_eq!(SARIF.complaint(&log), None, "{}", rule.code);
        let run = &log["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
    // The schema sees what is wrong, too.
    assert!(SARIF.complaint(&serde_json::json!({ "version": "2.1.0" })).is_some());
}

#[test]
fn fingerprints_outlive_a_moved_line_and_are_never_the_same() {
    let prints = |text: &str| -> Vec<String> {
        let issues: Vec<Value> = serde_json::from_str(&rendered(Format::Gitlab, text)).unwrap();
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let repeated = format!("{TWO}a = \"{{{{emial}}}} {{{{emial}}}}\"\n");
    let all = prints(&repeated);
    assert_eq!(all.len(), 4);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(prints(&format!("\n# moved\n{repeated}")), all);
}

#[test]
fn a_source_line_stands_in_no_format_but_text() {
    for format in formats().filter(|format| *format != Format::Text) {
        assert!(!rendered(format, TWO).contains("hooks#top"), "{format:?}");
    }
}

#[test]
fn sarif_has_no_more_results_than_github_takes_and_says_so() {
    let unknown: String = (0..25_010).map(|n| format!("x{n} = 1\n")).collect();
    let text = format!(
        "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://cms.example.com\"\n{unknown}"
    );
    let log: Value = serde_json::from_str(&rendered(Format::Sarif, &text)).unwrap();
    assert_eq!(SARIF.complaint(&log), None);
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    assert!(run["results"].as_array().unwrap().iter().all(|result| result["level"] == "error"));
    let note = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(note.as_str().unwrap().starts_with("11 findings left out"), "{note}");
    assert!(run["tool"]["driver"]["informationUri"].as_str().unwrap().starts_with("https://"));
}
