//! The whole file: TOML syntax, top-level tables, and each block under `webhooks`.

use std::collections::HashSet;
use std::sync::Arc;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use crate::core::diagnostic::{Diagnostic, Levels, configured_level};
use crate::core::model::Webhook;
use crate::core::text::{Source, Span, Spanned, nearest};

use super::fields::{FIELDS, read_webhook};
use super::ignore::ignores;
use super::parts::parts;
use super::reader::{Reader, article};

#[derive(Debug, Clone)]
pub struct Definitions {
    pub source: Arc<Source>,
    pub webhooks: Vec<Webhook>,
    /// What its `[check]` table says, as written.
    pub check: Vec<Setting>,
    /// The levels that it gives to findings.
    pub levels: Arc<Levels>,
}

#[derive(Debug, Clone)]
pub struct Setting {
    /// The name of a rule, or `strict`.
    pub key: Spanned<String>,
    /// What it is set to.
    pub value: Spanned<SettingValue>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// A word in quotes.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// Something else, by the name of its type.
    Other(&'static str),
}

impl Definitions {
    pub fn get(&self, handle: &str) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.handle.value == handle)
    }

    /// Findings about this file with the levels that it configures, without those that are off.
    pub fn configured(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.into_iter().filter_map(|finding| self.levels.apply(finding)).collect()
    }
}

/// Reads a file: the webhooks that can be understood, and everything that is wrong, by place. Levels that the file
/// configures are not applied yet: see [`Definitions::configured`].
pub fn read(source: &Arc<Source>) -> (Definitions, Vec<Diagnostic>) {
    let (found, mut reader) = read_in_parts(source).unwrap_or_else(|| read_whole(source));
    let Found { mut webhooks, check } = found;
    let text = source.text();
    if text.trim().is_empty() {
        let message = format!("`{}` is empty", source.name());
        reader.diagnostics.push(Diagnostic::error("definitions-empty", message).help(
            "a webhook is a block `[webhooks.HANDLE]` with `trigger`, `trigger_element` and `payload_url`",
        ));
    }
    let levels = Arc::new(levels(text, &check));
    for webhook in &mut webhooks {
        webhook.levels = Arc::clone(&levels);
    }
    let mut findings = reader.diagnostics;
    findings.sort_by_key(|finding| finding.primary.as_ref().map(|place| (place.span.start, place.span.end)));
    (Definitions { source: Arc::clone(source), webhooks, check, levels }, findings)
}

#[derive(Default)]
struct Found {
    webhooks: Vec<Webhook>,
    check: Vec<Setting>,
}

fn read_whole(source: &Arc<Source>) -> (Found, Reader<'_>) {
    let mut reader = Reader::new(source);
    let mut found = Found::default();
    let (table, errors) = DeTable::parse_recoverable(source.text());
    reader.syntax_errors(&errors);
    reader.report_invalid(table.get_ref());
    reader.top_level(table.get_ref(), &mut found);
    (found, reader)
}

/// Reads a large file part by part, since the parser needs 17 times the size of its text. None if the parts are not
/// independent, or one of them is not valid TOML.
fn read_in_parts(source: &Arc<Source>) -> Option<(Found, Reader<'_>)> {
    let mut reader = Reader::new(source);
    let mut found = Found::default();
    let (mut names, mut handles) = (HashSet::new(), HashSet::new());
    for part in parts(source.text())? {
        let (table, errors) = DeTable::parse_recoverable(&source.text()[part.lines.clone()]);
        if !errors.is_empty() {
            return None;
        }
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            let blocks = (name == "webhooks" && part.is_blocks).then(|| value.get_ref().as_table());
            let is_new = match blocks {
                Some(blocks) => {
                    blocks?.keys().all(|handle| handles.insert(handle.get_ref().as_ref().to_owned()))
                }
                None => name != "webhooks" && names.insert(name.to_owned()),
            };
            if !is_new {
                return None;
            }
        }
        reader.base = part.lines.start;
        reader.report_invalid(table.get_ref());
        reader.top_level(table.get_ref(), &mut found);
    }
    Some((found, reader))
}

