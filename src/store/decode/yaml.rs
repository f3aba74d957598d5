//! YAML as JSON, of its first document. Tags name types and are not obeyed, whatever they name; an alias
//! is what it stands for, as long as the whole stays within bounds.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Number, Value};
use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::TScalarStyle;

use super::{DEEPEST, LONGEST_VIEW};

/// What is open: its text so far, and the anchor that it has.
enum Open {
    Sequence(Vec<String>, usize),
    Mapping(IndexMap<String, String>, Option<String>, usize),
}

/// The first document as JSON, if it is a mapping or a sequence.
pub(super) fn to_json(text: &str) -> Option<String> {
    let mut parser = Parser::new_from_str(text);
    let (mut open, mut anchors): (Vec<Open>, HashMap<usize, String>) = Default::default();
    // Bytes written so far: aliases may multiply what is there.
    let mut written = 0;
    loop {
        let (event, _) = parser.next_token().ok()?;
        let (value, anchor) = match event {
            Event::SequenceStart(anchor, _) => {
                open.push(Open::Sequence(Vec::new(), anchor));
                (open.len() < DEEPEST).then_some(())?;
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open::Mapping(IndexMap::new(), None, anchor));
                (open.len() < DEEPEST).then_some(())?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => closed(open.pop()?),
            Event::Scalar(text, style, anchor, tag) => (scalar(text, style, tag.as_ref()), anchor),
            Event::Alias(anchor) => (anchors.get(&anchor)?.clone(), 0),
            Event::Nothing | Event::StreamStart | Event::DocumentStart => continue,
            Event::DocumentEnd | Event::StreamEnd => return None,
        };
        written += value.len();
        (written <= LONGEST_VIEW).then_some(())?;
        if anchor != 0 {
            anchors.insert(anchor, value.clone());
        }
        match open.last_mut() {
            None => return value.starts_with(['{', '[']).then_some(value),
            Some(Open::Sequence(items, _)) => items.push(value),
            Some(Open::Mapping(members, key, _)) => match key.take() {
                None => *key = Some(as_key(value)),
                Some(key) => {
                    members.insert(key, value);
                }
            },
        }
    }
}

fn closed(open: Open) -> (String, usize) {
    match open {
        Open::Sequence(items, anchor) => (format!("[{}]", items.join(",")), anchor),
        Open::Mapping(members, _, anchor) => {
            let members = members.iter().map(|(key, value)| format!("{key}:{value}"));
            (
                format!("{{{}}}", members.collect::<Vec<_>>().join(",")),
                anchor,
            )
        }
    }
}

/// Keys of JSON are strings: anything else is written as one.
fn as_key(json: String) -> String {
    match json.starts_with('"') {
        true => json,
        false => Value::String(json).to_string(),
    }
}

/// What `BigDecimal` of Ruby writes: how many digits it keeps, and the number (`27:0.105e2`).
const DECIMAL_OF_RUBY: &str = "ruby/object:BigDecimal";

/// Such a decimal as a number, written without an exponent; none where it is infinite or no number.
fn decimal_of_ruby(text: &str) -> Option<String> {
    let (precision, number) = text.split_once(':')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (sign, size) = match number.strip_prefix('-') {
        Some(size) => ("-", size),
        None => ("", number),
    };
    let size = size.strip_prefix("0.")?;
    let (fraction, exponent) = size.split_once(['e', 'E']).unwrap_or((size, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    if !digits(precision) || !digits(fraction) || exponent.abs() > MOST_PLACES {
        return None;
    }
    let point = usize::try_from(exponent).unwrap_or(0);
    let leading = usize::try_from(-exponent).unwrap_or(0);
    let mut all = format!("{}{fraction}", "0".repeat(leading));
    all.extend(std::iter::repeat_n('0', point.saturating_sub(all.len())));
    let (whole, rest) = all.split_at(point);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let rest = rest.trim_end_matches('0');
    Some(match rest.is_empty() {
        true => format!("{sign}{whole}"),
        false => format!("{sign}{whole}.{rest}"),
    })
}

/// More places than any sum of money has, and fewer than would fill a screen.
const MOST_PLACES: i32 = 60;

fn scalar(text: String, style: TScalarStyle, tag: Option<&Tag>) -> String {
    let of_ruby = |tag: &&Tag| format!("{}{}", tag.handle, tag.suffix).ends_with(DECIMAL_OF_RUBY);
    if let Some(number) = tag.filter(of_ruby).and_then(|_| decimal_of_ruby(&text)) {
        return number;
    }
    if style != TScalarStyle::Plain || tag.is_some() {
        return Value::String(text).to_string();
    }
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => "null".to_owned(),
        "true" | "True" | "TRUE" => "true".to_owned(),
        "false" | "False" | "FALSE" => "false".to_owned(),
        // As written, so that no digit is lost.
        digits if serde_json::from_str::<Number>(digits).is_ok() => text,
        // A symbol of Ruby is a name.
        symbol if symbol.len() > 1 && symbol.starts_with(':') && !symbol.starts_with("::") => {
            Value::from(symbol[1..].trim_matches('"')).to_string()
        }
        _ => Value::String(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn yaml_of_ruby_becomes_plain_json() {
        let yaml = "---\n:order_id: 81\n:total: 12.50\n:state: :paid\nnote: '7'\nat: 2024-01-01 00:00:00.000000000 Z\n\
                    lines:\n- &a !ruby/object:Line\n  sku: x\n  big: 123456789012345678901234567890\n- *a\nnone:\nyes: true\n";
        let json = r#"{"order_id":81,"total":12.50,"state":"paid","note":"7","at":"2024-01-01 00:00:00.000000000 Z","lines":[{"sku":"x","big":123456789012345678901234567890},{"sku":"x","big":123456789012345678901234567890}],"none":null,"yes":true}"#;
        assert_eq!(to_json(yaml).as_deref(), Some(json));
        assert_eq!(to_json("---\nonly words\n"), None);
        assert_eq!(to_json("--- {a: [1"), None);
    }

    #[test]
    fn decimals_of_ruby_are_numbers() {
        let yaml = "---\n:a: !ruby/object:BigDecimal 27:0.105e2\n:b: !ruby/object:BigDecimal 9:0.0\n:c: !ruby/object:BigDecimal 18:-0.12e-2\n\
                    :d: !ruby/object:BigDecimal '18:0.5e4'\n:e: !ruby/object:BigDecimal 18:NaN\n:f: 27:0.105e2\n:g: !ruby/object:BigDecimal 27:0.0e1\n";
        let json = r#"{"a":10.5,"b":0,"c":-0.0012,"d":5000,"e":"18:NaN","f":"27:0.105e2","g":0}"#;
        assert_eq!(to_json(yaml).as_deref(), Some(json));
    }

    #[test]
    fn what_multiplies_itself_or_goes_too_deep_is_left() {
        let mut laughs = "---\na0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n".to_owned();
        for n in 1..12 {
            let alias = format!("*a{}", n - 1);
            laughs.push_str(&format!(
                "a{n}: &a{n} [{}]\n",
                [alias.as_str(); 9].join(",")
            ));
        }
        assert_eq!(to_json(&laughs), None);
        assert_eq!(
            to_json(&format!("--- {}{}", "[".repeat(200), "]".repeat(200))),
            None
        );
    }
}
