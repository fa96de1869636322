use hooks::core::definitions::edit::block;

use super::{apply, changes, remove, source};

#[test]
fn a_webhook_is_removed_with_its_tables_and_the_comment_directly_above() {
    changes(&[
        (
            "in the middle",
            "[webhooks.a]\n\n# about x\n[webhooks.x]\nname = \"n\"\n\n[webhooks.x.header]\nA = \"1\"\n# end of x\n\n# about b\n[webhooks.b]\n",
            remove("x"),
            "[webhooks.a]\n\n# about b\n[webhooks.b]\n",
        ),
        ("the last", "[webhooks.a]\n\n[webhooks.x]\nname = \"n\"\n", remove("x"), "[webhooks.a]\n"),
        ("the first", "[webhooks.x]\nname = \"n\"\n\n[webhooks.b]\n", remove("x"), "[webhooks.b]\n"),
        ("the only one", "[webhooks.x]\nname = \"n\"\n", remove("x"), ""),
        (
            "tables that are not neighbours",
            "[webhooks.x]\n\n[tool]\na = 1\n\n[webhooks.x.body]\na = \"1\"\n\n[other]\n",
            remove("x"),
            "[tool]\na = 1\n\n[other]\n",
        ),
        (
            "two empty lines",
            "[webhooks.a]\n\n\n[webhooks.x]\n\n\n[webhooks.b]\n",
            remove("x"),
            "[webhooks.a]\n\n\n[webhooks.b]\n",
        ),
        (
            "no empty lines",
            "[webhooks.a]\n[webhooks.x]\n[webhooks.b]\n",
            remove("x"),
            "[webhooks.a]\n[webhooks.b]\n",
        ),
        (
            "a comment between empty lines",
            "[webhooks.a]\n\n# --- sign-ups ---\n\n[webhooks.x]\n\n# --- the end ---\n",
            remove("x"),
            "[webhooks.a]\n\n# --- sign-ups ---\n\n# --- the end ---\n",
        ),
        (
            "the file's comment",
            "# webhooks of ACME\n\n# about x\n[webhooks.x]\n\n[webhooks.b]\n",
            remove("x"),
            "# webhooks of ACME\n\n[webhooks.b]\n",
        ),
        (
            "the file's comment directly above",
            "#:schema ./webhooks.json\n# webhooks of ACME\n[webhooks.x]\nname = \"n\"\n\n[webhooks.b]\n",
            remove("x"),
            "#:schema ./webhooks.json\n# webhooks of ACME\n\n[webhooks.b]\n",
        ),
        (
            "dotted",
            "[webhooks]\na.name = \"n\"\n# about x\nx.name = \"n\"\nx.header.A = \"1\"\nb.name = \"n\"\n",
            remove("x"),
            "[webhooks]\na.name = \"n\"\nb.name = \"n\"\n",
        ),
        ("inline", "[webhooks]\nx = { name = \"n\" }\n\n[tool]\n", remove("x"), "[webhooks]\n\n[tool]\n"),
        ("a member", "webhooks = { a = {}, x = { name = \"n\" } }\n", remove("x"), "webhooks = { a = {} }\n"),
        (
            "scattered members",
            "webhooks = { x.name = \"n\", a.name = \"n\", x.body = { a = \"1\" } }\n",
            remove("x"),
            "webhooks = { a.name = \"n\" }\n",
        ),
        (
            "all members",
            "webhooks = { x.name = \"n\", x.method = \"PUT\" }\n",
            remove("x"),
            "webhooks = { }\n",
        ),
        (
            "an array of tables in its place",
            "[[webhooks.x]]\na = 1\n[[webhooks.x]]\n[webhooks.x.b]\n\n[webhooks.b]\n",
            remove("x"),
            "[webhooks.b]\n",
        ),
    ]);
}

#[test]
fn several_webhooks_are_removed_at_once() {
    let text = "[tool]\n\n[webhooks.a]\n\n[webhooks.b]\n\n[webhooks.c]\n\n[webhooks.d]\n";
    let result = apply(text, &[remove("a"), remove("d"), remove("b")]).unwrap();
    assert_eq!(result, "[tool]\n\n[webhooks.c]\n");
}

#[test]
fn a_block_is_the_whole_text_of_a_webhook() {
    let text = "# head\n\n# about x\n[webhooks.x]\nname = \"n\"\n\n# f\n\n[webhooks.x.body]\n\n[tool]\n[webhooks.x.header]\n# end";
    let spans = block(&source(text), "x").unwrap();
    let parts: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
    assert_eq!(
        parts,
        ["# about x\n[webhooks.x]\nname = \"n\"\n\n# f\n\n[webhooks.x.body]\n", "[webhooks.x.header]\n# end",]
    );
    assert_eq!(block(&source(text), "y"), None);
}
