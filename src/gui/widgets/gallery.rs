//! All house widgets on one page, in some states each, for the tests to look at. Not part of the window.

use egui::{Align, Frame, Layout, Margin, Rect, Ui, UiBuilder, pos2, vec2};

use super::{
    BarRow, Button, Chip, Column, EmptyState, HexView, IconButton, JsonView, KeyValue, Keycap,
    Link, Notice, PaneHead, Pill, ProgressLine, Segments, Severity, Sparkline, StatusShape,
    TableState, Tabs, TextField, VirtualTable,
};
use crate::gui::theme::{Face, Icon, TokensExt, Tone, faded, icons, sizes};
use crate::model::json::JsonText;

/// What the gallery keeps, and what was clicked in it, for tests.
#[derive(Debug)]
pub struct Gallery {
    /// The last thing that happened, in words.
    pub said: String,
    view: usize,
    tab: usize,
    filter: String,
    moment: String,
    table: TableState,
    /// The selected row of the table.
    pub selected: Option<u64>,
    /// How many rows the table has.
    pub rows: u64,
    columns: Vec<Column>,
    json: JsonText,
}

impl Default for Gallery {
    fn default() -> Self {
        let columns = vec![
            Column::new("Position", 60.0).right(),
            Column::new("Event type", 176.0).resizable(),
            Column::new("Stream", 104.0).resizable(),
            Column::new("v", 28.0).right(),
            Column::rest("Recorded, UTC", 60.0),
        ];
        Self {
            said: String::new(),
            view: 0,
            tab: 0,
            filter: String::new(),
            moment: "29 Februar".to_owned(),
            table: TableState::default(),
            selected: Some(2),
            rows: 5_000_000,
            columns,
            json: JsonText::new(PAYLOAD),
        }
    }
}

const PAYLOAD: &str = r#"{"order":"order-104181","amount":41.00,"lines":[{"sku":"4410->BL != 2x4","open":true}],"reason":null}"#;
const TYPES: [&str; 5] = [
    "PaymentAuthorized",
    "StockReserved",
    "RefundRequested",
    "ShipmentBookedWithAVeryLongNameIndeed",
    "OrderPlaced",
];

impl Gallery {
    /// Fills the ui; laid out for 900 by 700.
    pub fn show(&mut self, ui: &mut Ui) {
        let t = ui.tokens();
        let whole = ui.ctx().content_rect();
        ui.painter().rect_filled(whole, 0.0, t.border);
        let split = whole.min.x + 400.0;
        let left = whole.with_max_x(split - 1.0);
        let right = whole.with_min_x(split);
        let upper = Rect::from_min_max(right.min, pos2(right.max.x, right.min.y + 330.0));
        let lower = Rect::from_min_max(pos2(right.min.x, upper.max.y + 1.0), right.max);
        pane(ui, left, "left", |ui| self.controls(ui));
        pane(ui, upper, "upper", |ui| self.events(ui));
        pane(ui, lower, "lower", |ui| self.details(ui));
    }

    fn controls(&mut self, ui: &mut Ui) {
        PaneHead::new("Widgets")
            .secondary("41 of 44 versions")
            .show(ui, |ui| {
                for (icon, name) in [
                    (Icon::Copy, "Copy"),
                    (Icon::Down, "Next"),
                    (Icon::Up, "Previous"),
                ] {
                    if ui.add(IconButton::new(icon, name).small()).clicked() {
                        self.said = name.to_owned();
                    }
                }
            });
        padded(ui, |ui| {
            self.buttons(ui);
            self.choices(ui);
            pills(ui);
            self.fields(ui);
            self.bars(ui);
            self.notices(ui);
        });
    }

