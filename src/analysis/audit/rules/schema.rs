//! Payloads that changed so that readers break.

use hashbrown::HashMap;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::Severity;
use super::super::rule::Rule;
use crate::analysis::bodies::{EACH, GroupIx, Kind, PathIx, Shape};
use crate::analysis::schema::{
    Change, ChangeKind, Compatibility, Disagreement, Strategy, TypeSchema, Verdict, VersionSchema,
    changes,
};
use crate::analysis::words::{grouped, many};
use crate::model::{EventIx, Task};

/// A field that changed its type from one version to the next.
pub(super) const INCOMPATIBLE: Rule = Rule {
    name: "schema-incompatible",
    severity: Severity::Warning,
    title: "Field changed type between versions",
    about: "A field of an event type has another type from one version on, so that neither can readers of the old version read new events nor readers of the new one old events. The evidence are the last event before and the first one after.",
    why: "Every handler that reads the field fails or reads nonsense on one side of the change, unless it asks for the version.",
    advice: "Add an upcaster that brings old events up to date when they are read, or record a new type (…V2) beside the old one.",
    example: "In UserCreated, /name is a string up to v2 and an object from v3 on.",
    find: incompatible,
};

/// A step that neither readers of the old version nor of the new one survive.
pub(super) const BREAKING: Rule = Rule {
    name: "schema-breaking-step",
    severity: Severity::Warning,
    title: "Versions cannot be read by each other's readers",
    about: "From one version of an event type to the next, fields that were always there went and others came that are always there, or were demanded: readers of the new version miss something in old events, and readers of the old one in new events. Fields that changed their type are told as that. The evidence are the last event before and the first one after.",
    why: "Every handler that knows one version only fails on the other one, in a replay at the latest.",
    advice: "Keep the old field beside the new one for a time, make new fields optional, or bring old events up to date when they are read (an upcaster).",
    example: "In CustomerRegistered, version 2 has /email where version 1 had /mail.",
    find: breaking,
};

/// A field with two types within one version.
pub(super) const MIXED: Rule = Rule {
    name: "schema-mixed-types",
    severity: Severity::Warning,
    title: "Field has two types within one version",
    about: "Events of one type and version have values of different types in one field. The evidence are the first event of each.",
    why: "Nothing in the event says which of the two to expect: a reader finds out when it fails.",
    advice: "Make the producer write what the version promises; give the other form a version of its own, and an upcaster.",
    example: "In CardIssued v1, /limits/daily is a number in 12 events and a string in 7.",
    find: mixed,
};

/// A registered schema that events do not keep to.
pub(super) const REGISTRY: Rule = Rule {
    name: "schema-registry-disagrees",
    severity: Severity::Warning,
    title: "Events differ from the registered schema",
    about: "The store holds a schema for a type and version, and events of it have other types or lack what it requires.",
    why: "Whoever trusts the registry, code generators among them, reads something else than what is there.",
    advice: "Register what is written, or write what is registered. Check events against the schema before they are recorded.",
    example: "CardIssued v1: /limits/daily is registered as number, and events have string.",
    find: registry,
};

/// A type that changed without a version.
pub(super) const NO_STRATEGY: Rule = Rule {
    name: "no-schema-strategy",
    severity: Severity::Info,
    title: "Payloads change and no version says so",
    about: "The payloads of an event type changed for good at some event in a way that not all readers bear, and its events carry no schema version.",
    why: "A reader cannot know which form it has before it, but by trying.",
    advice: "Write a schema version into the metadata of each event from now on, and upcast what has none.",
    example: "OrderPlaced has /currency from #1204 on and carries no version.",
    find: no_strategy,
};

fn incompatible(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for kind in &facts.schemas.types {
        for (at, pair) in kind.versions.windows(2).enumerate() {
            let changes = kind.verdicts[at].changes.iter();
            for change in changes.filter(|change| change.kind == ChangeKind::Retyped) {
                retyped(proofs, kind, change, [&pair[0], &pair[1]]);
            }
            for (before, change) in come_back(&kind.versions[..at], [&pair[0], &pair[1]]) {
                retyped(proofs, kind, &change, [before, &pair[1]]);
            }
        }
    }
    Ok(())
}

/// Fields that come back with another type than they had in a version before the last: no step says so, and
/// a log is read from its beginning.
fn come_back<'a>(
    before: &'a [VersionSchema],
    [last, now]: [&VersionSchema; 2],
) -> Vec<(&'a VersionSchema, Change)> {
    let has = |version: &VersionSchema, path: &str| {
        let mut fields = version.fields.iter();
        fields.any(|field| field.path == path)
    };
    let mut found: Vec<(&VersionSchema, Change)> = Vec::new();
    for version in before.iter().rev() {
        for change in changes(&version.fields, &now.fields) {
            let is_told = |(_, told): &(&VersionSchema, Change)| told.path == change.path;
            let is_back = change.kind == ChangeKind::Retyped && !has(last, &change.path);
            if is_back && !found.iter().any(is_told) {
                found.push((version, change));
            }
        }
    }
    found
}

