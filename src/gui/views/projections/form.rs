//! A built-in projection as a form: what is done, with which events, told apart by what.

use egui::{Align, Label, Layout, Popup, Ui, vec2};

use crate::analysis::projection::{BuiltIn, Fold, Key};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Button, TextField, menu_content, menu_item};
use crate::log::Log;

/// What a new one begins with.
pub(super) const NEW: &str = "{\n  \"fold\": \"counts\",\n  \"by\": \"type\"\n}\n";

/// Room for the names of what is filled in.
const LABELS: f32 = 112.0;

/// Names offered in a menu.
const OFFERED: usize = 40;

/// What is being typed, until it makes sense.
#[derive(Default)]
pub(super) struct Form {
    of: String,
    built_in: Option<BuiltIn>,
    types: String,
    opened: String,
    closed: String,
    field: String,
    key: String,
}

/// The folds by their names for people.
const FOLDS: [(&str, &str); 5] = [
    ("merge", "Merge payloads"),
    ("latest", "Latest event"),
    ("counts", "Count events"),
    ("figures", "Sum, least, greatest, average"),
    ("open", "Open items: seen one, not yet the other"),
];

/// What events can be told apart by.
const KEYS: [(&str, &str); 4] = [
    ("stream", "stream"),
    ("category", "category"),
    ("type", "event type"),
    ("all", "nothing: one result"),
];

impl Form {
    /// Draws it; the text that says what is filled in, where that has changed.
    pub fn show(&mut self, ui: &mut Ui, text: &str, log: &Log) -> Option<String> {
        if self.of != text {
            self.take(text);
        }
        let mut built_in = self.built_in.clone()?;
        ui.spacing_mut().item_spacing.y = 10.0;
        let margin = egui::Margin::symmetric(sizes::PAD as i8, 4);
        egui::Frame::NONE.inner_margin(margin).show(ui, |ui| {
            self.fold(ui, &mut built_in);
            self.from(ui, &mut built_in, log);
            self.details(ui, &mut built_in, log);
        });
        if Some(&built_in) == self.built_in.as_ref() {
            return None;
        }
        let text = serde_json::to_string_pretty(&built_in).ok()? + "\n";
        self.built_in = Some(built_in);
        self.of.clone_from(&text);
        Some(text)
    }

    fn take(&mut self, text: &str) {
        text.clone_into(&mut self.of);
        self.built_in = serde_json::from_str(text).ok();
        let Some(built_in) = &self.built_in else {
            return;
        };
        self.types = built_in.types.join(", ");
        if let Fold::Open { opened, closed, .. } = &built_in.fold {
            self.opened = opened.join(", ");
            self.closed = closed.join(", ");
        }
        if let Fold::Figures { field, .. } = &built_in.fold {
            self.field.clone_from(field);
        }
        if let Some(Key::Field(pointer)) = key(&built_in.fold) {
            self.key.clone_from(pointer);
        }
    }

    fn fold(&mut self, ui: &mut Ui, built_in: &mut BuiltIn) {
        let now = name_of(&built_in.fold);
        let words = FOLDS
            .iter()
            .find(|(name, _)| *name == now)
            .map_or("", |(_, words)| words);
        line(ui, "What is done", |ui| {
            choose(ui, "What is done", words, |ui| {
                for (name, words) in FOLDS {
                    if menu_item(ui, words).clicked() {
                        built_in.fold = fold(name, key(&built_in.fold).cloned(), self);
                    }
                }
            });
        });
    }

    fn from(&mut self, ui: &mut Ui, built_in: &mut BuiltIn, log: &Log) {
        let words = match (built_in.from.kind.as_str(), built_in.from.names.as_slice()) {
            ("categories", [one]) => format!("category {one}"),
            ("streams", [one]) => format!("stream {one}"),
            ("categories" | "streams", several) => several.join(", "),
            _ => "all events".to_owned(),
        };
        line(ui, "Of", |ui| {
            choose(ui, "Of which events", &words, |ui| {
                if menu_item(ui, "all events").clicked() {
                    built_in.from = Default::default();
                }
                for name in log.categories().iter().take(OFFERED) {
                    if menu_item(ui, format!("category {name}")).clicked() {
                        "categories".clone_into(&mut built_in.from.kind);
                        built_in.from.names = vec![name.to_owned()];
                    }
                }
            });
        });
    }

