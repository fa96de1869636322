//! The life cycle of an RSVP answer: sign-up, confirmation, change and expiry.

mod answer;
mod form;
mod submission;

#[cfg(test)]
mod tests;

pub use answer::{SignUp, expiry_trigger};
pub use form::{Form, SignUpRefusal};
pub use submission::{CONFIRMATION_TIME, Circumstances, SignUpResult, Submission};
