//! The histories of instances as a tree: instances whose events had the same types in the same order
//! end in the same node, however many they are. So a variant is a node, and what a history means has
//! to be found out once.

use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::assign::News;

/// A node: the history up to an event.
pub(super) type Node = u32;
/// Before the first event.
pub(super) const ROOT: Node = 0;

/// What a history has of an event: its type, the type of the event of the instance that caused it, and
/// whether it says again what an earlier one said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Label(u64);

const AGAIN: u64 = 1 << 31;

impl Label {
    pub fn new(event_type: u32, cause: Option<u32>, news: News) -> Self {
        let cause = cause.map_or(0, |cause| u64::from(cause) + 1);
        let again = if news == News::Again { AGAIN } else { 0 };
        Self(cause << 32 | u64::from(event_type) | again)
    }

    /// Of the first event: its type, and the category of the stream that the instance is.
    pub fn first(event_type: u32, category: Option<u32>) -> Self {
        Self::new(event_type, category, News::Event)
    }

    /// Of the first event: the category of the stream that the instance is.
    pub fn category(self) -> Option<u32> {
        self.cause()
    }

    pub fn event_type(self) -> u32 {
        (self.0 & (AGAIN - 1)) as u32
    }

    /// Of any event but the first, which nothing of its instance has caused.
    pub fn cause(self) -> Option<u32> {
        (self.0 >> 32).checked_sub(1).map(|cause| cause as u32)
    }

    pub fn is_again(self) -> bool {
        self.0 & AGAIN != 0
    }
}

/// The tree. A node has a greater number than the one before it in its history.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    /// Another tree that this one goes on from, whose nodes are numbered before its own.
    below: Option<Arc<Paths>>,
    first: u32,
    parents: Vec<Node>,
    labels: Vec<Label>,
    children: HashMap<(Node, Label), Node, FixedState>,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            below: None,
            first: 0,
            parents: vec![ROOT],
            labels: vec![Label(0)],
            children: HashMap::default(),
        }
    }
}

impl Paths {
    /// A tree that goes on from another one.
    pub fn above(below: Arc<Self>) -> Self {
        Self {
            first: below.len() as u32,
            below: Some(below),
            parents: Vec::new(),
            labels: Vec::new(),
            children: HashMap::default(),
        }
    }

    /// How many nodes.
    pub fn len(&self) -> usize {
        self.first as usize + self.parents.len()
    }

    /// The node after `node` by an event of that label.
    pub fn child(&mut self, node: Node, label: Label) -> Node {
        if let Some(found) = self.known_child(node, label) {
            return found;
        }
        let new = self.len() as u32;
        self.parents.push(node);
        self.labels.push(label);
        self.children.insert((node, label), new);
        new
    }

    fn known_child(&self, node: Node, label: Label) -> Option<Node> {
        let below = self.below.as_ref();
        let below = below.and_then(|below| below.known_child(node, label));
        below.or_else(|| self.children.get(&(node, label)).copied())
    }

    /// The node before, and the event after it.
    pub fn step(&self, node: Node) -> (Node, Label) {
        match (node.checked_sub(self.first), &self.below) {
            (Some(own), _) => (self.parents[own as usize], self.labels[own as usize]),
            (None, Some(below)) => below.step(node),
            // Without a tree below the first number is 0.
            (None, None) => (ROOT, Label(0)),
        }
    }

    /// The events of a history, in their order.
    pub fn labels(&self, mut node: Node) -> Vec<Label> {
        let mut labels = Vec::new();
        while node != ROOT {
            let (before, label) = self.step(node);
            labels.push(label);
            node = before;
        }
        labels.reverse();
        labels
    }
}
