//! A command line as people paste it into a shell.

use std::fmt;

/// Words, quoted where a shell needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shell(Vec<String>);

impl Shell {
    /// Begins with a word.
    #[must_use]
    pub fn new(word: &str) -> Self {
        Self(vec![word.to_owned()])
    }

    /// Adds a word.
    #[must_use]
    pub fn word(mut self, word: impl fmt::Display) -> Self {
        self.0.push(word.to_string());
        self
    }

    /// Adds an option with its value.
    #[must_use]
    pub fn option(self, name: &str, value: impl fmt::Display) -> Self {
        self.word(name).word(value)
    }

    /// Adds an option where there is a value.
    #[must_use]
    pub fn option_if(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.option(name, value),
            None => self,
        }
    }

    /// The words as a program gets them.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, word) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+".contains(c);
            if !word.is_empty() && word.chars().all(plain) {
                f.write_str(word)?;
            } else {
                write!(f, "'{}'", word.replace('\'', r"'\''"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Shell;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        let line = Shell::new("asof")
            .word("state")
            .word("my store.db")
            .option("--at", "#12")
            .option_if("--zone", None::<&str>)
            .word("it's");
        assert_eq!(
            line.to_string(),
            r"asof state 'my store.db' --at '#12' 'it'\''s'"
        );
    }
}
