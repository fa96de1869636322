//! Other pages in the same browser and other machines can neither read nor change anything.

use super::{OWN_PAGE, answering, start};

const ALL: [&str; 6] = [
    "GET /documents",
    "GET /events?after=0",
    "GET /requests/1/body",
    "GET /requests/1/curl",
    "POST /requests/1/replay",
    "GET /nothing",
];

#[test]
fn a_foreign_host_name_for_this_machine_is_refused() {
    let (_inspector, client) = start();
    let page = |host: &str| client.raw(&format!("GET / HTTP/1.1\r\nconnection: close\r\n{host}\r\n"));
    for host in ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT"] {
        assert!(page(&format!("host: {host}\r\n")).starts_with("HTTP/1.1 200 "), "{host}");
    }
    for headers in [
        "",
        "host: \r\n",
        "host: rebound.example:PORT\r\n",
        "host: 127.0.0.1\r\n",
        "host: 127.0.0.1:1\r\n",
        "host: 127.0.0.1:PORT.example\r\n",
        "host: localhost:PORT, rebound.example\r\n",
        "host: localhost:PORT\r\nhost: rebound.example\r\n",
        "host: 127.0.0.2:PORT\r\n",
        "host: x@127.0.0.1:PORT\r\n",
    ] {
        assert!(page(headers).starts_with("HTTP/1.1 421 "), "{headers}");
    }
    let absolute =
        "GET http://rebound.example/ HTTP/1.1\r\nhost: 127.0.0.1:PORT\r\nconnection: close\r\n\r\n";
    assert!(client.raw(absolute).starts_with("HTTP/1.1 421 "));
}

#[test]
fn requests_through_a_proxy_or_tunnel_are_refused() {
    let (_inspector, client) = start();
    for header in [
        "X-Forwarded-For: 1.2.3.4",
        "x-forwarded-host: a",
        "X-FORWARDED-PROTO: https",
        "Forwarded: for=1.2.3.4",
    ] {
        for line in ["GET /", "GET /documents"] {
            let answer = client.send(line, &format!("x-hooks-token: TOKEN\r\n{header}\r\n"), "");
            assert_eq!(answer.status, 403, "{line} {header}");
        }
    }
}

