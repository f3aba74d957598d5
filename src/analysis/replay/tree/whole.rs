//! A state that is given as a whole after each event, as projections give it: what is the same as before
//! is left alone, so that the events which changed it stay known. Nulls are values here.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Blame, Content, Effect, Fields, Node, Shape, Tree};
use crate::model::EventIx;

impl Tree {
    /// Makes the state what it is after `by`. A state that is no object has one field without a name.
    pub(in crate::analysis::replay) fn turn_into(&mut self, state: Value, by: EventIx) {
        let (shape, fields) = match state {
            Value::Object(fields) => (Shape::Object, fields),
            other => (Shape::Alone, Map::from_iter([(String::new(), other)])),
        };
        if self.shape != shape {
            *self = Self {
                shape,
                ..Self::default()
            };
        }
        turn(&mut self.root, fields, by);
    }

    /// Where there is no state.
    pub(in crate::analysis::replay) fn nothing() -> Self {
        Self {
            shape: Shape::Nothing,
            ..Self::default()
        }
    }
}

fn turn(fields: &mut Arc<Fields>, whole: Map<String, Value>, by: EventIx) -> Effect {
    let mut effect = Effect::Unchanged;
    let gone: Vec<usize> = (0..fields.len())
        .filter(|&at| fields[at].is_live() && !whole.contains_key(&*fields.keys()[at]))
        .collect();
    for at in gone {
        Arc::make_mut(fields)[at].remove(by);
        effect = Effect::Changed;
    }
    for (key, value) in whole {
        effect = effect.or(match fields.get_index_of(&*key) {
            Some(at) if is(&fields[at], &value) => Effect::Unchanged,
            Some(at) => turn_node(&mut Arc::make_mut(fields)[at], value, by),
            None => {
                Arc::make_mut(fields).insert(Arc::from(key), node(value, by));
                Effect::Changed
            }
        });
    }
    effect
}

fn turn_node(own: &mut Node, value: Value, by: EventIx) -> Effect {
    match (&mut own.content, value) {
        (Content::Object(fields), Value::Object(whole)) => {
            let effect = turn(fields, whole, by);
            own.blame.touched(by, effect);
            effect
        }
        (_, value) => {
            *own = node(value, by);
            Effect::Changed
        }
    }
}

/// Whether a field has this value already.
fn is(own: &Node, value: &Value) -> bool {
    match (&own.content, value) {
        (Content::Leaf(own), value) => **own == *value,
        (Content::Object(fields), Value::Object(whole)) => {
            let live = fields.values().filter(|node| node.is_live()).count();
            let same = |(key, value): (&String, &Value)| {
                fields.get(&**key).is_some_and(|own| is(own, value))
            };
            live == whole.len() && whole.iter().all(same)
        }
        _ => false,
    }
}

fn node(value: Value, by: EventIx) -> Node {
    let content = match value {
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(key, value)| (Arc::from(key), node(value, by)));
            Content::Object(Arc::new(fields.collect()))
        }
        leaf => Content::Leaf(Arc::new(leaf)),
    };
    Node {
        blame: Blame::all(by),
        content,
    }
}
