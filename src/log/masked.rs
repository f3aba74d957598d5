//! Payloads with some of their fields masked, for eyes that are not to see them.
//!
//! A masked value is shown as a mark that is the same wherever the value is the same, so that it can still
//! be told that two events are about one person. Such a mark is no secret: who guesses the value can check
//! the guess. Null stays null.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Body, Log, Payload, PayloadReader, Unreadable};
use crate::model::{Cancelled, EventIx, Task};

/// Fields by event type: JSON pointers into the payload, in which a `*` stands for every item of an array.
pub type MaskedFields = BTreeMap<String, Vec<String>>;

/// Which fields are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(BTreeMap<String, Field>);

/// A value on the way to those that are masked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Field {
    is_masked: bool,
    members: BTreeMap<String, Field>,
}

impl Mask {
    /// Masks these fields.
    #[must_use]
    pub fn new(fields: &MaskedFields) -> Self {
        let tree = |pointers: &Vec<String>| {
            let mut root = Field::default();
            for pointer in pointers {
                let keys = pointer.split('/').skip(1);
                let own = keys.fold(&mut root, |own, key| {
                    own.members.entry(unescaped(key)).or_default()
                });
                own.is_masked = true;
            }
            root
        };
        Self(
            fields
                .iter()
                .map(|(name, own)| (name.clone(), tree(own)))
                .collect(),
        )
    }

    /// Whether what stands at a place of payloads of this type is masked, itself or with what it stands in.
    fn holds(&self, event_type: &str, pointer: &str) -> bool {
        let Some(root) = self.0.get(event_type) else {
            return false;
        };
        let mut own = Some(root);
        for key in pointer.split('/').skip(1) {
            match own {
                Some(field) if !field.is_masked => own = field.members.get(&unescaped(key)),
                _ => break,
            }
        }
        own.is_some_and(|field| field.is_masked)
    }

    /// What is to be seen of a payload of this type.
    fn payload(&self, event_type: &str, payload: Payload) -> Payload {
        let Some((field, json)) = self.0.get(event_type).zip(payload.json()) else {
            return payload;
        };
        let mut text = String::with_capacity(json.len());
        field.write(json, &mut text);
        // What is put together of JSON is JSON; if not, nothing of it is shown.
        match RawValue::from_string(text) {
            Ok(raw) => Payload::Json(raw),
            Err(_) => Payload::Absent,
        }
    }
}

/// A key as a pointer means it.
fn unescaped(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

impl Field {
    /// Writes a value without what is masked in it.
    fn write(&self, json: &str, text: &mut String) {
        if self.is_masked {
            return text.push_str(&mark(json));
        }
        match serde_json::from_str::<Parts<'_>>(json) {
            Ok(Parts::Object(members)) => {
                let members = members.into_iter().map(|(key, value)| {
                    let own = self.members.get(&key);
                    (Some(key), own, value)
                });
                write_all(('{', '}'), members, text);
            }
            Ok(Parts::Array(items)) if self.members.contains_key("*") => {
                let own = self.members.get("*");
                let items = items.into_iter().map(|value| (None, own, value));
                write_all(('[', ']'), items, text);
            }
            _ => text.push_str(json),
        }
    }
}

fn write_all<'t, 'f>(
    (open, close): (char, char),
    parts: impl Iterator<Item = (Option<String>, Option<&'f Field>, &'t RawValue)>,
    text: &mut String,
) {
    text.push(open);
    for (nth, (key, field, value)) in parts.enumerate() {
        if nth > 0 {
            text.push(',');
        }
        if let Some(key) = key {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}:", serde_json::Value::String(key));
        }
        match field {
            Some(field) => field.write(value.get(), text),
            None => text.push_str(value.get()),
        }
    }
    text.push(close);
}

/// What stands for a masked value.
fn mark(json: &str) -> String {
    match json {
        "null" => json.to_owned(),
        json => {
            let hash = FixedState::default().hash_one(json) & 0xff_ffff;
            format!("\"•••{hash:06x}\"")
        }
    }
}

/// A value of JSON, one level of it taken apart.
enum Parts<'t> {
    Object(Vec<(String, &'t RawValue)>),
    Array(Vec<&'t RawValue>),
}

impl<'t> Deserialize<'t> for Parts<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct Level;

        impl<'t> Visitor<'t> for Level {
            type Value = Parts<'t>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object or an array")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Parts<'t>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Parts::Object(members))
            }

            fn visit_seq<A: SeqAccess<'t>>(self, mut seq: A) -> Result<Parts<'t>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Parts::Array(items))
            }
        }

        deserializer.deserialize_any(Level)
    }
}

