//! One webhook in documents of other tools: no edit changes a byte outside of it.

use std::fs;
use std::path::{Path, PathBuf};

use hooks::core::definitions::edit::Change;
use toml::de::DeTable;

use super::{apply, clear, remove, rename, set};
use crate::harness::{Project, hooks};

const BLOCK: &str = "[webhooks.demo]\nmethod = \"POST\" # verb\npayload_url = \"u\"\n";

/// Edits of the block, and the block after each; none if something is only inserted.
fn edits() -> [(Change, Option<String>); 5] {
    [
        (set("demo", "method", "PUT"), Some(BLOCK.replace("POST", "PUT"))),
        (clear("demo", "method"), Some(BLOCK.replace("method = \"POST\" # verb\n", ""))),
        (rename("demo", "other"), Some(BLOCK.replace("demo", "other"))),
        (set("demo", "prokey_filter", "p"), None),
        (set("demo", "header.A", "1"), None),
    ]
}

/// Whether a text is another with one or more bytes inserted at one place.
fn is_inserted(before: &str, after: &str) -> bool {
    let same = |(a, b): &(u8, u8)| a == b;
    let start = before.bytes().zip(after.bytes()).take_while(same).count();
    let end = before.bytes().rev().zip(after.bytes().rev()).take_while(same).count();
    after.len() > before.len() && start + end >= before.len()
}

/// Lines of other tools, which may be above or below a webhook, or keys of its own table.
const LINES: [&str; 46] = [
    "",
    "# only a comment",
    "\t \n  # ä 🫵",
    "k=1",
    "1234 = 1",
    "\"\" . b = 1\n'' . c = 2",
    "\"quoted \\u00e4 \\\" # [x]\" = 1",
    "'literal = # [x]' = 1",
    "a.b . \"c.d\".e = 1",
    "a.b = 1\na.c = 2",
    "3.14 = 1",
    "s = \"tab\\t nl\\n bs\\\\ u\\u03b4 U\\U0001F600 x\\x41 e\\e\"",
    "s = '\\no escapes\\ \"here\"'",
    "s = \"\"\"\none\\\n   two \"\" three \"\"\\\"\n[webhooks.x]\n\"\"\"",
    "s = \"\"\"ends in two quotes\"\"\"\"\"",
    "s = '''\n[webhooks.x]\n# no comment\nmethod = \"no\"\n'''",
    "s = '''ends in a quote''''",
    "i = [+99, 0, -17, 1_000, 0xDEADbeef, 0o755, 0b1101]",
    "f = [1.0, -0.01, 5e+22, 1E06, -2e-2, 6.626e-34, 224_617.445]",
    "f = [inf, +inf, -inf, nan, +nan, -nan]",
    "b = [true, false]",
    "d = 1979-05-27T07:32:00Z",
    "d = 1979-05-27T00:32:00.999999-07:00",
    "d = 1979-05-27 07:32:00Z",
    "d = 1979-05-27t07:32:00z",
    "d = 1979-05-27T07:32:00",
    "d = 1979-05-27",
    "d = 07:32:00.5",
    "d = 07:32",
    "d = 1979-05-27T07:32Z",
    "a = []",
    "a = [ # c\n]",
    "a = [1, \"two\", [3], {four = 4}]",
    "a = [\n  1, # one ]\n  2\n  , # two\n]",
    "a = [\n\"\"\"\n]\"\"\",\n[\n['[webhooks.x]']]]",
    "t = {}",
    "t = { a = 1, b.c = 2, \"d e\" = {} }",
    "t = {\n  a = 1, # one }\n  b = [ # two\n  ],\n}",
    "t = { s = '''\n}''' }",
    "[other.sub]\na = 1\n[other]",
    "[ other . 'sub' ] # c",
    "[other.\"[webhooks.x]\"]",
    "[other.webhooks.x]\nmethod = \"no\"",
    "[[list]]\na = 1\n[list.sub]\n[[list.sub.deep]]\n[[list]]",
    "[super.deep.deeper]\n[super]\n[super.deep]",
    "long = \"\"\"\n\n\n\n\"\"\"   # after",
];

