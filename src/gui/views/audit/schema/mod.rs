//! The page of schemas: event types at the left; the chosen one at the right, its fields by version or over
//! time, who can read what at each step, what differs between any two versions, and what a registry says
//! otherwise.

pub(super) mod matrix;
mod over_time;
mod steps;

use egui::{CentralPanel, Frame, Margin, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use crate::analysis::schema::{
    Compatibility, SchemaReport, TypeSchema, VersionSchema, json_schema,
};
use crate::gui::command::Outbox;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::widgets::{
    EmptyState, PaneHead, Segments, Side, SidePane, StatusShape, focus_ring, paint_line,
    paint_status,
};
use crate::render::grouped;

/// Room for the types, where nobody made another.
const LIST: f32 = 300.0;

/// How fields are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Across {
    #[default]
    Version,
    Time,
}

/// Which types are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Listed {
    #[default]
    All,
    Changed,
}

/// The page.
#[derive(Debug, Default)]
pub(super) struct Schema {
    /// The type that is looked at.
    chosen: Option<String>,
    across: Across,
    listed: Listed,
    width: Option<f32>,
    /// The type that the list was last scrolled to.
    in_sight: Option<String>,
    /// Two versions of the type, by name: what differs between them is told.
    pair: Option<(String, String)>,
}

impl Schema {
    /// Looks at a type.
    pub fn choose(&mut self, name: &str) {
        if self.chosen.as_deref() != Some(name) {
            self.chosen = Some(name.to_owned());
            self.pair = None;
        }
    }

    /// The type that is looked at.
    pub fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// What is exported: the version that is looked at, as JSON Schema.
    pub fn exported(&self, schemas: &SchemaReport) -> Option<(String, serde_json::Value)> {
        let kind = self.kind(schemas)?;
        let version = self.later(kind)?;
        let name = format!("{} {}", kind.name, version.version);
        Some((name, json_schema(&kind.name, version)))
    }

    /// The type that is looked at; where nobody chose, the first that changed so that readers break.
    fn kind<'s>(&self, schemas: &'s SchemaReport) -> Option<&'s TypeSchema> {
        let all = &schemas.types;
        let chosen = all
            .iter()
            .find(|kind| Some(&kind.name) == self.chosen.as_ref());
        let breaks = |kind: &&TypeSchema| kind.verdicts.iter().any(|step| !step.full);
        let changed = || all.iter().find(|kind| kind.versions.len() > 1);
        let worst = || all.iter().find(breaks).or_else(changed);
        chosen.or_else(worst).or_else(|| all.first())
    }

    /// The later one of the two versions.
    fn later<'s>(&self, kind: &'s TypeSchema) -> Option<&'s VersionSchema> {
        let name = self.pair.as_ref().map(|(_, later)| later);
        let own = kind.versions.iter().find(|own| Some(&own.version) == name);
        own.or(kind.versions.last())
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        schemas: &SchemaReport,
        outbox: &mut Outbox,
    ) {
        let Some(kind) = self.kind(schemas) else {
            let sentence = match session.log.is_empty() {
                true => "This store holds no events",
                false => "No payload is known at the cursor",
            };
            EmptyState::new(Icon::Audit, sentence).show(ui);
            return;
        };
        let room = ui.max_rect().width();
        let mut width = self.width;
        SidePane::new("event types", Side::Left, &mut width, LIST)
            .range(200.0, (room - 400.0).max(200.0))
            .show(ui, |ui| self.list(ui, schemas, kind));
        self.width = width;
        CentralPanel::no_frame().show(ui, |ui| self.detail(ui, model, session, kind, outbox));
    }

    fn list(&mut self, ui: &mut Ui, schemas: &SchemaReport, looked_at: &TypeSchema) {
        PaneHead::new("Event types").show(ui, |ui| {
            Segments::new("Event types listed", &mut self.listed)
                .option(Listed::All, "All")
                .option(Listed::Changed, "Changed")
                .show(ui);
        });
        let listed = self.listed;
        let all = schemas.types.iter();
        let all = all.filter(|kind| listed == Listed::All || is_marked(kind));
        let all: Vec<&TypeSchema> = all.collect();
        if all.is_empty() {
            EmptyState::new(
                Icon::Check,
                "No type has changed at the cursor, nor differs from a registry",
            )
            .show(ui);
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().id_salt("types").auto_shrink(false);
        // Where it was not clicked here, it may stand out of sight.
        if self.in_sight.as_ref() != Some(&looked_at.name) {
            self.in_sight = Some(looked_at.name.clone());
            let at = all.iter().position(|kind| kind.name == looked_at.name);
            let middle = (ui.available_height() - sizes::ROW_FINDING) / 2.0;
            let above = at.map(|at| at as f32 * sizes::ROW_FINDING - middle);
            area = area.vertical_scroll_offset(above.unwrap_or(0.0).max(0.0));
        }
        area.show_rows(ui, sizes::ROW_FINDING, all.len(), |ui, rows| {
            for kind in &all[rows] {
                if row(ui, kind, looked_at) {
                    self.choose(&kind.name);
                    self.in_sight = Some(kind.name.clone());
                }
            }
        });
    }

    fn detail(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        kind: &TypeSchema,
        outbox: &mut Outbox,
    ) {
        let title = format!("Schema of {}", kind.name);
        let across = &mut self.across;
        PaneHead::new(&title)
            .secondary(&matrix::inferred(kind))
            .show(ui, |ui| {
                matrix::copy_schema(ui, kind, kind.versions.last(), outbox);
                Segments::new("Fields by", across)
                    .option(Across::Version, "By version")
                    .option(Across::Time, "By time")
                    .show(ui);
            });
        let across = *across;
        let area = ScrollArea::vertical().id_salt("schema").auto_shrink(false);
        area.show(ui, |ui| {
            let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 8);
            Frame::NONE.inner_margin(margin).show(ui, |ui| {
                match across {
                    Across::Version => matrix::fitting(ui, kind, model.zone()),
                    Across::Time => over_time::show(ui, model, kind),
                }
                self.steps(ui, kind);
                self.difference(ui, kind, outbox);
                steps::mixed(ui, &session.log, kind, outbox);
                steps::registry(ui, kind);
            });
        });
    }
}

