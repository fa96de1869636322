//! Questions on a terminal, and without one.

use std::fmt::Write as _;

use crate::harness::{Key, Project, Terminal, hooks};
use crate::server::{Server, answering};
use crate::transport::broken::closed_port;

const ANSWER: &str = r#"{"email": "kim@example.com", "amount": 3, "prokey": "p-1"}"#;
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";

fn receiver() -> Server {
    answering(NO_CONTENT)
}

/// Three webhooks that go to this receiver, and three JSON files.
fn project(receiver: &Server) -> Project {
    let url = receiver.url("http://127.0.0.1", "/in");
    let mut definitions = String::new();
    for (handle, name, trigger) in [
        ("sign-up", "Sign-ups to the CMS", "create"),
        ("changed", "Changed answers", "update"),
        ("gone", "Withdrawn answers", "delete"),
    ] {
        write!(
            definitions,
            "[webhooks.{handle}]\nname = \"{name}\"\ntrigger = \"{trigger}\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{url}\"\n"
        )
        .unwrap();
    }
    Project::new()
        .definitions(&definitions)
        .file("answer.json", ANSWER)
        .file("my answer.json", ANSWER)
        .file("data/deep.json", ANSWER)
}

fn sent(receiver: &Server) -> String {
    String::from_utf8(receiver.received()).unwrap()
}

#[test]
fn a_webhook_is_found_by_a_few_letters_and_sent_with_the_sample() {
    let receiver = receiver();
    let project = project(&receiver);
    let mut terminal = Terminal::open(&project, ["fire"]);
    terminal
        .asked("gone: Withdrawn answers (delete rsvp_answer)")
        .send("chgd")
        .asked("chgd|")
        .press(Key::Enter);
    terminal.expect("Webhook: changed: Changed answers (update rsvp_answer)");
    terminal.asked("another file …").press(Key::Enter);
    terminal.expect("Element data: the built-in sample of rsvp_answer").expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains("hint: the same without prompts: `hooks fire changed`\r\n"), "{text}");
    assert!(sent(&receiver).contains("jane.doe@example.com"));
    assert_eq!(receiver.visits(), 1);
}

#[test]
fn a_file_of_the_directory_is_selected_with_the_arrow_keys() {
    let receiver = receiver();
    let project = project(&receiver);
    let mut terminal = Terminal::open(&project, ["fire"]);
    terminal.asked("> sign-up").press(Key::Down).asked("> changed").press(Key::Up).asked("> sign-up");
    terminal.press(Key::Enter).asked("> the built-in sample").press(Key::Down).asked("> answer.json");
    terminal.press(Key::Enter).expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains("`hooks fire sign-up answer.json`"), "{text}");
    assert!(sent(&receiver).contains("kim@example.com"));
}

#[test]
fn the_path_of_another_file_can_be_edited_until_it_exists() {
    let receiver = receiver();
    let project = project(&receiver);
    let mut terminal = Terminal::open(&project, ["fire"]);
    terminal.asked("> sign-up").press(Key::Enter);
    terminal.asked("another file …").send("other").asked("> another file …").press(Key::Enter);
    terminal.asked("JSON file: ").press(Key::Enter).expect("enter the path of a file");
    terminal.asked("JSON file: ").send("data").press(Key::Enter).expect("`data` is a directory");
    terminal.asked("JSON file: data").send("/dep.json").press(Key::Enter);
    terminal.expect("file `data/dep.json` not found");
    // Keys that are typed quickly are not lost.
    terminal.asked("JSON file: data/dep.json");
    for _ in 0..6 {
        terminal.press(Key::Backspace);
    }
    terminal.send("ep.json");
    terminal.asked("data/deep.json").press(Key::Enter).expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains("`hooks fire sign-up data/deep.json`"), "{text}");
    assert!(sent(&receiver).contains("kim@example.com"));
}

