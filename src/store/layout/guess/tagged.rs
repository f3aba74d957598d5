//! Events that are tagged by what happened: `{"OrderPlaced": {"amount": 10}}`, as serde and others write a
//! choice of several kinds.

use super::field::Field;
use super::score::Part;
use super::telling;
use super::within::members;
use crate::model::json::Pointer;
use crate::store::layout::{Capture, Column, Role};

/// What leaves of such an object its tag, and of a word, as a kind without data is written, the word.
const TAG: &str = r#"^\s*\{\s*"([^"]+)""#;

/// The columns of type and payload, where nothing names the type and one of the fields is tagged by it;
/// that field plays no other part then.
pub(super) fn columns(parts: &mut Vec<Part>, fields: &[Field<'_>]) -> Vec<(Role, Column)> {
    if parts.iter().any(|part| part.role == Role::Type) {
        return Vec::new();
    }
    let Some(at) = fields.iter().position(is_tagged) else {
        return Vec::new();
    };
    parts.retain(|part| part.field != at && part.role != Role::Payload);
    let pointer = fields[at].pointer();
    let mut kind = Column::at(pointer.clone());
    kind.capture = Capture::of_pattern(TAG);
    let payload = Column::at(Pointer::from(format!("{pointer}/*")));
    vec![(Role::Type, kind), (Role::Payload, payload)]
}

/// Whether its values are objects of one member, which is called as what happened, or such names.
fn is_tagged(field: &Field<'_>) -> bool {
    let values: Vec<&str> = field.values.iter().flatten().copied().collect();
    let tags: Option<Vec<String>> = values.iter().map(|value| tag(value)).collect();
    let objects = values.iter().filter(|value| value.starts_with('{')).count();
    let Some(tags) = tags.filter(|_| objects > 0) else {
        return false;
    };
    let named = Field {
        values: tags.iter().map(|tag| Some(tag.as_str())).collect(),
        ..Field::default()
    };
    named.looks().distinct > 1 && telling::say_what_happened(&named)
}

/// The only member's name; a word is its own.
fn tag(value: &str) -> Option<String> {
    let name = match value.starts_with('{') {
        true => {
            let own = members(value)?;
            let mut names = own.into_keys();
            names.next().filter(|_| names.next().is_none())?
        }
        false => value.to_owned(),
    };
    let is_word = name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "._-:".contains(c));
    is_word.then_some(name)
}
