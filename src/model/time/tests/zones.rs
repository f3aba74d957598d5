//! Wall time and moments, in zones with and without summer time.

use chrono_tz::Tz;
use proptest::prelude::*;

use super::super::input::{self, Edge, InputContext, Moment};
use super::super::{Civil, Style, Timestamp, Zone, ZoneNote};
use super::{in_range, moment};

const BERLIN: Zone = Zone::Named(Tz::Europe__Berlin);

fn zones() -> impl Strategy<Value = Zone> {
    proptest::sample::select(vec![
        Zone::Utc,
        BERLIN,
        Zone::Named(Tz::America__New_York),
        Zone::Named(Tz::Asia__Kathmandu),
        Zone::Named(Tz::Australia__Lord_Howe),
        Zone::Named(Tz::America__Sao_Paulo),
        Zone::Named(Tz::Africa__Casablanca),
        Zone::Named(Tz::Europe__Moscow),
        Zone::Named(Tz::Pacific__Apia),
        Zone::Named(Tz::Asia__Amman),
    ])
}

/// Moments anywhere, and close to the clock changes of Berlin, New York and Moscow.
fn moments() -> impl Strategy<Value = Timestamp> {
    let edges = proptest::sample::select(vec![
        "2024-03-31T01:00:00Z",
        "2024-10-27T01:00:00Z",
        "2024-03-10T07:00:00Z",
        "2024-11-03T06:00:00Z",
        "2014-10-25T22:00:00Z",
        "2011-12-30T10:00:00Z",
    ]);
    let near = (edges, -7_200_000_000_i64..7_200_000_000)
        .prop_map(|(edge, by)| moment(edge).micros() + by);
    let anywhere = prop_oneof![in_range(), near, -2_000_000_000_000_000..0_i64];
    (anywhere, prop_oneof![Just(0_u16), 1_u16..1000])
        .prop_map(|(micros, nanos)| Timestamp::with_nanos(micros, nanos))
}

fn context(zone: Zone) -> InputContext {
    InputContext {
        now: moment("2024-06-15T12:00:00Z"),
        head: None,
        cursor: None,
        zone,
        edge: Edge::End,
    }
}

proptest! {
    #[test]
    fn what_is_shown_can_be_typed(zone in zones(), chosen in zones(), at in moments()) {
        for style in [Style::Micros, Style::AsNeeded] {
            let text = zone.format(at, style);
            let typed = input::parse(&text, &context(chosen)).unwrap();
            prop_assert_eq!(typed.moment, Moment::Time(at), "{}", text);
        }
        let seconds = zone.format(at, Style::Seconds);
        let typed = input::parse(&seconds, &context(chosen)).unwrap();
        let whole = Timestamp::from_micros(at.micros().div_euclid(1_000_000) * 1_000_000);
        prop_assert_eq!(typed.moment, Moment::Time(whole), "{}", seconds);
    }

    #[test]
    fn without_its_offset_it_is_the_same_or_the_earlier(zone in zones(), at in moments()) {
        let text = zone.format_bare(at, Style::AsNeeded);
        let typed = input::parse(&text, &context(zone)).unwrap();
        let Moment::Time(read) = typed.moment else { panic!("{text}") };
        prop_assert_eq!(zone.format_bare(read, Style::AsNeeded), text);
        prop_assert!(read <= at);
        match typed.note {
            None => prop_assert_eq!(read, at),
            Some(ZoneNote::Twice { earlier, later, .. }) => {
                prop_assert!(earlier < later);
                prop_assert!(at.micros() == earlier.micros() || at.micros() == later.micros());
            }
            Some(note) => prop_assert!(false, "{note}"),
        }
    }

    #[test]
    fn wall_times_agree_with_the_library(zone in zones(), wall in moments()) {
        use chrono::{MappedLocalTime, TimeZone};
        let Zone::Named(tz) = zone else { return Ok(()) };
        let wall = Timestamp::from_micros(wall.micros());
        let ours = zone.moment(Zone::Utc.civil(wall));
        match tz.from_local_datetime(&wall.to_chrono().unwrap().naive_utc()) {
            MappedLocalTime::Single(one) => prop_assert_eq!(ours, (one.into(), None)),
            MappedLocalTime::Ambiguous(one, other) => {
                prop_assert_eq!(ours.0, Timestamp::from(one.min(other)));
                prop_assert!(matches!(ours.1, Some(ZoneNote::Twice { .. })), "{:?}", ours);
            }
            MappedLocalTime::None => {
                prop_assert!(zone.civil(ours.0) > Zone::Utc.civil(wall));
                prop_assert!(matches!(ours.1, Some(ZoneNote::Skipped { .. })), "{:?}", ours);
            }
        }
    }

    #[test]
    fn extremes_do_not_panic(zone in zones(), micros in any::<i64>()) {
        let at = Timestamp::from_micros(micros);
        let _ = zone.format(at, Style::Micros);
        let _ = zone.moment(zone.civil(at));
        let _ = Zone::Local.format(at, Style::Micros);
    }
}

