//! Where a plan's statements have the payload and the metadata, and how these are decoded.

use rusqlite::types::ValueRef;

use super::Cells;
use crate::store::decode::Decoder;
use crate::store::layout::{Column, Events, Role, Source, sql};

pub(super) const DATA: [Role; 2] = [Role::Payload, Role::Metadata];

/// The SQL of a column, if it has one.
pub(super) fn column_sql(events: &Events, role: Role) -> Option<String> {
    match &events.column(role)?.source {
        Source::Sql(sql) | Source::Encoded { sql, .. } => Some(sql.clone()),
        Source::Constant(text) => Some(sql::literal(text)),
        _ => None,
    }
}

/// How payloads are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoding {
    /// All alike; told from each where none is named.
    By(Option<Decoder>),
    /// As this column of a row says.
    Row(usize),
}

impl Decoding {
    /// The decoder for a row. What nobody knows how to decode is not looked into.
    pub fn of(self, row: &impl Cells) -> rusqlite::Result<Option<Decoder>> {
        let column = match self {
            Self::By(decoder) => return Ok(decoder),
            Self::Row(column) => column,
        };
        let ValueRef::Text(name) = row.cell(column)? else {
            return Ok(None);
        };
        Ok(match std::str::from_utf8(name) {
            Ok("json" | "auto") => None,
            Ok(name) => Some(Decoder::named(name).unwrap_or(Decoder::Opaque)),
            Err(_) => Some(Decoder::Opaque),
        })
    }
}

/// Where the payload and the metadata stand among the results of a plan's statements.
pub(super) struct Data {
    pub index: Vec<String>,
    pub body: Vec<String>,
    pub looked_into: [Option<usize>; 2],
    pub data: [Option<usize>; 2],
    pub decoders: [Decoding; 2],
}

impl Data {
    /// Behind the results of an index scan, which has those that it `looks` into.
    pub fn of(events: &Events, mut index: Vec<String>, looks: [bool; 2]) -> Self {
        let mut looked_into = [None; 2];
        let mut decoders =
            DATA.map(|role| Decoding::By(events.column(role).and_then(Column::decoder)));
        let mut add = |i: usize, results: &mut Vec<String>| {
            let sql = column_sql(events, DATA[i])?;
            let at = results.len();
            results.push(sql);
            let source = events.column(DATA[i]).map(|column| &column.source);
            if let Some(Source::Encoded { encoding, .. }) = source {
                decoders[i] = Decoding::Row(results.len());
                results.push(encoding.clone());
            }
            Some(at)
        };
        for (i, into) in looked_into
            .iter_mut()
            .enumerate()
            .filter(|(i, _)| looks[*i])
        {
            *into = add(i, &mut index);
        }
        let (mut body, mut data) = (index.clone(), looked_into);
        for (i, own) in data.iter_mut().enumerate().filter(|(_, own)| own.is_none()) {
            *own = add(i, &mut body);
        }
        Self {
            index,
            body,
            looked_into,
            data,
            decoders,
        }
    }
}
