//! What stands at the places of payloads, judged by all conflicts together: something of the stream itself,
//! which several sides may have changed, or what only says what one write was about. `/item/sku` names the
//! entry that was changed, `/op` is another one each time, `/set_by` is who wrote, `/pieces` follows from
//! others: to merge these says nothing.

use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use super::amounts::{amounts, is_total};
use crate::model::StreamIx;

/// One write, with the state of its stream before and after it.
pub(super) struct Change<'a> {
    pub stream: StreamIx,
    /// Who wrote it.
    pub replica: &'a str,
    /// The places that it has written.
    pub places: &'a [String],
    pub before: &'a Value,
    pub after: &'a Value,
}

/// The places that were seen, and what spoke for which role.
#[derive(Debug, Default)]
pub(super) struct Roles {
    places: HashMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Writes that said something about themselves there, and those that did not.
    aside: usize,
    own: usize,
    /// The texts of each stream, of so many.
    texts: HashSet<(StreamIx, String)>,
    written: usize,
}

/// So many of a hundred writes decide.
const MOST: usize = 80;
/// So many texts, none of them twice in a stream, are names of the writes.
const MANY: usize = 8;

impl Roles {
    pub fn see(&mut self, change: &Change<'_>) {
        let amounts = amounts(change.places, change.before, change.after);
        for place in change.places {
            let aside = match change.after.pointer(place) {
                Some(Value::Number(_)) if amounts.contains(&place.as_str()) => Some(true),
                Some(Value::Number(_)) => is_total(change.after, place),
                Some(Value::String(text)) => {
                    let seen = self.places.entry_ref(place.as_str()).or_default();
                    seen.written += 1;
                    seen.texts.insert((change.stream, text.clone()));
                    Some(names_a_part(change, place, text))
                }
                _ => None,
            };
            let seen = self.places.entry_ref(place.as_str()).or_default();
            match aside {
                Some(true) => seen.aside += 1,
                Some(false) => seen.own += 1,
                None => {}
            }
        }
    }

    /// Whether what stands at a place is nothing to merge.
    pub fn is_aside(&self, place: &str) -> bool {
        self.places.get(place).is_some_and(|seen| {
            let mostly = seen.aside * 100 >= (seen.aside + seen.own) * MOST && seen.aside > 0;
            mostly || seen.written >= MANY && seen.texts.len() == seen.written
        })
    }
}

/// Whether a text says who wrote, or which entry of an object or a list it was about.
fn names_a_part(change: &Change<'_>, place: &str, text: &str) -> bool {
    let is_key = |other: &String| {
        let key = other.rsplit('/').next().unwrap_or_default();
        other != place && key.replace("~1", "/").replace("~0", "~") == text
    };
    let is_item = |other: &String| {
        let lists = [change.before, change.after].map(|state| state.pointer(other));
        let mut lists = lists.into_iter().flatten().filter_map(Value::as_array);
        lists.any(|list| list.iter().any(|item| item.as_str() == Some(text)))
    };
    text == change.replica
        || change
            .places
            .iter()
            .any(|other| is_key(other) || is_item(other))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_says_what_a_write_was_about_is_nothing_to_merge() {
        let mut roles = Roles::default();
        let places = [
            "/op",
            "/set_by",
            "/item/sku",
            "/item/delta",
            "/quantities/TEA",
            "/coupon/code",
            "/coupons",
            "/option",
            "/pieces",
        ];
        let places = places.map(str::to_owned);
        let state = |op: u32, tea: u32| {
            json!({
                "op": format!("phone-{op}"), "set_by": "phone", "item": { "sku": "TEA", "delta": 2 },
                "quantities": { "TEA": tea, "MUG": 1 }, "coupon": { "code": "SPRING" }, "coupons": ["SPRING"],
                "option": "to the door", "pieces": tea + 1,
            })
        };
        for op in 0..10 {
            roles.see(&Change {
                stream: StreamIx(op / 5),
                replica: "phone",
                places: &places,
                before: &state(op, 2 * op),
                after: &state(op + 1, 2 * op + 2),
            });
        }
        // A phone that has put nothing into the cart yet writes nought.
        roles.see(&Change {
            stream: StreamIx(3),
            replica: "phone",
            places: &places[7..],
            before: &json!({}),
            after: &json!({ "option": "pick up", "pieces": 0 }),
        });
        let aside = places.iter().filter(|place| roles.is_aside(place));
        let aside: Vec<&str> = aside.map(String::as_str).collect();
        assert_eq!(
            aside,
            [
                "/op",
                "/set_by",
                "/item/sku",
                "/item/delta",
                "/coupon/code",
                "/pieces"
            ]
        );
    }
}
