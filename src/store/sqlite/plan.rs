//! From a layout to the statements that read it, and from their rows to values by role.

mod data;

use std::borrow::Cow;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row as SqlRow, params_from_iter};

use self::data::{DATA, Data, Decoding, column_sql};
use super::lot::Lot;
use super::stored;
use crate::log::{Body, Log, Payload, Place};
use crate::model::EventIx;
use crate::model::json::{Picker, Pointer, scalar};
use crate::store::layout::{Column, Events, Key, Role, Source, Spot, Within};
use crate::store::row::{Found, Value, from_bytes};

/// Which columns of a result hold what, and the SQL that yields them.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub events: Events,
    /// Which of the store's sources of events it is.
    pub lot: Lot,
    pub way: Way,
    /// Expressions of the index scan; key and part come first, the columns of a primary key last.
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
    decoders: [Decoding; 2],
    is_linked: bool,
}

/// How rows are told apart, resumed after and found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By an integer, and where a row holds many events by which of them it is.
    Keyed { key: String, part: Option<String> },
    /// By the columns of a primary key, in the order of which they are counted.
    Columns(Vec<String>),
    /// By counting them, in whatever order the one statement for all purposes yields them.
    Counted,
}

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// What the index holds.
    Index,
    /// That, and the bodies.
    Bodies,
    /// The columns of the primary key only.
    Keys,
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

/// One row's values as stored, by the columns of the statement.
pub(super) trait Cells {
    fn cell(&self, column: usize) -> rusqlite::Result<ValueRef<'_>>;
}

impl Cells for SqlRow<'_> {
    fn cell(&self, column: usize) -> rusqlite::Result<ValueRef<'_>> {
        self.get_ref(column)
    }
}

impl Way {
    fn of(events: &Events) -> Self {
        match &events.key {
            None => Self::Counted,
            Some(Key::Columns(columns)) => Self::Columns(columns.clone()),
            Some(Key::Row(key)) => {
                let part = events.part.as_ref();
                Self::Keyed {
                    key: key.clone(),
                    part: part.map(|part| format!("ifnull({part}, 0)")),
                }
            }
        }
    }
}

