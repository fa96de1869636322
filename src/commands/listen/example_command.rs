//! A command to copy that sends a request to the listener.

use crate::commands::args::DataArgs;
use crate::commands::context::Context;
use crate::core::export::shell_word;
use crate::core::model::Webhook;
use crate::core::received::{ExpectedRequest, Matcher};
use crate::core::request::{Element, mismatches};

/// Sends the request of the first active webhook without environment variables; a `curl` command if there is none.
pub(super) fn any_request(cx: &Context, matcher: Option<&Matcher<'_>>, url: &str) -> String {
    let first = matcher.and_then(|matcher| {
        let mut usable = matcher.sample_requests().filter(|(webhook, _)| webhook.active.value);
        usable.find(|(_, sample)| {
            let request = sample.request();
            sample.unset().is_empty() && request.target_text(true) == request.target_text(false)
        })
    });
    match first {
        Some((webhook, sample)) => fire_command(cx, &webhook.handle.value, &[], sample, url),
        None => format!("curl --data hello {url}/"),
    }
}

/// The arguments of `hooks fire` after the handle that send this element.
pub(super) fn fire_words(webhook: &Webhook, data: &DataArgs, element: &Element) -> Vec<String> {
    let reasons = mismatches(webhook, webhook.trigger.value, webhook.trigger_element.value, element);
    let mut words = data.words();
    words.extend((!reasons.is_empty()).then(|| "--force".to_owned()));
    words
}

pub(super) fn fire_command(
    cx: &Context,
    webhook: &str,
    words: &[String],
    expectation: &ExpectedRequest,
    url: &str,
) -> String {
    let file = cx.file.as_ref().map(|file| ["--file".to_owned(), file.display().to_string()]);
    let to = format!("{url}{}", expectation.request().target_text(true));
    let mut all = vec!["hooks".to_owned(), "fire".to_owned(), webhook.to_owned()];
    all.extend_from_slice(words);
    all.extend(file.into_iter().flatten().chain(["--to".to_owned(), to]));
    all.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}