    fn buttons(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            for button in [
                Button::primary("Copy answer").icon(Icon::Copy),
                Button::secondary("Export").icon(Icon::Export),
                Button::ghost("Compare with…"),
            ] {
                if ui.add(button).clicked() {
                    self.said = "button".to_owned();
                }
            }
        });
        ui.horizontal(|ui| {
            ui.add(IconButton::new(Icon::Play, "Play").shortcut("Space"));
            ui.add(IconButton::new(Icon::Pin, "Pin").toggled(true));
            ui.add(
                Button::secondary("Category")
                    .small()
                    .menu()
                    .name("Lanes: Category"),
            );
            ui.add(
                Button::ghost("Bookmark")
                    .small()
                    .icon(Icon::Flag)
                    .shortcut("B"),
            );
        });
    }

    fn choices(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            Segments::new("View", &mut self.view)
                .option(0, "Tree")
                .option(1, "JSON")
                .option(2, "Diff to…")
                .show(ui);
            ui.add(Keycap::new("Ctrl+K"));
            ui.add(Keycap::new("Esc"));
            ui.add_enabled(false, Button::secondary("Off").small());
        });
        ui.horizontal(|ui| {
            let chip = Chip::new("Recorded", "from 11-29 00:00")
                .closable()
                .show(ui);
            if chip.closed {
                self.said = "closed".to_owned();
            }
            if chip.response.clicked() {
                self.said = "chip".to_owned();
            }
            Chip::new("Emmett · 96 %", "").show(ui);
        });
    }

    fn fields(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let field = TextField::new("Text in payload", &mut self.filter)
                .icon(Icon::Search)
                .hint("Text in payload")
                .width(172.0);
            ui.add(field);
            let error = Some("No moment is written like this");
            ui.add(
                TextField::new("Moment", &mut self.moment)
                    .error(error)
                    .mono()
                    .width(172.0),
            );
        });
    }

    fn bars(&mut self, ui: &mut Ui) {
        let t = ui.tokens();
        ui.spacing_mut().item_spacing.y = 0.0;
        for (name, i, past, whole, count, part) in [
            ("MoneyWithdrawn", 0, 0.9, 1.0, "34,010", "18.5 %"),
            ("LedgerEntryPosted", 3, 0.4, 0.46, "16,002", "8.7 %"),
            ("KycVerified", 4, 0.02, 0.02, "1,011", "0.5 %"),
        ] {
            let row = BarRow::new(name, t.category(i)).lengths(past, whole);
            if ui.add(row.number(count).note(part)).clicked() {
                self.said = name.to_owned();
            }
        }
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.add_space(4.0);
    }

    fn notices(&mut self, ui: &mut Ui) {
        let said = Notice::new(
            Severity::Warning,
            "Recorded time runs backwards 12 times, by 1.204 s at most",
        )
        .place("#41,882")
        .place("#41,890")
        .action("Open the audit")
        .detail("The clock of one writer was behind.")
        .show(ui);
        if let Some(action) = said.action {
            self.said = format!("action {action}");
        }
        Notice::new(
            Severity::Error,
            "3 payloads are not valid JSON and are shown as hex",
        )
        .place("row 88,412")
        .show(ui);
        ui.horizontal(|ui| {
            let line = ProgressLine::new("Indexing")
                .count("3,412", "5,000", 0.68)
                .rate("4.1 M/s")
                .cancellable();
            if line.show(ui) {
                self.said = "cancelled".to_owned();
            }
        });
        let curve = [
            [0.0, 0.2],
            [0.1, 0.5],
            [0.2, 0.1],
            [0.45, 0.8],
            [0.6, 0.5],
            [0.8, 0.7],
        ];
        let size = vec2(ui.available_width(), 48.0);
        ui.add(
            Sparkline::new("Balance over time", &curve)
                .cursor(0.7)
                .size(size),
        );
        icon_grid(ui);
    }

    fn events(&mut self, ui: &mut Ui) {
        let t = ui.tokens();
        Tabs::new("Pages", &mut self.tab)
            .tab_with_count(0, "Events", "5,000,000")
            .tab(1, "Nothing here")
            .show(ui);
        if self.tab == 1 {
            let empty = EmptyState::new(Icon::Filter, "No event matches these filters.");
            if empty.button("Clear filters").show(ui) {
                self.said = "cleared".to_owned();
            }
            return;
        }
        let table = VirtualTable::new("Events", &mut self.table, &self.columns, self.rows)
            .selected(self.selected)
            .cursor_above(Some(6));
        let said = table.show(ui, |row| {
            let i = row.index();
            let past = i < 6;
            let kind = TYPES[(i % 5) as usize];
            row.name(|| format!("{} {kind}", i + 1));
            if i % 3 == 2 {
                row.edge_mark(t.selection_line);
            }
            let (text, dim, link) = if past {
                (t.text, t.text2, t.accent)
            } else {
                (t.future, t.future, t.future)
            };
            let dot = t.category((i % 5) as usize);
            let dot = if past { dot } else { faded(dot) };
            let face = if row.is_selected() {
                Face::BodyStrong
            } else {
                Face::Body
            };
            row.text(0, Face::Cell, dim, &format!("{}", i + 1));
            row.dot_text(1, dot, face, text, kind);
            row.text(2, Face::Cell, link, &format!("payment-{}", 88_121 + i));
            row.text(3, Face::Cell, dim, &format!("{}", i % 7));
            row.two_texts(4, Face::Cell, ("11-29", dim), ("14:32:07.118204", text));
        });
        if let Some(row) = said.moved_to.or(said.clicked.map(|hit| hit.row)) {
            self.selected = Some(row);
        }
        if let Some(hit) = said.double_clicked {
            self.said = format!("opened {}", hit.row);
        }
    }

    fn details(&mut self, ui: &mut Ui) {
        let t = ui.tokens();
        PaneHead::new("RefundRequested")
            .dot(t.category(1))
            .secondary_mono("v3 · #2,871,614")
            .show(ui, |ui| {
                ui.add(IconButton::new(Icon::Copy, "Copy event").small())
            });
        padded(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            KeyValue::new("Recorded").mono(ui, "2024-11-29 14:32:07.803377 UTC");
            KeyValue::new("Occurred").absent(ui, "not held by this store");
            KeyValue::new("Correlation").show(ui, |ui| {
                let id = "018f3c2e-77b1-7a40-9d1e-0123456789ab";
                if ui.add(Link::mono(id).middle(23)).clicked() {
                    self.said = "followed".to_owned();
                }
                ui.label(Face::Secondary.text("8 events, 1.2 s", t.text2));
            });
            ui.add_space(8.0);
            JsonView::new("Payload", &self.json).show(ui);
            ui.add_space(8.0);
            HexView::new("Metadata", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and more").show(ui);
        });
    }
}

