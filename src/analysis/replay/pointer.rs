//! JSON pointers (RFC 6901): the names of places in a state. Only text; no state in here.

use std::borrow::Cow;

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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_pushed_is_read_back(path in prop::collection::vec("[~/01a é]{0,4}", 0..5)) {
            let mut pointer = String::new();
            for key in &path {
                push(&mut pointer, key);
            }
            prop_assert_eq!(keys(&pointer).collect::<Vec<_>>(), path);
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
