//! Whose rows a caller may see, as a type.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::domain::{
    error::Result,
    ids::{CompanyId, UserId},
};

/// Who acts, when and from where: what the audit log keeps of every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub user: UserId,
    /// The address the request came from.
    pub address: Option<IpAddr>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// What part of the records a caller may touch. Every method of a repository takes one.
///
/// It cannot be built outside this crate: an [`Identity`](crate::domain::identity::Identity) has one because
/// somebody proved who they are, a job has the one of the company that queued it, and a public page
/// the one of the content it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantScope {
    company: Option<CompanyId>,
    actor: Option<Actor>,
}

impl TenantScope {
    /// One company's rows.
    pub(crate) fn of(company: CompanyId) -> Self {
        Self { company: Some(company), actor: None }
    }

    /// Every company's rows: superadmins and the operator at the console.
    pub(crate) fn everywhere() -> Self {
        Self { company: None, actor: None }
    }

    /// A scope for the tests of adapters.
    #[cfg(feature = "testing")]
    pub fn for_tests(company: Option<CompanyId>) -> Self {
        Self { company, actor: None }
    }

    /// The same rows, touched by `actor`: what changes is noted under its name.
    pub fn by(self, actor: Actor) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// Who acts; nobody when a job or the operator at the console does.
    pub fn actor(&self) -> Option<Actor> {
        self.actor
    }

    /// The only company whose rows may be touched; `None` means every company.
    pub fn company(&self) -> Option<CompanyId> {
        self.company
    }

    /// Whether rows of `company` are inside.
    pub fn allows(&self, company: CompanyId) -> bool {
        self.company.is_none_or(|own| own == company)
    }

    /// This scope cut down to one company, if the caller asked for one.
    ///
    /// # Errors
    /// `NotFound` when that company is outside the scope.
    pub fn narrowed(&self, company: Option<CompanyId>) -> Result<Self> {
        match company {
            None => Ok(*self),
            Some(company) if self.allows(company) => Ok(Self { company: Some(company), ..*self }),
            Some(_) => Err(crate::Error::NotFound("company")),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_scope_never_grows() {
        let (own, other) = (CompanyId(Uuid::from_u128(1)), CompanyId(Uuid::from_u128(2)));
        let scope = TenantScope::of(own);
        assert!(scope.narrowed(Some(other)).is_err());
        assert_eq!(scope.narrowed(None).unwrap(), scope);
        assert_eq!(TenantScope::everywhere().narrowed(Some(own)).unwrap(), scope);
    }
}
