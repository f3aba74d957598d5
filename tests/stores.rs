//! Stores that real libraries wrote, and what those libraries say is in them.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

#[path = "stores/made.rs"]
mod made;
#[path = "stores/opened.rs"]
mod opened;

#[path = "stores/applications.rs"]
mod applications;
#[path = "stores/articles.rs"]
mod articles;
#[path = "stores/beside.rs"]
mod beside;
#[path = "stores/carriers.rs"]
mod carriers;
#[path = "stores/documented.rs"]
mod documented;
#[path = "stores/eventsourcing.rs"]
mod eventsourcing;
#[path = "stores/folders.rs"]
mod folders;
#[path = "stores/foreign.rs"]
mod foreign;
#[path = "stores/guessed.rs"]
mod guessed;
#[path = "stores/guide.rs"]
mod guide;
#[path = "stores/hostile.rs"]
mod hostile;
#[path = "stores/json_layouts.rs"]
mod json_layouts;
#[path = "stores/keyless.rs"]
mod keyless;
#[path = "stores/large.rs"]
mod large;
#[path = "stores/libraries.rs"]
mod libraries;
#[path = "stores/lists.rs"]
mod lists;
#[path = "stores/mended.rs"]
mod mended;
#[path = "stores/odd.rs"]
mod odd;
#[path = "stores/passed_on.rs"]
mod passed_on;
#[path = "stores/public.rs"]
mod public;
#[path = "stores/rows.rs"]
mod rows;
#[path = "stores/runs.rs"]
mod runs;
#[path = "stores/tenants.rs"]
mod tenants;
#[path = "stores/together.rs"]
mod together;
#[path = "stores/unknown.rs"]
mod unknown;
#[path = "stores/varied.rs"]
mod varied;
#[path = "stores/vocabulary.rs"]
mod vocabulary;
