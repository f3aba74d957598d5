//! The ids of a chunk's rows: their own, and those that they name, which are mostly those of other
//! rows or named by several. Knows no event beyond the chunk.

use std::ops::Range;

use super::{IdColumn, IdRef};
use crate::log::hashed::{Sorted, hash, parts};
use crate::log::ints::Ints;

/// The ids of a chunk's rows, packed.
#[derive(Clone, Debug)]
pub(in crate::log) struct RowIds {
    own: IdColumn,
    correlation: Column,
    causation: Column,
}

/// What rows name, one id each, some of them none.
#[derive(Clone, Debug)]
enum Column {
    /// One by one.
    Each(IdColumn),
    /// Each id once. The key of a row is the row whose own id it names, written as it is there; or,
    /// behind all rows, one of the others; negative for none.
    Shared { others: IdColumn, groups: Groups },
}

/// Rows by key.
#[derive(Clone, Debug)]
struct Groups {
    keys: Ints,
    /// The rows that have a key, by key, then ascending.
    rows: Ints,
}

const NO_KEY: i64 = -1;

/// Rows by which it is judged whether ids are shared at all.
const SAMPLE: usize = 1 << 12;

/// Which form a column of named ids may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::log) enum Form {
    /// Whichever seems smaller.
    Either,
    /// Each id once: rows are found from others that name the same, and those that were have to be.
    Shared,
}

impl RowIds {
    /// From columns of ids: the rows' own, what they belong to, what caused them.
    pub fn pack(own: IdColumn, correlation: (IdColumn, Form), causation: (IdColumn, Form)) -> Self {
        let own = own.packed();
        let names_some = !correlation.0.is_missing() || !causation.0.is_missing();
        let own_rows = names_some.then(|| by_hash(&own, own.len()));
        let own_rows = own_rows.unwrap_or_default();
        let pack = |(ids, form)| Column::pack(ids, form, &own, &own_rows);
        Self {
            correlation: pack(correlation),
            causation: pack(causation),
            own,
        }
    }

    /// The id of a row.
    pub fn own(&self, row: usize) -> Option<IdRef<'_>> {
        self.own.get(row)
    }

    /// What rows belong to.
    pub fn correlations(&self) -> Named<'_> {
        Named {
            column: &self.correlation,
            own: &self.own,
        }
    }

    /// What caused rows.
    pub fn causes(&self) -> Named<'_> {
        Named {
            column: &self.causation,
            own: &self.own,
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.own.memory() + self.correlation.memory() + self.causation.memory()
    }
}

/// Ids that rows name.
#[derive(Clone, Copy)]
pub(in crate::log) struct Named<'a> {
    column: &'a Column,
    own: &'a IdColumn,
}

impl<'a> Named<'a> {
    /// The form that rows that are put together with these have to have.
    pub fn form(self) -> Form {
        match self.column {
            Column::Each(_) => Form::Either,
            Column::Shared { .. } => Form::Shared,
        }
    }

    /// What a row names.
    pub fn get(self, row: usize) -> Option<IdRef<'a>> {
        match self.column {
            Column::Each(ids) => ids.get(row),
            Column::Shared { others, groups } => {
                let key = usize::try_from(groups.keys.get(row)).ok()?;
                match key.checked_sub(self.own.len()) {
                    None => self.own.get(key),
                    Some(other) => others.get(other),
                }
            }
        }
    }

    /// The first row with the id that a row names, if it is known to be one of the chunk.
    pub fn own_row(self, row: usize) -> Option<usize> {
        let Column::Shared { groups, .. } = self.column else {
            return None;
        };
        let key = usize::try_from(groups.keys.get(row)).ok();
        key.filter(|key| *key < self.own.len())
    }

    /// Of `rows` the first that names each id, ascending; all of them where that is not known.
    pub fn firsts(self, rows: Range<usize>) -> Vec<usize> {
        match self.column {
            Column::Each(ids) => rows.filter(|row| ids.get(*row).is_some()).collect(),
            Column::Shared { groups, .. } => groups.firsts(rows),
        }
    }

    /// Rows that name the same as `row`, itself among them, ascending: all that are not among
    /// [`Named::firsts`] themselves.
    pub fn like(self, row: usize) -> impl Iterator<Item = usize> + use<'a> {
        let (alone, group) = match self.column {
            Column::Each(_) => (Some(row), None),
            Column::Shared { groups, .. } => (None, Some(groups.with(groups.keys.get(row)))),
        };
        alone.into_iter().chain(group.into_iter().flatten())
    }

    /// Rows of which it is known that they name the own id of `row`, ascending.
    pub fn naming(self, row: usize) -> impl Iterator<Item = usize> + use<'a> {
        let group = match self.column {
            Column::Each(_) => None,
            Column::Shared { groups, .. } => Some(groups.with(row as i64)),
        };
        group.into_iter().flatten()
    }
}

