//! Payload schemas in a short notation, and as the JSON Schema that the registry holds.
//!
//! `order_id:s total:n lines:[{sku:s quantity:i}] address:{city:s} note?:s`: `s` is a text, `i` a whole
//! number, `n` a number, `b` true or false; `?` after a name says that it may be missing, `~` after a
//! type that it may be null, `*` before one that keys are free and all values are of it.

use serde_json::{Map, Value, json};

/// The JSON Schema of a payload.
pub fn json_schema(fields: &str) -> String {
    let mut rest = fields;
    object(&mut rest).to_string()
}

/// Fields up to the end or a closing brace.
fn object(rest: &mut &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    loop {
        *rest = rest.trim_start();
        let Some((name, after)) = rest.split_once(':').filter(|_| !rest.starts_with('}')) else {
            break;
        };
        *rest = after;
        let optional = name.ends_with('?');
        let name = name.trim_end_matches('?');
        let schema = value(rest);
        properties.insert(name.to_owned(), schema);
        if !optional {
            required.push(name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn value(rest: &mut &str) -> Value {
    let first = rest.chars().next().unwrap_or(' ');
    *rest = rest.get(first.len_utf8()..).unwrap_or_default();
    let mut schema = match first {
        'i' => json!({ "type": "integer" }),
        'n' => json!({ "type": "number" }),
        'b' => json!({ "type": "boolean" }),
        '*' => json!({ "type": "object", "additionalProperties": value(rest) }),
        '[' => {
            let items = value(rest);
            *rest = rest.strip_prefix(']').unwrap_or(rest);
            json!({ "type": "array", "items": items })
        }
        '{' => {
            let object = object(rest);
            *rest = rest.strip_prefix('}').unwrap_or(rest);
            object
        }
        _ => json!({ "type": "string" }),
    };
    if let Some(after) = rest.strip_prefix('~') {
        *rest = after;
        schema["type"] = json!([schema["type"], "null"]);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_says_what_json_schema_says() {
        let schema = json_schema("a:s b?:n~ c:[{d:i e:b}] f:{g:s} h:*{i:i}");
        let expected = json!({
            "type": "object",
            "properties": {
                "a": { "type": "string" },
                "b": { "type": ["number", "null"] },
                "c": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "d": { "type": "integer" }, "e": { "type": "boolean" } },
                    "required": ["d", "e"],
                } },
                "f": {
                    "type": "object",
                    "properties": { "g": { "type": "string" } },
                    "required": ["g"],
                },
                "h": { "type": "object", "additionalProperties": {
                    "type": "object",
                    "properties": { "i": { "type": "integer" } },
                    "required": ["i"],
                } },
            },
            "required": ["a", "c", "f", "h"],
        });
        assert_eq!(schema, expected.to_string());
    }
}