#[test]
fn the_hint_keeps_every_option_and_quotes_what_a_shell_would_split() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    let mut terminal = Terminal::open(&project, ["preview", "--set", "email=a b", "--format", "body"]);
    terminal.asked("> sign-up").press(Key::Enter);
    terminal.asked("another file …").send("my").asked("> my answer.json").press(Key::Enter);
    terminal.expect(r#"{"element_data":{"email":"a b""#);
    let text = terminal.code(0);
    let hint = "`hooks preview --set 'email=a b' --format body sign-up 'my answer.json'`";
    assert!(text.contains(hint), "{text}");
}

#[test]
fn a_file_that_looks_like_an_option_is_taken_as_a_file() {
    let receiver = receiver();
    let project = project(&receiver).file("-x.json", ANSWER);
    let mut terminal = Terminal::open(&project, ["fire"]);
    terminal.asked("> sign-up").press(Key::Enter).asked("another file …").send("-x").asked("> -x.json");
    terminal.press(Key::Enter).expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains("`hooks fire sign-up ./-x.json`"), "{text}");
}

#[test]
fn preview_finds_a_webhook_by_name_or_trigger_and_sends_nothing() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    for search in ["with", "loesch"] {
        let mut terminal = Terminal::open(&project, ["preview"]);
        terminal.asked("> sign-up").send(search);
        pick(&mut terminal, "gone");
        terminal.expect("POST http://127.0.0.1:");
        assert!(terminal.code(0).contains("`hooks preview gone`"), "{search}");
    }
    assert_eq!(receiver.visits(), 0);
}

#[test]
fn sample_and_show_ask_what_to_show() {
    let project = Project::example();
    let mut terminal = Terminal::open(&project, ["sample"]);
    terminal.asked("> rsvp_answer: ").send("event_g").asked("> event_group: ").press(Key::Enter);
    let text = terminal.code(0);
    assert!(text.contains("\"subscription\""), "{text}");

    let mut terminal = Terminal::open(&project, ["sample"]);
    terminal.asked("> rsvp_answer: ").send("Termin").asked("> event: ").send("gr").asked("> event_group: ");
    terminal.press(Key::Enter);
    terminal.code(0);

    let mut terminal = Terminal::open(&project, ["show"]);
    terminal.asked("> rsvp-to-cms").send("gala").asked("> gala-guest-list").press(Key::Enter);
    let text = terminal.code(0);
    assert!(text.contains("prokey filter"), "{text}");
}

#[test]
fn a_search_without_matches_selects_nothing() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    let mut terminal = Terminal::open(&project, ["fire"]);
    terminal
        .asked("> sign-up")
        .send("zzz")
        .asked("zzz|")
        .expect("nothing matches `zzz`")
        .press(Key::Enter)
        .asked("zzz|")
        .press(Key::CtrlC);
    terminal.code(130);
    assert_eq!(receiver.visits(), 0);
}

#[test]
fn ctrl_c_or_escape_at_any_question_sends_nothing_and_leaves_the_terminal_as_it_was() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    let script = r#"stty -g; "$0" fire; code=$?; echo "code $code"; stty -g"#;
    for (key, question) in
        [Key::CtrlC, Key::Escape].into_iter().flat_map(|key| [(key, 1), (key, 2), (key, 3)])
    {
        let mut terminal = in_shell(&project, script);
        terminal.asked("> sign-up");
        if question > 1 {
            terminal.press(Key::Enter).asked("another file …");
        }
        if question > 2 {
            terminal.send("other").asked("> another file …").press(Key::Enter).asked("JSON file: ");
        }
        terminal.press(key).expect("interrupted").expect("code 130");
        unchanged(terminal, &format!("question {question}"));
    }
    assert_eq!(receiver.visits(), 0);
}

/// The first and the last line are the settings of the terminal.
fn unchanged(terminal: Terminal, question: &str) {
    let text = terminal.code(0);
    assert_eq!(text.lines().next(), text.lines().last(), "the settings of the terminal, {question}:\n{text}");
}

/// A command, the keys before its question, and the question.
type AtQuestion = (&'static [&'static str], fn(&mut Terminal), &'static str);

