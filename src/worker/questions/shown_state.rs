//! What the state pane shows of a state that was found: its fields as rows, its JSON, what differs, the
//! fields to choose from. The work is in proportion to the state, so it is done here and not in a frame.

use std::sync::Arc;

use serde_json::Value;

use super::fields::{FieldRows, Folds};
use super::state::Found;
use crate::analysis::replay::{Change, Difference, diff, pointer};
use crate::log::Bound;
use crate::model::json::JsonText;
use crate::worker::{Asked, Question, Room, Unanswered};

/// A state that was found, as a part of questions about it: two are the same if they are one answer.
#[derive(Clone)]
pub struct FoundState(pub Arc<Found>);

impl PartialEq for FoundState {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::fmt::Debug for FoundState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FoundState")
            .field(&self.0.at.stream)
            .finish()
    }
}

impl std::ops::Deref for FoundState {
    type Target = Arc<Found>;

    fn deref(&self) -> &Arc<Found> {
        &self.0
    }
}

/// Asks for the rows of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct AskFields {
    /// The state.
    pub found: FoundState,
    /// What is folded.
    pub folds: Folds,
}

impl Question for AskFields {
    type Answer = Arc<FieldRows>;
    const ROOM: Room = Room::Answers;

    fn moment(&self) -> Option<Bound> {
        Some(self.found.at.cut.bound())
    }

    fn answer(&self, _asked: Asked<'_>) -> Result<Arc<FieldRows>, Unanswered> {
        Ok(Arc::new(FieldRows::build(&self.found.at, &self.folds)))
    }
}

/// Asks for the state as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct AskStateText {
    /// The state.
    pub found: FoundState,
}

impl Question for AskStateText {
    type Answer = Arc<JsonText>;
    const ROOM: Room = Room::Answers;

    fn moment(&self) -> Option<Bound> {
        Some(self.found.at.cut.bound())
    }

    fn answer(&self, _asked: Asked<'_>) -> Result<Arc<JsonText>, Unanswered> {
        let text = self.found.at.tree().to_value().to_string();
        Ok(Arc::new(JsonText::new(&text)))
    }
}

/// Asks what differs, leaf by leaf, from the earlier moment to the later one: between the cursor and
/// the moment to compare with, else what the last event did.
#[derive(Clone, Debug, PartialEq)]
pub struct AskDifferences {
    /// The state.
    pub found: FoundState,
}

impl Question for AskDifferences {
    type Answer = Arc<Vec<Difference>>;
    const ROOM: Room = Room::Answers;

    fn moment(&self) -> Option<Bound> {
        Some(self.found.at.cut.bound())
    }

    fn answer(&self, _asked: Asked<'_>) -> Result<Arc<Vec<Difference>>, Unanswered> {
        let now = self.found.at.tree();
        Ok(Arc::new(leafwise(
            match (self.found.later(), &self.found.compare) {
                (Some(later), _) => diff(now, later.tree()),
                (None, Some(earlier)) => diff(earlier.tree(), now),
                (None, None) => diff(self.found.at.before.tree(), now),
            },
        )))
    }
}

/// Asks for the fields of a state whose names contain a text.
#[derive(Clone, Debug, PartialEq)]
pub struct AskFieldNames {
    /// The state.
    pub found: FoundState,
    /// In lower case; all fields where it is empty.
    pub text: String,
}

impl Question for AskFieldNames {
    /// As pointers, in the order of the state.
    type Answer = Vec<String>;
    const ROOM: Room = Room::Answers;

    fn answer(&self, _asked: Asked<'_>) -> Result<Vec<String>, Unanswered> {
        let mut names = Vec::new();
        let matches = |name: &str| {
            self.text.is_empty() || pointer::spoken(name).to_lowercase().contains(&self.text)
        };
        self.found.at.tree().for_each_leaf(&mut |leaf| {
            if leaf.value.is_some() && matches(leaf.pointer) {
                names.push(leaf.pointer.to_owned());
            }
        });
        Ok(names)
    }
}

/// The same differences leaf by leaf, as states count their fields: an object that came or went is one
/// for each of the leaves in it.
pub(super) fn leafwise(differences: Vec<Difference>) -> Vec<Difference> {
    let mut leaves = Vec::with_capacity(differences.len());
    for difference in differences {
        match (difference.kind, difference.from, difference.to) {
            (Change::Changed, from, to) => leaves.push(Difference {
                path: difference.path,
                kind: Change::Changed,
                from,
                to,
            }),
            (kind, from, to) => {
                if let Some(value) = from.or(to) {
                    descend(kind, &mut difference.path.clone(), value, &mut leaves);
                }
            }
        }
    }
    leaves
}

fn descend(kind: Change, path: &mut String, value: Value, leaves: &mut Vec<Difference>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let length = path.len();
            for (key, value) in fields {
                pointer::push(path, &key);
                descend(kind, path, value, leaves);
                path.truncate(length);
            }
        }
        value => {
            let (from, to) = match kind {
                Change::Removed => (Some(value), None),
                Change::Added | Change::Changed => (None, Some(value)),
            };
            leaves.push(Difference {
                path: path.clone(),
                kind,
                from,
                to,
            });
        }
    }
}
