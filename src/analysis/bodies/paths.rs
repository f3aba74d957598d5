//! Places in payloads as numbers: a tree of keys for each event type. Keys of one parent are looked for
//! where the last payload had them, since payloads of a type mostly have the same keys in the same order.

/// A place in payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathIx(pub u32);

/// Children of one place that are told apart; beyond, its keys are data and stand for one another.
const MOST_KEYS: usize = 200;
/// Places of one store; beyond, new keys stand for one another.
const MOST_PATHS: usize = 1 << 20;

/// The key under which items of arrays stand, and keys that are data.
pub const EACH: &str = "*";

#[derive(Debug)]
struct Node {
    parent: Option<PathIx>,
    key: Box<str>,
    children: Vec<PathIx>,
    /// Where the next key is looked for first.
    next: u32,
    /// The child that stands for all others.
    each: Option<PathIx>,
    keys: Keys,
}

/// What the keys of an object are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Names of fields.
    Fields,
    /// Data, such as the numbers of articles.
    Data,
}

/// An object of a type with very many shapes has data for keys where it has more than these.
const FEW_KEYS: usize = 8;

/// The places of all event types.
#[derive(Debug, Default)]
pub struct Paths {
    nodes: Vec<Node>,
}

impl Paths {
    /// A new place without a parent.
    pub(super) fn root(&mut self) -> PathIx {
        self.add(None, "")
    }

    fn add(&mut self, parent: Option<PathIx>, key: &str) -> PathIx {
        let path = PathIx(self.nodes.len() as u32);
        self.nodes.push(Node {
            parent,
            key: key.into(),
            children: Vec::new(),
            next: 0,
            each: None,
            keys: Keys::Fields,
        });
        path
    }

    /// The place of the items of an array, or of the members of an object whose keys are data.
    pub(super) fn each(&mut self, parent: PathIx) -> PathIx {
        if let Some(each) = self.nodes[parent.0 as usize].each {
            return each;
        }
        let each = self.add(Some(parent), EACH);
        self.nodes[parent.0 as usize].each = Some(each);
        each
    }

    /// The place of the member `key`.
    #[inline]
    pub(super) fn member(&mut self, parent: PathIx, key: &str) -> PathIx {
        let node = &self.nodes[parent.0 as usize];
        if node.keys == Keys::Data {
            return self.each(parent);
        }
        let (children, count) = (&node.children, node.children.len());
        let mut at = node.next as usize;
        for _ in 0..count {
            if at >= count {
                at = 0;
            }
            let child = children[at];
            if *self.nodes[child.0 as usize].key == *key {
                self.nodes[parent.0 as usize].next = at as u32 + 1;
                return child;
            }
            at += 1;
        }
        if count >= MOST_KEYS || self.nodes.len() >= MOST_PATHS {
            self.nodes[parent.0 as usize].keys = Keys::Data;
            return self.each(parent);
        }
        let child = self.add(Some(parent), key);
        let node = &mut self.nodes[parent.0 as usize];
        node.children.push(child);
        node.next = count as u32 + 1;
        child
    }

    /// Takes the keys within `root` for data wherever there are more than a few.
    pub(super) fn take_keys_for_data(&mut self, root: PathIx) {
        let mut open = self.nodes[root.0 as usize].children.clone();
        while let Some(path) = open.pop() {
            let node = &mut self.nodes[path.0 as usize];
            if node.children.len() > FEW_KEYS {
                node.keys = Keys::Data;
            }
            open.extend(node.children.iter().copied().chain(node.each));
        }
    }

    /// What the keys in a place are, as far as that had to be decided on the way.
    #[must_use]
    pub fn keys(&self, path: PathIx) -> Keys {
        self.nodes[path.0 as usize].keys
    }

    /// The place that a place stands in.
    #[must_use]
    pub fn parent(&self, path: PathIx) -> Option<PathIx> {
        self.nodes[path.0 as usize].parent
    }

    /// The key of a place in its parent; [`EACH`] for items of arrays.
    #[must_use]
    pub fn key(&self, path: PathIx) -> &str {
        &self.nodes[path.0 as usize].key
    }

    /// The members that stand in a place, in the order in which they were first seen.
    #[must_use]
    pub fn members(&self, path: PathIx) -> &[PathIx] {
        &self.nodes[path.0 as usize].children
    }

    /// The place of its items.
    #[must_use]
    pub fn items(&self, path: PathIx) -> Option<PathIx> {
        self.nodes[path.0 as usize].each
    }

    /// As a pointer: `/lines/*/sku`; empty for the whole payload.
    #[must_use]
    pub fn pointer(&self, path: PathIx) -> String {
        let mut keys = Vec::new();
        let mut at = Some(path);
        while let Some(path) = at {
            let node = &self.nodes[path.0 as usize];
            if node.parent.is_some() {
                keys.push(node.key.replace('~', "~0").replace('/', "~1"));
            }
            at = node.parent;
        }
        keys.iter()
            .rev()
            .fold(String::new(), |pointer, key| pointer + "/" + key)
    }

    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
