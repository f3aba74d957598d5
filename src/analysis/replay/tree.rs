//! A state together with its blame, as one tree that shares its parts with earlier states: cloning
//! takes no time, and a write copies only the objects on its path. Knows JSON and event indexes,
//! nothing of events or folding rules.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::pointer;
use crate::model::EventIx;

static EMPTY_OBJECT: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

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
}

/// A leaf of a state: a scalar, an array, an empty object, or a removed field.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<'a> {
    /// Where it stands.
    pub pointer: &'a str,
    /// Its value; `None` when it was removed.
    pub value: Option<&'a Value>,
    /// The events behind it.
    pub blame: Blame,
}

/// What a pointer leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'a> {
    /// A value. Inside an array the blame is that of the array.
    Present {
        /// The value; owned where it is an object put together from its fields.
        value: Cow<'a, Value>,
        /// The events behind it; `None` for the root.
        blame: Option<Blame>,
    },
    /// The field was there until this event.
    Removed(EventIx),
    /// No event so far has written it.
    Missing,
}

impl Tree {
    /// The state as plain JSON, an object with its keys in the order in which they first appeared.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Object(to_map(&self.root))
    }

    /// The fields of the state, removed ones included.
    pub fn children(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.root.iter().map(|(key, node)| (&**key, node))
    }

    /// The node at a pointer; none for the root, within arrays, and for what was never written.
    #[must_use]
    pub fn node(&self, pointer: &str) -> Option<&Node> {
        let mut keys = pointer::keys(pointer);
        let mut node = self.root.get(&*keys.next()?)?;
        for key in keys {
            node = node.fields()?.get(&*key)?;
        }
        Some(node)
    }

    /// What stands at a pointer, which may lead into an array.
    #[must_use]
    pub fn get(&self, pointer: &str) -> Found<'_> {
        let mut keys = pointer::keys(pointer);
        let Some(first) = keys.next() else {
            return Found::Present {
                value: Cow::Owned(self.to_value()),
                blame: None,
            };
        };
        let Some(mut node) = self.root.get(&*first) else {
            return Found::Missing;
        };
        while let Some(key) = keys.next() {
            match &node.content {
                Content::Object(fields) => match fields.get(&*key) {
                    Some(child) => node = child,
                    None => return Found::Missing,
                },
                Content::Leaf(value) => {
                    let within = std::iter::once(key)
                        .chain(keys)
                        .try_fold(&**value, |v, key| match v {
                            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
                            Value::Object(map) => map.get(&*key),
                            _ => None,
                        });
                    return within.map_or(Found::Missing, |value| Found::Present {
                        value: Cow::Borrowed(value),
                        blame: Some(node.blame),
                    });
                }
                Content::Removed => return Found::Missing,
            }
        }
        let value = match &node.content {
            Content::Removed => return Found::Removed(node.blame.set_by),
            Content::Leaf(value) => Cow::Borrowed(&**value),
            Content::Object(_) => Cow::Owned(node.to_value()),
        };
        Found::Present {
            value,
            blame: Some(node.blame),
        }
    }

    /// Calls `each` for every leaf in the order of the state, removed fields in their old places.
    pub fn for_each_leaf(&self, each: &mut dyn FnMut(Leaf<'_>)) {
        for_each_leaf(&self.root, &mut String::new(), each);
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
        Arc::ptr_eq(&self.root, &other.root)
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

    /// Roughly the bytes that this tree holds and `other` does not.
    pub(super) fn bytes_beyond(&self, other: &Self) -> usize {
        fields_beyond(&self.root, Some(&other.root))
    }
}

fn for_each_leaf(fields: &Fields, at: &mut String, each: &mut dyn FnMut(Leaf<'_>)) {
    let length = at.len();
    for (key, node) in fields {
        pointer::push(at, key);
        let value = match &node.content {
            Content::Leaf(value) => Some(&**value),
            Content::Removed => None,
            Content::Object(_) => Some(&*EMPTY_OBJECT),
        };
        let below = node.fields().filter(|fields| !fields.is_empty());
        if let Some(fields) = below {
            for_each_leaf(fields, at, each);
        }
        // An object whose fields were all removed is an empty object, hence a leaf itself.
        if below.is_none_or(|fields| !fields.values().any(Node::is_live)) {
            each(Leaf {
                pointer: at,
                value,
                blame: node.blame,
            });
        }
        at.truncate(length);
    }
}

/// Roughly what one entry of an object takes: key and node, hash, index slot, the leaf's box.
const ENTRY_BYTES: usize = 72;

fn fields_beyond(fields: &Arc<Fields>, other: Option<&Arc<Fields>>) -> usize {
    if other.is_some_and(|other| Arc::ptr_eq(fields, other)) {
        return 0;
    }
    let entry = |(key, node): (&Arc<str>, &Node)| {
        let twin = other.and_then(|other| other.get(key));
        ENTRY_BYTES
            + match &node.content {
                Content::Object(fields) => fields_beyond(fields, twin.and_then(Node::fields)),
                Content::Leaf(_) if twin.is_some_and(|twin| twin.is_same(node)) => 0,
                Content::Leaf(value) => size_of::<Value>() + heap_bytes(value),
                Content::Removed => 0,
            }
    };
    fields.iter().map(entry).sum()
}

fn heap_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => number.as_str().len(),
        Value::String(text) => text.len(),
        Value::Array(items) => items
            .iter()
            .map(|v| size_of::<Value>() + heap_bytes(v))
            .sum(),
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| ENTRY_BYTES + k.len() + heap_bytes(v))
            .sum(),
    }
}
