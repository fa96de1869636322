//! Commands and options that newcomers try but that do not exist, and the command lines that they need.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::core::text::{fold, nearest, one_line};

use super::error::{Error, usage};

/// A command line and a description of it.
type Suggestion = (&'static str, &'static str);

const WHY: Suggestion = (
    "hooks trigger create rsvp_answer DATA --dry-run",
    "says for each webhook whether it would fire, and why not",
);
const CHECK: Suggestion = ("hooks check", "finds problems in the definitions");
const FIRE: Suggestion = ("hooks fire WEBHOOK", "sends one webhook");
const HISTORY: Suggestion = ("hooks history", "lists deliveries and their responses");
const LIST: Suggestion = ("hooks list", "lists all webhooks and whether they are active");
const LISTEN: Suggestion = ("hooks listen", "receives requests on this machine and shows them");
const PREVIEW: Suggestion = ("hooks preview WEBHOOK", "shows the request and where each value comes from");
const ADD: Suggestion = ("hooks add", "defines a new webhook");
const EDIT: Suggestion = ("hooks edit WEBHOOK", "changes a webhook");
const REMOVE: Suggestion = ("hooks remove WEBHOOK", "removes a webhook");
const REPLAY: Suggestion = ("hooks replay ID", "repeats a recorded delivery");
const VARS: Suggestion = ("hooks vars ELEMENT", "lists the variables of an element");
const BACKFILL: Suggestion = ("hooks backfill WEBHOOK DATA", "fires a webhook for each of many elements");
const RUNS: Suggestion = ("hooks backfill list", "lists backfill runs");
const RESUME: Suggestion =
    ("hooks backfill resume RUN", "resumes a backfill run; `hooks backfill list` lists the runs");
const PULL: Suggestion = ("hooks pull", "copies the account's webhooks into the file");
const PUSH: Suggestion = ("hooks push", "creates and changes the account's webhooks to match the file");
const ACCOUNT: Suggestion =
    ("hooks account", "shows which API key is used and whether it can read the account");
const MATCH: Suggestion = ("hooks match FILE", "finds the webhook that matches a request");

/// Words that people type as a command.
const COMMANDS: &[(&str, &[Suggestion])] = &[
    ("why reason diagnose debug warum", &[WHY, HISTORY]),
    ("test send try run call post execute deliver senden testen", &[FIRE]),
    ("log logs deliveries requests tail", &[HISTORY]),
    ("status state", &[LIST, HISTORY]),
    ("validate lint verify doctor prüfen", &[CHECK]),
    (
        "import download fetch",
        &[PULL, ADD, ("hooks init", "writes a starter file to paste definitions into")],
    ),
    ("sync synchronize", &[PULL, PUSH]),
    ("deploy apply upload publish hochladen", &[PUSH]),
    ("compare", &[("hooks diff", "compares definitions with the account's webhooks")]),
    ("which identify recognize who", &[MATCH]),
    ("explain", &[PREVIEW, ("hooks check --explain all", "explains the rules of `hooks check`")]),
    ("delete del rm uninstall löschen", &[REMOVE]),
    ("new create register define neu", &[ADD, ("hooks init", "writes a starter file")]),
    ("update change set modify", &[EDIT]),
    ("ls all webhooks", &[LIST]),
    ("get cat info describe view", &[("hooks show WEBHOOK", "shows one webhook in full")]),
    ("login auth whoami key api", &[ACCOUNT]),
    ("mv move", &[("hooks rename OLD NEW", "changes the handle of a webhook")]),
    ("activate on unpause", &[("hooks enable WEBHOOK", "lets a webhook fire")]),
    ("resume", &[RESUME, ("hooks enable WEBHOOK", "lets a webhook fire")]),
    ("runs", &[RUNS]),
    ("deactivate off pause", &[("hooks disable WEBHOOK", "stops a webhook from firing")]),
    ("variables fields", &[VARS]),
    ("example examples element data", &[("hooks sample rsvp_answer", "prints an example element")]),
    ("render dry-run dryrun template curl export", &[PREVIEW]),
    ("retry resend redeliver repeat again", &[REPLAY]),
    ("serve server receive receiver inspect proxy forward echo listener", &[LISTEN]),
    ("bulk batch each", &[BACKFILL]),
];

