//! Stores that real libraries wrote, and what those libraries say is in them.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

#[path = "stores/opened.rs"]
mod opened;

#[path = "stores/eventsourcing.rs"]
mod eventsourcing;
#[path = "stores/guessed.rs"]
mod guessed;
#[path = "stores/libraries.rs"]
mod libraries;
#[path = "stores/vocabulary.rs"]
mod vocabulary;
