//! What `hooks listen` received before: shown by `hooks history`, sent on by `hooks replay`.

use std::str::FromStr;

use crate::core::history::{Fidelity, Reception, Recorded};
use crate::core::request::{Override, PreparedRequest};
use crate::core::secrets::Redactor;
use crate::core::text::list;
use crate::io::history::History;

use super::error::{Result, refused};

/// What the history has under a name: `12` is a delivery, `r12` a request that was received.
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
        let wrong = || "a delivery is a number, a received request `r` and a number, as in `r12`".to_owned();
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
            .help("`hooks history --received` lists those that it has")
    };
    history.ok_or_else(unknown)?.get(id)?.ok_or_else(unknown)
}

/// The request to send on to this address, as it was received.
pub(super) fn again(
    own: &Recorded<Reception>,
    to: &Override,
    without_masked: bool,
) -> Result<PreparedRequest> {
    let refuse = |message: &str, help: &str| {
        Err(refused(format!("request r{}: {message}", own.id)).help(help.to_owned()))
    };
    let way_out = "`hooks listen --forward URL` passes requests on as they come, all of them";
    match own.body_fidelity {
        Fidelity::AsSent => {}
        Fidelity::Masked => return refuse("the recorded body holds masks in place of secrets", way_out),
        Fidelity::Truncated => return refuse("the body was too long to be recorded whole", way_out),
    }
    if !own.masked.is_empty() && !without_masked {
        let names: Vec<String> = own.masked.iter().map(|name| name.to_ascii_lowercase()).collect();
        let names = list(&names, "and");
        return refuse(
            &format!("the history does not have what {names} held: it may be secret"),
            "`--force` sends the request without them; `hooks listen --forward URL` passes requests on as they come",
        );
    }
    let received = own.received();
    match received.replayed_to(&received.url_at(to), &Redactor::default()) {
        Ok(request) => Ok(request),
        Err(why) => refuse(&why, way_out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_received_request_is_told_from_a_delivery_by_its_name() {
        assert_eq!("12".parse(), Ok(RecordId::Delivery(12)));
        assert_eq!("r12".parse(), Ok(RecordId::Received(12)));
        for wrong in ["", "r", "x1", "1r", "r-", "rr1"] {
            assert!(wrong.parse::<RecordId>().is_err(), "{wrong}");
        }
    }
}
