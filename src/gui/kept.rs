//! What views keep of themselves from one run to the next: widths, orders, choices. Each under a name
//! of its own in the settings; nothing here draws.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::command::{Command, Outbox};
use super::model::Model;

/// Something of a view that outlives it.
#[derive(Debug)]
pub(in crate::gui) struct Kept<T> {
    name: &'static str,
    /// What the view works with.
    pub value: T,
    /// What the settings have; none before they were asked.
    settings: Option<T>,
}

impl<T: Clone + PartialEq + Default + Serialize + DeserializeOwned> Kept<T> {
    /// Kept under `name`.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            value: T::default(),
            settings: None,
        }
    }

    /// Takes up what was kept; to be called before it is used. Something the first time, when there is
    /// anything to take up.
    pub fn begin(&mut self, model: &Model) -> Option<&T> {
        if self.settings.is_some() {
            return None;
        }
        let kept = model.settings.window.views.get(self.name);
        // What another version wrote may be of no use: then the view begins anew.
        let kept: Option<T> = kept.and_then(|kept| serde_json::from_value(kept.clone()).ok());
        let found = kept.is_some();
        self.value = kept.unwrap_or_default();
        self.settings = Some(self.value.clone());
        found.then_some(&self.value)
    }

    /// Keeps the value where it is another than before. To be called when the view has been drawn; while
    /// something is being dragged it waits.
    pub fn end(&mut self, ui: &egui::Ui, outbox: &mut Outbox) {
        let Some(before) = &mut self.settings else {
            return;
        };
        if *before == self.value || ui.input(|input| input.pointer.any_down()) {
            return;
        }
        before.clone_from(&self.value);
        if let Ok(value) = serde_json::to_value(&self.value) {
            outbox.send(Command::KeepView(self.name, value));
        }
    }
}
