use std::any::Any;

use async_trait::async_trait;

use crate::domain::ids::CompanyId;

/// Memory that is held until this is dropped.
pub type HeldMemory = Box<dyn Any + Send + Sync>;

/// The memory that large computations share, so that many at once do not take more than there is.
#[async_trait]
pub trait Memory: Send + Sync {
    /// Waits until so many bytes are free and it is the company's turn, and holds them. More than there are at all count
    /// as all of them.
    async fn hold(&self, company: CompanyId, bytes: u64) -> HeldMemory;
}
