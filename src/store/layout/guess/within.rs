//! What stands in objects: the members of records, and times and ids in the metadata or the payload.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::field::Field;
use super::names;
use super::score::Part;
use super::{Guess, worth};
use crate::model::json::{Pointer, scalar};
use crate::store::layout::{Column, Role, Within};

pub(super) type Members = IndexMap<String, String>;

/// The members of an object, also of one that is written as a JSON string: texts without quotes, other
/// values as written, nulls left out.
pub(super) fn members(text: &str) -> Option<Members> {
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = Members;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
            let mut members = Members::new();
            while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
                if raw.get() != "null" {
                    let text = scalar(raw.get());
                    members.insert(name, text.unwrap_or(Cow::Borrowed(raw.get())).into_owned());
                }
            }
            Ok(members)
        }
    }
    if text.starts_with('"') {
        return members(&scalar(text)?);
    }
    serde_json::Deserializer::from_str(text)
        .deserialize_map(Object)
        .ok()
}

/// One in so many records is enough for a key to be looked at.
const FEW_OF: usize = 20;

/// Keys that are looked at: what has more of them is no event but a map.
const MOST_KEYS: usize = 1_000;

/// The first keys that occur in a few of the records at least, in order of appearance.
fn keys_of(records: &[Members]) -> Vec<&str> {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for name in records.iter().flat_map(IndexMap::keys) {
        *counts.entry(name).or_default() += 1;
    }
    let few = records.len().div_ceil(FEW_OF);
    let often = counts.into_iter().filter(|(_, count)| *count >= few);
    often.map(|(name, _)| name).take(MOST_KEYS).collect()
}

/// The keys of some objects with their values.
pub(super) fn fields_of<'r>(objects: &'r [Members], outer: Option<&'r str>) -> Vec<Field<'r>> {
    let field = |name: &'r str| Field {
        name,
        outer,
        under: None,
        declared: "",
        bytes: Default::default(),
        in_key: None,
        values: objects
            .iter()
            .map(|object| object.get(name).map(String::as_str))
            .collect(),
    };
    keys_of(objects).into_iter().map(field).collect()
}

/// A member of an object of the records, whose name together with the object's says what it is.
#[derive(Debug)]
pub(super) struct Member {
    object: String,
    outer: Option<String>,
    name: String,
    called: String,
    values: Vec<Option<String>>,
}

impl Member {
    pub fn field(&self) -> Field<'_> {
        Field {
            name: &self.called,
            outer: self.outer.as_deref(),
            under: Some((&self.object, &self.name)),
            declared: "",
            values: self.values.iter().map(Option::as_deref).collect(),
            bytes: Default::default(),
            in_key: None,
        }
    }
}

/// What objects such as `aggregate` may tell by their members.
const BY_MEMBERS: [Role; 5] = [
    Role::Stream,
    Role::Category,
    Role::Version,
    Role::Type,
    Role::EventId,
];

