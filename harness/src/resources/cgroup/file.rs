//! One file of a control group, kept open and read again and again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::super::none_runs;
use crate::measured::Reason;

/// An open file of a control group. The kernel makes its text anew at each
/// read from the beginning.
#[derive(Debug)]
pub(super) struct GroupFile {
    file: File,
    path: PathBuf,
    buffer: Vec<u8>,
}

impl GroupFile {
    /// Opens `name` in the group's folder.
    ///
    /// # Errors
    /// [`Reason::NotAvailable`] with the file's path.
    pub(super) fn open(folder: &Path, name: &str) -> Result<Self, Reason> {
        let path = folder.join(name);
        match File::open(&path) {
            Ok(file) => Ok(Self {
                file,
                path,
                buffer: vec![0; 8192],
            }),
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    /// Its text of this moment.
    ///
    /// # Errors
    /// [`Reason::EntrantFailed`] when the group is gone, and otherwise
    /// [`Reason::NotAvailable`].
    pub(super) fn read(&mut self) -> Result<&str, Reason> {
        let mut length = 0;
        loop {
            if length == self.buffer.len() {
                self.buffer.resize(2 * length, 0);
            }
            match self.file.read_at(&mut self.buffer[length..], length as u64) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(lost(&self.path, &error)),
            }
        }
        std::str::from_utf8(&self.buffer[..length])
            .map_err(|_| Reason::NotAvailable(format!("{} is no text", self.path.display())))
    }

    /// The number that is all it holds.
    ///
    /// # Errors
    /// As [`read`](Self::read), or it holds something else.
    pub(super) fn number(&mut self) -> Result<u64, Reason> {
        let number = self.read()?.trim().parse().ok();
        number
            .ok_or_else(|| Reason::NotAvailable(format!("{} holds no number", self.path.display())))
    }

    /// The value behind `name` of a file of lines `name value`.
    ///
    /// # Errors
    /// As [`read`](Self::read), or it has no such line.
    pub(super) fn value(&mut self, name: &str) -> Result<u64, Reason> {
        let value = value_of(self.read()?, name);
        value.ok_or_else(|| no_line(&self.path, name))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The value behind `name` in lines of `name value`.
pub(super) fn value_of(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let value = line.strip_prefix(name)?.strip_prefix(' ')?;
        value.trim().parse().ok()
    })
}

pub(super) fn no_line(path: &Path, name: &str) -> Reason {
    Reason::NotAvailable(format!("{} has no `{name}`", path.display()))
}

fn unreadable(path: &Path, error: &io::Error) -> Reason {
    Reason::NotAvailable(format!("{}: {error}", path.display()))
}

/// ENODEV of an open file: its group was removed, which only happens when no
/// process is left in it.
fn lost(path: &Path, error: &io::Error) -> Reason {
    const ENODEV: i32 = 19;
    if error.raw_os_error() == Some(ENODEV) {
        none_runs()
    } else {
        unreadable(path, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_word() {
        let text = "rss_huge 3\nrss 7\nno_number x\n";
        assert_eq!(value_of(text, "rss"), Some(7));
        assert_eq!(value_of(text, "no_number"), None);
        assert_eq!(value_of(text, "shmem"), None);
    }

    #[test]
    fn is_read_anew_and_names_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cpuacct.usage");
        // Longer than the buffer begins with.
        std::fs::write(&path, format!("{}42\n", " ".repeat(9_000))).unwrap();
        let mut file = GroupFile::open(folder.path(), "cpuacct.usage").unwrap();
        assert_eq!(file.number(), Ok(42));
        std::fs::write(&path, "43\n").unwrap();
        assert_eq!(file.number(), Ok(43));
        std::fs::write(&path, "many\n").unwrap();
        assert!(file.number().is_err());
        let missing = GroupFile::open(folder.path(), "memory.peak").unwrap_err();
        assert!(missing.to_string().contains("memory.peak"), "{missing}");
    }
}
