//! What holds for all stores: looks, zone, the window's arrangement, recent files.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::RecentFiles;
use crate::model::time::Zone;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// Everything that is the user's rather than a store's. There is no clock among it: which clock
/// makes sense is a matter of the store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// The zone of times shown and typed, where a store has none of its own.
    pub zone: Zone,
    /// Whether the panel with frame times is shown.
    pub debug_panel: bool,
    /// How the window is arranged.
    pub window: Window,
    /// Files opened last.
    pub recent: RecentFiles,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub extra: toml::Table,
}

/// How the window is arranged. None stands for the window's own choice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// The view shown, by its name for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// Width of the inspector in points.
    #[serde(deserialize_with = "points", skip_serializing_if = "Option::is_none")]
    pub inspector_width: Option<f32>,
    /// Height of the time panel in points.
    #[serde(deserialize_with = "points", skip_serializing_if = "Option::is_none")]
    pub time_panel_height: Option<f32>,
    /// The columns shown, in order, by the name of their table.
    pub columns: BTreeMap<String, Vec<String>>,
    /// What views keep for themselves, by the view's name.
    #[serde(with = "as_text")]
    pub views: BTreeMap<String, serde_json::Value>,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub extra: toml::Table,
}

/// A length that a window can have; anything else is as if it had not been written.
fn points<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f32>, D::Error> {
    let length = Option::<f32>::deserialize(deserializer)?;
    Ok(length.filter(|points| (1.0..=10_000.0).contains(points)))
}

/// JSON values as text: TOML has no null, and would not keep the digits of numbers.
mod as_text {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::Value;

    pub(super) fn serialize<S: Serializer>(
        values: &BTreeMap<String, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, value)| (name, value.to_string())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Value>, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let values = texts.into_iter().map(|(name, text)| {
            let value = serde_json::from_str(&text).map_err(serde::de::Error::custom)?;
            Ok((name, value))
        });
        values.collect()
    }
}
