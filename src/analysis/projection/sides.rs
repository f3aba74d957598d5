//! Two states side by side, as rows: what differs with its place, what does not as far as it helps to
//! find one's way.

use std::collections::BTreeMap;

use serde_json::Value;

use super::differ::same;
use super::script::{entries, mark, members};
use crate::analysis::replay::Change;
use crate::model::json::pointer;

/// Rows at most.
const MOST: usize = 2_000;

/// Of what has more children than so many only those are shown that differ.
const FEW: usize = 12;

/// What stands on one side of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Side {
    /// Nothing is there.
    Nothing,
    /// A value to be shown as it is.
    Value(Value),
    /// An object with so many fields.
    Object(usize),
    /// An array of so many items.
    Array(usize),
    /// What JSON has no words for: `NaN`, or `Map` with how many entries.
    Odd(String, Option<usize>),
}

/// A place in two states.
#[derive(Clone, Debug, PartialEq)]
pub struct SideRow {
    /// How deep it stands.
    pub depth: u8,
    /// Its name; empty for the whole.
    pub key: String,
    /// Where it stands, as a JSON pointer.
    pub path: String,
    /// What the first state has.
    pub before: Side,
    /// What the second has.
    pub after: Side,
    /// How they differ there.
    pub change: Option<Change>,
}

/// Two states side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sides {
    /// The rows.
    pub rows: Vec<SideRow>,
    /// How many places differ, by how they do.
    counts: [usize; 3],
}

impl Sides {
    /// Of two states, as [`super::Worded::whole`] has them; none is one that is not there.
    #[must_use]
    pub fn of(before: Option<&Value>, after: Option<&Value>) -> Self {
        let mut sides = Self::default();
        sides.visit((String::new(), String::new()), 0, before, after);
        sides
    }

    /// How many places differ in this way.
    #[must_use]
    pub const fn count(&self, change: Change) -> usize {
        self.counts[change as usize]
    }

    fn visit(
        &mut self,
        (key, path): (String, String),
        depth: u8,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        if self.rows.len() >= MOST {
            return;
        }
        let is_same = match (before, after) {
            (Some(before), Some(after)) => same(before, after),
            _ => false,
        };
        let within = children(before, after).filter(|_| depth == 0 || !is_same);
        let change = match (before, after) {
            _ if is_same || within.is_some() => None,
            (None, None) => None,
            (None, _) => Some(Change::Added),
            (_, None) => Some(Change::Removed),
            _ => Some(Change::Changed),
        };
        if let Some(change) = change {
            self.counts[change as usize] += 1;
        }
        if depth > 0 || within.is_none() {
            let most = if within.is_some() { 0 } else { FEW };
            self.rows.push(SideRow {
                depth: depth.saturating_sub(1),
                key,
                path: path.clone(),
                before: side(before, most),
                after: side(after, most),
                change,
            });
        }
        let Some(within) = within else { return };
        let many = depth > 0 && within.len() > FEW;
        for (key, before, after) in within {
            if many
                && before
                    .zip(after)
                    .is_some_and(|(before, after)| same(before, after))
            {
                continue;
            }
            let mut path = path.clone();
            pointer::push(&mut path, &key);
            self.visit((key, path), depth.saturating_add(1), before, after);
        }
    }
}

type Child<'v> = (String, Option<&'v Value>, Option<&'v Value>);

