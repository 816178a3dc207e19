//! Files on their way into a container.

use std::io;

/// A file to be put into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerFile {
    /// Where, from the container's root.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// An archive of `files`, to be unpacked at the container's root: owned by
/// root, readable to all.
pub(super) fn of(files: &[ContainerFile]) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(file.text.len() as u64);
        let path = file.path.trim_start_matches('/');
        archive.append_data(&mut header, path, file.text.as_bytes())?;
    }
    archive.into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn holds_what_it_was_given() {
        let file = ContainerFile {
            path: "/etc/a/b.toml".into(),
            text: "x = 1\n".into(),
        };
        let bytes = of(&[file]).unwrap();
        let mut archive = tar::Archive::new(&bytes[..]);
        let mut entries = archive.entries().unwrap();
        let mut entry = entries.next().unwrap().unwrap();
        assert_eq!(entry.path().unwrap().to_str(), Some("etc/a/b.toml"));
        assert_eq!(entry.header().mode().unwrap(), 0o644);
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        assert_eq!(text, "x = 1\n");
        assert!(entries.next().is_none());
    }
}
