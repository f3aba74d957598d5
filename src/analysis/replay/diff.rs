//! What differs between two states, at the topmost place where they do. Numbers differ when their
//! written digits do. Knows trees and JSON only.

use hashbrown::{HashMap, HashSet};
use serde::Serialize;
use serde_json::Value;

use super::tree::{Node, Tree, View};
use crate::model::json::pointer;

/// What happened to a field between two states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the second state has it.
    Added,
    /// Only the first state has it.
    Removed,
    /// Both have it, with different values.
    Changed,
}

/// One place where two states differ. Objects on both sides are descended into; an object on one
/// side only is one difference, with its whole value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Where, as a JSON pointer.
    pub path: String,
    /// What happened to it.
    pub kind: Change,
    /// The value in the first state; `None` if added.
    pub from: Option<Value>,
    /// The value in the second state; `None` if removed.
    pub to: Option<Value>,
}

/// What leads from state `a` to state `b`. Parts that both share are skipped without a look.
#[must_use]
pub fn diff(a: &Tree, b: &Tree) -> Vec<Difference> {
    let mut out = Vec::new();
    if !a.is_same(b) && !a.is_like(b) {
        let (a, b) = (a.to_value(), b.to_value());
        if a != b {
            note("", Some(a), Some(b), &mut out);
        }
    } else if !a.is_same(b) {
        let (a, b): (Vec<_>, Vec<_>) = (a.children().collect(), b.children().collect());
        children(&a, &b, &mut String::new(), &mut out);
    }
    out
}

type Child<'a> = (&'a str, &'a Node);

fn children(a: &[Child<'_>], b: &[Child<'_>], at: &mut String, out: &mut Vec<Difference>) {
    // The later of two states of one stream has the fields of the earlier in the same places;
    // any other pair needs look-ups.
    let aligned = aligned(a, b);
    let (in_a, in_b): (HashSet<&str>, HashMap<&str, &Node>) = if aligned {
        (HashSet::new(), HashMap::new())
    } else {
        (
            a.iter().map(|(key, _)| *key).collect(),
            b.iter().copied().collect(),
        )
    };
    let length = at.len();
    for (place, (key, one)) in a.iter().enumerate() {
        let other = if aligned {
            Some(b[place].1)
        } else {
            in_b.get(key).copied()
        };
        pointer::push(at, key);
        match (one.is_live(), other.filter(|other| other.is_live())) {
            (true, Some(other)) => both(one, other, at, out),
            (true, None) => note(at, Some(one.to_value()), None, out),
            (false, Some(other)) => note(at, None, Some(other.to_value()), out),
            (false, None) => {}
        }
        at.truncate(length);
    }
    let rest = if aligned { &b[a.len()..] } else { b };
    for (key, node) in rest {
        if node.is_live() && !in_a.contains(key) {
            pointer::push(at, key);
            note(at, None, Some(node.to_value()), out);
            at.truncate(length);
        }
    }
}

/// Whether `b` begins with the keys of `a`, as the later of two states of one stream does.
fn aligned(a: &[Child<'_>], b: &[Child<'_>]) -> bool {
    a.len() <= b.len() && a.iter().zip(b).all(|((a, _), (b, _))| a == b)
}

fn both(a: &Node, b: &Node, at: &mut String, out: &mut Vec<Difference>) {
    if a.is_same(b) {
        return;
    }
    match (a.view(), b.view()) {
        (View::Object, View::Object) => {
            let (a, b): (Vec<_>, Vec<_>) = (a.children().collect(), b.children().collect());
            children(&a, &b, at, out);
        }
        (View::Leaf(a), View::Leaf(b)) if a == b => {}
        _ => note(at, Some(a.to_value()), Some(b.to_value()), out),
    }
}

fn note(at: &str, from: Option<Value>, to: Option<Value>, out: &mut Vec<Difference>) {
    let kind = match (&from, &to) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    };
    out.push(Difference {
        path: at.to_owned(),
        kind,
        from,
        to,
    });
}
