//! The answer of `asof lag` for people: who is behind, what holds them up, what waits and what failed.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Cell, Column, Grid, Width, grouped, inline, table};
use crate::analysis::lag::{
    Blocking, Cause, Certainty, Chart, ConsumerLag, DeadLetterReport, LagReport, OutboxReport,
    Point, Publishes, RelayHold, Spell, Status,
};
use crate::analysis::words::many;
use crate::model::PositionName;
use crate::model::time::{Span, Style, Zone};

/// What no store tells.
const UNKNOWN: &str = "not known";

/// Consumers named in a sentence before the rest is only counted.
const NAMED: usize = 8;

/// Dead letters listed before the rest is only counted.
const LISTED: usize = 20;

/// Moments of a consumer's lag over time; JSON has them all.
const MOMENTS: usize = 10;

/// A page of text, with times in `zone`.
#[must_use]
pub fn lag(report: &LagReport, zone: Zone) -> String {
    let mut text = String::new();
    match report.consumers.is_empty() {
        true => text.push_str("This store tells of no consumer.\n"),
        false => {
            let consumers = consumers(&report.consumers);
            text.push_str(&table(&consumers, zone, Width::AtMost(60)));
        }
    }
    // Writing to a String cannot fail.
    if let Some(words) = unjudged(report) {
        let _ = writeln!(text, "\n{words}");
    }
    if let Some(until) = report.tables_until {
        let _ = writeln!(
            text,
            "\nWhat stands beside the events is dated up to {}, after the last of them, and told as it is now.",
            zone.say(until)
        );
    }
    if let Some(hold) = &report.relay {
        let words = format!("{}: {}", relay(hold, zone), waiting_for(hold));
        let _ = writeln!(text, "\n{}", inline(&words, Width::Whole));
    }
    for (own, event) in report.consumers.iter().filter_map(blocked) {
        let _ = writeln!(text, "\n{}", inline(&blocking(own, event), Width::Whole));
    }
    for note in report.consumers.iter().filter_map(|own| own.note.as_ref()) {
        let _ = writeln!(text, "\n{}.", inline(note, Width::Whole));
    }
    if let Some(box_) = &report.outbox {
        let _ = writeln!(text, "\n{}", outbox(box_, zone));
    }
    for own in &report.consumers {
        over_time(&mut text, own, zone);
    }
    if !report.dead_letters.is_empty() {
        let shown = &report.dead_letters[..report.dead_letters.len().min(LISTED)];
        let _ = writeln!(text, "\nDead letters");
        text.push_str(&table(&dead_letters(shown), zone, Width::AtMost(60)));
        let more = report.dead_letters.len() - shown.len();
        if more > 0 {
            let _ = writeln!(text, "and {} more; --json has them", grouped(more as u64));
        }
    }
    text
}

/// Why of some that wait no status is known: one step shows no way.
fn unjudged(report: &LagReport) -> Option<&'static str> {
    let own = |own: &&ConsumerLag| own.status.is_none() && own.lag_events.is_some();
    let mut all = report.consumers.iter().filter(own);
    all.next().map(|_| {
        "Where only a single checkpoint is known, nobody can tell whether its consumer gets on: the status is \
         not known."
    })
}

