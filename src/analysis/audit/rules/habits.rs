//! Habits that make a store hard to live with: no metadata, personal data, events that only say that
//! something was saved.

use std::collections::BTreeMap;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use super::commands::words;
use crate::analysis::bodies::Kind;
use crate::analysis::schema::{Field, SchemaReport};
use crate::analysis::words::{grouped, listed, listed_or, many};
use crate::log::{Bound, MaskedFields, TableError};
use crate::model::{Cancelled, EventIx, Task, TypeIx};

/// Events without what is needed to follow them.
pub(super) const METADATA: Rule = Rule {
    name: "missing-metadata",
    severity: Severity::Warning,
    title: "Events lack metadata",
    about: "Some events have no id or no time though others of their type have (a warning). It is a note where this is so of all events of a type, or where no event at all has an id, a time, a correlation id or a schema version.",
    why: "Without an id nobody can tell a repeated event from a new one, without a time there is no past to look at, without a correlation no story.",
    advice: "Let one place in the code write id, time, correlation id, causation id and schema version into every event.",
    example: "88 of 300 events have no id.",
    find: metadata,
};

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

/// Events that say no more than that something was saved.
pub(super) const CRUD: Rule = Rule {
    name: "crud-event",
    severity: Severity::Info,
    title: "Event only says that something was saved",
    about: "The name of an event type ends in Updated, Modified, Edited, Saved or the like: it tells that a record changed, not what happened.",
    why: "Why something changed cannot be recovered later; readers have to compare states to guess it.",
    advice: "Name what happened in the words of the business: AddressCorrected, CustomerMoved.",
    example: "RecordUpdated.",
    find: crud,
};

/// Events that lack something, of which so many are shown.
const SHOWN: usize = 20;

/// What events should have, and which have not.
struct Lacking {
    what: &'static str,
    count: u64,
    /// The first of them.
    first: Vec<EventIx>,
    /// How many by type.
    by_type: Vec<u64>,
}

impl Lacking {
    fn see(&mut self, event: EventIx, kind: TypeIx) {
        self.count += 1;
        self.by_type[kind.at()] += 1;
        if self.first.len() < SHOWN {
            self.first.push(event);
        }
    }

    /// The types that lack it, where no event of them has it: then this is how they are written.
    fn whole_types(&self, of_type: &[u64]) -> Option<Vec<TypeIx>> {
        let types = self.by_type.iter().zip(of_type).enumerate();
        let types = types.filter(|(_, (lack, _))| **lack > 0);
        let whole = types.map(|(at, (lack, all))| (lack == all).then_some(TypeIx(at as u32)));
        whole.collect()
    }
}

fn lacking(facts: &Facts<'_>, task: &Task) -> Result<([Lacking; 4], Vec<u64>), Cancelled> {
    let log = facts.whole.log;
    let mut of_type = vec![0; log.types().len()];
    let names = ["id", "time", "correlation id", "schema version"];
    let mut lacking = names.map(|what| Lacking {
        what,
        count: 0,
        first: Vec::new(),
        by_type: vec![0; log.types().len()],
    });
    for (nth, event) in facts.events().enumerate() {
        if nth.is_multiple_of(1 << 14) {
            task.check()?;
        }
        let kind = log.event_type(event);
        of_type[kind.at()] += 1;
        let has = [
            log.event_id(event).is_some(),
            log.own_time(event, facts.whole.cut.clock()).is_some(),
            log.correlation(event).is_some(),
            log.schema_version(event).is_some(),
        ];
        let lack = lacking.iter_mut().zip(has).filter(|(_, has)| !has);
        lack.for_each(|(own, _)| own.see(event, kind));
    }
    Ok((lacking, of_type))
}

fn metadata(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let all = u64::from(facts.whole.cut.count());
    let (lacking, of_type) = lacking(facts, task)?;
    let of_all = |count: u64, what: &str| {
        let have = if count == 1 { "has" } else { "have" };
        format!(
            "{} of {} events {have} no {what}",
            grouped(count),
            grouped(all)
        )
    };
    let some = || {
        lacking[..2]
            .iter()
            .filter(|own| (1..all).contains(&own.count))
    };
    for own in some().filter(|own| own.whole_types(&of_type).is_none()) {
        show(proofs, own);
        proofs.count_more(own.count);
        proofs.because(why(own.what));
        proofs.found(|count| format!("{}.", of_all(count, own.what)));
    }
    // What is so of all events, or of all of a type, is how they are written: one note of it.
    let (mut told, mut reasons) = (Vec::new(), Vec::new());
    let none = lacking.iter().filter(|own| all > 0 && own.count == all);
    let none: Vec<&str> = none.map(|own| own.what).collect();
    reasons.extend(none.iter().map(|what| why(what)));
    let articled = none.iter().map(|what| match *what {
        "id" => "an id".to_owned(),
        what => format!("a {what}"),
    });
    let articled: Vec<String> = articled.collect();
    if !articled.is_empty() {
        told.push(format!("No event has {}.", listed_or(&articled)));
    }
    for own in some() {
        let Some(types) = own.whole_types(&of_type) else {
            continue;
        };
        show(proofs, own);
        let names: Vec<&str> = types
            .iter()
            .map(|kind| facts.whole.log.type_name(*kind))
            .collect();
        told.push(format!(
            "{}: all of {}.",
            of_all(own.count, own.what),
            listed(&names)
        ));
        reasons.push(why(own.what));
    }
    proofs.count_more(told.len() as u64);
    proofs.because(reasons.join(" "));
    proofs.found_as(Severity::Info, |_| told.join(" "));
    Ok(())
}

fn show(proofs: &mut Proofs<'_>, own: &Lacking) {
    for event in &own.first {
        proofs.show(*event, || format!("no {}", own.what));
    }
}

/// Why it matters that something lacks.
fn why(what: &str) -> &'static str {
    match what {
        "id" => "Without an id nobody can tell a repeated event from a new one.",
        "time" => "Without a time there is no past to look at, only positions.",
        "correlation id" => {
            "Without a correlation id nobody can tell which events belong to one story."
        }
        _ => "Without a schema version a reader knows the form of a payload only by trying.",
    }
}

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
    for kind in &schemas.types {
        let fields = kind.versions.iter().flat_map(|version| &version.fields);
        for field in fields.filter(|field| is_personal(&kind.name, field)) {
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
    for kind in &facts.schemas.types {
        for version in &kind.versions {
            let fields = version
                .fields
                .iter()
                .filter(|field| is_personal(&kind.name, field));
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
    proofs.found(|_| {
        format!(
            "The metadata of events has what looks like personal data: {}.",
            listed(&told)
        )
    });
}

fn crud(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    const SAVED: &[&str] = &["updated", "modified", "edited", "saved", "upserted"];
    let mut names: Vec<&str> = Vec::new();
    for kind in &facts.schemas.types {
        let is_saved = words(&kind.name)
            .iter()
            .any(|word| SAVED.contains(&word.as_str()));
        if let Some(version) = kind.versions.first().filter(|_| is_saved) {
            let events: u64 = kind.versions.iter().map(|version| version.events).sum();
            proofs.noted(version.first, || {
                many(events, "event", "events").unwrap_or_default()
            });
            names.push(&kind.name);
        }
    }
    proofs.found(|_| {
        format!(
            "These types only tell that something was saved: {}.",
            names.join(", ")
        )
    });
    Ok(())
}
