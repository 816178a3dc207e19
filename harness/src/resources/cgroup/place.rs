//! Where a process's control group is.

use std::fs;
use std::path::{Path, PathBuf};

use super::Version;
use crate::measured::Reason;

/// Where the group of each controller is; with version 2 all are in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of `memory`.
    pub(super) memory: Group,
    /// Of `cpu`, which tells of throttling.
    pub(super) cpu: Group,
    /// Of `cpuacct`, which counts time; with version 2 that of `cpu`.
    pub(super) cpuacct: Group,
}

/// A group's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) version: Version,
    pub(super) folder: PathBuf,
}

impl Place {
    /// The groups of the container `id`, whose first process is `pid`, as its
    /// engine says.
    ///
    /// # Errors
    /// The process is not one of this machine, is not in a group that bears
    /// the container's id, or the groups are not mounted where they can be
    /// read.
    pub(crate) fn of_container(id: &str, pid: u32) -> Result<Self, Reason> {
        let read = |path: &str| {
            fs::read_to_string(path).map_err(|error| {
                Reason::NotAvailable(format!(
                    "{path}: {error}; is the container's engine on this machine?"
                ))
            })
        };
        let groups = read(&format!("/proc/{pid}/cgroup"))?;
        if id.is_empty() || !groups.contains(id) {
            return Err(Reason::NotAvailable(format!(
                "process {pid} of this machine is not in a control group of container {}: the \
                 engine is on another machine",
                id.get(..12).unwrap_or(id)
            )));
        }
        Self::parse(&groups, &read("/proc/self/mountinfo")?)
    }

    /// Every group in one folder.
    #[cfg(test)]
    pub(in super::super) fn all_in(version: Version, folder: &Path) -> Self {
        let group = Group {
            version,
            folder: folder.to_owned(),
        };
        Self {
            memory: group.clone(),
            cpu: group.clone(),
            cpuacct: group,
        }
    }

    /// From the text of `/proc/PID/cgroup` and `/proc/self/mountinfo`.
    fn parse(groups: &str, mounts: &str) -> Result<Self, Reason> {
        let find = |controller| group(groups, mounts, controller);
        let cpu = find("cpu")?;
        Ok(Self {
            memory: find("memory")?,
            cpuacct: match cpu.version {
                Version::V1 => find("cpuacct")?,
                Version::V2 => cpu.clone(),
            },
            cpu,
        })
    }
}

/// The group of a controller: that of its version 1 hierarchy where it has
/// one, or else that of version 2.
fn group(groups: &str, mounts: &str, controller: &str) -> Result<Group, Reason> {
    let v1 = lines_of(groups).find(|(controllers, _)| has(controllers, controller));
    let v2 = lines_of(groups).find(|(controllers, _)| controllers.is_empty());
    let (version, path) = match (v1, v2) {
        (Some((_, path)), _) => (Version::V1, path),
        (None, Some((_, path))) => (Version::V2, path),
        (None, None) => {
            return Err(Reason::NotAvailable(format!(
                "the kernel has no control groups with `{controller}`"
            )));
        }
    };
    let mount = mounts
        .lines()
        .filter_map(Mount::parse)
        .find(|mount| match version {
            Version::V1 => mount.kind == "cgroup" && has(mount.options, controller),
            Version::V2 => mount.kind == "cgroup2",
        });
    let folder = mount.and_then(|mount| mount.folder_of(path));
    match folder {
        Some(folder) => Ok(Group { version, folder }),
        None => Err(Reason::NotAvailable(format!(
            "the control group {path} of `{controller}` is not mounted here: does the harness \
             itself run in a container?"
        ))),
    }
}

/// `ID:CONTROLLERS:PATH`, cgroups(7); version 2 names no controllers.
fn lines_of(groups: &str) -> impl Iterator<Item = (&str, &str)> {
    groups.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        rest.split_once(':')
    })
}

fn has(list: &str, name: &str) -> bool {
    list.split(',').any(|one| one == name)
}

