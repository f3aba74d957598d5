//! Shortening of ids: they differ at both ends, so the middle goes.

/// The text cut to at most `most` characters, with "…" for the middle.
///
/// The tail keeps the odd character, because ids differ at the end more often.
#[must_use]
pub fn middle_ellipsis(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let Some(kept) = most.checked_sub(1) else {
        return String::new();
    };
    let head = kept / 2;
    let tail = kept - head;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_longer_than_asked_and_whole_when_it_fits(text in ".{0,60}", most in 0usize..70) {
            let short = middle_ellipsis(&text, most);
            prop_assert!(short.chars().count() <= most);
            if text.chars().count() <= most {
                prop_assert_eq!(short, text);
            }
        }
    }

    #[test]
    fn both_ends_of_an_id_stay() {
        assert_eq!(
            middle_ellipsis("018f3c2e-77b1-7a40-9d1e", 11),
            "018f3…-9d1e"
        );
        assert_eq!(middle_ellipsis("abc", 1), "…");
    }
}
