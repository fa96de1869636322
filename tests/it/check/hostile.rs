//! Whatever a file contains: no panic, every format is well-formed, no line is forged and no secret is shown.

use std::sync::Arc;

use hooks::core::check::{CheckOptions, CheckReport, Fixed, check, fix};
use hooks::core::text::{Source, escape_markers, is_unsafe, log_safe, one_line};
use hooks::output::report::{ReportFormat, ReportLayout};
use proptest::prelude::*;
use serde_json::Value;

use super::{SARIF, formats};
use crate::harness::holds_command;

/// A string literal in TOML.
fn quoted(text: &str) -> String {
    let escaped: String = text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
    format!("\"{escaped}\"")
}

/// Text with a meaning in TOML, templates, URLs or one of the formats.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "{{",
        "}}",
        "{{email}}",
        "{{emial}}",
        "${",
        "${A}",
        "$${",
        "\r\n::error::x",
        "::set-output name=a::b",
        "##vso[task]",
        "]]>",
        "<!--",
        "&amp;",
        "\"",
        "\\",
        "%0A",
        "%25",
        ",",
        ":",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}",
        "\u{fffe}",
        "\0",
        "https://",
        "http://x",
        "#",
        "](http://x)",
        "hooks: ignore[",
        "element_data",
        "Authorization",
        "é",
        "😀",
    ]);
    let any = prop_oneof![3 => known.prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(any, 0..4).prop_map(|words| words.concat())
}

/// A file with arbitrary values.
fn definitions() -> impl Strategy<Value = String> {
    let webhook = (word(), word(), word(), word(), word(), word(), any::<bool>()).prop_map(
        |(handle, name, url, key, value, comment, delete)| {
            let comment: String = comment.chars().filter(|c| !c.is_control()).collect();
            let [handle, name, url, key, value] = [handle, name, url, key, value].map(|text| quoted(&text));
            let trigger = if delete { "delete" } else { "create" };
            format!(
                "[webhooks.{handle}] # hooks: ignore[{comment}]\ntrigger = \"{trigger}\"\n\
                 trigger_element = \"rsvp_answer\"\npayload_url = {url}\nname = {name}\nprokey_filter = {value}\n\
                 header = {{ {key} = {value}, A = {key} }}\nbody = {{ {key} = {value} }}\n{key} = {value}\n"
            )
        },
    );
    let good = prop::collection::vec(webhook, 0..3).prop_map(|webhooks| webhooks.join("\n")).boxed();
    prop_oneof![
        4 => good.clone(),
        // Truncated at any character.
        2 => (good, any::<prop::sample::Index>()).prop_map(|(text, at)| {
            let cut = text.char_indices().map(|(at, _)| at).nth(at.index(text.chars().count().max(1)));
            text[..cut.unwrap_or(0)].to_owned()
        }),
        1 => any::<String>(),
    ]
}

/// A character that looks like another.
fn look_alike() -> impl Strategy<Value = char> {
    let known = "“”„«»＂‘’‚´\u{a0}\u{2009}\u{2028}–—，：＝｛｝\u{200b}\u{202e}\u{feff}";
    prop::sample::select(known.chars().collect::<Vec<_>>())
}

/// A valid file with look-alike characters inserted, or in place of a quote, brace or space.
fn mistyped() -> impl Strategy<Value = String> {
    const GOOD: &str = "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\n\
        payload_url = \"http://127.0.0.1/${A}#\\u00e4\" # x\nprokey_filter = 'x'\n\
        header = { A = \"{{email}}\", \"B c\" = \"\\\"${B}\" }\nbody = [{ key = \"a\", value = \"{{emial}}\" }]\n\
        name = \"\"\"\\\n  x\"\"\"\n\
        [webhooks.b]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://127.0.0.1/x\"\n";
    let change = (any::<prop::sample::Index>(), look_alike(), any::<bool>());
    prop::collection::vec(change, 1..4).prop_map(|changes| {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (at, odd, is_instead) in changes {
            // People type such characters next to an equals sign, and instead of a quote.
            let is_typed_at = |at: &usize| matches!(text[*at], '"' | '\'' | ' ' | '=' | '{' | ',');
            let places: Vec<usize> = (0..text.len()).filter(is_typed_at).collect();
            let at = places[at.index(places.len())];
            text.splice(at..at + usize::from(is_instead), [odd]);
        }
        text.into_iter().collect()
    })
}

fn report_of(name: &str, text: &str) -> CheckReport {
    CheckReport { files: vec![check(&Arc::new(Source::new(name, text)), &CheckOptions::default(), None)] }
}

fn fixed(text: String) -> Fixed {
    fix("w.toml", text, &CheckOptions::default(), None)
}

/// Undoes the escapes of a workflow command, as GitHub's runner does.
fn unescaped(text: &str) -> String {
    text.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
}

fn assert_github(text: &str, report: &CheckReport) {
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    assert_eq!(lines.len(), report.findings().count());
    for (line, (file, finding)) in lines.into_iter().zip(report.findings()) {
        assert!(!line.chars().any(is_unsafe), "{line:?}");
        let (command, rest) = line.strip_prefix("::").unwrap().split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&command), "{line:?}");
        let (properties, _) = rest.split_once("::").unwrap();
        let properties: Vec<_> =
            properties.split(',').map(|property| property.split_once('=').unwrap()).collect();
        assert_eq!(properties[0].0, "file");
        let plain = one_line(file.source.name());
        let plain = escape_markers(&plain, "\\#");
        assert_eq!(unescaped(properties[0].1), plain.trim_start_matches("./"));
        assert_eq!(properties.last(), Some(&("title", finding.diagnostic.code)));
    }
}

