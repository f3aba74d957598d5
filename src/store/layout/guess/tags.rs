//! Events that are about several things at once, and name each by a tag: `["order:7", "customer:3"]`.

use super::Guess;
use super::field::Field;
use super::names::normal;
use crate::store::layout::sql::quoted;
use crate::store::layout::tables::TableFacts;
use crate::store::layout::{Key, Links, Role, Source};

impl Guess {
    /// Where nothing names streams, tags do: an event stands in the stream of each.
    pub(super) fn stream_by_tags(&mut self, facts: &TableFacts, fields: &[Field<'_>]) {
        let (Some(Key::Row(key)), false) = (facts.own_key(), self.has(Role::Stream)) else {
            return;
        };
        let Some(tags) = fields
            .iter()
            .find(|field| field.outer.is_none() && are_tags(field))
        else {
            return;
        };
        let kind = "part(tag.value, ':', 1)";
        self.events.links = Some(Links {
            from: format!(
                "{} tagged, json_each(tagged.{}) tag",
                quoted(&facts.name),
                quoted(tags.name)
            ),
            key: format!("tagged.{key}"),
            stream: format!("stream_name({kind}, substr(tag.value, instr(tag.value, ':') + 1))"),
            category: Some(kind.to_owned()),
            version: None,
            row: None,
        });
        let sentence = format!("An event is in the stream of each of its `{}`", tags.name);
        self.add(0, sentence);
        self.events
            .columns
            .insert(Role::Stream, Source::Links.into());
    }
}

/// Whether a column is called so, and each value is a list of names with their kinds.
fn are_tags(field: &Field<'_>) -> bool {
    let named = |value: &String| {
        let kind = value.split_once(':');
        kind.is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty())
    };
    let list = |value: &str| {
        let names: Result<Vec<String>, _> = serde_json::from_str(value);
        names.is_ok_and(|names| names.iter().all(named))
    };
    let mut values = field.values.iter().flatten();
    let any = values.clone().any(|value| value.contains(':'));
    normal(field.name).ends_with("tags") && any && values.all(|value| list(value))
}