fn retyped(
    proofs: &mut Proofs<'_>,
    kind: &TypeSchema,
    change: &Change,
    [before, after]: [&VersionSchema; 2],
) {
    proofs.show(before.last, || {
        format!("last of version {}", before.version)
    });
    proofs.show(after.first, || {
        format!("first of version {}", after.version)
    });
    proofs.count_more(1);
    proofs.about(format!("{} {}", kind.name, change.path));
    proofs.found(|_| {
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        format!(
            "In {}, {} is {} up to version {} and {} from version {} on.",
            kind.name,
            change.path,
            word(&change.from),
            before.version,
            word(&change.to),
            after.version,
        )
    });
}

fn breaking(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for kind in &facts.schemas.types {
        let steps = kind.verdicts.iter().zip(kind.versions.windows(2));
        let breaks = |verdict: &Verdict| {
            let mut changes = verdict.changes.iter();
            verdict.verdict == Compatibility::None
                && !changes.any(|change| change.kind == ChangeKind::Retyped)
        };
        // Without a version it is told as a change of the type.
        let steps = steps.filter(|(verdict, pair)| breaks(verdict) && pair[1].declared);
        for (verdict, pair) in steps {
            proofs.show(pair[0].last, || format!("last of version {}", verdict.from));
            proofs.show(pair[1].first, || format!("first of version {}", verdict.to));
            proofs.count_more(1);
            proofs.about(format!("{} version {}", kind.name, verdict.to));
            proofs.found(|_| {
                let of = |kinds: &[ChangeKind]| {
                    let changes = verdict.changes.iter();
                    let own = changes.filter(|change| kinds.contains(&change.kind));
                    own.map(|change| change.path.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                format!(
                    "In {}, version {} demands {} and has no {}, which version {} always had.",
                    kind.name,
                    verdict.to,
                    of(&[ChangeKind::AddedRequired, ChangeKind::MadeRequired]),
                    of(&[ChangeKind::RemovedRequired, ChangeKind::MadeOptional]),
                    verdict.from,
                )
            });
        }
    }
    Ok(())
}

/// The class of values at a place: types that a reader has to tell apart.
fn class(bits: u16) -> Option<&'static str> {
    let names = Kind::of(bits).map(Kind::json_type);
    let mut names: Vec<&str> = names
        .filter(|name| *name != "null")
        .map(|name| if name == "integer" { "number" } else { name })
        .collect();
    names.dedup();
    match names[..] {
        [] => None,
        [only] => Some(
            ["boolean", "number", "string", "object", "array"]
                .into_iter()
                .find(|name| *name == only)
                .unwrap_or("string"),
        ),
        _ => Some("several"),
    }
}

/// Where values of one class were seen: the first event, and how many there are.
type Seen = Vec<(&'static str, EventIx, u64)>;

fn mixed(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let shapes = facts.bodies.shapes();
    let mut places: HashMap<(GroupIx, PathIx), Seen> = HashMap::new();
    for shape in shapes.all() {
        for (path, bits) in &shape.places {
            // Items of a list may well be of several types.
            if shapes.paths.key(*path) == EACH {
                continue;
            }
            let Some(class) = class(*bits) else { continue };
            note(
                places.entry((shape.group, *path)).or_default(),
                class,
                shape,
            );
        }
    }
    let mut found: Vec<(&str, String, GroupIx, Seen)> = Vec::new();
    for ((group, path), mut seen) in places {
        if seen.len() < 2 {
            continue;
        }
        seen.sort_by_key(|(_, first, _)| *first);
        let of = &shapes.groups()[group.0 as usize];
        let name = facts.whole.log.type_name(of.event_type);
        found.push((name, shapes.paths.pointer(path), group, seen));
    }
    found.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    for (name, path, group, seen) in found {
        // Without a version it is told as a change of the type, where it is one.
        if has_eras(facts, name) && shapes.groups()[group.0 as usize].version.is_none() {
            continue;
        }
        let version = shapes.groups()[group.0 as usize].version.as_deref();
        let wrong = wrong(facts, name, version, &path, &seen);
        for (class, first, _) in &seen {
            proofs.show(*first, || format!("{path} is {class}"));
        }
        proofs.count_more(wrong);
        proofs.about(format!("{name} {path}"));
        proofs.found(|_| {
            let told = seen.iter().map(|(class, _, events)| {
                format!(
                    "{class} in {}",
                    many(*events, "event", "events").unwrap_or_default()
                )
            });
            let told: Vec<String> = told.collect();
            let version = version.map_or(String::new(), |version| format!(" version {version}"));
            format!("In {name}{version}, {path} is {}.", told.join(" and "))
        });
    }
    Ok(())
}

/// How many events are the wrong ones: those that a registered schema does not allow, else the fewer.
fn wrong(facts: &Facts<'_>, name: &str, version: Option<&str>, path: &str, seen: &Seen) -> u64 {
    let mut types = facts.schemas.types.iter();
    let registry = types.find(|kind| kind.name == name).map(|kind| {
        let own = kind.registry.iter();
        let mut own = own.filter(|one| version.is_none_or(|version| one.version == version));
        own.find(|one| one.is_about(path) && !one.is_missing())
    });
    let of = |(class, _, events): &(&'static str, EventIx, u64)| match registry.flatten() {
        Some(one) if one.is_of_type(class) => Some(*events),
        _ => None,
    };
    let differ: u64 = seen.iter().filter_map(of).sum();
    let fewest = seen.iter().map(|(_, _, events)| *events).min();
    match differ {
        0 => fewest.unwrap_or(0),
        differ => differ,
    }
}

fn note(seen: &mut Seen, class: &'static str, shape: &Shape) {
    match seen.iter_mut().find(|(own, ..)| *own == class) {
        Some((_, first, events)) => {
            *first = shape.first.min(*first);
            *events += shape.events;
        }
        None => seen.push((class, shape.first, shape.events)),
    }
}

fn has_eras(facts: &Facts<'_>, name: &str) -> bool {
    let mut types = facts.schemas.types.iter();
    types.any(|kind| {
        kind.name == name
            && kind
                .versions
                .iter()
                .filter(|version| !version.declared)
                .count()
                > 1
    })
}

/// The first event of a type that a registered schema does not fit, and how many there are.
fn offending(facts: &Facts<'_>, kind: &TypeSchema, one: &Disagreement) -> Option<(EventIx, u64)> {
    let shapes = facts.bodies.shapes();
    let mut versions = kind.versions.iter();
    let version = versions.find(|version| version.version == one.version)?;
    let is_own = |shape: &&Shape| {
        let group = &shapes.groups()[shape.group.0 as usize];
        let declared = group.version.as_deref();
        facts.whole.log.type_name(group.event_type) == kind.name
            && declared.map_or(!version.declared, |own| own == one.version)
            && (version.first..=version.last).contains(&shape.first)
    };
    let offends = |shape: &&Shape| {
        let mut there = shape.places.iter();
        let at = |path: &PathIx| one.is_about(&shapes.paths.pointer(*path));
        match one.is_missing() {
            true => !there.any(|(path, _)| at(path)),
            false => there.any(|(path, bits)| {
                Kind::of(*bits).any(|kind| one.is_of_type(kind.json_type())) && at(path)
            }),
        }
    };
    let found: Vec<&Shape> = (shapes.all().iter().filter(is_own))
        .filter(offends)
        .collect();
    let first = found.iter().map(|shape| shape.first).min()?;
    Some((first, found.iter().map(|shape| shape.events).sum()))
}

fn registry(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    for kind in &facts.schemas.types {
        for (at, one) in kind.registry.iter().enumerate() {
            let (first, events) = match offending(facts, kind, one) {
                Some((first, events)) => (Some(first), events),
                None => (None, 1),
            };
            if let Some(first) = first.filter(|_| at < 3) {
                proofs.show(first, || {
                    format!("{}: {} against {}", one.path, one.registered, one.seen)
                });
            }
            proofs.count_more(events);
        }
        proofs.about(&*kind.name);
        proofs.found(|count| {
            let first = &kind.registry[0];
            let more = match kind.registry.len() as u64 {
                1 => String::new(),
                places => format!(", and {} more places differ", grouped(places - 1)),
            };
            let events = many(count, "event", "events").unwrap_or_default();
            format!(
                "{} version {}: {} is registered as {}, and events show {}{more} ({events}).",
                kind.name, first.version, first.path, first.registered, first.seen
            )
        });
    }
    Ok(())
}

/// Whether a type changed so that readers break, and some of its forms carry no version.
fn is_unsaid(kind: &TypeSchema) -> bool {
    kind.strategy == Strategy::None && !kind.versions.iter().all(|version| version.declared)
}

fn no_strategy(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let types = facts.schemas.types.iter();
    let mut names: Vec<&str> = Vec::new();
    for kind in types.filter(|kind| is_unsaid(kind)) {
        names.push(&kind.name);
        let later = kind
            .versions
            .iter()
            .skip(1)
            .find(|version| !version.declared);
        if let Some(version) = later {
            proofs.noted(version.first, || {
                format!("{} has another form from here on", kind.name)
            });
        }
    }
    proofs.found(|_| {
        format!(
            "These types changed, and their events carry no version: {}.",
            names.join(", ")
        )
    });
    Ok(())
}
