//! What is wrong with the parts of a definition: judged here, once, for whoever prepares a request and for
//! whoever checks the file.

use url::Url;

use crate::core::diagnostic::{Diagnostic, Level};
use crate::core::model::Method;
use crate::core::text::{nearest, one_line};

use super::environment::Environment;
use super::header::{LONGEST_VALUE, MOST_HEADERS, SINGLE, forbidden_byte, name_problem};

/// What is wrong with one part of a definition, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// How much it matters.
    pub level: Level,
    /// Its stable kebab-case name.
    pub code: &'static str,
    /// What is wrong: a fragment.
    pub message: String,
    /// The ways out.
    pub helps: Vec<String>,
}

impl Judgement {
    /// One that forbids going on.
    pub fn error(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { level: Level::Error, code, message: message.into(), helps: vec![help.into()] }
    }

    /// One to go on with.
    pub fn warning(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, message, help) }
    }

    /// The same as a finding, without a place yet.
    pub fn into_diagnostic(self) -> Diagnostic {
        let finding = Diagnostic::new(self.level, self.code, self.message);
        self.helps.into_iter().fold(finding, Diagnostic::help)
    }
}

impl From<Judgement> for Diagnostic {
    fn from(judgement: Judgement) -> Self {
        judgement.into_diagnostic()
    }
}

pub(super) const ELEMENT_DATA: &str = "element_data";
const VALUES_ONLY: &str = "the braces are sent as they are: the platform is assumed to replace variables in header and body values only";

/// Whether a text has the form of a prokey, which is a UUID's.
pub fn is_prokey(text: &str) -> bool {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let is_right = |(index, byte): (usize, u8)| {
        if DASHES.contains(&index) { byte == b'-' } else { byte.is_ascii_hexdigit() }
    };
    text.len() == 36 && text.bytes().enumerate().all(is_right)
}

/// The name of a header.
pub fn header_name(name: &str) -> Option<Judgement> {
    name_problem(name).map(|(code, message, help)| Judgement::error(code, message, help))
}

/// A header of a name, in lower case, that stood before.
pub fn header_repeated(name: &str) -> Judgement {
    let message = format!("the header `{name}` is repeated; upper and lower case are the same");
    if SINGLE.contains(&name) {
        Judgement::error("header-repeated", message, "receivers disagree on which one counts: keep one")
    } else {
        Judgement::warning("header-repeated", message, "both are sent, in this order")
    }
}

/// More headers than a request may have.
pub fn too_many_headers(number: usize) -> Option<Judgement> {
    (number > MOST_HEADERS).then(|| {
        let message = format!("the webhook has {number} headers, more than {MOST_HEADERS}");
        Judgement::error("too-many-headers", message, "remove some, or send the values as body fields")
    })
}

/// A header's value, blanks around it taken off, as far as it is known; `whose` names the header and
/// `culprit` where the byte at an offset came from.
pub fn header_value(
    value: &str,
    whose: impl FnOnce() -> String,
    culprit: impl FnOnce(usize) -> String,
) -> Option<Judgement> {
    if let Some((offset, byte)) = forbidden_byte(value) {
        let whose = whose();
        let message = format!("{whose} would hold {byte} at byte {offset}{}", culprit(offset));
        let help = "no header can carry it: use a variable without line breaks, or a body field";
        return Some(Judgement::error("header-value-invalid", message, help));
    }
    (value.len() > LONGEST_VALUE).then(|| {
        let whose = whose();
        let message = format!("{whose} would be {} bytes long, more than {LONGEST_VALUE}", value.len());
        Judgement::error("header-value-too-long", message, "receivers refuse such headers: use a body field")
    })
}

/// A header's value that holds characters beyond ASCII.
pub fn header_non_ascii(name: &str, value: &str) -> Option<Judgement> {
    (!value.is_ascii()).then(|| {
        Judgement::warning(
            "header-non-ascii",
            format!("the header `{name}` holds characters beyond ASCII; they are sent as UTF-8"),
            "not every receiver reads them, nor is it known what the platform does: a body field is safe",
        )
    })
}

/// A body field with the key of an earlier one.
pub fn body_field_repeated(key: &str) -> Judgement {
    let message = format!("the body field `{}` is repeated", one_line(key));
    Judgement::warning(
        "body-field-repeated",
        message,
        "both are sent, in this order; most receivers read only the last",
    )
}

/// The key of a body field.
pub fn body_key(key: &str) -> Option<Judgement> {
    if key.contains("{{") || key.contains("${") {
        let message = "variables in the key of a body field are not replaced";
        return Some(Judgement::warning("variable-in-body-key", message, VALUES_ONLY));
    }
    (key == ELEMENT_DATA).then(|| {
        Judgement::warning(
            "element-data-hidden",
            "this body field takes the place of the element",
            "give it another key; what the platform does with this one is not documented",
        )
    })
}

/// A method that is not made for a body.
pub fn body_on(method: Method) -> Option<Judgement> {
    matches!(method, Method::Get | Method::Delete).then(|| {
        Judgement::warning(
            "body-on-get",
            format!("a body is sent with {method}, as the platform is assumed to do"),
            "many servers, caches and firewalls drop or reject it: prefer POST, PUT or PATCH",
        )
    })
}

/// A variable in the payload URL.
pub fn variable_in_url() -> Judgement {
    let help = format!("{VALUES_ONLY}; `${{NAME}}` from the environment works");
    Judgement::warning("variable-in-url", "variables in the payload URL are not replaced", help)
}

/// What is odd about an address that can be sent to.
pub fn address_oddities(url: &Url) -> Vec<Judgement> {
    let mut odd = Vec::new();
    if !url.username().is_empty() || url.password().is_some() {
        odd.push(user_info());
    }
    if url.fragment().is_some() {
        let message = "the part of the payload URL after `#` is never sent";
        odd.push(Judgement::warning("fragment-in-url", message, "take it out"));
    }
    odd
}

/// A user name or a password in the payload URL.
pub fn user_info() -> Judgement {
    Judgement::warning(
        "credentials-in-url",
        "the payload URL contains credentials",
        "they are sent as Basic authorization; an `Authorization` header with `${NAME}` keeps them out of the file",
    )
}

/// A variable other than `id` on a delete trigger.
pub fn variable_on_delete(name: &str) -> Judgement {
    Judgement::error(
        "variable-on-delete",
        format!("`{{{{{name}}}}}` cannot be used on delete"),
        "on a delete trigger `{{id}}` is the only variable; the whole element is sent as `element_data` all the same",
    )
}

/// A variable of the environment that is set to bytes which are not text.
pub fn environment_encoding(name: &str) -> Judgement {
    let message = format!("the value of the environment variable `{name}` is not UTF-8");
    Judgement::error("environment-encoding", message, "set it to UTF-8 text")
}

/// A variable of the environment that is empty, and where it is set.
pub fn environment_empty(name: &str, source: &str) -> Judgement {
    Judgement::warning(
        "environment-empty",
        format!("the environment variable `{name}` is empty"),
        format!("set a value in {source}; CI systems pass a missing secret as an empty string"),
    )
}

/// A variable of the environment that is not set.
pub fn environment_missing(name: &str, environment: &dyn Environment) -> Judgement {
    let near = nearest(name, environment.own_names()).map(|near| format!("did you mean `${{{near}}}`?"));
    let set = format!("set it in the environment, or as `{name}=…` in `{}`", environment.own_file());
    Judgement {
        helps: near.into_iter().chain([set]).collect(),
        ..Judgement::error("environment-missing", format!("the environment variable `{name}` is not set"), "")
    }
}
