//! Why a file could not be read or written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::core::text::{count, one_line};

#[derive(Debug)]
pub struct FileError {
    /// The file as it was named; none for standard input.
    pub path: Option<PathBuf>,
    pub action: Action,
    pub kind: FileErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Read,
    /// Replacing its content.
    Write,
    Create,
}

#[derive(Debug)]
pub enum FileErrorKind {
    Missing,
    /// This user has no access to the file or its directory.
    Permission,
    Directory,
    /// It is a device, such as `/dev/zero`; for writing, anything but a regular file.
    Device,
    /// It is a named pipe, which may have no writer.
    NamedPipe,
    /// It is larger than any file of its kind should be.
    TooLarge {
        limit: u64,
    },
    /// It is a symbolic link to a missing file.
    DanglingLink {
        target: PathBuf,
    },
    LinkLoop,
    /// Its mode does not allow writing.
    ReadOnly,
    /// It has other names (hard links), which would keep the old contents.
    HardLinked {
        links: u64,
    },
    /// It belongs to another user or group, and a replacement would change that.
    Owner,
    /// Another program wrote it after it was read.
    Changed,
    /// It was removed or replaced after it was read.
    Gone,
    Exists,
    NoSpace,
    ReadOnlyFileSystem,
    /// The file itself is a mount point, as container tools create them.
    Mounted,
    Other(io::Error),
}

impl FileError {
    pub(super) fn new(path: &Path, action: Action, kind: FileErrorKind) -> Self {
        Self { path: Some(path.to_owned()), action, kind }
    }

    pub fn help(&self) -> &'static str {
        match &self.kind {
            FileErrorKind::Missing if self.action == Action::Create => {
                "create the directory first, or use another path"
            }
            FileErrorKind::Missing => "check the path",
            FileErrorKind::Permission if self.action == Action::Read => {
                "change its permissions, or run hooks as its owner"
            }
            FileErrorKind::Permission => {
                "change the permissions of the file and its directory, or run hooks as their owner"
            }
            FileErrorKind::Directory => "use a file in it",
            FileErrorKind::Device if self.action == Action::Read => "use a file, or `-` for standard input",
            FileErrorKind::Device | FileErrorKind::NamedPipe => "use a regular file",
            FileErrorKind::TooLarge { .. } => "check that it is the right file",
            FileErrorKind::DanglingLink { .. } => "create the file that the link points to, or fix the link",
            FileErrorKind::LinkLoop => "fix the link",
            FileErrorKind::ReadOnly => "make it writable first, e.g. with `chmod u+w`",
            FileErrorKind::HardLinked { .. } => "edit it by hand, or replace this link with a copy",
            FileErrorKind::Owner => "run hooks as its owner, or edit the file by hand",
            FileErrorKind::Changed => "check its content, then try again",
            FileErrorKind::Gone => "restore it, then try again",
            FileErrorKind::Exists => "use another file, or move or delete this one",
            FileErrorKind::NoSpace => "free space on the disk, then try again",
            FileErrorKind::ReadOnlyFileSystem => "use a copy on a writable file system",
            FileErrorKind::Mounted => "mount its directory instead of the file, or edit the original",
            FileErrorKind::Other(_) => "fix the cause, then try again",
        }
    }
}

impl From<io::Error> for FileErrorKind {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Permission,
            io::ErrorKind::IsADirectory => Self::Directory,
            io::ErrorKind::AlreadyExists => Self::Exists,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnlyFileSystem,
            io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => Self::Mounted,
            _ => Self::Other(error),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match self.action {
            Action::Read => "read",
            Action::Write => "write",
            Action::Create => "create",
        };
        match &self.path {
            Some(path) => write!(f, "cannot {action} `{}`: ", one_line(&path.to_string_lossy()))?,
            None => write!(f, "cannot {action} standard input: ")?,
        }
        match &self.kind {
            FileErrorKind::Missing if self.action == Action::Create => {
                f.write_str("its directory does not exist")
            }
            FileErrorKind::Missing => f.write_str("no such file"),
            FileErrorKind::Permission => f.write_str("permission denied"),
            FileErrorKind::Directory => f.write_str("it is a directory"),
            FileErrorKind::Device if self.action == Action::Read => f.write_str("it is a device"),
            FileErrorKind::Device => f.write_str("it is not a regular file"),
            FileErrorKind::NamedPipe => f.write_str("it is a named pipe"),
            FileErrorKind::TooLarge { limit } => {
                let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
                write!(f, "it has more than {}", count(limit, "byte"))
            }
            FileErrorKind::DanglingLink { target } => {
                write!(f, "it is a link to `{}`, which does not exist", one_line(&target.to_string_lossy()))
            }
            FileErrorKind::LinkLoop => f.write_str("it is a link to itself"),
            FileErrorKind::ReadOnly => f.write_str("it is read-only"),
            FileErrorKind::HardLinked { links } => {
                write!(f, "it has {links} hard links, and the others would keep the old contents")
            }
            FileErrorKind::Owner => {
                f.write_str("it belongs to another user or group, and replacing it would change that")
            }
            FileErrorKind::Changed => f.write_str("another program changed it in the meantime"),
            FileErrorKind::Gone => f.write_str("it was removed in the meantime"),
            FileErrorKind::Exists => f.write_str("it already exists"),
            FileErrorKind::NoSpace => f.write_str("no space left on the disk"),
            FileErrorKind::ReadOnlyFileSystem => f.write_str("the file system is read-only"),
            FileErrorKind::Mounted => f.write_str("it is a mount point and cannot be replaced"),
            FileErrorKind::Other(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            FileErrorKind::Other(error) => Some(error),
            _ => None,
        }
    }
}
