//! What JSON has no words for in a state or a result: it is kept, so that a state is the same after it was
//! saved and two of them are told apart, and it is told of, since a reader sees something else in its place.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};
use serde_json::Value;

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

/// A state or a result, as JSON tells it and as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worded {
    json: Value,
    /// The same with marks in those places that JSON has no words for; none where there are none.
    marked: Option<Box<Value>>,
}

impl Worded {
    /// Reads one as it is kept.
    pub(in crate::analysis::projection) fn read(kept: &str) -> Option<Self> {
        let marked = kept.split_once('\n').map(|(_, marked)| marked);
        Some(Self {
            json: serde_json::from_str(plain(kept)).ok()?,
            marked: marked.and_then(|marked| serde_json::from_str(marked).ok()),
        })
    }

    /// As JSON tells it.
    #[must_use]
    pub const fn json(&self) -> &Value {
        &self.json
    }

    /// The same, where nothing else is wanted.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.json
    }

    /// As it is: what JSON has no words for is marked, as [`mark`] reads it.
    #[must_use]
    pub fn whole(&self) -> &Value {
        self.marked.as_deref().unwrap_or(&self.json)
    }

    /// What JSON has no words for in it.
    #[must_use]
    pub fn odd(&self) -> Vec<Odd> {
        let mut found = Vec::new();
        if let Some(marked) = &self.marked {
            look(marked, &mut String::new(), &mut found);
        }
        found
    }
}

impl From<Value> for Worded {
    fn from(json: Value) -> Self {
        Self { json, marked: None }
    }
}

/// As JSON tells it.
impl Serialize for Worded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

/// What a marked place is, as [`Odd::what`] has it; none of JSON.
#[must_use]
pub fn mark(value: &Value) -> Option<&str> {
    value.as_object()?.get(MARK)?.as_str()
}

/// How many entries a marked Map or Set has.
#[must_use]
pub fn entries(value: &Value) -> Option<usize> {
    Some(value.get("of")?.as_array()?.len())
}

/// What a marked Map or Set has, by keys as they are written; none of anything else, and where two keys are
/// written in the same way.
pub(in crate::analysis::projection) fn members(value: &Value) -> Option<Vec<(String, &Value)>> {
    let what = mark(value)?;
    let written = |key: &Value| key.as_str().map_or_else(|| key.to_string(), str::to_owned);
    let all = value.get("of")?.as_array()?.iter();
    let members: Option<Vec<(String, &Value)>> = match what {
        "Map" => all
            .map(|pair| Some((written(pair.get(0)?), pair.get(1)?)))
            .collect(),
        "Set" => Some(all.map(|item| (written(item), item)).collect()),
        _ => None,
    };
    let is_once = |members: &Vec<(String, &Value)>| {
        let keys: BTreeSet<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
        keys.len() == members.len()
    };
    members.filter(is_once)
}

/// As JSON tells what may be marked.
pub(in crate::analysis::projection) fn told(value: &Value) -> Value {
    match value {
        Value::Object(fields) => match mark(value) {
            Some("Map" | "Set") => Value::Object(serde_json::Map::new()),
            Some(_) => Value::Null,
            None => {
                let is_told = |(_, value): &(&String, &Value)| mark(value) != Some("function");
                let own = fields.iter().filter(is_told);
                Value::Object(own.map(|(key, value)| (key.clone(), told(value))).collect())
            }
        },
        Value::Array(items) => items.iter().map(told).collect(),
        plain => plain.clone(),
    }
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
        Value::Object(fields) => match mark(value) {
            Some(what) => found.push(Odd {
                path: at.clone(),
                what: what.to_owned(),
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