const QUESTIONS: [AtQuestion; 5] = [
    (&["fire"], |_| (), "> sign-up"),
    (&["disable"], |_| (), "[ ] sign-up"),
    (&["remove", "sign-up"], |_| (), "Remove `sign-up`?"),
    (&["add"], |_| (), "Handle"),
    (
        &["add", "x", "--trigger", "create", "--trigger-element", "style"],
        |terminal| {
            for answer in ["", "", "", "", "https://example.com", "Authorization", "y"] {
                terminal.asked("").send(answer).press(Key::Enter);
            }
        },
        "Value of Authorization",
    ),
];

#[test]
fn a_signal_at_any_question_leaves_the_terminal_as_it_was() {
    let receiver = receiver().maybe_unvisited();
    for (words, until, question) in QUESTIONS {
        for signal in ["INT", "TERM", "HUP"] {
            let project = project(&receiver);
            let files = project.files();
            let own = r#"echo $$ >"$HOME/pid"; exec "$0" "$@""#;
            let script = format!("stty -g; sh -c '{own}' \"$0\" \"$@\"; echo \"code $?\"; stty -g");
            let arguments =
                ["-c", &script, env!("CARGO_BIN_EXE_hooks")].into_iter().chain(words.iter().copied());
            let mut terminal = Terminal::start(&project, "sh", arguments, (80, 24), "xterm-256color");
            until(&mut terminal);
            terminal.asked(question);
            let pid = std::fs::read_to_string(project.home().join("pid")).unwrap();
            let killed =
                std::process::Command::new("kill").args([&format!("-{signal}"), pid.trim()]).status();
            assert!(killed.unwrap().success());
            terminal.expect("interrupted").expect("code 130");
            unchanged(terminal, &format!("{signal} at {question}"));
            std::fs::remove_file(project.home().join("pid")).unwrap();
            assert_eq!(project.files(), files, "{signal} at {question}");
        }
    }
}

#[test]
fn a_path_can_start_with_the_home_directory_or_be_quoted_and_tab_completes_it() {
    let receiver = receiver();
    let project = project(&receiver).file("../home/Kunde Müller.json", ANSWER);
    for typed in ["~/Kun\t", "'~/Kunde Müller.json'", "~/Kunde\\ Müller.json"] {
        let mut terminal = Terminal::open(&project, ["fire"]);
        terminal.asked("> sign-up").press(Key::Enter);
        terminal.asked("another file …").send("other").asked("> another file …").press(Key::Enter);
        terminal.asked("JSON file: ").send(typed).press(Key::Enter).expect("delivered");
        let file = project.home().join("Kunde Müller.json");
        let text = terminal.code(0);
        assert!(text.contains(&format!("`hooks fire sign-up '{}'`", file.display())), "{text}");
    }
    assert_eq!(receiver.visits(), 3);
}

/// Runs `hooks` with this proxy for requests to other machines.
fn behind(proxy: &Server, project: &Project, words: &str) -> Terminal {
    let script = format!("HTTP_PROXY={} exec \"$0\" {words}", proxy.url("http://127.0.0.1", ""));
    in_shell(project, &script)
}

/// Runs a script whose `$0` is the program.
fn in_shell(project: &Project, script: &str) -> Terminal {
    let arguments = ["-c", script, env!("CARGO_BIN_EXE_hooks")];
    Terminal::start(project, "sh", arguments, (80, 24), "xterm-256color")
}

/// Selects this webhook, which is at the cursor, and the sample.
fn pick(terminal: &mut Terminal, webhook: &str) {
    terminal.asked(&format!("> {webhook}")).press(Key::Enter).asked("another file …").press(Key::Enter);
}

fn elsewhere() -> Project {
    Project::new().definitions(
        "[webhooks.cms]\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"http://cms.example/in\"\n",
    )
}

#[test]
fn enter_alone_sends_nothing_to_another_machine() {
    let proxy = receiver().maybe_unvisited();
    let project = elsewhere();
    let mut terminal = behind(&proxy, &project, "fire");
    pick(&mut terminal, "cms");
    terminal.expect("Send to http://cms.example/in?").asked("the payload URL: http").press(Key::Enter);
    terminal.expect("request as received").expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains("`hooks fire cms --echo`"), "{text}");
    assert_eq!(proxy.visits(), 0);
}

