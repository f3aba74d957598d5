//! Versions of a type that declares none: the times between which its payloads changed for good.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::analysis::bodies::{Kind, PathIx, Paths, Shape};
use crate::model::EventIx;

/// A change counts where so many events stand on each side of it.
const ENOUGH: u64 = 5;

/// Kinds as far as they make a difference: a number is a number, and null stands for anything.
fn class(bits: u16) -> u16 {
    let mut classes = 0;
    for kind in Kind::of(bits) {
        classes |= match kind.json_type() {
            "null" => 0,
            "boolean" => 1,
            "integer" | "number" => 2,
            "string" => 4,
            "object" => 8,
            _ => 16,
        };
    }
    classes
}

/// Cuts the shapes of one type where a field came to stay, went for good, or has had another type ever
/// since. Each shape lies wholly on one side of each such cut.
pub(super) fn eras<'a>(shapes: Vec<&'a Shape>, paths: &Paths, root: PathIx) -> Vec<Vec<&'a Shape>> {
    if are_alternatives(&shapes, paths, root) {
        return vec![shapes];
    }
    let mut places: HashMap<PathIx, BTreeSet<u16>> = HashMap::new();
    for shape in &shapes {
        for (path, bits) in &shape.places {
            places.entry(*path).or_default().insert(class(*bits));
        }
    }
    let mut cuts: BTreeSet<EventIx> = BTreeSet::new();
    for (path, classes) in &places {
        let of = |shape: &&&Shape| {
            let at = shape.places.binary_search_by_key(path, |place| place.0);
            at.ok().map(|at| class(shape.places[at].1))
        };
        // Having it against not having it, and each type against all others.
        cuts.extend(cut(&shapes, |shape| of(&shape).is_some()));
        if classes.len() > 1 {
            for own in classes {
                cuts.extend(cut(&shapes, |shape| of(&shape) == Some(*own)));
            }
        }
    }
    let mut eras: Vec<Vec<&Shape>> = vec![Vec::new(); cuts.len() + 1];
    for shape in shapes {
        let era = cuts.iter().filter(|cut| **cut <= shape.first).count();
        eras[era].push(shape);
    }
    eras.retain(|era| !era.is_empty());
    eras
}

/// Whether each shape holds one object under one key and not all under the same: which of them came first says
/// nothing of a change (enums of Rust, `oneof` of protobuf).
fn are_alternatives(shapes: &[&Shape], paths: &Paths, root: PathIx) -> bool {
    let tag = |shape: &&Shape| {
        let places = shape.places.iter();
        let mut top = places.filter(|(path, _)| paths.parent(*path) == Some(root));
        match (top.next(), top.next()) {
            (Some((path, bits)), None) if *bits == Kind::Object.bit() => Some(*path),
            _ => None,
        }
    };
    let tags: Option<BTreeSet<PathIx>> = shapes.iter().map(tag).collect();
    tags.is_some_and(|tags| tags.len() > 1)
}

/// The first event behind a cut between the shapes of which `has` says yes and the others, if all of the
/// ones stand before all of the others.
fn cut(shapes: &[&Shape], has: impl Fn(&&Shape) -> bool) -> Option<EventIx> {
    let (yes, no): (Vec<&Shape>, Vec<&Shape>) =
        shapes.iter().copied().partition(|shape| has(shape));
    let events = |side: &[&Shape]| side.iter().map(|shape| shape.events).sum::<u64>();
    if events(&yes) < ENOUGH || events(&no) < ENOUGH {
        return None;
    }
    let first = |side: &[&Shape]| side.iter().map(|shape| shape.first).min();
    let last = |side: &[&Shape]| side.iter().map(|shape| shape.last).max();
    if last(&yes) < first(&no) {
        return first(&no);
    }
    (last(&no) < first(&yes)).then(|| first(&yes)).flatten()
}
