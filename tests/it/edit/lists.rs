//! Headers and bodies in list form: `header = [{ key = …, value = … }]` and `[[webhooks.x.header]]`.

use hooks::core::definitions::edit::{Change, FieldPath, Scalar};

use super::{add, apply, changes, clear, set};

#[test]
fn set_changes_the_only_item_with_a_key() {
    changes(&[
        (
            "many lines",
            "[webhooks.x]\nheader = [\n  { key = \"A\", value = '1' }, # one\n  { value = \"2\", key = \"B\" },\n]\n",
            set("x", "header.A", "9"),
            "[webhooks.x]\nheader = [\n  { key = \"A\", value = '9' }, # one\n  { value = \"2\", key = \"B\" },\n]\n",
        ),
        (
            "an item below others with the same key is not the one",
            "[webhooks.x]\nbody = [{key=\"a\",value=\"1\"},{key=\"b\",value=\"2\"},{key=\"a\",value=\"3\"}]\n",
            set("x", "body.b", "9"),
            "[webhooks.x]\nbody = [{key=\"a\",value=\"1\"},{key=\"b\",value=\"9\"},{key=\"a\",value=\"3\"}]\n",
        ),
        (
            "an item with a header of its own",
            "[webhooks.x]\n\n[[webhooks.x.body]]\nkey = \"a\"\nvalue = \"1\" # c\n\n[[webhooks.x.body]]\nkey = \"b\"\nvalue = \"2\"\n",
            set("x", "body.a", "9"),
            "[webhooks.x]\n\n[[webhooks.x.body]]\nkey = \"a\"\nvalue = \"9\" # c\n\n[[webhooks.x.body]]\nkey = \"b\"\nvalue = \"2\"\n",
        ),
        (
            "in an inline table",
            "webhooks = { x = { header = [{ key = \"A\", value = \"1\" }] }, y = {} }\n",
            set("x", "header.A", "9"),
            "webhooks = { x = { header = [{ key = \"A\", value = \"9\" }] }, y = {} }\n",
        ),
        (
            "dotted",
            "webhooks.x.header = [{ key = \"A\", value = \"1\" }]\n",
            set("x", "header.A", "9"),
            "webhooks.x.header = [{ key = \"A\", value = \"9\" }]\n",
        ),
        (
            "its current value",
            "webhooks.x.header = [{ key = \"A\", value = \"1\" }]\n",
            set("x", "header.A", "1"),
            "webhooks.x.header = [{ key = \"A\", value = \"1\" }]\n",
        ),
    ]);
}

#[test]
fn a_new_key_becomes_the_last_item_in_the_style_of_the_others() {
    changes(&[
        (
            "one line",
            "[webhooks.x]\nheader = [{ key = \"A\", value = \"1\" }] # c\n",
            set("x", "header.B", "2"),
            "[webhooks.x]\nheader = [{ key = \"A\", value = \"1\" }, { key = \"B\", value = \"2\" }] # c\n",
        ),
        (
            "empty",
            "[webhooks.x]\nheader = []\n",
            set("x", "header.B", "2"),
            "[webhooks.x]\nheader = [{ key = \"B\", value = \"2\" }]\n",
        ),
        (
            "many lines, comma at the end",
            "[webhooks.x]\nheader = [\n\t{ key = \"A\", value = \"1\" }, # one, ]\n\t# none\n]\n",
            set("x", "header.B", "2"),
            "[webhooks.x]\nheader = [\n\t{ key = \"A\", value = \"1\" }, # one, ]\n\t{ key = \"B\", value = \"2\" },\n\t# none\n]\n",
        ),
        (
            "many lines, no comma at the end",
            "[webhooks.x]\nheader = [\n  { key = \"A\", value = \"1\" } # one\n]\n",
            set("x", "header.B", "2"),
            "[webhooks.x]\nheader = [\n  { key = \"A\", value = \"1\" }, # one\n  { key = \"B\", value = \"2\" }\n]\n",
        ),
        (
            "items with headers of their own",
            "[[ webhooks . x . body ]] # c\n  key = \"a\"\n  value = \"1\"\n# end\n\n[tool]\n",
            set("x", "body.b c", "\"2\""),
            "[[ webhooks . x . body ]] # c\n  key = \"a\"\n  value = \"1\"\n# end\n\n[[webhooks . x . body]]\n  key = \"b c\"\n  value = \"\\\"2\\\"\"\n\n[tool]\n",
        ),
    ]);
}

