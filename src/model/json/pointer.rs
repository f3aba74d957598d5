//! JSON pointers (RFC 6901): the names of places in a document, as text and taken apart.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A path from the root of a document to one of its values; the empty pointer is the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Pointer(Vec<String>);

impl Pointer {
    /// The pointer that goes through `keys`.
    pub fn through<S: Into<String>>(keys: impl IntoIterator<Item = S>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// The keys on the way, unescaped.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }
}

/// As [`keys`] reads it.
impl From<&str> for Pointer {
    fn from(text: &str) -> Self {
        Self::through(keys(text))
    }
}

impl From<String> for Pointer {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.to_string()
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for key in &self.0 {
            push(&mut text, key);
        }
        f.write_str(&text)
    }
}

/// Appends `key` to the pointer `to`, with `~` and `/` escaped.
pub fn push(to: &mut String, key: &str) {
    to.push('/');
    for c in key.chars() {
        match c {
            '~' => to.push_str("~0"),
            '/' => to.push_str("~1"),
            other => to.push(other),
        }
    }
}

/// The keys that a pointer names, from the root down, unescaped. The empty pointer is the root and
/// has none. A pointer typed without its first `/` is read as if it had one.
pub fn keys(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let path = pointer.strip_prefix('/').unwrap_or(pointer);
    let keys = if pointer.is_empty() {
        None
    } else {
        Some(path.split('/'))
    };
    keys.into_iter().flatten().map(unescape)
}

/// A pointer as people say it: `balance.amount` for `/balance/amount`.
#[must_use]
pub fn spoken(pointer: &str) -> String {
    keys(pointer).collect::<Vec<_>>().join(".")
}

fn unescape(key: &str) -> Cow<'_, str> {
    if key.contains('~') {
        // In this order, so that `~01` is the key `~1`.
        Cow::Owned(key.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pointers_read_back(path in prop::collection::vec("[~/01a é]{0,4}", 0..5)) {
            let mut text = String::new();
            for key in &path {
                push(&mut text, key);
            }
            prop_assert_eq!(keys(&text).collect::<Vec<_>>(), &path[..]);
            let pointer = Pointer::from(text.as_str());
            prop_assert_eq!(pointer.keys(), &path[..]);
            prop_assert_eq!(pointer.to_string(), text);
        }
    }

    #[test]
    fn the_root_has_no_keys_and_an_empty_key_is_one() {
        assert_eq!(keys("").count(), 0);
        assert_eq!(keys("/").collect::<Vec<_>>(), [""]);
        assert_eq!(spoken("/a~1b/c"), "a/b.c");
        assert_eq!(keys("email").collect::<Vec<_>>(), ["email"]);
    }
}
