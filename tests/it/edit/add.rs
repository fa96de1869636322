use super::{add, changes};

#[test]
fn a_new_webhook_goes_after_the_last_one() {
    let y = || add("y", &[("method", "PUT"), ("body.a", "1"), ("header.X-K", "2")]);
    let block = "[webhooks.y]\nmethod = \"PUT\"\n\n[webhooks.y.header]\nX-K = \"2\"\n\n[webhooks.y.body]\na = \"1\"\n";
    changes(&[
        ("an empty file", "", y(), block),
        ("only a comment", "# hi\n", y(), &format!("# hi\n\n{block}")),
        (
            "before other tools' tables",
            "[webhooks.x]\nname = \"n\"\n# end of x\n\n# about tool\n[tool]\n",
            y(),
            &format!("[webhooks.x]\nname = \"n\"\n# end of x\n\n{block}\n# about tool\n[tool]\n"),
        ),
        (
            "the last in the file",
            "[webhooks.x]\nname = \"n\"\n",
            y(),
            &format!("[webhooks.x]\nname = \"n\"\n\n{block}"),
        ),
        ("after other tools' tables", "[tool]\na = 1\n", y(), &format!("[tool]\na = 1\n\n{block}")),
        (
            "after an array of tables",
            "[[tool]]\n[tool.sub]\na = 1\n",
            y(),
            &format!("[[tool]]\n[tool.sub]\na = 1\n\n{block}"),
        ),
        (
            "after dotted webhooks",
            "webhooks.x.name = \"n\"\ntitle = 1\n\n[tool]\n",
            y(),
            &format!("webhooks.x.name = \"n\"\ntitle = 1\n\n{block}\n[tool]\n"),
        ),
        (
            "after inline webhooks",
            "[webhooks]\nx = { name = \"n\" }\n",
            y(),
            &format!("[webhooks]\nx = {{ name = \"n\" }}\n\n{block}"),
        ),
        (
            "a handle that needs quotes",
            "",
            add("a b", &[("header.b c", "1")]),
            "[webhooks.\"a b\"]\n\n[webhooks.\"a b\".header]\n\"b c\" = \"1\"\n",
        ),
        (
            "indented as the last one",
            "[webhooks]\n  [webhooks.x]\n    name = \"n\"\n",
            add("y", &[("name", "m")]),
            "[webhooks]\n  [webhooks.x]\n    name = \"n\"\n\n  [webhooks.y]\n    name = \"m\"\n",
        ),
        (
            "empty lines at the end",
            "[webhooks.x]\nname = \"n\"\n\n\n",
            add("y", &[("name", "m")]),
            "[webhooks.x]\nname = \"n\"\n\n[webhooks.y]\nname = \"m\"\n\n\n",
        ),
    ]);
}