#[test]
fn every_item_with_a_key_is_removed_and_the_list_with_its_last_item() {
    changes(&[
        (
            "one of many lines",
            "[webhooks.x]\nheader = [\n  { key = \"A\", value = \"1\" }, # one\n  { key = \"B\", value = \"2\" } # two\n]\n",
            clear("x", "header.B"),
            "[webhooks.x]\nheader = [\n  { key = \"A\", value = \"1\" } # one\n]\n",
        ),
        (
            "both of three in a line",
            "[webhooks.x]\nheader = [{ key = \"A\", value = \"1\" }, { key = \"B\", value = \"2\" }, { key = \"A\", value = \"3\" }]\n",
            clear("x", "header.A"),
            "[webhooks.x]\nheader = [{ key = \"B\", value = \"2\" }]\n",
        ),
        (
            "the last",
            "[webhooks.x]\nname = \"n\"\nheader = [\n  { key = \"A\", value = \"1\" },\n]\n",
            clear("x", "header.A"),
            "[webhooks.x]\nname = \"n\"\n",
        ),
        (
            "the last, with a comment",
            "[webhooks.x]\nname = \"n\"\nheader = [\n  # none yet\n  { key = \"A\", value = \"1\" },\n]\n",
            clear("x", "header.A"),
            "[webhooks.x]\nname = \"n\"\nheader = [\n  # none yet\n]\n",
        ),
        (
            "the only definition of the webhook",
            "webhooks.x.header = [{ key = \"A\", value = \"1\" }]\n",
            clear("x", "header.A"),
            "webhooks.x.header = []\n",
        ),
        (
            "items with headers of their own",
            "[webhooks.x]\n\n[[webhooks.x.body]]\nkey = \"a\"\nvalue = \"1\"\n\n# b\n[[webhooks.x.body]]\nkey = \"b\"\nvalue = \"2\"\n\n[[webhooks.x.body]]\nkey = \"b\"\nvalue = \"3\"\n",
            clear("x", "body.b"),
            "[webhooks.x]\n\n[[webhooks.x.body]]\nkey = \"a\"\nvalue = \"1\"\n",
        ),
        (
            "a whole list",
            "[webhooks.x]\nname = \"n\"\nheader = [\n  { key = \"A\", value = \"1\" }, # one\n]\n",
            clear("x", "header"),
            "[webhooks.x]\nname = \"n\"\n",
        ),
        (
            "a missing key",
            "webhooks.x.header = [{ key = \"A\", value = \"1\" }]\n",
            clear("x", "header.B"),
            "webhooks.x.header = [{ key = \"A\", value = \"1\" }]\n",
        ),
    ]);
}

#[test]
fn adding_many_webhooks_at_once_gives_the_same_text_as_one_by_one() {
    let add = |handle| add(handle, &[("name", "n"), ("header.A", "1")]);
    let block =
        |handle| format!("[webhooks.{handle}]\nname = \"n\"\n\n[webhooks.{handle}.header]\nA = \"1\"\n");
    for text in ["", "# a\n", "[webhooks.x]\nname = \"n\"\n\n[tool]\na = 1\n", "[webhooks.x]\nname = \"n\""] {
        let all = apply(text, &[add("a"), add("b"), add("c")]).unwrap();
        let one_by_one =
            ["a", "b", "c"].iter().fold(text.to_owned(), |text, own| apply(&text, &[add(own)]).unwrap());
        assert_eq!(all, one_by_one, "{text:?}");
        assert!(all.contains(&[block("a"), block("b")].join("\n")), "{all}");
    }
    assert_eq!(apply("", &[add("a"), add("a")]).unwrap_err().code, "handle-taken");
}

#[test]
fn a_whole_list_is_added_where_the_webhook_is_defined() {
    let pairs = || Scalar::Pairs(vec![("A".to_owned(), "1".into()), ("A".to_owned(), "it's \"2\"".into())]);
    let list = r#"[{ key = "A", value = "1" }, { key = "A", value = "it's \"2\"" }]"#;
    changes(&[
        (
            "in a section, before the tables below it",
            "[webhooks.x]\nname = \"n\" # c\n\n[webhooks.x.body]\nb = \"1\"\n",
            set("x", "header", pairs()),
            &format!("[webhooks.x]\nname = \"n\" # c\nheader = {list}\n\n[webhooks.x.body]\nb = \"1\"\n"),
        ),
        (
            "dotted",
            "webhooks.x.name = \"n\"\n",
            set("x", "body", pairs()),
            &format!("webhooks.x.name = \"n\"\nwebhooks.x.body = {list}\n"),
        ),
        (
            "in an inline table",
            "webhooks = { x = { name = \"n\" } }\n",
            set("x", "header", pairs()),
            &format!("webhooks = {{ x = {{ name = \"n\", header = {list} }} }}\n"),
        ),
        (
            "in a new webhook",
            "[webhooks.x]\nname = \"n\"\n",
            Change::Add {
                handle: "y".to_owned(),
                fields: vec![
                    (FieldPath::Field("name".to_owned()), Scalar::from("m")),
                    (FieldPath::Header("B".to_owned()), Scalar::from("1")),
                    (FieldPath::Field("body".to_owned()), pairs()),
                ],
            },
            &format!(
                "[webhooks.x]\nname = \"n\"\n\n[webhooks.y]\nname = \"m\"\nbody = {list}\n\n[webhooks.y.header]\nB = \"1\"\n"
            ),
        ),
    ]);
    let table = "[webhooks.x]\n[webhooks.x.header]\nA = \"1\"\n";
    let error = apply(table, &[set("x", "header", pairs())]).unwrap_err();
    assert_eq!(error.message, "cannot edit in place: `header` is a table, not a single value");
}

#[test]
fn an_ambiguous_item_is_refused_with_all_its_lines() {
    let text = "[webhooks.x]\nheader = [\n  { key = \"A\", value = \"hunter2\" },\n  { key = \"B\", value = \"2\" },\n  { key = \"A\", value = \"3\" },\n]\n";
    let error = apply(text, &[set("x", "header.A", "9")]).unwrap_err();
    assert_eq!(error.message, "cannot edit in place: `header.A` is in the list 2 times, on lines 3 and 5");
    assert!(error.primary.is_some_and(|place| place.is_hidden && place.start().line == 3));
    let error =
        apply("[[webhooks.x.header]]\nkey = 'A'\nvalue = '1'\n", &[clear("x", "header.A")]).unwrap_err();
    assert_eq!(error.message, "cannot edit in place: `x` is defined only by `header.A`");
    let twice = [("body.a", "1"), ("body.a", "2")];
    let error = apply("", &[add("x", &twice)]).unwrap_err();
    assert_eq!(error.message, "cannot edit in place: `body.a` is repeated, which requires a list");
}
