//! Who asks: a user whose access token was checked, and what that user may touch.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::domain::{
    access::Action,
    error::{Error, Result},
    ids::AuthSessionId,
    tenant::{Actor, TenantScope},
    user::{Role, User},
};

/// Somebody whose access token was checked.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Who.
    pub user: User,
    /// On which device.
    pub session: AuthSessionId,
    /// From which address.
    pub address: Option<IpAddr>,
    /// When the request came.
    pub at: DateTime<Utc>,
}

impl Identity {
    /// The rows this user may touch.
    pub fn scope(&self) -> TenantScope {
        let scope = match self.user.role {
            Role::Superadmin => TenantScope::everywhere(),
            Role::Admin | Role::User => TenantScope::of(self.user.company_id),
        };
        scope.by(self.actor())
    }

    /// What the audit log keeps of this user's changes.
    pub(crate) fn actor(&self) -> Actor {
        Actor { user: self.user.id, address: self.address, at: self.at }
    }

    /// Lets only those pass who may do this.
    ///
    /// # Errors
    /// `Forbidden`.
    pub(crate) fn may(&self, action: Action) -> Result<()> {
        self.require(action.least_role())
    }

    /// Lets only this role and more powerful ones pass.
    pub(crate) fn require(&self, role: Role) -> Result<()> {
        if self.user.role >= role {
            Ok(())
        } else {
            Err(Error::Forbidden("your role does not allow this"))
        }
    }
}
