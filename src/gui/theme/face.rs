//! The type roles of the design: which face, size and line height a piece of text has by what it is.
//! Colours are not decided here.

use std::sync::LazyLock;

use egui::{Color32, FontFamily, FontId, RichText};

static MEDIUM: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("medium".into()));
static SEMIBOLD: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("semibold".into()));
static MONO_MEDIUM: LazyLock<FontFamily> = LazyLock::new(|| FontFamily::Name("mono-medium".into()));

/// What a piece of text is. `…Strong` is the heavier cut of the same size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Head of the welcome page, 24/28.
    Welcome,
    /// The one sentence of an answer, 18/24.
    Answer,
    /// Its subject and value.
    AnswerStrong,
    /// Head of an open finding, 16/24.
    TitleLarge,
    /// Pane heads, 13/16.
    Title,
    /// Names, event types, sentences, 13/20.
    Body,
    /// The selected row.
    BodyStrong,
    /// Dense lists and notes on code, 12/16.
    Dense,
    /// Buttons.
    DenseStrong,
    /// Labels, relative times, units, status bar, 11/16.
    Secondary,
    /// Pills.
    SecondaryStrong,
    /// JSON, editors, ids and times in details, 12/18 mono.
    Code,
    /// The value that counts among them.
    CodeStrong,
    /// Positions, versions, ids, times and counts in tables and plots, 11/16 mono.
    Cell,
    /// The value that counts among them.
    CellStrong,
    /// Gap labels and rail badges only, 10/12.
    Tiny,
}

impl Face {
    /// The font, for a painter.
    #[must_use]
    pub fn font(self) -> FontId {
        FontId::new(self.size(), self.family())
    }

    /// Text in this face and colour, with its line height, for a label.
    #[must_use]
    pub fn text(self, text: impl Into<String>, colour: Color32) -> RichText {
        RichText::new(text)
            .font(self.font())
            .line_height(Some(self.line()))
            .color(colour)
    }

    /// Size in points.
    #[must_use]
    pub fn size(self) -> f32 {
        match self {
            Self::Welcome => 24.0,
            Self::Answer | Self::AnswerStrong => 18.0,
            Self::TitleLarge => 16.0,
            Self::Title | Self::Body | Self::BodyStrong => 13.0,
            Self::Dense | Self::DenseStrong | Self::Code | Self::CodeStrong => 12.0,
            Self::Secondary | Self::SecondaryStrong | Self::Cell | Self::CellStrong => 11.0,
            Self::Tiny => 10.0,
        }
    }

    /// Line height in points.
    #[must_use]
    pub fn line(self) -> f32 {
        match self {
            Self::Welcome => 28.0,
            Self::Answer | Self::AnswerStrong | Self::TitleLarge => 24.0,
            Self::Body | Self::BodyStrong => 20.0,
            Self::Code | Self::CodeStrong => 18.0,
            Self::Title
            | Self::Dense
            | Self::DenseStrong
            | Self::Secondary
            | Self::SecondaryStrong
            | Self::Cell
            | Self::CellStrong => 16.0,
            Self::Tiny => 12.0,
        }
    }

    fn family(self) -> FontFamily {
        match self {
            Self::Welcome | Self::AnswerStrong | Self::TitleLarge | Self::Title => SEMIBOLD.clone(),
            Self::BodyStrong | Self::DenseStrong | Self::SecondaryStrong => MEDIUM.clone(),
            Self::Answer | Self::Body | Self::Dense | Self::Secondary | Self::Tiny => {
                FontFamily::Proportional
            }
            Self::Code | Self::Cell => FontFamily::Monospace,
            Self::CodeStrong | Self::CellStrong => MONO_MEDIUM.clone(),
        }
    }
}
