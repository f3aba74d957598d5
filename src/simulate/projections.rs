//! The projections that come with Asof, as they stand in `sample-data/projections`.

macro_rules! bundled {
    ($($name:literal),* $(,)?) => {
        /// By name, with what they say.
        pub const PROJECTIONS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../sample-data/projections/", $name)))),*
        ];
    };
}

bundled![
    "balances.js",
    "carts.js",
    "checkouts.js",
    "earnings.js",
    "licences.js",
    "open-orders.json",
    "orders.js",
    "users.js",
    "withdrawals.json",
];

#[cfg(test)]
mod tests {
    use super::PROJECTIONS;

    #[test]
    fn all_of_the_folder_are_bundled() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = folder.join("sample-data/projections");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let bundled: Vec<&str> = PROJECTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, bundled);
    }
}
