//! Fields over time: a bar for each version from its first event to its last, and below it a row for each
//! field with a stretch for each version that has it. Where two versions were written side by side, their
//! bars overlap.

use egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::matrix::colours;
use crate::analysis::schema::{Change, TypeSchema, VersionSchema};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::paint_line;
use crate::model::Timestamp;
use crate::model::time::{Span, Style, Zone};
use crate::render::grouped;

/// Room for names.
const NAME: f32 = 190.0;
/// Marks along the axis.
const MARKS: i64 = 5;

/// Where moments stand.
struct Axis {
    from: Timestamp,
    length: f64,
}

impl Axis {
    fn x(&self, plot: Rect, at: Timestamp) -> f32 {
        let part = (at - self.from).micros() as f64 / self.length;
        plot.min.x + part as f32 * plot.width()
    }

    /// A version as a bar; wide enough to be seen.
    fn bar(&self, plot: Rect, version: &VersionSchema) -> Option<Rect> {
        let (left, right) = (self.x(plot, version.from?), self.x(plot, version.to?));
        let right = right.max(left + 3.0).min(plot.max.x);
        Some(Rect::from_x_y_ranges(
            left.min(right - 3.0)..=right,
            plot.y_range(),
        ))
    }
}

/// Draws it, up to the cursor.
pub(super) fn show(ui: &mut Ui, model: &Model, kind: &TypeSchema) {
    let t = ui.tokens();
    let begins = kind
        .versions
        .iter()
        .filter_map(|version| version.from)
        .min();
    let ends = kind.versions.iter().filter_map(|version| version.to).max();
    let Some((from, last)) = begins.zip(ends) else {
        let words = "This store holds no times, so nothing can be drawn over them";
        ui.label(Face::Body.text(words, t.text2));
        return;
    };
    let now = model.cursor.time().unwrap_or(last).max(last);
    let axis = Axis {
        from,
        length: (now - from).micros().max(1) as f64,
    };
    let top = ui.cursor().min.y;
    heads(ui, &axis, model.zone());
    for version in &kind.versions {
        version_row(ui, &axis, version, model.zone());
    }
    let mut paths: Vec<&str> = kind
        .versions
        .iter()
        .flat_map(|version| version.fields.iter().map(|field| field.path.as_str()))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        field_row(ui, &axis, kind, path);
    }
    let plot = plot(ui.min_rect()).with_min_y(top);
    let x = axis.x(plot, now);
    ui.painter().vline(
        x.min(plot.max.x),
        plot.y_range(),
        (sizes::CURSOR_LINE, t.cursor),
    );
}

fn plot(row: Rect) -> Rect {
    row.with_min_x(row.min.x + NAME)
        .with_max_x(row.max.x - sizes::PAD)
}

fn heads(ui: &mut Ui, axis: &Axis, zone: Zone) {
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::TABLE_HEAD);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let plot = plot(rect);
    // Days where that tells the marks apart.
    let style = match axis.length > MARKS as f64 * 86_400e6 {
        true => Style::Date,
        false => Style::Short,
    };
    for mark in 0..MARKS {
        let part = mark as f64 / MARKS as f64;
        let at = axis
            .from
            .saturating_add(Span::from_micros((axis.length * part) as i64));
        let x = axis.x(plot, at);
        let words = zone.format_bare(at, style);
        let place = Rect::from_min_max(pos2(x + 4.0, rect.min.y), rect.max);
        paint_line(
            ui.painter(),
            place,
            Align2::LEFT_CENTER,
            &words,
            Face::Cell,
            t.text3,
        );
        ui.painter().vline(x, rect.y_range(), (1.0, t.border));
    }
    ui.painter()
        .hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
}

fn version_row(ui: &mut Ui, axis: &Axis, version: &VersionSchema, zone: Zone) {
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::ROW_TREE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let when = |time: Option<Timestamp>| {
        time.map_or_else(String::new, |time| zone.format(time, Style::Seconds))
    };
    let name = format!(
        "v{}: {} events, {} to {}",
        version.version,
        grouped(version.events),
        when(version.from),
        when(version.to)
    );
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Row, true, &name));
    let place = rect.with_max_x(rect.min.x + NAME - 8.0);
    let words = format!("v{}", version.version);
    let painter = ui.painter();
    let ink = paint_line(
        painter,
        place,
        Align2::LEFT_CENTER,
        &words,
        Face::CellStrong,
        t.text,
    );
    let rest = place.with_min_x(ink.right() + 8.0);
    let events = format!("{} events", grouped(version.events));
    paint_line(
        painter,
        rest,
        Align2::LEFT_CENTER,
        &events,
        Face::Cell,
        t.text2,
    );
    let plot = plot(rect).shrink2(vec2(0.0, 5.0));
    if let Some(bar) = axis.bar(plot, version) {
        painter.rect_filled(bar, sizes::RADIUS_BAR, t.accent);
    }
    response.on_hover_text(name);
}

fn field_row(ui: &mut Ui, axis: &Axis, kind: &TypeSchema, path: &str) {
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::ROW_TREE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Row, true, path));
    let painter = ui.painter();
    let depth = path.matches('/').count().saturating_sub(1);
    let own = path.rsplit('/').next().unwrap_or(path);
    let label = if depth == 0 {
        own.to_owned()
    } else {
        format!(".{own}")
    };
    let place = rect
        .with_min_x(rect.min.x + depth as f32 * 12.0)
        .with_max_x(rect.min.x + NAME - 8.0);
    paint_line(
        painter,
        place,
        Align2::LEFT_CENTER,
        &label,
        Face::Code,
        t.text,
    );
    let plot = plot(rect).shrink2(vec2(0.0, 2.0));
    for (at, version) in kind.versions.iter().enumerate() {
        let field = version.fields.iter().find(|field| field.path == path);
        let step = at.checked_sub(1).and_then(|step| kind.verdicts.get(step));
        let change =
            step.and_then(|step| step.changes.iter().find(|own: &&Change| own.path == path));
        let Some(bar) = axis.bar(plot, version) else {
            continue;
        };
        let (ground, ink) = match change {
            Some(change) => colours(ui, change.kind),
            None => (t.raised, t.text2),
        };
        let words = match field {
            Some(field) => field.words(),
            None if change.is_some() => "removed".to_owned(),
            None => continue,
        };
        painter.rect_filled(bar, sizes::RADIUS_BAR, ground);
        let inner = bar.shrink2(vec2(6.0, 0.0));
        if inner.width() > 24.0 {
            paint_line(painter, inner, Align2::LEFT_CENTER, &words, Face::Cell, ink);
        }
    }
}
