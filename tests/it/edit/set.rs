use hooks::core::definitions::edit::Change;

use super::{apply, changes, set};

const PLAIN: &str = "[webhooks.x]\nmethod = \"POST\"\n";

#[test]
fn a_value_is_replaced_in_place_and_keeps_its_quotes() {
    changes(&[
        ("basic", PLAIN, set("x", "method", "PUT"), "[webhooks.x]\nmethod = \"PUT\"\n"),
        (
            "trailing comment",
            "[webhooks.x] # mine\n  method   =\t'POST'   # verb\n",
            set("x", "method", "PUT"),
            "[webhooks.x] # mine\n  method   =\t'PUT'   # verb\n",
        ),
        (
            "boolean",
            "[webhooks.x]\nactive = true # on\n",
            set("x", "active", false),
            "[webhooks.x]\nactive = false # on\n",
        ),
        ("integer", "[webhooks.x]\nid = 6_7\n", set("x", "id", 68), "[webhooks.x]\nid = 68\n"),
        (
            "a date becomes a string",
            "[webhooks.x]\nname = 1979-05-27 07:32:00Z # when\n",
            set("x", "name", "y"),
            "[webhooks.x]\nname = \"y\" # when\n",
        ),
        (
            "a float becomes a string",
            "[webhooks.x]\nname = -1.5e+10\n",
            set("x", "name", "y"),
            "[webhooks.x]\nname = \"y\"\n",
        ),
        (
            "a multi-line string",
            "[webhooks.x.body]\na = '''\n[webhooks.y]\nb = 1 # '''\nb = \"\"\"\n[webhooks.x.body]\\\n\"\"\"\"\n",
            set("x", "body.b", "c"),
            "[webhooks.x.body]\na = '''\n[webhooks.y]\nb = 1 # '''\nb = \"\"\"\nc\"\"\"\n",
        ),
        (
            "quoted handle and keys",
            "['webhooks' . \"a.b\"]\n[webhooks.\"a.b\".'header']\n\"X-Key\" = \"v\"\n",
            set("a.b", "header.X-Key", "w"),
            "['webhooks' . \"a.b\"]\n[webhooks.\"a.b\".'header']\n\"X-Key\" = \"w\"\n",
        ),
        (
            "inline table",
            "[webhooks]\nx = { method = 'POST', header = { A = \"1\" } } # c\n",
            set("x", "header.A", "2"),
            "[webhooks]\nx = { method = 'POST', header = { A = \"2\" } } # c\n",
        ),
        (
            "everything in one inline table",
            "webhooks = {x={method=\"POST\"},y={method=\"POST\"}}\n",
            set("y", "method", "PUT"),
            "webhooks = {x={method=\"POST\"},y={method=\"PUT\"}}\n",
        ),
        (
            "dotted at the top",
            "webhooks.x.method = \"POST\"\nother = 1\n\n[tool]\na = [\n\"[webhooks.x]\"\n]\n",
            set("x", "method", "PUT"),
            "webhooks.x.method = \"PUT\"\nother = 1\n\n[tool]\na = [\n\"[webhooks.x]\"\n]\n",
        ),
        (
            "super-table defined later",
            "[webhooks.x.header]\nA = \"1\"\n\n[[tool]]\n[tool.webhooks.x]\nmethod = \"no\"\n\n[webhooks.x]\nmethod = \"POST\"\n",
            set("x", "method", "PUT"),
            "[webhooks.x.header]\nA = \"1\"\n\n[[tool]]\n[tool.webhooks.x]\nmethod = \"no\"\n\n[webhooks.x]\nmethod = \"PUT\"\n",
        ),
    ]);
}

