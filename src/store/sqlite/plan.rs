//! From a layout to the statements that read it.

use std::borrow::Cow;
use std::fmt::Write as _;

use rusqlite::Row as SqlRow;
use rusqlite::types::ValueRef;

use crate::log::{Body, Payload, Place};
use crate::model::json::{Picker, Pointer, scalar};
use crate::store::decode::{self, Decoder};
use crate::store::layout::{Layout, Role, Source, Spot, Within};
use crate::store::row::{Found, Value};

/// Which columns of a result hold what, and the SQL that yields them.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub layout: Layout,
    /// The integer by which rows are read and found again; without one, rows are counted.
    pub key: Option<String>,
    /// Expressions of the index scan; key and part come first.
    index: Vec<String>,
    index_roles: Vec<(Role, usize)>,
    /// Where the index scan has the payload and the metadata, if it needs to look into them.
    index_data: [Option<usize>; 2],
    inner: [Inner; 2],
    /// Expressions of a body: key, part, stream, type, payload, metadata, native position.
    body: Vec<String>,
    decoders: [Option<Decoder>; 2],
}

/// Columns that are taken out of the payload (or the metadata).
#[derive(Clone, Debug, Default)]
struct Inner {
    picker: Picker,
    /// Role of each slot; of several slots of one role the first that is filled counts.
    roles: Vec<Role>,
}

const NULL: &str = "NULL";

impl Plan {
    pub fn new(layout: Layout) -> Self {
        let events = &layout.events;
        let sql = |role: Role| match layout.column(role).map(|column| &column.source) {
            Some(Source::Sql(sql)) => Some(sql.clone()),
            _ => None,
        };
        let key = events.key.clone();
        let part = events.part.clone().unwrap_or_else(|| "0".to_owned());
        let mut index = vec![key.clone().unwrap_or_else(|| "0".to_owned()), part.clone()];
        let mut index_roles = Vec::new();
        let envelope = Role::ALL
            .into_iter()
            .filter(|role| !matches!(role, Role::Payload | Role::Metadata));
        for role in envelope {
            if let Some(sql) = sql(role) {
                index_roles.push((role, index.len()));
                index.push(sql);
            }
        }
        let inner = [Within::Payload, Within::Metadata].map(|within| Inner::new(&layout, within));
        let mut index_data = [None; 2];
        for (i, role) in [Role::Payload, Role::Metadata].into_iter().enumerate() {
            if let (false, Some(sql)) = (inner[i].roles.is_empty(), sql(role)) {
                index_data[i] = Some(index.len());
                index.push(sql);
            }
        }
        let or_null = |role: Role| sql(role).unwrap_or_else(|| NULL.to_owned());
        let mut body = vec![index[0].clone(), part];
        body.extend(
            [
                Role::Stream,
                Role::Type,
                Role::Payload,
                Role::Metadata,
                Role::Position,
            ]
            .map(or_null),
        );
        let decoders = [Role::Payload, Role::Metadata].map(|role| {
            layout
                .column(role)
                .and_then(|column| Decoder::named(column.encoding.as_deref()?))
        });
        Self {
            key,
            index,
            index_roles,
            index_data,
            inner,
            body,
            decoders,
            layout,
        }
    }

    /// Rows with `?1 < key <= ?2` in the order of the key.
    pub fn index_sql(&self) -> String {
        let mut sql = self.select(&self.index);
        match &self.key {
            Some(key) => {
                let _ = write!(sql, " AND {key} > ?1 AND {key} <= ?2 ORDER BY {key}");
                if self.layout.events.part.is_some() {
                    sql.push_str(", 2");
                }
            }
            None => sql.push_str(" AND ?1 < ?2"),
        }
        sql
    }

    /// The least and the greatest key.
    pub fn range_sql(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        Some(self.select(&[format!("min({key})"), format!("max({key})")]))
    }

    /// Bodies of the rows with `?1 <= key <= ?2`.
    pub fn body_sql(&self) -> String {
        let mut sql = self.select(&self.body);
        match &self.key {
            Some(key) => {
                let _ = write!(sql, " AND {key} BETWEEN ?1 AND ?2 ORDER BY {key}");
            }
            None => sql.push_str(" AND ?1 <= ?2"),
        }
        sql
    }

    fn select(&self, expressions: &[String]) -> String {
        let events = &self.layout.events;
        let filter = events.filter.as_deref().unwrap_or("1");
        format!(
            "SELECT {} FROM {} WHERE ({filter})",
            expressions.join(", "),
            events.from
        )
    }

