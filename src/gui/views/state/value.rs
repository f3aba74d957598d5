//! Values of a state as one short line of text, however large they are, and what kind they are for
//! their tint. Pure; nothing here draws.

use egui::Color32;
use serde_json::Value;

use crate::analysis::replay::{Node, View};
use crate::gui::theme::Tokens;

/// Characters of a preview.
pub(in crate::gui::views) const MOST: usize = 160;

/// A value as written, cut to about `most` characters.
pub(in crate::gui::views) fn preview(value: &Value, most: usize) -> String {
    let mut writer = Writer::new(most);
    writer.value(value);
    writer.out
}

/// What a closed object holds, cut to about `most` characters.
pub(in crate::gui::views) fn preview_of(node: &Node, most: usize) -> String {
    let mut writer = Writer::new(most);
    writer.node(node);
    writer.out
}

/// A whole value to be copied: a string without its quotes, anything else as JSON.
pub(in crate::gui::views) fn copied(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// The tint of a value in code.
pub(in crate::gui::views) const fn tint(t: &Tokens, value: &Value) -> Color32 {
    match value {
        Value::String(_) => t.string,
        Value::Number(_) => t.number,
        Value::Null | Value::Bool(_) => t.keyword,
        Value::Array(_) | Value::Object(_) => t.punct,
    }
}

/// Writes until its room is used up.
struct Writer {
    out: String,
    most: usize,
}

impl Writer {
    const fn new(most: usize) -> Self {
        Self {
            out: String::new(),
            most,
        }
    }

    fn is_full(&self) -> bool {
        self.out.len() >= self.most
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => self.list('[', ']', items.iter(), Self::value),
            Value::Object(map) => self.list('{', '}', map.iter(), |writer, (key, value)| {
                writer.key(key);
                writer.value(value);
            }),
            scalar => self.out.push_str(&scalar.to_string()),
        }
    }

    fn node(&mut self, node: &Node) {
        match node.view() {
            View::Leaf(value) => self.value(value),
            View::Removed => {}
            View::Object => {
                let live = node.children().filter(|(_, child)| child.is_live());
                self.list('{', '}', live, |writer, (key, child)| {
                    writer.key(key);
                    writer.node(child);
                });
            }
        }
    }

    fn key(&mut self, key: &str) {
        self.out.extend(key.chars().take(self.most));
        self.out.push_str(": ");
    }

    fn string(&mut self, text: &str) {
        let room = self.most.saturating_sub(self.out.len()).max(8);
        let cut: String = text.chars().take(room).collect();
        let quoted = Value::from(cut.as_str()).to_string();
        if cut.len() < text.len() {
            self.out.push_str(quoted.trim_end_matches('"'));
            self.out.push('…');
        } else {
            self.out.push_str(&quoted);
        }
    }

    fn list<I>(
        &mut self,
        open: char,
        close: char,
        items: impl Iterator<Item = I>,
        mut write: impl FnMut(&mut Self, I),
    ) {
        self.out.push(open);
        for (at, item) in items.enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            if self.is_full() {
                self.out.push('…');
                break;
            }
            write(self, item);
        }
        self.out.push(close);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn small_values_are_written_whole_and_large_ones_cut() {
        let value: Value = serde_json::from_str(r#"{"a":1284.50,"b":["x",null]}"#).unwrap();
        assert_eq!(preview(&value, 80), r#"{a: 1284.50, b: ["x", null]}"#);
        let many = json!((0..100_000).collect::<Vec<_>>());
        assert!(preview(&many, 40).len() < 60);
        assert!(preview(&many, 40).ends_with("…]"));
        let long = Value::from("ä".repeat(10_000));
        assert!(preview(&long, 40).chars().count() < 60);
    }
}
