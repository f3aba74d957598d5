//! Personal data in events and in the tables beside them: by what fields are called, and by what stands in
//! them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use super::commands::words;
use crate::analysis::bodies::Kind;
use crate::analysis::replay::{changed_field, plain};
use crate::analysis::schema::{Field, SchemaReport};
use crate::analysis::words::{listed, many};
use crate::log::{Bound, MaskedFields, TableError};
use crate::model::Task;
/// Names, addresses and the like in payloads.
pub(super) const PERSONAL: Rule = Rule {
    name: "personal-data",
    severity: Severity::Info,
    title: "Personal data",
    about: "Fields of payloads and of metadata whose values look like an e-mail address, a telephone number, a payment card or a bank account, or whose names say that they are of a person; and columns of tables beside the events whose names say so, asked at the head only, since a table has no past.",
    why: "An event log is never changed, and people have a right to have their data deleted.",
    advice: "Keep personal data outside and refer to it, or encrypt it by a key per person and throw away the key (crypto-shredding).",
    example: "UserCreated: /email, /name.",
    find: personal,
};

/// Keys that say that a value is of a person, spelled in small letters without separators.
const KEYS: &[&str] = &[
    "email",
    "emailaddress",
    "phone",
    "phonenumber",
    "mobile",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "givenname",
    "familyname",
    "street",
    "postcode",
    "postalcode",
    "zip",
    "zipcode",
    "birthdate",
    "dateofbirth",
    "birthday",
    "iban",
    "ssn",
    "passport",
    "passportnumber",
    "cardnumber",
    "creditcard",
    "taxid",
    "ip",
    "ipaddress",
    "clientip",
    "remoteip",
    "remoteaddr",
];
/// In places called like these, a name is a person's.
const PEOPLE: &[&str] = &[
    "customer",
    "user",
    "person",
    "owner",
    "holder",
    "patient",
    "employee",
    "contact",
    "member",
    "rider",
    "driver",
    "buyer",
    "recipient",
    "student",
    "author",
    "account holder",
];

/// What of a store looks as if it were of a person.
struct Personal {
    /// Fields of states that some event sets from such a field of its own: plain names.
    keys: BTreeSet<String>,
}

impl Personal {
    fn of(schemas: &SchemaReport) -> Self {
        let mut keys = BTreeSet::new();
        for kind in &schemas.types {
            let fields = kind.versions.iter().flat_map(|version| &version.fields);
            for field in fields.filter(|field| is_personal(&kind.name, field)) {
                let key = field.path.trim_start_matches('/');
                if !key.contains('/') {
                    keys.insert(plain(key));
                }
            }
        }
        Self { keys }
    }

    /// Whether a field looks so: by itself, or since `{old, new}` of this type are what such a field was and is.
    fn holds(&self, event_type: &str, field: &Field) -> bool {
        let is_changed = matches!(&*field.path, "/old" | "/new") && field.types.contains(&"string");
        let changed = changed_field(event_type).filter(|_| is_changed).map(plain);
        is_personal(event_type, field)
            || changed.is_some_and(|key| {
                let is_called_so = KEYS.contains(&key.as_str());
                is_called_so
                    || self.keys.contains(&key)
                    || CHANGED.iter().any(|end| key.ends_with(end))
            })
    }
}

/// What is of a person where an event says that it has changed.
const CHANGED: &[&str] = &["address"];

fn is_personal(event_type: &str, field: &Field) -> bool {
    if matches!(field.format, Some("email" | "phone" | "card" | "iban")) {
        return true;
    }
    if !field.types.contains(&"string") {
        return false;
    }
    let mut keys = field.path.rsplit('/').filter(|key| *key != "*");
    let key = keys.next().unwrap_or_default();
    let holder = keys.next().filter(|holder| !holder.is_empty());
    is_called_personal(key, || match holder {
        Some(holder) => vec![holder.to_lowercase()],
        None => words(event_type),
    })
}

