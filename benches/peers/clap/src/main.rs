//! The minimum cost of a command line with clap: it reads its arguments and prints one line.

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version)]
struct Cli {
    #[arg(long, short, env = "PEER_FILE")]
    file: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List items
    List {
        #[arg(long)]
        all: bool,
    },
    /// Show one item
    Show { name: String },
}

fn main() {
    let cli = Cli::parse();
    let file = cli.file.as_deref().unwrap_or("no file");
    match cli.command {
        Command::List { all } => println!("{file} {all}"),
        Command::Show { name } => println!("{file} {name}"),
    }
}