/// All TOML files below a directory.
fn files(top: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "toml") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

fn suite(part: &str) -> Vec<PathBuf> {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suites/toml").join(part));
    assert!(!files.is_empty());
    files
}

const STYLES: [fn(&str) -> String; 3] =
    [str::to_owned, |text| text.replace('\n', "\r\n"), |text| format!("\u{feff}{text}")];

/// Makes every edit to the block above and below this text, in every style; returns how many texts were valid.
fn check(text: &str, name: &Path) -> usize {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let trimmed = text.trim_end_matches('\n');
    let mut valid = 0;
    for (above, below) in
        [(format!("{text}\n"), ""), (String::new(), &*format!("\n{text}")), (String::new(), trimmed)]
    {
        for style in STYLES {
            let with = |block: &str| style(&[&above, block, below].concat());
            let before = with(BLOCK);
            if DeTable::parse(before.trim_start_matches('\u{feff}')).is_err() {
                continue;
            }
            valid += 1;
            for (change, block) in edits() {
                match (apply(&before, &[change]), block) {
                    (Ok(after), Some(block)) => assert_eq!(after, with(&block), "{}", name.display()),
                    (Ok(after), None) => assert!(is_inserted(&before, &after), "{}: {after}", name.display()),
                    // Keys below the block are part of the webhook.
                    (Err(error), _) => {
                        assert!(!below.is_empty() && error.code == "edit-refused", "{error:?}");
                    }
                }
            }
            let after = apply(&before, &[remove("demo")]);
            let is_left = after.as_deref().is_ok_and(|after| after.trim() == with("").trim());
            assert!(is_left || !below.is_empty(), "{}: {after:?}", name.display());
        }
    }
    valid
}

#[test]
fn every_construct_around_a_webhook_keeps_every_byte() {
    for lines in LINES {
        assert!(check(&format!("{lines}\n"), Path::new(lines)) >= 6, "{lines}");
    }
}

#[test]
fn a_valid_document_around_a_webhook_keeps_every_byte() {
    let files = suite("valid");
    let valid: usize = files.iter().map(|path| check(&fs::read_to_string(path).unwrap(), path)).sum();
    assert!(valid > files.len() * 5, "{valid} of {} files", files.len());
}

#[test]
fn an_invalid_document_is_refused_with_line_and_column() {
    let mut wrong = Vec::new();
    for path in suite("invalid") {
        let text = [&fs::read(&path).unwrap(), "\n".as_bytes(), BLOCK.as_bytes()].concat();
        let project = Project::new().file("webhooks.toml", &text);
        for words in [["edit", "demo", "--method", "PUT"], ["rename", "demo", "other", "--verbose"]] {
            hooks(words).in_project(&project).run().code(3).no_stdout().stderr_with(|said| {
                let mut places =
                    said.match_indices("webhooks.toml:").map(|(at, name)| &said[at + name.len()..]);
                let is_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
                if !places.any(|place| {
                    is_digit(place) && place.split_once(':').is_some_and(|(_, column)| is_digit(column))
                }) {
                    wrong.push(format!("{}: {said}", path.display()));
                }
            });
            assert_eq!(project.read("webhooks.toml"), text, "{}", path.display());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
#[ignore = "reads the TOML files in the registry of Cargo"]
fn real_files_around_a_webhook_keep_every_byte() {
    let home = hooks::io::env::home_directory().unwrap();
    let files = files(&home.join(".cargo/registry/src"));
    let texts = files.iter().filter_map(|path| Some((path, fs::read_to_string(path).ok()?)));
    let valid: usize = texts.map(|(path, text)| check(&text, path)).sum();
    assert!(valid > files.len() * 3, "{valid} of {} files", files.len());
}
