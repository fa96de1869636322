//! The help of the program and of every command.

use snapbox::str;

use crate::harness::{Outcome, hooks};

fn help(command: &str) -> Outcome {
    hooks([command, "--help"]).run().success().no_stderr()
}

#[test]
fn the_program_groups_its_commands() {
    hooks(["--help"])
        .run()
        .success()
        .stdout(str![[r#"
Manage and test the webhooks of Add to Calendar PRO

When an event, an RSVP answer or another element of an account is created, updated or deleted, the
platform sends an HTTP request for every webhook that matches. `hooks` keeps webhook definitions in
`webhooks.toml`, shows what each would send, and sends it.

Usage: hooks [OPTIONS] <COMMAND>

Define:
  init      Write a starter file, with comments that explain it
  list      Show all webhooks in a table
  show      Show one webhook in full, with the place it is defined at
  add       Define a new webhook, by flags or by answering questions
  edit      Change a webhook: single fields by flags, or all by answering questions
  rename    Give a webhook another handle
  remove    Remove webhooks, each with the comment directly above it
  enable    Let webhooks fire again
  disable   Keep webhooks from firing; they stay defined

Understand:
  vars      Show the variables of a trigger element: name, type, meaning and an example
  sample    Print an example element as JSON, ready to edit
  preview   Show the request that a webhook would send, each value with its source
  match     Find the webhook that matches a request

Deliver:
  fire      Send one webhook and show what the receiver answered
  backfill  Send one webhook for each of many elements
  trigger   Do what the platform would do: fire every active webhook that matches
  history   Show what was sent, and the responses
  replay    Send recorded deliveries again, or received requests on

Receive:
  listen    Receive requests on this machine and show them

Verify:
  check     Find mistakes in definitions without sending anything
  schema    Print the JSON Schema of a definitions file

Help:
  help      Print the help of the program or of a command
  version   Print the version

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

  -h, --help
          Print help (see a summary with '-h')

  -V, --version
          Print version

Exit codes:
    0  done; delivered with 2xx; nothing to report
    1  the answer is no: `check` found errors, the receiver answered other than 2xx, refused, nothing matched
    2  wrong usage
    3  definitions, element or environment cannot be used
    4  not delivered: name lookup, connection, TLS, timeout, malformed answer
    5  the output could not be written
  130  interrupted

`hooks COMMAND --help` tells more about each.

"#]])
        .no_stderr();
    hooks(["--version"])
        .run()
        .success()
        .stdout(str![[r#"
hooks [VERSION]

"#]])
        .no_stderr();
}

#[test]
fn list() {
    help("list").stdout(str![[r#"
Show all webhooks in a table

Usage: hooks list [OPTIONS]

Options:
  -h, --help
          Print help (see a summary with '-h')

Output:
      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn show() {
    help("show").stdout(str![[r#"
Show one webhook in full, with the place it is defined at

Usage: hooks show [OPTIONS] [WEBHOOK]

Arguments:
  [WEBHOOK]
          The handle of the webhook

Options:
  -h, --help
          Print help (see a summary with '-h')

Output:
      --reveal
          Show literal credentials too

      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn vars() {
    help("vars").stdout(str![[r#"
Show the variables of a trigger element: name, type, meaning and an example

Without ELEMENT, the variables of all seven elements are listed. With DATA, those of that element
are listed, with their values.

Usage: hooks vars [OPTIONS] [ELEMENT] [DATA]

Arguments:
  [ELEMENT]
          The trigger element, such as `event` or `rsvp_answer`, or a webhook

  [DATA]
          A JSON file with one element, or `-` for standard input; of a CSV file, the first row is
          used

Options:
      --trigger <TRIGGER>
          The trigger (default: that of the webhook, else `create`); on delete, `id` is the only
          variable

  -h, --help
          Print help (see a summary with '-h')

Element:
      --input-format <FORMAT>
          The format of DATA (default: csv for a file that ends in `.csv`, else json)

          Possible values:
          - json: A JSON list, or one element per line
          - csv:  A table of RSVP answers: a header row with the names of the fields, `,` or `;`
            between columns

Output:
      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn sample() {
    help("sample").stdout(str![[r#"
Print an example element as JSON, ready to edit

Usage: hooks sample [OPTIONS] [ELEMENT]

Arguments:
  [ELEMENT]  The trigger element, such as `event` or `rsvp_answer`, or a webhook

Options:
      --trigger <TRIGGER>  The trigger that the element is for (default: that of the webhook, else
                           `create`)
  -h, --help               Print help

Global:
  -f, --file <FILE>   The definitions file; otherwise the one that the environment variable
                      `HOOKS_FILE` names, or `webhooks.toml` in this folder or the nearest above
      --color <WHEN>  When to use colours [default: auto] [possible values: auto, always, never]
  -q, --quiet         Print the answer and errors only

"#]]);
}

#[test]
fn preview() {
    help("preview").stdout(str![[r#"
Show the request that a webhook would send, each value with its source

Nothing is sent. Credentials and everything from the environment are masked.

Usage: hooks preview [OPTIONS] [WEBHOOK] [DATA]

Arguments:
  [WEBHOOK]
          The handle of the webhook

  [DATA]
          A file with one element as JSON, or `-` for standard input; left out, the built-in sample

Options:
  -h, --help
          Print help (see a summary with '-h')

Element:
      --set <PATH=TEXT>
          Set a field of the element to a text before rendering, as in `--set
          payload.first_name=Jane`

      --set-json <PATH=JSON>
          Set a field of the element to a JSON value, before any `--set`, as in `--set-json
          amount=3`

      --allow-missing
          Send an empty text for a variable that the element lacks, instead of refusing

Environment:
      --env-file <FILE>
          Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)

Delivery:
      --to <URL>
          As if it were sent to this URL

Output:
      --format <FORMAT>
          How to print the request

          Possible values:
          - text: For people
          - json: For scripts
          - http: The HTTP message as it goes over the wire
          - curl: A curl command that sends the same
          - body: The body, byte for byte
          
          [default: text]

      --json
          The same as `--format json`

      --reveal
          Show credentials and what came from the environment

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn fire() {
    help("fire").stdout(str![[r#"
Send one webhook and show what the receiver answered

The exit code is 0 when it was delivered with 2xx, 1 when the receiver answered anything else, 3
when the request could not be made, and 4 when no answer came.

`hooks backfill` sends one webhook for each of many elements.

Usage: hooks fire [OPTIONS] [WEBHOOK] [DATA]

Arguments:
  [WEBHOOK]
          The handle of the webhook

  [DATA]
          A file with one element as JSON, or `-` for standard input; left out, the built-in sample

Options:
  -h, --help
          Print help (see a summary with '-h')

Element:
      --set <PATH=TEXT>
          Set a field of the element to a text before rendering, as in `--set
          payload.first_name=Jane`

      --set-json <PATH=JSON>
          Set a field of the element to a JSON value, before any `--set`, as in `--set-json
          amount=3`

      --allow-missing
          Send an empty text for a variable that the element lacks, instead of refusing

Environment:
      --env-file <FILE>
          Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)

Delivery:
      --to <URL>
          Send to this URL instead of the payload URL, to a local receiver for instance
          
          If nothing follows host and port, the path and query of the payload URL are kept (`/`
          replaces them). `3000` means `http://localhost:[PORT]`.

      --timeout <TIME>
          Limit for the whole exchange, as `30`, `[TIME]` or `[TIME]`; 0 for none
          
          [default: 30s]

      --connect-timeout <TIME>
          Limit for name lookup, connection and TLS together; 0 for none
          
          [default: 10s]

      --retry <N>
          Send again up to N times what was answered with 408, 429 or 5xx, or found no connection;
          never what is in doubt

      --insecure
          Accept any certificate, for this call only

      --cacert <FILE>
          Trust the certificates in this PEM file too

      --no-history
          Do not record it in the history

      --echo
          Start a receiver on this machine for this one request, send to it, and show what arrived

      --force
          Send although the webhook is inactive, or its prokey filter does not match

  -y, --yes
          Do not ask before sending to another machine

Output:
      --reveal
          Show credentials and what came from the environment

      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "that is how many lines the help has")]
fn listen() {
    help("listen").stdout(str![[r#"
Receive requests on this machine and show them

Each request is shown on a line: the time in UTC, the method, the path, the size, the response
status, and the matching webhook of the definitions file. If no webhook matches, the nearest one and
the differences are shown. `listen` ends with Ctrl-C, or by itself with `--once`, `--count`, `--for`
or `--expect`.

Requests are recorded without secrets: `hooks history --received` lists them, and `hooks replay`
sends them to another URL.

The exit code is 0 if everything that was waited for has arrived, 1 if it did not arrive in time, 3
if the port cannot be used, and 130 if it was interrupted first.

Usage: hooks listen [OPTIONS] [DATA]

Arguments:
  [DATA]
          Only with `--expect`: a JSON file with the element of the expected request, or `-` for
          standard input [default: the built-in sample]

Options:
      --port <PORT>
          Listen on this port; 0 for a free one
          
          [default: 4000]

      --bind <ADDRESS>
          Listen on this address instead of `127.0.0.1` and `::1`; other machines may then send
          requests

  -h, --help
          Print help (see a summary with '-h')

Inspector:
      --ui
          Also show requests on a page in the browser, on this machine only

      --ui-port <PORT>
          Serve the page on this port [default: a free one]

Response:
      --status <STATUS>
          Respond with this status

      --rotate <STATUS,…>
          Respond with these statuses in turn, repeatedly; `close` for no response

      --close
          Close the connection without a response

      --redirect <URL>
          Redirect to this URL, with 302 or the redirect status of `--status`

      --delay <TIME>
          Wait this long before each response

      --header <NAME: VALUE>
          Add a header to the response, e.g. `Retry-After: 1`

      --body <TEXT>
          The response body: a text, or `@FILE`

Forward:
      --forward <URL>
          Forward each request to this URL and return the response
          
          The request path is appended. `3000` means `http://localhost:[PORT]`.

      --timeout <TIME>
          Limit for each forwarded request, e.g. `5min`; 0 for none
          
          [default: 30s]

      --insecure
          Accept any certificate of the `--forward` URL

      --cacert <FILE>
          Trust the certificates in this PEM file too

End:
      --once
          End after the first request

      --count <N>
          End after N requests

      --for <TIME>
          End after this time, e.g. `10s`

      --expect <WEBHOOK>
          End when the request that this webhook sends with DATA arrives, and fail if it does not
          
          The request must arrive within 30 seconds, or within the time of `--for`.

Element:
      --set <PATH=TEXT>
          Set a field of the element to a text before rendering, as in `--set
          payload.first_name=Jane`

      --set-json <PATH=JSON>
          Set a field of the element to a JSON value, before any `--set`, as in `--set-json
          amount=3`

      --allow-missing
          Send an empty text for a variable that the element lacks, instead of refusing

Environment:
      --env-file <FILE>
          Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)

Output:
  -v, --verbose
          Show whole requests; on a terminal, only the beginning of long bodies

      --reveal
          Show credentials and values from the environment

      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

      --no-history
          Do not record the requests in the history

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn trigger() {
    help("trigger").stdout(str![[r#"
Do what the platform would do: fire every active webhook that matches

Of each other webhook it says why it does not fire. When none matches, the exit code is 1.

Usage: hooks trigger [OPTIONS] [TRIGGER] [ELEMENT] [DATA]

Arguments:
  [TRIGGER]
          What happens: `create`, `update` or `delete`

  [ELEMENT]
          To which trigger element, such as `event` or `rsvp_answer`

  [DATA]
          A file with one element as JSON, or `-` for standard input; left out, the built-in sample

Options:
  -h, --help
          Print help (see a summary with '-h')

Element:
      --set <PATH=TEXT>
          Set a field of the element to a text before rendering, as in `--set
          payload.first_name=Jane`

      --set-json <PATH=JSON>
          Set a field of the element to a JSON value, before any `--set`, as in `--set-json
          amount=3`

      --allow-missing
          Send an empty text for a variable that the element lacks, instead of refusing

Environment:
      --env-file <FILE>
          Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)

Delivery:
      --to <URL>
          Send to this URL instead of the payload URL, to a local receiver for instance
          
          If nothing follows host and port, the path and query of the payload URL are kept (`/`
          replaces them). `3000` means `http://localhost:[PORT]`.

      --timeout <TIME>
          Limit for the whole exchange, as `30`, `[TIME]` or `[TIME]`; 0 for none
          
          [default: 30s]

      --connect-timeout <TIME>
          Limit for name lookup, connection and TLS together; 0 for none
          
          [default: 10s]

      --retry <N>
          Send again up to N times what was answered with 408, 429 or 5xx, or found no connection;
          never what is in doubt

      --insecure
          Accept any certificate, for this call only

      --cacert <FILE>
          Trust the certificates in this PEM file too

      --no-history
          Do not record it in the history

      --dry-run
          Say what would fire, and send nothing

  -y, --yes
          Do not ask before sending to another machine

Output:
      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn history() {
    help("history").stdout(str![[r#"
Show what was sent, and the responses

Each delivery of `fire`, `trigger` and `replay` is recorded, without secrets, in `hooks/history.db`
in the folder `$XDG_STATE_HOME`, or `~/.local/state`. The newest 10,000 of the last 30 days are
kept. `--no-history` or the environment variable `HOOKS_HISTORY=off` leaves a delivery out.

`hooks backfill` has records of its own: `hooks backfill list` lists its runs.

`--received` lists what came the other way, to `hooks listen`: the newest 10,000 requests of the
last 30 days.

Usage: hooks history [OPTIONS] [ID]
       hooks history <COMMAND>

Commands:
  prune  Throw out old deliveries
  diff   Show in what two deliveries differ

Arguments:
  [ID]
          The number of the delivery to show all of, or `r` and the number of a received request

Options:
  -h, --help
          Print help (see a summary with '-h')

Filter:
      --received
          List the requests that `hooks listen` received instead

      --webhook <WEBHOOK>
          Only of this webhook

      --since <AGE>
          Only of this last time, as `90s`, `15min`, `2h`, `30d` or `4w`

      --all
          Include deliveries for other definitions files

      --status <STATE>
          Only with this status; can be given several times

          Possible values:
          - delivered: Answered with 2xx
          - failed:    Answered with anything else
          - in-doubt:  Possibly received, or still in progress
          - not-sent:  Certainly not received

      --grep <TEXT>
          Only with this text in what was sent or answered

      --limit <N>
          The most rows to show
          
          [default: 50]

Output:
      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn replay() {
    help("replay").stdout(str![[r#"
Send recorded deliveries again, or received requests on

The request of a delivery is made anew from the recorded element, today's definition and today's
environment. What was sent elsewhere with `--to` goes there again.

A request that `hooks listen` received, as `r12`, goes to the URL of `--to` as it came: method,
headers, body.

Usage: hooks replay [OPTIONS] [ID]...

Arguments:
  [ID]...
          The numbers of the deliveries, from `hooks history`, or of received requests, as `r12`

Options:
  -h, --help
          Print help (see a summary with '-h')

Filter:
      --failed
          All that failed or were not sent, and were not replayed since; those in doubt are left out

      --webhook <WEBHOOK>
          Only of this webhook

      --since <AGE>
          Only of this last time, as `90s`, `15min`, `2h`, `30d` or `4w`

      --all
          Include deliveries for other definitions files

Delivery:
      --as-sent
          Send the recorded body, byte for byte, instead of a new one

      --to <URL>
          Send to this URL instead of the payload URL, to a local receiver for instance
          
          If nothing follows host and port, the path and query of the payload URL are kept (`/`
          replaces them). `3000` means `http://localhost:[PORT]`.

      --timeout <TIME>
          Limit for the whole exchange, as `30`, `[TIME]` or `[TIME]`; 0 for none
          
          [default: 30s]

      --connect-timeout <TIME>
          Limit for name lookup, connection and TLS together; 0 for none
          
          [default: 10s]

      --retry <N>
          Send again up to N times what was answered with 408, 429 or 5xx, or found no connection;
          never what is in doubt

      --insecure
          Accept any certificate, for this call only

      --cacert <FILE>
          Trust the certificates in this PEM file too

      --no-history
          Do not record it in the history

      --force
          Send although the webhook would not fire today, or the request went to `--echo`; a
          received request without the headers that are masked

      --dry-run
          List what would be sent and where, but send nothing

  -y, --yes
          Do not ask before sending to another machine

Element:
      --allow-missing
          Send an empty text for a variable that the element lacks, instead of refusing

Environment:
      --env-file <FILE>
          Look up `${NAME}` in FILE instead of `.env` (repeatable; the last one wins)

Output:
      --format <FORMAT>
          How to print the answer

          Possible values:
          - text: For people
          - json: For scripts
          
          [default: text]

      --json
          The same as `--format json`

Global:
  -f, --file <FILE>
          The definitions file; otherwise the one that the environment variable `HOOKS_FILE` names,
          or `webhooks.toml` in this folder or the nearest above

      --color <WHEN>
          When to use colours
          
          [default: auto]
          [possible values: auto, always, never]

  -q, --quiet
          Print the answer and errors only

"#]]);
}

#[test]
fn a_command_line_that_is_wrong_has_a_way_out() {
    hooks(["frie"]).run().code(2).no_stdout().stderr(str![[r#"
error: unknown command `frie`
  = help: did you mean `hooks fire`?

"#]]);
    hooks(["fire", "w", "--echo", "--to", "http://x"]).run().code(2).no_stdout().stderr(str![[r#"
error: the argument '--echo' cannot be used with '--to <URL>'

Usage: hooks fire --echo <WEBHOOK> [DATA]

For more information, try '--help'.

"#]]);
    hooks(["fire", "w", "--timeout", "1h"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value '1h' for '--timeout <TIME>': a time is a number with `ms`, `s` or `min`; without a unit it means seconds

For more information, try '--help'.

"#]]);
    hooks(["fire", "w", "--to", "ftp://x"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'ftp://x' for '--to <URL>': the URL must start with `http://` or `https://`; change the scheme

For more information, try '--help'.

"#]]);
    hooks(["fire", "w", "--set", "email"]).run().code(2).no_stdout().stderr(str![[r#"
error: invalid value 'email' for '--set <PATH=TEXT>': write the path, `=` and the value, as in `email=jane@example.com`

For more information, try '--help'.

"#]]);
}
