//! Every colour of the window by its meaning, once per theme. This is the only file that may name a
//! raw colour; views and widgets ask for a token. `theme/` beside it turns these into egui's style.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place where a colour gets its meaning"
)]

use egui::{Color32, Theme};

/// The colours of one theme. `X_bg` is the ground that `X` stands on as a pill or a tint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Window ground, gutters between panes, group headers, ground of the future.
    pub bg: Color32,
    /// Every pane, bar and table.
    pub panel: Color32,
    /// Buttons, chips, nodes, cards.
    pub raised: Color32,
    /// Popover, palette, menu, the segment that is on.
    pub overlay: Color32,
    /// Row or button under the pointer; scale bands.
    pub hover: Color32,
    /// Text input, small plot ground.
    pub field: Color32,
    /// 1 px between panes, rows of plots, grid lines.
    pub border: Color32,
    /// Frame of fields, popovers and nodes.
    pub border2: Color32,
    /// Content.
    pub text: Color32,
    /// Secondary text; also on tinted and selected rows.
    pub text2: Color32,
    /// Labels, column heads, units; never on a tint or on `selection`.
    pub text3: Color32,
    /// Text after the cursor.
    pub future: Color32,
    /// Links, primary button, focus ring, rail mark, progress.
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// Selected row or node (fill).
    pub selection: Color32,
    /// Frame of a selected node, edge of rows of the same correlation.
    pub selection_line: Color32,
    /// The time cursor, and nothing else.
    pub cursor: Color32,
    /// Text on the cursor's flag.
    pub on_cursor: Color32,
    /// Ground of the as-of readout.
    pub cursor_bg: Color32,
    /// A value the last event set, "was", diff.
    pub changed: Color32,
    /// Ground of `changed`.
    pub changed_bg: Color32,
    /// A field or row that was added.
    pub added: Color32,
    /// Ground of `added`.
    pub added_bg: Color32,
    /// A field or row that was removed; struck through.
    pub removed: Color32,
    /// Ground of `removed`.
    pub removed_bg: Color32,
    /// Verdict OK.
    pub ok: Color32,
    /// Ground of `ok`.
    pub ok_bg: Color32,
    /// A warning.
    pub warning: Color32,
    /// Ground of `warning`.
    pub warning_bg: Color32,
    /// An error; a consumer stalled or stopped.
    pub error: Color32,
    /// Ground of `error`.
    pub error_bg: Color32,
    /// A note; a consumer rewound.
    pub info: Color32,
    /// Ground of `info`.
    pub info_bg: Color32,
    /// Saga running.
    pub running: Color32,
    /// Ground of `running`.
    pub running_bg: Color32,
    /// Saga completed.
    pub completed: Color32,
    /// Ground of `completed`.
    pub completed_bg: Color32,
    /// Saga failed.
    pub failed: Color32,
    /// Ground of `failed`.
    pub failed_bg: Color32,
    /// Saga whose compensation is at work.
    pub compensating: Color32,
    /// Ground of `compensating`.
    pub compensating_bg: Color32,
    /// Saga whose compensation is done.
    pub compensated: Color32,
    /// Ground of `compensated`.
    pub compensated_bg: Color32,
    /// Saga stuck.
    pub stuck: Color32,
    /// Ground of `stuck`.
    pub stuck_bg: Color32,
    /// Saga that waits for a person.
    pub parked: Color32,
    /// Ground of `parked`.
    pub parked_bg: Color32,
    /// JSON key, plain code.
    pub key: Color32,
    /// String in code.
    pub string: Color32,
    /// Number in code.
    pub number: Color32,
    /// `null`, `true`, `false`, keyword of JavaScript and SQL.
    pub keyword: Color32,
    /// Brackets and commas in code.
    pub punct: Color32,
    /// Comment in code.
    pub comment: Color32,
    /// Categories in the order they first appear; see [`Tokens::category`].
    pub categories: [Color32; 10],
    /// Shadow under popovers and dialogs.
    pub shadow: Color32,
    /// Veil over the window behind a dialog or the palette.
    pub scrim: Color32,
}

