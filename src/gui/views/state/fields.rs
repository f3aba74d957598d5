//! The state as rows: objects and arrays that fold, each row with what the last event did to it.
//! Built when the answer or the folding changes; a row holds a pointer, its text is read off the
//! state when it is drawn. Pure; nothing here draws.

use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use crate::analysis::replay::{Change, Difference, Node, StateAt, View, diff, pointer};

/// Objects with more fields than this are closed at first.
const OPEN_FIELDS: usize = 24;
/// Objects below this depth are closed at first.
const OPEN_DEPTH: u16 = 2;

/// Whether what is inside a row is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// It is.
    Open,
    /// It is previewed on the row.
    Closed,
}

impl Fold {
    const fn other(self) -> Self {
        match self {
            Self::Open => Self::Closed,
            Self::Closed => Self::Open,
        }
    }
}

/// What the user folded, by pointer, whatever the stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Folds {
    chosen: HashMap<String, Fold>,
    /// Whether fields that were removed earlier are listed.
    earlier: Option<Fold>,
    /// Counts the changes.
    pub changes: u64,
}

impl Folds {
    /// Opens what is closed and closes what is open.
    pub fn toggle(&mut self, pointer: &str, now: Fold) {
        self.chosen.insert(pointer.to_owned(), now.other());
        self.changes += 1;
    }

    /// Lists or hides the fields that were removed earlier.
    pub fn toggle_earlier(&mut self) {
        self.earlier = Some(self.earlier.unwrap_or(Fold::Closed).other());
        self.changes += 1;
    }

    fn shows_earlier(&self) -> bool {
        self.earlier == Some(Fold::Open)
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Row {
    /// Where in the state; empty for [`Kind::Earlier`].
    pub pointer: String,
    /// Levels of nesting.
    pub depth: u16,
    /// What it is.
    pub kind: Kind,
    /// What the last event did to it.
    pub mark: Option<Change>,
    /// The difference that says so, if it is about this very row.
    pub difference: Option<usize>,
}

/// How many fields the last event changed, added, removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub changed: usize,
    pub added: usize,
    pub removed: usize,
}

/// The state as rows, and what the last event did.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub rows: Vec<Row>,
    pub differences: Vec<Difference>,
    pub counts: Counts,
}

impl Fields {
    /// The rows of a state.
    pub fn build(at: &StateAt, folds: &Folds) -> Self {
        let differences = diff(at.before.tree(), at.tree());
        let mut counts = Counts::default();
        for difference in &differences {
            match difference.kind {
                Change::Changed => counts.changed += 1,
                Change::Added => counts.added += 1,
                Change::Removed => counts.removed += 1,
            }
        }
        let (mut rows, earlier) = walk(at, &differences, folds);
        if earlier > 0 {
            rows.push(Row {
                pointer: String::new(),
                depth: 0,
                kind: Kind::Earlier(earlier),
                mark: None,
                difference: None,
            });
        }
        Self {
            rows,
            differences,
            counts,
        }
    }

    /// The row of a pointer, where it is shown.
    pub fn row_of(&self, pointer: &str) -> Option<usize> {
        self.rows
            .iter()
            .position(|row| row.pointer == pointer && !pointer.is_empty())
    }
}

/// The rows, and how many fields were removed earlier.
fn walk(at: &StateAt, differences: &[Difference], folds: &Folds) -> (Vec<Row>, usize) {
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
    rows: Vec<Row>,
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
            View::Leaf(_) => self.push(depth, Kind::Leaf, mark, difference),
        }
        self.pointer.truncate(length);
    }

    fn removed(&mut self, depth: u16, mark: Option<Change>, difference: Option<usize>) {
        if mark.is_none() {
            self.earlier += 1;
        }
        if mark.is_some() || self.folds.shows_earlier() {
            self.push(depth, Kind::Removed, mark, difference);
        }
    }

    fn object(&mut self, node: &Node, depth: u16, mark: Option<Change>, difference: Option<usize>) {
        let fields = node.children().count();
        if fields == 0 {
            return self.push(depth, Kind::Leaf, mark, difference);
        }
        let small = depth < OPEN_DEPTH && fields <= OPEN_FIELDS;
        let usual = if small || self.touched.contains(self.pointer.as_str()) {
            Fold::Open
        } else {
            Fold::Closed
        };
        let fold = self.fold(usual);
        self.push(depth, Kind::Object(fold), mark, difference);
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
        self.push(depth, Kind::Array(fold), mark, difference);
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
                    self.push(depth, Kind::Object(fold), None, None);
                    if fold == Fold::Open {
                        let items = map.iter().map(|(key, value)| (key.clone(), value));
                        self.elements(items.collect::<Vec<_>>().into_iter(), depth + 1);
                    }
                }
                _ => self.push(depth, Kind::Leaf, None, None),
            }
            self.pointer.truncate(length);
        }
    }

    fn fold(&self, usual: Fold) -> Fold {
        let chosen = self.folds.chosen.get(self.pointer.as_str());
        chosen.copied().unwrap_or(usual)
    }

    fn push(&mut self, depth: u16, kind: Kind, mark: Option<Change>, difference: Option<usize>) {
        self.rows.push(Row {
            pointer: self.pointer.clone(),
            depth,
            kind,
            mark,
            difference,
        });
    }
}
