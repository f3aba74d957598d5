//! Records that a layout says where to find, by a path into each value of a file: how one value is
//! taken apart into them, with what stands around each.

use std::sync::Arc;

use indexmap::IndexMap;

use super::item::Context;
use crate::model::json::{members, walk};

/// Where the records of one source of a layout stand in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Which source of the layout.
    pub source: u8,
    /// The way to them.
    pub path: Vec<String>,
}

/// A record within a value.
#[derive(Debug)]
pub(super) struct Inner<'a> {
    pub source: u8,
    pub text: &'a str,
    pub context: Context,
}

/// Calls `each` with the records in `value`, a JSON object, in order.
///
/// # Errors
/// Where it is no JSON.
pub(super) fn take_apart<'a>(
    value: &'a str,
    parts: &[Part],
    around: &Context,
    each: &mut dyn FnMut(Inner<'a>),
) -> Result<(), serde_json::Error> {
    for part in parts {
        // Many records stand in the same objects.
        let mut known: Option<(Vec<*const u8>, Fields)> = None;
        walk(value, &part.path, &mut Vec::new(), &mut |text, outer| {
            let objects: Vec<&str> = outer
                .iter()
                .rev()
                .filter_map(|outer| outer.object)
                .collect();
            let these: Vec<*const u8> = objects.iter().map(|object| object.as_ptr()).collect();
            let fields = match known.take() {
                Some((objects, fields)) if objects == these => fields,
                _ => fields(around, &objects),
            };
            known = Some((these, Arc::clone(&fields)));
            let key = outer.iter().rev().find_map(|outer| outer.key.as_deref());
            let context = Context {
                file: around.file.clone(),
                key: key.map(Arc::from).or_else(|| around.key.clone()),
                item: outer.iter().rev().find_map(|outer| outer.item),
                fields,
            };
            each(Inner {
                source: part.source,
                text,
                context,
            });
        })?;
    }
    Ok(())
}

type Fields = Arc<[(String, String)]>;

/// The fields of `objects`, the nearest first, and of what stands around them; of equal names the
/// nearest counts.
fn fields(around: &Context, objects: &[&str]) -> Fields {
    let mut fields: IndexMap<String, String> = IndexMap::new();
    for object in objects {
        for (name, value) in members(object).unwrap_or_default() {
            let scalar = !value.starts_with(['{', '[']) || value.len() <= WRAPPED;
            if scalar {
                let known = fields.entry(name.into_owned());
                known.or_insert_with(|| value.to_owned());
            }
        }
    }
    for (name, value) in &*around.fields {
        let known = fields.entry(name.clone());
        known.or_insert_with(|| value.clone());
    }
    fields.into_iter().collect()
}

/// Bytes of an object that may be a wrapped scalar, which counts as a field too.
const WRAPPED: usize = 100;
