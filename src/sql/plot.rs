//! Numbers over time in an answer, for a plot: told by the values, not by the names of columns.

use super::{Answer, Value};
use crate::model::Timestamp;

/// A column of numbers over the answer's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The column's name.
    pub name: String,
    /// In the order of time.
    pub points: Vec<(Timestamp, f64)>,
}

/// Numbers that say which event a row is rather than how much of something there is.
const NAMES: &[&str] = &["position", "version", "schema_version"];

/// The columns of numbers over the first column of times; none where there are no times, or only one.
#[must_use]
pub fn series(answer: &Answer) -> Vec<Series> {
    let columns = 0..answer.columns.len();
    let Some(times) = columns.clone().find_map(|column| times(answer, column)) else {
        return Vec::new();
    };
    let numbers = |column: &usize| {
        let mut numbers = values(answer, *column).map(Value::number);
        values(answer, *column).next().is_some()
            && numbers.all(|number| number.is_some_and(f64::is_finite))
    };
    let mut found: Vec<usize> = columns.filter(numbers).collect();
    let named = |column: &usize| NAMES.contains(&answer.columns[*column].as_str());
    if !found.iter().all(named) {
        found.retain(|column| !named(column));
    }
    let series = found.into_iter().map(|column| {
        let rows = answer.rows.iter().zip(&times);
        let points = rows.filter_map(|(row, time)| Some(((*time)?, row.get(column)?.number()?)));
        let mut points: Vec<(Timestamp, f64)> = points.collect();
        points.sort_by_key(|(time, _)| *time);
        Series {
            name: answer.columns[column].clone(),
            points,
        }
    });
    series.collect()
}

/// The values of a column that are not null.
fn values(answer: &Answer, column: usize) -> impl Iterator<Item = &Value> {
    let values = answer.rows.iter().filter_map(move |row| row.get(column));
    values.filter(|value| **value != Value::Null)
}

/// The times of a column, by row, if it holds nothing else and at least two of them.
fn times(answer: &Answer, column: usize) -> Option<Vec<Option<Timestamp>>> {
    let mut times = Vec::with_capacity(answer.rows.len());
    for row in &answer.rows {
        times.push(match row.get(column) {
            Some(Value::Text(text)) => Some(text.parse().ok()?),
            Some(Value::Null) => None,
            _ => return None,
        });
    }
    let mut known = times.iter().flatten();
    let first = known.next()?;
    known.any(|time| time != first).then_some(times)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, small};
    use super::*;

    fn of(sql: &str) -> Vec<(String, usize)> {
        let found = series(&run(&small(), sql).unwrap());
        found
            .into_iter()
            .map(|series| (series.name, series.points.len()))
            .collect()
    }

    #[test]
    fn a_time_and_numbers_make_a_plot() {
        let named = |name: &str, points| (name.to_owned(), points);
        assert_eq!(
            of("select recorded_at, version * 2 as twice from events"),
            [named("twice", 10)]
        );
        assert_eq!(
            of("select recorded_at, version from events"),
            [named("version", 10)]
        );
        assert_eq!(
            of("select position, 1.5 as a, recorded_at, nullif(version, 3) as b, type from events"),
            [named("a", 10), named("b", 9)]
        );
        let days = "values ('2024-11-05', 3), ('2024-11-04', 1), (null, 2)";
        let found = series(&run(&small(), days).unwrap());
        assert_eq!(
            found[0]
                .points
                .iter()
                .map(|point| point.1)
                .collect::<Vec<_>>(),
            [1.0, 3.0]
        );
        for sql in [
            "select type, version from events",
            "select recorded_at, type from events",
            "select recorded_at, version from events limit 1",
            "select recorded_at, version from events where false",
            "select 2024, 1 union select 2025, 2",
            "select recorded_at, null from events",
        ] {
            assert_eq!(of(sql), [], "{sql}");
        }
    }
}
