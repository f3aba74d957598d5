//! The settings: looks, zone, clock, and where all this is kept. Each choice is a command and takes
//! effect at once; there is nothing to apply.

use chrono_tz::{TZ_VARIANTS, Tz};
use egui::{Key, Margin, ScrollArea, Ui, vec2};

use super::{Stays, head, modal};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Link, Segments, TextField};
use crate::log::Clock;
use crate::model::time::{Style, Zone};
use crate::workspace::Theme;

/// What is being typed to find a zone.
#[derive(Default)]
pub(super) struct Settings {
    zone: String,
    /// The list of zones is open though none of them is chosen yet.
    naming: Option<Naming>,
    /// The chosen zone that the list was scrolled to.
    in_view: Option<Zone>,
}

/// Whether the field to find a zone was shown already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    Begun,
    Going,
}

const NAME: f32 = 120.0;
const LIST: f32 = 168.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ZoneKind {
    Utc,
    Local,
    Named,
}

impl Settings {
    pub fn show(&mut self, ui: &Ui, model: &Model, outbox: &mut Outbox) -> Stays {
        modal(ui, "Settings", 560.0, |ui| {
            let stays = head(ui, "Settings", "");
            let margin = Margin::symmetric(16, 12);
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 12.0;
                theme(ui, model, outbox);
                self.zone(ui, model, outbox);
                clock(ui, model, outbox);
                kept(ui, model, outbox);
            });
            stays
        })
    }

    fn zone(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let zone = model.zone();
        let mut kind = match zone {
            _ if self.naming.is_some() => ZoneKind::Named,
            Zone::Utc => ZoneKind::Utc,
            Zone::Local => ZoneKind::Local,
            Zone::Named(_) => ZoneKind::Named,
        };
        line(ui, "Zone of times", |ui| {
            let changed = Segments::new("Zone of times", &mut kind)
                .option(ZoneKind::Utc, "UTC")
                .option(ZoneKind::Local, "Local")
                .option(ZoneKind::Named, "Named…")
                .show(ui)
                .changed();
            if changed {
                self.naming = (kind == ZoneKind::Named).then_some(Naming::Begun);
                match kind {
                    ZoneKind::Utc => outbox.send(Command::SetZone(Zone::Utc)),
                    ZoneKind::Local => outbox.send(Command::SetZone(Zone::Local)),
                    ZoneKind::Named => {}
                }
            }
        });
        line(ui, "", |ui| {
            let now = zone.format(model.now, Style::Seconds);
            let text = match zone {
                Zone::Utc => format!("Now it is {now}"),
                zone => format!("Now it is {now} ({zone})"),
            };
            words(ui, &text);
        });
        if kind == ZoneKind::Named {
            line(ui, "", |ui| {
                ui.vertical(|ui| self.names(ui, zone, outbox));
            });
        }
    }

    fn names(&mut self, ui: &mut Ui, zone: Zone, outbox: &mut Outbox) {
        ui.spacing_mut().item_spacing.y = 4.0;
        let field = TextField::new("Find a zone", &mut self.zone)
            .icon(Icon::Search)
            .hint("Berlin, America/New York…");
        let response = ui.add(field);
        if self.naming == Some(Naming::Begun) {
            self.naming = Some(Naming::Going);
            response.request_focus();
        }
        let wanted = self.zone.trim().to_lowercase().replace(' ', "_");
        let fits = |tz: &&Tz| tz.name().to_lowercase().contains(&wanted);
        let zones: Vec<Tz> = TZ_VARIANTS.iter().filter(fits).copied().collect();
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if entered && !wanted.is_empty() {
            let named = |tz: &&Tz| tz.name().to_lowercase() == wanted;
            if let Some(tz) = zones.iter().find(named).or(zones.first()) {
                self.choose(*tz, outbox);
            }
        }
        if zones.is_empty() {
            let text = "No zone of the IANA database has this in its name";
            ui.label(Face::Dense.text(text, ui.tokens().text2));
            return;
        }
        let mut area = ScrollArea::vertical()
            .max_height(LIST)
            .auto_shrink([false, true]);
        // The one that is chosen is brought into view once.
        let chosen = zones.iter().position(|tz| zone == Zone::Named(*tz));
        if let Some(row) = chosen.filter(|_| wanted.is_empty() && self.in_view != Some(zone)) {
            self.in_view = Some(zone);
            let row_height = sizes::ROW_TABLE + ui.spacing().item_spacing.y;
            area = area.vertical_scroll_offset((row as f32 - 2.0).max(0.0) * row_height);
        }
        area.show_rows(ui, sizes::ROW_TABLE, zones.len(), |ui, range| {
            for tz in &zones[range] {
                let on = zone == Zone::Named(*tz);
                let size = vec2(ui.available_width(), sizes::ROW_TABLE);
                let button = egui::Button::selectable(on, tz.name()).min_size(size);
                if ui.add(button).clicked() {
                    self.choose(*tz, outbox);
                }
            }
        });
    }

    fn choose(&mut self, tz: Tz, outbox: &mut Outbox) {
        self.naming = None;
        self.zone.clear();
        outbox.send(Command::SetZone(Zone::Named(tz)));
    }
}

