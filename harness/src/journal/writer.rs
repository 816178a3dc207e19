//! Appending to a journal.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{FILE, Record, VERSION};

/// A journal that is being written. Each record is on disk, as far as the
/// kernel goes, when `append` returns.
#[derive(Debug)]
pub struct JournalWriter {
    file: File,
    path: PathBuf,
    /// Up to here it holds whole lines.
    whole: u64,
}

/// What takes records.
pub trait Append {
    /// Appends a record.
    ///
    /// # Errors
    /// The disk does not take it; the message names the file.
    fn append(&mut self, record: &Record) -> io::Result<()>;
}

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    #[serde(flatten)]
    record: &'a Record,
}

impl JournalWriter {
    /// Begins a journal in `folder`, where there is none.
    ///
    /// # Errors
    /// There is one, or it cannot be made.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(&path)?;
        lock(&file, &path)?;
        Ok(Self {
            file,
            path,
            whole: 0,
        })
    }

    /// Goes on with the journal in `folder`. A last line that was cut off is
    /// removed, for it holds nothing that can be used.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        let mut file = OpenOptions::new().read(true).append(true).open(&path)?;
        lock(&file, &path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |last| last + 1) as u64;
        file.set_len(whole)?;
        Ok(Self { file, path, whole })
    }

    /// Appends a record, in one write.
    ///
    /// # Errors
    /// The disk does not take it; the message names the file.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Line { v: VERSION, record })?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            // Half a line would make the next one unreadable too. Where the
            // disk does not even let it be taken back, the error says enough.
            let _ = self.file.set_len(self.whole);
            let message = format!("{}: {error}", self.path.display());
            return Err(io::Error::new(error.kind(), message));
        }
        self.whole += line.len() as u64;
        Ok(())
    }
}

impl Append for JournalWriter {
    fn append(&mut self, record: &Record) -> io::Result<()> {
        JournalWriter::append(self, record)
    }
}

/// Two runs that write one journal would spoil it for both.
fn lock(file: &File, path: &Path) -> io::Result<()> {
    file.try_lock().map_err(|error| {
        let message = format!("{}: another run is writing it ({error})", path.display());
        io::Error::other(message)
    })
}
