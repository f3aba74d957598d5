//! What the columns of a read model are made of: the simplest thing that nearly all rows agree with.

use super::agreement::Agreement;
use super::plain;
use super::seen::{Observed, Seen, Source, Total, add};
use super::table::{Cell, ReadModel, Row};
use super::worth::Worth;
use crate::model::{Cancelled, EventIx, Task};

/// What a column is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Made {
    how: How,
    /// Of these fields.
    of: Vec<Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// The last value of any of them.
    Last,
    /// How often one was there.
    Count,
    /// What they come to.
    Sum,
}

/// What a column should hold.
enum Should<'a> {
    Nothing,
    Text(&'a Observed),
    /// None where it is no number.
    Number(Option<Worth>),
}

impl Made {
    fn of<'a>(&self, observed: &'a [Observed], totals: &[Total]) -> Should<'a> {
        let own = || totals.iter().filter(|own| self.of.contains(&own.source));
        match self.how {
            How::Last => match own().map(|own| own.last).max() {
                Some(last) => Should::Text(&observed[last]),
                None => Should::Nothing,
            },
            How::Count => {
                let count = own().map(|own| own.count).sum();
                Should::Number(Some(Worth::count(count)))
            }
            How::Sum => {
                let nothing = Some(Worth::count(0));
                let sums = own().map(|own| own.sum);
                Should::Number(sums.fold(nothing, |all, own| all?.and(own?)))
            }
        }
    }
}

impl Should<'_> {
    fn is(&self, cell: &Cell) -> bool {
        let same = |own: Option<Worth>| own.zip(cell.number).is_some_and(|(a, b)| a.is(b));
        match self {
            Self::Nothing => cell.text.is_none(),
            Self::Text(one) => cell.text.as_ref() == Some(&one.text) || same(one.number),
            Self::Number(own) => same(*own),
        }
    }

    /// Whether it says anything: nothing, none and zero agree by chance.
    fn tells(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Text(_) => true,
            Self::Number(own) => own.is_some_and(|own| !own.is_zero()),
        }
    }
}

/// A table with so many rows is small: a few of them are more than one in ten.
const SMALL: usize = 50;
/// Rows by which what a column may be made of is chosen.
const SAMPLE: usize = 250;
/// Fields that a column takes its last value from, beside those of one name.
const FURTHER: usize = 5;

/// A column of which it was found out what it is made of.
#[derive(Clone, Debug)]
struct Column {
    /// Its place in the table.
    at: usize,
    made: Made,
    /// Of a count, others that most rows agree with as well: nothing tells which of them the column holds.
    or: Vec<Made>,
}

impl Column {
    /// Whether a cell was so when no more than this had been observed.
    fn was(&self, cell: &Cell, observed: &[Observed], totals: &[Total]) -> bool {
        let mut all = std::iter::once(&self.made).chain(&self.or);
        all.any(|made| made.of(observed, totals).is(cell))
    }
}

/// The columns of which it was found out what they are made of.
#[derive(Debug, Default)]
pub(super) struct Explained {
    columns: Vec<Column>,
    /// Those that fewer rows agree with, by their places in the table.
    likely: Vec<usize>,
}

impl Explained {
    pub fn find(table: &ReadModel, seen: &Seen, task: &Task) -> Result<Self, Cancelled> {
        let (mut explained, mut likely, mut others) = (Self::default(), Vec::new(), Vec::new());
        let candidates = candidates(seen);
        for column in 0..table.columns.len() {
            task.check()?;
            let search = Search {
                table,
                seen,
                column,
                task,
            };
            let Some((agreement, made)) = search.best(&candidates)? else {
                continue;
            };
            let is_sure = agreement.is_good() || search.others_are_late(&made)?;
            let own = Column {
                at: column,
                or: search.counts_beside(&made, &candidates)?,
                made,
            };
            match is_sure {
                true => explained.columns.push(own),
                false => others.push((agreement, own)),
            }
        }
        for (agreement, own) in others {
            if explained.tells_of_all(table, seen, &own) {
                explained.columns.push(own);
            } else if agreement.is_likely() {
                likely.push(own);
            }
        }
        if !explained.columns.is_empty() {
            explained.likely = likely.iter().map(|own| own.at).collect();
            explained.columns.extend(likely);
        }
        Ok(explained)
    }

