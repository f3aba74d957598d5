//! The default fold: JSON merge of payloads, which needs no configuration. The rules are those of
//! "The default fold" in `docs/semantics.md`; anything about reading events or time stays out.

use serde_json::{Map, Value};

use super::envelope;
use super::flaws::{Flaw, Flaws};
use super::tree::Tree;
use crate::log::{Payload, StreamEnd};
use crate::model::EventIx;
use crate::model::json::TooDeep;

/// What a layout says about its payloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoldRules {
    /// Keys at the top of a payload that only copy columns of the envelope (its time, its stream)
    /// and are no part of the state.
    pub drop_keys: Vec<String>,
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// Its payload was merged.
    Merged,
    /// The state stayed as it was.
    Skipped,
}

/// That a stream was begun anew after its deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revival {
    /// The event that had deleted it.
    pub deleted_by: EventIx,
    /// The first event since.
    pub begun_by: EventIx,
}

/// A state as it grows, event by event. Cloning is a snapshot: it takes no time and shares memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeFold {
    tree: Tree,
    flaws: Flaws,
    ended: Option<(StreamEnd, EventIx)>,
    revival: Option<Revival>,
}

impl MergeFold {
    /// The state before any event: an empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where a projection has made no state yet.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            tree: Tree::nothing(),
            ..Self::default()
        }
    }

    /// Says that `event` is next: what was deleted before begins anew with it.
    pub fn turn_to(&mut self, event: EventIx) {
        if let Some((StreamEnd::Deleted, deleted_by)) = self.ended {
            *self = Self {
                revival: Some(Revival {
                    deleted_by,
                    begun_by: event,
                }),
                ..Self::default()
            };
        }
    }

    /// Folds one event. Events come in log order.
    pub fn apply(
        &mut self,
        rules: &FoldRules,
        event: EventIx,
        event_type: &str,
        payload: &Payload,
    ) -> Folded {
        self.turn_to(event);
        if self.ended.is_some() {
            return self.skip(Flaw::AfterEnd, event);
        }
        let reading = match payload.read() {
            Ok(Some(reading)) => reading,
            Ok(None) => return self.skip(Flaw::NoObject, event),
            Err(TooDeep) => return self.skip(Flaw::TooDeep, event),
        };
        let Value::Object(payload) = reading.value else {
            return self.skip(Flaw::NoObject, event);
        };
        let mut payload = Value::Object(envelope::open(payload, event_type, &rules.drop_keys));
        envelope::unwrap_scalars(&mut payload);
        let Value::Object(mut payload) = payload else {
            return self.skip(Flaw::NoObject, event);
        };
        let noted = [
            (Flaw::RepeatedKey, reading.repeated_key),
            (Flaw::HalfCharacter, reading.half_character),
        ];
        for (flaw, place) in noted {
            if let Some(place) = place {
                self.flaws.note(flaw, event, Some(&place));
            }
        }
        match self.changed_key(event_type, &payload) {
            Some(key) => {
                let new = payload.remove("new").unwrap_or(Value::Null);
                self.tree.replace(&key, new, event);
            }
            None => {
                self.tree.write(payload, event);
            }
        }
        Folded::Merged
    }

    fn skip(&mut self, flaw: Flaw, event: EventIx) -> Folded {
        self.flaws.note(flaw, event, None);
        Folded::Skipped
    }

    /// Counts an event whose payload could not be read; the state stays as it was.
    pub fn miss(&mut self, event: EventIx, reason: &str) {
        self.turn_to(event);
        let flaw = match self.ended {
            Some(_) => Flaw::AfterEnd,
            None => Flaw::Unreadable,
        };
        self.flaws.note(flaw, event, Some(reason));
    }

    /// Says what a projection has made of the state with an event: another state, none, or an error. What
    /// becomes of the state of a deleted stream that is begun anew is for the projection to say.
    pub fn turn_into(&mut self, event: EventIx, state: Result<Option<Value>, String>) {
        if let Some((StreamEnd::Deleted, _)) = self.ended {
            self.ended = None;
        }
        match state {
            Ok(Some(state)) => self.tree.turn_into(state, event),
            Ok(None) => self.tree = Tree::nothing(),
            Err(reason) => self.flaws.note(Flaw::Failed, event, Some(&reason)),
        }
    }

    /// Says that an event left something in the state that JSON has no words for.
    pub fn note_odd(&mut self, event: EventIx, what: &str) {
        self.flaws.note(Flaw::NotJson, event, Some(what));
    }

    /// Says that the event folded last ends the stream. What has ended for good ends only once.
    pub fn end(&mut self, how: StreamEnd, by: EventIx) {
        self.ended.get_or_insert((how, by));
    }

    /// How the stream has ended and by which event, if it has.
    #[must_use]
    pub const fn ended(&self) -> Option<(StreamEnd, EventIx)> {
        self.ended
    }

    /// Where the stream was last begun anew, if it was.
    #[must_use]
    pub const fn revival(&self) -> Option<Revival> {
        self.revival
    }

    /// What events could not give as they stand, since the stream was last begun.
    #[must_use]
    pub const fn flaws(&self) -> &Flaws {
        &self.flaws
    }

    /// The state so far, with its blame.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// How many fields stand at the top.
    #[must_use]
    pub fn size(&self) -> usize {
        self.tree.children().count()
    }

    /// How many events were read but left the state as it was.
    #[must_use]
    pub fn not_folded(&self) -> u64 {
        self.flaws
            .count(&[Flaw::NoObject, Flaw::TooDeep, Flaw::Failed])
    }

    /// How many events could not be read.
    #[must_use]
    pub const fn unreadable(&self) -> u64 {
        self.flaws.of(Flaw::Unreadable).count
    }

    /// Whether no event between `earlier` and this later state of the same stream changed what
    /// stands at `pointer`. May say no where it did not.
    pub(super) fn is_unchanged(&self, earlier: &Self, pointer: &str) -> bool {
        self.revival == earlier.revival && self.tree.is_unchanged(&earlier.tree, pointer)
    }

    /// The key that an `{old, new}` payload sets: the one in the state that is called like the rest
    /// of the type's name, else a new one in `snake_case`.
    fn changed_key(&self, event_type: &str, payload: &Map<String, Value>) -> Option<String> {
        if payload.len() != 2 || !payload.contains_key("old") || !payload.contains_key("new") {
            return None;
        }
        let field = envelope::changed_field(event_type)?;
        let (snake, plain) = (envelope::snake_case(field), envelope::plain(field));
        let same = |key: &&str| envelope::plain(key) == plain;
        let live = || {
            self.tree
                .children()
                .filter(|(_, node)| node.is_live())
                .map(|(key, _)| key)
        };
        let removed = || self.tree.children().map(|(key, _)| key);
        let known = live()
            .find(|key| *key == snake)
            .or_else(|| live().find(same))
            .or_else(|| removed().find(same));
        Some(known.map_or(snake, str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tree::{Blame, Found};
    use super::*;

    fn fold(events: &[(&str, &str)]) -> MergeFold {
        let mut fold = MergeFold::new();
        for (at, (event_type, payload)) in events.iter().enumerate() {
            let payload = Payload::from_text((*payload).to_owned());
            fold.apply(
                &FoldRules::default(),
                EventIx::from_usize(at),
                event_type,
                &payload,
            );
        }
        fold
    }

    fn blame(fold: &MergeFold) -> Vec<(String, u32, bool)> {
        let mut leaves = Vec::new();
        fold.tree().for_each_leaf(&mut |leaf| {
            leaves.push((
                leaf.pointer.to_owned(),
                leaf.blame.set_by.0,
                leaf.value.is_some(),
            ));
        });
        leaves
    }

    const CLASSIC: [(&str, &str); 3] = [
        (
            "UserCreated",
            r#"{"email":"old@example.com","name":"Alice"}"#,
        ),
        (
            "EmailChanged",
            r#"{"old":"old@example.com","new":"new@example.com"}"#,
        ),
        ("NameUpdated", r#"{"old":"Alice","new":"Alice B"}"#),
    ];

    #[test]
    fn the_classic_example() {
        let fold = fold(&CLASSIC[..2]);
        assert_eq!(
            fold.tree().to_value(),
            json!({"email": "new@example.com", "name": "Alice"})
        );
        assert_eq!(
            blame(&fold),
            [
                ("/email".to_owned(), 1, true),
                ("/name".to_owned(), 0, true)
            ]
        );
    }

    #[test]
    fn old_and_new_find_the_key_in_any_casing_and_make_a_snake_case_one() {
        let state = |payload, event_type| {
            fold(&[("A", payload), (event_type, r#"{"old":1,"new":2}"#)])
                .tree()
                .to_value()
        };
        assert_eq!(
            state(r#"{"homeAddress":1}"#, "home_address_changed"),
            json!({"homeAddress": 2})
        );
        assert_eq!(
            state(r#"{"home_address":1}"#, "HomeAddressSet"),
            json!({"home_address": 2})
        );
        assert_eq!(
            state(r#"{"HOME_ADDRESS":1}"#, "HomeAddressCorrected"),
            json!({"HOME_ADDRESS": 2})
        );
        assert_eq!(
            state("{}", "HomeAddressCorrected"),
            json!({"home_address": 2})
        );
        // The rest of the type is its key, a namespace among it.
        assert_eq!(
            state(r#"{"email":1}"#, "com.x.EmailChanged"),
            json!({"email": 1, "com.x.email": 2})
        );
        for other in ["HomeAddressMoved", "EmailChangedV2", "EmailChangedEvent"] {
            assert_eq!(state("{}", other), json!({"old": 1, "new": 2}), "{other}");
        }
    }

    #[test]
    fn old_and_new_set_the_whole_value_and_null_removes() {
        let fold = fold(&[
            ("A", r#"{"address":{"street":"a","city":"b"}}"#),
            (
                "AddressChanged",
                r#"{"old":{"street":"a","city":"b"},"new":{"street":"c","zip":null}}"#,
            ),
            ("AddressChanged", r#"{"old":{},"new":null}"#),
            ("AddressChanged", r#"{"old":null,"new":[1]}"#),
        ]);
        assert_eq!(fold.tree().to_value(), json!({"address": [1]}));
        let fold = self::fold(&[
            ("A", r#"{"address":{"street":"a","city":"b"}}"#),
            (
                "AddressChanged",
                r#"{"old":{},"new":{"street":"a","zip":null}}"#,
            ),
        ]);
        assert_eq!(fold.tree().to_value(), json!({"address": {"street": "a"}}));
        assert_eq!(fold.tree().get("/address/city"), Found::Removed(EventIx(1)));
        let street = fold.tree().node("/address/street").unwrap().blame();
        assert_eq!(
            street,
            Blame {
                set_by: EventIx(1),
                changed_by: EventIx(0)
            }
        );
    }

    #[test]
    fn nulls_remove_and_blame_keeps_the_removal() {
        let fold = fold(&[
            ("A", r#"{"a":{"b":1,"c":2},"x":1,"gone":true}"#),
            ("B", r#"{"a":{"b":null},"never":null,"gone":null}"#),
            ("B", r#"{"a":{"c":null},"gone":null}"#),
        ]);
        assert_eq!(fold.tree().to_value(), json!({"a": {}, "x": 1}));
        let expected = [
            ("/a/b", 1, false),
            ("/a/c", 2, false),
            ("/a", 2, true),
            ("/x", 0, true),
            ("/gone", 1, false),
        ];
        assert_eq!(
            blame(&fold),
            expected.map(|(p, by, live)| (p.to_owned(), by, live))
        );
        assert_eq!(fold.tree().get("/never"), Found::Missing);
    }

    #[test]
    fn objects_and_scalars_replace_each_other() {
        let fold = fold(&[
            ("A", r#"{"a":{"b":{"c":1}},"s":1}"#),
            ("B", r#"{"a":"flat","s":{"deep":{"n":null,"m":[null]}}}"#),
        ]);
        assert_eq!(
            fold.tree().to_value(),
            json!({"a": "flat", "s": {"deep": {"m": [null]}}})
        );
        assert_eq!(fold.tree().get("/a/b/c"), Found::Missing);
    }

    #[test]
    fn digits_keys_and_key_order_are_kept() {
        let fold = fold(&[
            (
                "A",
                r#"{"z":1.00,"a/b":{"m~n":12345678901234567890.10},"d":1,"d":2}"#,
            ),
            ("B", r#"{"new":-0.0,"z":1.000}"#),
        ]);
        let text = fold.tree().to_value().to_string();
        assert_eq!(
            text,
            r#"{"z":1.000,"a/b":{"m~n":12345678901234567890.10},"d":2,"new":-0.0}"#
        );
        assert!(matches!(
            fold.tree().get("/a~1b/m~0n"),
            Found::Present { .. }
        ));
    }

    #[test]
    fn repeated_values_are_set_but_not_changed() {
        let fold = fold(&[("A", r#"{"a":1,"b":1}"#), ("B", r#"{"a":1,"b":1.0}"#)]);
        let of = |pointer| fold.tree().node(pointer).unwrap().blame();
        assert_eq!(
            of("/a"),
            Blame {
                set_by: EventIx(1),
                changed_by: EventIx(0)
            }
        );
        assert_eq!(
            of("/b"),
            Blame {
                set_by: EventIx(1),
                changed_by: EventIx(1)
            }
        );
    }

    #[test]
    fn what_is_no_object_is_counted_and_left() {
        let mut fold = fold(&[
            ("A", r#"{"a":1}"#),
            ("B", "[1]"),
            ("C", "7"),
            ("D", "not json"),
        ]);
        let rules = FoldRules::default();
        assert_eq!(
            fold.apply(&rules, EventIx(4), "E", &Payload::Absent),
            Folded::Skipped
        );
        assert_eq!(fold.tree().to_value(), json!({"a": 1}));
        assert_eq!(fold.not_folded(), 4);
    }

    #[test]
    fn pointers_lead_into_arrays() {
        let fold = fold(&[("A", r#"{"items":[{"sku":"x"}]}"#)]);
        let Found::Present { value, .. } = fold.tree().get("/items/0/sku") else {
            panic!("there")
        };
        assert_eq!(*value, json!("x"));
        assert_eq!(fold.tree().get("/items/1"), Found::Missing);
        assert_eq!(fold.tree().get("/items/x"), Found::Missing);
    }
}