/// Words that people type where a command takes an argument.
const ARGUMENTS: &[(&str, &str, Suggestion)] = &[
    ("history", "runs run backfill backfills", RUNS),
    ("history", "list all ls", HISTORY),
    ("history", "show get view", ("hooks history ID", "shows one delivery in full")),
    ("history", "delete clear clean purge rm", ("hooks history prune --keep 30d", "deletes old deliveries")),
];

const TO: Suggestion = ("hooks fire WEBHOOK --to http://localhost:3000", "sends to another URL");
const DATA: Suggestion = ("hooks fire WEBHOOK DATA", "reads the element from a file");

/// Options that people try, by command.
const OPTIONS: &[(&str, &str, Suggestion)] = &[
    ("listen", "-p -P", ("hooks listen --port 4001", "listens on another port")),
    ("listen", "--host --address", ("hooks listen --bind 127.0.0.1", "listens on another address")),
    ("listen", "-n -c", ("hooks listen --count 1", "stops after one request")),
    ("fire", "--dry-run -n", PREVIEW),
    ("fire", "--url -u --target --endpoint --destination", TO),
    ("fire", "-d --data --payload --element --input", DATA),
    ("fire", "-k", ("hooks fire WEBHOOK --insecure", "accepts any certificate")),
    ("fire", "-H --header", ("hooks edit WEBHOOK --header NAME:VALUE", "changes a header of the definition")),
    (
        "fire",
        "-X --request --method",
        ("hooks edit WEBHOOK --method PUT", "changes the method of the definition"),
    ),
    ("fire", "--each --bulk --batch --all --many", BACKFILL),
    ("fire", "--resume --failed", RESUME),
    (
        "backfill",
        "--parallel --jobs --workers --threads -j -P -p",
        ("hooks backfill WEBHOOK DATA --concurrency 16", "sends up to 16 requests concurrently"),
    ),
    ("backfill", "--resume", RESUME),
    ("fire", "--local --test", ("hooks fire WEBHOOK --echo", "sends to a receiver on this machine")),
    ("trigger", "-n", WHY),
    (
        "edit",
        "--editor -e",
        ("hooks check", "checks the file after you edit it with `$EDITOR webhooks.toml`"),
    ),
    (
        "trigger",
        "--url -u --target",
        ("hooks trigger create event --to http://localhost:3000", "sends to another URL"),
    ),
    ("preview", "--curl", ("hooks preview WEBHOOK --format curl", "prints a curl command")),
    ("preview", "--http --raw", ("hooks preview WEBHOOK --format http", "prints the HTTP message")),
    ("preview", "--body", ("hooks preview WEBHOOK --format body", "prints only the body")),
    ("preview", "-d --data --element", ("hooks preview WEBHOOK DATA", "reads the element from a file")),
    ("history", "-n --last --tail --count", ("hooks history --limit 5", "shows the last deliveries")),
    ("history", "--failed --errors", ("hooks history --status failed", "shows failed deliveries")),
    ("check", "--explain-all", ("hooks check --explain all", "explains all rules")),
    ("check", "--config -c", ("hooks check FILE", "checks another file")),
];

/// What people mean by `--verbose`, which shows requests to the account's API, by command.
const VERBOSE: &[(&str, Suggestion)] = &[
    ("fire", ("hooks history ID", "shows the whole request and the response of a delivery")),
    ("preview", ("hooks preview WEBHOOK --reveal", "shows the masked values too")),
];

