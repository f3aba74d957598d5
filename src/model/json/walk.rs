//! All values of a JSON text that a path leads to, where a path may say "each of them": with what
//! stands around each. For the few places that a layout names; knows nothing of layouts.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The key of a path that stands for every item of an array, or every member of an object.
pub const EACH: &str = "*";

/// One value on the way to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outer<'a> {
    /// An object that stands around the value, as written; none where it is an array.
    pub object: Option<&'a str>,
    /// The name of its member that the way goes through, where the path said "each".
    pub key: Option<Cow<'a, str>>,
    /// Which of the items of an array the way goes through, from 0.
    pub item: Option<u32>,
}

/// Calls `each` with the written text of every value that `keys` lead to, in order, and with what
/// stands around it, the outermost first. Goes as deep as the path is long.
///
/// # Errors
/// Where a text on the way is not JSON.
pub fn walk<'a>(
    json: &'a str,
    keys: &[String],
    outer: &mut Vec<Outer<'a>>,
    each: &mut dyn FnMut(&'a str, &[Outer<'a>]),
) -> Result<(), serde_json::Error> {
    let Some((key, rest)) = keys.split_first() else {
        each(json, outer);
        return Ok(());
    };
    let mut step = |object, key, item, value: &'a str| {
        outer.push(Outer { object, key, item });
        let walked = walk(value, rest, outer, each);
        outer.pop();
        walked
    };
    match json.trim_ascii_start().as_bytes().first() {
        Some(b'{') => {
            for (name, value) in members(json)? {
                if key == EACH {
                    step(Some(json), Some(name), None, value)?;
                } else if name == *key {
                    step(Some(json), None, None, value)?;
                }
            }
        }
        Some(b'[') if key == EACH => {
            let items: Vec<&'a RawValue> = serde_json::from_str(json)?;
            for (nth, item) in (0..).zip(items) {
                step(None, None, Some(nth), item.get())?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The members of an object, values as written; of a key that stands twice both.
///
/// # Errors
/// Where `json` is no JSON object.
pub fn members(json: &str) -> Result<Vec<(Cow<'_, str>, &str)>, serde_json::Error> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de str)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                members.push((key, value.get()));
            }
            Ok(members)
        }
    }
    serde_json::Deserializer::from_str(json).deserialize_map(Members)
}

/// `Cow<str>` does not borrow through serde by itself.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json::Pointer;

    fn found(path: &str, json: &str) -> Vec<String> {
        let mut all = Vec::new();
        let keys = Pointer::from(path);
        let walked = walk(json, keys.keys(), &mut Vec::new(), &mut |value, outer| {
            let names = outer.iter().filter_map(|outer| outer.key.as_deref());
            all.push(format!("{}{value}", names.collect::<String>()));
        });
        assert!(walked.is_ok());
        all
    }

    #[test]
    fn each_stands_for_items_and_for_members() {
        let json = r#"{"a":[{"b":1},{"b":2},3],"c":{"x":{"d":[4]},"y":{"d":[5,6]}}}"#;
        assert_eq!(found("/a/*/b", json), ["1", "2"]);
        assert_eq!(found("/c/*/d/*", json), ["x4", "y5", "y6"]);
        assert_eq!(found("/a", json), [r#"[{"b":1},{"b":2},3]"#]);
        assert_eq!(found("/nope/*", json), [""; 0]);
        assert!(walk("{\"a\":", &["a".into()], &mut Vec::new(), &mut |_, _| {}).is_err());
    }
}
