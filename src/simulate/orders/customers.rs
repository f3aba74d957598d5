//! The people who buy: they register with their first order, come back, and sometimes change
//! their mail address, their home or their mind about newsletters.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::calendar::{DAY, after};
use super::super::journal::{Draft, Trail};
use super::super::people::{Address, Person};
use super::{Shop, Task};
use crate::model::Timestamp;

#[derive(Debug)]
pub(super) struct Customer {
    person: Person,
    orders: u32,
    newsletter: bool,
}

/// What people change about themselves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Email,
    Address,
    Newsletter,
}

fn stream(customer: usize) -> String {
    format!("customer-{}", customer + 1)
}

impl Shop {
    /// Somebody comes to order: a known customer or one who registers first.
    pub(super) fn arrive(&mut self, at: Timestamp) {
        let known = self.customers.len();
        let buyer = if known > 20 && self.rng.chance(620) {
            self.rng.below(known as u64) as usize
        } else {
            self.register(at, known);
            known
        };
        let basket = self
            .rng
            .delay(Duration::from_secs(15), Duration::from_secs(90));
        self.plan(after(at, basket), Task::Place(buyer));
    }

    fn register(&mut self, at: Timestamp, known: usize) {
        let person = Person::nth(known, &mut self.rng);
        let newsletter = self.rng.chance(400);
        let data = json!({
            "customer_id": stream(known),
            "name": person.name,
            "email": person.email,
            "address": person.address,
            "newsletter": newsletter,
            "loyalty_tier": "basic",
        });
        self.customers.push(Customer {
            person,
            orders: 0,
            newsletter,
        });
        let trail = self.journal.start(at);
        self.record_customer(at, known, &trail, "CustomerRegistered", data);
        for (change, per_mille) in [
            (Change::Email, 120),
            (Change::Address, 80),
            (Change::Newsletter, 160),
        ] {
            if self.rng.chance(per_mille) {
                let later = after(at, self.rng.delay(Duration::from_hours(9), DAY * 25));
                self.plan(later, Task::Change(known, change));
            }
        }
    }

    pub(super) fn customer_name(&self, customer: usize) -> (String, &str, Address) {
        let person = &self.customers[customer].person;
        (stream(customer), &person.name, person.address.clone())
    }

    /// Counts an order; the third one makes a better customer.
    pub(super) fn count_order(&mut self, at: Timestamp, customer: usize, trail: &Trail) {
        let known = &mut self.customers[customer];
        known.orders += 1;
        if known.orders == 3 {
            let data = json!({ "old": "basic", "new": "silver" });
            let at = after(at, Duration::from_millis(340));
            self.record_customer(at, customer, trail, "LoyaltyTierChanged", data);
        }
    }

    pub(super) fn change_customer(&mut self, at: Timestamp, customer: usize, change: Change) {
        let known = &mut self.customers[customer];
        let (event_type, data) = match change {
            Change::Email => {
                let old = known.person.email.clone();
                known.person.email = known.person.other_email(&mut self.rng);
                (
                    "EmailChanged",
                    json!({ "old": old, "new": known.person.email }),
                )
            }
            Change::Address => {
                let old = known.person.address.clone();
                known.person.address = Address::any(&mut self.rng);
                (
                    "AddressChanged",
                    json!({ "old": old, "new": known.person.address }),
                )
            }
            Change::Newsletter => {
                let old = known.newsletter;
                known.newsletter = !old;
                ("NewsletterChanged", json!({ "old": old, "new": !old }))
            }
        };
        let trail = self.journal.start(at);
        self.record_customer(at, customer, &trail, event_type, data);
    }

    fn record_customer(
        &mut self,
        at: Timestamp,
        customer: usize,
        trail: &Trail,
        event_type: &'static str,
        data: Value,
    ) {
        let draft = Draft::new(
            "customer",
            stream(customer),
            event_type,
            "customer-service",
            data,
        );
        self.record(at, trail, draft);
    }
}
