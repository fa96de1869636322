//! Reads a definitions file.

use std::sync::Arc;

use crate::core::diagnostic::{Diagnostic, Levels, parse_level};
use crate::core::model::Webhook;
use crate::core::text::Source;

use super::accounts::AccountSettings;
use super::blocks::{CheckSetting, SettingValue, Tables};
use super::ignore::ignores;
use super::parse::parse;

#[derive(Debug, Clone)]
pub struct Definitions {
    pub source: Arc<Source>,
    /// In the order of the file.
    pub webhooks: Vec<Webhook>,
    /// Webhooks with words that this version does not know: compared with the account, but never sent.
    pub unsendable: Vec<Webhook>,
    /// The `[check]` table, as written.
    pub check: Vec<CheckSetting>,
    /// The `[accounts.NAME]` tables.
    pub accounts: Vec<AccountSettings>,
    /// The levels that `check` and comments in the file configure.
    pub levels: Arc<Levels>,
}

impl Definitions {
    pub fn get(&self, handle: &str) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.handle.value == handle)
    }

    /// All webhooks, in the order of the file.
    pub fn all(&self) -> impl Iterator<Item = &Webhook> {
        let mut all: Vec<&Webhook> = self.webhooks.iter().chain(&self.unsendable).collect();
        if !self.unsendable.is_empty() {
            all.sort_by_key(|webhook| webhook.handle.span.start);
        }
        all.into_iter()
    }

    /// The webhook with this handle, even if it is never sent.
    pub fn find(&self, handle: &str) -> Option<&Webhook> {
        self.get(handle).or_else(|| self.unsendable.iter().find(|own| own.handle.value == handle))
    }

    /// Findings about this file with the levels that it configures, without those that are off or ignored.
    pub fn configured(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.into_iter().filter_map(|finding| self.levels.apply(finding)).collect()
    }
}

/// Reads the webhooks that are valid, and everything that is wrong, by position. The levels that the file configures are
/// not applied: see [`Definitions::configured`].
pub fn read(source: &Arc<Source>) -> (Definitions, Vec<Diagnostic>) {
    let (Tables { mut webhooks, check, accounts }, problems) = parse(source);
    let mut findings = problems.diagnostics;
    let text = source.text();
    if text.trim().is_empty() {
        let message = format!("`{}` is empty", source.name());
        findings.push(
            Diagnostic::error("definitions-empty", message).help(
                "write a block `[webhooks.HANDLE]` with `trigger`, `trigger_element` and `payload_url`",
            ),
        );
    }
    let levels = Arc::new(levels(text, &check));
    for webhook in &mut webhooks {
        webhook.levels = Arc::clone(&levels);
    }
    let (webhooks, unsendable) = webhooks.into_iter().partition(|webhook| webhook.unknown.is_empty());
    findings.sort_by_key(|finding| finding.primary.as_ref().map(|place| (place.span.start, place.span.end)));
    (Definitions { source: Arc::clone(source), webhooks, unsendable, check, accounts, levels }, findings)
}

