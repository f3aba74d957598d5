//! One pass over a JSON text for the values at several pointers.

mod flat;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Pointer;

/// Finds the values at a fixed set of pointers. Array elements are not looked into. One `*` in a key
/// stands for any text: `/*Attributes` leads to the member that is called so.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    root: Node,
    slots: usize,
    /// Whether nothing is looked for within a value, nor the whole.
    flat: bool,
}

#[derive(Clone, Debug, Default)]
struct Node {
    slots: Vec<usize>,
    children: Vec<(Name, Node)>,
}

/// What a key is called, or begins and ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// The key itself.
    Exact(String),
    /// What stands before and behind the `*`.
    Like(String, String),
}

impl From<&str> for Name {
    fn from(key: &str) -> Self {
        match key.split_once('*') {
            Some((before, behind)) => Self::Like(before.to_owned(), behind.to_owned()),
            None => Self::Exact(key.to_owned()),
        }
    }
}

impl Name {
    /// Whether a key is called so.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        match self {
            // Few keys that are others begin and end in the same way, and comparing all of two is a call.
            Self::Exact(name) => ends(name) == ends(key) && name == key,
            Self::Like(before, behind) => {
                let rest = key.strip_prefix(before.as_str());
                rest.is_some_and(|rest| rest.ends_with(behind.as_str()))
            }
        }
    }
}

/// The length of a text, and its first and last byte.
#[inline]
fn ends(text: &str) -> (usize, Option<&u8>, Option<&u8>) {
    let bytes = text.as_bytes();
    (bytes.len(), bytes.first(), bytes.last())
}

impl Node {
    fn child(&self, key: &str) -> Option<&Self> {
        let mut children = self.children.iter();
        children
            .find(|(name, _)| name.is(key))
            .map(|(_, node)| node)
    }
}

impl Node {
    /// Where an item of an array leads to, by its number. No name with a `*` is one.
    fn item(&self, index: usize) -> Option<&Self> {
        let is = |name: &Name| match name {
            Name::Exact(name) => name.parse() == Ok(index),
            Name::Like(..) => false,
        };
        let mut children = self.children.iter();
        children.find(|(name, _)| is(name)).map(|(_, node)| node)
    }
}

impl Picker {
    /// A picker whose n-th slot is the n-th pointer's.
    pub fn new<'a>(pointers: impl IntoIterator<Item = &'a Pointer>) -> Self {
        let mut picker = Self::default();
        for pointer in pointers {
            let mut node = &mut picker.root;
            for key in pointer.keys() {
                let name = Name::from(key.as_str());
                let known = node.children.iter().position(|(own, _)| *own == name);
                let at = known.unwrap_or_else(|| {
                    node.children.push((name, Node::default()));
                    node.children.len() - 1
                });
                node = &mut node.children[at].1;
            }
            node.slots.push(picker.slots);
            picker.slots += 1;
        }
        let leaves = |(_, node): &(Name, Node)| node.children.is_empty();
        picker.flat = picker.root.slots.is_empty() && picker.root.children.iter().all(leaves);
        picker
    }

    /// How many slots to give [`Picker::pick`].
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Fills each slot with the written text of the value at its pointer, or nothing. Of a key that
    /// stands twice the last counts.
    ///
    /// # Errors
    /// Where `json` is not JSON; slots may be filled nevertheless.
    ///
    /// # Panics
    /// Where there are fewer slots than pointers.
    pub fn pick<'a>(
        &self,
        json: &'a str,
        slots: &mut [Option<&'a str>],
    ) -> Result<(), serde_json::Error> {
        slots[..self.slots].fill(None);
        if self.flat && self.pick_flat(json, slots).is_some() {
            return Ok(());
        }
        self.pick_thoroughly(json, slots)
    }

    fn pick_flat<'a>(&self, json: &'a str, slots: &mut [Option<&'a str>]) -> Option<()> {
        flat::members(json, |key, value| {
            for &slot in self.root.child(key).map_or(&[][..], |node| &node.slots) {
                slots[slot] = Some(value);
            }
        })
    }

    fn pick_thoroughly<'a>(
        &self,
        json: &'a str,
        slots: &mut [Option<&'a str>],
    ) -> Result<(), serde_json::Error> {
        slots[..self.slots].fill(None);
        let mut deserializer = serde_json::Deserializer::from_str(json);
        Seed {
            node: &self.root,
            slots,
        }
        .deserialize(&mut deserializer)?;
        deserializer.end()
    }
}

struct Seed<'n, 's, 'a> {
    node: &'n Node,
    slots: &'s mut [Option<&'a str>],
}

