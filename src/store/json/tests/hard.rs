//! Large and deep input: no recursion, nothing quadratic, no panic on any bytes.

use proptest::prelude::*;

use super::*;

#[test]
fn a_hundred_thousand_levels_in_every_shape() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let event = format!(r#"{{"type":"D","time":1,"data":{deep}}}"#);
    for text in [
        format!("{event}\n{event}\n"),
        format!("[{event},{event}]"),
        format!(r#"{{"events":[{event},{event}]}}"#),
        format!(r#"{{"type":["D","D"],"time":[1,2],"data":[{deep},{deep}]}}"#),
    ] {
        let (seen, records) = read(text.as_bytes());
        assert_eq!((seen.records.len(), seen.problems.len()), (2, 0));
        let (place, text, _) = &seen.records[1];
        assert_eq!(records.read_back(*place).unwrap().text, *text);
    }
    // Torn at the bottom.
    let (seen, _) = read(&event.as_bytes()[..90_000]);
    assert_eq!((seen.records.len(), seen.problems.len()), (0, 1));
}

#[test]
fn a_string_of_twenty_megabytes_is_a_string() {
    let long = "x\\n".repeat(7 << 20);
    let event = format!(r#"{{"type":"L","data":"{long}"}}"#);
    let (seen, records) = read(format!("[{event},\n{{\"a\":1}},{event}]").as_bytes());
    assert_eq!((seen.records.len(), seen.problems.len()), (3, 0));
    assert_eq!(records.read_back(seen.records[2].0).unwrap().text, event);
    let (seen, _) = read(format!("{event}\n{{\"a\":1}}\n{event}").as_bytes());
    assert_eq!((seen.records.len(), seen.problems.len()), (3, 0));
}

#[test]
fn a_hundred_thousand_events_on_one_line() {
    let events: Vec<String> = (0..100_000).map(|n| format!("{{\"n\":{n}}}")).collect();
    let array = format!("[{}]", events.join(","));
    let (seen, records) = read(array.as_bytes());
    assert_eq!(seen.texts(), events);
    assert_eq!(
        records.read_back(seen.records[99_999].0).unwrap().text,
        "{\"n\":99999}"
    );
    let numbers: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
    let column = numbers.join(",");
    let (seen, records) = read(format!(r#"{{"n":[{column}],"m":[{column}]}}"#).as_bytes());
    assert_eq!(seen.records.len(), 100_000);
    assert_eq!(
        records.read_back(seen.records[70_001].0).unwrap().text,
        r#"{"n":70001,"m":70001}"#
    );
}

fn scan_up_to(longest: usize, text: &str) -> (Seen, Records) {
    let (_, records) = read(text.as_bytes());
    let options = ScanOptions {
        longest,
        ..ScanOptions::default()
    };
    (scan(&records, options).0, records)
}

#[test]
fn a_record_longer_than_any_is_stepped_over() {
    let short = r#"{"type":"S","time":1}"#;
    // Longer than a block, so that it is not in memory as a whole by chance.
    let long = format!(r#"{{"type":"L","data":"{}"}}"#, "x".repeat(3 << 20));
    let too_long = "larger than 100 bytes, so it is left out";
    for (text, place) in [
        (format!("{short}\n{long}\n{short}\n"), "line 2"),
        (format!("[{short},{long},\n{short}]"), "item 2"),
        (format!("{{\"events\":[{short},{long},{short}]}}"), "item 2"),
    ] {
        let (seen, records) = scan_up_to(100, &text);
        assert_eq!(seen.texts(), [short, short], "{place}");
        assert_eq!(seen.problems, [(place.to_owned(), too_long.to_owned())]);
        assert_eq!(seen.records[1].0.number, 3);
        assert_eq!(records.read_back(seen.records[1].0).unwrap().text, short);
    }
    let columns = format!(
        r#"{{"type":["A","B","C"],"data":[1,"{}",3]}}"#,
        "x".repeat(3 << 20)
    );
    let (seen, _) = scan_up_to(100, &columns);
    assert_eq!(
        seen.texts(),
        [r#"{"type":"A","data":1}"#, r#"{"type":"C","data":3}"#]
    );
    assert_eq!(seen.places(), ["row 2"]);
}

#[test]
fn a_line_too_long_is_told_of_before_it_ends() {
    let begun = format!("{{\"n\":1}}\n{{\"long\":\"{}", "x".repeat(3 << 20));
    for tail in [Tail::AtRest, Tail::Following] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &begun).unwrap();
        let records = open(file.path());
        let options = ScanOptions {
            tail,
            longest: 100,
            ..ScanOptions::default()
        };
        let (mut seen, end) = scan(&records, options);
        assert_eq!(seen.places(), ["line 2"]);
        assert_eq!((end.resume.number, end.resume.inside), (2, Inside::Line));
        let more = format!("{begun}xxx\"}}\n{{\"n\":3}}\n");
        std::fs::write(file.path(), more).unwrap();
        scan_block(&records, &records.rest(&end.resume), FOLLOWING, &mut seen);
        assert_eq!(seen.texts(), ["{\"n\":1}", "{\"n\":3}"]);
        assert_eq!(seen.records[1].0.number, 3);
        assert_eq!(seen.places(), ["line 2"]);
    }
}

#[test]
fn samples_are_few_bytes() {
    let long = format!("{{\"type\":\"L\",\"data\":\"{}\"}}\n", "x".repeat(3 << 20));
    let (_, records) = read(long.repeat(9).as_bytes());
    assert_eq!(records.sample(200, &Task::new()).unwrap().len(), 3);
    let longest = format!("{{\"data\":\"{}\"}}\n{{\"n\":1}}\n", "x".repeat(9 << 20));
    let (_, records) = read(longest.as_bytes());
    let samples = records.sample(200, &Task::new()).unwrap();
    assert_eq!(samples.len(), 1);
    assert_eq!(samples[0].text, "{\"n\":1}");
}

#[test]
fn cancelling_ends_a_scan() {
    let (_, records) = read(b"{\"a\":1}\n{\"a\":2}\n");
    let task = Task::new();
    task.cancel();
    let end = records.scan(&records.whole(), ScanOptions::default(), &task, &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(end, Err(JsonError::Cancelled(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_bytes_make_it_panic_or_lie(
        text in r#"[\{\[]([\{\}\[\]",:\\\n #/01 a]|"a"|"events":|\{"type":1\}|é){0,40}"#,
        cut in 0_usize..100,
    ) {
        let bytes = &text.as_bytes()[..text.len().min(cut + 1)];
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        if let Ok(records) = Records::open(file.path(), Look::Whole, &Task::new()) {
            for options in [ScanOptions::default(), FOLLOWING] {
                let (seen, end) = scan(&records, options);
                prop_assert!(end.resume.byte <= bytes.len() as u64);
                for (place, text, _) in &seen.records {
                    prop_assert!(serde_json::from_str::<serde_json::Map<_, _>>(text).is_ok());
                    prop_assert_eq!(&records.read_back(*place).unwrap().text, text);
                }
            }
        }
    }
}
