//! Why an edit was refused. Whatever the reason, the text that was given is as it was.

use std::fmt;
use std::sync::Arc;

use crate::core::diagnostic::Diagnostic;
use crate::core::text::{Source, Span};

/// Why an edit was refused; spans are bytes of the text without its byte-order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// The text is no valid TOML, so nothing in it is touched.
    Syntax {
        /// The parser's words.
        message: String,
        /// Where.
        span: Option<Span>,
    },
    /// The block to put in is no valid TOML, or does not fit where it is to stand.
    Block {
        /// The parser's words.
        message: String,
        /// Where, in bytes of the block.
        span: Option<Span>,
    },
    /// The block to put in does not define the webhook, or defines more.
    OtherContent {
        /// The webhook that the block is to define.
        handle: String,
    },
    /// No webhook has that handle.
    UnknownWebhook {
        /// The handle asked for.
        handle: String,
        /// Those that there are, in the order of the file.
        known: Vec<String>,
    },
    /// The new handle is in use.
    HandleTaken {
        /// The handle.
        handle: String,
        /// Where it is used.
        span: Option<Span>,
    },
    /// What is written there cannot be edited in place.
    Refused {
        /// What stands in the way.
        construct: String,
        /// Where.
        span: Option<Span>,
    },
    /// A header or body in list form, of which single fields are not edited.
    List {
        /// What is written as a list.
        construct: String,
        /// The webhook.
        handle: String,
        /// Where.
        span: Option<Span>,
    },
    /// The edit would have changed more, or other things, than what was asked for.
    Unfaithful {
        /// What was asked for, in words.
        change: String,
    },
}

impl EditError {
    /// The stable name of this kind of refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } | Self::Block { .. } => "syntax",
            Self::OtherContent { .. } => "block-content",
            Self::UnknownWebhook { .. } => "unknown-webhook",
            Self::HandleTaken { .. } => "handle-taken",
            Self::Refused { .. } | Self::List { .. } => "edit-refused",
            Self::Unfaithful { .. } => "edit-unfaithful",
        }
    }

    /// Where in the text that was to be edited.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Syntax { span, .. }
            | Self::HandleTaken { span, .. }
            | Self::Refused { span, .. }
            | Self::List { span, .. } => span.clone(),
            _ => None,
        }
    }

    /// The way out.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Syntax { .. } => Some("correct the file by hand, then try again".to_owned()),
            Self::Block { .. } => Some("correct the block, then try again".to_owned()),
            Self::OtherContent { handle } => Some(format!(
                "keep `{handle}` and nothing else in the block; `hooks rename` changes a handle"
            )),
            Self::UnknownWebhook { handle, known } => {
                let known = known.iter().map(String::as_str);
                Some(match crate::core::text::nearest(handle, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`hooks list` shows them all".to_owned(),
                })
            }
            Self::HandleTaken { .. } => Some("choose another handle".to_owned()),
            Self::List { handle, .. } => {
                Some(format!("`hooks edit {handle} --editor` opens the block; the file is unchanged"))
            }
            Self::Refused { .. } | Self::Unfaithful { .. } => {
                Some("make this change by hand in your editor; the file is as it was".to_owned())
            }
        }
    }

    /// The same as a finding about the file.
    pub fn to_diagnostic(&self, source: &Arc<Source>) -> Diagnostic {
        let finding = Diagnostic::error(self.code(), self.to_string()).maybe_help(self.help());
        match self.span() {
            // The lines of a list of headers may hold credentials.
            Some(span) if matches!(self, Self::List { .. }) => finding.at_hidden(source, span),
            Some(span) => finding.at(source, span),
            None => finding,
        }
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message, .. } => write!(f, "not valid TOML: {message}"),
            Self::Block { message, .. } => write!(f, "the block is not valid TOML: {message}"),
            Self::OtherContent { handle } => write!(f, "the block does not define `{handle}` alone"),
            Self::UnknownWebhook { handle, .. } => write!(f, "no webhook has the handle `{handle}`"),
            Self::HandleTaken { handle, .. } => write!(f, "the handle `{handle}` is in use"),
            Self::Refused { construct, .. } | Self::List { construct, .. } => {
                write!(f, "cannot edit in place: {construct}")
            }
            Self::Unfaithful { change } => {
                write!(f, "could not {change} without changing something else as well")
            }
        }
    }
}

impl std::error::Error for EditError {}
