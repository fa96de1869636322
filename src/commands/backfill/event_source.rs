//! The RSVP answers of an event in the account. They are read twice, so that only one page is in memory at a time: first to number
//! them, so that their total is known before anything is sent, then to send them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::mpsc::Sender;

use crate::commands::api::ApiAccess;
use crate::commands::context::Context;
use crate::commands::error::{Error, Result, failed};
use crate::core::account::{AccountFailure, Answer, AnswerFilter, AnswerList};
use crate::core::backfill::EventParameters;
use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, one_line};
use crate::io::account::{AccountClient, AnswerPages};
use crate::io::history::NumberedAnswer;
use crate::io::process;

use super::input::{Arrival, Input, InputElement, Read, ReadError};
use super::report::counted;

/// How many answers are passed on before they are needed. They are small, and the page is in memory anyway.
const AHEAD: usize = 500;

#[derive(Debug)]
pub(super) struct EventSource {
    access: ApiAccess,
    prokey: String,
    filter: AnswerFilter,
    /// The numbered answers of the run: those that were listed, or those that a resumed run knows.
    answers: Vec<NumberedAnswer>,
}

impl EventSource {
    pub(super) fn new(access: ApiAccess, prokey: &str, filter: AnswerFilter) -> Self {
        Self { access, prokey: prokey.to_owned(), filter, answers: Vec::new() }
    }

    /// Fails if the account does not have the event.
    pub(super) fn find(&self, cx: &mut Context) -> Result<()> {
        let is_found = self.access.run(cx, async |client| exists(client, &self.prokey).await)??;
        if is_found { Ok(()) } else { Err(self.unknown()) }
    }

    fn unknown(&self) -> Error {
        Diagnostic::error("event-unknown", format!("the account has no event `{}`", self.prokey))
            .help("copy the prokey of the event from the app; `hooks account` shows which key is used")
            .into()
    }

    /// Lists the answers. An event that the account does not have is an error.
    pub(super) fn list(&mut self, cx: &mut Context) -> Result<()> {
        let (prokey, filter) = (&self.prokey, &self.filter);
        let listed = self.access.run(cx, async |client| list(client, prokey, filter).await)??;
        let mut list = listed.ok_or_else(|| self.unknown())?;
        if list.undated > 0 {
            let undated = counted(list.undated, "answer");
            cx.printer.warning(&format!("{undated} left out: creation time unknown"));
        }
        if let Some((number, status)) = list.unknown.take() {
            cx.printer.warning(&format!(
                "{} with another status, such as `{}`: use `--status confirmed,undecided,declined` to exclude them",
                counted(number, "answer"),
                one_line(&status)
            ));
        }
        self.answers = list.into_ids().into_iter().map(Arc::from).zip(1..).collect();
        Ok(())
    }

    pub(super) fn name(&self) -> String {
        format!("event {}", self.prokey)
    }

    pub(super) fn elements(&self) -> u64 {
        self.answers.len() as u64
    }

    pub(super) fn answers(&self) -> &[NumberedAnswer] {
        &self.answers
    }

    /// A keyed digest of the event and its account; none if the digest key cannot be stored.
    pub(super) fn fingerprint(&self) -> Option<String> {
        self.access.digest(&["event", &self.prokey]).ok()
    }

    pub(super) fn parameters(&self) -> EventParameters {
        EventParameters {
            prokey: self.prokey.clone(),
            api: self.access.api.to_string(),
            since: self.filter.since,
        }
    }

