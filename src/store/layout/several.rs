//! What may be written once or several times: `[events]` or `[[events]]`.

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Events;

/// One or several of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Either<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a table, or an array of tables")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let one = T::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Several(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Several)
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

impl<T: Serialize> Serialize for Several<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [one] => one.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

/// The first source, which holds the others.
pub(super) fn read_events<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Events, D::Error> {
    let Several(mut all) = Several::<Events>::deserialize(deserializer)?;
    if all.is_empty() {
        return Err(serde::de::Error::custom("there is no source of events"));
    }
    let mut first = all.remove(0);
    first.further = all;
    Ok(first)
}

/// As they were read.
pub(super) fn write_events<S: Serializer>(
    first: &Events,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match &first.further[..] {
        [] => first.serialize(serializer),
        further => {
            let all: Vec<&Events> = std::iter::once(first).chain(further).collect();
            all.serialize(serializer)
        }
    }
}
