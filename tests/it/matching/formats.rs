//! Every format of a saved request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{BODY, lines, matched, message, project};

const URL: &str = "https://cms.example.com/hooks/answers?v=1";
const HEADERS: [&str; 3] =
    ["Content-Type: application/json", "X-Source: calendar", "Authorization: Bearer t0ken-of-mine"];

/// The first webhook that matches a text with one request.
#[track_caller]
fn is_answers(text: impl AsRef<[u8]>, format: &str) -> Value {
    let mut found = lines(&project(), &text, 0);
    let shown = String::from_utf8_lossy(text.as_ref()).into_owned();
    assert_eq!(found.len(), 1, "{shown}");
    assert_eq!(
        (&found[0]["matches"][0], &found[0]["format"]),
        (&"answers".into(), &format.into()),
        "{shown}"
    );
    found.remove(0)
}

#[test]
fn http_messages_match_with_either_line_ending_chunks_and_prefixes() {
    let whole = message(BODY, BODY.len());
    is_answers(&whole, "http");
    is_answers(whole.replace("\r\n", "\n"), "http");
    let chunked = whole.replace(&format!("Content-Length: {}", BODY.len()), "Transfer-Encoding: chunked");
    let (head, _) = chunked.split_once("\r\n\r\n").unwrap();
    let (a, b) = BODY.split_at(100);
    is_answers(format!("{head}\r\n\r\n64\r\n{a}\r\n{:x}\r\n{b}\r\n0\r\n\r\n", b.len()), "http");
    let prefixed: String = whole.lines().map(|line| format!("│ {line}\n")).collect();
    is_answers(format!("listening\n{prefixed}"), "http");
    let found = lines(&project(), format!("{whole}\n\n{whole}"), 0);
    assert_eq!(found.iter().map(|own| own["line"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 10]);
}

#[test]
fn json_matches_as_a_body_several_bodies_and_a_described_request() {
    is_answers(BODY, "json");
    is_answers(serde_json::to_string(BODY).unwrap(), "json");
    is_answers(format!("The customer wrote:\n\n{BODY}\n\nRegards"), "json");
    for several in [format!("{BODY}\n{BODY}\n"), format!("[{BODY}, {BODY}]")] {
        assert_eq!(lines(&project(), several, 0).len(), 2);
    }
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(BODY.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    is_answers(utf16, "json");
    let body: Value = serde_json::from_str(BODY).unwrap();
    let headers =
        json!({"content-type": "application/json", "x-source": "calendar", "authorization": "Bearer x"});
    for described in [
        json!([{"headers": headers, "body": body, "webhookUrl": URL}]),
        json!({"method": "POST", "path": "/hooks/answers", "query": "v=1", "body": BODY,
            "headers": [{"name": "content-type", "value": "application/json"},
                {"name": "x-source", "value": "***"}, {"name": "authorization", "value": "***"}]}),
        json!({"httpMethod": "POST", "url": URL, "headers": headers, "isBase64Encoded": true,
            "body": STANDARD.encode(BODY)}),
    ] {
        is_answers(described.to_string(), "json");
    }
}

/// The quoting of a shell.
fn quoted(text: &str, quote: &str, escapes: &[(&str, &str)]) -> String {
    let escaped = escapes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    format!("{quote}{escaped}{quote}")
}

#[test]
fn curl_commands_match_in_the_quoting_of_each_shell() {
    let headers = |quote: &dyn Fn(&str) -> String, join: &str| {
        HEADERS.iter().map(|header| format!("-H {}", quote(header))).collect::<Vec<_>>().join(join)
    };
    let single = |text: &str| quoted(text, "'", &[]);
    let double = |text: &str| quoted(text, "\"", &[("\"", "\\\"")]);
    let caret = |text: &str| quoted(text, "^\"", &[("\"", "^\\^\""), ("{", "^{"), ("&", "^&")]);
    let power = |text: &str| quoted(text, "'", &[("\"", "\\\"")]);
    let backtick = |text: &str| quoted(text, "\"", &[("\"", "`\"")]);
    let doubled = |text: &str| quoted(text, "\"", &[("\"", "\"\"")]);
    let ansi = BODY.replace("kim@", "\\u006bim\\x40").replace('\'', "\\'");
    for command in [
        format!("curl -sSX POST {} {} -d {}", single(URL), headers(&single, " "), single(BODY)),
        format!("$ curl {URL} \\\n  {} \\\n  --data-raw $'{ansi}'\n", headers(&single, " \\\n  ")),
        format!("curl -XPOST --url={} {} --json {}", double(URL), headers(&double, " "), double(BODY)),
        format!("TOKEN=x curl --compressed -kL {URL} {} -d @- <<'END'\n{BODY}\nEND\n", headers(&single, " ")),
        format!("printf '%s' '{BODY}' | curl {URL} {} --data-binary @- | jq .", headers(&single, " ")),
        format!(
            "curl ^\n  {} ^\n  {} ^\n  --data-raw {}",
            caret(URL),
            headers(&caret, " ^\n  "),
            caret(BODY)
        ),
        format!("C:\\Users\\kim>curl {} {} -d {} ^\n -s", double(URL), headers(&double, " "), double(BODY)),
        format!("PS C:\\> curl.exe {} `\n {} -d {}", single(URL), headers(&single, " `\n "), power(BODY)),
        format!("curl.exe {} {} -d {}", single(URL), headers(&single, " "), backtick(BODY)),
        format!("curl.exe {} {} -d {}", single(URL), headers(&single, " "), doubled(BODY)),
        format!("& curl.exe {} {} -d @'\n{BODY}\n'@", single(URL), headers(&single, " ")),
    ] {
        is_answers(&command, "curl");
    }
}

#[test]
fn curl_options_have_the_effect_that_they_have_in_curl() {
    let described = |command: &str| {
        let found = hooks::core::capture::parse("command", command.as_bytes().to_vec()).unwrap();
        let own = &found[0];
        let head = &own.request.head;
        let headers = head.headers().filter(|(name, _)| !["accept", "host"].contains(name));
        let headers: Vec<String> =
            headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value))).collect();
        let body = String::from_utf8_lossy(&own.request.body).into_owned();
        format!("{} {} [{}] {body}", head.method(), head.target(), headers.join(", "))
    };
    let form = "content-type: application/x-www-form-urlencoded";
    for (command, expected) in [
        ("curl x.example.com/a#b", "GET http://x.example.com/a [] ".to_owned()),
        ("curl -d a -d b=c http://x/", format!("POST http://x/ [{form}] a&b=c")),
        ("curl -G -d a --data-urlencode 'b=c d' http://x/?z", "GET http://x/?z&a&b=c+d [] ".to_owned()),
        (
            "curl --json '{' --json '}' http://x/",
            "POST http://x/ [content-type: application/json] {}".to_owned(),
        ),
        (
            "curl -uuser:pass -A me -b a=1 -e r http://x/",
            "GET http://x/ [authorization: Basic dXNlcjpwYXNz, user-agent: me, cookie: a=1, referer: r] "
                .to_owned(),
        ),
        ("curl -H 'A:' -H 'B;' -H 'C: d' -A '' http://x/", "GET http://x/ [B: , C: d] ".to_owned()),
        ("curl -I http://x/ --max-time 3 -o out -w '%{http_code}'", "HEAD http://x/ [] ".to_owned()),
        ("curl --no-progress-meter --retry 3 -vis4 -- http://x/", "GET http://x/ [] ".to_owned()),
        (
            "curl -H \"X: $TOKEN\" -H \"Y: $(cat 'a)b')\" http://x/ 2>/dev/null",
            "GET http://x/ [X: ***, Y: ***] ".to_owned(),
        ),
    ] {
        assert_eq!(described(command), expected, "{command}");
    }
    let several = "curl http://x/1 http://x/2 --next -X PUT http://x/3; curl http://x/4 && curl http://x/5\n\
        # a comment\n{\"answer\": 1}\ncurl http://x/6\n";
    let found = hooks::core::capture::parse("commands", several.as_bytes().to_vec()).unwrap();
    let targets: Vec<String> = found.iter().map(|own| own.request.path().to_owned()).collect();
    assert_eq!(targets, ["/1", "/2", "/3", "/4", "/5", "/6"]);
    assert_eq!((found[2].request.head.method(), found[5].line), ("PUT", 4));
}

