//! Times as stores write them.

use proptest::prelude::*;

use super::super::{Sample, TimeEncoding, TimeError, TimeReader, Timestamp, detect};
use super::{any_moment, in_range, moment};

use TimeEncoding::{
    Auto, DotnetTicks, EpochMicros, EpochMillis, EpochNanos, EpochSeconds, Iso8601, JulianDay,
};

const TICKS_AT_EPOCH: i64 = 621_355_968_000_000_000;

/// One instant in a spelling drawn from all that are legal.
fn spelled() -> impl Strategy<Value = (Timestamp, String)> {
    let style = (
        0..3_usize,
        0..2_usize,
        0..6_usize,
        6..=9_usize,
        -14 * 60..=14 * 60_i32,
    );
    (any_moment(), style).prop_map(|(at, (separator, point, zone, digits, minutes))| {
        let digits = if at.sub_micro_nanos() == 0 { digits } else { 9 };
        let minutes = if zone < 3 { 0 } else { minutes };
        let offset = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let local = at.to_chrono().unwrap().with_timezone(&offset);
        let clock =
            local.format(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y%m%dT%H%M%S"][separator]);
        let fraction = local.format("%9f").to_string();
        let size = minutes.abs();
        let sign = if minutes < 0 { '-' } else { '+' };
        let zone = match zone {
            0 => String::new(),
            1 => "Z".to_owned(),
            2 => " UTC".to_owned(),
            3 => format!("{sign}{:02}:{:02}", size / 60, size % 60),
            4 => format!("{sign}{:02}{:02}", size / 60, size % 60),
            _ => format!(" {sign}{:02}:{:02}[Europe/Berlin]", size / 60, size % 60),
        };
        let text = format!("{clock}{}{}{zone}", [".", ","][point], &fraction[..digits]);
        (at, text)
    })
}

proptest! {
    #[test]
    fn every_spelling_of_an_instant_is_that_instant((at, text) in spelled()) {
        prop_assert_eq!(Iso8601.read_text(&text), Ok(at), "{}", &text);
        prop_assert_eq!(Auto.read_text(&text), Ok(at), "{}", &text);
    }

    #[test]
    fn the_reader_agrees_with_the_encoding(texts in proptest::collection::vec(
        prop_oneof![
            spelled().prop_map(|(_, text)| text),
            "2024-03-0[1-3][T ]0[7-9]:0[0-9]:[0-6][0-9](\\.[0-9]{1,9})?(Z|\\+0[0-9]:[0-6]0)?",
            "2024-03-01[T ](08|24):00(:[0-9]{1,2})?( ?[ap]m|Z)?",
            ".{0,30}",
        ], 1..20)) {
        for encoding in [Auto, Iso8601, EpochSeconds] {
            let mut reader = TimeReader::new(encoding);
            for text in &texts {
                prop_assert_eq!(reader.read_text(text), encoding.read_text(text), "{}", text);
                prop_assert_eq!(reader.read_bytes(text.as_bytes()), encoding.read_text(text));
            }
        }
    }

    #[test]
    fn auto_tells_units_by_magnitude(micros in in_range()) {
        let (secs, millis) = (micros / 1_000_000, micros / 1000);
        let at = Timestamp::from_micros;
        for (number, expected) in [
            (secs, at(secs * 1_000_000)),
            (millis, at(millis * 1000)),
            (micros, at(micros)),
            (micros * 1000 + 7, Timestamp::with_nanos(micros, 7)),
            (micros * 10 + 3 + TICKS_AT_EPOCH, Timestamp::with_nanos(micros, 300)),
        ] {
            prop_assert_eq!(Auto.read_integer(number), Ok(expected));
            prop_assert_eq!(Auto.read_text(&number.to_string()), Ok(expected));
        }
    }

    #[test]
    fn fractions_are_read_to_the_microsecond(micros in in_range()) {
        let at = Ok(Timestamp::from_micros(micros));
        prop_assert_eq!(EpochSeconds.read_real(micros as f64 / 1e6), at.clone());
        prop_assert_eq!(EpochMillis.read_real(micros as f64 / 1e3), at.clone());
        let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        prop_assert_eq!(EpochSeconds.read_text(&text), at.clone());
        prop_assert_eq!(Auto.read_text(&text), at);
    }

    #[test]
    fn julian_days_keep_milliseconds(micros in in_range()) {
        let at = Timestamp::from_micros(micros / 1000 * 1000);
        let julian = at.micros() as f64 / 86_400e6 + 2_440_587.5;
        prop_assert_eq!(JulianDay.read_real(julian), Ok(at));
        prop_assert_eq!(Auto.read_real(julian), Ok(at));
    }

    #[test]
    fn nothing_panics(text in ".{0,40}", integer in any::<i64>(), real in any::<f64>()) {
        for encoding in [Auto, Iso8601, EpochSeconds, EpochMillis, EpochMicros, EpochNanos, DotnetTicks, JulianDay, TimeEncoding::None] {
            let _ = encoding.read_text(&text);
            let _ = encoding.read_text(&integer.to_string());
            let _ = encoding.read_text(&real.to_string());
            let _ = encoding.read_integer(integer);
            let _ = encoding.read_real(real);
        }
    }
}

#[test]
fn iso_spellings() {
    let table = [
        (
            "2024-03-01T08:00:00.993909+00:00",
            "2024-03-01T08:00:00.993909Z",
        ),
        ("2024-03-01T08:00:00.993909Z", "2024-03-01T08:00:00.993909Z"),
        ("2024-03-01 08:00:00.993909", "2024-03-01T08:00:00.993909Z"),
        ("2024-03-01 08:00:00", "2024-03-01T08:00:00Z"),
        ("2024-03-01t08:00:00z", "2024-03-01T08:00:00Z"),
        ("2024-03-01T08:00:00+0100", "2024-03-01T07:00:00Z"),
        ("2024-03-01T08:00:00+01", "2024-03-01T07:00:00Z"),
        ("2024-03-01T08:00:00-05:30", "2024-03-01T13:30:00Z"),
        ("2024-03-01 08:00:00 +0100 CET", "2024-03-01T07:00:00Z"),
        ("2024-03-01 08:00:00.5 +0000 UTC", "2024-03-01T08:00:00.5Z"),
        (
            "2024-03-01T08:00:00+01:00[Europe/Berlin]",
            "2024-03-01T07:00:00Z",
        ),
        ("2024-03-01T08:00:00.1", "2024-03-01T08:00:00.1Z"),
        ("2024-03-01T08:00:00,123", "2024-03-01T08:00:00.123Z"),
        (
            "2024-03-01T08:00:00.1234567",
            "2024-03-01T08:00:00.1234567Z",
        ),
        (
            "2024-03-01T08:00:00.123456789Z",
            "2024-03-01T08:00:00.123456789Z",
        ),
        (
            "2024-03-01T08:00:00.123456789999Z",
            "2024-03-01T08:00:00.123456789Z",
        ),
        ("2024-03-01", "2024-03-01T00:00:00Z"),
        ("20240301", "2024-03-01T00:00:00Z"),
        ("20240301T080000Z", "2024-03-01T08:00:00Z"),
        ("20240301T0800+0100", "2024-03-01T07:00:00Z"),
        ("2024-03-01T08:00", "2024-03-01T08:00:00Z"),
        ("2024-03-01T08:00Z", "2024-03-01T08:00:00Z"),
        ("2024-03-01T24:00:00Z", "2024-03-02T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2024/03/01 08:00:00", "2024-03-01T08:00:00Z"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        (" 2024-03-01T08:00:00Z\n", "2024-03-01T08:00:00Z"),
    ];
    for (text, expected) in table {
        assert_eq!(Iso8601.read_text(text), Ok(moment(expected)), "{text}");
        assert_eq!(Auto.read_text(text), Ok(moment(expected)), "{text}");
    }
}

#[test]
fn other_spellings() {
    let table = [
        ("Fri, 01 Mar 2024 08:00:00 GMT", "2024-03-01T08:00:00Z"),
        ("Fri, 1 Mar 2024 08:00:00 +0100", "2024-03-01T07:00:00Z"),
        ("25/12/2024 10:00", "2024-12-25T10:00:00Z"),
        ("12/25/2024 1:30:05 PM", "2024-12-25T13:30:05Z"),
        ("05/05/2024", "2024-05-05T00:00:00Z"),
        ("01.02.2024 10:00", "2024-02-01T10:00:00Z"),
        ("/Date(1709280000993)/", "2024-03-01T08:00:00.993Z"),
        (
            "2024-03-01 08:00:00.000993 +0000 UTC m=+0.001",
            "2024-03-01T08:00:00.000993Z",
        ),
        ("2024-03-01 10:00:00 +0200 CEST", "2024-03-01T08:00:00Z"),
        (
            "Fri Mar 01 2024 09:00:00 GMT+0100 (Central European Standard Time)",
            "2024-03-01T08:00:00Z",
        ),
        ("Fri Mar  1 08:00:00 2024", "2024-03-01T08:00:00Z"),
        ("Fri Mar  1 08:00:00 UTC 2024", "2024-03-01T08:00:00Z"),
        ("20240301080000", "2024-03-01T08:00:00Z"),
        ("20240301080000993", "2024-03-01T08:00:00.993Z"),
        ("/Date(1709280000993+0100)/", "2024-03-01T08:00:00.993Z"),
        ("1709280000.993909", "2024-03-01T08:00:00.993909Z"),
        ("1.709280000993e12", "2024-03-01T08:00:00.993Z"),
        ("2460310.7083333335", "2024-01-01T05:00:00Z"),
    ];
    for (text, expected) in table {
        assert_eq!(Auto.read_text(text), Ok(moment(expected)), "{text}");
    }
    assert_eq!(
        EpochSeconds.read_real(1_709_280_000.993_909),
        Ok(moment("2024-03-01T08:00:00.993909Z"))
    );
    assert_eq!(
        EpochSeconds.read_text("-0.25"),
        Ok(moment("1969-12-31T23:59:59.75Z"))
    );
    assert_eq!(
        EpochMillis.read_text("1709280000993.9095"),
        Ok(moment("2024-03-01T08:00:00.9939095Z"))
    );
    assert_eq!(
        DotnetTicks.read_integer(0),
        Ok(moment("0001-01-01T00:00:00Z"))
    );
    assert_eq!(
        JulianDay.read_integer(2_460_311),
        Ok(moment("2024-01-01T12:00:00Z"))
    );
}

#[test]
fn what_is_no_time_says_why() {
    let says = |read: Result<Timestamp, TimeError>| read.unwrap_err().to_string();
    let ambiguous = says(Auto.read_text("03/04/2024"));
    assert!(
        ambiguous.contains("could be 3 April 2024 or 4 March 2024"),
        "{ambiguous}"
    );
    let table = [
        ("2024-13-01", "no month 13"),
        ("2023-02-29", "no day 29"),
        ("2024-03-01T25:00", "no hour 25"),
        ("2024-03-01T08:61", "no minute 61"),
        ("2024-03-01T24:00:01", "no hour 24"),
        ("31/02/2024", "no day 31"),
        ("never", "“never” is not a time in any known spelling"),
        ("", "“” is not a time"),
        ("1042", "1042 is no time"),
        ("99999999999999999999", "no time"),
        ("2024-03-01T08:00:00 yesterday", "is not a time"),
    ];
    for (text, expected) in table {
        let said = says(Auto.read_text(text));
        assert!(said.contains(expected), "{text}: {said}");
    }
    assert!(says(Iso8601.read_integer(5)).contains("“5” is not a time in ISO 8601"));
    assert!(says(EpochMillis.read_text("2024-03-01")).contains("epoch milliseconds"));
    assert!(says(EpochSeconds.read_integer(i64::MAX)).contains("outside the years"));
    assert!(says(Auto.read_real(f64::NAN)).contains("is no time"));
    assert!(says(Auto.read_text(&"x".repeat(1000))).len() < 200);
}

#[test]
fn mixed_times_read_but_for_the_ambiguous() {
    let mut reader = TimeReader::new(Auto);
    let hour = |hour: i64| Timestamp::from_micros(1_704_067_200_000_000 + hour * 3_600_000_000);
    assert_eq!(reader.read_integer(1_704_067_200), Ok(hour(0)));
    assert_eq!(
        reader.read_integer(1_704_067_201_000),
        Ok(moment("2024-01-01T00:00:01Z"))
    );
    assert_eq!(
        reader.read_text("2024-01-01T00:02:00+02:00"),
        Ok(moment("2023-12-31T22:02:00Z"))
    );
    assert!(matches!(
        reader.read_text("01/02/2024 10:00"),
        Err(TimeError::Ambiguous { .. })
    ));
    assert_eq!(reader.read_real(2_460_310.708_333_333_5), Ok(hour(5)));
    assert_eq!(reader.read_text("2460310.7083333335"), Ok(hour(5)));
}

#[test]
fn columns_are_recognised() {
    use Sample::{Integer, Real, Text};
    let at = 1_709_280_000_i64;
    let table: [(&[Sample<'_>], TimeEncoding); 14] = [
        (&[Text("2024-03-01 08:00:00"), Text("2024-03-01")], Iso8601),
        (&[Integer(at), Integer(at + 5)], EpochSeconds),
        (&[Text("1709280000.5"), Text("1709280001")], EpochSeconds),
        (&[Real(1_709_280_000.5)], EpochSeconds),
        (&[Integer(at * 1000)], EpochMillis),
        (&[Integer(at * 1_000_000)], EpochMicros),
        (&[Integer(at * 1_000_000_000)], EpochNanos),
        (&[Integer(at * 10_000_000 + TICKS_AT_EPOCH)], DotnetTicks),
        (&[Real(2_460_310.708), Text("2460311.5")], JulianDay),
        (
            &[Integer(2_460_310), Integer(2_460_311)],
            TimeEncoding::None,
        ),
        (&[Integer(1), Integer(2), Integer(3)], TimeEncoding::None),
        (
            &[Text("OrderPlaced"), Text("2024-03-01")],
            TimeEncoding::None,
        ),
        (
            &[
                Integer(at),
                Integer(at * 1000),
                Text("2024-01-01T00:02:00+02:00"),
                Text("01/02/2024 10:00"),
                Real(2_460_310.708_333_333_5),
            ],
            Auto,
        ),
        (&[], TimeEncoding::None),
    ];
    for (samples, expected) in table {
        assert_eq!(detect(samples), expected, "{samples:?}");
    }
}

#[test]
fn names_in_layouts() {
    let names = "auto iso8601 epoch_seconds epoch_millis epoch_micros epoch_nanos dotnet_ticks julian_day none";
    for name in names.split(' ') {
        let encoding: TimeEncoding = serde_json::from_str(&format!("\"{name}\"")).unwrap();
        assert_eq!(
            serde_json::to_string(&encoding).unwrap(),
            format!("\"{name}\"")
        );
    }
}

/// What stands where a time should be: anything, and what begins like one.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        r"/Date\(.{0,4}\)/",
        r"[0-9é]{1,2}[/.-][0-9é]{1,2}[/.-][0-9é]{1,6}.{0,8}",
        r"[0-9]{4}-?[0-9é]{2}-?[0-9é]{2}[T é]?.{0,12}",
        r"[A-Zé][a-zé]{2} [A-Z][a-z]{2} {1,2}[0-9é]{1,2} .{0,16}",
    ]
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in anything()) {
        for encoding in [Auto, EpochSeconds, EpochNanos, DotnetTicks, Iso8601, JulianDay] {
            let _ = encoding.read_text(&text);
            let _ = TimeReader::new(encoding).read_text(&text);
        }
        let _ = detect(&[Sample::Text(&text)]);
    }
}

#[test]
fn old_dates_of_dotnet_need_a_number() {
    for text in ["/Date(é)/", "/Date()/", "/Date(+)/", "/Date(é+1)/"] {
        assert!(Auto.read_text(text).is_err(), "{text}");
    }
    let read = |text: &str| Auto.read_text(text).unwrap().micros();
    assert_eq!(read("/Date(-1500)/"), -1_500_000);
    assert_eq!(read("/Date(1500+0200)/"), 1_500_000);
    assert_eq!(read("/Date(-1500-0200)/"), -1_500_000);
}