#[test]
fn the_payload_url_can_be_selected() {
    let proxy = receiver();
    let project = elsewhere();
    let mut terminal = behind(&proxy, &project, "fire");
    pick(&mut terminal, "cms");
    terminal.asked("the payload URL: http").press(Key::Up).asked("> the payload URL").press(Key::Enter);
    terminal.expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains("`hooks fire cms`"), "{text}");
    assert!(sent(&proxy).starts_with("POST http://cms.example/in HTTP/1.1"), "{}", sent(&proxy));
}

#[test]
fn sending_to_a_given_url_must_be_confirmed_if_the_webhook_was_picked() {
    let (proxy, project) = (receiver(), elsewhere());
    for (arguments, answer, code) in [("", "", 1), ("", "y", 0), ("--yes", "", 0)] {
        let words = format!("fire --to http://other.example/in {arguments}");
        let mut terminal = behind(&proxy, &project, &words);
        pick(&mut terminal, "cms");
        if arguments.is_empty() {
            terminal.expect("  cms: POST http://other.example/in").asked("Send 1 request?");
            terminal.send(answer).press(Key::Enter);
        }
        terminal.code(code);
    }
    assert_eq!(proxy.visits(), 2);
}

#[test]
fn another_url_can_be_entered_instead_of_the_payload_url() {
    let (proxy, receiver) = (receiver().maybe_unvisited(), receiver());
    let project = elsewhere();
    let mut terminal = behind(&proxy, &project, "fire");
    pick(&mut terminal, "cms");
    terminal.asked("the payload URL: http").press(Key::Down).asked("> another URL").press(Key::Enter);
    terminal.asked("URL to send to").send("ftp://x").press(Key::Enter).expect("http").asked("URL to send to");
    let url = receiver.url("http://127.0.0.1", "/here");
    terminal.send("\u{15}").send(&url).press(Key::Enter).expect("delivered");
    let text = terminal.code(0);
    assert!(text.contains(&format!("`hooks fire cms --to {url}`")), "{text}");
    assert!(sent(&receiver).starts_with("POST /here "), "{}", sent(&receiver));
    assert_eq!(proxy.visits(), 0);
}

#[test]
fn advice_about_an_entered_url_names_its_option() {
    let (proxy, project) = (receiver().maybe_unvisited(), elsewhere());
    let mut terminal = behind(&proxy, &project, "fire");
    pick(&mut terminal, "cms");
    terminal.asked("the payload URL: http").press(Key::Down).asked("> another URL").press(Key::Enter);
    terminal.asked("URL to send to").send(&closed_port().to_string()).press(Key::Enter);
    let text = terminal.code(4);
    assert!(text.contains("check the host and port in `--to`"), "{text}");
}

/// Two webhooks with the same trigger and one with another, to another machine.
fn two_elsewhere() -> Project {
    let block = |handle: &str, trigger: &str| {
        format!(
            "[webhooks.{handle}]\ntrigger = \"{trigger}\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"http://cms.example/{handle}\"\n"
        )
    };
    Project::new()
        .definitions(&[block("one", "create"), block("two", "create"), block("gone", "delete")].concat())
}

