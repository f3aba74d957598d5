//! A live writer: another process, since locks between handles of one process are no locks.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rusqlite::Connection;
use rusqlite::fallible_iterator::FallibleIterator;

const STORE: &str = "ASOF_TEST_WRITER_STORE";
const ANSWER: &str = "@@";

/// Runs SQL in another process that has the store open and never waits for a lock.
pub struct Writer {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Writer {
    pub fn on(store: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["writer_process", "--exact", "--ignored", "--nocapture"])
            .env(STORE, store)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
        }
    }

    /// Runs statements; the error is SQLite's message.
    pub fn try_run(&mut self, sql: &str) -> Result<(), String> {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{}", sql.replace('\n', " ")).unwrap();
        input.flush().unwrap();
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "writer died");
            // The test harness may have begun the line.
            if let Some((_, answer)) = line.split_once(ANSWER) {
                return match answer.trim() {
                    "ok" => Ok(()),
                    error => Err(error.to_owned()),
                };
            }
        }
    }

    /// Runs statements that must succeed: nobody may lock this writer out.
    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        if let Err(error) = self.try_run(sql) {
            panic!("the writer was refused: {error}: {sql}");
        }
    }

    /// Closes the connection properly.
    pub fn close(mut self) {
        self.input = None;
        assert!(self.child.wait().unwrap().success());
    }

    /// Dies as in a crash.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other process's side.
pub fn serve() {
    let Some(store) = std::env::var_os(STORE) else {
        return;
    };
    let connection = Connection::open(store).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    for line in std::io::stdin().lines() {
        let outcome = run(&connection, &line.unwrap());
        let answer = outcome.map_or_else(|e| e.to_string().replace('\n', " "), |()| "ok".into());
        println!("{ANSWER}{answer}");
    }
    connection.close().unwrap();
}

/// Checkpoints say in their row, not by an error, that they were held up.
fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let mut batch = rusqlite::Batch::new(connection, sql);
    while let Some(mut statement) = batch.next()? {
        let checkpoint = statement.column_count() == 3;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if checkpoint && row.get::<_, i64>(0)? != 0 {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    Some("checkpoint held up".into()),
                ));
            }
        }
    }
    Ok(())
}
