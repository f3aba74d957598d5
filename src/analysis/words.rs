//! Figures as they stand in sentences for people. Nothing here belongs into JSON or CSV.

/// With commas between thousands: `183,204`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 event`, `2,000 events`; `None` for none of them. Figures also where they are small: a search
/// finds `2`, not `two`.
#[must_use]
pub fn many(count: u64, one: &str, several: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{} {several}", grouped(count))),
    }
}

/// `a, b and c`.
#[must_use]
pub fn listed<T: AsRef<str>>(items: &[T]) -> String {
    joined(items, " and ")
}

/// `a, b or c`.
#[must_use]
pub fn listed_or<T: AsRef<str>>(items: &[T]) -> String {
    joined(items, " or ")
}

fn joined<T: AsRef<str>>(items: &[T], before_last: &str) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        match at {
            0 => {}
            _ if at + 1 == items.len() => text.push_str(before_last),
            _ => text.push_str(", "),
        }
        text.push_str(item.as_ref());
    }
    text
}

/// Whether a character steers a terminal, or whatever else shows it, instead of being shown: control
/// characters, and those that turn the direction of writing.
#[must_use]
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// With a capital at its beginning.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{grouped, listed};

    #[test]
    fn the_last_item_stands_behind_a_word() {
        let all = ["a", "b", "c"];
        let lists = [0, 1, 2, 3].map(|count| listed(&all[..count]));
        assert_eq!(lists, ["", "a", "a and b", "a, b and c"]);
    }

    #[test]
    fn thousands_stand_apart() {
        let texts = [0, 999, 1_000, 183_204, u64::MAX].map(grouped);
        assert_eq!(texts[..4], ["0", "999", "1,000", "183,204"]);
        assert_eq!(texts[4], "18,446,744,073,709,551,615");
    }
}