    /// Whether each row that does not agree in one more column is known by another to be late.
    fn tells_of_all(&self, table: &ReadModel, seen: &Seen, own: &Column) -> bool {
        let mut rows = table.rows.iter().enumerate();
        !self.is_empty()
            && rows.all(|(key, row)| {
                let should = own.made.of(seen.of(key), seen.totals(key));
                should.is(&row.cells[own.at]) || !self.differing(seen, key, row).is_empty()
            })
    }

    /// Whether a column is one of those that fewer rows agree with.
    pub fn is_likely(&self, column: usize) -> bool {
        self.likely.contains(&column)
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    pub fn names(&self, table: &ReadModel) -> Vec<String> {
        let columns = self.columns.iter();
        columns.map(|own| table.columns[own.at].clone()).collect()
    }

    /// The columns in which a row is not as it should be.
    pub fn differing(&self, seen: &Seen, key: usize, row: &Row) -> Vec<usize> {
        let (observed, totals) = (seen.of(key), seen.totals(key));
        let wrong = |own: &&Column| !own.made.of(observed, totals).is(&row.cells[own.at]);
        let columns = self.columns.iter().filter(wrong);
        columns.map(|own| own.at).collect()
    }

    /// The first event that a row has missed which is as it was before.
    pub fn missed(
        &self,
        seen: &Seen,
        key: usize,
        row: &Row,
        task: &Task,
    ) -> Result<Option<EventIx>, Cancelled> {
        let all = seen.of(key);
        let (mut missed, mut totals, mut before) = (None, Vec::new(), 0);
        for (nth, of_event) in all.chunk_by(|a, b| a.event == b.event).enumerate() {
            if nth.is_multiple_of(1024) {
                task.check()?;
            }
            let was_so = |own: &Column| own.was(&row.cells[own.at], &all[..before], &totals);
            if self.columns.iter().all(was_so) {
                missed = Some(of_event[0].event);
            }
            add(&mut totals, of_event, before);
            before += of_event.len();
        }
        Ok(missed)
    }
}

/// What columns may be made of, the simplest first: fields of one name, fields of one event type.
fn candidates(seen: &Seen) -> Vec<Made> {
    let mut sets: Vec<Vec<Source>> = vec![Vec::new(); seen.names.len()];
    for (source, name) in seen.pointers.iter().enumerate() {
        sets[*name as usize].push(source as Source);
    }
    let single = (0..seen.pointers.len()).map(|source| vec![source as Source]);
    let several: Vec<Vec<Source>> = sets.iter().filter(|set| set.len() > 1).cloned().collect();
    let sets: Vec<Vec<Source>> = several.into_iter().chain(single).collect();
    let ways = [How::Last, How::Count, How::Sum];
    let all = ways
        .into_iter()
        .flat_map(|how| sets.iter().map(move |of| (how, of)));
    all.map(|(how, of)| Made {
        how,
        of: of.clone(),
    })
    .collect()
}

/// The search for what one column is made of.
struct Search<'a> {
    table: &'a ReadModel,
    seen: &'a Seen,
    column: usize,
    task: &'a Task,
}

