//! What a file is called where its name stands for what is in it. Looks at no file.

use std::path::Path;

/// Endings that say how a file is packed; another may stand before them.
const PACKED: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

/// A file's name without its ending, of which a packed one has two. Never empty but for the root.
pub(super) fn stem(path: &Path) -> String {
    let packed = (path.extension()).is_some_and(|ending| PACKED.iter().any(|own| ending == *own));
    let name = match packed {
        true => path.file_stem(),
        false => path.file_name(),
    };
    let name = Path::new(name.unwrap_or(path.as_os_str()));
    let stem = name.file_stem().unwrap_or(name.as_os_str());
    stem.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_left_out() {
        let names = [
            ("x/orders.db", "orders"),
            ("orders.jsonl.gz", "orders"),
            ("2024.01.json.zst", "2024.01"),
            ("events", "events"),
            ("events.gz", "events"),
            (".events.jsonl", ".events"),
            (".events", ".events"),
            ("folder/", "folder"),
            ("/", "/"),
        ];
        for (path, name) in names {
            assert_eq!(stem(Path::new(path)), name);
        }
    }
}
