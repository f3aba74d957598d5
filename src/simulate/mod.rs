//! Writes stores whose truth is known, by a seed.
//!
//! # How it works
//!
//! ```text
//!  scenario ── record ──▶ log's writer ──▶ relay ──▶ broker ──▶ consumers
//!     ▲                        │             │                   │   │
//!     └──────── agenda ◀───────┼─────────────┼─── handled at ────┘   │
//!                              ▼             ▼                       ▼
//!                        rows of all tables, in batches ──▶ SQLite, JSON lines, CloudEvents
//!                              │
//!                           witness ──▶ the truth
//! ```
//!
//! A **scenario** (`scenarios/`) is a [`kernel::World`], which says what there is (services, consumers,
//! event types with their schemas, a read model, a process, snapshots), and a [`kernel::Story`], which
//! says what happens: tasks on one **agenda**, worked off in order of time, that record events and plan
//! what follows. The **kernel** knows no scenario. Its [`kernel`] `System` gives each event its
//! position, version, id and stamps, and lets everybody hear of it.
//!
//! A **consumer** is a queue with one server. So it is known at once when it will be done with an event
//! that it is given, and a service's reaction is planned for just then; what it writes down waits until
//! its time has come. Relay and broker only say when an event can be had.
//!
//! A **fault** (`fault/`) is part of a plan that is drawn from the seed before anything happens. It is
//! carried out where such things happen: at the log's writer (`kernel/mishap.rs`), at a clock, at the
//! relay, at a consumer, at the writer of a side table (`kernel/beside.rs`). No scenario knows of
//! faults, so each works in all that have the place for it. What faults draw is drawn apart from the
//! story's chance: they change what happens to the story and not the story.
//!
//! The **witness** (`truth/`) sees what is recorded, after what went wrong, and writes the truth down:
//! what was done, what belongs to the story, and the right answers at ten moments. It never asks an
//! analysis: what the analyses are judged by may not be computed by them.
//!
//! Rows go in batches through a bounded channel to a **sink** (`output/`) on another thread, so that a
//! store of any size is written in little memory. Entities that have come to their end are sealed and
//! forgotten.
//!
//! How large a story is told is found by **rehearsing** it (`sizing.rs`): it runs without anything being
//! written down until it comes to nearly as many events as are asked for.
//!
//! Integers only, so that every machine writes the same store. May use `model` and SQLite for writing;
//! nothing here reads a store.

mod chance;
mod fault;
mod json;
mod kernel;
mod output;
mod projections;
mod samples;
mod scenarios;
mod simulation;
mod sizing;
mod truth;
mod whole;

pub use chance::{Rng, Seed};
pub use fault::{Dose, DoseError, Fault, Faults, Given};
pub use kernel::Totals;
pub use output::{Format, Table, Tables};
pub use projections::PROJECTIONS;
pub use samples::{SAMPLES, Sample};
pub use scenarios::Scenario;
pub use simulation::{Missed, SimulateError, Simulation, Size, Target};