#[test]
fn trigger_asks_before_several_webhooks_are_sent_to_another_machine() {
    let (proxy, project) = (receiver(), two_elsewhere());
    let mut terminal = behind(&proxy, &project, "trigger create rsvp_answer");
    terminal.expect("  one: POST http://cms.example/one").expect("  two: POST http://cms.example/two");
    terminal.asked("Send 2 requests?").press(Key::Enter);
    assert!(terminal.code(1).contains("nothing was sent"));
    assert_eq!(proxy.visits(), 0);
    hooks(["trigger", "create", "rsvp_answer"])
        .in_project(&project)
        .env("HTTP_PROXY", proxy.url("http://127.0.0.1", ""))
        .run()
        .code(2)
        .stdout_with(|text| assert!(text.starts_with("not fired gone"), "{text}"))
        .stderr_with(|text| assert!(text.contains("confirmation required without a terminal"), "{text}"));
    assert_eq!(proxy.visits(), 0);
    let mut terminal = behind(&proxy, &project, "trigger create rsvp_answer");
    terminal.asked("Send 2 requests?").send("y").press(Key::Enter);
    terminal.code(0);
    assert_eq!(proxy.visits(), 2);
    behind(&proxy, &project, "trigger create rsvp_answer --yes").code(0);
    assert_eq!(proxy.visits(), 4);
    // A single webhook fires without a question.
    behind(&proxy, &project, "trigger delete rsvp_answer").code(0);
    assert_eq!(proxy.visits(), 5);
}

#[test]
fn trigger_asks_for_missing_arguments_and_for_confirmation() {
    let (proxy, project) = (receiver().maybe_unvisited(), two_elsewhere());
    let mut terminal = behind(&proxy, &project, "trigger");
    terminal.asked("> create").send("löschen").press(Key::Enter);
    terminal.asked("> rsvp_answer").press(Key::Enter).asked("another file …").press(Key::Enter);
    terminal.asked("Send 1 request?").send("y").press(Key::Enter);
    let text = terminal.code(0);
    assert!(text.contains("hint: the same without prompts: `hooks trigger delete rsvp_answer`"), "{text}");
    assert_eq!(proxy.visits(), 1);
    for (words, missing) in
        [(&["trigger"][..], "which trigger?"), (&["trigger", "create"], "which trigger element?")]
    {
        hooks(words).in_project(&project).run().code(2).no_stdout().stderr_with(|text| {
            assert!(text.contains(missing), "{text}");
        });
    }
}

#[test]
fn a_ci_job_on_a_terminal_is_asked_nothing() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    for (ci, command, code) in [
        ("true", "fire", 2),
        ("1", "preview", 2),
        ("woodpecker", "add", 2),
        ("true", "edit sign-up", 2),
        ("true", "remove sign-up", 2),
    ] {
        let terminal = in_shell(&project, &format!("CI={ci} exec \"$0\" {command}"));
        assert!(terminal.code(code).contains("help: "), "{ci}: {command}");
    }
    for ci in ["", "0", "false", "False"] {
        let mut terminal = in_shell(&project, &format!("CI={ci} exec \"$0\" fire"));
        terminal.asked("> sign-up").press(Key::CtrlC);
        terminal.code(130);
    }
    assert_eq!(receiver.visits(), 0);
}

/// Two webhooks whose handles differ only beyond the edge of a narrow terminal.
fn alike(receiver: &Server) -> Project {
    let mut definitions = String::new();
    for end in ["created", "updated"] {
        write!(
            definitions,
            "[webhooks.answers-to-the-newsletter-tool-{end}]\nname = \"Größenänderungen für den Verteiler der Gäste\"\ntrigger = \"create\"\n\
             trigger_element = \"rsvp_answer\"\npayload_url = \"{}\"\n",
            receiver.url("http://127.0.0.1", &format!("/{end}"))
        )
        .unwrap();
    }
    Project::new().definitions(&definitions)
}

#[test]
fn lines_fit_a_narrow_terminal_and_similar_items_stay_distinct() {
    let receiver = receiver();
    let project = alike(&receiver);
    let mut terminal = Terminal::open_as(&project, ["fire"], (30, 10), "xterm");
    terminal
        .asked("> answers-to-the-newsletter-…")
        .press(Key::Down)
        .asked("> answers-to-the-newsletter-…")
        .press(Key::Enter);
    terminal.asked("another file …").press(Key::Enter).expect("delivered");
    terminal.code(0);
    assert!(sent(&receiver).starts_with("POST /updated "), "{}", sent(&receiver));
}

