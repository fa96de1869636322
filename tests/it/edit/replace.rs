use super::{changes, replace};
use hooks::core::definitions::edit::{EditError, apply};

#[test]
fn a_block_takes_the_place_of_another() {
    changes(&[
        (
            "one part",
            "# head\n\n# about x\n[webhooks.x]\nname = \"n\"\n\n[webhooks.y]\n",
            replace("x", "# new\n[webhooks.x]\nname = \"m\"\n[webhooks.x.body]\na = '1'"),
            "# head\n\n# new\n[webhooks.x]\nname = \"m\"\n[webhooks.x.body]\na = '1'\n\n[webhooks.y]\n",
        ),
        (
            "the end of the file",
            "[webhooks.x]\nname = \"n\"\n",
            replace("x", "[webhooks.x]\nname = \"m\"\n"),
            "[webhooks.x]\nname = \"m\"\n",
        ),
        (
            "scattered parts come together",
            "[webhooks.x]\nname = \"n\"\n\n[tool]\n\n[webhooks.x.body]\na = \"1\"\n\n[webhooks.y]\n",
            replace("x", "[webhooks.x]\nname = \"n\"\n[webhooks.x.body]\na = \"2\"\n"),
            "[webhooks.x]\nname = \"n\"\n[webhooks.x.body]\na = \"2\"\n\n[tool]\n\n[webhooks.y]\n",
        ),
        (
            "dotted",
            "[webhooks]\nx.name = \"n\"\ny.name = \"n\"\n",
            replace("x", "x.name = \"m\"\nx.method = \"PUT\"\n"),
            "[webhooks]\nx.name = \"m\"\nx.method = \"PUT\"\ny.name = \"n\"\n",
        ),
        (
            "a member",
            "webhooks = { x = {}, y = {} }\n",
            replace("x", "x = { name = \"n\" }\n"),
            "webhooks = { x = { name = \"n\" }, y = {} }\n",
        ),
    ]);
}

#[test]
fn a_block_that_reaches_beyond_its_webhook_is_refused() {
    let text = "[webhooks.x]\nname = \"n\"\n\n[webhooks.y]\nname = '''a'''\n";
    for block in [
        "[webhooks.z]\nname = \"n\"\n",
        "[webhooks.x]\n[webhooks.z]\n",
        "[webhooks.x]\n[tool]\n",
        "[tool]\n[webhooks.x]\n",
        "",
        "# only a comment\n",
    ] {
        let error = apply(text, &[replace("x", block)]).unwrap_err();
        assert_eq!(error, EditError::OtherContent { handle: "x".to_owned() }, "{block:?}");
    }
}

#[test]
fn a_mistake_in_a_block_is_shown_where_it_stands_in_the_block() {
    let text = "[webhooks.w]\n[webhooks.x]\nname = \"n\"\n\n[webhooks.y]\n";
    let error = apply(text, &[replace("x", "[webhooks.x]\nname = = 1\n")]).unwrap_err();
    let EditError::Block { span: Some(span), .. } = error else { panic!("{error:?}") };
    assert_eq!(span.start, 20);
    let open = apply(text, &[replace("x", "[webhooks.x]\nname = '''\n")]).unwrap_err();
    assert!(matches!(open, EditError::Block { .. }), "{open:?}");
}