/// The members of the objects among `fields` that say by both names what they are: `aggregate.id`.
pub(super) fn members_of(fields: &[Field<'_>]) -> Vec<Member> {
    let mut found = Vec::new();
    let data = |name: &str| {
        let mut roles = [Role::Payload, Role::Metadata].into_iter();
        roles.any(|role| names::name_points(role, name) > 0)
    };
    for field in fields {
        let values = field.values.iter().flatten();
        let objects = values.filter(|value| value.starts_with('{')).count();
        if data(field.name) || objects == 0 || objects * 5 < field.values.len() * 4 {
            continue;
        }
        let inner: Vec<Members> = (field.values.iter())
            .map(|value| value.and_then(members).unwrap_or_default())
            .collect();
        for name in keys_of(&inner) {
            let called = format!("{}.{name}", field.name);
            let known = |role: &Role| names::name_points(*role, &called) > 0;
            if BY_MEMBERS.iter().any(known) {
                found.push(Member {
                    object: field.name.to_owned(),
                    outer: field.outer.map(str::to_owned),
                    name: name.to_owned(),
                    called,
                    values: inner.iter().map(|own| own.get(name).cloned()).collect(),
                });
            }
        }
    }
    found
}

/// What may stand in the metadata rather than beside it.
const IN_METADATA: [Role; 9] = [
    Role::Stream,
    Role::Version,
    Role::Position,
    Role::CorrelationId,
    Role::CausationId,
    Role::RecordedAt,
    Role::OccurredAt,
    Role::EventId,
    Role::SchemaVersion,
];

/// Points of a name by which a member of a payload is taken for when it happened, and one of the metadata
/// for the stream.
const SURE: i32 = 44;

impl Guess {
    /// Times and ids that stand in the metadata rather than beside it; a time and the stream's id else in
    /// the payload.
    pub(super) fn look_within(&mut self, parts: &[Part], fields: &[Field<'_>]) {
        let objects = |role: Role| -> Vec<Members> {
            let part = parts.iter().find(|part| part.role == role);
            let values = part.map(|part| fields[part.field].values.iter().flatten());
            let values = values.into_iter().flatten();
            values.filter_map(|text| members(text)).collect()
        };
        let metadata = objects(Role::Metadata);
        let inner = fields_of(&metadata, None);
        let named_beside = self.has(Role::Stream);
        for role in IN_METADATA {
            // Without the stream's name a number called version may be that of a schema.
            let counts = matches!(role, Role::Stream | Role::Version | Role::Position);
            if counts && (named_beside || role != Role::Stream && !self.has(Role::Stream)) {
                continue;
            }
            let least = if role == Role::Stream { SURE } else { 1 };
            let time = matches!(role, Role::RecordedAt | Role::OccurredAt);
            let timed = self.has(Role::RecordedAt) || self.has(Role::OccurredAt);
            let is_told = self.has(role) || time && timed;
            if !is_told {
                self.take_from(Within::Metadata, role, &inner, least);
            }
        }
        let payloads = objects(Role::Payload);
        let inner = fields_of(&payloads, None);
        if !self.has(Role::Stream) {
            self.take_from(Within::Payload, Role::Stream, &inner, 0);
        }
        if !named_beside {
            self.drop_version_of_all(parts, fields);
        }
        if !self.has(Role::RecordedAt) && !self.has(Role::OccurredAt) {
            self.take_from(Within::Payload, Role::OccurredAt, &inner, SURE);
            if !self.has(Role::OccurredAt) {
                self.take_from(Within::Payload, Role::RecordedAt, &inner, SURE);
            }
        }
    }

    /// A number that is the same in all events, which are of one stream or of such as come again, counts
    /// nothing: it is the version of a schema, or of an envelope where it is zero.
    fn drop_version_of_all(&mut self, parts: &[Part], fields: &[Field<'_>]) {
        let part = parts.iter().find(|part| part.role == Role::Version);
        let Some(field) = part.map(|part| &fields[part.field]) else {
            return;
        };
        if !field.looks().is_constant() {
            return;
        }
        let Some(column) = self.events.columns.get(&Role::Version).cloned() else {
            return;
        };
        self.drop_role(Role::Version, field.name, parts, fields);
        let zero = |value: &&str| value.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        if !self.has(Role::SchemaVersion) && !field.values.iter().flatten().all(zero) {
            let sentence = format!(
                "`{}` is the same in all events, and so the schema version",
                field.name
            );
            self.add(worth(Role::SchemaVersion), sentence);
            self.events.columns.insert(Role::SchemaVersion, column);
        }
    }

    /// Takes the member whose name speaks most for a role, and whose values may be that.
    fn take_from(&mut self, within: Within, role: Role, inner: &[Field<'_>], least: i32) {
        let may = |field: &&Field<'_>| {
            let looks = field.looks();
            names::name_points(role, field.name) >= least
                && match role {
                    Role::RecordedAt | Role::OccurredAt => looks.time,
                    Role::Stream => {
                        let id = names::is_some_id(field.name)
                            || names::name_points(role, field.name) > 0;
                        let name = looks.name.nearly() && !looks.json.nearly() && !looks.time;
                        id && name && looks.repeats() && looks.is_common() && looks.distinct > 1
                    }
                    Role::Version => looks.integer.nearly() && looks.is_common() && !looks.time,
                    Role::Position => looks.integer.nearly() && looks.is_unique(),
                    Role::EventId => looks.is_unique() && !looks.json.nearly(),
                    _ => !looks.json.nearly(),
                }
        };
        let named = inner.iter().filter(may);
        let best = named.max_by_key(|field| names::name_points(role, field.name));
        if let Some(field) = best {
            let place = match within {
                Within::Metadata => "metadata",
                _ => "payload",
            };
            let name = field.name;
            let sentence = format!("`{name}` in the {place} reads like the {}", role.name());
            self.add(worth(role), sentence);
            let column = Column::within(within, Pointer::through([name]));
            self.events.columns.insert(role, column);
        }
    }
}