#[test]
fn styles() {
    let whole = moment("2024-12-31T22:59:00Z");
    let micros = moment("2024-12-31T22:59:00.123456Z");
    let nanos = moment("2024-12-31T22:59:00.123456789Z");
    let table = [
        (whole, Style::Seconds, "2024-12-31 23:59:00"),
        (micros, Style::Seconds, "2024-12-31 23:59:00"),
        (micros, Style::Millis, "2024-12-31 23:59:00.123"),
        (whole, Style::Micros, "2024-12-31 23:59:00.000000"),
        (nanos, Style::Micros, "2024-12-31 23:59:00.123456789"),
        (whole, Style::AsNeeded, "2024-12-31 23:59:00"),
        (micros, Style::AsNeeded, "2024-12-31 23:59:00.123456"),
        (nanos, Style::AsNeeded, "2024-12-31 23:59:00.123456789"),
        (whole, Style::Date, "2024-12-31"),
        (micros, Style::Short, "12-31 23:59:00"),
        (micros, Style::Clock, "23:59:00"),
    ];
    for (at, style, text) in table {
        assert_eq!(BERLIN.format_bare(at, style), text);
        assert_eq!(BERLIN.format(at, style), format!("{text} +01:00"));
    }
    assert_eq!(
        Zone::Utc.format(micros, Style::Micros),
        "2024-12-31 22:59:00.123456 UTC"
    );
}

#[test]
fn hours_that_occur_twice_or_never() {
    let wall = |text: &str| Zone::Utc.civil(moment(text));
    let (at, note) = BERLIN.moment(wall("2024-10-27T02:30:00Z"));
    assert_eq!(at, moment("2024-10-27T00:30:00Z"));
    assert_eq!(
        note.unwrap().to_string(),
        "2024-10-27 02:30:00 occurs twice in Europe/Berlin: the earlier (+02:00) is taken, not 1 h later (+01:00)"
    );
    let (at, note) = BERLIN.moment(wall("2024-03-31T02:30:00Z"));
    assert_eq!(at, moment("2024-03-31T01:30:00Z"));
    assert_eq!(
        note.unwrap().to_string(),
        "2024-03-31 02:30:00 does not exist in Europe/Berlin: moved forward to 2024-03-31 03:30:00 +02:00"
    );
}

#[test]
fn names() {
    let read = |text: &str| text.parse::<Zone>();
    assert_eq!(read("utc"), Ok(Zone::Utc));
    assert_eq!(read("Local"), Ok(Zone::Local));
    assert_eq!(read("europe/BERLIN"), Ok(BERLIN));
    assert_eq!(
        read("America/New York"),
        Ok(Zone::Named(Tz::America__New_York))
    );
    assert_eq!(BERLIN.to_string(), "Europe/Berlin");
    assert_eq!(
        read("Berlin").unwrap_err().to_string(),
        "no time zone is called “Berlin”: write UTC, local or a name such as Europe/Berlin"
    );
    assert!(read("").is_err());
    let json = serde_json::to_string(&BERLIN).unwrap();
    assert_eq!(json, "\"Europe/Berlin\"");
    assert_eq!(serde_json::from_str::<Zone>(&json).unwrap(), BERLIN);
}

#[test]
fn civil_fields_make_the_moment() {
    let civil = BERLIN.civil(moment("2024-12-31T22:59:01.000002Z"));
    let expected = Civil {
        year: 2024,
        month: 12,
        day: 31,
        hour: 23,
        minute: 59,
        second: 1,
        micros: 2,
    };
    assert_eq!(civil, expected);
    assert_eq!(BERLIN.label(moment("2024-07-01T00:00:00Z")), "+02:00");
}
