//! A secret that a receiver sends back is masked in any encoding.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use data_encoding::{BASE32, BASE32HEX};
use encoding_rs::WINDOWS_1252;
use hooks::core::secrets::{Redactor, Secret};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use proptest::prelude::*;

use super::rsvp;
use super::secrets::{printed, run};
use crate::harness::Project;
use crate::server::{Server, Step};

const MASK: &str = "***";
/// A character of base64 or base32 that only begins with bits of the secret stays, and so does the padding.
const REST: usize = 1 + "======".len();

fn each_char(text: &str, encoded: impl Fn(char) -> String) -> Vec<u8> {
    text.chars().map(encoded).collect::<String>().into_bytes()
}

fn each_byte(text: &[u8], separator: &str, encoded: impl Fn(u8) -> String) -> Vec<u8> {
    text.iter().map(|byte| encoded(*byte)).collect::<Vec<_>>().join(separator).into_bytes()
}

fn each_unit(text: &str, encoded: impl Fn(u16) -> String) -> Vec<u8> {
    text.encode_utf16().map(encoded).collect::<String>().into_bytes()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn named_entity(c: char) -> String {
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '/' => "&sol;".to_owned(),
        'ä' => "&auml;".to_owned(),
        'ö' => "&ouml;".to_owned(),
        'ß' => "&szlig;".to_owned(),
        '€' => "&euro;".to_owned(),
        'é' => "&eacute;".to_owned(),
        _ => c.to_string(),
    }
}

fn quoted_printable(text: &[u8], line: usize) -> Vec<u8> {
    let encoded = |byte: &u8| match byte {
        b' '..=b'<' | b'>'..=b'~' => char::from(*byte).to_string(),
        _ => format!("={byte:02X}"),
    };
    let letters: Vec<String> = text.iter().map(encoded).collect();
    letters.chunks(line).map(<[String]>::concat).collect::<Vec<_>>().join("=\r\n").into_bytes()
}

/// The secret in every encoding in which it may be sent back, by name.
fn encodings(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let utf_16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let misread = |bytes: &[u8]| WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    let percent = |set| percent_encoding::percent_encode(bytes, set).to_string();
    let upper = BASE32.encode(bytes);
    let mut encodings = vec![
        ("plain", bytes.to_vec()),
        ("composed", ComposingNormalizerBorrowed::new_nfc().normalize(secret).as_bytes().to_vec()),
        ("decomposed", DecomposingNormalizerBorrowed::new_nfd().normalize(secret).as_bytes().to_vec()),
        ("misread", misread(bytes).into_bytes()),
        ("misread twice", misread(misread(bytes).as_bytes()).into_bytes()),
        ("misread as Latin-1", encoding_rs::mem::decode_latin1(bytes).as_bytes().to_vec()),
        ("JSON", json(secret).into_bytes()),
        ("JSON in JSON", json(&json(secret)).into_bytes()),
        ("JSON in ASCII", each_unit(secret, |unit| format!("\\u{unit:04x}"))),
        ("%u", each_unit(secret, |unit| format!("%u{unit:04X}"))),
        ("\\u{}", each_char(secret, |c| format!("\\u{{{:x}}}", u32::from(c)))),
        ("\\U", each_char(secret, |c| format!("\\U{:08x}", u32::from(c)))),
        ("\\x", each_byte(bytes, "", |byte| format!("\\x{byte:02x}"))),
        ("octal", each_byte(bytes, "", |byte| format!("\\{byte:03o}"))),
        ("percent", percent(percent_encoding::NON_ALPHANUMERIC).into_bytes()),
        ("all percent", each_byte(bytes, "", |byte| format!("%{byte:02x}"))),
        ("form", url::form_urlencoded::byte_serialize(bytes).collect::<String>().into_bytes()),
        ("entities by name", each_char(secret, named_entity)),
        ("entities by number", each_char(secret, |c| format!("&#{};", u32::from(c)))),
        ("entities by hex number", each_char(secret, |c| format!("&#x{:X};", u32::from(c)))),
        ("quoted-printable", quoted_printable(bytes, 76)),
        ("quoted-printable in lines", quoted_printable(bytes, 3)),
        ("base64", STANDARD.encode(bytes).into_bytes()),
        ("base64 after 1", STANDARD.encode([b"~", bytes].concat())[2..].into()),
        ("base64 after 2", STANDARD.encode([b"~~", bytes].concat())[3..].into()),
        ("base64 for URLs", URL_SAFE.encode(bytes).into_bytes()),
        ("base64 of UTF-16", STANDARD.encode(utf_16).into_bytes()),
        ("base32", upper.to_lowercase().into_bytes()),
        ("base32 after 1", BASE32.encode(&[b"~", bytes].concat())[2..].into()),
        ("base32 in hex letters", BASE32HEX.encode(bytes).into_bytes()),
        ("hex", each_byte(bytes, "", |byte| format!("{byte:02x}"))),
        ("hex with colons", each_byte(bytes, ":", |byte| format!("{byte:02X}"))),
        ("hex with spaces", each_byte(bytes, " ", |byte| format!("{byte:02x}"))),
        ("hex with prefixes", each_byte(bytes, ", ", |byte| format!("0x{byte:02x}"))[2..].to_vec()),
        ("numbers", each_byte(bytes, ", ", |byte| byte.to_string())),
    ];
    if let (single, _, false) = WINDOWS_1252.encode(secret) {
        encodings.extend([
            ("Windows-1252", single.to_vec()),
            ("Windows-1252 shown as Latin-1", encoding_rs::mem::decode_latin1(&single).as_bytes().to_vec()),
            ("percent of Windows-1252", each_byte(&single, "", |byte| format!("%{byte:02X}"))),
            ("\\x of Windows-1252", each_byte(&single, "", |byte| format!("\\x{byte:02x}"))),
            ("quoted-printable of Windows-1252", quoted_printable(&single, 76)),
            ("hex of Windows-1252", each_byte(&single, ":", |byte| format!("{byte:02x}"))),
            ("base64 of Windows-1252", STANDARD.encode(&single).into_bytes()),
        ]);
    }
    if secret.bytes().filter(u8::is_ascii).count() >= Redactor::SHORTEST {
        let replaced =
            |other: &str| each_char(secret, |c| if c.is_ascii() { c.into() } else { other.into() });
        encodings.extend([("?", replaced("?")), ("replacement characters", replaced("\u{fffd}"))]);
    }
    encodings
}

