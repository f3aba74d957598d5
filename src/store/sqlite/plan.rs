//! From a layout to the statements that read it, and from their rows to values by role.

use std::borrow::Cow;
use std::fmt::Write as _;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row as SqlRow};

use super::stored;
use crate::log::{Body, Payload, Place};
use crate::model::json::{Picker, Pointer, scalar};
use crate::store::decode::Decoder;
use crate::store::layout::{Layout, Role, Source, Spot, Within};
use crate::store::row::{Found, Value, from_bytes};

/// Which columns of a result hold what, and the SQL that yields them.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub layout: Layout,
    /// The integer by which rows are read and found again; without one, rows are counted.
    pub key: Option<String>,
    /// Expressions of the index scan; key and part come first.
    index: Vec<String>,
    roles: Vec<(Role, usize)>,
    /// Where the index scan has the payload and the metadata, if it needs to look into them.
    looked_into: [Option<usize>; 2],
    inner: [Inner; 2],
    /// Finds the metadata where it stands in the payload.
    metadata_in_payload: Option<Picker>,
    /// Expressions of a body: those of the index scan, then what it lacks.
    body: Vec<String>,
    /// Where a body has the payload and the metadata.
    data: [Option<usize>; 2],
    decoders: [Option<Decoder>; 2],
}

/// Columns that are taken out of the payload (or the metadata).
#[derive(Clone, Debug, Default)]
struct Inner {
    picker: Picker,
    /// Role of each slot; of several slots of one role the first that is filled counts.
    roles: Vec<Role>,
}

/// The JSON of a row's payload and metadata, where the index has to look into them.
pub(super) type Texts<'r> = [Option<Cow<'r, str>>; 2];

const DATA: [Role; 2] = [Role::Payload, Role::Metadata];