#[test]
fn everything_but_the_page_needs_the_token_header() {
    let (inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    for line in ALL {
        for token in [
            "",
            "x-hooks-token: \r\n",
            "x-hooks-token: wrong\r\n",
            "x-hooks-token: TOKEN.\r\n",
            "x-hooks-token: TOKEN\r\nx-hooks-token: TOKEN\r\n",
            "authorization: Bearer TOKEN\r\n",
            "cookie: token=TOKEN\r\n",
        ] {
            let headers = OWN_PAGE.replace("x-hooks-token: TOKEN\r\n", token);
            let answer = client.send(line, &headers, "");
            assert_eq!(answer.status, 401, "{line} {token}");
            assert!(!answer.body.contains(&client.token));
        }
    }
    let in_address = client.send(&client.filled("GET /documents?token=TOKEN"), "", "");
    assert_eq!(in_address.status, 401);
    assert_eq!(client.get("/documents").status, 200);
    assert!(!client.send("GET /", "", "").body.contains(&client.token));
}

#[test]
fn each_run_has_its_own_token_which_is_only_in_the_url() {
    let (first, own) = start();
    let (_second, other) = start();
    assert_ne!(own.token, other.token);
    assert_eq!(own.token.len(), 43, "32 bytes");
    assert!(!format!("{first:?}").contains(&own.token));
}

#[test]
fn another_page_cannot_read_anything_even_with_the_token() {
    let (_inspector, client) = start();
    let read =
        |headers: &str| client.send("GET /documents", &format!("x-hooks-token: TOKEN\r\n{headers}"), "");
    for headers in [
        "origin: http://rebound.example\r\n",
        "origin: null\r\n",
        "origin: http://127.0.0.1:1\r\n",
        "origin: https://127.0.0.1:PORT\r\n",
        "origin: http://localhost:PORT\r\n",
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\n",
        "sec-fetch-site: same-origin\r\nsec-fetch-site: same-origin\r\n",
    ] {
        assert_eq!(read(headers).status, 403, "{headers}");
    }
    for headers in ["", "sec-fetch-site: same-origin\r\n", "origin: http://127.0.0.1:PORT\r\n"] {
        assert_eq!(read(headers).status, 200, "{headers}");
    }
}

#[test]
fn only_the_page_itself_can_replay() {
    let (mut inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let body = r#"{"url":"http://127.0.0.1:1/"}"#;
    let token = "x-hooks-token: TOKEN\r\n";
    let json = "content-type: application/json\r\n";
    let origin = "origin: http://127.0.0.1:PORT\r\n";
    let (actions, statuses) = answering(
        &mut inspector,
        |_| Some(Ok("{}")),
        || {
            let status = |line: &str, headers: String| client.send(line, &headers, body).status;
            let post = |headers: String| status("POST /requests/1/replay", headers);
            [
                post(format!("{token}{json}")),
                post(format!("{token}{json}origin: http://rebound.example\r\n")),
                post(format!("{token}{json}{origin}sec-fetch-site: cross-site\r\n")),
                post(format!("{token}{origin}")),
                post(format!("{token}{origin}content-type: text/plain\r\n")),
                status("GET /requests/1/replay", OWN_PAGE.to_owned()),
                status("PUT /requests/1/replay", OWN_PAGE.to_owned()),
            ]
        },
    );
    assert_eq!(statuses, [403, 403, 403, 415, 415, 405, 405]);
    assert_eq!(actions, []);
}

#[test]
fn no_response_grants_access_to_another_page() {
    let (inspector, client) = start();
    inspector.page().publish("{}".to_owned());
    let preflight = "origin: http://rebound.example\r\naccess-control-request-method: POST\r\n\
        access-control-request-headers: x-hooks-token\r\n";
    for (line, headers) in [
        ("GET /", ""),
        ("GET /", "origin: http://rebound.example\r\n"),
        ("HEAD /", ""),
        ("GET /documents", "x-hooks-token: TOKEN\r\n"),
        ("GET /documents", ""),
        ("GET /nothing", "x-hooks-token: TOKEN\r\n"),
        ("OPTIONS /requests/1/replay", preflight),
        ("OPTIONS /", preflight),
        ("POST /requests/1/replay", ""),
    ] {
        let answer = client.send(line, headers, "");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{line} {headers}");
        }
        assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control")), "{line}");
        assert!(line.starts_with("GET") || answer.status >= 400, "{line}: {answer:?}");
    }
}

#[test]
fn the_page_can_only_run_its_own_script() {
    let (_inspector, client) = start();
    let pages = [client.send("GET /", "", ""), client.send("GET /", "", "")];
    let nonces = pages.each_ref().map(|page| {
        let policy = page.header("content-security-policy").unwrap();
        let (_, nonce) = policy.split_once("script-src 'nonce-").unwrap();
        let (nonce, _) = nonce.split_once('\'').unwrap();
        assert_eq!(
            policy,
            format!(
                "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
                 img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
        );
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.body.contains(&format!("<script nonce=\"{nonce}\">")));
        assert!(page.body.contains(&format!("<style nonce=\"{nonce}\">")));
        assert_eq!(page.body.matches(&nonce).count(), 2);
        nonce.to_owned()
    });
    fetches_nothing_and_inserts_only_text(&pages[0].body);
    assert_ne!(nonces[0], nonces[1]);
    assert_eq!(nonces[0].len(), 22, "16 bytes");
}

fn fetches_nothing_and_inserts_only_text(page: &str) {
    let forbidden = "innerHTML|outerHTML|insertAdjacentHTML|document.write|eval(|new Function| src=|href=\"http|\
        @import| url(| style=| onclick=|{style}|{script}|{nonce}";
    for forbidden in forbidden.split('|') {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}
