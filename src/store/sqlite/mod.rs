//! Stores kept in an SQLite file: opening one without touching it, and reading it.

pub mod connect;
