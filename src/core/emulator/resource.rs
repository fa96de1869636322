//! The resources of the REST API that can be created, read, changed and deleted.

use crate::core::catalog::{self, Variable};
use crate::core::model::TriggerElement;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    Webhook,
    Event,
    Group,
    Style,
    RsvpBlock,
    CtaBlock,
    Landingpage,
}

impl Resource {
    pub const ALL: [Self; 7] = [
        Self::Webhook,
        Self::Event,
        Self::Group,
        Self::Style,
        Self::RsvpBlock,
        Self::CtaBlock,
        Self::Landingpage,
    ];

    /// The first part of its path below `/v1/`.
    pub fn path(self) -> &'static str {
        self.trigger_element().map_or("webhook", catalog::api_path)
    }

    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.path() == path)
    }

    /// The trigger element; none for webhooks, which fire nothing themselves.
    pub fn trigger_element(self) -> Option<TriggerElement> {
        match self {
            Self::Webhook => None,
            Self::Event => Some(TriggerElement::Event),
            Self::Group => Some(TriggerElement::EventGroup),
            Self::Style => Some(TriggerElement::Style),
            Self::RsvpBlock => Some(TriggerElement::RsvpTemplate),
            Self::CtaBlock => Some(TriggerElement::CtaTemplate),
            Self::Landingpage => Some(TriggerElement::LandingpageTemplate),
        }
    }

    /// Whether paths and references use the prokey instead of the id.
    pub fn is_addressed_by_prokey(self) -> bool {
        self.trigger_element().is_some_and(TriggerElement::is_addressed_by_prokey)
    }

    /// The fields of its elements, each container before its fields.
    pub fn fields(self) -> &'static [Variable] {
        self.trigger_element().map_or(catalog::WEBHOOK, catalog::variables)
    }

    /// Fields that exist only in requests.
    pub(super) fn request_fields(self) -> &'static [Variable] {
        self.trigger_element().map_or(&[], catalog::request_fields)
    }

    /// The names of the fields in the order in which the API returns them, without `id` where it returns none.
    pub(super) fn read_order(self) -> Vec<&'static str> {
        match self.trigger_element() {
            Some(element) => catalog::read_order(element),
            None => {
                catalog::WEBHOOK.iter().map(|field| field.name).filter(|name| !name.contains('.')).collect()
            }
        }
    }
}
