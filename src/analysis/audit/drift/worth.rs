//! What numbers of events and of read models are worth: exactly what is written, and where floats had a part
//! in one, no more than floats can tell.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::analysis::projection::number;

/// A number, or the sum of some.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Worth {
    value: Decimal,
    by: By,
    /// How many numbers it is made of, and how large they are together: so much may floats have rounded.
    terms: u32,
    size: f64,
}

/// How it was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Decimals,
    Floats,
}

/// Floats write so many digits where they cannot tell a number exactly.
const FLOATING: usize = 15;

impl Worth {
    /// Of a number as it is written; none where that is no number, or has more than 28 digits.
    pub fn written(text: &str) -> Option<Self> {
        let digits = text.trim_start_matches(['-', '0', '.']);
        let digits = digits.bytes().filter(u8::is_ascii_digit).count();
        let by = match digits >= FLOATING && text.contains('.') {
            true => By::Floats,
            false => By::Decimals,
        };
        number(text).map(|value| Self::new(value, by))
    }

    /// Of a number that is kept as a float.
    pub fn float(text: &str) -> Option<Self> {
        number(text).map(|value| Self::new(value, By::Floats))
    }

    /// Of a count.
    pub fn count(count: u64) -> Self {
        Self::new(count.into(), By::Decimals)
    }

    fn new(value: Decimal, by: By) -> Self {
        Self {
            value,
            by,
            terms: 1,
            size: value.to_f64().unwrap_or(0.0).abs(),
        }
    }

    /// The two together; none where that has too many digits.
    pub fn and(self, other: Self) -> Option<Self> {
        let floats = self.by == By::Floats || other.by == By::Floats;
        Some(Self {
            value: self.value.checked_add(other.value)?,
            by: if floats { By::Floats } else { By::Decimals },
            terms: self.terms.saturating_add(other.terms),
            size: self.size + other.size,
        })
    }

    pub fn is_zero(self) -> bool {
        self.value.is_zero()
    }

    /// Whether both are worth the same.
    pub fn is(self, other: Self) -> bool {
        if self.value == other.value {
            return true;
        }
        if self.by == By::Decimals && other.by == By::Decimals {
            return false;
        }
        let apart = self.value.checked_sub(other.value);
        let apart = apart.and_then(|apart| apart.abs().to_f64());
        let steps = f64::from(self.terms) + f64::from(other.terms);
        let rounded = f64::EPSILON * steps * self.size.max(other.size);
        apart.is_some_and(|apart| apart <= rounded)
    }
}

#[cfg(test)]
mod tests {
    use super::Worth;

    fn sum(texts: &[&str]) -> Worth {
        let all = texts.iter().map(|text| Worth::written(text).unwrap());
        all.reduce(|one, two| one.and(two).unwrap()).unwrap()
    }

    #[test]
    fn decimals_are_compared_exactly() {
        let whole = sum(&["12345670.00", "8.90"]);
        assert!(whole.is(Worth::written("12345678.9").unwrap()));
        assert!(!whole.is(Worth::written("12345670.00").unwrap()));
        assert!(!whole.is(Worth::float("12345670.0").unwrap()));
        let long = Worth::written("9007199254740993").unwrap();
        assert!(!long.is(Worth::written("9007199254740992").unwrap()));
    }

    #[test]
    fn floats_are_not_asked_for_more_than_they_tell() {
        let tenths = sum(&["0.1", "0.2", "0.3"]);
        assert!(tenths.is(Worth::float("0.6000000000000001").unwrap()));
        assert!(tenths.is(Worth::written("0.6000000000000001").unwrap()));
        assert!(!tenths.is(Worth::float("0.6001").unwrap()));
        assert!(Worth::written("1e300").is_none() && Worth::written("x").is_none());
    }
}