/// What stands in two containers of one kind, in the order of the first. One that is not there holds
/// nothing.
fn children<'v>(before: Option<&'v Value>, after: Option<&'v Value>) -> Option<Vec<Child<'v>>> {
    if before.and_then(mark).or(after.and_then(mark)).is_some() {
        return entries_of(before?, after?);
    }
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let further = after.keys().filter(|key| !before.contains_key(*key));
            let all = before.keys().chain(further);
            Some(
                all.map(|key| (key.clone(), before.get(key), after.get(key)))
                    .collect(),
            )
        }
        (None, Some(Value::Object(only))) => {
            let all = only.iter();
            Some(
                all.map(|(key, value)| (key.clone(), None, Some(value)))
                    .collect(),
            )
        }
        (Some(Value::Object(only)), None) => {
            let all = only.iter();
            Some(
                all.map(|(key, value)| (key.clone(), Some(value), None))
                    .collect(),
            )
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            let all = 0..before.len().max(after.len());
            Some(
                all.map(|at| (at.to_string(), before.get(at), after.get(at)))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// What two Maps or two Sets have; none where they differ in their order only.
fn entries_of<'v>(before: &'v Value, after: &'v Value) -> Option<Vec<Child<'v>>> {
    if mark(before) != mark(after) {
        return None;
    }
    let all = [members(before)?, members(after)?];
    let [before, after] = &all;
    let [by_key, then_by_key] = [before, after].map(|side| {
        let side = side.iter().map(|(key, value)| (key.as_str(), *value));
        side.collect::<BTreeMap<&str, &'v Value>>()
    });
    let further = after
        .iter()
        .filter(|(key, _)| !by_key.contains_key(key.as_str()));
    let entries = before.iter().chain(further).map(|(key, _)| {
        let of = |side: &BTreeMap<&str, &'v Value>| side.get(key.as_str()).copied();
        (key.clone(), of(&by_key), of(&then_by_key))
    });
    let entries: Vec<Child<'v>> = entries.collect();
    let differs = |(_, before, after): &Child<'_>| match (before, after) {
        (Some(before), Some(after)) => !same(before, after),
        _ => true,
    };
    entries.iter().any(differs).then_some(entries)
}

/// A value as it is, but for containers of more than so many: those are only counted.
fn side(value: Option<&Value>, most: usize) -> Side {
    if let Some(value) = value
        && let Some(what) = mark(value)
    {
        return Side::Odd(what.to_owned(), entries(value));
    }
    match value {
        None => Side::Nothing,
        Some(Value::Object(fields)) if fields.len() > most => Side::Object(fields.len()),
        Some(Value::Array(items)) if items.len() > most => Side::Array(items.len()),
        Some(value) => Side::Value(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_stands_with_its_place() {
        let many: serde_json::Map<String, Value> =
            (0..20).map(|n| (format!("m{n}"), json!(n))).collect();
        let mut changed = many.clone();
        changed.insert("m7".to_owned(), json!(-7));
        changed.insert("new".to_owned(), json!(1));
        let before = json!({ "a": 1.0, "gone": [1], "many": many, "list": [1, 2] });
        let after = json!({ "a": 1, "many": changed, "list": [1, 2, 3] });
        let sides = Sides::of(Some(&before), Some(&after));
        let rows = sides.rows.iter().map(|row| (row.path.as_str(), row.change));
        let expected = [
            ("/a", None),
            ("/gone", Some(Change::Removed)),
            ("/many", None),
            ("/many/m7", Some(Change::Changed)),
            ("/many/new", Some(Change::Added)),
            ("/list", None),
            ("/list/0", None),
            ("/list/1", None),
            ("/list/2", Some(Change::Added)),
        ];
        assert_eq!(rows.collect::<Vec<_>>(), expected);
        assert_eq!(sides.rows[2].after, Side::Object(21));
        let all = [Change::Changed, Change::Added, Change::Removed];
        assert_eq!(all.map(|change| sides.count(change)), [1, 2, 1]);
        // A state that is no object is one row, and so is one that is not there.
        assert_eq!(Sides::of(Some(&json!(1)), Some(&json!(2))).rows.len(), 1);
        assert_eq!(Sides::of(None, Some(&json!({ "a": 1 }))).rows[0].path, "/a");
    }

    #[test]
    fn entries_of_maps_stand_below_them() {
        let map = |of: Value| json!({ "m": { "\0as": "Map", "of": of } });
        let of = |a: Value, b: Value| {
            let sides = Sides::of(Some(&map(a)), Some(&map(b)));
            let rows = sides.rows.into_iter().map(|row| (row.path, row.change));
            rows.collect::<Vec<_>>()
        };
        let changed = Some(Change::Changed);
        let found = of(json!([[1, 1], [2, 2]]), json!([[1, 1], [2, 3]]));
        let expected = [("/m", None), ("/m/1", None), ("/m/2", changed)];
        assert_eq!(
            found,
            expected.map(|(path, change)| (path.to_owned(), change))
        );
        let turned = of(json!([[1, 1], [2, 2]]), json!([[2, 2], [1, 1]]));
        assert_eq!(turned, [("/m".to_owned(), changed)]);
    }

    proptest! {
        #[test]
        fn a_state_beside_itself_differs_nowhere(n in 0..40_usize) {
            let value = json!({ "list": (0..n).collect::<Vec<_>>(), "in": { "n": n } });
            let sides = Sides::of(Some(&value), Some(&value));
            prop_assert_eq!(sides.counts, [0, 0, 0]);
            prop_assert!(sides.rows.iter().all(|row| row.change.is_none()));
        }
    }
}
