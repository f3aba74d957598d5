//! The tables beside the log: what the ids in the events mean. A row is a version of an entity; the
//! one that was valid at an event's time is the one to enrich it with.

use serde_json::{Value, json};

use super::super::super::chance::{Money, Person};
use super::super::super::output::Extra;
use super::{Device, Downloads, S};
use crate::model::Timestamp;

const PRODUCTS: usize = 0;
const ORGANISATIONS: usize = 1;
const USERS: usize = 2;
const DEVICES: usize = 3;

pub static TABLES: [Extra; 4] = [
    Extra {
        name: "products",
        columns: "product_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  vendor TEXT NOT NULL,
  price_per_seat NUMERIC NOT NULL,
  valid_from INTEGER NOT NULL,
  PRIMARY KEY (product_id, version)",
    },
    Extra {
        name: "organisations",
        columns: "organisation_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, version)",
    },
    Extra {
        name: "users",
        columns: "user_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  organisation_id TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  PRIMARY KEY (user_id, version)",
    },
    Extra {
        name: "devices",
        columns: "device_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  os TEXT NOT NULL,
  user_id TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  PRIMARY KEY (device_id, version)",
    },
];

/// Name, vendor, cents a seat and month.
pub const WARES: [(&str, &str, i64); 8] = [
    ("Sketchbook Pro", "Atelier Nord", 1900),
    ("Ledger 12", "Kontor Software", 4200),
    ("Beamwork CAD", "Beamwork", 11_900),
    ("Type Foundry", "Atelier Nord", 900),
    ("Signal Editor", "Fermata", 2400),
    ("Fieldnotes", "Fermata", 600),
    ("Render Farm Client", "Beamwork", 7900),
    ("Mail Archive", "Kontor Software", 300),
];
const COMPANIES: [(&str, &str); 10] = [
    ("Hafen Logistik", "DE"),
    ("Studio Vermeer", "NL"),
    ("Brouwerij De Kade", "BE"),
    ("Alpenblick Hotels", "AT"),
    ("Nordlys Arkitekter", "DK"),
    ("Skog & Bruk", "SE"),
    ("Warta Odlewnia", "PL"),
    ("Atelier Croix-Rousse", "FR"),
    ("Mill Street Bakery", "DE"),
    ("Kaizen Optik", "DE"),
];
const SYSTEMS: [&str; 4] = ["Windows 11", "macOS 14", "Ubuntu 24.04", "Windows 10"];

const fn micros(at: Timestamp) -> i64 {
    at.micros()
}

fn money(cents: i64) -> Value {
    let digits = Money(cents).to_string();
    Value::Number(serde_json::Number::from_string_unchecked(digits))
}

pub fn products(sim: &mut S) {
    let at = micros(sim.now());
    for (nth, (name, vendor, cents)) in WARES.into_iter().enumerate() {
        let id = format!("product-{}", nth + 1);
        sim.extra(PRODUCTS, || {
            vec![
                json!(id),
                json!(1),
                json!(name),
                json!(vendor),
                money(cents),
                json!(at),
            ]
        });
    }
}

pub fn organisation(sim: &mut S, number: u64) {
    let at = micros(sim.now());
    let (name, country) = COMPANIES[(number % 10) as usize];
    let name = match number / 10 {
        0 => name.to_owned(),
        again => format!("{name} {}", again + 1),
    };
    sim.extra(ORGANISATIONS, || {
        let id = format!("organisation-{}", number + 1);
        vec![json!(id), json!(1), json!(name), json!(country), json!(at)]
    });
}

pub fn user_and_device(sim: &mut S, device: Device, organisation: u64) {
    let at = micros(sim.now());
    let person = Person(device.user);
    sim.extra(USERS, || {
        let id = format!("user-{}", device.user + 1);
        let of = format!("organisation-{}", organisation + 1);
        vec![
            json!(id),
            json!(1),
            json!(person.to_string()),
            json!(of),
            json!(at),
        ]
    });
    device_version(sim, device, 1);
}

/// A device is named after whoever has it; a later version has a newer system.
fn device_version(sim: &mut S, device: Device, version: u64) {
    let at = micros(sim.now());
    let kind = if device.travels { "laptop" } else { "desk" };
    let name = format!("{}-{kind}", Person(device.user).short());
    let os = SYSTEMS[((device.number + version - 1) % 4) as usize];
    sim.extra(DEVICES, || {
        let id = format!("device-{}", device.number);
        let user = format!("user-{}", device.user + 1);
        vec![
            json!(id),
            json!(version),
            json!(name),
            json!(os),
            json!(user),
            json!(at),
        ]
    });
}

impl Downloads {
    /// Once, half of the devices get another system.
    pub(super) fn rename(&self, sim: &mut S) {
        for device in self
            .devices
            .iter()
            .filter(|device| device.number.is_multiple_of(2))
        {
            device_version(sim, *device, 2);
        }
    }
}
