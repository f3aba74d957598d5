//! Events that stand deeper than in an array of the outermost object: in an object within it, or in each
//! of several values.

use std::sync::Arc;

use super::cursor::{BLOCK, Cursor, Halt, Step};
use super::grammar::is_space;
use super::item::Context;
use super::open::{Fields, Plan, fields, sections_of, within};
use super::outline::{BoneValue, Outline, outline};
use super::parts::Part;
use super::shape::{Reading, Shape, is_around_events, is_event, read};
use crate::model::Task;
use crate::model::json::EACH;
use crate::store::unpack::Text;

/// How many objects deep events are looked for, and in how many objects of each.
pub(super) const DEPTH: usize = 3;
const OBJECTS: usize = 32;

/// Events in an array that stands in an object within the object, as services answer.
pub(super) fn deeper(
    text: &Text,
    outer: &Outline,
    context: &Context,
    depth: usize,
    task: &Task,
) -> Result<Option<(Shape, Plan)>, Halt> {
    if depth == 0 || is_event(outer) {
        return Ok(None);
    }
    let around = beside(fields(outer), &context.fields);
    let context = within(context, around);
    let objects = outer.members.iter().filter_map(|bone| match &bone.value {
        BoneValue::Object(range) => Some((bone, range)),
        BoneValue::Scalar(_) | BoneValue::Array(_) => None,
    });
    // Arrays of anything look like that: only where nothing else is found.
    let mut streams = None;
    for (bone, range) in objects.take(OBJECTS) {
        let block = BLOCK.min((range.end - range.start) as usize + 1);
        let mut cursor = Cursor::new(text, range.clone(), block, task);
        cursor.peek()?;
        let inner = outline(&mut cursor)?;
        let found = match read(&inner) {
            Reading::Wrapped(ix) => {
                let key = format!("{}/{}", bone.key, inner.members[ix].key);
                let shared = within(&context, beside(fields(&inner), &context.fields));
                let plan = sections_of(&inner, &shared, Some(ix));
                Some((Shape::Wrapped { key }, plan))
            }
            Reading::Streams => {
                let shared = within(&context, beside(fields(&inner), &context.fields));
                let plan = || sections_of(&inner, &shared, None);
                streams.get_or_insert_with(|| (Shape::Streams, plan()));
                None
            }
            _ => deeper(text, &inner, &context, depth - 1, task)?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(streams)
}

/// The nearer fields, and those of `further` that have other names.
pub(super) fn beside(nearer: Fields, further: &Fields) -> Fields {
    let known = |name: &String| nearer.iter().any(|(own, _)| own == name);
    let others = further.iter().filter(|(name, _)| !known(name));
    nearer.iter().chain(others).cloned().collect()
}

/// Where the events are in each of several values, by what the first one is: commits, histories or
/// streams, each an object around an array of events.
pub(super) fn parts_of_first(text: &Text, from: u64) -> Result<Arc<[Part]>, Halt> {
    let until = text.end()?.min(from + BLOCK as u64);
    let first = text.read_at(from..until)?;
    let blank = |byte: &u8| is_space(*byte) || *byte == b'[';
    let Some(inner) = first.iter().position(|byte| !blank(byte)) else {
        return Ok(Arc::default());
    };
    if first[inner] != b'{' {
        return Ok(Arc::default());
    }
    // So little is no part of what is done.
    let task = Task::new();
    let mut cursor = Cursor::new(text, from + inner as u64..until, BLOCK, &task);
    cursor.peek()?;
    let outline = outline(&mut cursor)?;
    let around = is_around_events(&outline).filter(|_| outline.step == Step::Whole);
    let part = around.map(|key| Part {
        source: 0,
        path: vec![key, EACH.to_owned()],
    });
    Ok(part.into_iter().collect())
}