/// Whether a key says so, or calls it the name of something that is a person by the words around it.
fn is_called_personal(key: &str, around: impl FnOnce() -> Vec<String>) -> bool {
    let key = key.to_lowercase().replace(['_', '-', ' '], "");
    let is_person = |word: &String| {
        let one = word.strip_suffix('s').unwrap_or(word);
        PEOPLE.contains(&one) || PEOPLE.contains(&word.as_str())
    };
    KEYS.contains(&key.as_str()) || key == "name" && around().iter().any(is_person)
}

/// The fields that look as if they held personal data: pointers by event type.
#[must_use]
pub fn personal_fields(schemas: &SchemaReport) -> MaskedFields {
    let mut all = MaskedFields::new();
    let personal = Personal::of(schemas);
    for kind in &schemas.types {
        let fields = kind.versions.iter().flat_map(|version| &version.fields);
        for field in fields.filter(|field| personal.holds(&kind.name, field)) {
            let known = all.entry(kind.name.clone()).or_default();
            if !known.contains(&field.path) {
                known.push(field.path.clone());
            }
        }
    }
    all
}

/// Columns of tables beside the events that are called personal.
fn personal_tables(
    facts: &Facts<'_>,
    proofs: &mut Proofs<'_>,
    task: &Task,
) -> Result<(), AuditError> {
    if facts.whole.cut.bound() != Bound::Head {
        return Ok(());
    }
    // A file whose tables cannot be listed has none to tell of.
    let tables = match facts.tables.tables(task) {
        Ok(tables) => tables,
        Err(TableError::Rows(error)) => return Err(error.into()),
        Err(_) => return Ok(()),
    };
    let mut told = Vec::new();
    for table in tables {
        let own = table.columns.iter();
        let own = own.filter(|column| is_called_personal(column, || words(&table.name)));
        let own: Vec<&str> = own.map(String::as_str).collect();
        if !own.is_empty() {
            proofs.other(|_| Evidence {
                note: Some(format!("table {}: {}", table.name, own.join(", "))),
                ..Evidence::default()
            });
            told.push(table.name);
        }
    }
    proofs.about(format!("in {}", listed(&told)));
    proofs.because(
        "What stands beside the events can be deleted where they only refer to it; whoever copies the store takes it along.",
    );
    proofs.found(|count| {
        let tables = if count == 1 { "table" } else { "tables" };
        format!(
            "Columns of the {tables} {} are called like personal data.",
            listed(&told)
        )
    });
    Ok(())
}

fn personal(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let looks_so = Personal::of(&facts.schemas);
    for kind in &facts.schemas.types {
        for version in &kind.versions {
            let fields = (version.fields.iter()).filter(|field| looks_so.holds(&kind.name, field));
            let paths: Vec<&str> = fields.map(|field| field.path.as_str()).collect();
            if paths.is_empty() {
                continue;
            }
            let known = told.entry(&kind.name).or_default();
            let new: Vec<&str> = paths
                .into_iter()
                .filter(|path| !known.contains(path))
                .collect();
            if !new.is_empty() {
                proofs.show(version.first, || new.join(", "));
                proofs.count_more(new.len() as u64);
                known.extend(new);
            }
        }
    }
    proofs.about("in payloads");
    proofs.found(|count| {
        let types = many(told.len() as u64, "event type", "event types").unwrap_or_default();
        let fields = many(count, "field", "fields").unwrap_or_default();
        let hold = if count == 1 { "holds" } else { "hold" };
        format!("{fields} of {types} {hold} what looks like personal data.")
    });
    personal_metadata(facts, proofs);
    personal_tables(facts, proofs, task)
}

/// What metadata calls like personal data, or whose first value looks so.
fn personal_metadata(facts: &Facts<'_>, proofs: &mut Proofs<'_>) {
    let mut told = Vec::new();
    for own in facts.bodies.metadata_texts() {
        let looks_so = matches!(
            own.kind,
            Kind::Email | Kind::Phone | Kind::Card | Kind::Iban
        );
        if looks_so || is_called_personal(&own.key, Vec::new) {
            proofs.noted(own.first, || format!("metadata: /{}", own.key));
            told.push(own.key.as_str());
        }
    }
    proofs.about("in metadata");
    proofs.found(|_| {
        format!(
            "The metadata of events has what looks like personal data: {}.",
            listed(&told)
        )
    });
}
