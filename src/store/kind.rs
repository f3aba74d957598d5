//! What kind of thing a stream is about, by its name alone.

use crate::log::NO_CATEGORY;

/// The kind that a stream's name tells: what stands before `-`, `:`, `/`, `#`, `$` or `_` and a
/// rest with a digit in it; before whatever stands in front of a UUID at its end, whose own dashes part
/// nothing; [`NO_CATEGORY`] where it tells none (a bare id).
pub(super) fn kind_of(stream: &str) -> &str {
    if let Some(kind) = before_uuid(stream) {
        let wordy = kind
            .trim_start_matches('$')
            .starts_with(char::is_alphabetic);
        // Before the id of a tenant, say, stands what the name begins with.
        return match kind.contains(['-', ':', '/', '#', '|']) {
            true => kind_of(kind),
            false if wordy => kind,
            false => NO_CATEGORY,
        };
    }
    let Some(at) = stream
        .find(['-', ':', '/', '#', '$', '|'])
        .or_else(|| stream.rfind('_'))
    else {
        return NO_CATEGORY;
    };
    let (kind, rest) = stream.split_at(at);
    let looks_hexadecimal = kind.len() >= 4 && kind.bytes().all(|byte| byte.is_ascii_hexdigit());
    let wordy = kind.chars().next().is_some_and(char::is_alphabetic);
    if wordy
        && rest.len() > 1
        && !(looks_hexadecimal && kind.bytes().any(|byte| byte.is_ascii_digit()))
    {
        kind
    } else {
        NO_CATEGORY
    }
}

/// What stands before a UUID with dashes at the end of a name, without the sign between them.
fn before_uuid(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(36)?;
    let (before, id) = (name.get(..at)?, name.get(at..)?);
    let is_uuid = id.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let parts = |sign: char| !sign.is_alphanumeric();
    is_uuid.then(|| before.strip_suffix(parts).unwrap_or(before))
}

#[cfg(test)]
mod tests {
    use super::{NO_CATEGORY, kind_of};

    #[test]
    fn kinds_come_from_names_that_tell_them() {
        let kinds = [
            "order-1042",
            "user-123",
            "acc-0",
            "POKEMONS#123",
            "9ab5356d-bde3-4723-be25-cadfde9c481d",
            "x",
            "shopping_cart-010",
            "cafe1234-aa",
            "order_51ae3676-c407-4a3b-9a0f-0a1b2c3d4e5f",
            "Order.bbc61961-c407-4a3b-9a0f-0a1b2c3d4e5f",
            "$by_correlation_id_bbc61961-c407-4a3b-9a0f-0a1b2c3d4e5f",
            "order-line-51ae3676-c407-4a3b-9a0f-0a1b2c3d4e5f",
            "1_51ae3676-c407-4a3b-9a0f-0a1b2c3d4e5f",
        ]
        .map(kind_of);
        assert_eq!(
            kinds,
            [
                "order",
                "user",
                "acc",
                "POKEMONS",
                NO_CATEGORY,
                NO_CATEGORY,
                "shopping_cart",
                NO_CATEGORY,
                "order",
                "Order",
                "$by_correlation_id",
                "order",
                NO_CATEGORY,
            ]
        );
    }
}
