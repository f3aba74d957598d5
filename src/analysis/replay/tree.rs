//! A state together with its blame, as one tree that shares its parts with earlier states: cloning
//! takes no time, and a write copies only the objects on its path. Knows JSON and event indexes,
//! nothing of events or folding rules.

mod look;
mod weight;
mod whole;

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::model::EventIx;
use crate::model::json::pointer;

pub use look::{Found, Leaf};

type Fields = IndexMap<Arc<str>, Node, foldhash::fast::RandomState>;

/// Which events made a field what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blame {
    /// The event that last wrote the field, be it with the value it had already; for an object,
    /// the last that touched anything in it.
    pub set_by: EventIx,
    /// The event that gave the field its present value. Differs from `set_by` in stores whose
    /// events repeat fields that did not change.
    pub changed_by: EventIx,
}

impl Blame {
    const fn all(by: EventIx) -> Self {
        Self {
            set_by: by,
            changed_by: by,
        }
    }

    fn touched(&mut self, by: EventIx, effect: Effect) {
        self.set_by = by;
        if effect == Effect::Changed {
            self.changed_by = by;
        }
    }
}

/// One field of a state: a value, an object of further fields, or the memory of a removed field.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    blame: Blame,
    content: Content,
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    /// Anything but an object; arrays are leaves, as they are replaced whole.
    Leaf(Arc<Value>),
    Object(Arc<Fields>),
    Removed,
}

/// What a [`Node`] is.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// A scalar or an array.
    Leaf(&'a Value),
    /// An object; see [`Node::children`].
    Object,
    /// The field is no longer there; its blame names the event that removed it.
    Removed,
}

/// How a value is written over what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    /// RFC 7396: objects are merged.
    Merge,
    /// The value is the whole new value: keys it does not have are removed.
    Replace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Unchanged,
    Changed,
}

impl Effect {
    fn or(self, other: Self) -> Self {
        if self == Self::Changed { self } else { other }
    }
}

impl Node {
    /// The events behind this field.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        self.blame
    }

    /// What the field is.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        match &self.content {
            Content::Leaf(value) => View::Leaf(value),
            Content::Object(_) => View::Object,
            Content::Removed => View::Removed,
        }
    }

    /// The fields of an object in the order in which they first appeared, removed ones included;
    /// none for anything else.
    pub fn children(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.fields()
            .into_iter()
            .flat_map(|f| f.iter())
            .map(|(key, node)| (&**key, node))
    }

    /// Whether the field is in the state (and not just remembered as removed).
    #[must_use]
    pub const fn is_live(&self) -> bool {
        !matches!(self.content, Content::Removed)
    }

    /// The field as plain JSON; null when removed.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.content {
            Content::Leaf(value) => (**value).clone(),
            Content::Object(fields) => Value::Object(to_map(fields)),
            Content::Removed => Value::Null,
        }
    }

    /// The same value by address: true only if nothing was written in between that changed it.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.content, &other.content) {
            (Content::Leaf(a), Content::Leaf(b)) => Arc::ptr_eq(a, b),
            (Content::Object(a), Content::Object(b)) => Arc::ptr_eq(a, b),
            (Content::Removed, Content::Removed) => true,
            _ => false,
        }
    }

    const fn fields(&self) -> Option<&Arc<Fields>> {
        match &self.content {
            Content::Object(fields) => Some(fields),
            Content::Leaf(_) | Content::Removed => None,
        }
    }

    fn fresh(value: Value, by: EventIx) -> Self {
        let content = match value {
            Value::Object(map) => {
                // RFC 7396: merging into nothing drops the nulls of the patch.
                let fields = map
                    .into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (Arc::from(key), Self::fresh(value, by)));
                Content::Object(Arc::new(fields.collect()))
            }
            leaf => Content::Leaf(Arc::new(leaf)),
        };
        Self {
            blame: Blame::all(by),
            content,
        }
    }

    fn remove(&mut self, by: EventIx) {
        *self = Self {
            blame: Blame::all(by),
            content: Content::Removed,
        };
    }

    fn write(&mut self, value: Value, by: EventIx, how: Write) -> Effect {
        let effect = match (&mut self.content, value) {
            (Content::Object(fields), Value::Object(patch)) => write_fields(fields, patch, by, how),
            (Content::Leaf(old), value) if **old == value => Effect::Unchanged,
            (_, value) => {
                *self = Self::fresh(value, by);
                return Effect::Changed;
            }
        };
        self.blame.touched(by, effect);
        effect
    }
}

