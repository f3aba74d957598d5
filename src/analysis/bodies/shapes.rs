//! Shapes of payloads, by event type and schema version.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::paths::{PathIx, Paths};
use crate::log::Log;
use crate::model::{EventIx, TypeIx};

/// So many shapes a type has only where keys are data.
const MANY: u32 = 1024;

/// A shape's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeIx(pub u32);

/// An event type in one declared schema version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupIx(pub u32);

/// An event type in one declared schema version, or in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The type.
    pub event_type: TypeIx,
    /// The schema version, as written.
    pub version: Option<Box<str>>,
    root: PathIx,
    shapes: u32,
    /// The shape of its last payload: most have the same as the one before.
    last: Option<ShapeIx>,
}

/// One shape: the places of a payload, and what kinds stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its place among all shapes.
    pub number: ShapeIx,
    /// Of which type and version.
    pub group: GroupIx,
    /// Places in ascending order, each with a bit for every [`super::Kind`].
    pub places: Box<[(PathIx, u16)]>,
    /// How many events have it.
    pub events: u64,
    /// The first of them in log order.
    pub first: EventIx,
    /// The last.
    pub last: EventIx,
}

/// All shapes that were seen.
#[derive(Debug, Default)]
pub struct Shapes {
    /// Where they have their places.
    pub paths: Paths,
    groups: Vec<Group>,
    by_version: HashMap<(u32, Option<Box<str>>), GroupIx, FixedState>,
    roots: HashMap<u32, PathIx, FixedState>,
    shapes: Vec<Shape>,
    by_places: HashMap<u64, Vec<ShapeIx>, FixedState>,
    hasher: FixedState,
    /// By type, the group of its last event: the versions of a type rarely alternate.
    last: Vec<Option<GroupIx>>,
}

impl Shapes {
    /// The group of an event.
    pub(super) fn group(&mut self, log: &Log, event: EventIx) -> GroupIx {
        let (event_type, version) = (log.event_type(event), log.schema_version(event));
        if let Some(&Some(last)) = self.last.get(event_type.at())
            && self.groups[last.0 as usize].version.as_deref() == version
        {
            return last;
        }
        let key = (event_type.0, version.map(Box::from));
        let group = match self.by_version.get(&key) {
            Some(&group) => group,
            None => self.add_group(key),
        };
        if self.last.len() <= event_type.at() {
            self.last.resize(event_type.at() + 1, None);
        }
        self.last[event_type.at()] = Some(group);
        group
    }

    fn add_group(&mut self, key: (u32, Option<Box<str>>)) -> GroupIx {
        let paths = &mut self.paths;
        let root = *self.roots.entry(key.0).or_insert_with(|| paths.root());
        let group = GroupIx(self.groups.len() as u32);
        self.groups.push(Group {
            event_type: TypeIx(key.0),
            version: key.1.clone(),
            root,
            shapes: 0,
            last: None,
        });
        self.by_version.insert(key, group);
        group
    }

    /// Where the places of a group's payloads begin: the payload itself.
    #[must_use]
    pub fn root(&self, group: GroupIx) -> PathIx {
        self.groups[group.0 as usize].root
    }

    /// The number of a shape.
    pub(super) fn intern(&mut self, group: GroupIx, places: &[(PathIx, u16)]) -> ShapeIx {
        if let Some(last) = self.groups[group.0 as usize].last
            && *self.shapes[last.0 as usize].places == *places
        {
            return last;
        }
        let shape = self.find_or_add(group, places);
        self.groups[group.0 as usize].last = Some(shape);
        shape
    }

    fn find_or_add(&mut self, group: GroupIx, places: &[(PathIx, u16)]) -> ShapeIx {
        let hash = self.hasher.hash_one((group, places));
        let known = self.by_places.entry(hash).or_default();
        let same = |shape: &&ShapeIx| {
            let own = &self.shapes[shape.0 as usize];
            own.group == group && *own.places == *places
        };
        if let Some(&shape) = known.iter().find(same) {
            return shape;
        }
        let shape = ShapeIx(self.shapes.len() as u32);
        known.push(shape);
        self.shapes.push(Shape {
            number: shape,
            group,
            places: places.into(),
            events: 0,
            first: EventIx(u32::MAX),
            last: EventIx(0),
        });
        let own = &mut self.groups[group.0 as usize];
        own.shapes += 1;
        if own.shapes.is_multiple_of(MANY) {
            self.paths.take_keys_for_data(own.root);
        }
        shape
    }

    /// Counts how many events have each.
    pub(super) fn count(&mut self, column: &[ShapeIx]) {
        for (event, shape) in column.iter().enumerate() {
            if let Some(shape) = self.shapes.get_mut(shape.0 as usize) {
                let event = EventIx::from_usize(event);
                shape.events += 1;
                shape.first = shape.first.min(event);
                shape.last = shape.last.max(event);
            }
        }
    }

    /// All types and versions, in the order of their first event.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// All shapes, in the order of their first event.
    #[must_use]
    pub fn all(&self) -> &[Shape] {
        &self.shapes
    }

    /// One shape.
    #[must_use]
    pub fn get(&self, shape: ShapeIx) -> Option<&Shape> {
        self.shapes.get(shape.0 as usize)
    }
}