#[test]
fn a_long_question_on_a_narrow_terminal_is_written_once() {
    let project = Project::example();
    let before = project.files();
    let mut terminal = Terminal::open_as(&project, ["add"], (30, 10), "xterm");
    terminal.asked("Handle").send("my new one").asked("> my new one").press(Key::Escape);
    let text = terminal.code(130);
    assert_eq!(text.matches("Handle").count(), 1, "{text:?}");
    assert_eq!(project.files(), before);
}

#[test]
fn a_terminal_that_cannot_draw_is_asked_nothing() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    let mut terminal = Terminal::open_as(&project, ["fire"], (80, 24), "dumb");
    terminal.expect("which webhook? Give its handle as WEBHOOK");
    let text = terminal.code(2);
    assert!(!text.contains('\x1b'), "{text:?}");
}

#[test]
fn file_contents_are_escaped_on_the_terminal() {
    let receiver = receiver();
    let evil = r"\u001b]0;taken\u0007\u001b[2J\u202e";
    let project = Project::new()
        .definitions(&format!(
            "[webhooks.one]\nname = \"{evil} label\"\ntrigger = \"create\"\ntrigger_element = \"rsvp_answer\"\npayload_url = \"{}\"\n",
            receiver.url("http://127.0.0.1", "/")
        ))
        .file("\x1b[2Jevil\u{7}.json", ANSWER);
    let mut terminal = Terminal::open(&project, ["fire"]);
    terminal.asked("label (create rsvp_answer)").press(Key::Enter);
    terminal.asked("evil").press(Key::Down).asked("> ").press(Key::Enter).expect("the same without prompts");
    let text = terminal.code(0);
    for raw in ["\x1b]", "\x1b[2J", "\x07", "\u{202e}"] {
        assert!(!text.contains(raw), "{raw:?} in {text:?}");
    }
}

#[test]
fn without_a_terminal_the_missing_argument_is_named() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    for command in ["fire", "preview", "show"] {
        hooks([command]).in_project(&project).run().code(2).no_stdout().stderr_with(|text| {
            assert_eq!(
                text,
                "error: which webhook? Give its handle as WEBHOOK\n  = help: this file defines `sign-up`, `changed` and `gone`\n"
            );
        });
    }
    hooks(["sample"]).in_project(&project).run().code(2).no_stdout().stderr_with(|text| {
        assert!(text.starts_with("error: which trigger element? Give it as ELEMENT\n"), "{text}");
    });
    assert_eq!(receiver.visits(), 0);
}

#[test]
fn no_question_is_asked_if_standard_input_or_error_is_redirected() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    for script in [r#""$0" fire </dev/null"#, r#""$0" fire 2>error.txt; code=$?; cat error.txt; exit $code"#]
    {
        let mut terminal = in_shell(&project, script);
        terminal.expect("which webhook? Give its handle as WEBHOOK");
        terminal.code(2);
    }
    assert_eq!(receiver.visits(), 0);
}

#[test]
fn redirected_output_contains_no_questions() {
    let receiver = receiver().maybe_unvisited();
    let project = project(&receiver);
    let mut terminal = in_shell(&project, r#""$0" preview --format body >body.json"#);
    pick(&mut terminal, "sign-up");
    terminal.expect("the same without prompts");
    terminal.code(0);
    let body: serde_json::Value = serde_json::from_slice(&project.read("body.json")).unwrap();
    assert_eq!(body["element_data"]["email"], "jane.doe@example.com");
}

#[test]
fn messages_are_wrapped_between_words_only_on_a_terminal() {
    let project = Project::new();
    let mut unwrapped = String::new();
    hooks(["list"])
        .in_project(&project)
        .run()
        .code(3)
        .no_stdout()
        .stderr_with(|text| text.clone_into(&mut unwrapped));
    assert!(unwrapped.lines().any(|line| line.len() > 80), "{unwrapped}");
    for columns in [40, 60, 80] {
        let text = Terminal::open_as(&project, ["list"], (columns, 24), "xterm").code(3);
        assert!(text.lines().all(|line| line.chars().count() <= usize::from(columns)), "{columns}:\n{text}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&text), words(&unwrapped), "{columns}");
    }
}