fn write_fields(
    fields: &mut Arc<Fields>,
    patch: Map<String, Value>,
    by: EventIx,
    how: Write,
) -> Effect {
    let mut effect = Effect::Unchanged;
    if how == Write::Replace {
        let gone: Vec<usize> = (0..fields.len())
            .filter(|&at| fields[at].is_live() && !patch.contains_key(&*fields.keys()[at]))
            .collect();
        for at in gone {
            Arc::make_mut(fields)[at].remove(by);
            effect = Effect::Changed;
        }
    }
    for (key, value) in patch {
        let at = fields.get_index_of(&*key);
        effect = effect.or(match (at, value) {
            (Some(at), Value::Null) if fields[at].is_live() => {
                Arc::make_mut(fields)[at].remove(by);
                Effect::Changed
            }
            (_, Value::Null) => Effect::Unchanged,
            (Some(at), value) => Arc::make_mut(fields)[at].write(value, by, how),
            (None, value) => {
                Arc::make_mut(fields).insert(Arc::from(key), Node::fresh(value, by));
                Effect::Changed
            }
        });
    }
    effect
}

fn to_map(fields: &Fields) -> Map<String, Value> {
    let live = fields.iter().filter(|(_, node)| node.is_live());
    live.map(|(key, node)| (key.to_string(), node.to_value()))
        .collect()
}

/// A state with the blame of each of its fields. Cloning shares everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    root: Arc<Fields>,
    shape: Shape,
}

/// What a state is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Object,
    /// No object: its value stands in a field without a name.
    Alone,
    /// There is no state.
    Nothing,
}

impl Tree {
    /// The state as plain JSON, an object with its keys in the order in which they first appeared;
    /// where a projection made it, perhaps another value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match (self.shape, self.alone()) {
            (Shape::Nothing, _) => Value::Null,
            (_, Some(node)) => node.to_value(),
            (_, None) => Value::Object(to_map(&self.root)),
        }
    }

    /// The value of a state that is no object.
    fn alone(&self) -> Option<&Node> {
        match self.shape {
            Shape::Object | Shape::Nothing => None,
            Shape::Alone => self.root.get(""),
        }
    }

    /// The fields of the state, removed ones included.
    pub fn children(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.root.iter().map(|(key, node)| (&**key, node))
    }

    pub(super) fn write(&mut self, patch: Map<String, Value>, by: EventIx) -> Effect {
        write_fields(&mut self.root, patch, by, Write::Merge)
    }

    /// Sets one key of the root to a whole new value; null removes it.
    pub(super) fn replace(&mut self, key: &str, value: Value, by: EventIx) -> Effect {
        match (self.root.get(key), &value) {
            (Some(node), Value::Null) if node.is_live() => {
                Arc::make_mut(&mut self.root)[key].remove(by);
                Effect::Changed
            }
            (_, Value::Null) => Effect::Unchanged,
            (Some(_), _) => Arc::make_mut(&mut self.root)[key].write(value, by, Write::Replace),
            (None, _) => {
                Arc::make_mut(&mut self.root).insert(Arc::from(key), Node::fresh(value, by));
                Effect::Changed
            }
        }
    }

    /// Whether both are the same tree by address, hence equal.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.root, &other.root) && self.shape == other.shape
    }

    /// Whether both are objects, whose fields can be compared.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.shape != Shape::Alone && other.shape != Shape::Alone
    }

    /// Whether no event between `earlier` and this later state of the same stream changed what
    /// stands at `pointer`. May say no where it did not.
    pub(super) fn is_unchanged(&self, earlier: &Self, pointer: &str) -> bool {
        if self.is_same(earlier) {
            return true;
        }
        let (mut a, mut b) = (&earlier.root, &self.root);
        for (depth, key) in pointer::keys(pointer).enumerate() {
            match (a.get(&*key), b.get(&*key)) {
                // A change below an object counts as a change of the object.
                (Some(x), Some(y)) if x.blame.changed_by == y.blame.changed_by => return true,
                (Some(x), Some(y)) => match (x.fields(), y.fields()) {
                    (Some(x), Some(y)) => (a, b) = (x, y),
                    _ => return false,
                },
                // The root never forgets a key; an object below it may have come anew.
                (None, None) => return depth == 0,
                _ => return false,
            }
        }
        false
    }
}