impl Plan {
    pub fn new(events: Events, lot: Lot) -> Self {
        let way = Way::of(&events);
        let mut index = match &way {
            Way::Keyed { key, part } => {
                vec![key.clone(), part.clone().unwrap_or_else(|| "0".to_owned())]
            }
            Way::Columns(_) | Way::Counted => vec!["0".to_owned(), "0".to_owned()],
        };
        let mut roles = Vec::new();
        for role in Role::ALL.into_iter().filter(|role| !DATA.contains(role)) {
            if let Some(sql) = column_sql(&events, role) {
                roles.push((role, index.len()));
                index.push(sql);
            }
        }
        let inner = [Within::Payload, Within::Metadata].map(|within| Inner::new(&events, within));
        let metadata_in_payload = match events.column(Role::Metadata).map(|c| &c.source) {
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
        let Data {
            mut index,
            body,
            looked_into,
            data,
            decoders,
        } = Data::of(&events, index, looks);
        if let Way::Columns(columns) = &way {
            index.extend(columns.iter().cloned());
        }
        Self {
            lot,
            way,
            index,
            roles,
            looked_into,
            inner,
            metadata_in_payload,
            body,
            data,
            decoders,
            is_linked: events.is_linked(),
            events,
        }
    }

    /// The same for whoever needs of an event only by what it is told from others, and its payload.
    pub fn slim(&self) -> Self {
        let mut events = self.events.clone();
        let within = |column: &Column| matches!(column.source, Source::At(Within::Metadata, _));
        let needed = |role: &Role| tells(*role) || *role == Role::Payload;
        let metadata = (events.columns.iter()).any(|(role, column)| needed(role) && within(column));
        (events.columns).retain(|role, _| needed(role) || metadata && *role == Role::Metadata);
        Self::new(events, self.lot)
    }

    /// The same for whoever needs bodies: without what only the index has. Where rows are counted nothing is
    /// left out, since another statement may yield them in another order.
    pub fn bodies(&self) -> Self {
        let Way::Keyed { .. } = self.way else {
            return self.clone();
        };
        let mut events = self.events.clone();
        let of_a_body = [Role::Payload, Role::Metadata, Role::Position];
        (events.columns).retain(|role, _| tells(*role) || of_a_body.contains(role));
        Self::new(events, self.lot)
    }

    /// The payload in a row of bodies, where it is an object as it is stored.
    pub fn payload<'r>(
        &self,
        row: &'r impl Cells,
        connection: &Connection,
    ) -> rusqlite::Result<Option<&'r str>> {
        let Some(column) = self.data[0] else {
            return Ok(None);
        };
        let decoder = self.decoders[0].of(row)?;
        Ok(
            match stored::text(row.cell(column)?, decoder, connection)? {
                Some(Cow::Borrowed(text)) => Some(text),
                Some(Cow::Owned(_)) | None => None,
            },
        )
    }

    /// The integer by which rows are read and found again, if there is one.
    pub fn key(&self) -> Option<&str> {
        match &self.way {
            Way::Keyed { key, .. } => Some(key),
            Way::Columns(_) | Way::Counted => None,
        }
    }

    /// A place in it as people read it: with the table before it where there are several.
    pub fn here(&self, place: &str) -> String {
        match self.lot {
            Lot::Only => place.to_owned(),
            Lot::Of(_) => format!("{} {place}", self.events.from),
        }
    }

    /// Whether the first of an event's links is its stream.
    pub const fn is_linked(&self) -> bool {
        self.is_linked
    }

    /// Where in its source the event stands.
    pub fn place(&self, log: &Log, event: EventIx) -> Place {
        self.lot.own(log.place(event))
    }

    /// The parameters for the rows from one place to another.
    pub fn between(&self, from: Place, to: Place) -> impl Params + use<> {
        let all = [from.at, to.at, i64::from(from.extent), i64::from(to.extent)];
        let count = if self.has_parts() { 4 } else { 2 };
        params_from_iter(all.into_iter().take(count))
    }

    /// Whether a row may hold many events.
    pub fn has_parts(&self) -> bool {
        matches!(&self.way, Way::Keyed { part: Some(_), .. })
    }

    /// Where the index statement has the columns of the primary key.
    pub fn key_columns(&self) -> std::ops::Range<usize> {
        let end = self.index.len();
        match &self.way {
            Way::Columns(columns) => end - columns.len()..end,
            Way::Keyed { .. } | Way::Counted => end..end,
        }
    }

    /// What a statement selects from, and its results, where nothing filters, splits or links its rows.
    pub fn plain(&self, what: What) -> Option<(&str, &[String])> {
        let events = &self.events;
        let plain = events.filter.is_none() && events.links.is_none() && !self.has_parts();
        (plain && self.key().is_some()).then(|| (events.from.as_str(), self.results(what)))
    }

    /// The expressions of a statement.
    pub fn results(&self, what: What) -> &[String] {
        match (what, &self.way) {
            (What::Index, _) => &self.index,
            (What::Bodies, _) => &self.body,
            (What::Keys, Way::Columns(columns)) => columns,
            (What::Keys, _) => &[],
        }
    }

    /// Payload and metadata as stored; none where that is not as they are shown.
    pub fn stored_as_shown(&self) -> Option<[String; 2]> {
        let shown = self.decoders == [Decoding::By(None); 2];
        let stored = |at: Option<usize>| at.map_or("NULL", |at| &self.body[at]).to_owned();
        shown.then(|| self.data.map(stored))
    }

    pub fn select(&self, expressions: &[String]) -> String {
        let events = &self.events;
        let filter = events.filter.as_deref().unwrap_or("1");
        format!(
            "SELECT {} FROM {} WHERE ({filter})",
            expressions.join(", "),
            events.from
        )
    }

    /// The JSON that [`Plan::find`] looks into.
    pub fn texts<'r>(
        &self,
        row: &'r impl Cells,
        connection: &Connection,
    ) -> rusqlite::Result<Texts<'r>> {
        let mut texts = [None, None];
        for (i, text) in texts.iter_mut().enumerate() {
            if let Some(column) = self.looked_into[i] {
                let decoder = self.decoders[i].of(row)?;
                *text = stored::text(row.cell(column)?, decoder, connection)?;
            }
        }
        Ok(texts)
    }

    /// Fills `found` from a row of the index or of bodies.
    pub fn find<'r>(
        &self,
        row: &'r impl Cells,
        texts: &'r Texts<'_>,
        found: &mut Found<'r>,
    ) -> rusqlite::Result<()> {
        for &(role, column) in &self.roles {
            let value = stored::value(row.cell(column)?);
            // Only a text that is not as it is stored is no longer borrowed.
            if let Value::Text(Cow::Owned(_)) = value {
                found.garbled(role);
            }
            found.set(role, value);
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

    /// The body in a row of bodies.
    pub fn body(&self, row: &impl Cells, connection: &Connection) -> rusqlite::Result<Body> {
        let part = |i: usize| match self.data[i] {
            Some(column) => {
                let decoder = self.decoders[i].of(row)?;
                stored::payload(row.cell(column)?, decoder, connection)
            }
            None => Ok(Payload::Absent),
        };
        let (data, mut metadata) = (part(0)?, part(1)?);
        if let (Some(picker), Some(text)) = (&self.metadata_in_payload, data.json()) {
            let found = first(picker, text);
            metadata = found.map_or(Payload::Absent, |raw| Payload::from_text(raw.to_owned()));
        }
        let position = self.roles.iter().find(|(role, _)| *role == Role::Position);
        let native_position = match position {
            Some(&(_, column)) => match row.cell(column)? {
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

/// Whether an event is told from others by it.
const fn tells(role: Role) -> bool {
    matches!(
        role,
        Role::Stream | Role::Version | Role::Type | Role::EventId
    )
}

/// Slots that a row's look into its JSON has without allocating.
const SLOTS: usize = 16;

impl Inner {
    fn new(events: &Events, within: Within) -> Self {
        let (mut pointers, mut roles): (Vec<&Pointer>, Vec<Role>) = (Vec::new(), Vec::new());
        for role in Role::ALL.into_iter().filter(|role| !DATA.contains(role)) {
            if let Some(Source::At(own, at)) = events.column(role).map(|column| &column.source)
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