impl<'a> DeserializeSeed<'a> for Seed<'_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.node.slots.is_empty() {
            return deserializer.deserialize_any(self);
        }
        let raw: &'a RawValue = serde::Deserialize::deserialize(deserializer)?;
        for &slot in &self.node.slots {
            self.slots[slot] = Some(raw.get());
        }
        if !self.node.children.is_empty() {
            let mut inner = serde_json::Deserializer::from_str(raw.get());
            // Valid by now; anything but an object simply has no children.
            inner
                .deserialize_any(self)
                .map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

impl<'a> Visitor<'a> for Seed<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(child) = map.next_key_seed(Key(self.node))? {
            match child {
                Some(node) => map.next_value_seed(Seed {
                    node,
                    slots: &mut *self.slots,
                })?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let more = match self.node.item(index) {
                Some(node) => seq.next_element_seed(Seed {
                    node,
                    slots: &mut *self.slots,
                })?,
                None => seq.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Finds the child a key leads to without copying the key.
struct Key<'n>(&'n Node);

impl<'a, 'n> DeserializeSeed<'a> for Key<'n> {
    type Value = Option<&'n Node>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Key<'n> {
    type Value = Option<&'n Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.child(key))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Picker, Pointer};

    fn pick<'a>(pointers: &[&str], json: &'a str) -> Vec<Option<&'a str>> {
        let pointers: Vec<Pointer> = pointers.iter().map(|&text| Pointer::from(text)).collect();
        let picker = Picker::new(&pointers);
        let mut slots = vec![None; picker.slots()];
        picker.pick(json, &mut slots).expect("valid JSON");
        slots
    }

    #[test]
    fn values_come_as_written() {
        let json = r#"{"a": {"b": 1.50, "c": [1, {"b": 2}]}, "d": 7, "a~": null}"#;
        let found = pick(&["/a/b", "/a", "/d/x", "/d", "/nope", "/a~0"], json);
        let a = r#"{"b": 1.50, "c": [1, {"b": 2}]}"#;
        assert_eq!(
            found,
            [Some("1.50"), Some(a), None, Some("7"), None, Some("null")]
        );
        let items = pick(&["/a/c/1/b", "/a/c/0", "/a/c/2", "/a/c/*"], json);
        assert_eq!(items, [Some("2"), Some("1"), None, None]);
    }

    /// JSON and what is nearly JSON, mostly flat.
    fn text() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            4 => r#""[a-c\u00e9 {}:,]{0,3}""#,
            3 => r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
            1 => "true|false|null|nul|-|01|1\\.|1e|\\+1|\"a\n\"|\"\\\\n\"",
            1 => r#"\{"a":1\}|\[1,"a"\]|\{\}|"#,
        ];
        let space = " {0,2}|\t";
        let member = (r#""[ab]{0,2}""#, space, value, space);
        let member = member.prop_map(|(key, a, value, b)| format!("{key}{a}:{b}{value}{a}"));
        let members = prop::collection::vec(member, 0..5);
        (
            members,
            prop::sample::select(vec!["{}", "{,}", " {} ", "{}x", "["]),
        )
            .prop_map(|(members, around)| around.replacen('}', &(members.join(", ") + "}"), 1))
    }

    proptest! {
        #[test]
        fn the_quick_way_leads_where_the_thorough_one_does(json in text()) {
            let picker = Picker::new(&["/a", "/b", "/ab", "/a", "/"].map(Pointer::from));
            let (mut quick, mut thorough) = (vec![None; 5], vec![None; 5]);
            prop_assert!(picker.flat);
            let is_flat = picker.pick_flat(&json, &mut quick).is_some();
            let is_json = picker.pick_thoroughly(&json, &mut thorough).is_ok();
            if is_flat {
                prop_assert!(is_json, "{json}");
                prop_assert_eq!(quick, thorough);
            }
        }
    }

    #[test]
    fn what_most_envelopes_are_goes_the_quick_way() {
        let picker = Picker::new(&["/a", "/b"].map(Pointer::from));
        let mut slots = [None; 2];
        let json = r#"{"a": "x", "c":-1.5e3 , "b" :null}"#;
        assert!(picker.pick_flat(json, &mut slots).is_some());
        assert_eq!(slots, [Some("\"x\""), Some("null")]);
        assert!(picker.pick_flat("{}", &mut slots).is_some());
        assert!(picker.pick_flat(r#"{"a":{}}"#, &mut slots).is_none());
        assert!(!Picker::new(&["/a/b"].map(Pointer::from)).flat);
    }

    #[test]
    fn a_star_stands_for_any_text_of_a_key() {
        let json = r#"{"type":"A","madeAttributes":{"by":"x"},"other":1}"#;
        let found = pick(&["/*Attributes/by", "/oth*", "/*Nothing"], json);
        assert_eq!(found, [Some("\"x\""), Some("1"), None]);
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(pick(&["/a"], r#"{"a": 1, "a": 2}"#), [Some("2")]);
    }

    #[test]
    fn what_is_not_asked_for_may_be_nested_without_end() {
        let json = format!(
            r#"{{"deep": {}{}, "a": 1}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let found = pick(&["/a", "/deep"], &json);
        assert_eq!(found[0], Some("1"));
        assert_eq!(found[1].map(str::len), Some(200_000));
    }
}
