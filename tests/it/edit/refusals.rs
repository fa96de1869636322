use hooks::core::definitions::edit::Change;
use hooks::core::diagnostic::Diagnostic;

use super::{add, apply, clear, remove, rename, set};

fn start(error: &Diagnostic) -> Option<usize> {
    error.primary.as_ref().map(|place| place.span.start)
}

#[test]
fn invalid_toml_is_refused_with_its_position() {
    for (text, start) in [
        ("[webhooks.x]\nname = \n", 20),
        ("[webhooks.x]\n[webhooks.x]\n", 23),
        ("[webhooks.x]\nname = 1\nname = 2\n", 22),
        ("[webhooks.x]\rname = 1\n", 13),
        ("[webhooks.x]\nname = \"\u{1}\"\n", 21),
        ("\u{feff}[webhooks.x]\nname = x\n", 20),
    ] {
        for changes in [vec![], vec![set("x", "name", "n")]] {
            let error = apply(text, &changes).unwrap_err();
            assert_eq!(
                (error.code, self::start(&error)),
                ("toml-syntax", Some(start)),
                "{text:?}: {error:?}"
            );
        }
    }
}

#[test]
fn unknown_and_taken_handles_are_named() {
    let text = "[webhooks.sign-up]\n[webhooks.b]\n";
    for change in
        [set("signup", "name", "n"), clear("signup", "name"), remove("signup"), rename("signup", "c")]
    {
        let error = apply(text, &[change]).unwrap_err();
        assert_eq!(error.message, "`webhooks.toml` has no webhook `signup`");
        assert_eq!(error.helps, ["did you mean `sign-up`?"]);
    }
    for change in [add("b", &[]), rename("sign-up", "b")] {
        let error = apply(text, &[change]).unwrap_err();
        assert_eq!(error.message, "the handle `b` is already in use");
        assert!(start(&error).is_some());
    }
}

#[test]
fn what_cannot_be_edited_in_place_is_named_with_its_position() {
    let cases: [(&str, Change, &str); 11] = [
        ("[webhooks.x]\nname = [1]\n", set("x", "name", "n"), "`name` is a list, not a single value"),
        ("[webhooks.x]\nname = {}\n", set("x", "name", "n"), "`name` is a table, not a single value"),
        ("[webhooks.x]\nbody = 'a'\n", set("x", "body.a", "n"), "`webhooks.x.body` is a single value"),
        ("[webhooks.x]\nbody.a.b = 1\n", set("x", "body.a", "n"), "`body.a` is a table, not a single value"),
        ("[[webhooks.x]]\n", set("x", "name", "n"), "`webhooks.x` is an array of tables"),
        ("[[webhooks]]\n", add("x", &[]), "`webhooks` is an array of tables"),
        ("webhooks = []\n", add("x", &[]), "`webhooks` is a list"),
        ("webhooks = {}\n", add("x", &[]), "`webhooks` is an inline table"),
        ("[webhooks.x.body]\n", set("x", "name", "n"), "`webhooks.x` has no table header"),
        ("webhooks.x.name = 'n'\n", clear("x", "name"), "`x` is defined only by `name`"),
        ("[webhooks]\nx.body.a = 'n'\n", clear("x", "body.a"), "`x` is defined only by `body.a`"),
    ];
    for (text, change, construct) in cases {
        let error = apply(text, &[change]).unwrap_err();
        assert_eq!(error.message, format!("cannot edit in place: {construct}"));
        assert!(!error.helps.is_empty());
    }
}

#[test]
fn a_refused_change_undoes_those_before_it() {
    assert!(apply("[webhooks.x]\n", &[set("x", "name", "n"), remove("y")]).is_err());
}