/// The dark theme.
pub const DARK: Tokens = Tokens {
    bg: rgb(0x0D1015),
    panel: rgb(0x14181F),
    raised: rgb(0x1B2029),
    overlay: rgb(0x222833),
    hover: rgb(0x1F2530),
    field: rgb(0x0F1319),
    border: rgb(0x272E39),
    border2: rgb(0x3A4351),
    text: rgb(0xE3E8EF),
    text2: rgb(0xA0ABBA),
    text3: rgb(0x8591A1),
    future: rgb(0x7E8A9B),
    accent: rgb(0x6AA6FF),
    on_accent: rgb(0x0B1220),
    selection: rgb(0x1B3358),
    selection_line: rgb(0x3D6CB3),
    cursor: rgb(0xFF4FA3),
    on_cursor: rgb(0x1A0510),
    cursor_bg: rgb(0x331526),
    changed: rgb(0x4FC9D9),
    changed_bg: rgb(0x10333A),
    added: rgb(0x6CCB8B),
    added_bg: rgb(0x14301F),
    removed: rgb(0xF28579),
    removed_bg: rgb(0x3A1D1B),
    ok: rgb(0x5CC489),
    ok_bg: rgb(0x15301F),
    warning: rgb(0xF0B04A),
    warning_bg: rgb(0x35280F),
    error: rgb(0xFF7A6B),
    error_bg: rgb(0x3B1C19),
    info: rgb(0x7DB2FF),
    info_bg: rgb(0x182B48),
    running: rgb(0x6AA6FF),
    running_bg: rgb(0x182B48),
    completed: rgb(0x5CC489),
    completed_bg: rgb(0x15301F),
    failed: rgb(0xFF7A6B),
    failed_bg: rgb(0x3B1C19),
    compensating: rgb(0xF39A4D),
    compensating_bg: rgb(0x3A2613),
    compensated: rgb(0xC6A57A),
    compensated_bg: rgb(0x2E2719),
    stuck: rgb(0xF2D64B),
    stuck_bg: rgb(0x373012),
    parked: rgb(0xB99AF5),
    parked_bg: rgb(0x2B2340),
    key: rgb(0xD3DAE4),
    string: rgb(0xA9C7A4),
    number: rgb(0xDDBE92),
    keyword: rgb(0xC2ABEB),
    punct: rgb(0x8591A1),
    comment: rgb(0x8591A1),
    categories: [
        rgb(0x79B6F4),
        rgb(0xC28E24),
        rgb(0x8EE6B6),
        rgb(0x9580E0),
        rgb(0xFC8F6E),
        rgb(0x009B8F),
        rgb(0xE6E57A),
        rgb(0x8B814F),
        rgb(0xD5ABAF),
        rgb(0xC4D2E9),
    ],
    shadow: Color32::from_black_alpha(90),
    scrim: Color32::from_black_alpha(140),
};

/// The light theme.
pub const LIGHT: Tokens = Tokens {
    bg: rgb(0xE9ECF0),
    panel: rgb(0xFBFCFD),
    raised: rgb(0xF1F3F6),
    overlay: rgb(0xFFFFFF),
    hover: rgb(0xEBEEF3),
    field: rgb(0xFFFFFF),
    border: rgb(0xD9DEE5),
    border2: rgb(0xB9C2CE),
    text: rgb(0x1B212A),
    text2: rgb(0x4E5967),
    text3: rgb(0x5F6B7A),
    future: rgb(0x626E7E),
    accent: rgb(0x1A5FC4),
    on_accent: rgb(0xFFFFFF),
    selection: rgb(0xD9E7FC),
    selection_line: rgb(0x8DB4EE),
    cursor: rgb(0xC4126F),
    on_cursor: rgb(0xFFFFFF),
    cursor_bg: rgb(0xFBE4F0),
    changed: rgb(0x0B6E80),
    changed_bg: rgb(0xD9F1F4),
    added: rgb(0x1B7440),
    added_bg: rgb(0xDDF3E4),
    removed: rgb(0xB3372B),
    removed_bg: rgb(0xFBE3E0),
    ok: rgb(0x1B7440),
    ok_bg: rgb(0xDDF3E4),
    warning: rgb(0x885400),
    warning_bg: rgb(0xFCEFD2),
    error: rgb(0xB72C20),
    error_bg: rgb(0xFBE3E0),
    info: rgb(0x1A5FC4),
    info_bg: rgb(0xE0ECFD),
    running: rgb(0x1A5FC4),
    running_bg: rgb(0xE0ECFD),
    completed: rgb(0x1B7440),
    completed_bg: rgb(0xDDF3E4),
    failed: rgb(0xB72C20),
    failed_bg: rgb(0xFBE3E0),
    compensating: rgb(0xA84B00),
    compensating_bg: rgb(0xFCE9DA),
    compensated: rgb(0x75592E),
    compensated_bg: rgb(0xF3ECDF),
    stuck: rgb(0x716000),
    stuck_bg: rgb(0xF7F1C8),
    parked: rgb(0x6B3FC0),
    parked_bg: rgb(0xEEE7FB),
    key: rgb(0x28303B),
    string: rgb(0x37692F),
    number: rgb(0x80500B),
    keyword: rgb(0x6238AE),
    punct: rgb(0x5F6B7A),
    comment: rgb(0x5F6B7A),
    categories: [
        rgb(0x246099),
        rgb(0x976B03),
        rgb(0x389C6A),
        rgb(0x35348A),
        rgb(0x914F2E),
        rgb(0x0A7E83),
        rgb(0x94911B),
        rgb(0x4C420E),
        rgb(0x6C4748),
        rgb(0x7D8EA1),
    ],
    shadow: Color32::from_black_alpha(40),
    scrim: Color32::from_black_alpha(140),
};
/// A colour and the ground it stands on, chosen by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// No verdict: plain text on a raised ground.
    Neutral,
    /// All is well.
    Ok,
    /// Something to look at.
    Warning,
    /// Something is broken.
    Error,
    /// A note.
    Info,
    /// Saga running.
    Running,
    /// Saga completed.
    Completed,
    /// Saga failed.
    Failed,
    /// Saga compensating.
    Compensating,
    /// Saga compensated.
    Compensated,
    /// Saga stuck.
    Stuck,
    /// Saga parked.
    Parked,
    /// Value changed.
    Changed,
    /// Field or row added.
    Added,
    /// Field or row removed.
    Removed,
}

