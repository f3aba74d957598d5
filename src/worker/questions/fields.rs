//! A state as rows: objects and arrays that fold, each row with what the last event did to it. A row
//! holds a pointer, its text is read off the state when it is drawn. Pure.

#[cfg(test)]
mod tests;

use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use super::shown_state::leafwise;
use crate::analysis::replay::{Change, Difference, Node, StateAt, View, diff, pointer};

/// Objects with more fields than this are closed at first.
const OPEN_FIELDS: usize = 24;
/// Objects below this depth are closed at first.
const OPEN_DEPTH: u16 = 2;

/// Whether what is inside a row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// It is.
    Open,
    /// It is previewed on the row.
    Closed,
}

impl Fold {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Open => Self::Closed,
            Self::Closed => Self::Open,
        }
    }
}

/// What the user folded, by pointer, whatever the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    chosen: HashMap<String, Fold>,
    /// Whether fields that were removed earlier are listed.
    earlier: Option<Fold>,
}

impl Folds {
    /// Opens what is closed and closes what is open.
    pub fn toggle(&mut self, pointer: &str, now: Fold) {
        self.chosen.insert(pointer.to_owned(), now.other());
    }

    /// Lists or hides the fields that were removed earlier.
    pub fn toggle_earlier(&mut self) {
        self.earlier = Some(self.earlier.unwrap_or(Fold::Closed).other());
    }

    fn shows_earlier(&self) -> bool {
        self.earlier == Some(Fold::Open)
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// An object with fields.
    Object(Fold),
    /// An array with elements.
    Array(Fold),
    /// Anything else that is there.
    Leaf,
    /// A field that was removed.
    Removed,
    /// How many fields were removed earlier; opens the list of them.
    Earlier(usize),
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRow {
    /// Where in the state; empty for [`FieldKind::Earlier`].
    pub pointer: String,
    /// Levels of nesting.
    pub depth: u16,
    /// What it is.
    pub kind: FieldKind,
    /// Fields that an object holds at present.
    pub fields: usize,
    /// What the last event did to it.
    pub mark: Option<Change>,
    /// The difference that says so, if it is about this very row.
    pub difference: Option<usize>,
}

/// How many leaves the last event changed, added, removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Given another value.
    pub changed: usize,
    /// Written for the first time, or again after they were removed.
    pub added: usize,
    /// Removed.
    pub removed: usize,
}

/// A state as rows, and what the last event did.
#[derive(Debug, Default)]
pub struct FieldRows {
    /// The rows.
    pub rows: Vec<FieldRow>,
    /// What the last event did, at the topmost places.
    pub differences: Vec<Difference>,
    /// What it did, in figures.
    pub touched: Touched,
    /// The rows by their pointers.
    places: HashMap<String, usize>,
}

impl FieldRows {
    /// The rows of a state.
    #[must_use]
    pub fn build(at: &StateAt, folds: &Folds) -> Self {
        let differences = diff(at.before.tree(), at.tree());
        let mut touched = Touched::default();
        for difference in leafwise(differences.clone()) {
            match difference.kind {
                Change::Changed => touched.changed += 1,
                Change::Added => touched.added += 1,
                Change::Removed => touched.removed += 1,
            }
        }
        let (mut rows, earlier) = walk(at, &differences, folds);
        if earlier > 0 {
            rows.push(FieldRow {
                pointer: String::new(),
                depth: 0,
                kind: FieldKind::Earlier(earlier),
                fields: 0,
                mark: None,
                difference: None,
            });
        }
        let places = rows.iter().zip(0..);
        let places = places.filter(|(row, _)| !row.pointer.is_empty());
        Self {
            places: places.map(|(row, at)| (row.pointer.clone(), at)).collect(),
            rows,
            differences,
            touched,
        }
    }

    /// The row of a pointer, where it is shown.
    #[must_use]
    pub fn row_of(&self, pointer: &str) -> Option<usize> {
        self.places.get(pointer).copied()
    }
}

/// The rows, and how many fields were removed earlier.
fn walk(at: &StateAt, differences: &[Difference], folds: &Folds) -> (Vec<FieldRow>, usize) {
    let mut walk = Walk::new(differences, folds);
    for (key, node) in at.tree().children() {
        walk.field(key, node, 0, None);
    }
    (walk.rows, walk.earlier)
}

struct Walk<'a> {
    folds: &'a Folds,
    differences: &'a [Difference],
    by_path: HashMap<&'a str, usize>,
    /// Objects that hold a difference somewhere inside.
    touched: HashSet<&'a str>,
    pointer: String,
    rows: Vec<FieldRow>,
    earlier: usize,
}