impl Column {
    /// `own_rows` are those of `own` by their hashes.
    fn pack(ids: IdColumn, form: Form, own: &IdColumn, own_rows: &Sorted) -> Self {
        let ids = ids.packed();
        if ids.is_missing() || form == Form::Either && !is_shared(&ids, own_rows) {
            return Self::Each(ids);
        }
        let mut keys = vec![NO_KEY; ids.len()];
        let mut firsts: Vec<usize> = Vec::new();
        for (same, own_run) in joined(&by_hash(&ids, ids.len()), own_rows) {
            let before = firsts.len();
            for row in rows(same) {
                let is = |known: Option<IdRef<'_>>| {
                    let id = ids.get(row);
                    known
                        .zip(id)
                        .is_some_and(|(known, id)| known.is_spelled_as(id))
                };
                // Equal hashes are nearly always equal ids.
                let mut known = before..firsts.len();
                let key = if let Some(row) = rows(own_run).find(|row| is(own.get(*row))) {
                    row
                } else if let Some(other) = known.find(|other| is(ids.get(firsts[*other]))) {
                    ids.len() + other
                } else {
                    firsts.push(row);
                    ids.len() + firsts.len() - 1
                };
                keys[row] = key as i64;
            }
        }
        Self::Shared {
            groups: Groups::new(&keys, ids.len() + firsts.len()),
            others: ids.select(&firsts),
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Each(ids) => ids.memory(),
            Self::Shared { others, groups } => {
                others.memory() + groups.keys.memory() + groups.rows.memory()
            }
        }
    }
}

impl Groups {
    /// From the key of each row, all of them below `most`.
    fn new(keys: &[i64], most: usize) -> Self {
        let keyed = || (0..).zip(keys).filter(|(_, key)| **key != NO_KEY);
        let mut starts = vec![0_u32; most + 1];
        for (_, &key) in keyed() {
            starts[key as usize + 1] += 1;
        }
        for key in 1..=most {
            starts[key] += starts[key - 1];
        }
        let mut rows = vec![0_i64; starts[most] as usize];
        for (row, &key) in keyed() {
            let at = &mut starts[key as usize];
            rows[*at as usize] = row;
            *at += 1;
        }
        Self {
            keys: Ints::pack(keys),
            rows: Ints::pack(&rows),
        }
    }

    /// The row that stands at `at` in the order of keys, and its key.
    fn at(&self, at: usize) -> (usize, i64) {
        let row = self.rows.get(at) as usize;
        (row, self.keys.get(row))
    }

    /// The rows with this key, ascending.
    fn with(&self, key: i64) -> impl Iterator<Item = usize> + '_ {
        let (mut low, mut high) = (0, self.rows.len());
        if key == NO_KEY {
            low = high;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle).1 < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let from = (low..self.rows.len()).map(|at| self.at(at));
        from.take_while(move |(_, own)| *own == key)
            .map(|(row, _)| row)
    }

    /// Of `rows` the first with each key, ascending.
    fn firsts(&self, rows: Range<usize>) -> Vec<usize> {
        let mut is_first = vec![false; rows.len()];
        let mut last = NO_KEY;
        for (row, key) in (0..self.rows.len()).map(|at| self.at(at)) {
            if key != last && rows.contains(&row) {
                last = key;
                is_first[row - rows.start] = true;
            }
        }
        let firsts = rows.zip(is_first).filter(|(_, is_first)| *is_first);
        firsts.map(|(row, _)| row).collect()
    }
}

/// Whether it seems to take clearly less to hold each id once, as the first rows of a column have it.
fn is_shared(ids: &IdColumn, own_rows: &Sorted) -> bool {
    let rows = ids.len().min(SAMPLE);
    let named = by_hash(ids, rows);
    let others = joined(&named, own_rows).filter(|(_, own_run)| own_run.is_empty());
    let others = others.count();
    let memory = ids.memory() * rows / ids.len();
    // About what it takes to find one by its hash.
    let found = |ids: usize| ids * 9 / 2;
    let each = memory + found(named.len());
    // Two bytes a row, or less, are its key, and two its place in the order of keys.
    let shared = memory * others / named.len().max(1) + found(others) + 4 * rows;
    shared < each - each / 8
}

/// Those of the first `rows` of a column that have an id, by its hash.
fn by_hash(ids: &IdColumn, rows: usize) -> Sorted {
    let ids = ids.iter().take(rows).zip(0..);
    Sorted::new(ids.filter_map(|(id, row)| Some((hash(id?), row))))
}

