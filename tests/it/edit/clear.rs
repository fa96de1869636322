use super::{changes, clear};

#[test]
fn clearing_a_key_removes_its_line_and_no_other_comment() {
    changes(&[
        (
            "a line",
            "[webhooks.x]\n# verb\nmethod = \"POST\" # c\n# url\npayload_url = \"u\"\n",
            clear("x", "method"),
            "[webhooks.x]\n# verb\n# url\npayload_url = \"u\"\n",
        ),
        (
            "the last line",
            "[webhooks.x]\nname = \"n\"\nmethod = \"POST\"\n",
            clear("x", "method"),
            "[webhooks.x]\nname = \"n\"\n",
        ),
        ("the only key", "[webhooks.x]\nmethod = \"POST\"\n", clear("x", "method"), "[webhooks.x]\n"),
        (
            "several lines",
            "[webhooks.x.body]\na = \"\"\"\n[webhooks.y]\n\"\"\"\nb = \"1\"\n",
            clear("x", "body.a"),
            "[webhooks.x.body]\nb = \"1\"\n",
        ),
        (
            "dotted",
            "webhooks.x.header.A = \"1\"\nwebhooks.x.name = \"n\"\n",
            clear("x", "header.A"),
            "webhooks.x.name = \"n\"\n",
        ),
    ]);
}

#[test]
fn a_table_is_removed_with_its_last_key_unless_it_has_a_comment() {
    changes(&[
        (
            "a header",
            "[webhooks.x]\n\n[webhooks.x.header]\nA = \"1\"\n\n[webhooks.x.body]\n",
            clear("x", "header.A"),
            "[webhooks.x]\n\n[webhooks.x.body]\n",
        ),
        (
            "at the end of the file",
            "[webhooks.x]\nname = \"n\"\n\n[webhooks.x.header]\nA = \"1\"\n",
            clear("x", "header.A"),
            "[webhooks.x]\nname = \"n\"\n",
        ),
        (
            "a comment inside",
            "[webhooks.x]\n\n[webhooks.x.header]\n# B = \"2\"\nA = \"1\"\n",
            clear("x", "header.A"),
            "[webhooks.x]\n\n[webhooks.x.header]\n# B = \"2\"\n",
        ),
        (
            "a comment above",
            "[webhooks.x]\n\n# for the proxy\n[webhooks.x.header]\nA = \"1\"\n",
            clear("x", "header.A"),
            "[webhooks.x]\n\n# for the proxy\n[webhooks.x.header]\n",
        ),
        (
            "nothing else defines the webhook",
            "[webhooks.x.header]\nA = \"1\"\n",
            clear("x", "header.A"),
            "[webhooks.x.header]\n",
        ),
        (
            "inline",
            "[webhooks.x]\nname = \"n\"\nheader = { A = \"1\" }\n",
            clear("x", "header.A"),
            "[webhooks.x]\nname = \"n\"\n",
        ),
        (
            "inline in inline",
            "webhooks.x = { header = { A = \"1\" }, name = \"n\" }\n",
            clear("x", "header.A"),
            "webhooks.x = { name = \"n\" }\n",
        ),
        (
            "inline, and the only definition of the webhook",
            "webhooks.x.header = { A = \"1\" }\n",
            clear("x", "header.A"),
            "webhooks.x.header = { }\n",
        ),
        (
            "a whole body",
            "[webhooks.x]\n\n# the body\n[webhooks.x.body]\na = \"1\"\nb = \"1\"\n\n[tool]\n",
            clear("x", "body"),
            "[webhooks.x]\n\n[tool]\n",
        ),
    ]);
}

#[test]
fn a_member_of_an_inline_table_is_removed_with_one_comma() {
    changes(&[
        (
            "first",
            "webhooks.x.body = { a = \"1\", b = \"2\", c = \"3\" }\n",
            clear("x", "body.a"),
            "webhooks.x.body = { b = \"2\", c = \"3\" }\n",
        ),
        (
            "middle",
            "webhooks.x.body = { a = \"1\", b = \"2\", c = \"3\" }\n",
            clear("x", "body.b"),
            "webhooks.x.body = { a = \"1\", c = \"3\" }\n",
        ),
        (
            "last",
            "webhooks.x.body = {a = \"1\",b = \"2\",c = \"3\"}\n",
            clear("x", "body.c"),
            "webhooks.x.body = {a = \"1\",b = \"2\"}\n",
        ),
        (
            "last, comma at the end",
            "webhooks.x.body = { a = \"1\", b = \"2\", }\n",
            clear("x", "body.b"),
            "webhooks.x.body = { a = \"1\", }\n",
        ),
        (
            "many lines",
            "webhooks.x.body = {\n  a = \"1\", # one\n  b = \"2\", # two\n}\n",
            clear("x", "body.b"),
            "webhooks.x.body = {\n  a = \"1\", # one\n}\n",
        ),
        (
            "many lines, no comma at the end",
            "webhooks.x.body = {\n  a = \"1\", # one\n  b = \"2\" # two\n}\n",
            clear("x", "body.b"),
            "webhooks.x.body = {\n  a = \"1\" # one\n}\n",
        ),
        (
            "a comma on the next line",
            "webhooks.x.body = {\n  a = \"1\" # one\n  , b = \"2\" }\n",
            clear("x", "body.b"),
            "webhooks.x.body = {\n  a = \"1\" # one\n   }\n",
        ),
    ]);
}
