//! What the layers of an image are when compressed, from the engine's export.
//!
//! Form: Docker's image specification 1.2, "Combined Image JSON + Filesystem
//! Changeset Format", and the OCI image layout that newer engines write beside
//! it; `manifest.json` names configuration and layers in both.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

/// What registries' clients use, and gzip(1) without flags.
const LEVEL: u32 = 6;
/// The longest manifest that is read.
const LONGEST: u64 = 1 << 20;
/// How an already compressed layer begins: gzip, zstd.
const COMPRESSED: [&[u8]; 2] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd]];

/// One image in `manifest.json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    config: String,
    layers: Vec<String>,
}

/// A file of the export.
enum Entry {
    File {
        bytes: u64,
        compressed_bytes: u64,
    },
    /// A layer that is another's again.
    Link(String),
}

/// Configuration and layers of the one image in `export`, each layer
/// compressed by gzip at its default level, in bytes.
///
/// # Errors
/// The export cannot be read, or is none of one image.
pub fn gzipped_layers(export: impl Read) -> io::Result<u64> {
    let mut entries = BTreeMap::new();
    let mut manifest = None;
    let mut archive = tar::Archive::new(export);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = name_of(&entry.path()?);
        let kind = entry.header().entry_type();
        if name == "manifest.json" {
            let mut text = Vec::new();
            (&mut entry).take(LONGEST).read_to_end(&mut text)?;
            manifest = Some(text);
        } else if kind.is_symlink() || kind.is_hard_link() {
            let target = entry
                .link_name()?
                .ok_or_else(|| broken("a link to nothing"))?;
            let target = if kind.is_symlink() {
                let folder = Path::new(&name).parent().unwrap_or(Path::new(""));
                name_of(&folder.join(target))
            } else {
                name_of(&target)
            };
            entries.insert(name, Entry::Link(target));
        } else if kind.is_file() {
            entries.insert(name, compressed(entry)?);
        }
    }
    let manifest = manifest.ok_or_else(|| broken("no manifest.json"))?;
    let images: Vec<Image> = serde_json::from_slice(&manifest)?;
    let [image] = &images[..] else {
        return Err(broken("not one image"));
    };
    let (config_bytes, _) = find(&entries, &image.config)?;
    let mut sum = config_bytes;
    for layer in &image.layers {
        let (_, compressed_bytes) = find(&entries, layer)?;
        sum += compressed_bytes;
    }
    Ok(sum)
}

fn compressed(mut file: impl Read) -> io::Result<Entry> {
    let mut head = Vec::new();
    (&mut file).take(4).read_to_end(&mut head)?;
    let is_compressed = COMPRESSED.iter().any(|magic| head.starts_with(magic));
    let mut whole = head.as_slice().chain(file);
    if is_compressed {
        let bytes = io::copy(&mut whole, &mut io::sink())?;
        return Ok(Entry::File {
            bytes,
            compressed_bytes: bytes,
        });
    }
    let mut encoder = GzEncoder::new(Length(0), Compression::new(LEVEL));
    let bytes = io::copy(&mut whole, &mut encoder)?;
    Ok(Entry::File {
        bytes,
        compressed_bytes: encoder.finish()?.0,
    })
}

/// The sizes of a file, through one link.
fn find(entries: &BTreeMap<String, Entry>, name: &str) -> io::Result<(u64, u64)> {
    let name = name_of(Path::new(name));
    let mut entry = entries.get(&name);
    if let Some(Entry::Link(target)) = entry {
        entry = entries.get(target);
    }
    match entry {
        Some(Entry::File {
            bytes,
            compressed_bytes,
        }) => Ok((*bytes, *compressed_bytes)),
        _ => Err(broken(&format!("no {name}"))),
    }
}

/// A path without `.` and `..`, as entries of the archive name each other.
fn name_of(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            std::path::Component::ParentDir => {
                parts.pop();
            }
            _ => {}
        }
    }
    parts.join("/")
}

fn broken(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the engine's export of the image has {what}"),
    )
}

/// Counts what is written.
struct Length(u64);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::read::GzDecoder;

    use super::*;

    /// An export that holds files and, with a name after `->`, links.
    fn export(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            if let Some((name, target)) = name.split_once("->") {
                header.set_entry_type(tar::EntryType::Symlink);
                header.set_size(0);
                archive.append_link(&mut header, name, target).unwrap();
            } else {
                header.set_size(bytes.len() as u64);
                archive.append_data(&mut header, name, *bytes).unwrap();
            }
        }
        archive.into_inner().unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    const MANIFEST: &[u8] =
        br#"[{"Config":"c.json","RepoTags":["a:b"],"Layers":["1/layer.tar","2/layer.tar"]}]"#;

    #[test]
    fn layers_are_compressed_one_by_one_and_the_configuration_is_not() {
        let layer: Vec<u8> = (0..200_000_u32)
            .flat_map(|at| (at / 7).to_le_bytes())
            .collect();
        let packed = gzip(&layer);
        let mut back = Vec::new();
        GzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
        assert_eq!(back, layer);
        // The manifest stands last in older engines' exports, and a layer that
        // is there already is a link.
        let bytes = export(&[
            ("1/layer.tar", &layer),
            ("1/json", b"not counted"),
            ("2/layer.tar->../1/layer.tar", b""),
            ("c.json", &[b' '; 5_000]),
            ("manifest.json", MANIFEST),
        ]);
        let expected = 5_000 + 2 * packed.len() as u64;
        // In how many pieces the compressor gets its input moves some bytes.
        let size = gzipped_layers(&bytes[..]).unwrap();
        assert!(size.abs_diff(expected) < 500, "{size} {expected}");
        assert!(packed.len() < layer.len() / 2);
    }

    #[test]
    fn a_layer_that_is_compressed_already_counts_as_it_is() {
        let packed = gzip(&[7; 10_000]);
        let manifest = br#"[{"Config":"blobs/sha256/c","Layers":["blobs/sha256/l"]}]"#;
        let bytes = export(&[
            ("oci-layout", b"{}"),
            ("manifest.json", manifest),
            ("blobs/sha256/c", b"{}"),
            ("blobs/sha256/l", &packed),
        ]);
        assert_eq!(gzipped_layers(&bytes[..]).unwrap(), 2 + packed.len() as u64);
    }

    #[test]
    fn what_is_no_export_of_one_image() {
        let two = br#"[{"Config":"c","Layers":[]},{"Config":"c","Layers":[]}]"#;
        for (bytes, why) in [
            (export(&[("c.json", b"{}")]), "no manifest.json"),
            (export(&[("manifest.json", MANIFEST)]), "no c.json"),
            (export(&[("manifest.json", two)]), "not one image"),
            (vec![b'x'; 700], ""),
        ] {
            let error = gzipped_layers(&bytes[..]).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn an_export_that_is_cut_off_is_an_error() {
        let whole = export(&[("1/layer.tar", &[1; 9_000])]);
        assert!(gzipped_layers(&whole[..3_000]).is_err());
    }
}
