//! The order in which people expect names: figures in them by their value. Knows nothing of streams.

use std::cmp::Ordering;

/// Compares names with the figures in them by their value; a total order.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    let (whole_a, whole_b) = (a, b);
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (Some(&x), Some(&y)) = (a.first(), b.first()) else {
            return (a.len().cmp(&b.len())).then_with(|| whole_a.cmp(whole_b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_a, rest_a) = leading_number(a);
            let (number_b, rest_b) = leading_number(b);
            (a, b) = (rest_a, rest_b);
            (number_a.len().cmp(&number_b.len())).then_with(|| number_a.cmp(number_b))
        } else {
            (a, b) = (&a[1..], &b[1..]);
            x.cmp(&y)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The digits at the start without leading zeros, and what follows them.
fn leading_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    let zeros = digits.iter().position(|&byte| byte != b'0');
    (&digits[zeros.unwrap_or(digits.len())..], rest)
}

/// The beginning of a name in 16 bytes that compare as names do; of equal ones the whole names
/// decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameKey([u64; 2]);

impl NameKey {
    pub(super) fn of(name: &str) -> Self {
        let mut key = [0_u8; 16];
        let (mut at, mut rest) = (0, name.as_bytes());
        while let (Some(&byte), true) = (rest.first(), at < key.len()) {
            key[at] = byte;
            at += 1;
            if !byte.is_ascii_digit() {
                rest = &rest[1..];
                continue;
            }
            // A number: what any digit is to other characters, how many digits, then these.
            let (number, after) = leading_number(rest);
            let length = number.len().min(255) as u8;
            key[at - 1] = b'0';
            let digits = if length < 255 { number } else { &[] };
            for byte in std::iter::once(length).chain(digits.iter().copied()) {
                if let Some(place) = key.get_mut(at) {
                    *place = byte;
                    at += 1;
                }
            }
            // Of numbers so long the key does not know which is longer.
            rest = if length < 255 { after } else { &[] };
        }
        let (halves, _) = key.as_chunks::<8>();
        Self([0, 1].map(|half| u64::from_be_bytes(halves[half])))
    }
}

/// How many bytes all of `names` begin with alike, none of them part of a number.
pub(super) fn shared<'n>(mut names: impl Iterator<Item = &'n str>) -> usize {
    let Some(first) = names.next() else { return 0 };
    let shared = names.fold(first.len(), |shared, name| {
        if name.as_bytes().starts_with(&first.as_bytes()[..shared]) {
            return shared;
        }
        let pairs = first.bytes().zip(name.bytes()).take(shared);
        pairs.take_while(|(a, b)| a == b).count()
    });
    let digits = first.as_bytes()[..shared].iter().rev();
    let mut shared = shared - digits.take_while(|byte| byte.is_ascii_digit()).count();
    while !first.is_char_boundary(shared) {
        shared -= 1;
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_in_names_count_by_value() {
        let mut names = [
            "o-10", "o-9", "o-09", "o", "o-10a", "p-1", "o-1-2", "o-1-10",
        ];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(
            names,
            [
                "o", "o-1-2", "o-1-10", "o-09", "o-9", "o-10", "o-10a", "p-1"
            ]
        );
    }

    proptest! {
        #[test]
        fn natural_order_is_total(mut names in prop::collection::vec("[a0-2-]{0,5}", 3)) {
            prop_assert_eq!(compare(&names[0], &names[1]), compare(&names[1], &names[0]).reverse());
            prop_assert_eq!(compare(&names[0], &names[1]).is_eq(), names[0] == names[1]);
            names.sort_by(|a, b| compare(a, b));
            prop_assert!(compare(&names[0], &names[2]).is_le());
        }

        #[test]
        fn keys_compare_as_names_do(names in prop::collection::vec("order-[a0-2Ä-]{0,22}", 2..5)) {
            let shared = shared(names.iter().map(String::as_str));
            for (a, b) in names.iter().zip(&names[1..]) {
                let order = NameKey::of(&a[shared..]).cmp(&NameKey::of(&b[shared..]));
                prop_assert_eq!(order.then_with(|| compare(a, b)), compare(a, b));
            }
        }

        #[test]
        fn long_numbers_compare_by_the_whole_name(zeros in 250..260_usize, more in 250..260_usize) {
            let names = [format!("9{}", "0".repeat(zeros)), format!("8{}", "0".repeat(more))];
            let order = NameKey::of(&names[0]).cmp(&NameKey::of(&names[1]));
            prop_assert_eq!(order.then_with(|| compare(&names[0], &names[1])), compare(&names[0], &names[1]));
        }
    }
}