/// The levels that the settings and comments of a file configure.
fn levels(text: &str, settings: &[CheckSetting]) -> Levels {
    let mut levels = Levels::default();
    for CheckSetting { key, value } in settings {
        if let SettingValue::Text(word) = &value.value
            && let Some(level) = parse_level(word)
        {
            levels.set(&key.value, level);
        }
    }
    for ignore in ignores(text) {
        levels.ignore(&ignore.code, ignore.lines);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<(&'static str, String)> {
        let source = Arc::new(Source::new("webhooks.toml", text));
        let (_, findings) = read(&source);
        let place =
            |finding: &Diagnostic| finding.primary.as_ref().map_or(String::new(), |p| p.start().to_string());
        findings.iter().map(|finding| (finding.code, place(finding))).collect()
    }

    fn found(code: &'static str, place: &str) -> (&'static str, String) {
        (code, place.to_owned())
    }

    const GOOD: &str = "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://example.com\"\n";

    #[test]
    fn a_valid_file_has_no_findings_and_keeps_its_order() {
        let text = format!(
            "{GOOD}header = {{ B = \"1\", a = \"2\" }}\n[other]\nx = 1\n{}",
            GOOD.replace(".a", ".B-2")
        );
        assert_eq!(findings(&text), []);
        let source = Arc::new(Source::new("x", text.as_str()));
        let (definitions, _) = read(&source);
        let handles: Vec<_> =
            definitions.webhooks.iter().map(|webhook| webhook.handle.value.as_str()).collect();
        assert_eq!(handles, ["a", "B-2"]);
        let header: Vec<_> =
            definitions.webhooks[0].header.iter().map(|field| field.key.value.as_str()).collect();
        assert_eq!(header, ["B", "a"]);
    }

    #[test]
    fn all_syntax_errors_are_reported_without_their_consequences() {
        let text = "[webhooks.a]\ntrigger = create\ntrigger_element = \"event\npayload_url = \"https://example.com\"\nmethod = = 1\n";
        let lines: Vec<_> = findings(text)
            .into_iter()
            .map(|(code, place)| (code, place.split(':').next().unwrap().to_owned()))
            .collect();
        assert_eq!(lines.iter().filter(|(code, _)| *code == "toml-syntax").count(), lines.len());
        for line in ["2", "3", "5"] {
            assert!(lines.iter().any(|(_, own)| own == line), "{line}: {lines:?}");
        }
    }

    #[test]
    fn misspelled_tables_are_errors_and_tables_of_other_tools_are_ignored() {
        assert_eq!(findings("[webhook.x]\na = 1"), [found("unknown-table", "1:2")]);
        assert_eq!(findings("[hooks.x]\na = 1"), [found("unknown-table", "1:2")]);
        assert_eq!(findings("trigger = \"create\""), [found("field-outside-webhook", "1:1")]);
        assert_eq!(findings("title = \"x\"\n[tool.other]\nx = 1\n[check]\n"), []);
        assert_eq!(findings("[[webhooks]]\n"), [found("wrong-type", "1:1")]);
        assert_eq!(findings("[webhooks]\ntrigger = \"create\""), [found("wrong-type", "2:1")]);
        assert_eq!(findings("webhooks = 3"), [found("wrong-type", "1:12")]);
    }

    #[test]
    fn every_invalid_field_is_reported_in_one_run() {
        let text = "[webhooks.'a b']\ntriger = \"create\"\ntrigger_element = \"events\"\nmethod = \"HEAD\"\nactive = \"yes\"\n\
                    id = \"67\"\nprokey_filter = 3\nbody = [1]\n[webhooks.'a b'.header]\nA = 1\n";
        let codes: Vec<_> = findings(text);
        assert_eq!(
            codes,
            [
                found("bad-handle", "1:11"),
                found("missing-field", "1:11"),
                found("unknown-key", "2:1"),
                found("unknown-value", "3:19"),
                found("unknown-value", "4:10"),
                found("wrong-type", "5:10"),
                found("wrong-type", "6:6"),
                found("wrong-type", "7:17"),
                found("wrong-type", "8:9"),
                found("wrong-type", "10:5"),
            ]
        );
    }

    fn first_help(text: &str) -> (&'static str, String) {
        let (_, findings) = read(&Arc::new(Source::new("webhooks.toml", text)));
        let first = findings.first().expect("something is wrong");
        (first.code, first.helps.first().cloned().unwrap_or_default())
    }

    #[test]
    fn a_misspelled_field_is_reported_once() {
        let text = "[webhooks.a]\ntriger = \"create\"\nelement = \"event\"\nZiel = \"https://example.com\"\n";
        let unknown = ["2:1", "3:1", "4:1"].map(|place| found("unknown-key", place));
        assert_eq!(findings(text), unknown);
    }

    #[test]
    fn a_misspelled_key_of_an_item_is_reported_once() {
        let text = format!("{GOOD}header = [{{ Key = \"X\", Value = \"1\" }}]\n");
        assert_eq!(findings(&text), [found("unknown-key", "5:13"), found("unknown-key", "5:24")]);
        assert_eq!(first_help(&text).1, "did you mean `key`?");
        let one = format!("{GOOD}body = [{{ key = \"X\", vaule = \"1\" }}]\n");
        assert_eq!(first_help(&one), ("unknown-key", "did you mean `value`?".to_owned()));
        assert_eq!(findings(&one).len(), 1);
    }

    #[test]
    fn a_non_ascii_key_and_a_look_alike_character_have_their_own_help() {
        for (line, help) in [
            ("Plätze = \"{{amount}}\"", "put the key in quotes: `\"Plätze\" = …`"),
            (
                "seats = “{{amount}}”",
                "the line contains U+201C left double quotation mark: replace it with `\"`",
            ),
            ("seats\u{a0}= \"1\"", "the line contains U+00A0 no-break space: replace it with a space"),
        ] {
            let found = first_help(&format!("{GOOD}[webhooks.a.body]\n{line}\n"));
            assert_eq!(found, ("toml-syntax", help.to_owned()), "{line}");
        }
    }

    #[test]
    fn tables_of_other_tools_must_be_valid_toml() {
        for wrong in ["x = 0x", "x = [1, 0b]", "x = { y = 1_\u{660} }", "x = 1.\u{661}"] {
            let found = findings(&format!("{GOOD}[tool]\n{wrong}\n"));
            assert!(found.iter().any(|(code, _)| *code == "toml-syntax"), "{wrong}: {found:?}");
        }
        assert_eq!(findings(&format!("\u{feff}\u{feff}{GOOD}"))[0], found("toml-syntax", "1:1"));
        assert_eq!(findings(&format!("{GOOD}[tool]\nx = [0xff, -1, +1_000, 1e3, inf, -nan, 0o17]\n")), []);
    }

    #[test]
    fn a_filter_is_valid_for_rsvp_answers_only() {
        let filtered = format!("{GOOD}prokey_filter = \"x\"\n");
        assert_eq!(findings(&filtered), [found("misplaced-prokey-filter", "5:1")]);
        assert_eq!(findings(&filtered.replace("\"event\"", "\"rsvp_answer\"")), []);
    }

    #[test]
    fn the_help_for_a_value_of_another_type_quotes_it_if_that_is_the_fix() {
        for (value, help) in [
            ("1", "put it in quotes: `\"1\"`"),
            ("true", "put it in quotes: `\"true\"`"),
            ("[1]", ""),
            ("{ a = 1 }", ""),
            ("[\n1,\n]", ""),
        ] {
            let text = format!("{GOOD}name = {value}\n");
            assert_eq!(first_help(&text), ("wrong-type", help.to_owned()), "{value}");
        }
        let header = format!("{GOOD}header = {{ X-Pin = 1234 }}\n");
        assert_eq!(first_help(&header).1, "put it in quotes: `\"…\"`");
    }

    #[test]
    fn an_error_between_lines_with_syntax_errors_is_reported() {
        let text = format!("{GOOD}name = = 1\nid = \"1\"\nactive = = 1\n");
        let found = findings(&text);
        let at_line =
            |line: &str| found.iter().filter(|(_, place)| place.starts_with(line)).collect::<Vec<_>>();
        assert_eq!(at_line("6:"), [&("wrong-type", "6:6".to_owned())]);
        for line in ["5:", "7:"] {
            assert!(at_line(line).iter().all(|(code, _)| *code == "toml-syntax"), "{found:?}");
        }
    }
}