#[test]
fn a_new_key_goes_next_to_its_siblings_in_their_style() {
    changes(&[
        (
            "after the field that it usually follows",
            "[webhooks.x]\n\ttrigger = \"create\" # c\n\tpayload_url = \"u\"\n\n[webhooks.y]\n",
            set("x", "method", "PUT"),
            "[webhooks.x]\n\ttrigger = \"create\" # c\n\tmethod = \"PUT\"\n\tpayload_url = \"u\"\n\n[webhooks.y]\n",
        ),
        (
            "nothing before it",
            "[webhooks.x] # c\n# what the verb is\n  method=\"POST\"\n",
            set("x", "name", "n"),
            "[webhooks.x] # c\n  name=\"n\"\n# what the verb is\n  method=\"POST\"\n",
        ),
        (
            "an empty table",
            "  [webhooks.x]\n\n[tool]\n",
            set("x", "active", false),
            "  [webhooks.x]\n  active = false\n\n[tool]\n",
        ),
        (
            "in an existing header",
            "[webhooks.x.header]\nA = \"1\"\n# B = later\n\n[tool]\n",
            set("x", "header.X-Key", "v"),
            "[webhooks.x.header]\nA = \"1\"\nX-Key = \"v\"\n# B = later\n\n[tool]\n",
        ),
        (
            "a key that needs quotes",
            "[webhooks.x.body]\na = \"1\"\n",
            set("x", "body.b c", "\"\\\n"),
            "[webhooks.x.body]\na = \"1\"\n\"b c\" = \"\\\"\\\\\\n\"\n",
        ),
        (
            "next to dotted siblings",
            "[webhooks]\nx.method = \"POST\"\nx . header . A=\"1\"\ny.method = \"POST\"\n",
            set("x", "header.B", "2"),
            "[webhooks]\nx.method = \"POST\"\nx . header . A=\"1\"\nx . header . B=\"2\"\ny.method = \"POST\"\n",
        ),
        (
            "dotted at the top",
            "webhooks.x.method = \"POST\"\nwebhooks.y.method = \"POST\"\n",
            set("x", "payload_url", "u"),
            "webhooks.x.method = \"POST\"\nwebhooks.x.payload_url = \"u\"\nwebhooks.y.method = \"POST\"\n",
        ),
        (
            "a first header of a dotted webhook",
            "webhooks.x.method = \"POST\"\n[tool]\n",
            set("x", "header.A", "1"),
            "webhooks.x.method = \"POST\"\nwebhooks.x.header.A = \"1\"\n[tool]\n",
        ),
        (
            "dotted below a header",
            "[webhooks.x]\nbody.a = \"1\"\nmethod = \"POST\"\n",
            set("x", "body.b", "2"),
            "[webhooks.x]\nbody.a = \"1\"\nbody.b = \"2\"\nmethod = \"POST\"\n",
        ),
    ]);
}

#[test]
fn a_new_key_of_an_inline_table_gets_its_comma() {
    changes(&[
        (
            "one line",
            "[webhooks]\nx = { method = \"POST\" } # c\n",
            set("x", "payload_url", "u"),
            "[webhooks]\nx = { method = \"POST\", payload_url = \"u\" } # c\n",
        ),
        (
            "in the middle",
            "[webhooks]\nx = { trigger = \"create\", payload_url = \"u\" }\n",
            set("x", "method", "PUT"),
            "[webhooks]\nx = { trigger = \"create\", method = \"PUT\", payload_url = \"u\" }\n",
        ),
        (
            "empty",
            "webhooks = { x = {}, y = { } }\n",
            set("x", "name", "n"),
            "webhooks = { x = { name = \"n\" }, y = { } }\n",
        ),
        (
            "a first header",
            "webhooks.x = {}\n",
            set("x", "header.A", "1"),
            "webhooks.x = { header = { A = \"1\" } }\n",
        ),
        (
            "dotted inside",
            "webhooks = { x.body.a = \"1\", y.name = \"\" }\n",
            set("x", "body.b", "2"),
            "webhooks = { x.body.a = \"1\", x.body.b = \"2\", y.name = \"\" }\n",
        ),
        (
            "many lines, comma at the end",
            "[webhooks.x]\nbody = {\n  a = \"1\", # one\n  # two\n}\n",
            set("x", "body.b", "2"),
            "[webhooks.x]\nbody = {\n  a = \"1\", # one\n  b = \"2\",\n  # two\n}\n",
        ),
        (
            "many lines, no comma at the end",
            "[webhooks.x]\nbody = {\n  a = \"1\" # one\n}\n",
            set("x", "body.b", "2"),
            "[webhooks.x]\nbody = {\n  a = \"1\", # one\n  b = \"2\"\n}\n",
        ),
        (
            "many lines, comma on the next",
            "[webhooks.x]\nbody = {\n  a = \"1\" # one\n  , c = \"3\" }\n",
            set("x", "body.b", "2"),
            "[webhooks.x]\nbody = {\n  a = \"1\" # one\n  , c = \"3\", b = \"2\" }\n",
        ),
    ]);
}