impl Reader<'_> {
    fn top_level(&mut self, table: &DeTable<'_>, found: &mut Found) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "webhooks" => found.webhooks.extend(self.webhooks(value)),
                "check" => found.check = self.check_settings(value),
                name => self.foreign(name, self.span(key), value.get_ref()),
            }
        }
    }

    fn check_settings(&mut self, value: &TomlSpanned<DeValue<'_>>) -> Vec<Setting> {
        let Some(table) = value.get_ref().as_table() else {
            let kind = article(value.get_ref().type_str());
            let message = format!("`check` is a table of rules and their levels, not {kind}");
            let finding = self.error("wrong-type", message, self.span(value));
            self.report(finding.help("write `[check]` and below it lines such as `plain-http = \"off\"`"));
            return Vec::new();
        };
        let setting = |(key, value): (&TomlSpanned<std::borrow::Cow<'_, str>>, &TomlSpanned<DeValue<'_>>)| {
            let said = match value.get_ref() {
                DeValue::String(text) => SettingValue::Text(text.clone().into_owned()),
                DeValue::Boolean(value) => SettingValue::Boolean(*value),
                other => SettingValue::Other(other.type_str()),
            };
            Setting {
                key: Spanned::new(key.get_ref().clone().into_owned(), self.span(key)),
                value: Spanned::new(said, self.span(value)),
            }
        };
        table.iter().map(setting).collect()
    }

    /// A top-level key that is not ours: another tool's, unless it looks like a typo.
    fn foreign(&mut self, name: &str, span: Span, value: &DeValue<'_>) {
        let is_near = matches!(name, "hook" | "hooks") || nearest(name, ["webhooks"]).is_some();
        if is_near && matches!(value, DeValue::Table(_) | DeValue::Array(_)) {
            let finding = self
                .error("unknown-table", format!("`{name}` is not where webhooks are defined"), span)
                .help("did you mean `webhooks`, as in `[webhooks.HANDLE]`?");
            self.report(finding);
        } else if FIELDS.contains(&name) && !value.is_table() {
            let finding = self
                .error("field-outside-webhook", format!("`{name}` is outside of any webhook"), span)
                .help("put it below a header such as `[webhooks.HANDLE]`");
            self.report(finding);
        }
    }

    fn webhooks(&mut self, value: &TomlSpanned<DeValue<'_>>) -> Vec<Webhook> {
        let Some(blocks) = value.get_ref().as_table() else {
            let kind = value.get_ref().type_str();
            let finding = self
                .error(
                    "wrong-type",
                    format!("`webhooks` is a table of webhooks, not {}", article(kind)),
                    self.span(value),
                )
                .help("each webhook has a handle of its own: `[webhooks.HANDLE]`");
            self.report(finding);
            return Vec::new();
        };
        blocks.iter().filter_map(|(handle, block)| self.block(handle, block)).collect()
    }

    fn block(
        &mut self,
        handle: &TomlSpanned<std::borrow::Cow<'_, str>>,
        block: &TomlSpanned<DeValue<'_>>,
    ) -> Option<Webhook> {
        let name = handle.get_ref().as_ref();
        let Some(fields) = block.get_ref().as_table() else {
            let message = format!(
                "`webhooks.{name}` is a webhook's table, not {}",
                article(block.get_ref().type_str())
            );
            let help = if FIELDS.contains(&name) {
                format!("`{name}` belongs to one webhook, below a header such as `[webhooks.HANDLE]`")
            } else {
                format!("write `[webhooks.{name}]` and its fields below")
            };
            let finding = self.error("wrong-type", message, self.span(handle)).help(help);
            self.report(finding);
            return None;
        };
        if !is_handle(name) {
            let finding = self
                .error("bad-handle", format!("`{name}` is not a valid handle"), self.span(handle))
                .help("use letters a-z, digits, `-` and `_` in a handle; `name` takes any text");
            self.report(finding);
        }
        read_webhook(self, handle, fields)
    }
}

/// What the settings and comments of a file say about levels.
fn levels(text: &str, settings: &[Setting]) -> Levels {
    let mut levels = Levels::default();
    for Setting { key, value } in settings {
        if let SettingValue::Text(word) = &value.value
            && let Some(level) = configured_level(word)
        {
            levels.set(&key.value, level);
        }
    }
    for ignore in ignores(text) {
        levels.ignore(&ignore.code, ignore.lines);
    }
    levels
}