/// A line of mountinfo: proc_pid_mountinfo(5).
struct Mount<'a> {
    /// What of the filesystem is mounted.
    root: &'a str,
    point: &'a str,
    kind: &'a str,
    /// Those of the filesystem, which name the controllers.
    options: &'a str,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (mount, filesystem) = line.split_once(" - ")?;
        let mut mount = mount.split(' ').skip(3);
        let mut filesystem = filesystem.split(' ');
        Some(Self {
            root: mount.next()?,
            point: mount.next()?,
            kind: filesystem.next()?,
            options: filesystem.nth(1)?,
        })
    }

    /// The folder of a group; none where the group is outside of what is
    /// mounted, as for one in a control group namespace.
    fn folder_of(&self, group: &str) -> Option<PathBuf> {
        let group = Path::new(group);
        let inside = group.strip_prefix(unescaped(self.root)).ok()?;
        let is_outside = inside.components().any(|part| part.as_os_str() == "..");
        (!is_outside).then(|| Path::new(&unescaped(self.point)).join(inside))
    }
}

/// Without the octal escapes that stand for blanks, tabs and backslashes.
fn unescaped(field: &str) -> String {
    [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ]
    .into_iter()
    .fold(field.to_owned(), |text, (escape, byte)| {
        text.replace(escape, byte)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4f1d8e9a0b2c";

    fn group_of(version: Version, folder: &str) -> Group {
        Group {
            version,
            folder: folder.into(),
        }
    }

    #[test]
    fn version_1_has_a_place_for_each_controller() {
        let place = Place::parse(
            include_str!("fixtures/v1.cgroup"),
            include_str!("fixtures/v1.mountinfo"),
        )
        .unwrap();
        let folder = |name: &str| format!("/sys/fs/cgroup/{name}/docker/{ID}");
        assert_eq!(place.memory, group_of(Version::V1, &folder("memory")));
        assert_eq!(place.cpu, group_of(Version::V1, &folder("cpu,cpuacct")));
        assert_eq!(place.cpuacct, place.cpu);
    }

    #[test]
    fn version_2_has_one_for_all() {
        let place = Place::parse(
            include_str!("fixtures/v2.cgroup"),
            include_str!("fixtures/v2.mountinfo"),
        )
        .unwrap();
        let folder = format!("/sys/fs/cgroup/system.slice/docker-{ID}.scope");
        let group = group_of(Version::V2, &folder);
        assert_eq!(
            place,
            Place {
                memory: group.clone(),
                cpu: group.clone(),
                cpuacct: group
            }
        );
    }

    /// What the kernel shows where a version 1 hierarchy holds the memory and
    /// version 2 all the rest.
    #[test]
    fn hierarchies_of_both_versions_are_told_apart() {
        let mounts = "31 1 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      41 1 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let place = Place::parse("4:memory:/docker/a\n0::/docker/a\n", mounts).unwrap();
        let memory = group_of(Version::V1, "/sys/fs/cgroup/memory/docker/a");
        assert_eq!(place.memory, memory);
        let cpu = group_of(Version::V2, "/sys/fs/cgroup/unified/docker/a");
        assert_eq!((place.cpu, place.cpuacct), (cpu.clone(), cpu));
    }

    #[test]
    fn a_group_outside_of_what_is_mounted_has_no_place() {
        let mount =
            |root: &str| format!("31 1 0:32 {root} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        let inside = Place::parse("0::/pod/a\n", &mount("/pod")).unwrap();
        assert_eq!(inside.memory.folder, Path::new("/sys/fs/cgroup/a"));
        for (groups, mounts) in [
            ("0::/../../a\n", mount("/")),
            ("0::/other/a\n", mount("/pod")),
            ("0::/a\n", String::new()),
            ("", mount("/")),
            ("4:memory:/a\n", mount("/")),
        ] {
            assert!(Place::parse(groups, &mounts).is_err(), "{groups}");
        }
    }

    #[test]
    fn blanks_in_a_mount_point() {
        let mounts = "31 1 0:32 / /my\\040groups rw - cgroup2 cgroup2 rw\n";
        let place = Place::parse("0::/a\n", mounts).unwrap();
        assert_eq!(place.memory.folder, Path::new("/my groups/a"));
    }

    #[test]
    fn a_process_that_is_not_the_containers() {
        let why = Place::of_container(&"0".repeat(64), std::process::id()).unwrap_err();
        assert!(why.to_string().contains("another machine"), "{why}");
        assert!(Place::of_container("", std::process::id()).is_err());
        let gone = Place::of_container("a", u32::MAX).unwrap_err();
        assert!(
            gone.to_string().contains("/proc/4294967295/cgroup"),
            "{gone}"
        );
    }
}
