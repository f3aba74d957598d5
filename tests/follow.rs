//! Stores that grow, shrink and are replaced while they are open.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

#[path = "stores/opened.rs"]
mod opened;

#[path = "follow/arrays.rs"]
mod arrays;
#[path = "follow/databases.rs"]
mod databases;
#[path = "follow/lines.rs"]
mod lines;