impl<'a> Walk<'a> {
    fn new(differences: &'a [Difference], folds: &'a Folds) -> Self {
        let paths = differences
            .iter()
            .map(|difference| difference.path.as_str());
        let touched = paths
            .clone()
            .flat_map(|path| path.match_indices('/').map(move |(end, _)| &path[..end]))
            .filter(|path| !path.is_empty());
        Self {
            folds,
            differences,
            by_path: paths.clone().zip(0..).collect(),
            touched: touched.collect(),
            pointer: String::new(),
            rows: Vec::new(),
            earlier: 0,
        }
    }

    fn field(&mut self, key: &str, node: &Node, depth: u16, inherited: Option<Change>) {
        let length = self.pointer.len();
        pointer::push(&mut self.pointer, key);
        let difference = self.by_path.get(self.pointer.as_str()).copied();
        let mark = difference.map_or(inherited, |at| Some(self.differences[at].kind));
        match node.view() {
            View::Removed => self.removed(depth, mark.filter(|_| difference.is_some()), difference),
            View::Object => self.object(node, depth, mark, difference),
            View::Leaf(Value::Array(items)) if !items.is_empty() => {
                self.array(items, depth, mark, difference);
            }
            View::Leaf(_) => self.push(depth, FieldKind::Leaf, mark, difference),
        }
        self.pointer.truncate(length);
    }

    fn removed(&mut self, depth: u16, mark: Option<Change>, difference: Option<usize>) {
        if mark.is_none() {
            self.earlier += 1;
        }
        if mark.is_some() || self.folds.shows_earlier() {
            self.push(depth, FieldKind::Removed, mark, difference);
        }
    }

    fn object(&mut self, node: &Node, depth: u16, mark: Option<Change>, difference: Option<usize>) {
        let fields = node.children().count();
        if fields == 0 {
            return self.push(depth, FieldKind::Leaf, mark, difference);
        }
        let small = depth < OPEN_DEPTH && fields <= OPEN_FIELDS;
        let usual = if small || self.touched.contains(self.pointer.as_str()) {
            Fold::Open
        } else {
            Fold::Closed
        };
        let fold = self.fold(usual);
        let live = node.children().filter(|(_, child)| child.is_live()).count();
        self.push_object(depth, FieldKind::Object(fold), live, mark, difference);
        if fold == Fold::Open {
            for (key, child) in node.children() {
                self.field(key, child, depth.saturating_add(1), mark);
            }
        }
    }

    fn array(
        &mut self,
        items: &[Value],
        depth: u16,
        mark: Option<Change>,
        difference: Option<usize>,
    ) {
        let fold = self.fold(Fold::Closed);
        self.push(depth, FieldKind::Array(fold), mark, difference);
        if fold == Fold::Open {
            let items = items.iter().enumerate();
            self.elements(items.map(|(at, item)| (at.to_string(), item)), depth + 1);
        }
    }

    /// What is inside an array: plain values, without blame of their own.
    fn elements<'v>(&mut self, items: impl Iterator<Item = (String, &'v Value)>, depth: u16) {
        for (key, value) in items {
            let length = self.pointer.len();
            pointer::push(&mut self.pointer, &key);
            match value {
                Value::Array(items) if !items.is_empty() => {
                    self.array(items, depth, None, None);
                }
                Value::Object(map) if !map.is_empty() => {
                    let fold = self.fold(Fold::Closed);
                    self.push_object(depth, FieldKind::Object(fold), map.len(), None, None);
                    if fold == Fold::Open {
                        let items = map.iter().map(|(key, value)| (key.clone(), value));
                        self.elements(items.collect::<Vec<_>>().into_iter(), depth + 1);
                    }
                }
                _ => self.push(depth, FieldKind::Leaf, None, None),
            }
            self.pointer.truncate(length);
        }
    }

    fn fold(&self, usual: Fold) -> Fold {
        let chosen = self.folds.chosen.get(self.pointer.as_str());
        chosen.copied().unwrap_or(usual)
    }

    fn push(
        &mut self,
        depth: u16,
        kind: FieldKind,
        mark: Option<Change>,
        difference: Option<usize>,
    ) {
        self.push_object(depth, kind, 0, mark, difference);
    }

    fn push_object(
        &mut self,
        depth: u16,
        kind: FieldKind,
        fields: usize,
        mark: Option<Change>,
        difference: Option<usize>,
    ) {
        self.rows.push(FieldRow {
            pointer: self.pointer.clone(),
            depth,
            kind,
            fields,
            mark,
            difference,
        });
    }
}
