//! Moments as people type them.

use chrono_tz::Tz;
use proptest::prelude::*;

use super::super::input::{Edge, InputContext, Moment, Typed, parse};
use super::super::{InputError, Span, Timestamp, Zone};
use super::{in_range, moment};
use crate::model::{Position, PositionName, Version};

fn context() -> InputContext {
    InputContext {
        now: moment("2025-03-10T09:30:00Z"),
        head: Some(moment("2025-01-01T00:00:00.5Z")),
        cursor: Some(moment("2024-12-31T20:00:00Z")),
        zone: Zone::Utc,
        edge: Edge::End,
    }
}

fn berlin() -> InputContext {
    InputContext {
        zone: Zone::Named(Tz::Europe__Berlin),
        ..context()
    }
}

fn typed(text: &str, context: &InputContext) -> Typed {
    parse(text, context).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn time(text: &str, context: &InputContext) -> String {
    match typed(text, context).moment {
        Moment::Time(at) => at.to_string(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_month_may_be_written_by_its_name() {
    for (text, same) in [
        ("1 Dec 2023", "2023-12-01"),
        ("1 december 2023 14:30", "2023-12-01 14:30"),
        ("Dec 1, 2023", "2023-12-01"),
        ("May 31 2024, 08:00:00", "2024-05-31 08:00:00"),
        (
            "1 Dec 2023 14:30 Europe/Berlin",
            "2023-12-01 14:30 Europe/Berlin",
        ),
    ] {
        assert_eq!(time(text, &context()), time(same, &context()), "{text}");
    }
    for (text, same) in [
        ("Dec 2023", "2023-12"),
        ("december 2023", "2023-12"),
        ("1 Sept 2023", "2023-09-01"),
        ("1st December 2023 14:30", "2023-12-01 14:30"),
        ("Dec 2nd, 2023", "2023-12-02"),
        ("2023-12-01, 12:00", "2023-12-01 12:00"),
        ("1 Dec 2023, 2pm", "2023-12-01 14:00"),
        ("2pm", "14:00"),
        ("12 am", "00:00"),
        ("2:30PM", "14:30"),
        ("2 pm Europe/Berlin", "14:00 Europe/Berlin"),
        ("yesterday 2pm", "yesterday 14:00"),
    ] {
        assert_eq!(time(text, &context()), time(same, &context()), "{text}");
    }
    for text in [
        "13 pm",
        "Dec 23",
        "Dec 20233",
        "2pm 3pm",
        "st Dec 2023",
        "ago",
        "hours ago",
        "2 months ago",
        "1 Dec",
        "32 Dec 2023",
        "Dec Dec 2023",
        "1 D 2023",
        "1 Dec 23",
    ] {
        assert!(parse(text, &context()).is_err(), "{text}");
    }
}

#[test]
fn what_is_ago_is_before_now_and_not_before_the_head() {
    let context = context();
    let now = context.now;
    for (text, minutes) in [
        ("2 hours ago", 120),
        ("1h 30min ago", 90),
        ("45 Min Ago", 45),
    ] {
        let before = now.saturating_add(Span::from_secs(-60 * minutes));
        assert_eq!(time(text, &context), before.to_string(), "{text}");
    }
}

#[test]
fn instants_in_utc() {
    let table = [
        ("2024-12-31 23:59", "2024-12-31T23:59:00.000000Z"),
        ("2024-12-31T23:59:00+01:00", "2024-12-31T22:59:00.000000Z"),
        (
            "2024-12-31T23:59:00.123456789Z",
            "2024-12-31T23:59:00.123456789Z",
        ),
        ("2024-12-31 23:59:30.5", "2024-12-31T23:59:30.500000Z"),
        ("2024-12-31 11:59 pm", "2024-12-31T23:59:00.000000Z"),
        ("2024-12-31 9:05", "2024-12-31T09:05:00.000000Z"),
        ("2024-1-5 9:05", "2024-01-05T09:05:00.000000Z"),
        ("31.12.2024 23:59", "2024-12-31T23:59:00.000000Z"),
        ("  2024-12-31   23:59  ", "2024-12-31T23:59:00.000000Z"),
        ("2024-12-31 23:59 UTC", "2024-12-31T23:59:00.000000Z"),
        (
            "2024-12-31 23:59 Europe/Berlin",
            "2024-12-31T22:59:00.000000Z",
        ),
        (
            "2024-12-31 23:59 europe/berlin",
            "2024-12-31T22:59:00.000000Z",
        ),
        ("2024-12-31 23:59 CET", "2024-12-31T22:59:00.000000Z"),
        ("2024-07-31 23:59 cest", "2024-07-31T21:59:00.000000Z"),
        ("2024-12-31 23:59 Japan", "2024-12-31T14:59:00.000000Z"),
        (
            "2024-12-31 23:59:00 +01:00 (Europe/Berlin)",
            "2024-12-31T22:59:00.000000Z",
        ),
        ("yesterday 14:34", "2025-03-09T14:34:00.000000Z"),
        ("Yesterday 14:34 +01:00", "2025-03-09T13:34:00.000000Z"),
        ("yesterday 24:00", "2025-03-10T00:00:00.000000Z"),
        ("today 08:00", "2025-03-10T08:00:00.000000Z"),
        ("14:34", "2024-12-31T14:34:00.000000Z"),
        ("9:05:07.25", "2024-12-31T09:05:07.250000Z"),
        ("2:34 pm", "2024-12-31T14:34:00.000000Z"),
        ("14:34 UTC", "2024-12-31T14:34:00.000000Z"),
        ("now", "2025-03-10T09:30:00.000000Z"),
        ("-2h", "2024-12-31T22:00:00.500000Z"),
        ("-90m", "2024-12-31T22:30:00.500000Z"),
        ("-1d 2h", "2024-12-30T22:00:00.500000Z"),
        ("-1d2h", "2024-12-30T22:00:00.500000Z"),
        ("- 1 day, 2 hours", "2024-12-30T22:00:00.500000Z"),
        ("-3 weeks", "2024-12-11T00:00:00.500000Z"),
        ("−2h", "2024-12-31T22:00:00.500000Z"),
        ("+15m", "2025-01-01T00:15:00.500000Z"),
        ("-1.5h", "2024-12-31T22:30:00.500000Z"),
        ("-250ms", "2025-01-01T00:00:00.250000Z"),
        ("1704067200", "2024-01-01T00:00:00.000000Z"),
        ("1704067200.25", "2024-01-01T00:00:00.250000Z"),
        ("1704067200000", "2024-01-01T00:00:00.000000Z"),
        ("1704067200000000007", "2024-01-01T00:00:00.000000007Z"),
    ];
    for (text, expected) in table {
        assert_eq!(time(text, &context()), expected, "{text}");
    }
}

#[test]
fn dates_are_whole_days() {
    let table = [
        ("2024-12-31", "2024-12-31T00:00:00", "2024-12-31T23:59:59"),
        ("20241231", "2024-12-31T00:00:00", "2024-12-31T23:59:59"),
        (
            "2024-12-31 UTC",
            "2024-12-31T00:00:00",
            "2024-12-31T23:59:59",
        ),
        (
            "2024-12-31 +01:00",
            "2024-12-30T23:00:00",
            "2024-12-31T22:59:59",
        ),
        ("2024-12", "2024-12-01T00:00:00", "2024-12-31T23:59:59"),
        ("2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59"),
        (
            "2024-12 Europe/Berlin",
            "2024-11-30T23:00:00",
            "2024-12-31T22:59:59",
        ),
        ("2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59"),
        ("today", "2025-03-10T00:00:00", "2025-03-10T23:59:59"),
        ("yesterday", "2025-03-09T00:00:00", "2025-03-09T23:59:59"),
        ("25/12/2024", "2024-12-25T00:00:00", "2024-12-25T23:59:59"),
    ];
    for (text, start, end) in table {
        let from = InputContext {
            edge: Edge::Start,
            ..context()
        };
        assert_eq!(time(text, &from), format!("{start}.000000Z"), "{text}");
        assert_eq!(
            time(text, &context()),
            format!("{end}.999999999Z"),
            "{text}"
        );
    }
}

#[test]
fn a_day_without_its_midnight_begins_later_and_that_is_told() {
    let havana = |edge| InputContext {
        zone: Zone::Named(Tz::America__Havana),
        edge,
        ..context()
    };
    let from = typed("2024-03-10", &havana(Edge::Start));
    assert_eq!(
        from.moment,
        Moment::Time(moment("2024-03-10T05:00:00.000000Z"))
    );
    assert_eq!(
        from.note.unwrap().to_string(),
        "2024-03-10 00:00:00 does not exist in America/Havana: moved forward to 2024-03-10 01:00:00 -04:00"
    );
    let twice = typed("2024-11-03", &havana(Edge::Start));
    assert!(twice.note.unwrap().to_string().contains("occurs twice"));
    // The day before ends just then, which needs no saying.
    let to = typed("2024-03-09", &havana(Edge::End));
    assert_eq!(
        to.moment,
        Moment::Time(moment("2024-03-10T04:59:59.999999999Z"))
    );
    assert_eq!(to.note, None);
}

#[test]
fn what_has_no_year_of_four_digits_is_no_moment() {
    for text in ["-9999999999999h", "+9999999999999h", "-20000000h"] {
        let error = parse(text, &context()).unwrap_err();
        let expected =
            format!("“{text}” lies beyond the years 1 to 9999: try 2024-12-31, -2h or #1042");
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(
        time("9999-12-31", &context()),
        "9999-12-31T23:59:59.999999999Z"
    );
    assert!(parse("9999-12-31 23:59 -01:00", &context()).is_err());
}

#[test]
fn the_chosen_zone_decides() {
    assert_eq!(
        time("2024-12-31 23:59", &berlin()),
        "2024-12-31T22:59:00.000000Z"
    );
    assert_eq!(
        time("2024-12-31", &berlin()),
        "2024-12-31T22:59:59.999999999Z"
    );
    // A day of 23 hours and one of 25.
    assert_eq!(
        time("2024-03-31", &berlin()),
        "2024-03-31T21:59:59.999999999Z"
    );
    assert_eq!(
        time("2024-10-27", &berlin()),
        "2024-10-27T22:59:59.999999999Z"
    );
    let late = InputContext {
        now: moment("2025-03-09T23:30:00Z"),
        ..berlin()
    };
    assert_eq!(time("today 08:00", &late), "2025-03-10T07:00:00.000000Z");
    assert_eq!(time("14:34 UTC", &berlin()), "2024-12-31T14:34:00.000000Z");
    assert_eq!(
        time("2024-10-27 02:30 CET", &berlin()),
        "2024-10-27T01:30:00.000000Z"
    );
    let chicago = InputContext {
        zone: Zone::Named(Tz::America__Chicago),
        ..context()
    };
    assert_eq!(
        time("2024-12-31 23:59 CST", &chicago),
        "2025-01-01T05:59:00.000000Z"
    );
}

#[test]
fn a_clock_time_falls_back_to_head_and_today() {
    let headless = InputContext {
        cursor: None,
        ..context()
    };
    assert_eq!(time("14:34", &headless), "2025-01-01T14:34:00.000000Z");
    let empty = InputContext {
        head: None,
        ..headless
    };
    assert_eq!(time("14:34", &empty), "2025-03-10T14:34:00.000000Z");
}

fn of_file(file: &str, position: i64) -> Moment {
    Moment::Position(PositionName {
        file: Some(file.into()),
        position: Position(position),
    })
}

#[test]
fn addresses() {
    let table = [
        ("#1042", Moment::Position(Position(1042).into()), "#1042"),
        (
            "# 184,203",
            Moment::Position(Position(184_203).into()),
            "#184203",
        ),
        (
            "#184 203",
            Moment::Position(Position(184_203).into()),
            "#184203",
        ),
        ("#0", Moment::Position(Position(0).into()), "#0"),
        ("#orders:1,042", of_file("orders", 1042), "#orders:1042"),
        ("#a:b.db:7", of_file("a:b.db", 7), "#a:b.db:7"),
        ("v7", Moment::Version(Version(7)), "v7"),
        ("V1,000", Moment::Version(Version(1000)), "v1000"),
        ("head", Moment::Head, "head"),
        ("HEAD", Moment::Head, "head"),
    ];
    for (text, expected, echo) in table {
        let typed = typed(text, &context());
        assert_eq!(
            (typed.moment, typed.echo.as_str()),
            (expected, echo),
            "{text}"
        );
    }
}

#[test]
fn readings_are_echoed() {
    let echo = |text: &str, context: &InputContext| typed(text, context).echo;
    assert_eq!(
        echo("2024-12-31", &context()),
        "2024-12-31 23:59:59.999999999 UTC"
    );
    assert_eq!(
        echo("2024-12-31 23:59", &context()),
        "2024-12-31 23:59:00 UTC"
    );
    assert_eq!(
        echo("2024-12-31 23:59", &berlin()),
        "2024-12-31 23:59:00 +01:00 (Europe/Berlin)"
    );
    assert_eq!(
        echo("2024-12-31 23:59 Europe/Berlin", &context()),
        "2024-12-31 23:59:00 +01:00 (Europe/Berlin) = 2024-12-31 22:59:00 UTC"
    );
    assert_eq!(
        echo("2024-12-31T23:59:00+01:00", &context()),
        "2024-12-31 23:59:00 +01:00 = 2024-12-31 22:59:00 UTC"
    );
    let twice = typed("2024-10-27 02:30", &berlin());
    assert_eq!(twice.echo, "2024-10-27 02:30:00 +02:00 (Europe/Berlin)");
    assert!(twice.note.is_some());
    assert!(typed("2024-03-31 02:30", &berlin()).note.is_some());
}

#[test]
fn errors_say_what_was_understood_and_give_examples() {
    let table = [
        (
            "",
            "no moment was typed: try 2024-12-31 23:59, yesterday 14:34 or -2h",
        ),
        (
            "soon",
            "“soon” is not a moment: try 2024-12-31 23:59, -2h or #1042",
        ),
        (
            "1042",
            "1042 is too small for a time: try #1042 for a position, v1042 for a version or 2024-12-31",
        ),
        (
            "184,203",
            "184,203 is too small for a time: try #184203 for a position, v184203 for a version or 2024-12-31",
        ),
        (
            "-15",
            "“-15” counts from the head, but its unit is not known: try -2h, -90m or -1d 2h",
        ),
        (
            "-2 fortnights",
            "“-2 fortnights” counts from the head, but its unit is not known: try -2h, -90m or -1d 2h",
        ),
        (
            "-2 months",
            "“-2 months” counts in months or years, which differ in length: try -30d, -52w or 2024-12",
        ),
        (
            "2024-13-01",
            "“2024-13-01” has no month 13; try 2024-12-31, 2024-12-31 23:59 or yesterday 14:34",
        ),
        (
            "23:75",
            "“23:75” has no minute 75; try 2024-12-31, 2024-12-31 23:59 or yesterday 14:34",
        ),
        (
            "03/04/2024",
            "“03/04/2024” could be 3 April 2024 or 4 March 2024; try 2024-12-31, 2024-12-31 23:59 or yesterday 14:34",
        ),
        (
            "14:34 Europe/Berlim",
            "the time in “14:34 Europe/Berlim” is clear, but no time zone is called “Europe/Berlim”: write UTC, local or a name such as Europe/Berlin; try 14:34 UTC, 14:34 +01:00 or 14:34 Europe/Berlin",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text, &context()).unwrap_err().to_string(), expected);
    }
    let cst = parse("14:34 CST", &context()).unwrap_err();
    assert!(
        matches!(&cst, InputError::AmbiguousZone { example, .. } if example == "America/Chicago")
    );
    assert!(cst.to_string().contains("+08:00 (Asia/Shanghai)"), "{cst}");
    let timeless = InputContext {
        head: None,
        ..context()
    };
    assert_eq!(
        parse("-2h", &timeless).unwrap_err().to_string(),
        "this store holds no times, so “-2h” has no place in it: try #1042, v7 or head"
    );
}

proptest! {
    #[test]
    fn nothing_panics(text in ".{0,40}") {
        let _ = parse(&text, &berlin());
    }

    #[test]
    fn nothing_that_looks_like_a_moment_panics(
        text in "[-+#v0-9:. ,/TZtz]{0,24}( ?(UTC|CET|Europe/Berlin|local|pm|today|yesterday|[hdmw]))?",
    ) {
        let _ = parse(&text, &context());
        let _ = parse(&text, &berlin());
    }

    #[test]
    fn epoch_numbers_are_their_moment(micros in in_range()) {
        let expected = Moment::Time(Timestamp::from_micros(micros));
        prop_assert_eq!(typed(&micros.to_string(), &berlin()).moment, expected);
    }
}

proptest! {
    #[test]
    fn nothing_that_is_typed_is_too_odd(text in prop_oneof![
        any::<String>(),
        r"/Date\(.{0,4}\)/",
        r"(today|yesterday|tomorrow|last|now|head)[ é]?.{0,8}",
        r"[#v+-]?[0-9é:]{1,8}[hdé]?.{0,4}",
        r"[0-9]{1,4}[-/.é][0-9]{1,2}[-/.é][0-9]{1,4}.{0,12}",
    ]) {
        for context in [context(), berlin()] {
            let _ = parse(&text, &context);
        }
    }
}
