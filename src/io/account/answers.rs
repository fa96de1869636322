//! Reads the RSVP answers of an event, page by page.

use std::collections::HashSet;

use crate::core::account::{AccountFailure, Answer};

use super::client::AccountClient;
use super::reads::Pages;

/// The answers of an event. While they are read, new ones may arrive, which moves others to the next page.
#[derive(Debug)]
pub struct AnswerPages<'c, 'r> {
    pages: Pages<'c, 'r>,
    /// How many pages were read.
    pub read: u32,
    ids: HashSet<String>,
}

impl<'c, 'r> AnswerPages<'c, 'r> {
    pub fn new(client: &'c AccountClient<'r>, prokey: &str) -> Self {
        // A short page is not taken for the last, since its size may differ from the documented one.
        let pages = Pages::new(client, &format!("/rsvp-answers/{prokey}"), 1);
        Self { pages, read: 0, ids: HashSet::new() }
    }

    /// Whether no answer was read.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The answers of the next page that no page before had. None at the end: after a page without any, or that does not
    /// exist.
    pub async fn next(&mut self) -> Result<Option<Vec<Answer>>, AccountFailure> {
        let Some(items) = self.pages.next().await? else { return Ok(None) };
        self.read += 1;
        let mut answers = items.into_iter().map(Answer::read).collect::<Result<Vec<_>, _>>()?;
        answers.retain(|answer| self.ids.insert(answer.id.clone()));
        Ok((!answers.is_empty()).then_some(answers))
    }
}
