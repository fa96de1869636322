//! Reads the RSVP answers of an event, page by page.

use std::collections::HashSet;

use crate::core::account::{AccountFailure, Answer};

use super::client::AccountClient;
use super::reads::Pages;

/// The answers to an event. New ones may arrive while the pages are read, which moves others to the next page.
#[derive(Debug)]
pub struct AnswerPages<'c, 'r> {
    pages: Pages<'c, 'r>,
    /// The number of pages read so far.
    pub read: u32,
    ids: HashSet<String>,
}

impl<'c, 'r> AnswerPages<'c, 'r> {
    pub fn new(client: &'c AccountClient<'r>, prokey: &str) -> Self {
        // A short page may not be the last: the page size may differ from the documented one.
        let pages = Pages::new(client, &format!("/rsvp-answers/{prokey}"), 1);
        Self { pages, read: 0, ids: HashSet::new() }
    }

    /// Whether no answer was read.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The answers on the next page that were on no earlier page. None at the end: at a page without new answers, or at one
    /// that does not exist.
    pub async fn next(&mut self) -> Result<Option<Vec<Answer>>, AccountFailure> {
        let Some(items) = self.pages.next().await? else { return Ok(None) };
        self.read += 1;
        let mut answers = items.into_iter().map(Answer::read).collect::<Result<Vec<_>, _>>()?;
        answers.retain(|answer| self.ids.insert(answer.id.clone()));
        Ok((!answers.is_empty()).then_some(answers))
    }
}
