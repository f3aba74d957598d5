//! A registry in the store against what events look like.

use serde::Serialize;
use serde_json::Value;

use super::field::Field;
use super::version::VersionSchema;
use crate::log::{Cut, Log, RowSource, RowsError, Says, SideKind};
use crate::model::Task;

/// A schema as it is registered: JSON Schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    /// The event type.
    pub event_type: String,
    /// The version.
    pub version: Option<String>,
    /// The schema.
    pub schema: Value,
}

impl Registered {
    /// All that were registered by the cut.
    ///
    /// # Errors
    /// [`RowsError`] when the task was called off, or the store cannot be read.
    pub fn known(
        log: &Log,
        cut: &Cut,
        rows: &dyn RowSource,
        task: &Task,
    ) -> Result<Vec<Self>, RowsError> {
        let mut all = Vec::new();
        crate::analysis::side::known(log, cut, rows, SideKind::Schemas, task, &mut |row| {
            if let Says::Schema(row) = row.says
                && let (Some(event_type), Some(schema)) = (row.event_type, row.schema.value())
            {
                let version = row.version;
                all.push(Self {
                    event_type,
                    version,
                    schema,
                });
            }
        })?;
        Ok(all)
    }
}

/// A field of which the registry says something else than the events show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The version.
    pub version: String,
    /// Where.
    pub path: String,
    /// What the registry says.
    pub registered: String,
    /// What events have.
    pub seen: String,
}

impl Disagreement {
    /// Whether it is about a place; `*` in its own path stands for any key.
    #[must_use]
    pub fn is_about(&self, path: &str) -> bool {
        is_within(path, &self.path)
    }

    /// Whether it is that something is missing, and not that it has another type.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.registered == REQUIRED
    }

    /// Whether it is that values of a type are there.
    #[must_use]
    pub fn is_of_type(&self, name: &str) -> bool {
        self.seen.split(" | ").any(|own| own == name)
    }
}

const REQUIRED: &str = "required";

/// Deeper than this a registered schema is not looked into.
const DEEPEST: usize = 32;

pub(super) fn disagreements(
    name: &str,
    versions: &[VersionSchema],
    registered: &[Registered],
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for version in versions {
        let own = registered.iter().rfind(|registered| {
            let same = registered.version.as_deref();
            registered.event_type == name && same.is_none_or(|same| same == version.version)
        });
        if let Some(own) = own {
            let mut walk = Walk {
                version,
                found: &mut found,
            };
            walk.object(&own.schema, "", 0);
        }
    }
    found
}

/// Whether a path is one of those that a path with `*` for some keys stands for.
fn is_within(path: &str, pattern: &str) -> bool {
    let (mut keys, mut wanted) = (path.split('/'), pattern.split('/'));
    loop {
        match (keys.next(), wanted.next()) {
            (None, None) => return true,
            (Some(key), Some(own)) if own == "*" || own == key => {}
            _ => return false,
        }
    }
}

struct Walk<'a> {
    version: &'a VersionSchema,
    found: &'a mut Vec<Disagreement>,
}

impl Walk<'_> {
    fn field(&self, path: &str) -> Option<&Field> {
        let fields = &self.version.fields;
        let at = fields.binary_search_by(|field| field.path.as_str().cmp(path));
        at.ok().map(|at| &fields[at])
    }

    /// What is seen of a place: whether it is missing in some events, and its types. Keys that the
    /// registry takes for data may be told apart here; what is missing under one of them is missing
    /// because the key is.
    fn seen(&self, path: &str) -> Option<(bool, Vec<&'static str>)> {
        if let Some(field) = self.field(path) {
            return Some((field.optional, field.types.clone()));
        }
        let mut types: Vec<&'static str> = Vec::new();
        let fields = self.version.fields.iter();
        let mut alike = fields
            .filter(|field| is_within(&field.path, path))
            .peekable();
        alike.peek()?;
        for kind in alike.flat_map(|field| field.types.iter().copied()) {
            if !types.contains(&kind) {
                types.push(kind);
            }
        }
        Some((false, types))
    }

    fn disagree(&mut self, path: &str, registered: String, seen: String) {
        self.found.push(Disagreement {
            version: self.version.version.clone(),
            path: path.to_owned(),
            registered,
            seen,
        });
    }

    fn object(&mut self, schema: &Value, at: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let required: Vec<&str> = {
            let names = schema["required"].as_array().into_iter().flatten();
            names.filter_map(Value::as_str).collect()
        };
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            let key_of_path = key.replace('~', "~0").replace('/', "~1");
            let path = format!("{at}/{key_of_path}");
            match self.seen(&path) {
                None if required.contains(&key.as_str()) && !self.holds_data(at) => {
                    self.disagree(&path, REQUIRED.to_owned(), "never there".to_owned());
                }
                Some((true, _)) if required.contains(&key.as_str()) => {
                    self.disagree(&path, REQUIRED.to_owned(), "missing in some".to_owned());
                }
                Some((_, types)) => self.types(inner, &path, &types),
                None => {}
            }
            self.inside(inner, &path, depth);
        }
    }

    /// Whether the keys in a place are data here, so that single ones are not told apart.
    fn holds_data(&self, at: &str) -> bool {
        self.field(&format!("{at}/*")).is_some()
    }

    fn inside(&mut self, schema: &Value, path: &str, depth: usize) {
        self.object(schema, path, depth + 1);
        let each = format!("{path}/*");
        for inner in [&schema["items"], &schema["additionalProperties"]] {
            if inner.is_object() {
                if let Some((_, types)) = self.seen(&each) {
                    self.types(inner, &each, &types);
                }
                if depth < DEEPEST {
                    self.inside(inner, &each, depth + 1);
                }
            }
        }
    }

    fn types(&mut self, schema: &Value, path: &str, seen: &[&'static str]) {
        let allowed: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let fits = |name: &&&str| {
            allowed.contains(*name) || **name == "integer" && allowed.contains(&"number")
        };
        let others: Vec<&str> = seen.iter().filter(|name| !fits(name)).copied().collect();
        if !others.is_empty() {
            self.disagree(path, allowed.join(" | "), others.join(" | "));
        }
    }
}
