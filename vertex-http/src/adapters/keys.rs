use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::Path,
};

use aws_lc_rs::digest;
use vertex_core::{Error, Result, links::LinkSigner, mac::MacKey, ports::Clock, storage::Vault};

use super::{JwtTokens, SystemClock};

/// The secrets of this installation, made on first start and kept in the data directory.
pub struct Keys {
    /// Signs access tokens.
    pub tokens: JwtTokens,
    /// Signs links to files.
    pub links: LinkSigner,
    /// Tells our own tokens from made-up ones.
    pub mac: MacKey,
    /// Seals what opens the storages of tenants.
    pub vault: Vault,
}

impl Keys {
    /// Reads the keys, or makes them. `secret_key` replaces the kept secret; `previous` opens what was
    /// sealed before it was changed.
    ///
    /// # Errors
    /// `Internal` when they can be neither read nor written.
    pub fn open(data_dir: &Path, secret_key: Option<&str>, previous: Option<&str>) -> Result<Self> {
        let dir = data_dir.join("keys");
        let token_key = kept(&dir.join("access-tokens.pem"), JwtTokens::generate_key)?;
        let secret = match secret_key {
            Some(secret) => secret.to_owned(),
            None => kept(&dir.join("secret"), || {
                let mut bytes = [0; 48];
                SystemClock.fill_random(&mut bytes);
                Ok(bs58::encode(bytes).into_string())
            })?,
        };
        let digest = digest::digest(&digest::SHA512, format!("signed links\n{secret}").as_bytes());
        let mut link_key = [0; 64];
        link_key.copy_from_slice(digest.as_ref());
        Ok(Self {
            tokens: JwtTokens::new(&token_key)?,
            links: LinkSigner::new(&link_key),
            mac: MacKey::derive(&secret),
            vault: Vault::new(&secret, previous),
        })
    }
}

/// Whether a secret is one that nobody guesses.
///
/// # Errors
/// Says what is wrong with it in words that follow its name.
pub fn check_secret_key(secret: &str) -> Result<(), String> {
    let different: HashSet<char> = secret.chars().collect();
    if secret.len() < 32 {
        Err("has fewer than 32 characters".to_owned())
    } else if different.len() < 8 {
        Err("has fewer than 8 different characters".to_owned())
    } else {
        Ok(())
    }
}

/// The text of a file that only its owner may read, made when it is not there.
fn kept(path: &Path, make: impl FnOnce() -> Result<String>) -> Result<String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = make()?;
            write_private(path, &text)
                .map_err(|error| Error::internal("keeping a key in the data directory", error))?;
            Ok(text)
        }
        Err(error) => Err(Error::internal("reading a key from the data directory", error)),
    }
}

/// Writes beside the file and renames, so that a crash leaves no half key.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let temporary = path.with_extension("new");
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(temporary, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_made_once_and_private() {
        let dir = tempfile::tempdir().unwrap();
        Keys::open(dir.path(), None, None).unwrap();
        let path = dir.path().join("keys/access-tokens.pem");
        let first = fs::read_to_string(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        Keys::open(dir.path(), None, None).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
    }
}
