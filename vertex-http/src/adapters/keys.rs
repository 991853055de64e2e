use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::Path,
};

use aws_lc_rs::digest;
use vertex_core::{
    Error, Result, error::with_causes, links::LinkSigner, mac::MacKey, ports::Clock, storage::Vault,
};

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

/// Which signs access tokens.
const TOKEN_KEY: &str = "access-tokens.pem";

impl Keys {
    /// Whether they have been made in a data directory.
    pub fn are_in(data_dir: &Path) -> bool {
        data_dir.join("keys").join(TOKEN_KEY).exists()
    }

    /// Reads the keys, or makes them. `secret_key` replaces the kept secret; `previous` opens what was
    /// sealed before it was changed.
    ///
    /// # Errors
    /// `Internal` when one can be neither read nor written, or is not what this system makes.
    pub fn open(data_dir: &Path, secret_key: Option<&str>, previous: Option<&str>) -> Result<Self> {
        let dir = data_dir.join("keys");
        let path = dir.join(TOKEN_KEY);
        let tokens = JwtTokens::new(&kept(&path, JwtTokens::generate_key)?)
            .map_err(|error| unusable(&path, &with_causes(&error), "everybody signs in again"))?;
        let secret = match secret_key {
            Some(secret) => secret.to_owned(),
            None => kept_secret(&dir.join("secret"))?,
        };
        let digest = digest::digest(&digest::SHA512, format!("signed links\n{secret}").as_bytes());
        let mut link_key = [0; 64];
        link_key.copy_from_slice(digest.as_ref());
        Ok(Self {
            tokens,
            links: LinkSigner::new(&link_key),
            mac: MacKey::derive(&secret),
            vault: Vault::new(&secret, previous),
        })
    }
}

fn kept_secret(path: &Path) -> Result<String> {
    let secret = kept(path, || {
        let mut bytes = [0; 48];
        SystemClock.fill_random(&mut bytes);
        Ok(bs58::encode(bytes).into_string())
    })?;
    check_secret_key(&secret).map_err(|reason| {
        unusable(path, &reason, "links to files end and credentials of storages are typed again")
    })?;
    Ok(secret)
}

/// A key file that is not what this system makes: it was cut, emptied or changed by hand.
fn unusable(path: &Path, reason: &str, otherwise: &str) -> Error {
    let path = path.display();
    let advice = format!(
        "{path}: {reason}; put it back from a backup, or remove it for a new one to be made, after which {otherwise}"
    );
    Error::internal("a key in the data directory cannot be used", advice)
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
            write_private(path, &text).map_err(|error| {
                let what = format!("{}: {error}", path.display());
                Error::internal("a key in the data directory cannot be written", what)
            })?;
            Ok(text)
        }
        Err(error) => {
            let what = format!("{}: {error}", path.display());
            Err(Error::internal("a key in the data directory cannot be read", what))
        }
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

    #[test]
    fn a_key_that_is_not_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        Keys::open(dir.path(), None, None).unwrap();
        for (name, text) in [
            ("secret", ""),
            ("secret", "short"),
            ("secret", &"0".repeat(64)),
            ("secret", &"\0".repeat(64)),
            ("secret", &" \n".repeat(64)),
            ("access-tokens.pem", ""),
            ("access-tokens.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        ] {
            let path = dir.path().join("keys").join(name);
            let whole = fs::read(&path).unwrap();
            fs::write(&path, text).unwrap();
            let line = with_causes(&Keys::open(dir.path(), None, None).err().unwrap());
            assert!(
                line.contains(&path.display().to_string()) && line.contains("backup"),
                "{line}"
            );
            fs::write(&path, whole).unwrap();
        }
        let path = dir.path().join("keys/secret");
        fs::write(&path, [0xff; 64]).unwrap();
        let line = with_causes(&Keys::open(dir.path(), None, None).err().unwrap());
        assert!(line.contains("keys/secret") && line.contains("UTF-8"), "{line}");
        let given = "a secret of our own, long enough for everybody";
        Keys::open(dir.path(), Some(given), None).unwrap();
    }
}
