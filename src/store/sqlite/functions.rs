//! The functions that layouts may use in SQL beside SQLite's own: `docs/layouts.md` lists them. They
//! only compute; none reads a file or keeps a state.

mod json;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Result};

use crate::store::decode::Decoder;

/// Makes the functions known to `connection`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let decoders = [("inflate", Decoder::Inflate), ("unbase64", Decoder::Base64)];
    for (name, decoder) in decoders {
        connection
            .create_scalar_function(name, 1, flags, move |context| Ok(decoded(context, decoder)))?;
    }
    connection.create_scalar_function("uuid_text", 1, flags, |context| {
        Ok(uuid(context, |bytes| bytes))
    })?;
    connection.create_scalar_function("uuid_text_net", 1, flags, |context| {
        Ok(uuid(context, from_dotnet))
    })?;
    connection.create_scalar_function("capture", 2, flags, |context| capture(context))?;
    connection.create_scalar_function("part", 3, flags, |context| part(context))?;
    connection.create_scalar_function("stream_name", 2, flags, |context| stream_name(context))?;
    json::register(connection, flags)
}

/// `stream_name(kind, id)`: the id where it is one by its looks, wherever it is (a UUID, a ULID, or one
/// that begins with its kind); else the kind, a dash and the id, since another kind may have the same.
fn stream_name(context: &Context<'_>) -> Result<Option<String>> {
    let id: Option<String> = match context.get_raw(1) {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        _ => text(context, 1).map(str::to_owned),
    };
    let (Some(id), Some(kind)) = (id.clone(), text(context, 0)) else {
        return Ok(id);
    };
    let digits = id.bytes().filter(u8::is_ascii_alphanumeric).count();
    let unique = digits >= 20 && id.bytes().any(|byte| byte.is_ascii_digit());
    let lower = |text: &str| text.to_lowercase();
    Ok(Some(
        match unique || kind.is_empty() || lower(&id).starts_with(&lower(kind)) {
            true => id,
            false => format!("{kind}-{id}"),
        },
    ))
}

fn bytes<'a>(context: &'a Context<'_>, argument: usize) -> Option<&'a [u8]> {
    match context.get_raw(argument) {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes),
        _ => None,
    }
}

fn text<'a>(context: &'a Context<'_>, argument: usize) -> Option<&'a str> {
    std::str::from_utf8(bytes(context, argument)?).ok()
}

fn unchanged(value: ValueRef<'_>) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(Value::try_from(value).unwrap_or(Value::Null))
}

/// Text where the result is text, else bytes; the value itself where it is not so encoded.
fn decoded(context: &Context<'_>, decoder: Decoder) -> ToSqlOutput<'static> {
    let Some(stored) = bytes(context, 0) else {
        return unchanged(context.get_raw(0));
    };
    let inner = decoder.decode(stored).unwrap_or_else(|| stored.to_vec());
    ToSqlOutput::Owned(match String::from_utf8(inner) {
        Ok(text) => Value::Text(text),
        Err(error) => Value::Blob(error.into_bytes()),
    })
}

/// 16 bytes as a UUID with dashes; anything else as it is.
fn uuid(context: &Context<'_>, order: fn([u8; 16]) -> [u8; 16]) -> ToSqlOutput<'static> {
    let raw = context.get_raw(0);
    let ValueRef::Blob(bytes) = raw else {
        return unchanged(raw);
    };
    let Ok(bytes) = <[u8; 16]>::try_from(bytes) else {
        return unchanged(raw);
    };
    let plain = format!("{:032x}", u128::from_be_bytes(order(bytes)));
    let parts = [
        &plain[..8],
        &plain[8..12],
        &plain[12..16],
        &plain[16..20],
        &plain[20..],
    ];
    ToSqlOutput::Owned(Value::Text(parts.join("-")))
}

/// .NET writes the first three groups of a Guid little-endian.
const fn from_dotnet(b: [u8; 16]) -> [u8; 16] {
    [
        b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13],
        b[14], b[15],
    ]
}

/// `capture(text, pattern)`: the first group of a match, null without one.
fn capture(context: &Context<'_>) -> Result<Option<String>> {
    let pattern =
        context.get_or_create_aux(1, |pattern| -> std::result::Result<_, regex::Error> {
            regex::Regex::new(pattern.as_str().unwrap_or_default())
        })?;
    let groups = text(context, 0).and_then(|text| pattern.captures(text));
    Ok(groups
        .and_then(|groups| groups.get(1))
        .map(|group| group.as_str().to_owned()))
}

/// `part(text, separator, n)`: the n-th part, from 1; from the end where n is negative.
fn part(context: &Context<'_>) -> Result<Option<String>> {
    let (Some(text), Some(separator)) = (text(context, 0), text(context, 1)) else {
        return Ok(None);
    };
    let n: i64 = context.get(2)?;
    let at = usize::try_from(n.unsigned_abs())
        .unwrap_or(usize::MAX)
        .wrapping_sub(1);
    let found = if n < 0 {
        text.rsplit(separator).nth(at)
    } else {
        text.split(separator).nth(at)
    };
    Ok(found.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    #[test]
    fn functions_compute_what_they_say() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        super::register(&connection).unwrap();
        let ask = |sql: &str| -> Option<String> {
            connection
                .query_row(&format!("SELECT {sql}"), [], |row| row.get(0))
                .unwrap()
        };
        assert_eq!(ask("unbase64('YWJj')").as_deref(), Some("abc"));
        assert_eq!(ask("capture('a:B.C', ':(.*)')").as_deref(), Some("B.C"));
        assert_eq!(ask("capture('a', ':(.*)')"), None);
        assert_eq!(ask("part('a-b-c', '-', 2)").as_deref(), Some("b"));
        assert_eq!(ask("part('a-b-c', '-', -1)").as_deref(), Some("c"));
        assert_eq!(ask("stream_name('order', 7)").as_deref(), Some("order-7"));
        assert_eq!(
            ask("stream_name('Order', 'order-7')").as_deref(),
            Some("order-7")
        );
        let ulid = "01J93JHVPWN3MHT5KCJPDRMJCF";
        assert_eq!(
            ask(&format!("stream_name('bank', '{ulid}')")).as_deref(),
            Some(ulid)
        );
        assert_eq!(ask("stream_name(NULL, 'a')").as_deref(), Some("a"));
        assert_eq!(ask("stream_name('a', NULL)"), None);
        let uuid = "x'00112233445566778899aabbccddeeff'";
        assert_eq!(
            ask(&format!("uuid_text({uuid})")).as_deref(),
            Some("00112233-4455-6677-8899-aabbccddeeff")
        );
        assert_eq!(
            ask(&format!("uuid_text_net({uuid})")).as_deref(),
            Some("33221100-5544-7766-8899-aabbccddeeff")
        );
    }
}
