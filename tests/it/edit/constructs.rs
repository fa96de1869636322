//! Every construct of TOML 1.0 and 1.1 above, in and below a webhook, and every change.

use super::{add, apply, clear, remove, rename, set};

/// Lines of a table of another tool.
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

#[test]
fn no_construct_of_other_tools_is_touched() {
    let block = "# about x\n[webhooks.x]\nname = \"n\"\nmethod = 'POST' # c\n";
    for lines in LINES {
        for newline in ["\n", "\r\n"] {
            let with = |block: &str| {
                // A table of its own can stand only once.
                let text = if lines.starts_with('[') {
                    format!("{lines}\n\n{block}\n[below]\n")
                } else {
                    format!("[top]\n[other]\n{lines}\n\n{block}\n[below]\n{lines}\n")
                };
                text.replace('\n', newline)
            };
            let text = with(block);
            assert!(toml_is_valid(&text), "{text}");
            let end = "\n[webhooks.y]\nname = \"m\"\n";
            for (change, expected) in [
                (set("x", "method", "PUT"), with(&block.replace("POST", "PUT"))),
                (clear("x", "method"), with("# about x\n[webhooks.x]\nname = \"n\"\n")),
                (set("x", "header.A", "1"), with(&format!("{block}\n[webhooks.x.header]\nA = \"1\"\n"))),
                (rename("x", "z"), with(&block.replace("webhooks.x", "webhooks.z"))),
                (add("y", &[("name", "m")]), with(&format!("{block}{end}"))),
                (remove("x"), with("").replacen(&newline.repeat(3), &newline.repeat(2), 1)),
            ] {
                let result = apply(&text, std::slice::from_ref(&change));
                let result = result.unwrap_or_else(|error| panic!("{change:?}: {error:?}\n{text}"));
                if matches!(change, hooks::core::definitions::edit::Change::Remove { .. }) {
                    // Blank lines inside a text of the other tool may be the first ones.
                    assert_eq!(result.replace(newline, ""), expected.replace(newline, ""), "{change:?}");
                    assert_eq!(result.len() + block.replace('\n', newline).len() + newline.len(), text.len());
                } else {
                    assert_eq!(result, expected, "{change:?}");
                }
            }
        }
    }
}

#[test]
fn every_kind_of_value_can_be_beside_and_can_go() {
    for lines in LINES.iter().filter(|lines| lines.contains('=') && !lines.starts_with('[')) {
        let text = format!("[webhooks.x.body]\n{lines}\nlast = \"1\" # c\n[webhooks.y]\n");
        if !toml_is_valid(&text) {
            continue;
        }
        let after = text.replace("last = \"1\"", "last = \"2\"");
        assert_eq!(apply(&text, &[set("x", "body.last", "2")]).unwrap(), after);
        let after = text.replace("last = \"1\" # c\n", "");
        assert_eq!(apply(&text, &[clear("x", "body.last")]).unwrap(), after);
        let after = text.replace("\"1\" # c\n", "\"1\" # c\nnew = \"n\"\n");
        assert_eq!(apply(&text, &[set("x", "body.new", "n")]).unwrap(), after);
        assert_eq!(apply(&text, &[remove("x")]).unwrap(), "[webhooks.y]\n");
    }
}

fn toml_is_valid(text: &str) -> bool {
    text.parse::<toml::Table>().is_ok()
}