    pub(super) fn why_empty(&self) -> &'static str {
        if self.filter == AnswerFilter::default() { "it has no answers" } else { "no answer matches" }
    }

    /// Uses the answers that a run knows, and adds those that were listed and are new to it. Returns the new ones.
    pub(super) fn resume(&mut self, known: Vec<NumberedAnswer>) -> Vec<NumberedAnswer> {
        let listed = std::mem::replace(&mut self.answers, known);
        let ids: HashSet<&str> = self.answers.iter().map(|(id, _)| &**id).collect();
        let new = listed.into_iter().map(|(id, _)| id).filter(|id| !ids.contains(&**id));
        let new: Vec<NumberedAnswer> = new.zip(self.elements() + 1..).collect();
        self.answers.extend(new.iter().cloned());
        new
    }

    /// Starts a thread that reads the answers page by page.
    pub(super) fn input(&self) -> Result<Input> {
        let runtime = process::runtime().map_err(|error| failed("cannot set up the network", &error))?;
        let (access, prokey, filter) = (self.access.clone(), self.prokey.clone(), self.filter.clone());
        let numbers = self.answers.iter().cloned().collect();
        Input::stream(AHEAD, move |to| {
            runtime.block_on(async {
                // The client reports from within a request.
                let mut report = |event| {
                    if access.shows(&event) {
                        let to = to.clone();
                        tokio::spawn(async move { to.send(Ok(Arrival::Account(event))).await });
                    }
                };
                let result = match access.client(&mut report) {
                    Ok(client) => Reading { client: &client, prokey, filter, numbers, to: &to }.read().await,
                    Err(problem) => {
                        Err(End::ReadError(Diagnostic::error("network", problem.to_string()).into()))
                    }
                };
                if let Err(End::ReadError(error)) = result {
                    let _ = to.send(Err(error)).await;
                }
                // Lets the last report be sent, too.
                tokio::task::yield_now().await;
            });
            runtime.shutdown_background();
        })
    }
}

/// Lists the answers that the filter accepts; none if the event does not exist.
async fn list(
    client: &AccountClient<'_>,
    prokey: &str,
    filter: &AnswerFilter,
) -> std::result::Result<Option<AnswerList>, AccountFailure> {
    let (mut list, mut pages) = (AnswerList::default(), AnswerPages::new(client, prokey));
    while let Some(page) = pages.next().await? {
        for answer in &page {
            list.add(answer, filter);
        }
    }
    // An event without answers is listed like one that does not exist.
    if pages.is_empty() && !exists(client, prokey).await? {
        return Ok(None);
    }
    Ok(Some(list))
}

async fn exists(client: &AccountClient<'_>, prokey: &str) -> std::result::Result<bool, AccountFailure> {
    Ok(client.entry(&format!("/event/{prokey}")).await?.is_some())
}

/// Why reading ends early.
enum End {
    ReadError(ReadError),
    /// The run stopped, so nothing more is needed.
    Unread,
}

impl From<AccountFailure> for End {
    fn from(failure: AccountFailure) -> Self {
        Self::ReadError(ReadError::Account(failure))
    }
}

/// Reads the answers of a run.
struct Reading<'c> {
    client: &'c AccountClient<'c>,
    prokey: String,
    filter: AnswerFilter,
    /// The answers that were not read yet, with their numbers.
    numbers: HashMap<Arc<str>, u64>,
    to: &'c Sender<Read>,
}

impl Reading<'_> {
    async fn read(mut self) -> std::result::Result<(), End> {
        let (pages, new) = self.pass().await?;
        // If an answer is deleted while pages are read, one after it moves to a page that was read already.
        if pages > 1 && !self.numbers.is_empty() {
            self.pass().await?;
        }
        let mut gone: Vec<(u64, Arc<str>)> = self.numbers.drain().map(|(id, number)| (number, id)).collect();
        gone.sort_unstable();
        for (number, id) in gone {
            self.pass_on(Arrival::Gone { number, id }).await?;
        }
        if new > 0 { self.pass_on(Arrival::New(new)).await } else { Ok(()) }
    }

    /// Reads all pages. Returns the number of pages, and of answers that are unknown to the run.
    async fn pass(&mut self) -> std::result::Result<(u32, u64), End> {
        let (mut pages, mut new) = (AnswerPages::new(self.client, &self.prokey), 0);
        while let Some(page) = pages.next().await? {
            for answer in page.into_iter().filter(|answer| self.filter.accepts(answer)) {
                match self.numbers.remove(&*answer.id) {
                    Some(number) => self.pass_on(element(number, answer)).await?,
                    None => new += 1,
                }
            }
        }
        Ok((pages.read, new))
    }

    async fn pass_on(&self, arrival: Arrival) -> std::result::Result<(), End> {
        self.to.send(Ok(arrival)).await.map_err(|_| End::Unread)
    }
}

fn element(number: u64, answer: Answer) -> Arrival {
    let text = Ok(Arc::new(Source::new(format!("RSVP answer {}", one_line(&answer.id)), answer.delivered())));
    Arrival::Element(Box::new(InputElement { number, answer: Some(answer.id), text, note: None }))
}
