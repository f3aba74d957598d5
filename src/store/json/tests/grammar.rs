//! The grammar agrees with serde_json, names its faults, and has no depth.

use proptest::prelude::*;

use super::super::grammar::Why;
use super::*;

fn check(text: &str) -> Result<Vec<(&str, &str)>, Fault> {
    let mut members = Vec::new();
    Walk::new()
        .object(text, &mut |m| members.push((m.key, m.value)))
        .map(|()| members)
}

#[test]
fn members_are_as_written() {
    let text = r#" { "a" : 1.50 , "b\n":{"c":[1,{}, [ ]]}, "a":"x\"y" } "#;
    assert_eq!(
        check(text).unwrap(),
        [
            ("a", "1.50"),
            (r"b\n", r#"{"c":[1,{}, [ ]]}"#),
            ("a", r#""x\"y""#)
        ]
    );
    assert_eq!(check("{}").unwrap(), []);
}

#[test]
fn faults_have_a_place_and_a_reason() {
    let expected = |at, what| Fault {
        at,
        why: Why::Expected(what),
    };
    let cases = [
        (
            "",
            Fault {
                at: 0,
                why: Why::Cut,
            },
        ),
        ("[1]", expected(0, "an object")),
        (r#"{"a":1,}"#, expected(7, "a key")),
        (r#"{"a" 1}"#, expected(5, "a colon")),
        (r#"{"a":[1,]}"#, expected(8, "a value")),
        (r#"{"a":[1}}"#, expected(7, "a comma or an end")),
        (r#"{"a":01}"#, expected(6, "a comma or an end")),
        (r#"{"a":NaN}"#, expected(5, "a value")),
        (
            r#"{"a":tru"#,
            Fault {
                at: 8,
                why: Why::Cut,
            },
        ),
        (r#"{"a":1.}"#, expected(7, "a digit")),
        (
            r#"{"a":"\x"}"#,
            Fault {
                at: 6,
                why: Why::Escape,
            },
        ),
        (
            "{\"a\":\"\n\"}",
            Fault {
                at: 6,
                why: Why::Control,
            },
        ),
        (
            r#"{"a":1}{"#,
            Fault {
                at: 7,
                why: Why::Trailing,
            },
        ),
        (
            r#"{"a":"b"#,
            Fault {
                at: 7,
                why: Why::Cut,
            },
        ),
    ];
    for (text, fault) in cases {
        assert_eq!(check(text).unwrap_err(), fault, "{text}");
    }
}

#[test]
fn depth_costs_no_stack() {
    let depth = 100_000;
    let text = format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(check(&text).unwrap().len(), 1);
    let torn = format!("{{\"a\":{}", "{\"a\":".repeat(depth));
    assert_eq!(check(&torn).unwrap_err().why, Why::Cut);
}

proptest! {
    #[test]
    fn it_agrees_with_serde(text in r#"[\{\}\[\]",:0-9.eE+\-truefalsn \\]{0,24}"#) {
        let text = format!("{{{text}");
        let theirs: Result<&serde_json::value::RawValue, _> = serde_json::from_str(&text);
        prop_assert_eq!(check(&text).is_ok(), theirs.is_ok(), "{}", text);
    }

    #[test]
    fn it_agrees_with_serde_on_strings(text in r#"(\\["nu]|[a"\\\x00\x1f é☕]|0000){0,12}"#) {
        let text = format!("{{\"a\":\"{text}\"}}");
        let theirs: Result<&serde_json::value::RawValue, _> = serde_json::from_str(&text);
        prop_assert_eq!(check(&text).is_ok(), theirs.is_ok(), "{}", text);
    }

    #[test]
    fn a_cut_object_is_cut_or_faulty_never_whole(cut in 1_usize..40) {
        let text = r#"{"id": "e\u00e9", "a": [1.5e3, {"b": true}]}"#;
        prop_assert!(check(&text[..cut.min(text.len() - 1)]).is_err());
    }
}
