//! One pass over a JSON text for the values at several pointers.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Pointer;

/// Finds the values at a fixed set of pointers. Array elements are not looked into.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    root: Node,
    slots: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    slots: Vec<usize>,
    children: Vec<(String, Node)>,
}

impl Picker {
    /// A picker whose n-th slot is the n-th pointer's.
    pub fn new<'a>(pointers: impl IntoIterator<Item = &'a Pointer>) -> Self {
        let mut picker = Self::default();
        for pointer in pointers {
            let mut node = &mut picker.root;
            for key in pointer.keys() {
                let at = node
                    .children
                    .iter()
                    .position(|(name, _)| name == key)
                    .unwrap_or_else(|| {
                        node.children.push((key.clone(), Node::default()));
                        node.children.len() - 1
                    });
                node = &mut node.children[at].1;
            }
            node.slots.push(picker.slots);
            picker.slots += 1;
        }
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
        while seq.next_element::<IgnoredAny>()?.is_some() {}
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
        Ok(self
            .0
            .children
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node))
    }
}

#[cfg(test)]
mod tests {
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