/// Where nothing of the secret is left: the mask, and at most the rest of a base64.
fn is_masked(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.contains(MASK) && text.replace(MASK, "").chars().count() <= REST
}

proptest! {
    #[test]
    fn no_encoding_of_a_secret_survives(
        secret in "[!-~äöß€é]{4,24}|[a-z]{4}|[ -~]{4,6}[a-z]|[äéö]{4,6}|[!-~🛵语]{4,8}", before in "[g-z]{0,4}",
    ) {
        let redactor = Redactor::new([&Secret::new(secret.as_str())]);
        for (name, encoded) in encodings(&secret) {
            let text = [before.as_bytes(), b"<<", &encoded, b">>"].concat();
            let masked = redactor.masked_bytes(&text, false);
            let inner = masked.as_deref().and_then(|text| text.get(before.len() + 2..text.len() - 2));
            prop_assert!(inner.is_some_and(is_masked), "{name} of {secret}: {:?}", String::from_utf8_lossy(&text));
            if let Ok(text) = std::str::from_utf8(&text) {
                let masked = redactor.redact(text);
                let inner = masked.strip_prefix(&format!("{before}<<")).and_then(|rest| rest.strip_suffix(">>"));
                prop_assert!(inner.is_some_and(|inner| is_masked(inner.as_bytes())), "{name}: {masked}");
            }
        }
    }

    #[test]
    fn the_beginning_of_a_secret_at_the_end_of_a_truncated_body_does_not_survive(
        secret in "[!-~äö]{8,24}", keep in 0.5..1.0_f64,
    ) {
        let redactor = Redactor::new([&Secret::new(secret.as_str())]);
        let start: String = secret.chars().take(Redactor::SHORTEST + 1).collect();
        let start = encodings(&start);
        for (number, (name, encoded)) in encodings(&secret).into_iter().enumerate() {
            // Of line breaks and lists, the end is ambiguous.
            if ["?", "quoted-printable in lines", "numbers"].contains(&name) || name.starts_with("replacement") {
                continue;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length")]
            let length = (encoded.len() as f64 * keep) as usize;
            let text = [b"<<", &encoded[..length]].concat();
            let shown = redactor.masked_bytes(&text, true);
            let is_short = start.get(number).is_none_or(|(_, start)| start.len() >= length);
            prop_assert!(
                is_short || shown.as_deref().is_some_and(|shown| is_masked(&shown[2..])),
                "{name} of {secret}: {:?} {:?}",
                String::from_utf8_lossy(&text),
                shown.map(|shown| String::from_utf8_lossy(&shown).into_owned())
            );
        }
    }
}

/// The secrets of one project: of the shortest length, ASCII with specials, and not ASCII.
const SECRETS: [&str; 4] =
    ["q7Zk", "c4n\"ary/&=key<x>", "gehe\u{ed}m-p\u{e4}\u{df}w\u{f6}rt\u{20ac}", "w\u{f6}rt"];

fn project() -> Project {
    let headers =
        "[webhooks.w.header]\nA = \"${A}\"\nB = \"${B}\"\n[webhooks.w.body]\nc = \"${C}\"\nd = \"${D}\"\n";
    Project::new().definitions(&rsvp("http://receiver.invalid/a", headers)).file("d.json", r#"{"id": "a-1"}"#)
}

/// Every encoding of every secret, between brackets with its number.
fn marked() -> Vec<(String, Vec<u8>)> {
    let all = SECRETS.iter().flat_map(|secret| encodings(secret));
    all.enumerate()
        .map(|(number, (name, encoded))| {
            (format!("{number} {name}"), [format!("<{number}<").as_bytes(), &encoded, b">>"].concat())
        })
        .collect()
}

/// Asserts that the text has every marker, with nothing but a mask inside.
#[track_caller]
fn assert_masked(text: &str, place: &str, count: usize, is_in: impl Fn(usize, &[u8]) -> bool) {
    let text = text.replace("\\u003c", "<").replace("\\u003e", ">");
    for (number, (name, encoded)) in marked().into_iter().enumerate().take(count) {
        if !is_in(number, &encoded) {
            continue;
        }
        let start = format!("<{number}<");
        let at = text.find(&start).unwrap_or_else(|| panic!("{place}: {name} is missing in {text}"));
        let rest = &text[at + start.len()..];
        let inner = &rest[..rest.find(">>").unwrap_or(rest.len())];
        assert!(is_masked(inner.as_bytes()), "{place}: {name} is {inner}");
    }
}

#[test]
fn every_encoding_is_masked_in_the_body_headers_and_reason_of_a_response() {
    let fits_in_line = |_: usize, text: &[u8]| !text.contains(&b'\n');
    let all = marked();
    for content_type in
        ["", "content-type: text/plain; charset=iso-8859-1\r\n", "content-type: text/html\r\n"]
    {
        let body = all.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>().join(&b"\n"[..]);
        let mut answer = b"HTTP/1.1 400 ".to_vec();
        for (_, text) in all.iter().filter(|(_, text)| text.len() < 12 && fits_in_line(0, text)).take(5) {
            answer.extend(text);
        }
        answer.extend(format!("\r\n{content_type}content-length: {}\r\n", body.len()).bytes());
        let in_line: Vec<&[u8]> =
            all.iter().map(|(_, text)| &**text).filter(|text| fits_in_line(0, text)).collect();
        for texts in in_line.chunks(4) {
            answer.extend([b"x-echo: ", &texts.join(&b' ')[..], b"\r\n"].concat());
        }
        answer.extend([b"\r\n", &body[..]].concat());
        let server = Server::start_in_turn(vec![vec![Step::Read, Step::Write(answer)]]);
        let to = server.url("http://127.0.0.1", "/x");
        let project = project();
        let with_secrets = |arguments: &[&str]| {
            ["A", "B", "C", "D"]
                .iter()
                .zip(SECRETS)
                .fold(run(&project, arguments), |run, (name, value)| run.env(name, value))
        };
        for arguments in
            [&["fire", "w", "d.json", "--to", &to][..], &["fire", "w", "d.json", "--json", "--to", &to]]
        {
            let text = printed(with_secrets(arguments).run(), 1);
            let is_json = arguments.contains(&"--json");
            assert_masked(&text, &format!("{arguments:?} {content_type}"), all.len(), |number, text| {
                is_json || fits_in_line(number, text)
            });
        }
        // Without the environment, nothing is left to mask.
        for arguments in [&["history", "1", "--json"][..], &["history", "1"]] {
            let text = printed(run(&project, arguments).run(), 0);
            assert_masked(&text, &format!("{arguments:?} {content_type}"), all.len(), fits_in_line);
        }
    }
}