/// How strong a mark right of the cursor is drawn; between the 32 and 45 % the design allows.
const FADE: f32 = 0.38;

impl Tokens {
    /// The colours of a theme.
    #[must_use]
    pub const fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The colour of the category with this index; the eleventh and later share `text3`.
    #[must_use]
    pub fn category(&self, index: usize) -> Color32 {
        self.categories.get(index).copied().unwrap_or(self.text3)
    }

    /// The colour of a meaning, for its text, shape or line.
    #[must_use]
    pub fn tone(&self, tone: Tone) -> Color32 {
        self.tone_pair(tone).0
    }

    /// The ground of a meaning, for a pill or a tinted row.
    #[must_use]
    pub fn tone_bg(&self, tone: Tone) -> Color32 {
        self.tone_pair(tone).1
    }

    fn tone_pair(&self, tone: Tone) -> (Color32, Color32) {
        match tone {
            Tone::Neutral => (self.text2, self.raised),
            Tone::Ok => (self.ok, self.ok_bg),
            Tone::Warning => (self.warning, self.warning_bg),
            Tone::Error => (self.error, self.error_bg),
            Tone::Info => (self.info, self.info_bg),
            Tone::Running => (self.running, self.running_bg),
            Tone::Completed => (self.completed, self.completed_bg),
            Tone::Failed => (self.failed, self.failed_bg),
            Tone::Compensating => (self.compensating, self.compensating_bg),
            Tone::Compensated => (self.compensated, self.compensated_bg),
            Tone::Stuck => (self.stuck, self.stuck_bg),
            Tone::Parked => (self.parked, self.parked_bg),
            Tone::Changed => (self.changed, self.changed_bg),
            Tone::Added => (self.added, self.added_bg),
            Tone::Removed => (self.removed, self.removed_bg),
        }
    }

    /// The ground right of the cursor: `bg` at 55 %, to be laid over `panel`.
    #[must_use]
    pub fn future_veil(&self) -> Color32 {
        self.bg.gamma_multiply(0.55)
    }
}

/// A mark (bar, dot, line) right of the cursor: the same colour, see-through. For text use `future`.
#[must_use]
pub fn faded(colour: Color32) -> Color32 {
    colour.gamma_multiply(FADE)
}

/// Gives the tokens of the theme in force: `ui.tokens()`.
pub trait TokensExt {
    /// The colours of the theme in force.
    fn tokens(&self) -> &'static Tokens;
}

impl TokensExt for egui::Context {
    fn tokens(&self) -> &'static Tokens {
        Tokens::of(self.theme())
    }
}

impl TokensExt for egui::Ui {
    fn tokens(&self) -> &'static Tokens {
        self.ctx().tokens()
    }
}

impl TokensExt for egui::Painter {
    fn tokens(&self) -> &'static Tokens {
        self.ctx().tokens()
    }
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color32) -> f32 {
        let [r, g, b, _] = egui::Rgba::from(colour).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_every_ground_it_may_stand_on() {
        for t in [&DARK, &LIGHT] {
            for ground in [t.bg, t.panel, t.raised, t.overlay, t.hover, t.field] {
                for text in [t.text, t.text2] {
                    assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
                }
            }
            for (text, ground) in [
                (t.text, t.selection),
                (t.text2, t.selection),
                (t.text3, t.panel),
                (t.future, t.panel),
                (t.on_accent, t.accent),
                (t.on_cursor, t.cursor),
            ] {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
            }
        }
    }

    #[test]
    fn every_meaning_is_readable_on_its_own_ground() {
        use Tone::*;
        for t in [&DARK, &LIGHT] {
            for tone in [
                Neutral,
                Ok,
                Warning,
                Error,
                Info,
                Running,
                Completed,
                Failed,
                Compensating,
                Compensated,
                Stuck,
                Parked,
                Changed,
                Added,
                Removed,
            ] {
                let ratio = contrast(t.tone(tone), t.tone_bg(tone));
                assert!(ratio >= 4.5, "{tone:?}: {ratio}");
            }
        }
    }

    #[test]
    fn the_eleventh_category_has_no_colour_of_its_own() {
        assert_eq!(DARK.category(0), DARK.categories[0]);
        assert_eq!(DARK.category(9), DARK.categories[9]);
        assert_eq!(DARK.category(10), DARK.text3);
        assert_eq!(DARK.category(usize::MAX), DARK.text3);
    }
}
