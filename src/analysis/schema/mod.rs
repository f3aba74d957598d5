//! Schemas of event types over time: what fields payloads have, by version, declared or inferred; what
//! changed from one to the next; who could read what; which way of evolving was taken; and what a registry
//! in the store says against what events look like.
//!
//! # How it works
//!
//! The pass over payloads ([`crate::analysis::bodies`]) leaves some dozens of shapes to a type. Here they are
//! put together: the shapes of one declared version, or of one **era** of a type that declares none
//! (`eras`), make up a [`VersionSchema`] (`fields`). Two of them side by side give [`Change`]s (`changes`),
//! and the changes a verdict by the table of the Confluent Schema Registry (`verdict`):
//!
//! | | may do | so that |
//! |---|---|---|
//! | backward | delete fields, add optional ones | readers of the new version read old events |
//! | forward | add fields, delete optional ones | readers of the old version read new events |
//! | full | add and delete optional fields | both |
//!
//! What only inference knows is told and judged with care: a field that was always there is required, since
//! nothing speaks against it; formats and enumerations are told as changes and decide nothing.

mod change;
mod changes;
mod eras;
mod export;
mod field;
mod fields;
mod moved;
mod registry;
mod report;
mod samples;
mod strategy;
#[cfg(test)]
mod tests;
mod upcaster;
mod verdict;
mod version;

use std::collections::BTreeMap;

pub use change::{Change, ChangeKind};
pub use changes::changes;
pub use export::json_schema;
pub use field::Field;
pub use registry::{Disagreement, Registered};
pub use report::{Mixed, SchemaReport, TypeSchema};
pub use strategy::Strategy;
pub use upcaster::upcaster;
pub use verdict::Compatibility;
pub use version::{Verdict, VersionSchema};

use super::bodies::Bodies;
use crate::log::{Cut, Log, PayloadReader};
use crate::model::{Cancelled, Task, TypeIx};

/// The schemas of all types, or of one, as of the cut by which `bodies` were gathered. The texts that a field
/// takes are left out where those who may read `shown` are not to see them.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub fn schemas(
    (log, cut): (&Log, &Cut),
    (bodies, shown): (&Bodies, &dyn PayloadReader),
    registered: &[Registered],
    only: Option<TypeIx>,
    task: &Task,
) -> Result<SchemaReport, Cancelled> {
    let mut groups: BTreeMap<&str, TypeIx> = BTreeMap::new();
    for group in bodies.shapes().groups() {
        if only.is_none_or(|only| only == group.event_type) {
            groups.insert(log.type_name(group.event_type), group.event_type);
        }
    }
    let names: Vec<&str> = {
        let all = bodies.shapes().groups().iter();
        all.map(|group| log.type_name(group.event_type)).collect()
    };
    let types = groups.into_iter().map(|(name, event_type)| {
        let mut versions = fields::versions(log, cut, bodies, event_type);
        samples::note((log, cut), bodies, shown, &mut versions, task)?;
        let mut own = report::of_type(log, name, versions, registered, &names);
        let fields = own.versions.iter_mut().flat_map(|own| &mut own.fields);
        for field in fields.filter(|field| shown.masks(name, &field.path)) {
            field.values.clear();
        }
        Ok(own)
    });
    Ok(SchemaReport {
        as_of: cut.as_of(log),
        types: types.collect::<Result<_, _>>()?,
    })
}
