//! Sizes for people.

/// `148 MB`, `214 B`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (count as f64, 0);
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    match value {
        value if unit > 0 && value < 9.95 => format!("{value:.1} {}", UNITS[unit]),
        value => format!("{value:.0} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_have_two_or_three_digits() {
        let texts = [0, 214, 999, 1_000, 1_049, 9_960, 148_200_000, 999_700_000].map(bytes);
        assert_eq!(
            texts,
            [
                "0 B", "214 B", "999 B", "1.0 kB", "1.0 kB", "10 kB", "148 MB", "1.0 GB"
            ]
        );
    }
}