/// A reader that masks what it reads. Metadata, opaque bytes and what stands beside the events are as they
/// are.
pub struct Masked {
    /// Where the payloads are.
    pub payloads: Arc<dyn PayloadReader>,
    /// What is masked of them.
    pub mask: Mask,
}

impl PayloadReader for Masked {
    fn read(
        &self,
        log: &Log,
        events: &[EventIx],
        task: &Task,
        each: &mut dyn FnMut(EventIx, Result<Body, Unreadable>),
    ) -> Result<(), Cancelled> {
        self.payloads.read(log, events, task, &mut |event, body| {
            let event_type = log.type_name(log.event_type(event));
            let seen = |body: Body| Body {
                data: self.mask.payload(event_type, body.data),
                ..body
            };
            each(event, body.map(seen));
        })
    }

    fn masks(&self, event_type: &str, pointer: &str) -> bool {
        self.mask.holds(event_type, pointer) || self.payloads.masks(event_type, pointer)
    }

    fn file(&self, log: &Log, event: EventIx) -> Option<String> {
        self.payloads.file(log, event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(pointers: &[&str], json: &str) -> String {
        let pointers = pointers.iter().map(|own| (*own).to_owned()).collect();
        let mask = Mask::new(&BTreeMap::from([("Signed".to_owned(), pointers)]));
        let shown = mask.payload("Signed", Payload::from_text(json.to_owned()));
        shown.json().unwrap().to_owned()
    }

    #[test]
    fn only_what_is_named_is_masked() {
        let json = r#"{"n":1.50,"who":{"email":"a@b.c","age":7},"list":[{"phone":"1","x":[ ]},{"y":0}],"email":null}"#;
        let shown = masked(
            &["/who/email", "/list/*/phone", "/email", "/nowhere/at/all"],
            json,
        );
        assert!(
            !shown.contains("a@b.c") && !shown.contains(r#""1""#),
            "{shown}"
        );
        assert!(
            shown.starts_with(r#"{"n":1.50,"who":{"email":"•••"#),
            "{shown}"
        );
        assert!(
            shown.ends_with(r#""x":[ ]},{"y":0}],"email":null}"#),
            "{shown}"
        );
        assert!(shown.contains(r#""age":7"#));
    }

    #[test]
    fn what_stands_in_something_masked_is_masked() {
        let pointers = ["/who", "/list/*/phone", "/a~1b"]
            .map(str::to_owned)
            .to_vec();
        let mask = Mask::new(&BTreeMap::from([("Signed".to_owned(), pointers)]));
        for own in ["/who", "/who/email/0", "/list/*/phone", "/a~1b"] {
            assert!(mask.holds("Signed", own), "{own}");
        }
        for other in ["", "/list", "/list/*", "/list/*/x", "/nowhere/at/all"] {
            assert!(!mask.holds("Signed", other), "{other}");
        }
        assert!(!mask.holds("Other", "/who"));
    }

    #[test]
    fn equal_values_have_equal_marks_and_others_do_not() {
        let shown = masked(&["/a", "/b", "/c"], r#"{"a":"x","b":"x","c":"y"}"#);
        let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(value["a"], value["b"]);
        assert_ne!(value["a"], value["c"]);
    }

    #[test]
    fn whole_values_and_odd_payloads_are_no_trouble() {
        assert!(masked(&["/a"], r#"{"a":{"b":[1,2]},"c":2}"#).ends_with(r#"","c":2}"#));
        assert_eq!(masked(&["/a/b"], r#"{"a":[1]}"#), r#"{"a":[1]}"#);
        assert_eq!(masked(&["/a"], "7"), "7");
        assert!(masked(&[""], r#"{"a":1}"#).starts_with(r#""•••"#));
        let deep = format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
        assert!(masked(&["/a/a/b"], &deep).len() == deep.len());
        let mask = Mask::new(&BTreeMap::from([(
            "Signed".to_owned(),
            vec!["/a".to_owned()],
        )]));
        let opaque = mask.payload("Signed", Payload::Opaque(vec![1, 2]));
        assert!(matches!(opaque, Payload::Opaque(_)));
        let other = mask.payload("Other", Payload::from_text(r#"{"a":1}"#.to_owned()));
        assert_eq!(other.json(), Some(r#"{"a":1}"#));
    }
}