/// Consumers, for people.
fn consumers(rows: &[ConsumerLag]) -> Grid<'_> {
    let cells = |own| {
        let own: &ConsumerLag = own;
        let name = match &own.partition {
            None => Cow::Borrowed(own.name.as_str()),
            Some(partition) => Cow::Owned(format!("{} [{partition}]", own.name)),
        };
        let position =
            |name: &Option<PositionName>| name.as_ref().map_or(Cell::None, Cell::position);
        let written =
            |text: Option<String>| text.map_or(Cell::None, |text| Cell::Text(text.into()));
        vec![
            Cell::Text(name),
            Cell::Text(own.status.map_or(UNKNOWN, Status::name).into()),
            (own.lag_events).map_or(Cell::Text(UNKNOWN.into()), Cell::count),
            written(own.lag_ms.map(|lag| Span::from_millis(lag).to_string())),
            Cell::time(own.since),
            position(&own.position),
            position(&own.head),
            written(own.throughput.map(rate)),
            written(
                own.eta_s
                    .filter(|eta| *eta > 0.0)
                    .map(|eta| Span::from_secs(eta.ceil() as i64).to_string()),
            ),
            Cell::Text(evidence(own).into()),
        ]
    };
    Grid {
        columns: vec![
            Column::new("name", "Consumer"),
            Column::new("status", "Status"),
            Column::new("lag_events", "Lag"),
            Column::new("lag_ms", "In time"),
            Column::new("since", "Since"),
            Column::new("position", "Position"),
            Column::new("head", "Head"),
            Column::new("throughput", "Throughput"),
            Column::new("eta_s", "To catch up"),
            Column::new("source", "From"),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}

/// So many a second, or in as long a time as takes to see some.
#[must_use]
pub fn rate(a_second: f64) -> String {
    match a_second.abs() {
        0.0 => "0/s".to_owned(),
        1.0.. => format!("{a_second:.1}/s"),
        rate if rate * 60.0 >= 1.0 => format!("{:.1}/min", a_second * 60.0),
        _ => format!("{:.1}/h", a_second * 3600.0),
    }
}

/// What tells of a consumer, and how far that can be trusted.
fn evidence(own: &ConsumerLag) -> String {
    match own.certainty {
        Certainty::Unknown if own.note.is_some() => "its events are not open".to_owned(),
        Certainty::Unknown if own.position.is_none() => "not known then".to_owned(),
        Certainty::Exact if own.head.is_none() => "nothing to read yet".to_owned(),
        certainty => format!("{}, {}", own.source.name(), certainty.name()),
    }
}

fn blocked(own: &ConsumerLag) -> Option<(&ConsumerLag, &Blocking)> {
    Some((own, own.blocking_event.as_ref()?))
}

fn blocking(own: &ConsumerLag, event: &Blocking) -> String {
    let error = event
        .error
        .as_ref()
        .map_or(String::new(), |error| format!(": {error}"));
    let stands = stands(event);
    format!(
        "{} {stands} {}, {} of {} {}{error}",
        own.name, event.position, event.event_type, event.stream, event.version
    )
}

/// Without an error nobody knows whether the event is the reason.
const fn stands(event: &Blocking) -> &'static str {
    match event.error {
        Some(_) => "does not get past",
        None => "stands before",
    }
}

/// Why a consumer does not get on, in a few words; none where it does.
#[must_use]
pub fn held_up(own: &ConsumerLag, zone: Zone) -> Option<String> {
    let since = |style| own.since.map(|since| zone.format_bare(since, style));
    match (own.cause, own.status, &own.blocking_event) {
        (Some(Cause::Relay), ..) => Some("waits for the relay: none of these is published".into()),
        (None, Some(Status::Stalled), Some(event)) => {
            let error = event
                .error
                .as_deref()
                .and_then(|error| error.lines().next());
            let error = error.map_or(String::new(), |error| format!(": {error}"));
            Some(format!(
                "{} {} {}{error}",
                stands(event),
                event.position,
                event.event_type
            ))
        }
        (None, Some(Status::Stalled | Status::Stopped), _) => {
            Some(format!("has not moved since {}", since(Style::Short)?))
        }
        _ => None,
    }
}

/// That consumers wait for the relay, in a sentence.
#[must_use]
pub fn relay(hold: &RelayHold, zone: Zone) -> String {
    let since = zone.format(hold.since, Style::Seconds);
    let messages = match hold.pending {
        1 => "1 message waits".to_owned(),
        pending => format!("{} messages wait", grouped(pending)),
    };
    let began = match hold.publishes {
        Publishes::Nothing => format!("The relay has published nothing since {since}: {messages}"),
        Publishes::Others => {
            format!("The relay publishes others, and not what waits since {since}: {messages}")
        }
    };
    let mut names: Vec<&str> = hold.consumers.iter().map(String::as_str).collect();
    names.dedup();
    let consumers = match names.len() {
        1 => "1 consumer that goes".to_owned(),
        count => format!("{} consumers that go", grouped(count as u64)),
    };
    format!("{began}, and with them {consumers} by what it publishes")
}

/// The consumers that wait for it, as many as are good to read in a line.
fn waiting_for(hold: &RelayHold) -> String {
    let mut names: Vec<&str> = hold.consumers.iter().map(String::as_str).collect();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    let mut named = names[..names.len() - more].join(", ");
    if more > 0 {
        let _ = write!(named, " and {} more", grouped(more as u64));
    }
    named
}

