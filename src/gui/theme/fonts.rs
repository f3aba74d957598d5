//! The bundled font files and the families they make. Nothing is read from disk at run time.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

const HACK: &str = "Hack";

/// Pictures that events may hold, in one colour. Without it they would look like a digit.
const EMOJI: (&str, &[u8]) = (
    "Noto Emoji",
    include_bytes!("../../../assets/fonts/NotoEmoji-Regular.ttf"),
);

/// (family, name of the font, file)
const FACES: [(&str, &str, &[u8]); 5] = [
    (
        "proportional",
        "Inter",
        include_bytes!("../../../assets/fonts/Inter-Regular.otf"),
    ),
    (
        "medium",
        "Inter Medium",
        include_bytes!("../../../assets/fonts/Inter-Medium.otf"),
    ),
    (
        "semibold",
        "Inter SemiBold",
        include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
    ),
    (
        "monospace",
        "JetBrains Mono",
        include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf"),
    ),
    (
        "mono-medium",
        "JetBrains Mono Medium",
        include_bytes!("../../../assets/fonts/JetBrainsMono-Medium.ttf"),
    ),
];

pub(super) fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
}

/// Each family is its own face, then egui's bundled Hack, so that no arrow or triangle is missing, then
/// the pictures.
fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let (emoji, bytes) = EMOJI;
    let data = FontData::from_static(bytes);
    fonts.font_data.insert(emoji.to_owned(), Arc::new(data));
    for (family, name, bytes) in FACES {
        let data = FontData::from_owned(without_ligatures(bytes));
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
        let family = match family {
            "proportional" => FontFamily::Proportional,
            "monospace" => FontFamily::Monospace,
            other => FontFamily::Name(other.into()),
        };
        fonts
            .families
            .insert(family, [name, HACK, emoji].map(str::to_owned).to_vec());
    }
    fonts
}

/// The font with its ligatures and contextual alternates put out of force.
///
/// egui shapes text and has no switch for OpenType features, and both families would turn `->` into
/// an arrow and `2x4` into a product: what an event holds must be shown as it is written. The file in
/// `assets/` stays as published; only the copy in memory has these features renamed to a tag that no
/// shaper asks for.
fn without_ligatures(font: &[u8]) -> Vec<u8> {
    let mut font = font.to_vec();
    for record in feature_records(&font).unwrap_or_default() {
        if let Some(tag) = font.get_mut(record..record + 4)
            && matches!(&*tag, b"liga" | b"clig" | b"calt")
        {
            tag.copy_from_slice(b"zz01");
        }
    }
    font
}

/// Where the records of the feature list of the `GSUB` table begin, each with its four-letter tag.
fn feature_records(font: &[u8]) -> Option<Vec<usize>> {
    let u16_at = |at: usize| {
        Some(usize::from(u16::from_be_bytes([
            *font.get(at)?,
            *font.get(at + 1)?,
        ])))
    };
    let tables = u16_at(4)?;
    let entry = (0..tables)
        .map(|i| 12 + 16 * i)
        .find(|&at| font.get(at..at + 4) == Some(b"GSUB"))?;
    let gsub = (u16_at(entry + 8)? << 16) + u16_at(entry + 10)?;
    let features = gsub + u16_at(gsub + 6)?;
    let count = u16_at(features)?;
    Some((0..count).map(|i| features + 2 + 6 * i).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_face_keeps_a_ligature() {
        for (_, name, bytes) in FACES {
            let tags = |font: &[u8]| -> Vec<[u8; 4]> {
                let records = feature_records(font).expect("a GSUB table");
                records
                    .into_iter()
                    .map(|at| [font[at], font[at + 1], font[at + 2], font[at + 3]])
                    .collect()
            };
            assert!(
                tags(bytes).contains(b"calt"),
                "{name}: nothing to put out of force?"
            );
            let left = tags(&without_ligatures(bytes));
            assert!(!left.contains(b"calt") && !left.contains(b"liga"), "{name}");
        }
    }

    #[test]
    fn a_broken_file_is_left_alone() {
        assert_eq!(without_ligatures(b"not a font"), b"not a font");
        assert_eq!(without_ligatures(b""), b"");
    }
}
