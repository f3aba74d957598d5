//! JSON pointers (RFC 6901).

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

/// Reads `/a/b`; the slash at the beginning may be left out.
impl From<&str> for Pointer {
    fn from(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        let text = text.strip_prefix('/').unwrap_or(text);
        Self(
            text.split('/')
                .map(|key| key.replace("~1", "/").replace("~0", "~"))
                .collect(),
        )
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
        for key in &self.0 {
            write!(f, "/{}", key.replace('~', "~0").replace('/', "~1"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pointers_read_back(keys in prop::collection::vec("[a/~é]{0,3}", 1..4)) {
            let pointer = Pointer::through(keys.clone());
            let text = pointer.to_string();
            let again = Pointer::from(text.as_str());
            prop_assert_eq!(again.keys(), &keys[..]);
        }
    }
}
