//! Simulated systems keep the laws of their trade, and the truth about a store is what a recount of
//! its rows comes to, wherever a recount is easy.

#![allow(clippy::unwrap_used)]

#[path = "simulate/clean.rs"]
mod clean;
#[path = "simulate/counts.rs"]
mod counts;
#[path = "simulate/faults.rs"]
mod faults;
#[path = "simulate/formats.rs"]
mod formats;
#[path = "simulate/sagas.rs"]
mod sagas;
#[path = "simulate/states.rs"]
mod states;
#[path = "simulate/store.rs"]
mod store;
#[path = "simulate/trouble.rs"]
mod trouble;
