//! The layouts that come with the program, and reading one from a file.

use include_dir::{Dir, include_dir};

use super::Layout;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/layouts");

/// A layout file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This layout cannot be used, {message}: {file}")]
pub struct LayoutError {
    /// Which file.
    pub file: String,
    /// What is wrong with it and where.
    pub message: String,
}

impl LayoutError {
    /// From the sentences of [`Layout::check`].
    #[must_use]
    pub fn of(file: &str, wrong: &[String]) -> Self {
        Self {
            file: file.to_owned(),
            message: format!("since {}", wrong.join("; ")),
        }
    }
}

/// Reads a layout from the text of a TOML file called `file`.
///
/// # Errors
/// What is wrong with it, with the line.
pub fn from_toml(file: &str, text: &str) -> Result<Layout, LayoutError> {
    let layout: Layout = toml::from_str(text).map_err(|error| LayoutError {
        file: file.to_owned(),
        message: in_one_line(text, &error),
    })?;
    let wrong = layout.check(layout.medium);
    match wrong.is_empty() {
        true => Ok(layout),
        false => Err(LayoutError::of(file, &wrong)),
    }
}

fn in_one_line(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let message = error.message().replace('\n', " ");
    format!("since line {line} is wrong ({message})")
}

/// All layouts that come with the program. Broken ones are left out; a test sees to it that there
/// are none.
#[must_use]
pub fn built_in() -> Vec<Layout> {
    read_all().into_iter().filter_map(Result::ok).collect()
}

fn read_all() -> Vec<Result<Layout, LayoutError>> {
    let files = FILES
        .files()
        .filter(|file| file.path().extension().is_some_and(|end| end == "toml"));
    let read = |file: &include_dir::File<'_>| {
        let name = file.path().display().to_string();
        from_toml(&name, file.contents_utf8().unwrap_or_default())
    };
    files.map(read).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_layout_file_is_a_layout_and_ids_are_unique() {
        let layouts: Vec<_> = super::read_all()
            .into_iter()
            .map(|layout| layout.expect("a layout"))
            .collect();
        assert!(layouts.len() >= 6);
        let mut ids: Vec<_> = layouts.iter().map(|layout| layout.id.clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), layouts.len());
    }
}