/// Whether a type has changed, or is another than a registry says.
fn is_marked(kind: &TypeSchema) -> bool {
    kind.versions.len() > 1 || !kind.registry.is_empty()
}

/// The least that holds of all steps: who can read what.
fn worst(kind: &TypeSchema) -> Option<Compatibility> {
    if kind.verdicts.is_empty() {
        return None;
    }
    let mut all = kind.verdicts.iter().map(|step| step.transitive);
    let backward = all.clone().all(Compatibility::is_backward);
    let forward = all.all(Compatibility::is_forward);
    Some(match (backward, forward) {
        (true, true) => Compatibility::Full,
        (true, false) => Compatibility::Backward,
        (false, true) => Compatibility::Forward,
        (false, false) => Compatibility::None,
    })
}

/// A type, beside the chosen one; whether it was clicked.
fn row(ui: &mut Ui, kind: &TypeSchema, chosen: &TypeSchema) -> bool {
    let is_chosen = kind.name == chosen.name;
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::ROW_FINDING);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        egui::WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, &kind.name)
    });
    if is_chosen {
        ui.painter().rect_filled(rect, 0.0, t.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let inner = rect.shrink2(vec2(sizes::PAD, 0.0));
    let painter = ui.painter();
    let right = egui::Align2::RIGHT_CENTER;
    let verdict = worst(kind);
    let differs = !kind.registry.is_empty();
    let words = match verdict {
        None if differs => "1 version, registry differs".to_owned(),
        None => "1 version".to_owned(),
        Some(verdict) => format!(
            "{} versions, {}",
            grouped(kind.versions.len() as u64),
            verdict.name()
        ),
    };
    let colour = match verdict {
        Some(verdict) => t.tone(matrix::tone(verdict)),
        None if differs => t.tone(Tone::Warning),
        None => t.text2,
    };
    let ink = paint_line(painter, inner, right, &words, Face::Secondary, colour);
    // Never by colour alone.
    let shape = match verdict {
        Some(Compatibility::Full) => Some(StatusShape::Disc),
        Some(Compatibility::None) => Some(StatusShape::Cross),
        Some(Compatibility::Backward) => Some(StatusShape::TriangleLeft),
        Some(Compatibility::Forward) => Some(StatusShape::TriangleRight),
        None => differs.then_some(StatusShape::TriangleUp),
    };
    if let Some(shape) = shape {
        let place =
            Rect::from_center_size(pos2(ink.left() - 10.0, inner.center().y), vec2(8.0, 8.0));
        paint_status(painter, place, shape, colour);
    }
    let face = if is_chosen {
        Face::BodyStrong
    } else {
        Face::Body
    };
    let name = inner.with_max_x(ink.left() - 20.0);
    paint_line(
        painter,
        name,
        egui::Align2::LEFT_CENTER,
        &kind.name,
        face,
        t.text,
    );
    focus_ring(ui, &response);
    response.clicked()
}
