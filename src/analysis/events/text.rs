//! Text in payloads and metadata, as it was decoded from the store.

use std::borrow::Cow;

use regex::bytes::{Regex, RegexBuilder};

use crate::log::{Body, Payload};
use crate::model::json::unescaped;

/// Text to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFilter {
    /// A part of the payload or the metadata.
    pub text: String,
    /// Whether capitals count.
    pub case: Case,
}

/// Whether capitals count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// `order` finds `Order`, in any script.
    #[default]
    Ignored,
    /// It does not.
    Exact,
}

/// A text made ready for the search.
pub(super) enum Needle {
    Found(Regex),
    /// No program can be made of it (it would be too large): compared as it is.
    Plain(Box<memchr::memmem::Finder<'static>>),
}

impl Needle {
    pub(super) fn new(filter: &TextFilter) -> Self {
        let regex = RegexBuilder::new(&regex::escape(&filter.text))
            .case_insensitive(filter.case == Case::Ignored)
            .size_limit(1 << 28)
            .build();
        regex.map_or_else(
            |_| {
                Self::Plain(Box::new(
                    memchr::memmem::Finder::new(&filter.text).into_owned(),
                ))
            },
            Self::Found,
        )
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Found(regex) => regex.is_match(bytes),
            Self::Plain(finder) => finder.find(bytes).is_some(),
        }
    }

    /// Whether what is stored as these bytes may match: it has the text, or escapes that may hide it.
    pub(super) fn may_be_in(&self, stored: &[u8]) -> bool {
        self.is_in(stored) || memchr::memchr(b'\\', stored).is_some()
    }

    pub(super) fn matches(&self, body: &Body) -> bool {
        self.is_in_payload(&body.data) || self.is_in_payload(&body.metadata)
    }

    /// In JSON both as written and with its escapes resolved: `Müller` finds `M\u00fcller`, which
    /// is how many libraries write it.
    fn is_in_payload(&self, payload: &Payload) -> bool {
        match payload {
            Payload::Absent => false,
            Payload::Opaque(bytes) => self.is_in(bytes),
            Payload::Viewed(viewed) if self.is_in(&viewed.stored) => true,
            Payload::Json(_) | Payload::Viewed(_) => {
                let written = payload.json().unwrap_or_default();
                self.is_in(written.as_bytes())
                    || matches!(unescaped(written), Cow::Owned(text) if self.is_in(text.as_bytes()))
            }
        }
    }
}
