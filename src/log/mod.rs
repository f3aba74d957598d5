//! The in-memory index of a store: event columns, dictionaries, postings, and the traits by which
//! analyses read payloads and side tables. Knows no file format and no thread.
