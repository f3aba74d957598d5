//! A version as JSON Schema.

use serde_json::{Map, Value, json};

use super::field::Field;
use super::version::VersionSchema;

/// The schema of a version, as JSON Schema 2020-12. What was seen, no more: a field is required where no
/// event lacked it.
#[must_use]
pub fn json_schema(event_type: &str, version: &VersionSchema) -> Value {
    let mut root = Map::new();
    root.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    root.insert(
        "title".to_owned(),
        json!(format!("{event_type} {}", version.version)),
    );
    root.insert("type".to_owned(), json!("object"));
    describe(&mut root, "", &version.fields);
    Value::Object(root)
}

fn describe(schema: &mut Map<String, Value>, at: &str, fields: &[Field]) {
    let inner: Vec<&Field> = {
        let own = fields.iter().filter(|field| {
            let key = field
                .path
                .strip_prefix(at)
                .and_then(|rest| rest.strip_prefix('/'));
            key.is_some_and(|key| !key.contains('/'))
        });
        own.collect()
    };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in inner {
        let key = field.path[at.len() + 1..]
            .replace("~1", "/")
            .replace("~0", "~");
        let described = of_field(field, fields);
        if key == "*" {
            let is_array = schema.get("type") == Some(&json!("array"));
            let name = if is_array {
                "items"
            } else {
                "additionalProperties"
            };
            schema.insert(name.to_owned(), described);
            continue;
        }
        if !field.optional {
            required.push(json!(key));
        }
        properties.insert(key, described);
    }
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), Value::Object(properties));
    }
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
}

fn of_field(field: &Field, fields: &[Field]) -> Value {
    let mut schema = Map::new();
    let types = match &field.types[..] {
        [only] => json!(only),
        several => json!(several),
    };
    schema.insert("type".to_owned(), types);
    if let Some(format) = field.format {
        // The formats that the standard does not have are patterns of ours; they are left out.
        if matches!(format, "uuid" | "date-time" | "date" | "email" | "uri") {
            schema.insert("format".to_owned(), json!(format));
        }
    }
    if !field.values.is_empty() && field.types == ["string"] {
        // What was seen so far is no promise that nothing else will come.
        schema.insert("examples".to_owned(), json!(field.values));
    }
    describe(&mut schema, &field.path, fields);
    Value::Object(schema)
}
