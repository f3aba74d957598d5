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
    let log = facts.log;
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
            log.own_time(event, facts.cut.clock()).is_some(),
            log.correlation(event).is_some(),
            log.schema_version(event).is_some(),
        ];
        let lack = lacking.iter_mut().zip(has).filter(|(_, has)| !has);
        lack.for_each(|(own, _)| own.see(event, kind));
    }
    Ok((lacking, of_type))
}

fn metadata(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let all = u64::from(facts.cut.count());
    let (lacking, of_type) = lacking(facts, task)?;
    for own in lacking[..2].iter().filter(|own| own.count < all) {
        for event in &own.first {
            proofs.show(*event, || format!("no {}", own.what));
        }
        proofs.count_more(own.count);
        proofs.because(why(own.what));
        let whole = own.whole_types(&of_type);
        let severity = match whole {
            Some(_) => Severity::Info,
            None => Severity::Warning,
        };
        proofs.found_as(severity, |count| {
            let have = if count == 1 { "has" } else { "have" };
            let told = format!(
                "{} of {} events {have} no {}",
                grouped(count),
                grouped(all),
                own.what
            );
            match whole {
                Some(types) => {
                    let names = types.iter().map(|kind| facts.log.type_name(*kind));
                    let names: Vec<&str> = names.collect();
                    format!("{told}: all of {}.", names.join(", "))
                }
                None => format!("{told}."),
            }
        });
    }
    for own in lacking.iter().filter(|own| all > 0 && own.count == all) {
        proofs.count_more(1);
        proofs.because(why(own.what));
        proofs.found_as(Severity::Info, |_| match own.what {
            "id" => "No event has an id.".to_owned(),
            what => format!("No event has a {what}."),
        });
    }
    Ok(())
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