/// The rows of each hash in `named`, and those in `own`.
fn joined<'a>(named: &'a Sorted, own: &'a Sorted) -> impl Iterator<Item = (&'a [u64], &'a [u64])> {
    let mut own = own.runs().peekable();
    named.runs().map(move |(hash, same)| {
        while own.next_if(|own| own.0 < hash).is_some() {}
        let own = own.next_if(|own| own.0 == hash);
        (same, own.map_or(&[][..], |own| own.1))
    })
}

fn rows(entries: &[u64]) -> impl Iterator<Item = usize> {
    entries.iter().map(|entry| parts(*entry).1 as usize)
}

#[cfg(test)]
mod tests {
    use super::{Form, Named, RowIds};
    use crate::log::ids::column::tests::{column, id};
    use proptest::prelude::*;

    /// Columns of few ids, so that they meet, some of them with a few of any kind.
    fn columns() -> impl Strategy<Value = Vec<[Option<String>; 3]>> {
        let few = prop::collection::vec(id(), 1..6);
        let picks = prop::collection::vec(prop::array::uniform3(0..40_usize), 0..60);
        (few, picks).prop_map(|(few, picks)| {
            let pick = |at: usize| few.get(at % (few.len() + 1)).cloned().flatten();
            picks.into_iter().map(|row| row.map(pick)).collect()
        })
    }

    fn check(
        named: Named<'_>,
        own: &[Option<String>],
        ids: &[Option<String>],
    ) -> Result<(), TestCaseError> {
        let rows = || 0..ids.len();
        for row in rows() {
            prop_assert_eq!(&named.get(row).map(|id| id.to_string()), &ids[row]);
            if ids[row].is_some() {
                let like: Vec<usize> = named.like(row).collect();
                prop_assert!(like.contains(&row) && like.is_sorted());
                prop_assert!(like.iter().all(|other| ids[*other] == ids[row]));
            }
            let naming: Vec<usize> = named.naming(row).collect();
            let expected: Vec<usize> = rows()
                .filter(|other| named.own_row(*other) == Some(row))
                .collect();
            prop_assert_eq!(naming, expected);
            if let Some(cause) = named.own_row(row) {
                prop_assert_eq!(own.iter().position(|id| *id == ids[row]), Some(cause));
            }
        }
        // Whatever rows are asked for, all that name an id are found from the first ones.
        for from in rows() {
            let firsts = named.firsts(from..ids.len());
            prop_assert!(firsts.is_sorted());
            for row in (from..ids.len()).filter(|row| ids[*row].is_some()) {
                let mut like = firsts.iter().flat_map(|first| named.like(*first));
                prop_assert!(like.any(|other| other == row));
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn rows_name_what_they_were_read_to_name(
            columns in columns(), form in prop::sample::select(vec![Form::Either, Form::Shared]),
        ) {
            let of = |at: usize| columns.iter().map(|row| row[at].clone()).collect::<Vec<_>>();
            let [own, correlation, causation] = [0, 1, 2].map(of);
            let named = |ids| (column(ids), form);
            let ids = RowIds::pack(column(&own), named(&correlation), named(&causation));
            for (row, id) in own.iter().enumerate() {
                prop_assert_eq!(&ids.own(row).map(|id| id.to_string()), id);
            }
            check(ids.correlations(), &own, &correlation)?;
            check(ids.causes(), &own, &causation)?;
        }
    }

    #[test]
    fn ids_that_are_named_by_several_stand_once() {
        let uuid = |n: usize| Some(format!("{n:032x}"));
        let own: Vec<_> = (1..=1000).map(uuid).collect();
        let correlation: Vec<_> = (0..1000).map(|n| uuid(5000 + n / 5)).collect();
        // The row before; of the first one something else.
        let causation: Vec<_> = (0..1000)
            .map(|n| uuid(if n == 0 { 9999 } else { n }))
            .collect();
        let named = |ids| (column(ids), Form::Either);
        let ids = RowIds::pack(column(&own), named(&correlation), named(&causation));
        assert_eq!(ids.own.memory(), 16_000);
        // A fifth of the ids, and four bytes a row at the most.
        assert!(ids.correlation.memory() <= 200 * 16 + 4_000);
        assert!(ids.causation.memory() <= 16 + 4_000);
        assert_eq!(ids.causes().own_row(7), Some(6));
        assert_eq!(ids.causes().naming(6).collect::<Vec<_>>(), [7]);
        assert_eq!(
            ids.correlations().like(13).collect::<Vec<_>>(),
            [10, 11, 12, 13, 14]
        );
    }
}
