//! What files and their streams are called where several files are open, so that no two are called
//! the same.

use std::path::Path;

use hashbrown::{HashMap, HashSet};

use crate::log::Source;
use crate::model::StreamIx;
use crate::store::stem::stem;

/// Names for files: the stem, else the whole file name, else the stem with a number.
pub(in crate::store) fn file_names(paths: &[&Path]) -> Vec<String> {
    let whole = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    };
    let alone = |name: &dyn Fn(&Path) -> String, path: &Path| {
        paths
            .iter()
            .filter(|other| name(other) == name(path))
            .count()
            == 1
    };
    let mut taken: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(paths.len());
    for path in paths {
        let mut name = match (alone(&stem, path), alone(&whole, path)) {
            (false, true) => whole(path),
            (true, _) | (false, false) => stem(path),
        };
        for number in 2.. {
            if !taken.contains(&name) {
                break;
            }
            name = format!("{}-{number}", stem(path));
        }
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// Which streams need the name of their file before their own.
#[derive(Debug, Default)]
pub(super) struct StreamNames {
    /// How many streams of each file were looked at.
    seen: Vec<u32>,
    /// The file of each name that only one file has so far.
    of_one: HashMap<String, u32>,
    /// The names that several files have.
    of_several: HashSet<String>,
    renamed: Renamed,
}

/// Whether streams are called otherwise than when they were seen first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Renamed {
    #[default]
    None,
    Some,
}

impl StreamNames {
    /// Whether a stream is called otherwise than when it was seen first, since the names were settled
    /// last.
    pub fn are_renamed(&self) -> bool {
        self.renamed == Renamed::Some
    }

    /// All streams are called by the names of now.
    pub fn settle(&mut self) {
        self.renamed = Renamed::None;
    }

    /// Looks at the new streams of `sources`.
    pub fn learn(&mut self, sources: &[Source]) {
        self.seen.resize(sources.len(), 0);
        let before = self.seen.clone();
        for (file, source) in (0..).zip(sources) {
            let names = source.log.streams();
            for ix in before[file as usize]..names.len() as u32 {
                let name = names.get(ix);
                match self.of_one.get(name) {
                    None if self.of_several.contains(name) => {}
                    None => {
                        self.of_one.insert(name.to_owned(), file);
                    }
                    Some(&other) if other == file => {}
                    Some(&other) => {
                        if before[other as usize] > 0 {
                            self.renamed = Renamed::Some;
                        }
                        self.of_one.remove(name);
                        self.of_several.insert(name.to_owned());
                    }
                }
            }
            self.seen[file as usize] = names.len() as u32;
        }
    }

    /// What the stream of that file is called: `file/stream` where its own name is that of another
    /// file's stream, or could be taken for such a name.
    pub fn of(&self, sources: &[Source], file: u32, stream: StreamIx) -> String {
        let source = &sources[file as usize];
        let name = source.log.stream_name(stream);
        let looks_like_one = || {
            let before = name.split_once('/').map(|(before, _)| before);
            before.is_some_and(|before| sources.iter().any(|one| &*one.name == before))
        };
        if self.of_several.contains(name) || looks_like_one() {
            format!("{}/{name}", source.name)
        } else {
            name.to_owned()
        }
    }
}