fn icon_grid(ui: &mut Ui) {
    let t = ui.tokens();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(9.0, 6.0);
        for icon in Icon::ALL {
            let (_, rect) = ui.allocate_space(vec2(sizes::ICON, sizes::ICON));
            icons::paint(ui.painter(), rect, *icon, t.text2);
        }
    });
}

fn pills(ui: &mut Ui) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (tone, shape, word) in [
            (Tone::Running, StatusShape::TriangleRight, "Running"),
            (Tone::Completed, StatusShape::Disc, "Completed"),
            (Tone::Failed, StatusShape::Cross, "Failed"),
            (
                Tone::Compensating,
                StatusShape::TriangleLeft,
                "Compensating",
            ),
            (Tone::Compensated, StatusShape::Ring, "Compensated"),
            (Tone::Stuck, StatusShape::TriangleUp, "Stuck"),
            (Tone::Parked, StatusShape::Bars, "Parked"),
            (Tone::Error, StatusShape::Square, "Stopped"),
        ] {
            ui.add(Pill::new(tone, shape, word));
        }
        ui.add(Pill::new(Tone::Info, StatusShape::DoubleTriangleLeft, "Rewound").bare());
        ui.add(Pill::word(Tone::Warning, "3 warnings"));
    });
}

fn pane(ui: &mut Ui, rect: Rect, salt: &str, add: impl FnOnce(&mut Ui)) {
    ui.painter().rect_filled(rect, 0.0, ui.tokens().panel);
    let builder = UiBuilder::new()
        .id_salt(salt)
        .max_rect(rect)
        .layout(Layout::top_down(Align::Min));
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect);
        ui.spacing_mut().item_spacing.y = 0.0;
        add(ui);
    });
}

fn padded(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let margin = Margin::same(sizes::PAD as i8);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        add(ui);
    });
}