    /// Fills `found` from a row of the index scan.
    pub fn find<'r>(&self, row: &'r SqlRow<'_>, found: &mut Found<'r>) -> rusqlite::Result<()> {
        for &(role, column) in &self.index_roles {
            found.set(role, value(row.get_ref(column)?));
        }
        Ok(())
    }

    /// Adds what stands in the payload and the metadata; `texts` keeps what had to be decoded.
    pub fn find_inside<'r>(
        &self,
        row: &'r SqlRow<'_>,
        texts: &'r mut [Option<Payload>; 2],
        found: &mut Found<'r>,
    ) -> rusqlite::Result<()> {
        for i in 0..2 {
            let Some(column) = self.index_data[i] else {
                continue;
            };
            texts[i] = match row.get_ref(column)? {
                ValueRef::Text(_) if self.decoders[i].is_none() => None,
                other => Some(self.decode(i, other)),
            };
        }
        for (i, decoded) in texts.iter().enumerate() {
            let Some(column) = self.index_data[i] else {
                continue;
            };
            let text = match (decoded, row.get_ref(column)?) {
                (Some(payload), _) => payload.json(),
                (None, ValueRef::Text(bytes)) => std::str::from_utf8(bytes).ok(),
                _ => None,
            };
            if let Some(text) = text {
                self.inner[i].find(text, found);
            }
        }
        Ok(())
    }

    /// Which key and part a row of the index scan is.
    pub fn place(row: &SqlRow<'_>) -> rusqlite::Result<Place> {
        let part: Option<i64> = row.get(1)?;
        Ok(Place {
            at: row.get(0)?,
            extent: part.and_then(|part| u32::try_from(part).ok()).unwrap_or(0),
        })
    }

    /// The body in a row of [`Plan::body_sql`].
    pub fn body(&self, row: &SqlRow<'_>) -> rusqlite::Result<Body> {
        let mut data = self.decode(0, row.get_ref(4)?);
        let mut metadata = self.decode(1, row.get_ref(5)?);
        for (role, own) in [(Role::Metadata, &mut metadata), (Role::Payload, &mut data)] {
            let Some(column) = self.layout.column(role) else {
                continue;
            };
            if let Source::At(Within::Payload, spots) = &column.source {
                let whole = self.decode(0, row.get_ref(4)?);
                *own = whole.json().map_or(Payload::Absent, |text| at(text, spots));
            }
        }
        let native_position = match row.get_ref(6)? {
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
            _ => None,
        };
        Ok(Body {
            data,
            metadata,
            native_position,
        })
    }

    /// The stream and the type in a row of [`Plan::body_sql`], as stored.
    pub fn identity<'r>(row: &'r SqlRow<'_>) -> rusqlite::Result<[Value<'r>; 2]> {
        Ok([value(row.get_ref(2)?), value(row.get_ref(3)?)])
    }

    fn decode(&self, i: usize, stored: ValueRef<'_>) -> Payload {
        let bytes = match stored {
            ValueRef::Null => return Payload::Absent,
            ValueRef::Integer(number) => number.to_string().into_bytes(),
            ValueRef::Real(number) => number.to_string().into_bytes(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
        };
        match self.decoders[i] {
            Some(decoder) => decode::payload_by(decoder, bytes),
            None => decode::payload(bytes),
        }
    }
}

impl Inner {
    fn new(layout: &Layout, within: Within) -> Self {
        let (mut pointers, mut roles): (Vec<&Pointer>, Vec<Role>) = (Vec::new(), Vec::new());
        let envelope = Role::ALL
            .into_iter()
            .filter(|role| !matches!(role, Role::Payload | Role::Metadata));
        for role in envelope {
            if let Some(Source::At(own, at)) = layout.column(role).map(|column| &column.source)
                && *own == within
            {
                roles.extend(at.iter().map(|_| role));
                pointers.extend(at.iter().map(|spot| &spot.pointer));
            }
        }
        Self {
            picker: Picker::new(pointers),
            roles,
        }
    }

    fn find<'r>(&self, text: &'r str, found: &mut Found<'r>) {
        let mut slots = vec![None; self.picker.slots()];
        // What is broken after the last value asked for does not matter here.
        let _ = self.picker.pick(text, &mut slots);
        for (role, raw) in self.roles.iter().zip(slots) {
            if *found.get(*role) == Value::Null
                && let Some(text) = raw.and_then(scalar)
            {
                found.set(*role, Value::Text(text));
            }
        }
    }
}

fn at(text: &str, spots: &[Spot]) -> Payload {
    let picker = Picker::new(spots.iter().map(|spot| &spot.pointer));
    let mut slots = vec![None; picker.slots()];
    let _ = picker.pick(text, &mut slots);
    let found = slots.into_iter().flatten().find(|raw| *raw != "null");
    found.map_or(Payload::Absent, |raw| Payload::from_text(raw.to_owned()))
}

fn value(stored: ValueRef<'_>) -> Value<'_> {
    match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => Value::Text(match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(String::from_utf8_lossy(bytes).into_owned()),
        }),
        ValueRef::Blob(bytes) => Value::Bytes(bytes),
    }
}
