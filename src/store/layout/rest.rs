//! A payload that is what no other column takes of a row.

use super::sql::{self, literal, quoted};
use super::{Events, Source, SqliteFacts};

/// What stands for the rest in SQL.
const HOLE: &str = "{rest}";

impl Events {
    /// The same with the SQL of the rest of a row wherever it asks for that: a JSON object, numbers with
    /// their digits, bytes as hexadecimal digits, nulls kept. It is that of the first table, whatever is
    /// joined to it.
    pub(in crate::store) fn with_rest(mut self, facts: &SqliteFacts) -> Self {
        for column in self.columns.values_mut() {
            if column.source == Source::Rest {
                column.source = Source::Sql(HOLE.to_owned());
            }
        }
        let mut asked = false;
        self.for_sql(&mut |text| asked |= text.contains(HOLE));
        if asked {
            let rest = self.rest(facts).unwrap_or_else(|| "NULL".to_owned());
            self.for_sql(&mut |text| *text = text.replace(HOLE, &rest));
        }
        self
    }

    fn rest(&self, facts: &SqliteFacts) -> Option<String> {
        let plain = sql::leading_table(&self.from)?;
        let mut all = facts.tables.iter();
        let table = all.find(|own| own.name.eq_ignore_ascii_case(&plain.name))?;
        let own = quoted(plain.alias.as_ref().unwrap_or(&plain.name));
        let mut taken: Vec<String> = Vec::new();
        let mut without_table = Self {
            from: String::new(),
            ..self.clone()
        };
        without_table.for_sql(&mut |text| taken.extend(sql::names(text)));
        let is_taken = |name: &str| taken.iter().any(|own| own.eq_ignore_ascii_case(name));
        let rest = table.columns.iter().filter(|(name, _)| !is_taken(name));
        let members = rest.map(|(name, _)| {
            let key = serde_json::Value::from(name.as_str()).to_string();
            let value = format!("{own}.{}", quoted(name));
            let value = format!("iif(typeof({value}) = 'blob', hex({value}), {value})");
            (key, value)
        });
        let mut before = "{";
        let members = members.map(|(key, value)| {
            let key = literal(&format!("{before}{key}:"));
            before = ",";
            format!("{key} || json_quote({value})")
        });
        let members: Vec<String> = members.collect();
        Some(match members.is_empty() {
            true => "'{}'".to_owned(),
            false => format!("({} || '}}')", joined(&members)),
        })
    }
}

/// All of `parts` one after the other. A function would not have room for so many arguments, nor a
/// chain be shallow enough.
fn joined(parts: &[String]) -> String {
    match parts {
        [only] => only.clone(),
        _ => {
            let (before, after) = parts.split_at(parts.len() / 2);
            format!("({} || {})", joined(before), joined(after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TableFacts;
    use super::*;

    #[test]
    fn the_rest_is_what_no_other_column_names() {
        let columns = ["id", "Kind", "a\"b", "amount", "flag"];
        let facts = SqliteFacts {
            tables: vec![TableFacts {
                name: "t".to_owned(),
                columns: columns
                    .map(|name| (name.to_owned(), String::new()))
                    .to_vec(),
                ..TableFacts::default()
            }],
            set_aside: Vec::new(),
        };
        let events: Events = toml::from_str(
            "from = 't e'\nkey = 'e.id'\nfilter = 'flag = 1'\n\
             columns = { type = 'kind', payload = { of = 'rest' } }",
        )
        .unwrap();
        let events = events.with_rest(&facts);
        let payload = events.column(super::super::Role::Payload).unwrap();
        let sql = format!("SELECT {payload} FROM t e");
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let made = "CREATE TABLE t (id, Kind, \"a\"\"b\", amount, flag);
                    INSERT INTO t VALUES (1, 'K', x'00ff', 1.50, 1), (2, 'K', NULL, 7, 1)";
        connection.execute_batch(made).unwrap();
        let mut statement = connection.prepare(&sql).unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        let rows: Vec<String> = rows.map(Result::unwrap).collect();
        assert_eq!(
            rows,
            [
                r#"{"a\"b":"00FF","amount":1.5}"#,
                r#"{"a\"b":null,"amount":7}"#
            ]
        );
    }
}
