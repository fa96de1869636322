//! Requests that `hooks listen` recorded, for `hooks history`, `match` and `replay`.

use std::str::FromStr;

use crate::core::history::{Fidelity, Reception, Recorded};
use crate::core::request::{Override, PreparedRequest};
use crate::core::secrets::Redactor;
use crate::core::text::list;
use crate::io::history::History;

use super::error::{Result, refused};

/// The ID of a record: `12` is a delivery, `r12` a received request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordId {
    Delivery(i64),
    Received(i64),
}

impl RecordId {
    pub(super) fn delivery(self) -> Option<i64> {
        match self {
            Self::Delivery(id) => Some(id),
            Self::Received(_) => None,
        }
    }

    pub(super) fn received(self) -> Option<i64> {
        match self {
            Self::Received(id) => Some(id),
            Self::Delivery(_) => None,
        }
    }
}

impl FromStr for RecordId {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || {
            "expected a number for a delivery, or `r` and a number for a received request, e.g. `r12`"
                .to_owned()
        };
        let (make, digits): (fn(i64) -> Self, _) = match text.strip_prefix('r') {
            Some(digits) => (Self::Received, digits),
            None => (Self::Delivery, text),
        };
        digits.parse().map(make).map_err(|_| wrong())
    }
}

pub(super) fn reception(history: Option<&History>, id: i64) -> Result<Recorded<Reception>> {
    let unknown = || {
        refused(format!("the history has no received request r{id}"))
            .help("`hooks history --received` lists them")
    };
    history.ok_or_else(unknown)?.get(id)?.ok_or_else(unknown)
}

/// The request that replays a received request to this URL.
pub(super) fn replayed(
    own: &Recorded<Reception>,
    to: &Override,
    without_masked: bool,
) -> Result<PreparedRequest> {
    const FORWARD: &str = "use `hooks listen --forward URL` to forward requests unchanged as they arrive";
    let refuse = |message: &str, help: &str| {
        Err(refused(format!("cannot replay request r{}: {message}", own.id)).help(help.to_owned()))
    };
    match own.body_fidelity {
        Fidelity::AsSent => {}
        Fidelity::Masked => return refuse("secrets are masked in its recorded body", FORWARD),
        Fidelity::Truncated => return refuse("its recorded body is truncated", FORWARD),
    }
    if !own.masked.is_empty() && !without_masked {
        let names: Vec<String> = own.masked.iter().map(|name| name.to_ascii_lowercase()).collect();
        return refuse(
            &format!("its record omits {}, which may be secret", list(&names, "and")),
            &format!("use `--force` to send it without masked headers; {FORWARD}"),
        );
    }
    let received = own.received();
    received.replayed_to(&received.url_at(to), &Redactor::default()).or_else(|why| refuse(&why, FORWARD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_received_request_begins_with_r() {
        assert_eq!("12".parse(), Ok(RecordId::Delivery(12)));
        assert_eq!("r12".parse(), Ok(RecordId::Received(12)));
        for wrong in ["", "r", "x1", "1r", "r-", "rr1"] {
            assert!(wrong.parse::<RecordId>().is_err(), "{wrong}");
        }
    }
}
