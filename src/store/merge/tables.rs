//! Tables of several files. One is called by its own name, or `file/name` where several files have one
//! of that name.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::log::{Table, TableError, TableRow, TableSource};
use crate::model::Task;

/// The names of the files, with what reads the tables in them.
pub(in crate::store) struct Tables(pub Vec<(Arc<str>, Arc<dyn TableSource>)>);

impl Tables {
    /// All tables as they are called here, each with its file and as it is called there.
    fn all(&self, task: &Task) -> Result<Vec<(Table, usize, Table)>, TableError> {
        let mut all = Vec::new();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (at, (_, own)) in self.0.iter().enumerate() {
            for table in own.tables(task)? {
                *counts.entry(table.name.to_lowercase()).or_default() += 1;
                all.push((at, table));
            }
        }
        let named = all.into_iter().map(|(at, own)| {
            let name = match counts.get(&own.name.to_lowercase()) {
                Some(1) | None => own.name.clone(),
                Some(_) => format!("{}/{}", self.0[at].0, own.name),
            };
            (
                Table {
                    name,
                    ..own.clone()
                },
                at,
                own,
            )
        });
        Ok(named.collect())
    }

    fn own(&self, table: &Table, task: &Task) -> Result<(&dyn TableSource, Table), TableError> {
        let mut all = self.all(task)?.into_iter();
        match all.find(|(called, ..)| called.name == table.name) {
            Some((_, at, own)) => Ok((&*self.0[at].1, own)),
            None => Err(TableError::NoTable {
                name: table.name.clone(),
                tables: Vec::new(),
            }),
        }
    }
}

impl TableSource for Tables {
    fn tables(&self, task: &Task) -> Result<Vec<Table>, TableError> {
        let all = self.all(task)?.into_iter();
        Ok(all.map(|(called, ..)| called).collect())
    }

    fn rows(
        &self,
        table: &Table,
        task: &Task,
        each: &mut dyn FnMut(TableRow),
    ) -> Result<(), TableError> {
        let (source, own) = self.own(table, task)?;
        source.rows(&own, task, each)
    }

    fn rows_of(
        &self,
        table: &Table,
        column: &str,
        key: &str,
        most: usize,
        task: &Task,
    ) -> Result<Vec<TableRow>, TableError> {
        let (source, own) = self.own(table, task)?;
        source.rows_of(&own, column, key, most, task)
    }
}
