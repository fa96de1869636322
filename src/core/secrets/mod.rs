//! Secrets: the names and texts that are credentials, the parts of headers, URLs, body fields and definitions files that
//! are masked, and the redactor, which masks known secrets in any text.

mod credential;
mod decode;
mod file;
mod forms;
mod layer;
mod mask;
mod numbers;
mod policy;
mod redactor;
mod search;
mod secret;
mod words;

pub use credential::{
    credentials, empty_parameter, environment_name, lacks_credential, typed_credential, url_credentials,
};
pub use file::{masked_text, may_hold_secret};
pub use mask::{joined, mask, shown_argument, shown_command, shown_field, shown_header, shown_url};
pub use policy::{UrlCredential, is_scheme, spans_in_field, spans_in_header, spans_in_url};
pub use redactor::Redactor;
pub use secret::{MASK, Secret};
pub use words::is_credential_name;
