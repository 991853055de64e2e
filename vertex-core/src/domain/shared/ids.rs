//! Identifiers, one type for each noun so that they cannot be mixed up.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

typed_ids! {
    /// Identifies a [`Company`](crate::domain::company::Company).
    CompanyId
    /// Identifies a [`User`](crate::domain::user::User).
    UserId
    /// Identifies a [`Project`](crate::domain::project::Project).
    ProjectId
    /// Identifies a [`Folder`](crate::domain::folder::Folder).
    FolderId
    /// Identifies a [`Client`](crate::domain::client::Client).
    ClientId
    /// Identifies an [`Order`](crate::domain::order::Order).
    OrderId
    /// Identifies an [`Invitation`](crate::domain::invitation::Invitation).
    InvitationId
    /// Identifies an [`EmailConfirmation`](crate::domain::email_confirmation::EmailConfirmation).
    EmailConfirmationId
    /// Identifies a [`MarkerBatch`](crate::domain::batch::MarkerBatch).
    BatchId
    /// Identifies an [`ArContent`](crate::domain::content::ArContent).
    ContentId
    /// Identifies a [`Video`](crate::domain::video::Video).
    VideoId
    /// Identifies a [`RotationRule`](crate::domain::rotation::RotationRule).
    RotationRuleId
    /// Identifies a [`ViewSession`](crate::domain::view_session::ViewSession).
    ViewSessionId
    /// Identifies a signed-in device, from sign-in to sign-out.
    AuthSessionId
    /// Identifies a [`Notification`](crate::domain::notification::Notification).
    NotificationId
    /// Identifies a [`Delivery`](crate::domain::notification::Delivery).
    DeliveryId
    /// Identifies a [`Job`](crate::domain::job::Job).
    JobId
    /// Identifies an [`Upload`](crate::domain::upload::Upload).
    UploadId
    /// Identifies a [`Reservation`](crate::domain::quota::Reservation).
    ReservationId
    /// Identifies a [`StorageConnection`](crate::domain::storage::StorageConnection).
    StorageConnectionId
}

/// The public name of a content: what the printed QR code carries.
///
/// Base58 of 8 random bytes, so 10 or 11 characters without look-alikes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct UniqueId(String);

impl UniqueId {
    /// From fresh random bytes.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(bs58::encode(bytes).into_string())
    }

    /// From a URL or a row: `None` when it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = (text.len() <= 11).then(|| bs58::decode(text).into_vec().ok())??;
        (decoded.len() == 8).then(|| Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_unique_id_survives_its_own_url(bytes: [u8; 8]) {
            let id = UniqueId::from_random(bytes);
            prop_assert!(id.as_str().len() <= 11);
            prop_assert!(id.as_str().chars().all(|c| c.is_ascii_alphanumeric()));
            prop_assert_eq!(UniqueId::parse(id.as_str()), Some(id));
        }

        #[test]
        fn nothing_else_is_one(text in ".{0,40}") {
            if let Some(id) = UniqueId::parse(&text) {
                prop_assert_eq!(id.as_str(), text.as_str());
                prop_assert!(!text.contains(['/', '.', '0', 'O', 'I', 'l']));
            }
        }
    }
}
