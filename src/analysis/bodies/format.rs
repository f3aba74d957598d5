//! The sixteen kinds of values, and by what a text is known to be of a format.

/// What kind of value stands at a place. Texts are told apart by their format, since a date that
/// becomes free text is a change like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number without a fraction.
    Integer,
    /// Any other number.
    Number,
    /// An object.
    Object,
    /// An array.
    Array,
    /// A text of no known format.
    Text,
    /// A number written as text.
    Decimal,
    /// A UUID.
    Uuid,
    /// A moment: a date with a time.
    DateTime,
    /// A date.
    Date,
    /// An e-mail address.
    Email,
    /// An address of the web.
    Uri,
    /// A telephone number with its country.
    Phone,
    /// The number of a payment card, by its check digit.
    Card,
    /// A bank account by its international number.
    Iban,
}

impl Kind {
    /// All of them, in their order.
    pub const ALL: [Self; 16] = [
        Self::Null,
        Self::Bool,
        Self::Integer,
        Self::Number,
        Self::Object,
        Self::Array,
        Self::Text,
        Self::Decimal,
        Self::Uuid,
        Self::DateTime,
        Self::Date,
        Self::Email,
        Self::Uri,
        Self::Phone,
        Self::Card,
        Self::Iban,
    ];

    /// Its bit in a set of kinds.
    #[must_use]
    pub const fn bit(self) -> u16 {
        1 << self as u8
    }

    /// The kinds of a set.
    pub fn of(bits: u16) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |kind| bits & kind.bit() != 0)
    }

    /// Its type as JSON Schema names it.
    #[must_use]
    pub const fn json_type(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::Array => "array",
            _ => "string",
        }
    }

    /// The format of a text, as JSON Schema names it where it does.
    #[must_use]
    pub const fn format(self) -> Option<&'static str> {
        match self {
            Self::Decimal => Some("decimal"),
            Self::Uuid => Some("uuid"),
            Self::DateTime => Some("date-time"),
            Self::Date => Some("date"),
            Self::Email => Some("email"),
            Self::Uri => Some("uri"),
            Self::Phone => Some("phone"),
            Self::Card => Some("card"),
            Self::Iban => Some("iban"),
            _ => None,
        }
    }

    /// The format of a text, by its bytes as they stand between the quotes.
    #[must_use]
    pub fn of_text(text: &[u8]) -> Self {
        let Some(&first) = text.first() else {
            return Self::Text;
        };
        let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
        match first {
            b'0'..=b'9' | b'-' | b'+' if digits > 0 => of_digits(text, digits),
            _ if is_uuid(text) => Self::Uuid,
            _ if text.contains(&b'@') && is_email(text) => Self::Email,
            b'h' | b'f' | b'w' if is_uri(text) => Self::Uri,
            b'A'..=b'Z' if is_iban(text) => Self::Iban,
            _ => Self::Text,
        }
    }
}

fn of_digits(text: &[u8], digits: usize) -> Kind {
    if is_date(text) {
        return match text.get(10) {
            None => Kind::Date,
            Some(b'T' | b't' | b' ') if text.len() >= 16 && text[13] == b':' => Kind::DateTime,
            Some(_) => Kind::Text,
        };
    }
    if is_uuid(text) {
        return Kind::Uuid;
    }
    if text.contains(&b'@') && is_email(text) {
        return Kind::Email;
    }
    let only = |also: &[u8]| {
        text.iter()
            .all(|byte| byte.is_ascii_digit() || also.contains(byte))
    };
    if text[0] == b'+' && (8..=15).contains(&digits) && only(b"+ -()/.") {
        return Kind::Phone;
    }
    if (13..=19).contains(&digits) && only(b" -") && is_card(text) {
        return Kind::Card;
    }
    let points = text.iter().filter(|byte| **byte == b'.').count();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    // A leading zero is that of a number's text only before its point: 01067 is a postcode.
    let leads = rest.first() == Some(&b'0') && rest.len() > 1 && rest[1] != b'.';
    let plain = rest
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if plain && points <= 1 && digits <= 18 && !leads && rest.last() != Some(&b'.') {
        return Kind::Decimal;
    }
    Kind::Text
}

fn is_date(text: &[u8]) -> bool {
    text.len() >= 10
        && text[4] == b'-'
        && text[7] == b'-'
        && [0, 1, 2, 3, 5, 6, 8, 9]
            .iter()
            .all(|&at| text[at].is_ascii_digit())
        && text[5] <= b'1'
        && text[8] <= b'3'
}

fn is_uuid(text: &[u8]) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match dash(at) {
            true => *byte == b'-',
            false => byte.is_ascii_hexdigit(),
        })
}

fn is_email(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|byte| *byte == b'@') else {
        return false;
    };
    let (name, host) = (&text[..at], &text[at + 1..]);
    let named =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-'".contains(byte) || *byte >= 0x80;
    let hosted = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte) || *byte >= 0x80;
    let point = host.iter().rposition(|byte| *byte == b'.');
    !name.is_empty()
        && name.iter().all(named)
        && host.iter().all(hosted)
        && point.is_some_and(|point| point > 0 && point + 2 < host.len())
}

fn is_uri(text: &[u8]) -> bool {
    [&b"http://"[..], b"https://", b"ftp://", b"www."]
        .iter()
        .any(|start| text.starts_with(start))
        && !text.contains(&b' ')
}

/// By the check digit that Luhn devised, and not the same digit all over.
fn is_card(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let digits: Vec<u32> = digits.map(|byte| u32::from(byte - b'0')).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
        && digits.iter().any(|digit| *digit != digits[0])
        && (2..=6).contains(&digits[0])
}

/// Two letters, two digits, and the remainder of 97 that makes it one.
fn is_iban(text: &[u8]) -> bool {
    let plain: Vec<u8> = text.iter().copied().filter(|byte| *byte != b' ').collect();
    if !(15..=34).contains(&plain.len())
        || !plain[..2].iter().all(u8::is_ascii_uppercase)
        || !plain[2..4].iter().all(u8::is_ascii_digit)
        || !plain
            .iter()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    {
        return false;
    }
    let turned = plain[4..].iter().chain(&plain[..4]);
    let rest = turned.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn texts_are_known_by_their_form() {
        let cases = [
            ("", Kind::Text),
            ("Bakery", Kind::Text),
            ("41.00", Kind::Decimal),
            ("-7", Kind::Decimal),
            ("01067", Kind::Text),
            ("12.", Kind::Text),
            ("1.2.3", Kind::Text),
            ("018e0963-0a0c-7f60-8acb-ed620e87b38f", Kind::Uuid),
            ("a18e0963-0a0c-7f60-8acb-ed620e87b38f", Kind::Uuid),
            ("2024-03-04T07:56:08.430Z", Kind::DateTime),
            ("2024-03-04 07:56", Kind::DateTime),
            ("2024-03-04", Kind::Date),
            ("2024-03-04Z", Kind::Text),
            ("2024-99-04", Kind::Text),
            ("ada@example.com", Kind::Email),
            ("7up@example.com", Kind::Email),
            ("at @ noon", Kind::Text),
            ("https://example.com/x", Kind::Uri),
            ("+49 30 1234567", Kind::Phone),
            ("4111 1111 1111 1111", Kind::Card),
            ("4111 1111 1111 1112", Kind::Text),
            ("GB82 WEST 1234 5698 7654 32", Kind::Iban),
            ("GB83WEST12345698765432", Kind::Text),
            ("MUG-BLUE", Kind::Text),
        ];
        for (text, kind) in cases {
            assert_eq!(Kind::of_text(text.as_bytes()), kind, "{text}");
        }
    }
}
