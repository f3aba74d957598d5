//! Names that are spelled nearly as what was typed.

/// The names that take the fewest changes to become `text`: so many at most, the nearest first.
#[must_use]
pub fn nearest<'a>(names: impl Iterator<Item = &'a str>, text: &str, most: usize) -> Vec<String> {
    let text = letters(text);
    let mut best: Vec<(usize, &str)> = Vec::with_capacity(most + 1);
    for name in names {
        let bound = match best.get(most.saturating_sub(1)) {
            Some(&(worst, _)) => worst,
            None => usize::MAX,
        };
        if let Some(distance) = distance_below(&text, name, bound) {
            let at = best.partition_point(|&(other, _)| other <= distance);
            best.insert(at, (distance, name));
            best.truncate(most);
        }
    }
    best.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Whether `name` is what somebody may have meant who typed `text`: but for a slip or two.
#[must_use]
pub fn is_near(text: &str, name: &str) -> bool {
    distance_below(&letters(text), name, 3).is_some()
}

fn letters(text: &str) -> Vec<char> {
    text.to_lowercase().chars().take(256).collect()
}

/// How many characters must be changed, added or left out to make one of the other, capitals or not
/// (Levenshtein's distance), if that is less than `bound`.
fn distance_below(text: &[char], name: &str, bound: usize) -> Option<usize> {
    let name: Vec<char> = name
        .chars()
        .flat_map(char::to_lowercase)
        .take(256)
        .collect();
    if text.len().abs_diff(name.len()) >= bound {
        return None;
    }
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (i, &letter) in name.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut least = row[0];
        for (j, &other) in text.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
            least = least.min(row[j + 1]);
        }
        if least >= bound {
            return None;
        }
    }
    Some(row[text.len()]).filter(|&distance| distance < bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_levenshtein() {
        let text: Vec<char> = "kitten".chars().collect();
        assert_eq!(distance_below(&text, "sitting", 9), Some(3));
        assert_eq!(distance_below(&text, "Kitten", 1), Some(0));
        assert_eq!(distance_below(&text, "sitting", 3), None);
        assert_eq!(distance_below(&[], "abc", 9), Some(3));
    }

    #[test]
    fn a_slip_or_two_is_near() {
        assert!(is_near("evnts", "events") && is_near("State", "state"));
        assert!(!is_near("audit", "info"));
    }
}
