//! Made-up people and addresses. Mail domains are the reserved ones of RFC 2606.

use serde::Serialize;

use super::rng::Rng;

const GIVEN: [&str; 24] = [
    "Ada", "Amir", "Bruno", "Carla", "Chen", "Dana", "Elif", "Emil", "Farah", "Greta", "Hugo",
    "Ines", "Jonas", "Kaja", "Lena", "Malik", "Nora", "Oskar", "Paula", "Ravi", "Sofia", "Tomas",
    "Uma", "Yara",
];
const FAMILY: [&str; 24] = [
    "Almeida",
    "Bauer",
    "Costa",
    "Demir",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ivanova",
    "Jensen",
    "Kaya",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Peeters",
    "Quinn",
    "Rossi",
    "Silva",
    "Takahashi",
    "Urban",
    "Vogel",
    "Weber",
    "Zhang",
];
const STREETS: [&str; 12] = [
    "Birch Lane",
    "Canal Street",
    "Harbour Road",
    "Hill Road",
    "Linden Avenue",
    "Market Square",
    "Mill Street",
    "Orchard Way",
    "School Street",
    "Station Road",
    "Tower Lane",
    "West Quay",
];
const CITIES: [(&str, &str, &str); 10] = [
    ("10115", "Berlin", "DE"),
    ("20095", "Hamburg", "DE"),
    ("80331", "München", "DE"),
    ("1010", "Wien", "AT"),
    ("1012", "Amsterdam", "NL"),
    ("2000", "Antwerpen", "BE"),
    ("1050", "København", "DK"),
    ("21119", "Malmö", "SE"),
    ("00-001", "Warszawa", "PL"),
    ("69001", "Lyon", "FR"),
];

/// Where somebody lives.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Address {
    street: String,
    postcode: &'static str,
    city: &'static str,
    country: &'static str,
}

/// Somebody who buys or saves.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub name: String,
    pub email: String,
    pub address: Address,
}

impl Address {
    pub(super) fn any(rng: &mut Rng) -> Self {
        let street = format!("{} {}", rng.pick(&STREETS), rng.between(1, 96));
        let &(postcode, city, country) = rng.pick(&CITIES);
        Self {
            street,
            postcode,
            city,
            country,
        }
    }
}

impl Person {
    /// The `nth` person; the first few hundred have names of their own.
    pub(super) fn nth(nth: usize, rng: &mut Rng) -> Self {
        // 7 and 24 have no common divisor, so the pairs repeat only after 24 x 24 people.
        let given = GIVEN[nth * 7 % GIVEN.len()];
        let family = FAMILY[(nth * 5 + nth / GIVEN.len()) % FAMILY.len()];
        let email = format!("{given}.{family}@example.com").to_lowercase();
        Self {
            name: format!("{given} {family}"),
            email,
            address: Address::any(rng),
        }
    }

    /// Another mail address of the same person.
    pub(super) fn other_email(&self, rng: &mut Rng) -> String {
        let local = self.email.split('@').next().unwrap_or("mail");
        format!("{local}{}@example.org", rng.between(1, 99))
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Seed;
    use super::*;

    #[test]
    fn the_first_people_have_names_of_their_own() {
        let mut rng = Rng::new(Seed(1));
        let names: std::collections::HashSet<_> = (0..GIVEN.len() * FAMILY.len())
            .map(|nth| Person::nth(nth, &mut rng).name)
            .collect();
        assert_eq!(names.len(), GIVEN.len() * FAMILY.len());
    }
}
