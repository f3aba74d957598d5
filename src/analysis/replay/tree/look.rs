//! Looking into a state: what stands at a pointer, and leaf by leaf.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{Blame, Content, Fields, Node, Tree};
use crate::model::EventIx;
use crate::model::json::pointer;

static EMPTY_OBJECT: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

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
                blame: self.alone().map(Node::blame),
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
        match self.alone() {
            Some(node) => each(Leaf {
                pointer: "",
                value: node.is_live().then(|| match &node.content {
                    Content::Leaf(value) => &**value,
                    Content::Object(_) | Content::Removed => &*EMPTY_OBJECT,
                }),
                blame: node.blame,
            }),
            None => for_each_leaf(&self.root, &mut String::new(), each),
        }
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
