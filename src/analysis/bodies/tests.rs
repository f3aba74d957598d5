//! Shapes against what a parser that builds a tree makes of the same payload.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::format::Kind;
use super::paths::Paths;
use super::walk::Walker;

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Bool,
        Value::Number(number) if number.to_string().contains(['.', 'e', 'E']) => Kind::Number,
        Value::Number(_) => Kind::Integer,
        Value::String(_) => Kind::Text,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}

fn expected(value: &Value, at: String, found: &mut BTreeMap<String, u16>) {
    *found.entry(at.clone()).or_default() |= kind_of(value).bit();
    match value {
        Value::Array(items) => {
            for item in items {
                expected(item, format!("{at}/*"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                expected(member, format!("{at}/{key}"), found);
            }
        }
        _ => {}
    }
}

fn walked(json: &str) -> Option<BTreeMap<String, u16>> {
    let (mut walker, mut paths) = (Walker::default(), Paths::default());
    let root = paths.root();
    let whole = walker.walk(json, root, &mut paths, &mut |_, _| {});
    let found = walker.found().iter();
    let found = found.map(|(path, kinds)| (paths.pointer(*path), *kinds));
    whole.then(|| found.collect())
}

fn payloads() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(json!(1.5)),
        "[a-z\\\\\" {}\\[\\],:]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-e]{1,2}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_walk_finds_what_a_parser_finds(value in payloads(), pretty in any::<bool>()) {
        let json = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let mut found = BTreeMap::new();
        expected(&value, String::new(), &mut found);
        prop_assert_eq!(walked(&json.unwrap()), Some(found));
    }

    #[test]
    fn no_text_is_too_odd_to_walk_over(text in "[\\[\\]{}\",:a-c0-9. \\\\-]{0,30}") {
        let _ = walked(&text);
    }
}
