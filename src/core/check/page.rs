//! The documentation of the rules: one for `--explain`, all for `docs/rules.md`.

use super::rule::Rule;
use super::rules::RULES;
use super::settings::level_word;

/// One rule in full, as Markdown.
pub fn explanation(rule: &Rule) -> String {
    section(rule, "#")
}

fn section(rule: &Rule, depth: &str) -> String {
    let Rule { code, level, summary, docs, .. } = rule;
    let level = level_word(*level);
    format!(
        "{depth} {code}\n\n{}: {summary}.\n\n\
         {depth}# What it finds\n\n{}\n\n\
         {depth}# Why it matters\n\n{}\n\n\
         {depth}# Example\n\n```toml\n{}\n```\n\n\
         {depth}# How to mend\n\n{}\n",
        capitalised(level),
        docs.finds,
        docs.why,
        docs.example,
        docs.mend
    )
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// All rules in a table, then each in full: `docs/rules.md`.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# Rules of `hooks check`\n\n\
         Made from the source by `hooks check --explain all`; a test keeps it fresh.\n\n\
         The level of a rule is changed with `--rule CODE=off|note|warning|error` or in the file:\n\n\
         ```toml\n[check]\nstrict = true          # warnings fail too\nplain-http = \"off\"\n```\n\n\
         A comment on a line, or above it, silences a rule there: `# hooks: ignore[plain-http]`; several are\n\
         separated by commas. A comment that silences nothing is itself noted.\n\n\
         Every command honours these levels and comments for the findings that it reports. Where no request can be\n\
         built, for instance because a variable is missing, it still fails.\n\n\
         | rule | level | finds |\n|---|---|---|\n",
    );
    for rule in RULES {
        let level = level_word(rule.level);
        page.push_str(&format!("| [`{0}`](#{0}) | {level} | {1} |\n", rule.code, rule.summary));
    }
    for rule in RULES {
        page.push('\n');
        page.push_str(&section(rule, "##"));
    }
    page
}