/// Whether a text can name a webhook: ASCII letters, digits, `-` and `_`.
pub fn is_handle(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<(&'static str, String)> {
        let source = Arc::new(Source::new("webhooks.toml", text));
        let (_, findings) = read(&source);
        let place =
            |finding: &Diagnostic| finding.primary.as_ref().map_or(String::new(), |p| p.place().to_string());
        findings.iter().map(|finding| (finding.code, place(finding))).collect()
    }

    fn found(code: &'static str, place: &str) -> (&'static str, String) {
        (code, place.to_owned())
    }

    const GOOD: &str = "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://example.com\"\n";

    #[test]
    fn a_good_file_has_no_findings_and_keeps_its_order() {
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
    fn all_syntax_errors_are_found_and_hide_what_follows_from_them() {
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
    fn near_misses_of_the_top_level_are_errors_and_other_tools_are_left_alone() {
        assert_eq!(findings("[webhook.x]\na = 1"), [found("unknown-table", "1:2")]);
        assert_eq!(findings("[hooks.x]\na = 1"), [found("unknown-table", "1:2")]);
        assert_eq!(findings("trigger = \"create\""), [found("field-outside-webhook", "1:1")]);
        assert_eq!(findings("title = \"x\"\n[tool.other]\nx = 1\n[check]\n"), []);
        assert_eq!(findings("[[webhooks]]\n"), [found("wrong-type", "1:1")]);
        assert_eq!(findings("[webhooks]\ntrigger = \"create\""), [found("wrong-type", "2:1")]);
        assert_eq!(findings("webhooks = 3"), [found("wrong-type", "1:12")]);
    }

    #[test]
    fn an_empty_file_says_so() {
        assert_eq!(findings(" \n"), [found("definitions-empty", "")]);
    }

    #[test]
    fn every_wrong_field_is_found_in_one_run() {
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

    #[test]
    fn a_prokey_filter_belongs_to_answers_only() {
        let text = format!("{GOOD}prokey_filter = \"x\"\n");
        assert_eq!(findings(&text), [found("misplaced-prokey-filter", "5:1")]);
    }

    fn first_help(text: &str) -> (&'static str, String) {
        let (_, findings) = read(&Arc::new(Source::new("webhooks.toml", text)));
        let first = findings.first().expect("something is wrong");
        (first.code, first.helps.first().cloned().unwrap_or_default())
    }

    #[test]
    fn a_misspelt_field_is_reported_once() {
        let text = "[webhooks.a]\ntriger = \"create\"\nelement = \"event\"\nZiel = \"https://example.com\"\n";
        let unknown = ["2:1", "3:1", "4:1"].map(|place| found("unknown-key", place));
        assert_eq!(findings(text), unknown);
    }

    #[test]
    fn a_misspelt_key_of_an_item_is_reported_once() {
        let text = format!("{GOOD}header = [{{ Key = \"X\", Value = \"1\" }}]\n");
        assert_eq!(findings(&text), [found("unknown-key", "5:13"), found("unknown-key", "5:24")]);
        assert_eq!(first_help(&text).1, "did you mean `key`?");
        let one = format!("{GOOD}body = [{{ key = \"X\", vaule = \"1\" }}]\n");
        assert_eq!(first_help(&one), ("unknown-key", "did you mean `value`?".to_owned()));
        assert_eq!(findings(&one).len(), 1);
    }

    #[test]
    fn a_key_beyond_ascii_and_a_look_alike_get_a_help_of_their_own() {
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
    fn tables_of_other_tools_are_valid_toml_too() {
        for wrong in ["x = 0x", "x = [1, 0b]", "x = { y = 1_\u{660} }", "x = 1.\u{661}"] {
            let found = findings(&format!("{GOOD}[tool]\n{wrong}\n"));
            assert!(found.iter().any(|(code, _)| *code == "toml-syntax"), "{wrong}: {found:?}");
        }
        assert_eq!(findings(&format!("\u{feff}\u{feff}{GOOD}"))[0], found("toml-syntax", "1:1"));
        assert_eq!(findings(&format!("{GOOD}[tool]\nx = [0xff, -1, +1_000, 1e3, inf, -nan, 0o17]\n")), []);
    }

    /// Three megabytes, with one wrong field in each webhook.
    fn large(extra: impl Fn(usize) -> String) -> Arc<Source> {
        let block = |n: usize| {
            let note = format!("note = \"{}\"\n", "x".repeat(2_000));
            format!(
                "{}active = 1\n[webhooks.w{n}.body]\n{note}{}",
                GOOD.replace(".a]", &format!(".w{n}]")),
                extra(n)
            )
        };
        let text: String = (0..1_500).map(block).collect();
        Arc::new(Source::new("webhooks.toml", format!("# Large\n[check]\nplain-http = \"off\"\n{text}")))
    }

    #[test]
    fn a_large_file_is_read_in_parts_with_the_same_result() {
        let source = large(|n| if n % 7 == 0 { format!("[tool-{n}]\nx = 1\n") } else { String::new() });
        let (parts, part_reader) = read_in_parts(&source).expect("its parts are independent");
        let (whole, whole_reader) = read_whole(&source);
        assert_eq!(parts.webhooks.len(), 1_500);
        assert_eq!(format!("{:?}", parts.webhooks), format!("{:?}", whole.webhooks));
        assert_eq!(format!("{:?}", parts.check), format!("{:?}", whole.check));
        assert_eq!(part_reader.diagnostics.len(), 1_500);
        assert_eq!(part_reader.diagnostics, whole_reader.diagnostics);
    }

    #[test]
    fn a_large_file_with_tables_that_belong_together_is_read_as_a_whole() {
        let at = |place: usize, text: &'static str| {
            move |n: usize| if n == place { text.to_owned() } else { String::new() }
        };
        let twice = |text: &'static str| {
            move |n: usize| if n == 100 || n == 1_400 { text.to_owned() } else { String::new() }
        };
        for source in [
            large(at(1_400, "[webhooks.w3.header]\nX = \"1\"\n")),
            large(at(1_400, "[webhooks.\"w3\"]\nname = \"again\"\n")),
            large(twice("[webhooks]\n")),
            large(twice("[ 'webhooks' ]\n")),
            large(twice("[tool.x]\ny = 1\n")),
            large(at(700, "odd = \"\"\"\n[webhooks.z]\n")),
            large(at(700, "odd = \n")),
        ] {
            assert!(read_in_parts(&source).is_none());
            let (_, findings) = read(&source);
            assert_eq!(findings, {
                let mut whole = read_whole(&source).1.diagnostics;
                whole.sort_by_key(|finding| {
                    finding.primary.as_ref().map(|place| (place.span.start, place.span.end))
                });
                whole
            });
        }
    }
}
