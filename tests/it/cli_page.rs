//! `docs/cli.md` is the long help of every command.

use clap::Command;
use hooks::commands::command;

const INTRODUCTION: &str = "\
# Command line

The help of every command, as `hooks COMMAND --help` prints it. The global options in the first section can be used with
every command.
";
/// Options of every command, which are listed once.
const GLOBAL: [&str; 4] = ["file", "color", "quiet", "help"];

#[test]
fn cli_page_is_fresh() {
    let mut all = command();
    all.build();
    let mut page = INTRODUCTION.to_owned();
    add(&mut page, &all, "hooks");
    snapbox::assert_data_eq!(page, snapbox::file!("../../docs/cli.md").raw());
}

/// Adds a section for a command and each of its subcommands.
fn add(page: &mut String, command: &Command, name: &str) {
    let is_program = name == "hooks";
    let own = command.clone().term_width(100);
    let hidden = own.mut_args(|arg| {
        let is_global = GLOBAL.contains(&arg.get_id().as_str());
        if is_global && !is_program { arg.hide(true) } else { arg }
    });
    let help = { hidden }.render_long_help().to_string();
    let help: String = help.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    page.push_str(&format!("\n## {name}\n\n```text\n{help}```\n"));
    for inner in command.get_subcommands() {
        add(page, inner, &format!("{name} {}", inner.get_name()));
    }
}

#[test]
fn the_start_page_of_the_documentation_links_every_command() {
    let page = include_str!("../../docs/README.md");
    for own in command().get_subcommands().filter(|own| !own.is_hide_set()) {
        let link = format!("[`{0}`](cli.md#hooks-{0})", own.get_name());
        assert!(page.contains(&link), "docs/README.md has no {link}");
    }
}
