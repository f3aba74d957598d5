//! When and how runs and steps ended, in SQL.

use std::fmt::Write as _;

use super::cast::{Cast, WORDS};
use crate::store::layout::sql::{literal, quoted};

/// When it ended: as its row has it, else by how long it took.
pub(super) fn end(cast: &Cast<'_>) -> Option<String> {
    if let Some(time) = cast.time("ended") {
        return Some(not_before_start(cast, time));
    }
    let (started, took) = (cast.time("started")?, cast.column("duration")?);
    let took = quoted(took);
    Some(match cast.is_in_millis("started") {
        true => format!("{started} + {took}"),
        false => format!(
            "strftime('%Y-%m-%dT%H:%M:%fZ', {started}, '+' || ({took} / 1000.0) || ' seconds')"
        ),
    })
}

/// An end, or the start where that is later: the one of them is written in coarser units.
fn not_before_start(cast: &Cast<'_>, end: String) -> String {
    let Some(start) = cast.time("started").filter(|start| *start != end) else {
        return end;
    };
    if cast.is_in_words("started") && cast.is_in_words("ended") {
        let (first, last) = (format!("julianday({start})"), format!("julianday({end})"));
        let earlier = format!("{last} < {first} OR {last} = {first} AND {end} < {start}");
        return format!("iif({earlier}, {start}, {end})");
    }
    match cast.in_like_numbers("started", "ended") {
        true => format!("iif({end} < {start}, {start}, {end})"),
        false => end,
    }
}

/// A row's status in lower case, letters only; where another column says more of how it ended than that it
/// did, what that says.
pub(super) fn word(cast: &Cast<'_>) -> String {
    let plain = |column: &str| {
        format!("replace(replace(replace(lower({column}), '_', ''), ' ', ''), '-', '')")
    };
    let status = plain(&cast.sql("status"));
    match cast.has(&["outcome"]) {
        true => {
            let outcome = plain(&cast.sql("outcome"));
            format!("iif({outcome} IN ({}), {outcome}, {status})", words(None))
        }
        false => status,
    }
}

/// How something ended by its status, as the end of an event type.
pub(super) fn how(status: &str, else_so: &str) -> String {
    let mut how = "CASE".to_owned();
    for ended in WORDS.ended.keys() {
        // Writing to a string cannot fail.
        let _ = write!(
            how,
            " WHEN {status} IN ({}) THEN ' {ended}'",
            words(Some(ended))
        );
    }
    how + " ELSE " + else_so + " END"
}

/// The status words of one end, or of all.
pub(super) fn words(ended: Option<&str>) -> String {
    let of = |own: &&String| ended.is_none_or(|ended| *own == ended);
    let kinds = WORDS.ended.keys().filter(of);
    let words = kinds.flat_map(|kind| &WORDS.ended[kind]);
    let words: Vec<String> = words.map(|word| literal(word)).collect();
    words.join(", ")
}
