//! A draft of what brings old events up to date: a step of [`upcast`](crate::analysis::projection) from a payload
//! of one version to one of another. It writes what can be told, and says what cannot.

use std::fmt::Write as _;

use serde_json::json;

use super::change::{Change, ChangeKind};
use super::changes::changes;
use super::field::Field;
use super::version::VersionSchema;

/// The draft, from one version of a type to another, as projections take it.
#[must_use]
pub fn upcaster(event_type: &str, from: &VersionSchema, to: &VersionSchema) -> String {
    let changes = changes(&from.fields, &to.fields);
    let draft = Draft { from, to, changes };
    let name = one_line(event_type);
    let (old, new) = (one_line(&from.version), one_line(&to.version));
    let mut text = format!(
        "// {name} from version {old} to {new}: a draft, made from what events show. Check each line.\n"
    );
    if !from.declared {
        text.push_str("// These events carry no version, so all are taken for version 1: ask for the form first.\n");
    }
    let (key, step) = (json!(event_type), json!(from.version));
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "upcast({{\n  {key}: {{\n    {step}: ({{ data: old }}) => {{"
    );
    text.push_str("      const data = JSON.parse(JSON.stringify(old));\n");
    for line in draft.lines() {
        let _ = writeln!(text, "      {line}");
    }
    text.push_str("      return data;\n    },\n  },\n});\n");
    text
}

/// What stands in a comment ends with its line.
fn one_line(text: &str) -> String {
    text.replace(
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'),
        " ",
    )
}

struct Draft<'a> {
    from: &'a VersionSchema,
    to: &'a VersionSchema,
    changes: Vec<Change>,
}

impl Draft<'_> {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for field in &self.to.fields {
            lines.extend(self.written(field));
        }
        for change in &self.changes {
            let is_gone = matches!(
                change.kind,
                ChangeKind::RemovedRequired | ChangeKind::RemovedOptional
            );
            if is_gone {
                lines.push(match place("data", &change.path, "?.") {
                    Some(place) => format!("delete {place};"),
                    None => by_hand(&change.path, "is gone"),
                });
            }
        }
        lines
    }

    /// Where a field of the new version stood in the old one, if it has another place.
    fn source(&self, path: &str) -> Option<&str> {
        self.changes.iter().find_map(|change| match change.kind {
            ChangeKind::Moved if change.path == path => change.from.as_deref(),
            ChangeKind::Renamed if change.to.as_deref() == Some(path) => Some(&change.path),
            _ => None,
        })
    }

    /// The line that writes a field of the new version; none where it is in place, or may be missing.
    fn written(&self, field: &Field) -> Option<String> {
        let path = &field.path;
        let source = self.source(path);
        let change = self.changes.iter().find(|change| {
            let is_new = matches!(
                change.kind,
                ChangeKind::AddedRequired
                    | ChangeKind::AddedOptional
                    | ChangeKind::MadeRequired
                    | ChangeKind::Retyped
            );
            let inside = path.strip_prefix(&change.path);
            is_new && inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })?;
        if field.optional && source.is_none() && change.kind != ChangeKind::Retyped {
            return None;
        }
        let Some(place_now) = place("data", path, "") else {
            return Some(by_hand(path, "is another"));
        };
        let (value, note) = match source.and_then(|source| place("old", source, "?.")) {
            Some(value) => (value, String::new()),
            None => self.made(field, change),
        };
        let has = match change.kind {
            ChangeKind::MadeRequired => {
                format!("if ({} === undefined) ", place("data", path, "?.")?)
            }
            _ => String::new(),
        };
        Some(format!("{has}{place_now} = {value};{note}"))
    }

    /// A value for a field that nothing in the old version is.
    fn made(&self, field: &Field, change: &Change) -> (String, String) {
        let was = self.from.fields.iter().find(|own| own.path == field.path);
        let old = was.and_then(|_| place("old", &field.path, "?."));
        let text = |value: &str| (value.to_owned(), String::new());
        match (&field.types[..], old) {
            (["object"], _) => text("{}"),
            (["array"], Some(old)) => (format!("[{old}]"), String::new()),
            (["array"], None) => text("[]"),
            (["string"], Some(old)) if change.kind == ChangeKind::Retyped => {
                (format!("String({old})"), String::new())
            }
            (["number" | "integer"], Some(old)) if change.kind == ChangeKind::Retyped => {
                (format!("Number({old})"), String::new())
            }
            _ => {
                let types = field.types.join(" | ");
                let version = one_line(&self.from.version);
                let note =
                    format!(" // {types}: version {version} does not tell, so choose a value");
                ("null".to_owned(), note)
            }
        }
    }
}

fn by_hand(path: &str, what: &str) -> String {
    format!(
        "// {} {what}: it stands in each of several, so write a loop",
        one_line(path)
    )
}

/// A place in JavaScript; none where a path stands for several.
fn place(root: &str, path: &str, chain: &str) -> Option<String> {
    let mut text = root.to_owned();
    for key in path.split('/').skip(1) {
        if key == "*" {
            return None;
        }
        let key = key.replace("~1", "/").replace("~0", "~");
        let _ = write!(text, "{chain}[{}]", json!(key));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::analysis::bodies::Kind;
    use crate::analysis::projection::{Limits, WrittenFunction};
    use crate::analysis::schema::tests::{field, version};
    use crate::model::Task;

    fn upcast(from: Vec<Field>, to: Vec<Field>, old: Value) -> Value {
        let text = upcaster("Paid\n!", &version("1", from), &version("2", to));
        let text = format!(
            "(old) => {{
                let made;
                const upcast = (all) => {{ made = all['Paid\\n!']['1']({{ data: old }}); }};
                {text}
                return made;
            }}"
        );
        let function = WrittenFunction::new(&text, Limits::default());
        let function = function.unwrap_or_else(|error| panic!("{error}\n{text}"));
        function.call(&[&old], &Task::new()).unwrap()
    }

    #[test]
    fn what_moved_into_an_object_is_taken_there() {
        let mut currency = field("/currency", Kind::Text);
        currency.values = vec!["EUR".to_owned(), "USD".to_owned()];
        let moved = Field {
            path: "/amount/currency".to_owned(),
            ..currency.clone()
        };
        let new = upcast(
            vec![field("/amount", Kind::Number), currency],
            vec![
                field("/amount", Kind::Object),
                moved,
                field("/amount/value", Kind::Number),
            ],
            json!({"amount": 2.5, "currency": "EUR", "note": "as it is"}),
        );
        assert_eq!(
            new,
            json!({"amount": {"currency": "EUR", "value": 2.5}, "note": "as it is"})
        );
    }

    #[test]
    fn what_is_called_otherwise_or_has_another_type_is_written_anew_and_what_lacks_is_null() {
        let new = upcast(
            vec![field("/mail", Kind::Email), field("/n", Kind::Integer)],
            vec![
                field("/email", Kind::Email),
                field("/n", Kind::Text),
                field("/since \"then\"", Kind::Bool),
            ],
            json!({"mail": "a@example.com", "n": 7}),
        );
        assert_eq!(
            new,
            json!({"email": "a@example.com", "n": "7", "since \"then\"": null})
        );
    }
}
