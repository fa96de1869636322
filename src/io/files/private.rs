//! The program's own files and directories, accessible to this user only.

use std::fs;
use std::io;
use std::path::Path;

/// Creates a directory, unless it exists, and removes access to it for others.
pub fn create_private_directory(directory: &Path) -> io::Result<()> {
    if !directory.is_dir() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // Windows has no modes.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory)?;
    }
    keep_private(directory, 0o700);
    Ok(())
}

/// Gives a new file this mode, which the umask narrows. Windows has no modes: there, the directory decides who can read a file.
pub fn set_mode(options: &mut fs::OpenOptions, mode: u32) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options
}

/// Removes access for others. A refusal is ignored: the path then belongs to another user, who decides about its mode.
#[cfg(unix)]
pub fn keep_private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let is_open = fs::metadata(path).is_ok_and(|own| own.permissions().mode() & 0o077 != 0);
    if is_open {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
}

/// On Windows, the state directory of a user is private already.
#[cfg(not(unix))]
pub fn keep_private(_: &Path, _: u32) {}
