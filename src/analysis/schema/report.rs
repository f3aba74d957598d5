//! What is said of schemas.

use serde::Serialize;

use super::changes::changes;
use super::registry::{Disagreement, Registered, disagreements};
use super::strategy::{Strategy, strategy};
use super::verdict::Compatibility;
use super::version::{Verdict, VersionSchema};
use crate::log::{AsOf, Log};
use crate::model::PositionName;

/// The schemas of a store as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchemaReport {
    /// The moment.
    pub as_of: AsOf,
    /// By name.
    pub types: Vec<TypeSchema>,
}

/// An event type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeSchema {
    /// Its name.
    pub name: String,
    /// Its versions, oldest first.
    pub versions: Vec<VersionSchema>,
    /// Each step from one version to the next.
    pub verdicts: Vec<Verdict>,
    /// How it evolves.
    pub strategy: Strategy,
    /// Versions written side by side.
    pub mixed: Vec<Mixed>,
    /// What a registry says otherwise.
    pub registry: Vec<Disagreement>,
}

/// An older version that was still written after a newer one had begun.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mixed {
    /// The older version.
    pub older: String,
    /// The newer one.
    pub newer: String,
    /// The first event of the newer version.
    pub from: PositionName,
    /// The last event of the older one.
    pub to: PositionName,
}

pub(super) fn of_type(
    log: &Log,
    name: &str,
    versions: Vec<VersionSchema>,
    registered: &[Registered],
    names: &[&str],
) -> TypeSchema {
    let mut verdicts = Vec::new();
    for (at, pair) in versions.windows(2).enumerate() {
        let found = changes(&pair[0].fields, &pair[1].fields);
        let verdict = Compatibility::of(&found);
        let against = versions[..=at].iter();
        let against: Vec<Compatibility> = against
            .map(|earlier| Compatibility::of(&changes(&earlier.fields, &pair[1].fields)))
            .collect();
        let backward = against.iter().all(|one| one.is_backward());
        let forward = against.iter().all(|one| one.is_forward());
        verdicts.push(Verdict {
            from: pair[0].version.clone(),
            to: pair[1].version.clone(),
            backward: verdict.is_backward(),
            forward: verdict.is_forward(),
            full: verdict == Compatibility::Full,
            verdict,
            transitive: match (backward, forward) {
                (true, true) => Compatibility::Full,
                (true, false) => Compatibility::Backward,
                (false, true) => Compatibility::Forward,
                (false, false) => Compatibility::None,
            },
            changes: found,
        });
    }
    let mixed = versions
        .windows(2)
        .filter(|pair| pair[0].last > pair[1].first);
    let mixed = mixed.map(|pair| Mixed {
        older: pair[0].version.clone(),
        newer: pair[1].version.clone(),
        from: log.position_name(pair[1].first),
        to: log.position_name(pair[0].last),
    });
    TypeSchema {
        name: name.to_owned(),
        mixed: mixed.collect(),
        strategy: strategy(name, &versions, &verdicts, names),
        registry: disagreements(name, &versions, registered),
        versions,
        verdicts,
    }
}
