//! Habits that make a store hard to live with: no metadata, personal data, events that only say that
//! something was saved.

use std::collections::BTreeMap;

use super::super::facts::{AuditError, Facts};
use super::super::proofs::Proofs;
use super::super::rule::{Rule, Severity};
use super::commands::words;
use crate::analysis::schema::{Field, SchemaReport};
use crate::analysis::words::{grouped, many};
use crate::log::MaskedFields;
use crate::model::{EventIx, Task};

/// Events without what is needed to follow them.
pub(super) const METADATA: Rule = Rule {
    name: "missing-metadata",
    severity: Severity::Warning,
    title: "Events lack metadata",
    about: "Some events have no id or no time though others have (a warning); or none has an id, a time, a correlation id or a schema version (a note).",
    why: "Without an id nobody can tell a repeated event from a new one, without a time there is no past to look at, without a correlation no story.",
    advice: "Let one place in the code write id, time, correlation id, causation id and schema version into every event.",
    example: "88 of 300 events have no id.",
    find: metadata,
};

/// Names, addresses and the like in payloads.
pub(super) const PERSONAL: Rule = Rule {
    name: "personal-data",
    severity: Severity::Info,
    title: "Personal data in payloads",
    about: "Fields whose values look like an e-mail address, a telephone number, a payment card or a bank account, or whose names say that they are of a person.",
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

fn metadata(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
    let log = facts.log;
    let all = u64::from(facts.cut.count());
    let mut lacking: [(&str, u64, Option<EventIx>); 4] = [
        ("id", 0, None),
        ("time", 0, None),
        ("correlation id", 0, None),
        ("schema version", 0, None),
    ];
    let mut without_id: Vec<EventIx> = Vec::new();
    for event in facts.events() {
        let has = [
            log.event_id(event).is_some(),
            log.own_time(event, facts.cut.clock()).is_some(),
            log.correlation(event).is_some(),
            log.schema_version(event).is_some(),
        ];
        for ((_, count, first), has) in lacking.iter_mut().zip(has) {
            if !has {
                *count += 1;
                first.get_or_insert(event);
            }
        }
        if (!has[0] || !has[1]) && without_id.len() < 1000 {
            without_id.push(event);
        }
    }
    for (what, count, _) in &lacking[..2] {
        if *count > 0 && *count < all {
            for event in without_id.iter().take(20) {
                proofs.show(*event, || format!("no {what}"));
            }
            proofs.count_more(*count);
            proofs.found(|count| {
                format!(
                    "{} of {} events have no {what}.",
                    grouped(count),
                    grouped(all)
                )
            });
        }
    }
    let none: Vec<&str> = {
        let lacking = lacking
            .iter()
            .filter(|(_, count, _)| *count == all && all > 0);
        lacking.map(|(what, ..)| *what).collect()
    };
    if !none.is_empty() {
        proofs.count_more(1);
        proofs.found_as(Severity::Info, |_| {
            let named = none.iter().map(|what| match *what {
                "id" => "an id".to_owned(),
                what => format!("a {what}"),
            });
            let named: Vec<String> = named.collect();
            format!("No event has {}.", named.join(", or "))
        });
    }
    Ok(())
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
    let key = keys
        .next()
        .unwrap_or_default()
        .to_lowercase()
        .replace(['_', '-', ' '], "");
    if KEYS.contains(&key.as_str()) {
        return true;
    }
    if key != "name" {
        return false;
    }
    let around = match keys.next().filter(|holder| !holder.is_empty()) {
        Some(holder) => vec![holder.to_lowercase()],
        None => words(event_type),
    };
    around.iter().any(|word| PEOPLE.contains(&word.as_str()))
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

fn personal(facts: &Facts<'_>, proofs: &mut Proofs<'_>, _: &Task) -> Result<(), AuditError> {
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
        format!("{fields} of {types} hold what looks like personal data.")
    });
    Ok(())
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
