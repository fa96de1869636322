//! Random requests, words and bytes.

use std::process::{Command, Stdio};

use hooks::core::capture::{self, Captured};
use hooks::core::export::{curl, http};
use hooks::core::received::Matcher;
use hooks::core::request::PreparedRequest;
use proptest::prelude::*;

use crate::example::{Set, example, prepared_with};

/// The headers that are compared.
fn headers_of(request: &PreparedRequest) -> Vec<(String, String)> {
    let is_own = |name: &str| !["host", "content-length", "accept", "user-agent"].contains(&name);
    let headers = request.headers.iter().filter(|header| is_own(&header.name));
    headers.map(|header| (header.name.to_string(), header.value.to_string())).collect()
}

fn parsed(bytes: &[u8]) -> Captured {
    let mut found = capture::parse("request", bytes.to_vec())
        .unwrap_or_else(|error| panic!("{error:?}\n{}", String::from_utf8_lossy(bytes)));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn exports_are_read_back_and_match_their_webhook(
        texts in prop::collection::vec("[ -~äß\u{1f600}\n\t\\\\'\"$`!%^]{0,40}", 3),
        amount in any::<i32>(),
        padding in prop::sample::select(vec![0usize, 30_000]),
    ) {
        let definitions = example();
        let set = Set(&[("CMS_TOKEN", "t0ken"), ("CMS_HOST", "cms.example.com")]);
        let nothing = Set(&[]);
        let matcher = Matcher::new(&definitions.webhooks, &nothing);
        for webhook in &definitions.webhooks {
            let request = prepared_with(webhook, &set, |element| {
                element["email"] = texts[0].clone().into();
                element["amount"] = amount.into();
                element["payload"] = serde_json::json!({ "first_name": texts[1], "padding": "x".repeat(padding) });
                element["name"] = texts[2].clone().into();
            });
            for printed in [curl(&request, true).into_bytes(), http(&request, true)] {
                let own = parsed(&printed);
                prop_assert_eq!(own.request.head.method(), request.method.as_str());
                prop_assert!(request.url.as_str().ends_with(own.request.head.target()), "{}", own.request.head.target());
                prop_assert_eq!(&own.request.body, &request.body);
                let read: Vec<(String, String)> = headers_of(&request)
                    .iter()
                    .flat_map(|(name, _)| own.request.header(name).map(|value| (name.clone(), value.into_owned())).collect::<Vec<_>>())
                    .collect();
                prop_assert_eq!(read, headers_of(&request));
                let ranking = matcher.rank(&own.request, own.coverage);
                let best = &ranking.candidates[0];
                prop_assert!(best.is_match(), "{:?}", best.differences);
                prop_assert_eq!(&best.webhook.handle.value, &webhook.handle.value);
            }
        }
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), start in prop::sample::select(STARTS.to_vec())) {
        let mut text = start.as_bytes().to_vec();
        text.extend(&bytes);
        let _ = capture::parse("bytes", text);
        let _ = capture::parse("bytes", bytes);
    }

    #[test]
    fn no_pieces_of_the_formats_cause_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES.split(' ').chain(SPACED).collect::<Vec<_>>()), 0..40)) {
        let _ = capture::parse("pieces", pieces.concat().into_bytes());
    }
}

const STARTS: [&str; 7] = [
    "curl ",
    "curl.exe ",
    "curl ^\"",
    "POST / HTTP/1.1\r\n",
    "{\"log\":{\"entries\":[",
    "uuid,method,content\n",
    "[{\"a\":",
];

/// Pieces without spaces, and those with spaces.
const PIECES: &str = r#"curl ' " \ $ $' ` ^ -H -d --json @- <<E | ; ( ) ${ $( %A% http://x/ ffffffffffffffff 0 { } [ ,"a": `u{110000}"#;
const SPACED: [&str; 8] = [
    " ",
    "\n",
    "\r\n",
    "@'\n",
    "\n'@",
    "POST / HTTP/1.1",
    "Content-Length: 9999999999999999999",
    "Transfer-Encoding: chunked",
];

/// A word as bash reads it; none if that is an error.
fn in_bash(word: &str) -> Option<Vec<u8>> {
    let script = format!("set -f; printf '%s' {word}");
    let output = Command::new("bash")
        .args(["--norc", "--noprofile", "-c", &script])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    output.status.success().then_some(output.stdout)
}

/// The pieces of words, each with quotes of its own.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zä0-9._%^!=:/@-]{1,6}",
        "'[ -&(-~ä\n]{0,8}'",
        "\"([a-z !#%'()*+,./:;<=>?@^_{|}~-]|\\\\[\\\\\"$`nx'!\n]|[\n]|ä){0,8}\"",
        "\\\\[ -&(-~ä]",
        "\\$'([ -&(-\\[\\]-~ä\n]|\\\\[abefnrtv'\"\\\\?zE]|\\\\[0-7]{1,3}|\\\\x[0-9a-f]{1,2}|\\\\u[0-9a-f]{1,3}|\\\\U0001f6[0-9a-f]{2}|\\\\c[a-z]){0,8}'",
        Just("\\\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn words_are_read_as_bash_reads_them(pieces in prop::collection::vec(piece(), 1..6)) {
        // With a letter before it, nothing is a tilde, an option, or JSON.
        let word = format!("x{}", pieces.concat());
        let ours = capture::parse("word", format!("curl http://x/ --data-raw {word}").into_bytes());
        match (in_bash(&word), ours) {
            (Some(theirs), Ok(found)) => prop_assert_eq!(
                String::from_utf8_lossy(&found[0].request.body), String::from_utf8_lossy(&theirs), "{}", word
            ),
            (None, Ok(_)) => prop_assert!(false, "bash refuses {}", word),
            (Some(_), Err(error)) => prop_assert!(false, "{}: {:?}", word, error),
            (None, Err(_)) => {}
        }
    }
}

#[test]
fn half_of_a_surrogate_pair_becomes_the_bytes_that_bash_writes() {
    let word = r"x$'\udaaa'";
    let found = capture::parse("word", format!("curl http://x/ --data-raw {word}").into_bytes()).unwrap();
    assert_eq!(found[0].request.body[..], *b"x\xed\xaa\xaa");
    assert_eq!(in_bash(word), Some(found[0].request.body.to_vec()));
}

#[test]
fn long_hostile_input_terminates() {
    const LENGTH: usize = 40_000;
    for piece in [
        "curl http://x/ '\n",
        "curl x;",
        "printf $(\n",
        "curl ^",
        "curl.exe `\n",
        "$(",
        "POST / HTTP/1.1\n",
        "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\na\n0\n",
        "POST / HTTP/1.1\nContent-Length: 5\n\n",
        "a: b\n",
        "{",
        "[",
        "{}",
        "{\"a\":[",
        "[REDACTED",
        "**",
        "\\",
        "curl http://x/ -d \"$",
        "\"",
        ",",
        "│ POST / HTTP/1.1\n",
        "curl x <<E\n",
        "> ",
    ] {
        let text = piece.repeat(LENGTH / piece.len());
        for start in ["", "curl ", "curl.exe ", "{\"element_data\":\"", "uuid,method,content\n"] {
            let _ = capture::parse("hostile", format!("{start}{text}").into_bytes());
        }
    }
}
