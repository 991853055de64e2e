use async_trait::async_trait;

use crate::domain::{error::Result, storage::DiskTokens};

/// What became of asking for the next pair of tokens.
#[derive(Clone, Debug, PartialEq)]
pub enum Renewal {
    /// Here it is.
    Renewed(DiskTokens),
    /// The owner has taken the consent back.
    Withdrawn,
}

/// Asks owners of Yandex Disks for their consent: OAuth 2 with PKCE.
#[async_trait]
pub trait DiskConsents: Send + Sync {
    /// Where an owner consents; `None` when this installation is not known at Yandex.
    fn page(&self, state: &str, challenge: &str) -> Option<String>;

    /// The first tokens, for the code that the owner came back with.
    ///
    /// # Errors
    /// `Forbidden` when the code is not taken, `Unavailable`.
    async fn exchange(&self, code: &str, verifier: &str) -> Result<DiskTokens>;

    /// The next tokens.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn renew(&self, tokens: &DiskTokens) -> Result<Renewal>;

    /// The number of the account whose disk the tokens open.
    ///
    /// # Errors
    /// `Forbidden` when they open none, `Unavailable`.
    async fn account(&self, tokens: &DiskTokens) -> Result<String>;
}
