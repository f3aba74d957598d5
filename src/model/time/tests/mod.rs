//! The laws of moments, then every spelling by example. Zones are named, clocks are given.

mod encodings;
mod inputs;
mod zones;

use proptest::prelude::*;

use super::{Span, Timestamp, relative};

/// Moments from 2001 to 2100, to the microsecond.
fn in_range() -> impl Strategy<Value = i64> {
    978_307_200_000_000_i64..4_102_444_800_000_000
}

/// Moments from the year 1 to 9998 with nanoseconds, often without.
fn any_moment() -> impl Strategy<Value = Timestamp> {
    let nanos = prop_oneof![Just(0_u16), 1_u16..1000];
    (-62_100_000_000_000_000_i64..253_300_000_000_000_000, nanos)
        .prop_map(|(micros, nanos)| Timestamp::with_nanos(micros, nanos))
}

fn moment(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().into()
}

proptest! {
    #[test]
    fn rfc_3339_reads_back(at in any_moment()) {
        let json = serde_json::to_string(&at).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
        prop_assert_eq!(moment(&at.to_string()), at);
    }

    #[test]
    fn chrono_holds_the_same_moment(at in any_moment()) {
        prop_assert_eq!(Timestamp::from(at.to_chrono().unwrap()), at);
    }

    #[test]
    fn differences_add_up(from in any_moment(), to in any_moment()) {
        let reached = from.saturating_add(to - from);
        prop_assert!(reached <= to && to.micros() - reached.micros() <= 1);
        prop_assert_eq!(to.saturating_sub(Span::from_micros(5)).saturating_add(Span::from_micros(5)), to);
    }

    #[test]
    fn spans_have_at_most_two_units(micros in any::<i64>()) {
        let text = Span::from_micros(micros).to_string();
        prop_assert!(text.split(' ').count() <= 4, "{text}");
    }

    #[test]
    fn every_moment_can_be_written(micros in any::<i64>()) {
        prop_assert!(Timestamp::from_micros(micros).to_string().ends_with('Z'));
    }
}

#[test]
fn arithmetic_stops_at_the_ends() {
    let second = Span::from_secs(1);
    assert_eq!(Timestamp::MAX.saturating_add(second), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.saturating_sub(second), Timestamp::MIN);
    assert_eq!(Timestamp::MIN.saturating_add(-second), Timestamp::MIN);
    assert_eq!(Timestamp::MAX.saturating_sub(-second), Timestamp::MAX);
    assert_eq!(Timestamp::MAX - Timestamp::MIN, Span::from_micros(i64::MAX));
}

#[test]
fn digits_are_six_or_nine() {
    let micros = 1_735_689_540_123_456;
    let written = |nanos| Timestamp::with_nanos(micros, nanos).to_string();
    assert_eq!(written(0), "2024-12-31T23:59:00.123456Z");
    assert_eq!(written(7), "2024-12-31T23:59:00.123456007Z");
    assert_eq!(
        Timestamp::default().to_string(),
        "1970-01-01T00:00:00.000000Z"
    );
    assert_eq!(
        Timestamp::MAX.to_string(),
        "+294247-01-10T04:00:54.775807999Z"
    );
}

#[test]
fn spans_for_people() {
    let (minute, hour, day) = (60_000_000, 3_600_000_000, 86_400_000_000);
    let table = [
        (0, "0 s"),
        (7, "7 µs"),
        (41_000, "41 ms"),
        (212_900, "212 ms"),
        (1_000_000, "1 s"),
        (1_290_000, "1.2 s"),
        (12_900_000, "12 s"),
        (minute, "1 min"),
        (minute + 5_000_000, "1 min 5 s"),
        (3 * hour + 12 * minute + 18_000_000, "3 h 12 min"),
        (23 * day + 2 * hour, "23 d 2 h"),
        (40 * day, "1 mo 9 d"),
        (670 * day, "1 y 10 mo"),
        (-hour, "−1 h"),
    ];
    for (micros, text) in table {
        assert_eq!(Span::from_micros(micros).to_string(), text);
    }
}

#[test]
fn relative_to_the_cursor() {
    let cursor = moment("2024-12-31T23:59:00Z");
    let seen = |text: &str| relative(moment(text), cursor, super::Zone::Utc);
    assert_eq!(
        seen("2024-12-31T20:46:41.318204Z"),
        "3 h 12 min before cursor"
    );
    assert_eq!(seen("2025-01-01T00:00:00Z"), "in 1 min");
    assert_eq!(seen("2024-12-31T23:59:00Z"), "at cursor");
}