fn theme(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let mut theme = model.settings.theme;
    line(ui, "Theme", |ui| {
        let changed = Segments::new("Theme", &mut theme)
            .option(Theme::System, "As the system")
            .option(Theme::Dark, "Dark")
            .option(Theme::Light, "Light")
            .show(ui)
            .changed();
        if changed {
            outbox.send(Command::SetTheme(theme));
        }
    });
}

fn clock(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let Some(log) = model.log() else { return };
    let has = |clock| log.has_clock(clock);
    line(ui, "Clock", |ui| {
        match (has(Clock::Recorded), has(Clock::Occurred)) {
            (true, true) => {
                let mut clock = model.clock();
                let changed = Segments::new("Clock", &mut clock)
                    .option(Clock::Recorded, "Recorded time")
                    .option(Clock::Occurred, "Occurred time")
                    .show(ui)
                    .changed();
                if changed {
                    outbox.send(Command::SetClock(clock));
                }
            }
            (recorded, occurred) => {
                let held = match (recorded, occurred) {
                    (true, _) => "Recorded time; this store holds no other",
                    (_, true) => "Occurred time; this store holds no other",
                    _ => "This store holds no times, only positions",
                };
                words(ui, held);
            }
        }
    });
}

fn kept(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let t = ui.tokens();
    line(ui, "Kept in", |ui| match &model.workspace.settings_file() {
        None => {
            words(ui, "Nowhere: no folder was given");
        }
        Some(file) => {
            let path = file.display().to_string();
            let size = vec2(ui.available_width(), sizes::BUTTON_SMALL);
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.allocate_ui_with_layout(size, layout, |ui| {
                if ui.add(Link::new("Copy").face(Face::Dense)).clicked() {
                    outbox.send(Command::Copy(path.clone()));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let text = Face::Code.text(&path, t.text2);
                    ui.add(egui::Label::new(text).truncate())
                        .on_hover_text(&path);
                });
            });
        }
    });
    line(ui, "", |ui| {
        let text =
            "Mappings, zones and bookmarks of a store are kept there too, never beside the store";
        ui.add(egui::Label::new(Face::Secondary.text(text, t.text2)).wrap());
    });
}

/// Words as high as a control.
fn words(ui: &mut Ui, text: &str) {
    let size = vec2(ui.available_width(), sizes::BUTTON_SMALL);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.label(Face::Dense.text(text, ui.tokens().text2));
    });
}

/// A setting's name with its control.
fn line(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.allocate_ui_with_layout(
            vec2(NAME, sizes::BUTTON_SMALL),
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_width(NAME);
                if !name.is_empty() {
                    ui.label(Face::Dense.text(name, ui.tokens().text2));
                }
            },
        );
        control(ui);
    });
}