impl Plan {
    pub fn new(layout: Layout) -> Self {
        let events = &layout.events;
        let sql = |role: Role| match layout.column(role).map(|column| &column.source) {
            Some(Source::Sql(sql)) => Some(sql.clone()),
            Some(Source::Constant(text)) => Some(format!("'{}'", text.replace('\'', "''"))),
            _ => None,
        };
        let key = events.key.clone();
        let part = events.part.clone().unwrap_or_else(|| "0".to_owned());
        let mut index = vec![key.clone().unwrap_or_else(|| "0".to_owned()), part];
        let mut roles = Vec::new();
        for role in Role::ALL.into_iter().filter(|role| !DATA.contains(role)) {
            if let Some(sql) = sql(role) {
                roles.push((role, index.len()));
                index.push(sql);
            }
        }
        let inner = [Within::Payload, Within::Metadata].map(|within| Inner::new(&layout, within));
        let metadata_in_payload = match layout.column(Role::Metadata).map(|c| &c.source) {
            Some(Source::At(Within::Payload, spots)) => {
                Some(Picker::new(spots.iter().map(|spot| &spot.pointer)))
            }
            _ => None,
        };
        let looks = inner.each_ref().map(|inner| !inner.roles.is_empty());
        let looks = [
            looks[0] || metadata_in_payload.is_some() && looks[1],
            looks[1],
        ];
        let mut looked_into = [None; 2];
        for (i, role) in DATA.into_iter().enumerate() {
            if let (true, Some(sql)) = (looks[i], sql(role)) {
                looked_into[i] = Some(index.len());
                index.push(sql);
            }
        }
        let (mut body, mut data) = (index.clone(), looked_into);
        for (i, role) in DATA.into_iter().enumerate() {
            if let (None, Some(sql)) = (data[i], sql(role)) {
                data[i] = Some(body.len());
                body.push(sql);
            }
        }
        let decoders = DATA.map(|role| {
            let column = layout.column(role)?;
            Decoder::named(column.encoding.as_deref()?)
        });
        Self {
            key,
            index,
            roles,
            looked_into,
            inner,
            metadata_in_payload,
            body,
            data,
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
                sql.push_str(self.then_by_part());
            }
            None => sql.push_str(" AND ?1 < ?2"),
        }
        sql
    }

    /// The least and the greatest key. Two questions, since SQLite answers each by a look at one
    /// end of the tree, but both at once by reading all of it.
    pub fn range_sql(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        let [least, most] = ["min", "max"].map(|end| self.select(&[format!("{end}({key})")]));
        Some(format!("SELECT ({least}), ({most})"))
    }

    /// Bodies of the rows with `?1 <= key <= ?2`.
    pub fn body_sql(&self) -> String {
        let mut sql = self.select(&self.body);
        match &self.key {
            Some(key) => {
                let _ = write!(sql, " AND {key} BETWEEN ?1 AND ?2 ORDER BY {key}");
                sql.push_str(self.then_by_part());
            }
            None => sql.push_str(" AND ?1 <= ?2"),
        }
        sql
    }

    /// Key, part, payload and metadata, as stored, of the rows with `?1 <= key <= ?2`; none where
    /// they are not stored as they are shown, or rows are not found by a key.
    pub fn stored_sql(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        if self.decoders.iter().any(Option::is_some) {
            return None;
        }
        let data = self.data.map(|at| at.map_or("NULL", |at| &self.body[at]));
        let mut columns = self.body[..2].to_vec();
        columns.extend(data.map(str::to_owned));
        let sql = self.select(&columns);
        let part = self.then_by_part();
        Some(format!(
            "{sql} AND {key} BETWEEN ?1 AND ?2 ORDER BY {key}{part}"
        ))
    }

    /// Key, stream and version of further streams of the events with `?1 < key <= ?2`.
    pub fn links_sql(&self) -> Option<String> {
        let links = self.layout.events.links.as_ref()?;
        let key = self.key.as_ref().map(|_| &links.key)?;
        let version = links.version.as_deref().unwrap_or("NULL");
        Some(format!(
            "SELECT {key}, {}, {version} FROM {} WHERE {key} > ?1 AND {key} <= ?2 ORDER BY 1",
            links.stream, links.from
        ))
    }

    fn then_by_part(&self) -> &'static str {
        match self.layout.events.part {
            Some(_) => ", 2",
            None => "",
        }
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

    /// Which key and part a row is.
    pub fn place(row: &SqlRow<'_>) -> rusqlite::Result<Place> {
        let part: Option<i64> = row.get(1)?;
        Ok(Place {
            at: row.get(0)?,
            extent: part.and_then(|part| u32::try_from(part).ok()).unwrap_or(0),
        })
    }

    /// The JSON that [`Plan::find`] looks into.
    pub fn texts<'r>(
        &self,
        row: &'r SqlRow<'_>,
        connection: &Connection,
    ) -> rusqlite::Result<Texts<'r>> {
        let mut texts = [None, None];
        for (i, text) in texts.iter_mut().enumerate() {
            if let Some(column) = self.looked_into[i] {
                *text = stored::text(row.get_ref(column)?, self.decoders[i], connection)?;
            }
        }
        Ok(texts)
    }

    /// Fills `found` from a row of either statement.
    pub fn find<'r>(
        &self,
        row: &'r SqlRow<'_>,
        texts: &'r Texts<'_>,
        found: &mut Found<'r>,
    ) -> rusqlite::Result<()> {
        for &(role, column) in &self.roles {
            found.set(role, stored::value(row.get_ref(column)?));
        }
        let payload = texts[0].as_deref();
        if let Some(text) = payload {
            self.inner[0].find(text, found);
        }
        let within = self.metadata_in_payload.as_ref();
        let metadata = texts[1]
            .as_deref()
            .or_else(|| first(within?, payload?).filter(|text| text.starts_with('{')));
        if let Some(text) = metadata {
            self.inner[1].find(text, found);
        }
        Ok(())
    }

    /// The body in a row of [`Plan::body_sql`].
    pub fn body(&self, row: &SqlRow<'_>, connection: &Connection) -> rusqlite::Result<Body> {
        let part = |i: usize| match self.data[i] {
            Some(column) => stored::payload(row.get_ref(column)?, self.decoders[i], connection),
            None => Ok(Payload::Absent),
        };
        let (data, mut metadata) = (part(0)?, part(1)?);
        if let (Some(picker), Some(text)) = (&self.metadata_in_payload, data.json()) {
            let found = first(picker, text);
            metadata = found.map_or(Payload::Absent, |raw| Payload::from_text(raw.to_owned()));
        }
        let position = self.roles.iter().find(|(role, _)| *role == Role::Position);
        let native_position = match position {
            Some(&(_, column)) => match row.get_ref(column)? {
                ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
                ValueRef::Blob(bytes) => Some(from_bytes(bytes)),
                _ => None,
            },
            None => None,
        };
        Ok(Body {
            data,
            metadata,
            native_position,
        })
    }
}

/// Slots that a row's look into its JSON has without allocating.
const SLOTS: usize = 16;

impl Inner {
    fn new(layout: &Layout, within: Within) -> Self {
        let (mut pointers, mut roles): (Vec<&Pointer>, Vec<Role>) = (Vec::new(), Vec::new());
        for role in Role::ALL.into_iter().filter(|role| !DATA.contains(role)) {
            if let Some(Source::At(own, at)) = layout.column(role).map(|column| &column.source)
                && *own == within
            {
                roles.extend(at.iter().map(|_| role));
                pointers.extend(at.iter().map(|spot: &Spot| &spot.pointer));
            }
        }
        Self {
            picker: Picker::new(pointers),
            roles,
        }
    }

    fn find<'r>(&self, text: &'r str, found: &mut Found<'r>) {
        let (mut few, mut many) = ([None; SLOTS], Vec::new());
        let slots = match few.get_mut(..self.picker.slots()) {
            Some(slots) => slots,
            None => {
                many.resize(self.picker.slots(), None);
                &mut many[..]
            }
        };
        // What is broken after the last value asked for does not matter here.
        let _ = self.picker.pick(text, slots);
        for (role, raw) in self.roles.iter().zip(slots) {
            found.offer(*role, || raw.and_then(scalar).map(Value::Text));
        }
    }
}

/// The first of a picker's values that is not null.
fn first<'t>(picker: &Picker, text: &'t str) -> Option<&'t str> {
    let mut slots = vec![None; picker.slots()];
    let _ = picker.pick(text, &mut slots);
    slots.into_iter().flatten().find(|raw| *raw != "null")
}
