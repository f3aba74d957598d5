//! What the columns of a read model are made of: the simplest thing that nearly all rows agree with.

use super::plain;
use super::seen::{Observed, Seen, Source, Total, totals};
use super::table::{Cell, ReadModel, Row};
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
    Number(f64),
}

impl Made {
    fn of<'a>(&self, observed: &'a [Observed], totals: &[Total]) -> Should<'a> {
        let own = || totals.iter().filter(|own| self.of.contains(&own.source));
        match self.how {
            How::Last => match own().map(|own| own.last).max() {
                Some(last) => Should::Text(&observed[last]),
                None => Should::Nothing,
            },
            How::Count => Should::Number(own().map(|own| own.count as f64).sum()),
            How::Sum => Should::Number(own().map(|own| own.sum).sum()),
        }
    }
}

impl Should<'_> {
    fn is(&self, cell: &Cell) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
        match self {
            Self::Nothing => cell.text.is_none(),
            Self::Text(one) => {
                let numbers = one.number.zip(cell.number);
                cell.text.as_ref() == Some(&one.text)
                    || numbers.is_some_and(|(own, cell)| near(own, cell))
            }
            Self::Number(own) => cell.number.is_some_and(|cell| near(*own, cell)),
        }
    }

    /// Whether it says anything: nothing, none and zero agree by chance.
    fn tells(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Text(_) => true,
            Self::Number(own) => *own != 0.0,
        }
    }
}

/// How many rows agree with what a column should hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Agreement {
    /// And both say something.
    yes: usize,
    no: usize,
}

/// Fewer rows prove nothing.
const LEAST: usize = 8;
/// So many of a hundred rows agree where it is understood what a column holds.
const NEARLY_ALL: usize = 90;
/// Rows by which what a column may be made of is chosen.
const SAMPLE: usize = 250;
/// Fields that a column takes its last value from, beside those of one name.
const FURTHER: usize = 5;

impl Agreement {
    fn is_good(self) -> bool {
        self.yes >= LEAST && self.yes * 100 >= (self.yes + self.no) * NEARLY_ALL
    }

    /// Whether it is worth to be looked at more closely.
    fn is_promising(self) -> bool {
        self.yes >= 2 && self.yes * 2 >= self.no
    }

    fn score(self) -> i64 {
        self.yes as i64 - 2 * self.no as i64
    }
}

/// The columns of which it was found out what they are made of.
#[derive(Debug, Default)]
pub(super) struct Explained {
    columns: Vec<(usize, Made)>,
}

impl Explained {
    pub fn find(table: &ReadModel, seen: &Seen, task: &Task) -> Result<Self, Cancelled> {
        let mut explained = Self::default();
        let candidates = candidates(seen);
        for column in 0..table.columns.len() {
            task.check()?;
            let search = Search {
                table,
                seen,
                column,
            };
            let best = search.best(&candidates);
            explained.columns.extend(best.map(|made| (column, made)));
        }
        Ok(explained)
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    pub fn names(&self, table: &ReadModel) -> Vec<String> {
        let names = self
            .columns
            .iter()
            .map(|(at, _)| table.columns[*at].clone());
        names.collect()
    }

    /// The columns in which a row is not as it should be.
    pub fn differing(&self, seen: &Seen, key: usize, row: &Row) -> Vec<usize> {
        let (observed, totals) = (seen.of(key), seen.totals(key));
        let wrong = |(at, made): &&(usize, Made)| !made.of(observed, totals).is(&row.cells[*at]);
        self.columns
            .iter()
            .filter(wrong)
            .map(|(at, _)| *at)
            .collect()
    }

    /// The first event that a row has missed which is as it was before.
    pub fn missed(&self, seen: &Seen, key: usize, row: &Row) -> Option<EventIx> {
        let all = seen.of(key);
        let mut missed = None;
        let mut until = all.len();
        // Back from the head, one event after the other.
        while let Some(last) = until.checked_sub(1) {
            let event = all[last].event;
            until = all.partition_point(|one| one.event < event);
            let so_far = &all[..until];
            let totals = totals(so_far);
            let mut columns = self.columns.iter();
            if columns.all(|(at, made)| made.of(so_far, &totals).is(&row.cells[*at])) {
                missed = Some(event);
                break;
            }
        }
        missed
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
}

impl Search<'_> {
    fn agreement(&self, made: &Made, step: usize) -> Agreement {
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
        agreement
    }

    fn best(&self, candidates: &[Made]) -> Option<Made> {
        let step = self.table.rows.len().div_ceil(SAMPLE).max(1);
        let name = plain(&self.table.columns[self.column]);
        let mut promising: Vec<(i64, bool, &Made)> = Vec::new();
        for made in candidates {
            let agreement = self.agreement(made, step);
            if agreement.is_promising() {
                let pointer = &self.seen.names[self.seen.pointers[made.of[0] as usize] as usize];
                let is_called_so = pointer.split('/').any(|key| plain(key) == name);
                promising.push((agreement.score(), is_called_so, made));
            }
        }
        promising.sort_by_key(|own| std::cmp::Reverse((own.0, own.1)));
        promising.truncate(6);
        let grown = promising.into_iter().map(|(.., made)| self.grown(made));
        let judged = grown.map(|made| (self.agreement(&made, 1), made));
        let good = judged.filter(|(agreement, _)| agreement.is_good());
        // The first of equals: the simplest.
        good.reduce(|best, next| match next.0.score() > best.0.score() {
            true => next,
            false => best,
        })
        .map(|(_, made)| made)
    }

    /// With further fields, as long as more rows agree.
    fn grown(&self, made: &Made) -> Made {
        let mut grown = made.clone();
        if grown.how != How::Last {
            return grown;
        }
        let mut agreement = self.agreement(&grown, 1);
        for _ in 0..FURTHER {
            if agreement.no == 0 {
                break;
            }
            let further = (0..self.seen.pointers.len() as Source)
                .filter(|source| !grown.of.contains(source))
                .map(|source| {
                    let mut more = grown.clone();
                    more.of.push(source);
                    (self.agreement(&more, 1), more)
                });
            let best = further.max_by_key(|(agreement, _)| agreement.score());
            match best {
                Some((better, more)) if better.no < agreement.no => {
                    (agreement, grown) = (better, more);
                }
                _ => break,
            }
        }
        grown
    }
}
