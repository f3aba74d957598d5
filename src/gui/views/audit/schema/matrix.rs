//! The schema of a type: fields down, versions across, and what changed at the last step.

use egui::{Align, Align2, Color32, Layout, Rect, Ui, pos2, vec2};

use super::steps::draft;
use crate::analysis::audit::Finding;
use crate::analysis::schema::{
    Change, ChangeKind, Compatibility, Field, SchemaReport, TypeSchema, VersionSchema, json_schema,
};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::widgets::{Button, PaneHead, Pill, paint_line};
use crate::model::time::{Style, Zone};
use crate::render::grouped;

/// Rules whose findings are about the schema of a type.
const ABOUT_SCHEMA: [&str; 7] = [
    "schema-incompatible",
    "schema-breaking-step",
    "schema-mixed-types",
    "schema-registry-disagrees",
    "no-schema-strategy",
    "personal-data",
    "payload-not-json",
];
/// Versions that are shown beside a finding; the last ones.
const MOST: usize = 4;
/// The least room of a version.
const LEAST: f32 = 128.0;
const NAME: f32 = 190.0;
const CHANGE: f32 = 230.0;
/// The most room of a version: what changed stands beside what it was.
const MOST_WIDE: f32 = 260.0;

/// Draws it where the finding is about a schema; the type, where that is to be looked at closer.
pub(in crate::gui::views::audit) fn of_finding(
    ui: &mut Ui,
    schemas: &SchemaReport,
    finding: &Finding,
    zone: Zone,
    outbox: &mut Outbox,
) -> Option<String> {
    if !ABOUT_SCHEMA.contains(&finding.rule) {
        return None;
    }
    let name = finding
        .evidence
        .iter()
        .find_map(|evidence| evidence.event_type.as_deref());
    let kind = schemas
        .types
        .iter()
        .find(|kind| Some(kind.name.as_str()) == name)?;
    let title = format!("Schema of {}", kind.name);
    let mut closer = None;
    PaneHead::new(&title)
        .secondary(&inferred(kind))
        .show(ui, |ui| {
            copy_schema(ui, kind, kind.versions.last(), outbox);
            if let Some(step) = step_of(kind, finding) {
                draft(ui, kind, step, outbox);
            }
            let look = Button::ghost("Look closer").small();
            if ui.add(look).clicked() {
                closer = Some(kind.name.clone());
            }
        });
    let margin = egui::Margin::symmetric(sizes::PAD_TEXT as i8, 8);
    egui::Frame::NONE
        .inner_margin(margin)
        .show(ui, |ui| table(ui, kind, zone, MOST));
    closer
}

/// The versions between which a finding proves that readers break.
fn step_of<'s>(kind: &'s TypeSchema, finding: &Finding) -> Option<[&'s VersionSchema; 2]> {
    if !matches!(finding.rule, "schema-incompatible" | "schema-breaking-step") {
        return None;
    }
    let proves = |event| finding.evidence.iter().any(|own| own.event == Some(event));
    let mut versions = kind.versions.iter();
    let from = versions.clone().find(|version| proves(version.last))?;
    let to = versions.rfind(|version| proves(version.first))?;
    Some([from, to])
}

/// What the schema is made of.
pub(super) fn inferred(kind: &TypeSchema) -> String {
    let events: u64 = kind.versions.iter().map(|version| version.events).sum();
    format!(
        "inferred from {} payloads; bar: share that has the field",
        grouped(events)
    )
}

/// A button that copies a version as JSON Schema.
pub(super) fn copy_schema(
    ui: &mut Ui,
    kind: &TypeSchema,
    version: Option<&VersionSchema>,
    outbox: &mut Outbox,
) {
    let copy = Button::secondary("JSON Schema").icon(Icon::Copy).small();
    if ui.add(copy).clicked()
        && let Some(version) = version
    {
        let schema = json_schema(&kind.name, version);
        let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
        outbox.send(Command::Copy(text));
    }
}

/// Draws as many of the last versions as have room.
pub(super) fn fitting(ui: &mut Ui, kind: &TypeSchema, zone: Zone) {
    let room = ui.available_width() - NAME - CHANGE;
    let most = (room / LEAST).floor().max(2.0) as usize;
    if kind.versions.len() > most {
        let words = format!("The last {most} of {} versions", kind.versions.len());
        ui.label(Face::Secondary.text(words, ui.tokens().text2));
    }
    table(ui, kind, zone, most);
}

