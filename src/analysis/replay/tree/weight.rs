//! Roughly what a state takes in memory beyond another that it shares its parts with.

use std::sync::Arc;

use serde_json::Value;

use super::{Content, Fields, Node, Tree};

impl Tree {
    /// Roughly the bytes that this tree holds and `other` does not.
    pub(in crate::analysis::replay) fn bytes_beyond(&self, other: &Self) -> usize {
        fields_beyond(&self.root, Some(&other.root))
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
