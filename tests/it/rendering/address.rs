//! The destination of a request, and invalid URLs.

use hooks::core::request::{Destination, PreparedRequest, parse_target};

use crate::fixture::Case;

fn at(url: &str) -> Case<'_> {
    Case { url, ..Case::default() }
}

fn header<'a>(request: &'a PreparedRequest, name: &str) -> Option<&'a str> {
    request.header(name)
}

#[test]
fn invalid_urls_are_refused_with_their_position() {
    let long_host = format!("https://{}.example/", "a".repeat(250));
    for (url, place) in [
        ("", "6:15"),
        ("   ", "6:15"),
        ("file:///etc/passwd", "6:15"),
        ("ftp://example.com/", "6:15"),
        ("javascript:alert(1)", "6:15"),
        ("example.com/hook", "6:15"),
        ("localhost:4000/hook", "6:15"),
        ("//example.com/hook", "6:15"),
        ("https:example.com", "6:15"),
        ("https:///hook", "6:15"),
        ("https://", "6:15"),
        ("https://:443/", "6:15"),
        ("https://user@/", "6:15"),
        ("https://exa mple.com/", "6:27"),
        ("https://example.com/a\tb", "6:37"),
        ("https://exämple.com/a\nb", "6:37"),
        (" https://example.com", "6:16"),
        ("https://example.com ", "6:35"),
        ("https:\\\\example.com", "6:22"),
        ("https://example.com/\u{a0}", "6:36"),
        ("https://example.com:0/", "6:15"),
        ("https://example.com:65536/", "6:15"),
        ("https://example.com:port/", "6:15"),
        ("https://[::1", "6:15"),
        ("https://[fe80::1%25eth0]/", "6:32"),
        ("https://1.2.3.256/", "6:15"),
        ("https://exa<mple.com/", "6:15"),
        (long_host.as_str(), "6:15"),
    ] {
        assert_eq!(at(url).findings(), [format!("payload-url {place}")], "{url}");
    }
}

#[test]
fn a_variable_in_the_url_is_sent_unchanged_with_a_warning() {
    let case = at("https://example.com/{{id}}?q={{email}}&${E}");
    let case = Case { environment: &[("E", "e")], ..case };
    assert_eq!(case.request().url.as_str(), "https://example.com/%7B%7Bid%7D%7D?q={{email}}&e");
    assert_eq!(case.findings(), ["variable-in-url 6:36", "variable-in-url 6:45"]);
    assert_eq!(
        at("https://{{id}}.example.com/").errors()[0].message,
        "the host name contains an invalid character"
    );
}

#[test]
fn a_variable_in_a_body_key_is_sent_unchanged_with_a_warning() {
    let case =
        Case { body: vec![("{{id}}", "{{id}}"), ("${E}", "1")], element: r#"{"id":7}"#, ..Case::default() };
    assert_eq!(case.request().body, r#"{"element_data":{"id":7},"{{id}}":7,"${E}":"1"}"#);
    assert_eq!(case.findings(), ["variable-in-body-key 9:1", "variable-in-body-key 10:1"]);
}

#[test]
fn addresses_are_normalised_as_they_are_connected_to() {
    for (url, sent, host) in [
        ("https://example.com", "https://example.com/", "example.com"),
        ("HTTPS://EXAMPLE.com:443/A?B=c", "https://example.com/A?B=c", "example.com"),
        ("http://example.com:443/", "http://example.com:443/", "example.com:443"),
        ("https://exämple.com/ü?ü", "https://xn--exmple-cua.com/%C3%BC?%C3%BC", "xn--exmple-cua.com"),
        ("https://example.com./", "https://example.com./", "example.com."),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://2130706433/", "http://127.0.0.1/", "127.0.0.1"),
        ("http://0177.1:8080/", "http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://[::1]:4000/x", "http://[::1]:4000/x", "[::1]:4000"),
        ("http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "[::ffff:7f00:1]"),
        ("https://example.com/a/../b", "https://example.com/b", "example.com"),
        ("https://example.com/?a=1&&b=%20+%2B", "https://example.com/?a=1&&b=%20+%2B", "example.com"),
    ] {
        let request = at(url).request();
        assert_eq!((request.url.as_str(), header(&request, "host")), (sent, Some(host)), "{url}");
        assert_eq!(&*request.shown_url, sent);
    }
}

#[test]
fn user_info_becomes_basic_authorization() {
    let case = at("https://us%65r:p%40ss@example.com/hook");
    let request = case.request();
    assert_eq!(request.url.as_str(), "https://example.com/hook");
    assert_eq!(header(&request, "authorization"), Some("Basic dXNlcjpwQHNz"));
    assert!(request.headers.iter().any(|header| &*header.name == "authorization" && header.is_secret));
    assert_eq!(case.findings(), ["credentials-in-url 6:15"]);
    let own = Case { header: vec![("Authorization", "Bearer x")], ..case }.request();
    assert_eq!(header(&own, "authorization"), Some("Bearer x"));
    assert_eq!(own.url.as_str(), "https://example.com/hook");
    let token = at("https://t0ken@example.com/").request();
    assert_eq!(header(&token, "authorization"), Some("Basic dDBrZW46"));
}

#[test]
fn a_fragment_is_not_sent() {
    let case = at("https://example.com/a?b=1#part");
    assert_eq!(case.request().url.as_str(), "https://example.com/a?b=1");
    assert_eq!(case.findings(), ["fragment-in-url 6:15"]);
}

#[test]
fn query_values_are_sent_unchanged_and_credentials_among_them_are_masked() {
    let case = at("https://example.com/?page=a%26b+c&API_Key=abc&x%2Dtoken=a%3Db&token&signature=");
    let request = case.request();
    assert_eq!(request.url.query(), Some("page=a%26b+c&API_Key=abc&x%2Dtoken=a%3Db&token&signature="));
    assert_eq!(
        &*request.shown_url,
        "https://example.com/?page=a%26b+c&API_Key=***&x%2Dtoken=***&token&signature="
    );
}

#[test]
fn the_destination_can_be_replaced() {
    let url = parse_target("http://u:p@other.test:8080/x?token=1#f").unwrap();
    let case = Case {
        url: "https://example.com/hook?a=1",
        destination: Destination::Elsewhere(url),
        ..Case::default()
    };
    let request = case.request();
    assert_eq!(request.url.as_str(), "http://other.test:8080/x?token=1");
    assert_eq!(&*request.shown_url, "http://other.test:8080/x?token=***");
    assert_eq!(header(&request, "host"), Some("other.test:8080"));
    assert_eq!(header(&request, "authorization"), Some("Basic dTpw"));
}

#[test]
fn a_receiver_on_this_machine_gets_the_path_and_query_of_the_definition() {
    let case = Case {
        url: "https://u:p@example.com/${KEY}/x?token=1&page=2#f",
        destination: Destination::Receiver("127.0.0.1:4000".parse().unwrap()),
        environment: &[("KEY", "k3y!")],
        ..Case::default()
    };
    let request = case.request();
    assert_eq!(request.url.as_str(), "http://127.0.0.1:4000/k3y!/x?token=1&page=2");
    assert_eq!(&*request.shown_url, "http://127.0.0.1:4000/***/x?token=***&page=2");
    assert_eq!(header(&request, "host"), Some("127.0.0.1:4000"));
    assert_eq!(header(&request, "authorization"), Some("Basic dTpw"));
    let v6 = Case { destination: Destination::Receiver("[::1]:4000".parse().unwrap()), ..case }.request();
    assert_eq!(v6.url.as_str(), "http://[::1]:4000/k3y!/x?token=1&page=2");
}