fn table(ui: &mut Ui, kind: &TypeSchema, zone: Zone, most: usize) {
    let first = kind.versions.len().saturating_sub(most);
    let versions = &kind.versions[first..];
    let verdicts = &kind.verdicts[first.min(kind.verdicts.len())..];
    let mut paths: Vec<&str> = versions
        .iter()
        .flat_map(|version| version.fields.iter().map(|field| field.path.as_str()))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    let width = (ui.available_width() - NAME - CHANGE).max(120.0) / versions.len().max(1) as f32;
    let width = width.min(MOST_WIDE);
    let columns = Columns {
        width,
        count: versions.len(),
    };
    heads(ui, kind, first, &columns, zone);
    for path in paths {
        let t = ui.tokens();
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), sizes::ROW_TREE));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let depth = path.matches('/').count().saturating_sub(1);
        let own = path.rsplit('/').next().unwrap_or(path);
        let label = match depth {
            0 => own.to_owned(),
            _ => format!(".{own}"),
        };
        let indent = depth as f32 * 12.0;
        let place = rect
            .with_min_x(rect.left() + indent)
            .with_max_x(rect.left() + NAME - 8.0);
        paint_line(
            ui.painter(),
            place,
            Align2::LEFT_CENTER,
            &label,
            Face::Code,
            t.text,
        );
        for (at, version) in versions.iter().enumerate() {
            let field = version.fields.iter().find(|field| field.path == path);
            let step = at.checked_sub(1).and_then(|step| verdicts.get(step));
            let change = step.and_then(|step| step.changes.iter().find(|own| own.path == path));
            cell(ui, columns.place(rect, at), field, change);
        }
        let last = verdicts.last();
        let change = last.and_then(|step| step.changes.iter().find(|own| own.path == path));
        if let Some(change) = change {
            let place = columns.change(rect);
            let (_, colour) = colours(ui, change.kind);
            let word = change.kind.name();
            let ink = paint_line(
                ui.painter(),
                place,
                Align2::LEFT_CENTER,
                word,
                Face::SecondaryStrong,
                colour,
            );
            let rest = place.with_min_x(ink.right() + 8.0);
            let text = said(change);
            paint_line(
                ui.painter(),
                rest,
                Align2::LEFT_CENTER,
                &text,
                Face::Secondary,
                t.text2,
            );
        }
    }
    feet(ui, kind, first, &columns);
}

/// Where the columns of versions stand.
struct Columns {
    width: f32,
    count: usize,
}

impl Columns {
    /// Behind them: what changed at the last step.
    fn change(&self, row: Rect) -> Rect {
        row.with_min_x(row.left() + NAME + self.width * self.count as f32 + 8.0)
    }

    fn place(&self, row: Rect, at: usize) -> Rect {
        let left = row.left() + NAME + self.width * at.min(self.count) as f32;
        Rect::from_min_max(
            pos2(left, row.top()),
            pos2(left + self.width - 6.0, row.bottom()),
        )
    }
}

fn heads(ui: &mut Ui, kind: &TypeSchema, first: usize, columns: &Columns, zone: Zone) {
    let t = ui.tokens();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 36.0));
    let name = rect.with_max_x(rect.left() + NAME);
    paint_line(
        ui.painter(),
        name,
        Align2::LEFT_CENTER,
        "Field",
        Face::Secondary,
        t.text3,
    );
    for (at, version) in kind.versions[first..].iter().enumerate() {
        let place = columns.place(rect, at);
        let since = version
            .from
            .map(|from| format!(" from {}", zone.format_bare(from, Style::Date)));
        let top = format!("v{}{}", version.version, since.unwrap_or_default());
        let upper = place.with_max_y(place.center().y);
        paint_line(
            ui.painter(),
            upper,
            Align2::LEFT_CENTER,
            &top,
            Face::CellStrong,
            t.text,
        );
        let lower = place.with_min_y(place.center().y);
        let events = format!("{} events", grouped(version.events));
        paint_line(
            ui.painter(),
            lower,
            Align2::LEFT_CENTER,
            &events,
            Face::Cell,
            t.text2,
        );
    }
    if !kind.verdicts.is_empty() {
        let place = columns.change(rect);
        let text = "Change at last step";
        paint_line(
            ui.painter(),
            place,
            Align2::LEFT_CENTER,
            text,
            Face::Secondary,
            t.text3,
        );
    }
    let line = t.border;
    ui.painter()
        .hline(rect.x_range(), rect.bottom(), (1.0, line));
}

