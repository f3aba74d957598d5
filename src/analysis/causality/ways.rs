//! Ways to merge what sides have written: sums of changes, and sets. The merges of conflict-free replicated data
//! types.

use rust_decimal::Decimal;
use serde_json::{Number, Value};

use crate::analysis::projection::number;
use crate::model::EventIx;

/// What a side has written to one field.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// After each of its events that wrote it, with other texts of that payload.
    pub values: Vec<(Value, Vec<String>)>,
    /// The last event that did.
    pub last: EventIx,
}

impl Written {
    pub fn value(&self) -> Value {
        self.values
            .last()
            .map(|(value, _)| value.clone())
            .unwrap_or_default()
    }
}

/// The sum of what all sides have changed, and whether nobody took anything away. Nothing where a number
/// has too many digits to be added up exactly.
pub(super) fn counted(before: &Value, sides: &[Option<&Written>]) -> Option<(Value, bool)> {
    let base = match before {
        Value::Null => Decimal::ZERO,
        Value::Number(written) => number(written.as_str())?,
        _ => return None,
    };
    let (mut sum, mut grows) = (base, true);
    for side in sides.iter().flatten() {
        let Value::Number(written) = side.value() else {
            return None;
        };
        let change = number(written.as_str())?.checked_sub(base)?;
        sum = sum.checked_add(change)?;
        grows &= change >= Decimal::ZERO;
    }
    let written: Number = serde_json::from_str(&sum.to_string()).ok()?;
    Some((Value::Number(written), grows))
}

/// The items of a list that an observed-remove set and a grow-only set would have.
pub(super) fn gathered(before: &Value, sides: &[Option<&Written>]) -> Option<[Value; 2]> {
    let items = |value: &Value| match value {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => {
            let plain = items
                .iter()
                .all(|item| !item.is_object() && !item.is_array());
            plain.then(|| items.clone())
        }
        _ => None,
    };
    let base = items(before)?;
    let mut all = base.clone();
    // Those that were taken away by somebody who had seen them before, and those that somebody added.
    let (mut removed, mut added): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for side in sides.iter().flatten() {
        let (mut had, mut own) = (base.clone(), Vec::new());
        for (value, texts) in &side.values {
            let now = items(value)?;
            removed.extend(
                base.iter()
                    .filter(|item| had.contains(item) && !now.contains(item))
                    .cloned(),
            );
            own.retain(|item| now.contains(item));
            // What was there and is named once more was added once more.
            let again = |item: &&Value| {
                item.as_str()
                    .is_some_and(|text| texts.iter().any(|own| own == text))
            };
            own.extend(
                now.iter()
                    .filter(|item| !had.contains(item) || again(item))
                    .cloned(),
            );
            all.extend(now.iter().cloned());
            had = now;
        }
        added.extend(own);
    }
    let once = |items: Vec<Value>| {
        let mut unique: Vec<Value> = Vec::new();
        for item in items {
            if !unique.contains(&item) {
                unique.push(item);
            }
        }
        unique
    };
    let stay = base.iter().filter(|item| !removed.contains(item)).cloned();
    let observed = stay.chain(added).collect();
    Some([once(observed), once(all)].map(Value::Array))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counters_are_added_up_to_the_last_digit() {
        let wrote = |text: &str| Written {
            values: vec![(serde_json::from_str(text).unwrap(), Vec::new())],
            last: EventIx(0),
        };
        let (one, two) = (wrote("9007199254740993"), wrote("9007199254740992"));
        let (sum, grows) = counted(&json!(9_007_199_254_740_992_i64), &[Some(&one), Some(&two)])
            .unwrap_or_default();
        assert_eq!(
            (sum.to_string().as_str(), grows),
            ("9007199254740993", true)
        );
        let (one, two) = (wrote("10.10"), wrote("9.95"));
        let (sum, grows) = counted(&json!(10), &[Some(&one), None, Some(&two)]).unwrap_or_default();
        assert_eq!((sum.to_string().as_str(), grows), ("10.05", false));
    }
}