fn assert_well_formed(report: &CheckReport) {
    let render = |format: ReportFormat| format.render(report, ReportLayout::PLAIN);
    let number = report.findings().count();
    let json: Value = serde_json::from_str(&render(ReportFormat::Json)).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), number);
    let gitlab: Vec<Value> = serde_json::from_str(&render(ReportFormat::Gitlab)).unwrap();
    assert_eq!(gitlab.len(), number);
    let sarif: Value = serde_json::from_str(&render(ReportFormat::Sarif)).unwrap();
    assert_eq!(SARIF.complaint(&sarif), None);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), number);
    let junit = render(ReportFormat::Junit);
    let junit = roxmltree::Document::parse(&junit).unwrap_or_else(|error| panic!("{error}: {junit}"));
    let cases = junit.descendants().filter(|node| node.has_tag_name("testcase")).count();
    assert_eq!(cases, number.max(report.files.len()));
    assert_github(&render(ReportFormat::Github), report);
    let text = render(ReportFormat::Text);
    assert!(!text.chars().any(|c| c != '\n' && c != '\t' && is_unsafe(c)), "{text:?}");
    assert!(!holds_command(&log_safe(&text)), "{text}");
    for format in formats().filter(|format| *format != ReportFormat::Text) {
        let report = render(format);
        let markers = holds_command(&report) && format != ReportFormat::Github;
        assert!(!markers && escape_markers(&report, "#") == report, "{report}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_format_is_well_formed_for_any_file(text in definitions(), name in word()) {
        assert_well_formed(&report_of(&name, &text));
    }

    #[test]
    fn look_alikes_anywhere_never_stop_the_check(text in mistyped()) {
        assert_well_formed(&report_of("w.toml", &text));
        fixed(text);
    }

    #[test]
    fn fixing_ends_and_adds_no_errors(text in definitions()) {
        let fixed = fixed(text.clone());
        prop_assert_eq!(fixed.count == 0, fixed.text == text);
        prop_assert_eq!(self::fixed(fixed.text.clone()).text, fixed.text.clone());
        let (before, after) = (report_of("w.toml", &text), report_of("w.toml", &fixed.text));
        // In a value with unknown syntax, other errors are found once the syntax is fixed.
        let hides_errors = before.findings().any(|(_, own)| own.diagnostic.code == "unknown-template-syntax");
        let errors = |report: &CheckReport| report.count(hooks::core::diagnostic::Level::Error);
        prop_assert!(hides_errors || errors(&after) <= errors(&before));
    }

    #[test]
    fn literal_credentials_appear_in_no_format(
        before in "[ -~äöü]{0,6}", after in "[ -~äöü]{0,6}", name in "(Authorization|X-[A-Za-z]{1,8}-Key)", is_url in any::<bool>(),
        broken in any::<bool>(),
    ) {
        let secret = format!("{before}hunter2{after}");
        let url = if is_url { "https://me:hunter2@x.example.com/{{a}}#b" } else { "http://x.example.com/" };
        let end = if broken { "method = = \"x\"\n" } else { "method = \"GET\"\n" };
        let text = format!(
            "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"{url}\"\n{end}\
             [webhooks.a.header]\n{name} = {}\nx-{} = {}\nOther-Key = \"{{{{emial}}}} hunter2 {{{{b\"\nThird-Key = \"$HUNTER2\"\n",
            quoted(&secret).replace("\\U0000006", "\\u006"),
            name.to_lowercase(),
            quoted(&secret),
        );
        let report = report_of("w.toml", &text);
        for format in formats() {
            let shown = format.render(&report, ReportLayout::PLAIN);
            prop_assert!(!shown.to_lowercase().contains("hunter2"), "{:?}: {}", format, shown);
        }
    }
}

#[test]
fn a_file_full_of_errors_is_read_to_its_end() {
    let lines = 2_000;
    for text in [
        "a = = 1\n".repeat(lines),
        "[webhooks.a]\n".repeat(lines),
        "= ".repeat(lines),
        format!("[webhooks.a]\n{}", (0..lines).map(|n| format!("x{n} = 1\n")).collect::<String>()),
        format!("[webhooks.a.body]\nb = \"{}\"\n", "{{a".repeat(lines)),
        "# hooks: ignore[a]\n".repeat(lines),
    ] {
        let report = report_of("w.toml", &text);
        for format in formats() {
            assert!(!format.render(&report, ReportLayout::PLAIN).is_empty());
        }
    }
}

#[test]
fn text_shows_the_first_errors_and_counts_the_other_findings() {
    let fields =
        "trigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"http://cms.example.com\"\n";
    let unknown: String = (0..20_000).map(|n| format!("unknown-{n} = 1\n")).collect();
    let shown = ReportFormat::Text
        .render(&report_of("w.toml", &format!("[webhooks.a]\n{fields}{unknown}")), ReportLayout::PLAIN);
    assert_eq!(shown.matches("error[unknown-key]").count(), 100);
    assert!(!shown.contains("warning["), "{}", &shown[..300]);
    assert!(
        shown.contains("19901 more findings not shown; `--format json` lists all\n"),
        "{}",
        &shown[shown.len() - 300..]
    );
    assert!(shown.contains("20000 errors, 1 warning "));
}