#[test]
fn a_body_that_curl_reads_from_a_file_is_missing() {
    let command = format!("curl {URL} -H 'X-Source: calendar' -H 'Authorization: a' --json @answer.json");
    let found = is_answers(command, "curl");
    assert_eq!(found["body"], "missing");
    assert_eq!(found["body_problem"], "the body is missing: curl reads it from `answer.json`");
}

#[test]
fn unknown_options_of_curl_are_errors_at_their_position() {
    let project = project();
    for (command, place, message) in [
        ("curl http://x/ \\\n  --frobnicate", "2:3", "unknown curl option `--frobnicate`"),
        ("curl -sqM http://x/", "1:6", "unknown curl option `-M`"),
        ("curl http://x/ -F a=b", "1:16", "`-F` is not supported"),
        ("curl http://x/ -X", "1:16", "`-X` has no value"),
        ("curl -s", "1:6", "no URL"),
        ("curl 'http://x/", "1:6", "this single quote is not closed"),
        ("curl ^\"http://x/ ^\n a", "1:7", "this double quote is not closed"),
    ] {
        matched(&project, command, &["-"]).code(3).no_stdout().stderr_with(|said| {
            assert!(said.contains(place) && said.contains(message), "{command}: {said}");
        });
    }
}

#[test]
fn har_entries_match_with_their_bodies_in_either_encoding() {
    let headers: Vec<Value> = HEADERS
        .iter()
        .map(|header| header.split_once(": ").unwrap())
        .chain([(":method", "POST")])
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let entry = |body: &Value, size: i64| {
        let mut request = json!({"method": "POST", "url": URL, "httpVersion": "HTTP/2", "headers": headers, "bodySize": size});
        if !body.is_null() {
            request["postData"] = body.clone();
        }
        json!({"startedDateTime": "2026-01-15T09:30:00.000Z", "request": request, "response": {}})
    };
    let text = json!({"mimeType": "application/json", "text": BODY});
    let encoded =
        json!({"mimeType": "application/json", "text": STANDARD.encode(BODY), "_encoding": "base64"});
    let entries = [entry(&text, 400), entry(&encoded, -1), entry(&Value::Null, 400)];
    let har = json!({"log": {"version": "1.2", "entries": entries}}).to_string();
    let found = lines(&project(), har, 0);
    let bodies: Vec<&str> = found.iter().map(|own| own["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["complete", "complete", "missing"]);
    assert!(
        found.iter().all(|own| own["matches"] == json!(["answers"]) && own["format"] == "har"),
        "{found:?}"
    );
}

#[test]
fn exports_of_webhook_site_match_as_json_and_as_csv() {
    let request = json!({
        "uuid": "a2a6a4ae-4130-4063-953a-84fa29d81d43", "type": "web",
        "token_id": "a94a7294-c4aa-4074-ab77-c4cf86fd53b1", "ip": "127.0.0.1", "method": "POST",
        "content": BODY, "query": {"v": "1"}, "url": URL, "size": BODY.len(),
        "headers": {"content-type": ["application/json"], "x-source": ["calendar"], "authorization": ["Bearer x"]},
        "created_at": "2026-01-15 09:30:00",
    });
    let mail = json!({"uuid": "b", "type": "email", "token_id": "t", "content": "hello"});
    is_answers(request.to_string(), "webhook-site");
    is_answers(json!({"data": [request, mail], "total": 2, "per_page": 50}).to_string(), "webhook-site");
    let field = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let row =
        ["a2a6a4ae", "t", "POST", &field(BODY), URL, "application/json", "calendar", "Bearer x"].join(",");
    for headers in [
        "headers.content-type,headers.x-source,headers.authorization",
        "headers.content-type.0,headers.x-source.0,headers.authorization.0",
    ] {
        let csv = format!("uuid,token_id,method,content,url,{headers}\r\n{row}\r\n");
        is_answers(csv, "webhook-site");
    }
}

#[test]
fn an_unset_variable_at_the_start_of_a_url_may_contain_a_part_of_the_path() {
    let project = project();
    let element = BODY.replace("99999999", "11111111");
    let element: Value = serde_json::from_str(&element).unwrap();
    let body = json!({"element_data": element["element_data"]}).to_string();
    let post = |path: &str| format!("POST {path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}");
    for path in ["/gala", "/guests/of/gala"] {
        let found = lines(&project, post(path), 0);
        assert_eq!(found[0]["matches"], json!(["gala"]), "{path}");
        assert_eq!(found[0]["candidates"][0]["active"], false);
        assert_eq!(found[0]["candidates"][0]["unset"], json!(["GUESTS"]));
    }
    assert_eq!(lines(&project, post("/galas"), 1)[0]["matches"], json!([]));
    let event = include_str!("../../../src/core/catalog/samples/event.json");
    let event: Value = serde_json::from_str(event).unwrap();
    let body = json!({"remove": event["prokey"], "element_data": event}).to_string();
    let put = format!("PUT /any/where?at=all HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}");
    assert_eq!(lines(&project, put, 0)[0]["matches"], json!(["gone"]));
}

#[test]
fn masked_values_match_anything_and_are_counted() {
    let masked = message(
        &BODY.replace("kim@example.com", "[REDACTED]").replace("\"seats\":2", "\"seats\":\"***\""),
        999,
    );
    let found = is_answers(masked.replace("t0ken-of-mine", "****"), "http");
    assert_eq!(found["masked"], 4);
    let wrong = masked.replace("Bearer t0ken-of-mine", "Basic ***");
    let found = lines(&project(), wrong, 1);
    assert_eq!(found[0]["candidates"][0]["differences"][0]["name"], "authorization");
}

#[test]
fn the_trigger_is_reported_only_if_the_element_indicates_it() {
    let set = "\"date_updated\":\"2026-01-15T09:31:00.000Z\"";
    for (date, trigger) in [(set, Value::Null), ("\"date_updated\":null", "create".into())] {
        let found = is_answers(BODY.replace(set, date), "json");
        assert_eq!(found["trigger"], trigger);
        let unknown = found["unknown"].as_array().unwrap();
        assert_eq!(unknown.contains(&"trigger".into()), trigger.is_null(), "{unknown:?}");
    }
}
