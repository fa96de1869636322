//! Assumptions about the platform where no public source describes it: a default behaviour and its alternatives.

use std::fmt;

use crate::core::text::{list, nearest};

/// Defines an enum for each assumption, with the default first, and a struct that contains them all.
macro_rules! assumptions {
    ($(
        #[doc = $question:literal]
        $field:ident $name:literal: $kind:ident { $first:ident = $first_value:literal $(, $variant:ident = $value:literal)+ $(,)? }
    )+) => {
        $(
            #[doc = $question]
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
            pub enum $kind {
                #[default]
                $first,
                $($variant,)+
            }

            impl $kind {
                pub fn as_str(self) -> &'static str {
                    match self {
                        Self::$first => $first_value,
                        $(Self::$variant => $value,)+
                    }
                }

                fn parse(value: &str) -> Option<Self> {
                    match value {
                        $first_value => Some(Self::$first),
                        $($value => Some(Self::$variant),)+
                        _ => None,
                    }
                }
            }
        )+

        /// The assumed behaviour.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Assumptions {
            $(
                #[doc = $question]
                pub $field: $kind,
            )+
        }

        impl Assumptions {
            /// Every assumption, in the order of the platform's documentation.
            pub const ALL: &'static [Assumption] = &[
                $(Assumption {
                    name: $name,
                    question: $question.trim_ascii(),
                    values: &[$first_value $(, $value)+],
                },)+
            ];

            /// The value of the assumption with this name.
            pub fn get(&self, name: &str) -> Option<&'static str> {
                match name {
                    $($name => Some(self.$field.as_str()),)+
                    _ => None,
                }
            }

            pub fn set(&mut self, name: &str, value: &str) -> Result<(), AssumptionError> {
                let known = match name {
                    $($name => $kind::parse(value).map(|value| self.$field = value).is_some(),)+
                    _ => return Err(AssumptionError::UnknownName(name.to_owned())),
                };
                let all = Self::ALL.iter().find(|own| own.name == name);
                match all {
                    Some(own) if !known => {
                        Err(AssumptionError::UnknownValue { assumption: own, value: value.to_owned() })
                    }
                    _ => Ok(()),
                }
            }
        }
    };
}

/// An assumption about the platform.
#[derive(Debug)]
pub struct Assumption {
    pub name: &'static str,
    pub question: &'static str,
    /// The default first.
    pub values: &'static [&'static str],
}

