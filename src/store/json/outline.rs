//! The bones of one large object: its members, and for each array among them how many elements it
//! has and what the first looks like. One pass, no recursion, nothing large kept.

use std::collections::HashMap;
use std::ops::Range;

use super::cursor::{Cursor, Halt, Step};
use super::grammar::Walk;

/// A scalar longer than this many bytes is no field that holds for every event.
const LONGEST_FIELD: usize = 4 << 10;
/// The first object of an array is looked into if it has about so many bytes at most.
const LONGEST_FIRST: usize = 1 << 20;
/// An object with a key of more bytes is as good as damaged.
const LONGEST_KEY: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Outline {
    /// In order; of members with the same key the last.
    pub(super) members: Vec<Bone>,
    /// Keys that stand twice, unescaped.
    pub(super) repeated: Vec<String>,
    /// Whether the object's end was there, and no garbage before it.
    pub(super) step: Step,
}

#[derive(Debug)]
pub(super) struct Bone {
    /// Unescaped.
    pub(super) key: String,
    pub(super) value: BoneValue,
}

impl Bone {
    /// A member of these bytes, if it is a scalar short enough to be of use.
    pub(super) fn scalar(key: &[u8], value: &[u8]) -> Option<Self> {
        let scalar = !value.starts_with(b"{") && !value.starts_with(b"[");
        let value = String::from_utf8_lossy(value).into_owned();
        (scalar && value.len() <= LONGEST_FIELD).then(|| Self {
            key: unescaped(key),
            value: BoneValue::Scalar(Some(value)),
        })
    }
}

#[derive(Debug)]
pub(super) enum BoneValue {
    /// A scalar as written, if it is short enough to be of use.
    Scalar(Option<String>),
    /// The bytes from its opening bracket to its end.
    Object(Range<u64>),
    Array(Run),
}

/// The elements of an array.
#[derive(Debug)]
pub(super) struct Run {
    /// The byte after the opening bracket.
    pub(super) from: u64,
    /// The byte of the closing bracket, or the end of the text where there is none.
    pub(super) to: u64,
    pub(super) items: u64,
    pub(super) objects: u64,
    /// The keys of the first object among them, unescaped.
    pub(super) keys: Vec<String>,
    /// Whether the closing bracket was there.
    pub(super) step: Step,
}

/// The key that stands in `raw`, the bytes between its quotes.
pub(super) fn unescaped(raw: &[u8]) -> String {
    let raw = String::from_utf8_lossy(raw);
    if raw.contains('\\')
        && let Ok(key) = serde_json::from_str(&format!("\"{raw}\""))
    {
        return key;
    }
    raw.into_owned()
}

/// Outlines the object that the cursor stands on and leaves it behind its end.
pub(super) fn outline(cursor: &mut Cursor<'_>) -> Result<Outline, Halt> {
    let mut members: Vec<Bone> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut repeated = Vec::new();
    cursor.advance(1);
    let step = loop {
        match cursor.peek_solid()? {
            Some(b'}') => {
                cursor.advance(1);
                break Step::Whole;
            }
            Some(b',') => cursor.advance(1),
            Some(b'"') => {
                let Some(key) = key(cursor)? else {
                    break Step::Cut;
                };
                let (value, step) = value(cursor)?;
                match places.get(&key) {
                    Some(&at) => {
                        members[at].value = value;
                        repeated.push(key);
                    }
                    None => {
                        places.insert(key.clone(), members.len());
                        members.push(Bone { key, value });
                    }
                }
                if step == Step::Cut {
                    break Step::Cut;
                }
            }
            Some(_) | None => break Step::Cut,
        }
    };
    Ok(Outline {
        members,
        repeated,
        step,
    })
}

/// A key with its colon, unescaped; `None` if there is no such thing.
fn key(cursor: &mut Cursor<'_>) -> Result<Option<String>, Halt> {
    cursor.mark(LONGEST_KEY);
    let step = cursor.skip_value()?;
    let key = match cursor.marked() {
        Some(raw) if step == Step::Whole => unescaped(&raw[1..raw.len() - 1]),
        _ => return Ok(None),
    };
    if cursor.peek_solid()? != Some(b':') {
        return Ok(None);
    }
    cursor.advance(1);
    cursor.peek_solid()?;
    Ok(Some(key))
}

fn value(cursor: &mut Cursor<'_>) -> Result<(BoneValue, Step), Halt> {
    match cursor.peek()? {
        Some(b'[') => {
            cursor.advance(1);
            let run = run(cursor)?;
            let step = run.step;
            Ok((BoneValue::Array(run), step))
        }
        Some(b'{') => {
            let from = cursor.place();
            let step = cursor.skip_value()?;
            Ok((BoneValue::Object(from..cursor.place()), step))
        }
        _ => {
            cursor.mark(LONGEST_FIELD);
            let step = cursor.skip_value()?;
            let short = |raw: &&[u8]| raw.len() <= LONGEST_FIELD && step == Step::Whole;
            let raw = cursor.marked().filter(short);
            let scalar = raw.map(|raw| String::from_utf8_lossy(raw).into_owned());
            Ok((BoneValue::Scalar(scalar), step))
        }
    }
}

fn run(cursor: &mut Cursor<'_>) -> Result<Run, Halt> {
    let mut run = Run {
        from: cursor.place(),
        to: 0,
        items: 0,
        objects: 0,
        keys: Vec::new(),
        step: Step::Cut,
    };
    loop {
        match cursor.peek_solid()? {
            Some(b']') => {
                run.to = cursor.place();
                cursor.advance(1);
                run.step = Step::Whole;
                return Ok(run);
            }
            Some(b',') => cursor.advance(1),
            Some(b'{') => {
                run.items += 1;
                run.objects += 1;
                let step = if run.objects == 1 {
                    first(cursor, &mut run.keys)?
                } else {
                    cursor.skip_value()?
                };
                if step == Step::Cut {
                    break;
                }
            }
            // A closing brace here means that the brackets do not match.
            Some(b'}') | None => break,
            Some(_) => {
                run.items += 1;
                if cursor.skip_value()? == Step::Cut {
                    break;
                }
            }
        }
    }
    run.to = cursor.place();
    Ok(run)
}

fn first(cursor: &mut Cursor<'_>, keys: &mut Vec<String>) -> Result<Step, Halt> {
    cursor.mark(LONGEST_FIRST);
    let step = cursor.skip_value()?;
    if let Some(raw) = cursor.marked() {
        // A fault further on leaves the keys before it, which is enough to know the object by.
        let _ = Walk::new().prefix(raw, &mut |key, _| keys.push(unescaped(&raw[key])));
    }
    Ok(step)
}