    fn details(&mut self, ui: &mut Ui, built_in: &mut BuiltIn, log: &Log) {
        match &mut built_in.fold {
            Fold::Open { opened, closed, .. } => {
                types(ui, "Opened by", (&mut self.opened, opened), log);
                types(ui, "Closed by", (&mut self.closed, closed), log);
            }
            Fold::Figures { field, .. } => {
                types(
                    ui,
                    "Event types",
                    (&mut self.types, &mut built_in.types),
                    log,
                );
                line(ui, "Number", |ui| {
                    let edit = TextField::new("Number", &mut self.field).hint("amount, or /a/b");
                    if ui.add(edit.mono().small()).changed() {
                        self.field.trim().clone_into(field);
                    }
                });
            }
            _ => types(
                ui,
                "Event types",
                (&mut self.types, &mut built_in.types),
                log,
            ),
        }
        self.key(ui, built_in);
    }

    fn key(&mut self, ui: &mut Ui, built_in: &mut BuiltIn) {
        let Some(now) = key_mut(&mut built_in.fold) else {
            return;
        };
        let name = String::from(now.clone());
        let words = KEYS
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, words)| *words);
        let words = words.unwrap_or("a field of the payload");
        line(ui, "Told apart by", |ui| {
            choose(ui, "Told apart by", words, |ui| {
                for (key, words) in KEYS {
                    if menu_item(ui, words).clicked() {
                        *now = Key::from(key.to_owned());
                    }
                }
                if menu_item(ui, "a field of the payload").clicked() {
                    *now = Key::Field(self.key.clone());
                }
            });
        });
        if let Key::Field(pointer) = now {
            line(ui, "Field", |ui| {
                let edit = TextField::new("Field", &mut self.key).hint("customer_id, or /a/b");
                if ui.add(edit.mono().small()).changed() {
                    let typed = self.key.trim();
                    *pointer = match typed.starts_with('/') || typed.is_empty() {
                        true => typed.to_owned(),
                        false => format!("/{typed}"),
                    };
                }
            });
        }
    }
}

fn name_of(fold: &Fold) -> &'static str {
    match fold {
        Fold::Merge => "merge",
        Fold::Latest { .. } => "latest",
        Fold::Counts { .. } => "counts",
        Fold::Figures { .. } => "figures",
        Fold::Open { .. } => "open",
    }
}

/// The fold of that name, with what was filled in before.
fn fold(name: &str, by: Option<Key>, form: &Form) -> Fold {
    let by = by.unwrap_or_default();
    match name {
        "latest" => Fold::Latest { by },
        "counts" => Fold::Counts { by },
        "figures" => Fold::Figures {
            field: form.field.trim().to_owned(),
            by,
        },
        "open" => Fold::Open {
            opened: listed(&form.opened),
            closed: listed(&form.closed),
            by,
        },
        _ => Fold::Merge,
    }
}

const fn key(fold: &Fold) -> Option<&Key> {
    match fold {
        Fold::Merge => None,
        Fold::Latest { by }
        | Fold::Counts { by }
        | Fold::Figures { by, .. }
        | Fold::Open { by, .. } => Some(by),
    }
}

const fn key_mut(fold: &mut Fold) -> Option<&mut Key> {
    match fold {
        Fold::Merge => None,
        Fold::Latest { by }
        | Fold::Counts { by }
        | Fold::Figures { by, .. }
        | Fold::Open { by, .. } => Some(by),
    }
}

/// A list as people type it.
fn listed(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A list of event types, typed or chosen.
fn types(ui: &mut Ui, name: &str, (typed, types): (&mut String, &mut Vec<String>), log: &Log) {
    line(ui, name, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            choose(ui, &format!("Add to {name}"), "Add", |ui| {
                for event_type in log.types().iter().take(OFFERED) {
                    if menu_item(ui, event_type).clicked() {
                        let more = !typed.trim().is_empty();
                        let before = typed.trim().trim_end_matches(',').to_owned();
                        *typed = match more {
                            true => format!("{before}, {event_type}"),
                            false => event_type.to_owned(),
                        };
                    }
                }
            });
            ui.add(TextField::new(name, typed).hint("all").small());
            *types = listed(typed);
        });
    });
}

fn line(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let t = ui.tokens();
    ui.horizontal(|ui| {
        let height = sizes::BUTTON_SMALL;
        let label = Label::new(Face::Dense.text(name, t.text2)).truncate();
        let layout = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(vec2(LABELS, height), layout, |ui| {
            ui.set_min_width(LABELS);
            ui.add(label);
        });
        content(ui);
    });
}

fn choose(ui: &mut Ui, name: &str, words: &str, content: impl FnOnce(&mut Ui)) {
    let button = ui.add(Button::secondary(words).small().menu().name(name));
    Popup::menu(&button).show(|ui| menu_content(ui, content));
}