fn cell(ui: &Ui, place: Rect, field: Option<&Field>, change: Option<&Change>) {
    let t = ui.tokens();
    let painter = ui.painter();
    let text = place.shrink2(vec2(6.0, 0.0));
    let mut colour = t.text2;
    if let Some(change) = change {
        let (ground, ink) = colours(ui, change.kind);
        painter.rect_filled(place.shrink2(vec2(0.0, 1.0)), sizes::RADIUS, ground);
        colour = ink;
    }
    let Some(field) = field else {
        if change.is_some() {
            paint_line(
                painter,
                text,
                Align2::LEFT_CENTER,
                "removed",
                Face::Cell,
                colour,
            );
        }
        return;
    };
    let bar = 48.0_f32.min(text.width() * 0.3);
    let words = text.with_max_x(text.right() - bar - 8.0);
    paint_line(
        painter,
        words,
        Align2::LEFT_CENTER,
        &field.words(),
        Face::Cell,
        colour,
    );
    let track = Rect::from_min_size(
        pos2(text.right() - bar, text.center().y - 2.0),
        vec2(bar, 4.0),
    );
    let share = track.with_max_x(track.left() + bar * field.presence as f32);
    painter.rect_filled(track, sizes::RADIUS_BAR, t.raised);
    painter.rect_filled(share, sizes::RADIUS_BAR, t.border2);
}

fn feet(ui: &mut Ui, kind: &TypeSchema, first: usize, columns: &Columns) {
    let t = ui.tokens();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 32.0));
    ui.painter()
        .hline(rect.x_range(), rect.top(), (1.0, t.border));
    let name = rect.with_max_x(rect.left() + NAME);
    paint_line(
        ui.painter(),
        name,
        Align2::LEFT_CENTER,
        "Compatible",
        Face::Secondary,
        t.text3,
    );
    for at in 0..columns.count {
        let place = columns.place(rect, at);
        let step = (first + at)
            .checked_sub(1)
            .and_then(|step| kind.verdicts.get(step));
        let Some(step) = step else {
            let text = "first version";
            paint_line(
                ui.painter(),
                place,
                Align2::LEFT_CENTER,
                text,
                Face::Cell,
                t.text2,
            );
            continue;
        };
        let tone = tone(step.verdict);
        let builder = egui::UiBuilder::new()
            .id_salt(at)
            .max_rect(place)
            .layout(Layout::left_to_right(Align::Center));
        ui.new_child(builder)
            .add(Pill::word(tone, step.verdict.name()));
    }
    let place = columns.change(rect);
    let text = format!("evolution strategy: {}", kind.strategy.name());
    paint_line(
        ui.painter(),
        place,
        Align2::LEFT_CENTER,
        &text,
        Face::Secondary,
        t.text2,
    );
}

/// The colour of a verdict.
pub(super) const fn tone(verdict: Compatibility) -> Tone {
    match verdict {
        Compatibility::Full => Tone::Ok,
        Compatibility::None => Tone::Error,
        Compatibility::Backward | Compatibility::Forward => Tone::Warning,
    }
}

/// From what to what, and why that is believed.
pub(super) fn said(change: &Change) -> String {
    match (&change.from, &change.to, &change.evidence) {
        (.., Some(evidence)) if change.kind == ChangeKind::Moved => evidence.clone(),
        (_, Some(to), Some(evidence)) => format!("{to}: {evidence}"),
        (Some(from), Some(to), None) => format!("{from} to {to}"),
        (None, Some(to), None) => to.clone(),
        (Some(from), None, _) => from.clone(),
        (None, ..) => String::new(),
    }
}

/// Ground and ink of a change.
pub(super) fn colours(ui: &Ui, kind: ChangeKind) -> (Color32, Color32) {
    let t = ui.tokens();
    match kind {
        ChangeKind::AddedRequired | ChangeKind::AddedOptional => (t.added_bg, t.added),
        ChangeKind::RemovedRequired | ChangeKind::RemovedOptional | ChangeKind::Retyped => {
            (t.removed_bg, t.removed)
        }
        _ => (t.changed_bg, t.changed),
    }
}
