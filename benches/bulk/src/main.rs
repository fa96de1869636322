//! The receiver of `bulk.sh`, and the loops that it compares `hooks backfill` with: they send one request per line of a
//! file, concurrently, on one thread.

mod elements;
mod receiver;
mod senders;

use std::error::Error;
use std::time::Instant;

type Result<T = (), E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

const USAGE: &str = "receiver | elements COUNT | (hyper | reqwest | transport) FILE URL CONCURRENCY";

fn main() -> Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match words.as_slice() {
        ["receiver"] => runtime.block_on(receiver::run()),
        ["elements", count] => elements::print(count.parse()?),
        [sender, file, url, concurrency] => {
            let concurrency = concurrency.parse()?;
            let start = Instant::now();
            let sent = runtime.block_on(async {
                match *sender {
                    "hyper" => senders::hyper(file, url, concurrency).await,
                    "reqwest" => senders::reqwest(file, url, concurrency).await,
                    "transport" => senders::transport(file, url, concurrency).await,
                    _ => Err(USAGE.into()),
                }
            })?;
            println!("{sent} {:.0}", sent as f64 / start.elapsed().as_secs_f64());
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}
