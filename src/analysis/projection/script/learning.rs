//! Which keys of payloads the handlers touch. Building objects is what JavaScript costs most, so of a
//! payload only touched keys are handed over; a key that was never touched brings the whole payload
//! once, and is known from then on.

use crate::analysis::projection::Told;
use crate::model::EventIx;
use crate::model::json::{Picker, Pointer, pointer};

/// A payload that is asked for so seldom among so many events is read when it is asked for.
const SEEN: u32 = 256;

/// What is known of the events of one type.
#[derive(Debug, Default)]
pub(super) struct Kind {
    keys: Vec<String>,
    picker: Picker,
    /// Handlers look at all of it.
    whole: bool,
    seen: u32,
    asked: u32,
}

impl Kind {
    /// Another event of the type comes; whether its payload should be read ahead.
    pub fn wants_payload(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        self.asked > 0 || self.seen < SEEN
    }

    /// A handler asks for the payload.
    pub fn ask(&mut self) {
        self.asked += 1;
    }

    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// A handler touched a key that was not handed over; `*` stands for all of them.
    pub fn touch(&mut self, key: &str) {
        if key == "*" {
            self.whole = true;
        } else if !self.keys.iter().any(|own| own == key) {
            self.keys.push(key.to_owned());
            let pointers: Vec<Pointer> = self
                .keys
                .iter()
                .map(|key| Pointer::through([key.as_str()]))
                .collect();
            self.picker = Picker::new(&pointers);
        }
    }

    /// The touched keys of a payload as a JSON object of their own; the payload itself where it is no
    /// object or not sound.
    pub fn sparse<'t>(&self, payload: &'t str) -> std::borrow::Cow<'t, str> {
        if self.whole || !payload.trim_start().starts_with('{') {
            return payload.into();
        }
        let mut slots = vec![None; self.picker.slots()];
        if self.picker.pick(payload, &mut slots).is_err() {
            return payload.into();
        }
        let mut text = String::from("{");
        for (key, raw) in self.keys.iter().zip(slots) {
            let Some(raw) = raw else { continue };
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(&serde_json::Value::from(key.as_str()).to_string());
            text.push(':');
            text.push_str(raw);
        }
        text.push('}');
        text.into()
    }
}

/// A number whose digits JavaScript does not keep.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LostDigits {
    /// The event.
    #[serde(skip)]
    pub event: EventIx,
    /// Where in its payload, as a JSON pointer.
    pub path: String,
    /// The number as it is written.
    pub number: String,
}

/// Notes what JavaScript will not keep of `text`, which stands at `path` in the payload of `event`.
pub(super) fn note_lost(told: &mut Told, (event, path): (EventIx, &str), text: &str) {
    if !may_lose(text) {
        return;
    }
    if let Ok(value) = serde_json::from_str(text) {
        walk(told, event, &value, &mut path.to_owned());
    }
}

fn walk(told: &mut Told, event: EventIx, value: &serde_json::Value, path: &mut String) {
    use serde_json::Value;
    let length = path.len();
    match value {
        Value::Number(number) if loses(number.as_str()) => told.lost(LostDigits {
            event,
            path: path.clone(),
            number: number.to_string(),
        }),
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                path.push_str(&format!("/{at}"));
                walk(told, event, value, path);
                path.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                pointer::push(path, key);
                walk(told, event, value, path);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Whether sixteen digits stand in a row: fewer are always kept.
fn may_lose(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|byte| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run > 15
    })
}

/// Whether an integer is not the double next to it.
fn loses(number: &str) -> bool {
    let Ok(integer) = number.parse::<i128>() else {
        // Fractions are doubles everywhere; integers beyond 128 bits are lost for sure.
        return number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    };
    #[expect(clippy::cast_precision_loss, reason = "that is what is asked")]
    let double = integer as f64;
    double as i128 != integer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_touched_keys_are_handed_over() {
        let payload = r#" {"a": {"b": 1.50}, "c": "x\"y", "d": [1,2]} "#;
        let mut kind = Kind::default();
        assert_eq!(kind.sparse(payload), "{}");
        kind.touch("c");
        kind.touch("a");
        kind.touch("missing");
        assert_eq!(kind.sparse(payload), r#"{"c":"x\"y","a":{"b": 1.50}}"#);
        assert_eq!(kind.sparse("[1]"), "[1]");
        assert_eq!(kind.sparse("{broken"), "{broken");
        kind.touch("*");
        assert_eq!(kind.sparse(payload), payload);
    }

    #[test]
    fn integers_beyond_doubles_are_noted_with_their_place() {
        let mut told = Told::default();
        note_lost(
            &mut told,
            (EventIx(7), ""),
            r#"{"a":[9007199254740993],"b":9007199254740992,"c":0.12345678901234567}"#,
        );
        note_lost(
            &mut told,
            (EventIx(8), ""),
            r#"{"text":"9007199254740993"}"#,
        );
        note_lost(
            &mut told,
            (EventIx(9), ""),
            r#"{"big":123456789012345678901234567890123456789012345}"#,
        );
        let found: Vec<_> = told
            .lost_digits
            .iter()
            .map(|lost| (lost.event.0, lost.path.as_str()))
            .collect();
        assert_eq!(found, [(7, "/a/0"), (9, "/big")]);
    }
}
