//! What JSON has no words for in a state: it is kept, so that a state is the same after it was saved, and
//! it is told of, since a reader sees something else in its place.

use serde_json::Value;

use crate::analysis::projection::State;
use crate::model::json::pointer;

/// The key of what stands for it where a state is kept, as the prelude has it.
const MARK: &str = "\0as";

/// Places in one state that are told of, at most.
const MOST: usize = 20;

/// Something in a state that JSON has no words for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// Where it stands, as a JSON pointer.
    pub path: String,
    /// What it is: `NaN`, `Infinity`, `-Infinity`, `Map`, `Set` or `function`.
    pub what: String,
}

impl Odd {
    /// What is told in its place.
    #[must_use]
    pub fn told_as(&self) -> &'static str {
        match self.what.as_str() {
            "Map" | "Set" => "{}",
            "function" => "nothing",
            _ => "null",
        }
    }
}

/// The JSON of a state as it is kept.
pub(in crate::analysis::projection) fn plain(kept: &str) -> &str {
    kept.split_once('\n').map_or(kept, |(plain, _)| plain)
}

/// What JSON has no words for in a state.
#[must_use]
pub fn odd(state: &State) -> Vec<Odd> {
    let State::Text(kept) = state else {
        return Vec::new();
    };
    let marked = kept.split_once('\n').map(|(_, marked)| marked);
    let marked = marked.and_then(|marked| serde_json::from_str(marked).ok());
    let mut found = Vec::new();
    if let Some(marked) = marked {
        look(&marked, &mut String::new(), &mut found);
    }
    found
}

fn look(value: &Value, at: &mut String, found: &mut Vec<Odd>) {
    if found.len() == MOST {
        return;
    }
    let mut within = |key: &str, value: &Value| {
        let length = at.len();
        pointer::push(at, key);
        look(value, at, found);
        at.truncate(length);
    };
    match value {
        Value::Object(fields) => match fields.get(MARK) {
            Some(what) => found.push(Odd {
                path: at.clone(),
                what: what.as_str().unwrap_or_default().to_owned(),
            }),
            None => fields.iter().for_each(|(key, value)| within(key, value)),
        },
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                within(&n.to_string(), item);
            }
        }
        _ => {}
    }
}