/// The error for a command line that clap rejects; `None` if clap's own message is good enough.
pub(super) fn explain(error: &clap::Error, words: &[String], all: &clap::Command) -> Option<Error> {
    let typed = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        Some(ContextValue::Strings(texts)) => texts.first().map(String::as_str),
        _ => None,
    };
    let called = called_command(words, all);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            Some(unknown_command(all, called.unwrap_or(all), typed(ContextKind::InvalidSubcommand)?))
        }
        ErrorKind::MissingRequiredArgument => match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::Strings(missing)) => missing_argument(called?, words, missing),
            _ => None,
        },
        ErrorKind::UnknownArgument => {
            let (name, option) = (called?.get_name(), typed(ContextKind::InvalidArg)?);
            let option = option.split('=').next().unwrap_or(option);
            let instead = find_suggestion(OPTIONS, name, |listed| listed == option)?;
            Some(with_suggestions(format!("`hooks {name}` has no option `{}`", one_line(option)), &[instead]))
        }
        ErrorKind::ValueValidation => {
            let (name, value) = (called?.get_name(), typed(ContextKind::InvalidValue)?);
            let instead = find_suggestion(ARGUMENTS, name, |listed| fold(listed) == fold(value))?;
            Some(with_suggestions(format!("`hooks {name}` has no command `{}`", one_line(value)), &[instead]))
        }
        _ => None,
    }
}

/// The error for missing arguments, if there is more to say than their names.
fn missing_argument(called: &clap::Command, words: &[String], missing: &[String]) -> Option<Error> {
    let is_missing = |argument: &str| missing.iter().any(|own| own == argument);
    if let Some(required) =
        ["--id", "--event"].iter().find(|own| missing.iter().any(|text| text.contains(*own)))
    {
        return account_option_alone(called, words, *required == "--id");
    }
    match called.get_name() {
        "replay" => Some(
            usage("which deliveries? Give their IDs")
                .help("`hooks history` lists them; `--failed` replays all that failed or were not sent"),
        ),
        "backfill" if is_missing("<RUN>") => {
            Some(usage("which run? Give its number as RUN").help("`hooks backfill list` lists the runs"))
        }
        "backfill" if is_missing("<DATA>") => Some(missing_data(called, words, is_missing("<WEBHOOK>"))),
        _ => None,
    }
}

/// The error for an option about the account without one that names an element or an event.
fn account_option_alone(called: &clap::Command, words: &[String], is_element: bool) -> Option<Error> {
    let is_typed = |argument: &&clap::Arg| {
        let long = argument.get_long().map(|long| format!("--{long}")).unwrap_or_default();
        let short = argument.get_short().map(|short| format!("-{short}")).unwrap_or_default();
        words.iter().any(|word| *word == short || word.split('=').next() == Some(&long))
    };
    let mut options = called.get_arguments().filter(|own| own.get_help_heading() == Some("Account"));
    let option = options.find(is_typed)?.get_long()?;
    let required = if is_element { "`--id` or `--event`" } else { "`--event`" };
    let message = format!("`--{option}` requires {required}");
    match VERBOSE.iter().find(|(own, _)| *own == called.get_name() && option == "verbose") {
        Some((_, suggestion)) => Some(with_suggestions(
            format!("{message}: it shows requests to the account's API"),
            &[*suggestion],
        )),
        None => {
            Some(usage(message).help(format!("run `hooks {} --help` for all options", called.get_name())))
        }
    }
}

/// The error for a backfill without data, or for a misspelt command in the place of its webhook.
fn missing_data(called: &clap::Command, words: &[String], is_webhook_missing: bool) -> Error {
    let word =
        words.iter().skip_while(|word| *word != "backfill").skip(1).find(|word| !word.starts_with('-'));
    let mut commands = called.get_subcommands().map(clap::Command::get_name);
    let is_command = |word: &str| called.find_subcommand(word).is_some();
    let mut is_meant = |word: &str| word == "help" || word == "ls" || nearest(word, &mut commands).is_some();
    if let Some(word) = word.filter(|word| !is_command(word) && is_meant(word)) {
        return unknown_command_of(called, word);
    }
    let message = if is_webhook_missing {
        "which webhook and elements? Give WEBHOOK and DATA"
    } else {
        "which elements? Give a file as DATA"
    };
    usage(message).help("to send the RSVP answers of an event, use `--event PROKEY` instead of DATA")
}

