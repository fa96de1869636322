//! Data in other formats than JSON, and JSON with look-alike characters.

use snapbox::str;

use crate::harness::{Project, hooks};

const DEFINITIONS: &str = r#"
[webhooks.w]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "http://127.0.0.1:9/"
"#;

/// The output of `preview` and `backfill` for these data.
fn said(bytes: impl AsRef<[u8]>) -> [String; 2] {
    let project = Project::new().definitions(DEFINITIONS).file("data", bytes);
    [&["preview", "w", "data"][..], &["backfill", "w", "data", "--yes"]].map(|words| {
        let said = std::cell::RefCell::new(String::new());
        let run = hooks(words).in_project(&project).run().code(3).no_stdout();
        run.stderr_with(|text| text.clone_into(&mut said.borrow_mut()));
        said.into_inner()
    })
}

#[test]
fn other_formats_are_reported_once() {
    let page = r#"{"log":{"version":"1.2","entries":[{"request":{"method":"POST"}}]}}"#;
    for (bytes, message) in [
        (&b"email,amount\na@example.com,2\nb@example.com,1\n"[..], "is CSV, not JSON"),
        (b"\xef\xbb\xbfE-Mail;Pl\xc3\xa4tze\r\na@example.com;2\r\n", "is CSV, not JSON"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV\xca", "is gzip-compressed, not "),
        (b"<!DOCTYPE html>\n<html><body>Log in</body></html>\n", "is HTML, not JSON"),
        (b"<?xml version=\"1.0\"?>\n<answers/>\n", "is XML, not JSON"),
        (b"email=a%40example.com&amount=2", "is form data, not JSON"),
        (b"EMAIL=a\nAMOUNT=2\n", "is `KEY=value` lines, not JSON"),
        (b"email: a@example.com\namount: 2\n", "is YAML, not JSON"),
        (page.as_bytes(), "is a HAR file (requests saved by a browser), not an element"),
    ] {
        for text in said(bytes) {
            assert!(text.contains(&format!("error[data-format]: `data` {message}")), "{text}");
            assert_eq!(text.matches("error[data-format]").count(), 1, "{text}");
            assert!(!text.contains("error[json-") && !text.contains("error[bad-data"), "{text}");
        }
    }
}

#[test]
fn look_alike_characters_are_reported_with_their_replacement() {
    let texts = [
        "{\u{201c}email\u{201d}: \"a\"}",
        "{\"email\": \u{201e}a\u{201c}}",
        "{\"email\":\u{a0}\"a\"}",
        "{\"amount\": 2\u{200b}}",
        "{\"amount\": \u{2212}2}",
        "{\"amount\": 2}\u{202e}",
    ];
    let all: String = texts.iter().map(|text| said(text)[0].clone()).collect();
    snapbox::assert_data_eq!(
        all,
        str![[r#"
error[json-look-alike]: U+201C left double quotation mark is not JSON
 --> data:1:2
  |
1 | {“email”: "a"}
  |  ^
  |
  = help: replace it with `"`

error[json-look-alike]: U+201E low double quotation mark is not JSON
 --> data:1:11
  |
1 | {"email": „a“}
  |           ^
  |
  = help: replace it with `"`

error[json-look-alike]: U+00A0 no-break space is not JSON
 --> data:1:10
  |
1 | {"email": "a"}
  |          ^
  |
  = help: replace it with a space

error[json-look-alike]: U+200B zero width space is not JSON
 --> data:1:13
  |
1 | {"amount": 2�}
  |             ^
  |
  = help: delete it: it is invisible

error[json-look-alike]: U+2212 minus sign is not JSON
 --> data:1:12
  |
1 | {"amount": −2}
  |            ^
  |
  = help: replace it with `-`

error[json-look-alike]: U+202E right-to-left override is not JSON
 --> data:1:14
  |
1 | {"amount": 2}�
  |              ^
  |
  = help: delete it: it is invisible


"#]]
    );
    for text in texts {
        assert!(said(text)[1].contains("error[json-"), "{text}");
    }
}
