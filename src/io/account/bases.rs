//! Stores the base of comparison in the user's state directory, readable by this user only.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};
use serde::de::DeserializeOwned;
use tempfile::NamedTempFile;

use crate::core::account::{AccountKey, ApiUrl, Bases, DigestKey};
use crate::io::{env, files};

/// The stored bases of one definitions file and one account.
#[derive(Debug)]
pub struct BaseFile {
    path: PathBuf,
    pub key: DigestKey,
    pub bases: Bases,
}

impl BaseFile {
    /// Reads the bases. They are empty if none are stored, or if the stored ones are invalid or of another version. None if this
    /// machine has no key for digests, so that nothing can be stored, and the caller `will_store` nothing either.
    pub fn open(
        api: &ApiUrl,
        key: &AccountKey,
        definitions: &Path,
        will_store: bool,
    ) -> io::Result<Option<Self>> {
        let directory = directory()?;
        if !will_store && !directory.join("key").exists() {
            return Ok(None);
        }
        let digest_key = digest_key()?;
        let definitions = resolved(definitions)?;
        let name = account_digest(&digest_key, api, key, &[&definitions.to_string_lossy()]);
        let path = directory.join(format!("{}.json", &name[..32]));
        let bases = read_json(&path)?.filter(Bases::is_known).unwrap_or_default();
        Ok(Some(Self { path, key: digest_key, bases }))
    }

    pub fn save(&self) -> io::Result<()> {
        write_json(&self.path, &self.bases)
    }

    /// Another file for the same definitions and account.
    pub(super) fn beside(&self, extension: &str) -> PathBuf {
        self.path.with_extension(extension)
    }
}

pub fn random_id() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    fill_random(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn fill_random(bytes: &mut [u8]) -> io::Result<()> {
    SystemRandom::new().fill(bytes).map_err(|_| io::Error::other("the system cannot generate random numbers"))
}

/// Reads a file; none if it is missing or invalid.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces a file.
pub(super) fn write_json(path: &Path, value: &impl serde::Serialize) -> io::Result<()> {
    temporary(path, &serde_json::to_vec(value)?)?.persist(path)?;
    Ok(())
}

/// A digest that identifies something in an account on this machine.
pub fn account_digest(digest_key: &DigestKey, api: &ApiUrl, key: &AccountKey, parts: &[&str]) -> String {
    let api = api.to_string();
    digest_key.digest(&[&[&*api, key.reveal()], parts].concat())
}

fn directory() -> io::Result<PathBuf> {
    let state = env::state_directory();
    let state =
        state.ok_or_else(|| io::Error::other("the state directory is unknown; set `XDG_STATE_HOME`"))?;
    Ok(state.join("hooks").join("account"))
}

/// The key for digests and synthetic values, created on first use.
pub fn digest_key() -> io::Result<DigestKey> {
    let directory = directory()?;
    files::create_private_directory(&directory)?;
    let path = directory.join("key");
    match fs::read(&path) {
        Ok(bytes) if bytes.len() == DigestKey::BYTES => return Ok(DigestKey::new(&bytes)),
        Ok(_) => fs::remove_file(&path)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut bytes = [0; DigestKey::BYTES];
    fill_random(&mut bytes)?;
    match temporary(&path, &bytes)?.persist_noclobber(&path) {
        Ok(_) => Ok(DigestKey::new(&bytes)),
        // Another process created it first.
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(DigestKey::new(&fs::read(&path)?)),
        Err(error) => Err(error.error),
    }
}

/// A complete temporary file beside this path, readable by this user only.
fn temporary(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(files::directory_of(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The path without symbolic links, even if the file does not exist yet.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path).or_else(|error| {
        let name = path.file_name().ok_or(error)?;
        Ok(fs::canonicalize(files::directory_of(path))?.join(name))
    })
}
