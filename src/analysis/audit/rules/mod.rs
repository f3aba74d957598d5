//! The rules, each a constant with a function from facts to findings; those that look at the same thing
//! share a file. A new rule is a constant and a line in [`RULES`].

mod causes;
mod clocks;
mod commands;
mod consumers;
mod content;
mod coupling;
mod habits;
mod ids;
mod order;
mod outbox;
mod payloads;
mod personal;
mod processed;
mod read_models;
mod schema;
mod snapshots;
mod streams;
mod versions;

pub use personal::personal_fields;

use super::rule::Rule;

/// All rules, in the order in which findings of one severity are told.
pub const RULES: &[&Rule] = &[
    &ids::DIFFERENT,
    &payloads::NOT_JSON,
    &payloads::DAMAGED,
    &versions::FORK,
    &causes::CYCLE,
    &order::BEFORE_CAUSE,
    &snapshots::DISAGREES,
    &ids::SAME,
    &content::NEW_ID,
    &versions::GAP,
    &order::LATE,
    &order::BACKWARDS,
    &causes::ORPHAN,
    &clocks::SKEW,
    &clocks::CONCURRENT,
    &processed::TWICE,
    &consumers::STALLED,
    &consumers::STOPPED,
    &consumers::REWOUND,
    &consumers::DEAD,
    &outbox::LOST,
    &outbox::OUTAGE,
    &outbox::REPEATED,
    &read_models::DRIFT,
    &commands::AS_EVENT,
    &streams::UNBOUNDED,
    &schema::INCOMPATIBLE,
    &schema::BREAKING,
    &schema::MIXED,
    &schema::REGISTRY,
    &habits::METADATA,
    &consumers::NO_DEAD_LETTERS,
    &coupling::ORDER,
    &schema::NO_STRATEGY,
    &personal::PERSONAL,
    &habits::CRUD,
];
