//! The life of an RSVP answer: sign-up, confirmation, change and expiry. No input or output, and no clock.

mod answer;
mod form;
mod submission;

#[cfg(test)]
mod tests;

pub use answer::{SignUp, expiry_trigger};
pub use form::{Form, Refusal};
pub use submission::{Accepted, CONFIRMATION_TIME, Circumstances, Submission};
