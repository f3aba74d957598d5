//! Texts that a layout puts together from several values of a record and from what stands around it.

use super::Context;
use super::mapping::named;
use crate::model::json::{Picker, Pointer, scalar};
use crate::store::layout::{Piece, Role, Within};
use crate::store::row::{Found, Value};

/// A column that is put together.
#[derive(Clone, Debug)]
pub(super) struct Join {
    pub within: Within,
    role: Role,
    picker: Picker,
    pieces: Vec<Ready>,
}

/// A piece, with the slots of its pointers.
#[derive(Clone, Debug)]
enum Ready {
    Text(String),
    Plus,
    Slots(std::ops::Range<usize>),
    Around(Vec<String>),
}

impl Join {
    pub fn new(role: Role, within: Within, pieces: &[Piece]) -> Self {
        let mut pointers: Vec<&Pointer> = Vec::new();
        let ready = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Ready::Text(text.clone()),
            Piece::Plus => Ready::Plus,
            Piece::Around(names) => Ready::Around(names.clone()),
            Piece::At(at) => {
                let from = pointers.len();
                pointers.extend(at);
                Ready::Slots(from..pointers.len())
            }
        });
        let pieces = ready.collect();
        Self {
            within,
            role,
            picker: Picker::new(pointers),
            pieces,
        }
    }

    /// Adds the text, if it is there.
    pub fn fill(&self, json: &str, around: &Context, found: &mut Found<'_>) {
        found.offer(self.role, || {
            let text = self.put_together(json, around)?;
            Some(Value::Text(text.into()))
        });
    }

    /// The text, if every piece of it is there.
    pub fn put_together(&self, json: &str, around: &Context) -> Option<String> {
        let mut slots = vec![None; self.picker.slots()];
        self.picker.pick(json, &mut slots).ok()?;
        let (mut text, mut sum) = (String::new(), None);
        for piece in &self.pieces {
            match piece {
                Ready::Text(own) => text.push_str(own),
                Ready::Plus => sum = Some(added(sum, &std::mem::take(&mut text))?),
                Ready::Slots(range) => {
                    let mut values = slots[range.clone()].iter().copied().flatten();
                    text.push_str(&values.find_map(scalar)?);
                }
                Ready::Around(names) => {
                    let value = names.iter().find_map(|name| named(around, name))?;
                    text.push_str(&value.name()?);
                }
            }
        }
        match sum {
            None => Some(text),
            Some(_) => Some(added(sum, &text)?.to_string()),
        }
    }
}

/// A sum with one more number in it.
fn added(sum: Option<i64>, number: &str) -> Option<i64> {
    sum.unwrap_or_default().checked_add(number.parse().ok()?)
}