#[test]
fn a_new_table_goes_after_the_webhooks_own_lines() {
    changes(&[
        (
            "before the next webhook",
            "[webhooks.x]\nmethod = \"POST\"\n# end of x\n\n# about y\n[webhooks.y]\n",
            set("x", "header.A", "1"),
            "[webhooks.x]\nmethod = \"POST\"\n# end of x\n\n[webhooks.x.header]\nA = \"1\"\n\n# about y\n[webhooks.y]\n",
        ),
        (
            "a header before the body",
            "[webhooks.'x']\n\n[webhooks.x.body]\n",
            set("x", "header.A", "1"),
            "[webhooks.'x']\n\n[webhooks.'x'.header]\nA = \"1\"\n\n[webhooks.x.body]\n",
        ),
        (
            "a body after the header",
            "[webhooks.x]\n\n\t[webhooks.x.header]\n\t\tA = \"1\"\n\n[tool]\n",
            set("x", "body.a", "1"),
            "[webhooks.x]\n\n\t[webhooks.x.header]\n\t\tA = \"1\"\n\n\t[webhooks.x.body]\n\t\ta = \"1\"\n\n[tool]\n",
        ),
        (
            "no empty lines where there are none",
            "[webhooks.x]\nname = \"n\"\n[tool]\n",
            set("x", "body.a", "1"),
            "[webhooks.x]\nname = \"n\"\n[webhooks.x.body]\na = \"1\"\n[tool]\n",
        ),
        (
            "a body of a webhook that has only a header",
            "[webhooks.x.header]\nA = \"1\"\n",
            set("x", "body.a", "1"),
            "[webhooks.x.header]\nA = \"1\"\n\n[webhooks.x.body]\na = \"1\"\n",
        ),
    ]);
}

#[test]
fn new_lines_have_the_line_break_of_their_neighbours() {
    let mixed = "[tool]\na = 1\n\n[webhooks.x]\r\nmethod = \"POST\"\r\n\r\n[webhooks.y]\nmethod = \"POST\"\n";
    let result = apply(mixed, &[set("x", "payload_url", "u"), set("y", "payload_url", "u")]).unwrap();
    let expected = "[tool]\na = 1\n\n[webhooks.x]\r\nmethod = \"POST\"\r\npayload_url = \"u\"\r\n\r\n[webhooks.y]\nmethod = \"POST\"\npayload_url = \"u\"\n";
    assert_eq!(result, expected);
    let umlaut = "[webhooks.x] # ä";
    assert_eq!(apply(umlaut, &[set("x", "name", "n")]).unwrap(), "[webhooks.x] # ä\nname = \"n\"");
}

#[test]
fn a_change_without_effect_returns_the_identical_text() {
    for (text, change) in [
        (PLAIN, set("x", "method", "POST")),
        ("[webhooks.x]\nmethod = '''\nPOST'''", set("x", "method", "POST")),
        ("[webhooks.x]\nid = 0x4_3\n", set("x", "id", 67)),
        ("[webhooks.x]\nname = \"\\u00e4\"\n", set("x", "name", "ä")),
        (PLAIN, super::clear("x", "header.A")),
        (PLAIN, super::rename("x", "x")),
    ] {
        assert_eq!(apply(text, &[change]).unwrap(), text);
    }
    assert_eq!(apply(PLAIN, &[]).unwrap(), PLAIN);
}

#[test]
fn changes_to_one_webhook_are_applied_in_order() {
    let before = "[webhooks.x]\nmethod = \"POST\"\n";
    let all = [
        set("x", "method", "PUT"),
        set("x", "header.A", "1"),
        set("x", "header.B", "2"),
        super::clear("x", "header.A"),
        set("x", "body.a", "1"),
        super::rename("x", "y"),
        set("y", "name", "n"),
    ];
    let after = "[webhooks.y]\nname = \"n\"\nmethod = \"PUT\"\n\n[webhooks.y.header]\nB = \"2\"\n\n[webhooks.y.body]\na = \"1\"\n";
    assert_eq!(apply(before, &all).unwrap(), after);
}

#[test]
fn ten_thousand_webhooks_are_changed_in_one_step() {
    let block = |n: usize, active: &str| {
        format!(
            "# {n}\n[webhooks.w{n}]\nname = \"n\"\n{active}trigger = \"create\"\n\n[webhooks.w{n}.body]\na = \"{{{{id}}}}\"\n\n"
        )
    };
    let text = |active: &str| (0..10_000).map(|n| block(n, active)).collect::<String>();
    let changes: Vec<Change> = (0..10_000).map(|n| set(&format!("w{n}"), "active", false)).collect();
    assert!(apply(&text(""), &changes).unwrap() == text("active = false\n"));
}