impl Search<'_> {
    fn agreement(&self, made: &Made, step: usize) -> Result<Agreement, Cancelled> {
        self.task.check()?;
        let mut agreement = Agreement::default();
        for (key, row) in self.table.rows.iter().enumerate().step_by(step) {
            let observed = self.seen.of(key);
            if observed.is_empty() {
                continue;
            }
            let (cell, should) = (
                &row.cells[self.column],
                made.of(observed, self.seen.totals(key)),
            );
            match should.is(cell) {
                true => agreement.yes += usize::from(should.tells()),
                false => agreement.no += 1,
            }
        }
        Ok(agreement)
    }

    /// Whether all rows that do not agree are as they should have been some time ago: in a small table a few of
    /// them are more than one in ten.
    fn others_are_late(&self, made: &Made) -> Result<bool, Cancelled> {
        // A count passes through every number below it, and of a large table one in ten is enough.
        if made.how == How::Count || self.table.rows.len() > SMALL {
            return Ok(false);
        }
        for (key, row) in self.table.rows.iter().enumerate() {
            self.task.check()?;
            let (cell, all) = (&row.cells[self.column], self.seen.of(key));
            if all.is_empty() || made.of(all, self.seen.totals(key)).is(cell) {
                continue;
            }
            let (mut totals, mut before, mut was_so) = (Vec::new(), 0, false);
            for of_event in all.chunk_by(|a, b| a.event == b.event) {
                add(&mut totals, of_event, before);
                before += of_event.len();
                let then = made.of(&all[..before], &totals);
                was_so = was_so || then.tells() && then.is(cell);
            }
            if !was_so {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where it is a count, other counts that most rows agree with: things that happen one after the other are
    /// as many, but for rows that are late in one of them.
    fn counts_beside(&self, made: &Made, candidates: &[Made]) -> Result<Vec<Made>, Cancelled> {
        let mut found = Vec::new();
        let is_count = |own: &&Made| own.how == How::Count;
        let others = candidates.iter().filter(is_count);
        for other in others.filter(|own| is_count(&made) && *own != made) {
            if self.agreement(other, 1)?.is_possible() {
                found.push(other.clone());
            }
        }
        Ok(found)
    }

    /// What it is made of, and how many rows agree.
    fn best(&self, candidates: &[Made]) -> Result<Option<(Agreement, Made)>, Cancelled> {
        let step = self.table.rows.len().div_ceil(SAMPLE).max(1);
        let name = plain(&self.table.columns[self.column]);
        let mut promising: Vec<(i64, bool, &Made)> = Vec::new();
        for made in candidates {
            let agreement = self.agreement(made, step)?;
            if agreement.is_promising() {
                let pointer = &self.seen.names[self.seen.pointers[made.of[0] as usize] as usize];
                let is_called_so = pointer.split('/').any(|key| plain(key) == name);
                promising.push((agreement.score(), is_called_so, made));
            }
        }
        promising.sort_by_key(|own| std::cmp::Reverse((own.0, own.1)));
        promising.truncate(6);
        if let Some(made) = self.namesake(&name) {
            let agreement = self.agreement(&made, 1)?;
            if agreement.is_good() {
                return Ok(Some((agreement, made)));
            }
        }
        let mut best: Option<(Agreement, Made)> = None;
        for (.., made) in promising {
            let made = self.grown(made)?;
            let agreement = self.agreement(&made, 1)?;
            // The first of equals: the simplest.
            let is_better = |(own, _): &(Agreement, Made)| agreement.score() > own.score();
            if agreement.is_possible() && best.as_ref().is_none_or(is_better) {
                best = Some((agreement, made));
            }
        }
        Ok(best)
    }

    /// The last value of the field that the column is called like, whichever event has it: where nearly all rows
    /// agree with that, leaving out the events that others have missed only hides what they have missed.
    fn namesake(&self, name: &str) -> Option<Made> {
        let is_it = |pointer: &String| {
            let mut keys = pointer.split('/').skip(1);
            keys.next().is_some_and(|key| plain(key) == name) && keys.next().is_none()
        };
        let field = self.seen.names.iter().position(is_it)?;
        let sources = self.seen.pointers.iter().enumerate();
        let own = sources.filter(|(_, pointer)| **pointer as usize == field);
        Some(Made {
            how: How::Last,
            of: own.map(|(source, _)| source as Source).collect(),
        })
    }

    /// With further fields, as long as more rows agree.
    fn grown(&self, made: &Made) -> Result<Made, Cancelled> {
        let mut grown = made.clone();
        if grown.how != How::Last {
            return Ok(grown);
        }
        let mut agreement = self.agreement(&grown, 1)?;
        for _ in 0..FURTHER {
            if agreement.no == 0 {
                break;
            }
            let mut best: Option<(Agreement, Made)> = None;
            for source in 0..self.seen.pointers.len() as Source {
                if grown.of.contains(&source) {
                    continue;
                }
                let mut more = grown.clone();
                more.of.push(source);
                let agreement = self.agreement(&more, 1)?;
                let is_worse = |(own, _): &(Agreement, Made)| agreement.score() < own.score();
                if !best.as_ref().is_some_and(is_worse) {
                    best = Some((agreement, more));
                }
            }
            match best {
                Some((better, more)) if better.no < agreement.no => {
                    (agreement, grown) = (better, more);
                }
                _ => break,
            }
        }
        Ok(grown)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn column(at: usize, made: Made) -> Column {
        let or = Vec::new();
        Column { at, made, or }
    }

    /// The row of a table that holds the last status, how many amounts there were, and what they come to.
    fn missed(cells: [Value; 3], task: &Task) -> Result<Option<EventIx>, Cancelled> {
        let seen = Seen::of_one_row(&[
            r#"{"status": "open", "amount": 10.10}"#,
            r#"{"status": "paid", "amount": 5}"#,
            r#"{"status": "open", "amount": 8.90}"#,
            r#"{"note": "nothing"}"#,
        ]);
        let source = |name: &str| {
            let name = seen.names.iter().position(|own| own == name).unwrap();
            let mut pointers = seen.pointers.iter();
            pointers.position(|own| *own as usize == name).unwrap() as Source
        };
        let made = |how, name| Made {
            how,
            of: vec![source(name)],
        };
        let columns = [
            made(How::Last, "/status"),
            made(How::Count, "/amount"),
            made(How::Sum, "/amount"),
        ];
        let columns = columns.into_iter().enumerate();
        let explained = Explained {
            columns: columns.map(|(at, made)| column(at, made)).collect(),
            likely: Vec::new(),
        };
        let row = Row {
            key: "1".to_owned(),
            stream: None,
            cells: cells.iter().map(Cell::new).collect(),
        };
        explained.missed(&seen, 0, &row, task)
    }

    #[test]
    fn a_row_missed_what_came_after_it_was_so_last() {
        let task = Task::new();
        let at = |event| Ok(Some(EventIx(event)));
        assert_eq!(missed([json!("paid"), json!(2), json!(15.1)], &task), at(2));
        assert_eq!(
            missed([json!("open"), json!(1), json!("10.10")], &task),
            at(1)
        );
        assert_eq!(missed([json!("open"), json!(3), json!(24.0)], &task), at(3));
        assert_eq!(missed([Value::Null, json!(0), json!(0)], &task), at(0));
        assert_eq!(
            missed([json!("lost"), json!(2), json!(15.1)], &task),
            Ok(None)
        );
    }

    #[test]
    fn a_count_may_be_that_of_what_comes_before_or_behind() {
        let seen = Seen::of_one_row(&[
            r#"{"begun": 1}"#,
            r#"{"fare": 5}"#,
            r#"{"begun": 1}"#,
            r#"{"fare": 7}"#,
            r#"{"begun": 1}"#,
            r#"{"fare": 9}"#,
        ]);
        let made = |how, of| Made { how, of: vec![of] };
        let row = Row {
            key: "1".to_owned(),
            stream: None,
            cells: [json!(2), json!(12)].iter().map(Cell::new).collect(),
        };
        // Two are counted and added up; a third has begun before its fare came.
        let missed = |or: Vec<Made>| {
            let rides = Column {
                or,
                ..column(0, made(How::Count, 0))
            };
            let columns = vec![rides, column(1, made(How::Sum, 1))];
            let likely = Vec::new();
            Explained { columns, likely }
                .missed(&seen, 0, &row, &Task::new())
                .unwrap()
        };
        assert_eq!(missed(Vec::new()), Some(EventIx(4)));
        assert_eq!(missed(vec![made(How::Count, 1)]), Some(EventIx(5)));
    }

    #[test]
    fn looking_for_it_ends_when_nobody_waits() {
        let task = Task::new();
        task.cancel();
        assert!(missed([json!("paid"), json!(2), json!(15.1)], &task).is_err());
    }
}
