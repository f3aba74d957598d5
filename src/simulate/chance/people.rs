//! Made-up people and where they live, each known by a number: nothing has to be remembered of them.

use std::fmt;

use super::{Rng, Seed};

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

/// The `n`th person: the first few hundred have names of their own. Shows the whole name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person(pub u64);

/// Where somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub number: i64,
    pub street: &'static str,
    pub postcode: &'static str,
    pub city: &'static str,
    pub country: &'static str,
}

impl Person {
    pub const fn given(self) -> &'static str {
        // 7 and 24 have no common divisor, so the pairs repeat only after 24 x 24 people.
        GIVEN[(self.0 % 24 * 7 % 24) as usize]
    }

    pub const fn family(self) -> &'static str {
        FAMILY[((self.0 % 24 * 5 + self.0 / 24) % 24) as usize]
    }

    /// The first letter and the family name, in small letters: `aalmeida`.
    pub fn short(self) -> String {
        format!("{}{}", &self.given()[..1], self.family()).to_lowercase()
    }

    /// Where they live after so many moves.
    pub fn address(self, moves: u64) -> Address {
        let mut rng = Rng::new(Seed(self.0 * 31 + moves).of(0xadd7));
        let &(postcode, city, country) = rng.pick(&CITIES);
        Address {
            number: rng.between(1, 96),
            street: rng.pick::<&str>(&STREETS),
            postcode,
            city,
            country,
        }
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.given(), self.family())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_people_have_names_of_their_own() {
        let names: std::collections::HashSet<_> =
            (0..24 * 24).map(|n| Person(n).to_string()).collect();
        assert_eq!(names.len(), 24 * 24);
    }

    #[test]
    fn people_stay_where_they_live_until_they_move() {
        assert_eq!(Person(7).address(0), Person(7).address(0));
        assert_ne!(Person(7).address(0), Person(7).address(1));
    }
}