/// A consumer's lag at some moments, and what befell it, where that was asked for.
fn over_time(text: &mut String, own: &ConsumerLag, zone: Zone) {
    let Some(chart) = own.over.as_ref().filter(|chart| !chart.points.is_empty()) else {
        return;
    };
    let _ = writeln!(text, "\n{} over time", inline(&own.name, Width::Whole));
    text.push_str(&table(&moments(chart), zone, Width::AtMost(60)));
    for spell in own.spells.iter().flatten() {
        let _ = writeln!(text, "{}", befell(spell, zone));
    }
}

/// `stopped from 2024-11-16 19:38:03 UTC for 2 d 6 h`
fn befell(spell: &Spell, zone: Zone) -> String {
    let name = spell.name();
    let from = zone.format(spell.from, Style::Seconds);
    match spell.to {
        Some(to) => format!("{name} from {from} for {}", to - spell.from),
        None => format!("{name} since {from}"),
    }
}

/// A few moments, each with the worst since the one before.
fn moments(chart: &Chart) -> Grid<'_> {
    let each = chart.points.len().div_ceil(MOMENTS).max(1);
    let cells = |points: &[Point]| {
        let last = points.last()?;
        let time = |ms: Option<i64>| {
            let span = ms.map(|ms| Span::from_millis(ms).to_string());
            span.map_or(Cell::None, |span| Cell::Text(span.into()))
        };
        let events = |count: Option<u64>| count.map_or(Cell::None, Cell::count);
        let most = points.iter().map(|point| point.most_events).max().flatten();
        let longest = points.iter().map(|point| point.most_ms).max().flatten();
        Some(vec![
            Cell::time(Some(last.at)),
            events(last.lag_events),
            time(last.lag_ms),
            events(most),
            time(longest),
        ])
    };
    Grid {
        columns: vec![
            Column::new("at", "At"),
            Column::new("lag_events", "Lag"),
            Column::new("lag_ms", "In time"),
            Column::new("most_events", "Most since"),
            Column::new("most_ms", "Longest since"),
        ],
        rows: chart.points.chunks(each).filter_map(cells).collect(),
    }
}

/// The outbox in a sentence.
fn outbox(report: &OutboxReport, zone: Zone) -> String {
    let mut parts = vec![
        format!("{} pending", grouped(report.pending)),
        format!("{} published", grouped(report.published)),
    ];
    let told = [
        (report.failed, "given up"),
        (report.duplicates, "published again"),
    ];
    for (count, what) in told {
        if count > 0 {
            parts.push(format!("{} {what}", grouped(count)));
        }
    }
    if let Some(missing) = report
        .missing
        .and_then(|missing| many(missing, "event", "events"))
    {
        parts.push(format!("{missing} without a message"));
    }
    let oldest = report
        .oldest
        .map(|oldest| format!("; the oldest waits since {}", zone.say(oldest)));
    format!("Outbox: {}{}", parts.join(", "), oldest.unwrap_or_default())
}

/// Dead letters.
fn dead_letters(rows: &[DeadLetterReport]) -> Grid<'_> {
    let cells = |row: &'_ DeadLetterReport| {
        let row: &DeadLetterReport = row;
        vec![
            Cell::time(row.at),
            Cell::Text(Cow::Owned(row.consumer.clone().unwrap_or_default())),
            row.position
                .as_ref()
                .map_or(Cell::None, |name| match Cell::position(name) {
                    Cell::Count(count) => Cell::Count(count),
                    _ => Cell::Text(Cow::Owned(name.to_string())),
                }),
            Cell::Text(Cow::Owned(row.event_type.clone().unwrap_or_default())),
            row.attempts.map_or(Cell::None, Cell::Number),
            Cell::Text(Cow::Owned(row.error.clone().unwrap_or_default())),
        ]
    };
    Grid {
        columns: vec![
            Column::new("at", "At"),
            Column::new("consumer", "Consumer"),
            Column::new("position", "Position"),
            Column::new("type", "Type"),
            Column::new("attempts", "Attempts"),
            Column::new("error", "Error"),
        ],
        rows: rows.iter().map(cells).collect(),
    }
}
