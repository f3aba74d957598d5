//! Tells SQLite of a [`Table`]: the only place here with `unsafe`, which is the promise that two
//! structs begin as SQLite's own do. What a table holds may not enter.
//!
//! Invariants that make it sound:
//! 1. [`Virtual`] and [`Cursor`] are `repr(C)` and begin with the struct of SQLite that they stand
//!    for, which rusqlite allocates, hands to SQLite and takes back as the type that it was.
//! 2. Nothing here looks into those structs or keeps a pointer to them; a cursor shares its table by
//!    counting references, so it may outlive the [`Virtual`] that opened it.
//! 3. No Rust code that could panic runs in the callbacks: a panic would not unwind into SQLite but
//!    end the program.

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_int};
use std::sync::Arc;

use rusqlite::vtab::{
    Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConnection, VTabCursor,
    sqlite3_vtab, sqlite3_vtab_cursor,
};
use rusqlite::{Connection, Error, Result};

use super::table::{Comparison, Condition, Direction, Kind, Rows, Table};

const MODULE: &Module<'static, Virtual> = &Module::eponymous_only_module();

/// The code of the first column in the word in which a plan is kept between planning and searching.
const FIRST: u8 = b'A';

/// Makes a table known by its name.
pub(super) fn register(connection: &Connection, name: &str, table: Arc<dyn Table>) -> Result<()> {
    connection.create_module(name, MODULE, Some(table))
}

#[repr(C)]
struct Virtual {
    base: sqlite3_vtab,
    table: Arc<dyn Table>,
}

#[repr(C)]
struct Cursor {
    base: sqlite3_vtab_cursor,
    table: Arc<dyn Table>,
    /// The rows asked for, until there are no more.
    rows: Option<Box<dyn Rows>>,
}

/// SAFETY: see the invariants at the top of the file.
unsafe impl VTab<'_> for Virtual {
    type Aux = Arc<dyn Table>;
    type Cursor = Cursor;

    fn connect(
        _: &mut VTabConnection,
        table: Option<&Self::Aux>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        let table = table.ok_or_else(|| Error::ModuleError("a table without rows".to_owned()))?;
        let columns = table.columns().iter();
        let columns = columns.map(|column| format!("\"{}\" {}", column.name, column.kind.name()));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let declared = CString::new(format!("CREATE TABLE declared({columns})"));
        let declared = declared.map_err(|error| Error::ModuleError(error.to_string()))?;
        let table = Self {
            base: sqlite3_vtab::default(),
            table: Arc::clone(table),
        };
        Ok((Cow::Owned(declared), table))
    }

    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        let mut plan = String::new();
        let mut left = self.table.size() as f64;
        for (at, column, comparison) in self.usable(info) {
            let Some(share) = self.table.narrows(column, comparison) else {
                continue;
            };
            // Texts that are equal but for their letters' case are not found by name.
            let texts = self.table.columns()[column].kind == Kind::Text;
            if texts && info.collation(at)? != "BINARY" {
                continue;
            }
            plan.push(char::from(FIRST + column as u8));
            plan.push(sign(comparison));
            let mut usage = info.constraint_usage(at);
            usage.set_argv_index((plan.len() / 2) as c_int);
            left *= share;
        }
        info.set_idx_str(&plan);
        let direction = self.order(info);
        info.set_order_by_consumed(direction.is_some());
        info.set_idx_num(c_int::from(direction == Some(Direction::Backwards)));
        info.set_estimated_rows(left.ceil() as i64);
        info.set_estimated_cost(left + 1.0);
        Ok(true)
    }

    fn open(&mut self) -> Result<Cursor> {
        Ok(Cursor {
            base: sqlite3_vtab_cursor::default(),
            table: Arc::clone(&self.table),
            rows: None,
        })
    }
}

impl Virtual {
    /// The conditions of a statement that could narrow a search: which they are, of which column.
    fn usable(&self, info: &IndexInfo) -> Vec<(usize, usize, Comparison)> {
        let all = info.constraints().enumerate();
        let usable = all.filter(|(_, constraint)| constraint.is_usable());
        let read = usable.filter_map(|(at, constraint)| {
            let column = usize::try_from(constraint.column()).ok()?;
            let comparison = match constraint.operator() {
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ => Comparison::Equal,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LT => Comparison::Less,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LE => Comparison::AtMost,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GE => Comparison::AtLeast,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GT => Comparison::Greater,
                _ => return None,
            };
            (column < self.table.columns().len()).then_some((at, column, comparison))
        });
        read.collect()
    }

    /// The direction in which rows come in the order that a statement asks for, if they do.
    fn order(&self, info: &IndexInfo) -> Option<Direction> {
        let mut asked = info.order_bys();
        let (first, more) = (asked.next()?, asked.next());
        let column = usize::try_from(first.column()).ok()?;
        if more.is_some() || self.table.ordered_by() != Some(column) {
            return None;
        }
        Some(match first.is_order_by_desc() {
            true => Direction::Backwards,
            false => Direction::Forwards,
        })
    }
}

const fn sign(comparison: Comparison) -> char {
    match comparison {
        Comparison::Equal => '=',
        Comparison::Less => '<',
        Comparison::AtMost => '(',
        Comparison::AtLeast => ')',
        Comparison::Greater => '>',
    }
}

/// The conditions of a plan, with the values that they were given.
fn conditions(plan: &str, values: &Filters<'_>) -> Result<Vec<Condition>> {
    let steps = plan.as_bytes().chunks_exact(2).enumerate();
    let read = steps.map(|(at, step)| {
        let comparison = match step[1] {
            b'=' => Comparison::Equal,
            b'<' => Comparison::Less,
            b'(' => Comparison::AtMost,
            b')' => Comparison::AtLeast,
            _ => Comparison::Greater,
        };
        Ok(Condition {
            column: usize::from(step[0].saturating_sub(FIRST)),
            comparison,
            value: values.get(at)?,
        })
    });
    read.collect()
}

/// SAFETY: see the invariants at the top of the file.
unsafe impl VTabCursor for Cursor {
    fn filter(&mut self, backwards: c_int, plan: Option<&str>, values: &Filters<'_>) -> Result<()> {
        let conditions = conditions(plan.unwrap_or_default(), values)?;
        let direction = match backwards {
            0 => Direction::Forwards,
            _ => Direction::Backwards,
        };
        self.rows = Some(self.table.rows(&conditions, direction)?);
        self.next()
    }

    fn next(&mut self) -> Result<()> {
        let more = self
            .rows
            .as_mut()
            .map_or(Ok(false), |rows| rows.advance())?;
        if !more {
            self.rows = None;
        }
        Ok(())
    }

    fn eof(&self) -> bool {
        self.rows.is_none()
    }

    fn column(&self, to: &mut Context, column: c_int) -> Result<()> {
        match (&self.rows, usize::try_from(column)) {
            (Some(rows), Ok(column)) => rows.give(column, to),
            _ => Ok(()),
        }
    }

    fn rowid(&self) -> Result<i64> {
        Ok(self.rows.as_ref().map_or(0, |rows| rows.number()))
    }
}
