//! Questions about stores, as the libraries that wrote them answered them, put to the program as people
//! run it: `asof … --json`. Stores that are not bundled are asked where `ASOF_PUBLIC_STORES` names
//! their folder.

// A step that fails is a failed test, in helpers as well.
#![allow(clippy::unwrap_used)]

#[path = "answers/asked.rs"]
mod asked;
#[path = "answers/bank.rs"]
mod bank;
#[path = "answers/ocel.rs"]
mod ocel;
#[path = "answers/temporal.rs"]
mod temporal;
