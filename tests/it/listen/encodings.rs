//! Bodies and headers in encodings other than UTF-8 are decoded, shown and compared.

use flate2::Compression;
use flate2::write::GzEncoder;
use snapbox::{IntoData, str};

use super::show::shown;
use super::*;
use crate::harness::requests;
use crate::server::{Server, Step};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn post(headers: &[u8], body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [b"POST /a HTTP/1.1\r\nHost: x\r\n", headers, length.as_bytes(), body].concat()
}

/// What `listen -v` shows of the body of a request.
fn body(headers: &str, body: &[u8]) -> String {
    let (text, _) = shown(&Project::new(), &["-v"], &[post(headers.as_bytes(), body)]);
    text.split_once("│ \n").unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

#[test]
fn a_body_is_decoded_as_its_headers_say() {
    let utf_16: Vec<u8> = "\u{feff}{\"a\": \"ü\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let json = "│ {\n│   \"a\": \"ü\"\n│ }\n";
    for (headers, bytes, expected) in [
        (
            "Content-Type: application/json; charset=ISO-8859-1\r\n",
            b"{\"a\": \"\xfc\"}".to_vec(),
            "iso-8859-1",
        ),
        ("Content-Encoding: gzip\r\n", gzip("{\"a\": \"ü\"}".as_bytes()), "gzip"),
        ("", utf_16, "utf-16le"),
        ("", b"\xef\xbb\xbf{\"a\": \"\xc3\xbc\"}".to_vec(), "byte order mark"),
    ] {
        assert_eq!(body(headers, &bytes), format!("│ ({expected})\n{json}"));
    }
    assert_eq!(
        body("Content-Type: text/plain\r\n", b"M\xfcller"),
        "│ (invalid utf-8: other bytes are shown as \\xNN)\n│ M\\xfcller\n"
    );
    assert_eq!(body("", b"\x1f\x8b\0\x01"), "│ (4 bytes of binary data)\n│ \\x1f\\x8b\\x00\\x01\n");
}

#[test]
fn a_body_that_cannot_be_decoded_has_a_note() {
    let json = "│ {\n│   \"a\": 1\n│ }\n";
    for (encoding, note) in [("gzip", "not valid gzip"), ("br", "`br` is not decoded")] {
        let headers = format!("Content-Encoding: {encoding}\r\n");
        assert_eq!(body(&headers, b"{\"a\":1}"), format!("│ ({note})\n{json}"));
        assert_eq!(
            body(&headers, b"\x0b\x02\x80hi\n\x03"),
            format!("│ (7 bytes of binary data; {note})\n│ \\x0b\\x02\\x80hi\\n\\x03\n")
        );
    }
}

#[test]
fn a_short_binary_body_is_shown_with_escapes() {
    let json = "Content-Type: application/json\r\n";
    assert_eq!(body(json, b"\x1b[31mred\x07\x85"), "│ (10 bytes of binary data)\n│ \\x1b[31mred\\x07\\x85\n");
    assert_eq!(body(json, &[0; 300]), "│ (300 bytes of binary data)\n");
}

#[test]
fn a_secret_inside_a_compressed_binary_body_is_masked() {
    let bytes = gzip(b"\0 t0ken-of-the-cms \x01");
    let (text, _) = shown(&Project::example(), &["-v"], &[post(b"Content-Encoding: gzip\r\n", &bytes)]);
    assert!(text.contains("***") && !text.contains("t0ken"), "{text}");
}

#[test]
fn a_form_is_shown_part_by_part() {
    let form = b"--b\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\n{\"a\":1}\r\n\
        --b\r\nContent-Disposition: form-data; name=\"logo\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\0\r\n--b--\r\n";
    let shown = body("Content-Type: multipart/form-data; boundary=b\r\n", form);
    snapbox::assert_data_eq!(
        shown,
        str![[r#"
│ part 1 of 2
│ Content-Disposition: form-data; name="event"
│ 
│ {
│   "a": 1
│ }
│ part 2 of 2
│ Content-Disposition: form-data; name="logo"
│ Content-Type: image/png
│ 
│ (5 bytes of binary data)
│ \x89PNG\x00

"#]]
        .raw()
    );
}

#[test]
fn header_values_are_utf_8_or_latin_1() {
    let project = Project::new();
    let headers = [b"X-A: M\xfcller\r\n".as_slice(), "X-B: Müller\r\n".as_bytes()].concat();
    let (text, _) = shown(&project, &["-v", "--reveal"], &[post(&headers, b"")]);
    assert!(text.contains("│ X-A: Müller\n│ X-B: Müller\n"), "{text}");
}

#[test]
fn a_request_is_compared_after_decoding() {
    let project = Project::example();
    let server = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let url = server.url("http://127.0.0.1", "/hooks/rsvp");
    hooks(["fire", "rsvp-to-cms", "--to", &url, "--set", "payload.first_name=Jürgen", "-q"])
        .in_project(&project)
        .env("CMS_TOKEN", "t")
        .env("CMS_HOST", "h")
        .run()
        .success()
        .stdout_with(|_| ())
        .no_stderr();
    let body = requests(&server.received()).remove(0).body;
    let text = String::from_utf8(body).unwrap();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mut listener = Listener::start(&project, &["--count", "2"]);
    for (headers, body) in [
        ("Content-Type: application/json; charset=latin1\r\n", latin),
        ("Content-Type: application/json\r\nContent-Encoding: gzip\r\n", gzip(text.as_bytes())),
    ] {
        let line = String::from_utf8_lossy(&post(headers.as_bytes(), b"")).replace("/a ", "/hooks/rsvp ");
        let line = line.replace("Length: 0", &format!("Length: {}", body.len()));
        listener.send([line.as_bytes(), &body].concat());
        assert_eq!(listener.expect("request")["webhook"], "rsvp-to-cms", "{headers}");
    }
}

#[test]
fn a_secret_inside_a_compressed_body_is_not_recorded() {
    let project = Project::example();
    let secret = "t0ken-of-the-cms";
    let mut listener = Listener::start_with(&project, &["--once"], &[("CMS_TOKEN", secret)]);
    listener.send(post(b"Content-Encoding: gzip\r\n", &gzip(format!("a {secret} b").as_bytes())));
    listener.expect("request");
    listener.end();
    hooks(["history", "r1"])
        .in_project(&project)
        .run()
        .success()
        .no_stderr()
        .stdout_with(|text| assert!(text.contains("│ \n│ a *** b\n"), "{text}"));
}

#[test]
fn a_response_is_decoded_as_its_headers_say() {
    let project = Project::example();
    let answer = b"HTTP/1.1 200 OK\r\nX-City: K\xf6ln\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nM\xfcller";
    let server = Server::start([Step::Read, Step::Write(answer.to_vec())]);
    let url = server.url("http://127.0.0.1", "/");
    let expected =
        "│ x-city: Köln\n│ content-type: text/plain; charset=iso-8859-1\n│ \n│ (iso-8859-1)\n│ Müller\n";
    hooks(["fire", "rsvp-to-cms", "--to", &url])
        .in_project(&project)
        .env("CMS_TOKEN", "t")
        .run()
        .success()
        .stderr_with(|_| ())
        .stdout_with(|text| assert!(text.contains(expected), "{text}"));
    hooks(["history", "1"])
        .in_project(&project)
        .run()
        .success()
        .no_stderr()
        .stdout_with(|text| assert!(text.contains(expected), "{text}"));
}

#[test]
fn the_reason_phrase_is_in_the_history() {
    let project = Project::example();
    let response = "HTTP/1.1 401 Non-Autoris\u{e9} t0ken-of-the-cms\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start([Step::Read, Step::Write(response.as_bytes().to_vec())]);
    let url = server.url("http://127.0.0.1", "/?token=t0ken-of-the-cms");
    hooks(["fire", "rsvp-to-cms", "--to", &url])
        .in_project(&project)
        .env("CMS_TOKEN", "t")
        .run()
        .code(1)
        .ignore_output();
    hooks(["history", "1"])
        .in_project(&project)
        .run()
        .success()
        .no_stderr()
        .stdout_with(|text| assert!(text.contains("│ HTTP/1.1 401 Non-Autoris\u{e9} ***\n"), "{text}"));
}
