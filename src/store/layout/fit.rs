//! A layout put on the tables that are there: the same library may have made a table with rowids and
//! one without.

use super::sql::{self, Table, quoted};
use super::{Events, Key, OrderBy, Role, Source, SqliteFacts, TableFacts};

impl Events {
    /// The source as these tables allow it: where it goes by the rowids of a table that has none,
    /// by its primary key; where it names no key, by the table's own.
    pub(in crate::store) fn fit(mut self, facts: &SqliteFacts) -> Self {
        let Some(table) = sql::plain_table(&self.from) else {
            return self;
        };
        let mut all = facts.tables.iter();
        let Some(own) = all.find(|own| own.name.eq_ignore_ascii_case(&table.name)) else {
            return self;
        };
        let by_rowid = match &self.key {
            Some(Key::Row(key)) => own.is_missing_rowid(key, &table),
            Some(Key::Columns(_)) => false,
            None => true,
        };
        if by_rowid {
            self.key = own.own_key();
        }
        let missing = |sql: &str| own.is_missing_rowid(sql, &table);
        self.columns
            .retain(|_, column| !matches!(&column.source, Source::Sql(sql) if missing(sql)));
        let keyed = matches!(self.key, Some(Key::Row(_)));
        if !keyed {
            self.part = None;
            self.links = None;
        }
        self.order_by_what_is_left();
        if keyed
            && let Some(links) = &mut self.links
            && links.row.is_none()
        {
            links.row = facts.rowid_of(&links.from);
        }
        self
    }

    /// Rows that come in the order of a primary key do not come as they were written.
    pub(super) fn order_by_what_is_left(&mut self) {
        if !matches!(self.key, Some(Key::Columns(_))) {
            return;
        }
        let has = |role| self.column(role).is_some();
        let timed = has(Role::RecordedAt) || has(Role::OccurredAt);
        if timed && !has(Role::Position) && self.order == OrderBy::Position {
            self.order = OrderBy::Time;
        }
    }
}

impl SqliteFacts {
    /// The rowid of what `from` names, where that is one table with rowids.
    fn rowid_of(&self, from: &str) -> Option<String> {
        let table = sql::plain_table(from)?;
        let mut all = self.tables.iter();
        let own = all.find(|own| own.name.eq_ignore_ascii_case(&table.name))?;
        own.rowid().map(str::to_owned)
    }
}

impl TableFacts {
    /// By which name its rowids can be asked for; none where it has none, or where columns have
    /// taken all their names.
    #[must_use]
    pub fn rowid(&self) -> Option<&'static str> {
        let columns = self.columns.iter().map(|(name, _)| name.as_str());
        sql::free_rowid(columns).filter(|_| self.has_rowid)
    }

    /// What names its rows: rowids, else its primary key; nothing in a view.
    #[must_use]
    pub fn own_key(&self) -> Option<Key> {
        if let Some(rowid) = self.rowid() {
            return Some(Key::Row(rowid.to_owned()));
        }
        if let Some(name) = self.integer_key() {
            return Some(Key::Row(quoted(name)));
        }
        let columns: Vec<String> = self.key.iter().map(|name| quoted(name)).collect();
        (!columns.is_empty() && !self.has_rowid).then_some(Key::Columns(columns))
    }

    /// The one column of the primary key, if it is an integer.
    pub(super) fn integer_key(&self) -> Option<&str> {
        let [key] = &self.key[..] else { return None };
        let mut columns = self.columns.iter();
        let (_, declared) = columns.find(|(name, _)| name == key)?;
        let integer = declared.to_ascii_uppercase().contains("INT");
        integer.then_some(key)
    }

    /// Whether `sql` is the rowid that this table does not have.
    fn is_missing_rowid(&self, sql: &str, table: &Table) -> bool {
        let name = sql::plain_column(sql, table).filter(|name| sql::is_rowid(name));
        let taken = |name: &str| {
            let mut columns = self.columns.iter();
            columns.any(|(own, _)| own.eq_ignore_ascii_case(name))
        };
        !self.has_rowid && name.is_some_and(|name| !taken(&name))
    }
}
