//! What changed from one version to another.

use super::change::{Change, ChangeKind, NULL, types};
use super::field::Field;
use super::moved::moved;

/// What changed from the fields of one version to those of another, by path. Of what stands in a field that
/// came, went or has another type nothing is told apart.
#[must_use]
pub fn changes(from: &[Field], to: &[Field]) -> Vec<Change> {
    let find = |fields: &'_ [Field], path: &str| {
        let at = fields.binary_search_by(|field| field.path.as_str().cmp(path));
        at.ok()
    };
    let mut found: Vec<Change> = Vec::new();
    let mut paths: Vec<&str> = from
        .iter()
        .chain(to)
        .map(|field| field.path.as_str())
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let mut whole: Vec<&str> = Vec::new();
    for path in paths {
        if whole
            .iter()
            .any(|whole| path.starts_with(whole) && path[whole.len()..].starts_with('/'))
        {
            continue;
        }
        let one = find(from, path).map(|at| &from[at]);
        let two = find(to, path).map(|at| &to[at]);
        let Some(kind) = kind_of(one, two) else {
            continue;
        };
        if matches!(
            kind,
            ChangeKind::AddedRequired
                | ChangeKind::AddedOptional
                | ChangeKind::RemovedRequired
                | ChangeKind::RemovedOptional
                | ChangeKind::Retyped
        ) {
            whole.push(path);
        }
        found.push(Change {
            path: path.to_owned(),
            kind,
            from: one.map(Field::words),
            to: two.map(Field::words),
            evidence: None,
        });
    }
    let mut likely = renamed(&found, from, to);
    likely.extend(moved(&found, from, to));
    found.extend(likely);
    found
}

fn kind_of(one: Option<&Field>, two: Option<&Field>) -> Option<ChangeKind> {
    // No reader of a list minds that it is empty.
    let may_miss = |field: &Field| field.optional || field.path.ends_with("/*");
    let (one, two) = match (one, two) {
        (None, Some(two)) if may_miss(two) => return Some(ChangeKind::AddedOptional),
        (None, Some(_)) => return Some(ChangeKind::AddedRequired),
        (Some(one), None) if may_miss(one) => return Some(ChangeKind::RemovedOptional),
        (Some(_), None) => return Some(ChangeKind::RemovedRequired),
        (Some(one), Some(two)) => (one, two),
        (None, None) => return None,
    };
    let (a, b) = (types(one), types(two));
    if let Some(kind) = of_types(a, b) {
        return Some(kind);
    }
    match (one.optional, two.optional) {
        (false, true) => return Some(ChangeKind::MadeOptional),
        (true, false) => return Some(ChangeKind::MadeRequired),
        _ => {}
    }
    if one.format != two.format && a & 16 != 0 && b & 16 != 0 {
        return Some(ChangeKind::Format);
    }
    let chosen = !one.values.is_empty() && !two.values.is_empty();
    (chosen && one.values != two.values).then_some(ChangeKind::Values)
}

/// What was only ever null may be anything beside: who reads it bears what came or had been there, but who reads
/// that does not bear null.
fn of_types(a: u8, b: u8) -> Option<ChangeKind> {
    let beside = |own: u8, other: u8| if own == NULL { own | other } else { own };
    let (a, b) = (beside(a, b), beside(b, a));
    if a == b {
        return None;
    }
    Some(match a & b {
        both if both == a => ChangeKind::Widened,
        both if both == b => ChangeKind::Narrowed,
        _ => ChangeKind::Retyped,
    })
}

/// Fields that went beside fields that came: the same place, the same types, and values or names that are
/// alike.
fn renamed(found: &[Change], from: &[Field], to: &[Field]) -> Vec<Change> {
    let of = |fields: &'_ [Field], path: &str| fields.iter().position(|field| field.path == path);
    let gone = found.iter().filter(|change| {
        matches!(
            change.kind,
            ChangeKind::RemovedRequired | ChangeKind::RemovedOptional
        )
    });
    let mut renamed = Vec::new();
    for gone in gone {
        let came = found.iter().filter(|change| {
            matches!(
                change.kind,
                ChangeKind::AddedRequired | ChangeKind::AddedOptional
            )
        });
        for came in came {
            let (Some(one), Some(two)) = (of(from, &gone.path), of(to, &came.path)) else {
                continue;
            };
            if let Some(evidence) = alike(&from[one], &to[two]) {
                renamed.push(Change {
                    path: gone.path.clone(),
                    kind: ChangeKind::Renamed,
                    from: Some(gone.path.clone()),
                    to: Some(came.path.clone()),
                    evidence: Some(evidence),
                });
            }
        }
    }
    renamed
}

fn alike(one: &Field, two: &Field) -> Option<String> {
    if types(one) & !NULL != types(two) & !NULL {
        return None;
    }
    let parts = |path: &str| {
        let (holder, key) = path.rsplit_once('/').unwrap_or(("", path));
        (
            holder.to_owned(),
            key.to_lowercase().replace(['_', '-'], ""),
        )
    };
    let ((holder, name), (other_holder, other)) = (parts(&one.path), parts(&two.path));
    let shared = one
        .values
        .iter()
        .filter(|value| two.values.contains(value))
        .count();
    let most = one.values.len().max(two.values.len());
    if shared * 2 > most {
        return Some(format!("{shared} of {most} values are the same"));
    }
    if let Some((shared, most)) = one.sample.like(&two.sample) {
        return Some(format!(
            "{shared} of {most} values around the step are the same"
        ));
    }
    if name == other {
        return Some(match holder == other_holder {
            true => "the name is spelled otherwise".to_owned(),
            false => format!(
                "the same name in {}",
                if other_holder.is_empty() {
                    "/"
                } else {
                    &other_holder
                }
            ),
        });
    }
    if holder != other_holder {
        return None;
    }
    if let Some(format) = one
        .format
        .filter(|_| one.format == two.format && one.format != Some("decimal"))
    {
        return Some(format!(
            "both stand in the same place and are of the format {format}"
        ));
    }
    let within =
        name.len() >= 3 && other.contains(&name) || other.len() >= 3 && name.contains(&other);
    within.then(|| "both stand in the same place, and one name is part of the other".to_owned())
}