assumptions! {
    /// What happens if a webhook is created without `method`?
    missing_method "missing-method": MissingMethod { Post = "post", Refuse = "refuse" }
    /// What is the status of the response to a create?
    create_status "create-status": CreateStatus { Ok = "200", Created = "201" }
    /// What is the type of the id in the response to a create?
    create_id "create-id": CreateId { Text = "text", Number = "number" }
    /// What does the response to an update or delete contain: `status` and `message`, only `status`, or nothing (204)?
    change_response "change-response": ChangeResponse { Message = "message", Status = "status", Empty = "empty" }
    /// What is the status of the response if fields are invalid or missing?
    invalid_field_status "invalid-field-status": InvalidFieldStatus { BadRequest = "400", Unprocessable = "422" }
    /// What is the response if a list has no entries: 404 `No entry found`, or `[]`?
    empty_list "empty-list": EmptyList { NotFound = "not-found", Empty = "empty" }
    /// What is the format of the body of a 404 response?
    not_found_body "not-found-body": NotFoundBody { Json = "json", Html = "html" }
    /// What happens if a body contains unknown or read-only fields?
    unknown_field "unknown-field": UnknownField { Ignore = "ignore", Refuse = "refuse" }
    /// What happens if the body for an event or group contains `status`, which cannot be set?
    status_field "status-field": StatusField { Ignore = "ignore", Refuse = "refuse" }
    /// What happens if an update of an event contains `event_group`?
    event_group_change "event-group-change": EventGroupChange { Refuse = "refuse", Ignore = "ignore" }
    /// What happens if a body refers to an id or prokey that does not exist?
    unknown_reference "unknown-reference": UnknownReference { Refuse = "refuse", Accept = "accept" }
    /// Do `header` and `body` in an update of a webhook replace the stored lists, or are they merged by key?
    webhook_lists "webhook-lists": WebhookLists { Replace = "replace", Merge = "merge" }
    /// Does an update that changes nothing set `date_updated` and fire webhooks?
    unchanged_update "unchanged-update": UnchangedUpdate { Fires = "fires", Silent = "silent" }
    /// What are the entries in the list of webhooks: objects with `id` and `name`, or ids?
    webhook_list "webhook-list": WebhookList { Named = "id-and-name", Ids = "ids" }
    /// Which events does a list with `from` and `to` contain: those that overlap that period, or those within it?
    event_range "event-range": EventRange { Overlapping = "overlapping", Within = "within" }
    /// What is returned as the latest webhook: the whole webhook, or its entry in the list?
    latest_webhook "latest-webhook": LatestWebhook { Whole = "whole", Entry = "entry" }
    /// What is returned as the latest RSVP answer: an object, or a list with one object?
    latest_answer "latest-answer": LatestAnswer { Object = "object", List = "list" }
    /// Does the list of RSVP answers contain those not confirmed yet?
    pending_answers "pending-answers": PendingAnswers { Hidden = "hidden", Listed = "listed" }
    /// What is the status of the response if the scope of the key is too narrow?
    scope_status "scope-status": ScopeStatus { Forbidden = "403", Unauthorized = "401" }
    /// Does the response to too many requests (429) contain `Retry-After`?
    retry_after "retry-after": RetryAfter { Sent = "sent", Absent = "absent" }
    /// Is `date_updated` set 100 ms after a create, without firing webhooks?
    touch_after_create "touch-after-create": TouchAfterCreate { Touched = "yes", Untouched = "no" }
    /// If an event is created with `new_event_group_name`, does `create` of the group fire, too?
    new_group "new-group": NewGroup { Fires = "fires", Silent = "silent" }
    /// If an event is created or deleted, does `update` of its group fire?
    group_of_event "group-of-event": GroupOfEvent { Silent = "silent", Fires = "fires" }
    /// If a group is deleted, does `delete` of each of its events fire?
    events_of_group "events-of-group": EventsOfGroup { Silent = "silent", Fires = "fires" }
    /// If a style or template is deleted, does `update` of each event and group that used it fire?
    users_of_template "users-of-template": UsersOfTemplate { Silent = "silent", Fires = "fires" }
    /// When does `create` fire for a sign-up with double opt-in: on confirmation, or on submission?
    double_opt_in "double-opt-in": DoubleOptIn { Confirmation = "confirmation", Submission = "submission" }
    /// If an unconfirmed answer expires, does `delete` fire?
    expired_answer "expired-answer": ExpiredAnswer { Silent = "silent", Fires = "fires" }
    /// What does a second sign-up with the same email address do: nothing, change the first answer, or add another?
    second_sign_up "second-sign-up": SecondSignUp { Ignored = "ignored", Changes = "changes", Adds = "adds" }
    /// Which deliveries set `last_execution` of a webhook: all, or only successful ones?
    last_execution "last-execution": LastExecution { Every = "every-delivery", Succeeded = "successful-delivery" }
    /// Do the public endpoints send CORS headers?
    cors "cors": Cors { Sent = "sent", Absent = "absent" }
}

#[derive(Debug, Clone)]
pub enum AssumptionError {
    UnknownName(String),
    UnknownValue { assumption: &'static Assumption, value: String },
}

impl fmt::Display for AssumptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name) => write!(f, "unknown assumption `{name}`"),
            Self::UnknownValue { assumption, value } => {
                write!(f, "invalid value `{value}` of the assumption `{}`", assumption.name)
            }
        }
    }
}

impl std::error::Error for AssumptionError {}

impl AssumptionError {
    pub fn help(&self) -> String {
        match self {
            Self::UnknownName(name) => {
                match nearest(name, Assumptions::ALL.iter().map(|assumption| assumption.name)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`GET /_emulator/assumptions` lists all of them".to_owned(),
                }
            }
            Self::UnknownValue { assumption, .. } => {
                let values: Vec<String> = assumption.values.iter().map(|value| (*value).to_owned()).collect();
                format!("use {}", list(&values, "or"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_an_assumption_can_be_set_and_the_first_is_the_default() {
        for assumption in Assumptions::ALL {
            assert!(assumption.question.ends_with('?'), "{assumption:?}");
            let mut own = Assumptions::default();
            assert_eq!(own.get(assumption.name), Some(assumption.values[0]));
            for value in assumption.values {
                own.set(assumption.name, value).unwrap();
                assert_eq!(own.get(assumption.name), Some(*value));
            }
            let others = |own: &Assumptions| {
                let rest = Assumptions::ALL.iter().filter(|other| other.name != assumption.name);
                rest.map(|other| own.get(other.name)).collect::<Vec<_>>()
            };
            assert_eq!(others(&own), others(&Assumptions::default()), "{} changes others", assumption.name);
        }
    }

    #[test]
    fn an_unknown_name_or_value_is_an_error_that_suggests_known_ones() {
        let mut own = Assumptions::default();
        let error = own.set("create-statos", "201").unwrap_err();
        assert_eq!(error.to_string(), "unknown assumption `create-statos`");
        assert_eq!(error.help(), "did you mean `create-status`?");
        let error = own.set("create-status", "202").unwrap_err();
        assert_eq!(error.to_string(), "invalid value `202` of the assumption `create-status`");
        assert_eq!(error.help(), "use `200` or `201`");
        assert_eq!(own, Assumptions::default());
    }
}