/// The error for a word that is not a command of `parent`, which is the program or one of its commands.
pub(super) fn unknown_command(all: &clap::Command, parent: &clap::Command, word: &str) -> Error {
    let message = format!("unknown command `{}`", one_line(word));
    let is_of_program = parent.get_name() == all.get_name();
    let is_listed = |typed: &str| typed.split(' ').any(|listed| fold(listed) == fold(word));
    if let Some((_, instead)) = COMMANDS.iter().find(|(typed, _)| is_of_program && is_listed(typed)) {
        return with_suggestions(message, instead);
    }
    if !is_of_program {
        return unknown_command_of(parent, word);
    }
    usage(message).help(match nearest(word, parent.get_subcommands().map(clap::Command::get_name)) {
        Some(near) => format!("did you mean `hooks {near}`?"),
        None => "run `hooks --help` for a list of commands".to_owned(),
    })
}

/// The error for a word that is not a command of this command.
fn unknown_command_of(parent: &clap::Command, word: &str) -> Error {
    let name = parent.get_name();
    let message = format!("`hooks {name}` has no command `{}`", one_line(word));
    usage(message).help(match nearest(word, parent.get_subcommands().map(clap::Command::get_name)) {
        Some(near) => format!("did you mean `hooks {name} {near}`?"),
        None => format!("run `hooks {name} --help` for a list of commands"),
    })
}

fn with_suggestions(message: String, suggestions: &[Suggestion]) -> Error {
    let each = suggestions.iter().map(|(line, does)| format!("`{line}` {does}"));
    usage(message).help(each.collect::<Vec<_>>().join("; "))
}

/// The suggestion in a table for a word after a command.
fn find_suggestion(
    table: &[(&str, &str, Suggestion)],
    command: &str,
    is_typed: impl Fn(&str) -> bool,
) -> Option<Suggestion> {
    let mut rows = table.iter().filter(|(own, ..)| *own == command);
    rows.find(|(_, words, _)| words.split(' ').any(&is_typed)).map(|(.., instead)| *instead)
}

/// The command in a command line.
fn called_command<'c>(words: &[String], all: &'c clap::Command) -> Option<&'c clap::Command> {
    let mut words = words.iter().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-f" | "--file" | "--color" => drop(words.next()),
            option if option.starts_with('-') => {}
            name => return all.find_subcommand(name),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::command;
    use super::*;

    #[test]
    fn every_suggested_command_line_parses() {
        let of_commands = COMMANDS.iter().flat_map(|(_, instead)| instead.iter());
        let of_arguments = ARGUMENTS.iter().map(|(.., instead)| instead);
        let of_options =
            OPTIONS.iter().map(|(.., instead)| instead).chain(VERBOSE.iter().map(|(_, instead)| instead));
        for (line, _) in of_commands.chain(of_arguments).chain(of_options) {
            let words = line.replace("ELEMENT", "event").replace(" ID", " 1").replace("RUN", "1");
            let read = command().try_get_matches_from(words.split(' '));
            assert!(read.is_ok(), "{line}: {}", read.unwrap_err());
        }
    }

    #[test]
    fn no_word_with_a_suggestion_is_a_command_or_an_option() {
        let all = command();
        for (words, _) in COMMANDS {
            for word in words.split(' ') {
                assert!(all.find_subcommand(word).is_none(), "{word}");
            }
        }
        for (own, words, _) in OPTIONS {
            let own = all.find_subcommand(own).unwrap();
            for word in words.split(' ') {
                let is_option = |argument: &clap::Arg| match word.strip_prefix("--") {
                    Some(long) => argument.get_long_and_visible_aliases().unwrap_or_default().contains(&long),
                    None => argument.get_short().is_some_and(|short| word == format!("-{short}")),
                };
                assert!(!own.get_arguments().any(is_option), "{word} of {}", own.get_name());
            }
        }
    }
}
