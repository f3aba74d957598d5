//! Fields that went, of which the values stand in an object now.

use super::change::{Change, ChangeKind, NULL, types};
use super::field::Field;

/// Whether a path is inside of another.
fn is_inside(path: &str, holder: &str) -> bool {
    path.strip_prefix(holder)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// Where fields that went, or became objects, are likely to stand now: in what came or has another type. The
/// path is that of the new place.
pub(super) fn moved(found: &[Change], from: &[Field], to: &[Field]) -> Vec<Change> {
    use ChangeKind::{AddedOptional, AddedRequired, RemovedOptional, RemovedRequired, Retyped};
    let of = |kinds: &'static [ChangeKind]| {
        found
            .iter()
            .filter(move |change| kinds.contains(&change.kind))
    };
    let is_new = |field: &&Field| {
        of(&[AddedOptional, AddedRequired, Retyped]).any(|own| is_inside(&field.path, &own.path))
    };
    let new: Vec<&Field> = to.iter().filter(is_new).collect();
    let mut moved: Vec<Change> = Vec::new();
    for gone in of(&[RemovedOptional, RemovedRequired, Retyped]) {
        let Some(one) = from.iter().find(|field| field.path == gone.path) else {
            continue;
        };
        let is_free = |two: &&&Field| !moved.iter().any(|own| own.path == two.path);
        let mut places = new.iter().filter(is_free);
        let place = places.find_map(|two| Some((two, evidence(one, two, &new)?)));
        if let Some((two, evidence)) = place {
            moved.push(Change {
                path: two.path.clone(),
                kind: ChangeKind::Moved,
                from: Some(one.path.clone()),
                to: Some(two.words()),
                evidence: Some(evidence),
            });
        }
    }
    moved
}

/// Why a field is likely to be another one.
fn evidence(one: &Field, two: &Field, new: &[&Field]) -> Option<String> {
    let kinds = |field: &Field| types(field) & !NULL;
    if kinds(one) != kinds(two) || two.path.contains('*') {
        return None;
    }
    let name = |path: &str| path.rsplit('/').next().map(str::to_lowercase);
    let most = one.values.len().max(two.values.len());
    let values = two.values.iter();
    let shared = values.filter(|value| one.values.contains(value)).count();
    if shared * 2 > most {
        let share = shared * 100 / most;
        return Some(format!("same values as {}, {share} %", one.path));
    }
    if one.sample.like(&two.sample).is_some() {
        return Some(format!(
            "most values around the step are those of {}",
            one.path
        ));
    }
    // Lists of values that differ say more than a name.
    let differ = !one.values.is_empty() && !two.values.is_empty();
    if !differ && name(&one.path) == name(&two.path) {
        return Some(format!("the name of {}", one.path));
    }
    let mut inside = new.iter().filter(|own| is_inside(&own.path, &one.path));
    let is_only = inside
        .by_ref()
        .filter(|own| kinds(own) == kinds(one))
        .count()
        == 1;
    (is_only && is_inside(&two.path, &one.path))
        .then(|| format!("all that is of the type that {} was", one.path))
}
