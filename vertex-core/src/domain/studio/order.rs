//! Orders: what a client has asked a studio for.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::domain::{
    error::{Error, Result},
    ids::{ClientId, CompanyId, OrderId},
};

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Taken in.
    New,
    /// Being worked on.
    InProgress,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
}

impl OrderStatus {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 4] = [Self::New, Self::InProgress, Self::Completed, Self::Cancelled];

    /// The status' name in rows and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// What may come next. A completed order can be reopened, a cancelled one taken in again.
    pub fn followers(self) -> &'static [Self] {
        match self {
            Self::New => &[Self::InProgress, Self::Completed, Self::Cancelled],
            Self::InProgress => &[Self::New, Self::Completed, Self::Cancelled],
            Self::Completed => &[Self::InProgress],
            Self::Cancelled => &[Self::New],
        }
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OrderStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("{text:?} is not an order status: use one of {names}")
        })
    }
}

/// What a client has asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The company it belongs to.
    pub company_id: CompanyId,
    /// Who asked.
    pub client_id: ClientId,
    /// How far it is. Changed by [`Order::turn`].
    pub status: OrderStatus,
    /// What is wanted.
    pub notes: String,
    /// When it was completed, while it is.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Order {
    /// Brings the order to another status; `completed_at` follows.
    ///
    /// # Errors
    /// `Conflict` when that status does not follow the present one.
    pub fn turn(&mut self, status: OrderStatus, now: DateTime<Utc>) -> Result<()> {
        if status == self.status {
            return Ok(());
        }
        if !self.status.followers().contains(&status) {
            let followers: Vec<&str> =
                self.status.followers().iter().map(|status| status.as_str()).collect();
            return Err(Error::Conflict(format!(
                "an order that is {} cannot become {status}, only {}",
                self.status,
                followers.join(" or ")
            )));
        }
        self.status = status;
        self.completed_at = (status == OrderStatus::Completed).then_some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};
    use uuid::Uuid;

    use super::*;

    fn order() -> Order {
        let at = "2026-05-01T12:00:00Z".parse().unwrap();
        Order {
            id: OrderId(Uuid::nil()),
            company_id: CompanyId(Uuid::nil()),
            client_id: ClientId(Uuid::nil()),
            status: OrderStatus::New,
            notes: String::new(),
            completed_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn a_cancelled_order_is_not_completed_by_mistake() {
        let mut order = order();
        order.turn(OrderStatus::Cancelled, order.created_at).unwrap();
        let error = order.turn(OrderStatus::Completed, order.created_at).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an order that is cancelled cannot become completed, only new"
        );
    }

    proptest! {
        #[test]
        fn completed_at_says_exactly_whether_it_is_completed(
            path in prop::collection::vec(select(OrderStatus::ALL.to_vec()), 0..20)
        ) {
            let mut order = order();
            for (hour, status) in (0..).zip(path) {
                let (before, now) = (order.clone(), order.created_at + chrono::TimeDelta::hours(hour));
                match order.turn(status, now) {
                    Ok(()) => prop_assert_eq!(order.status, status),
                    Err(_) => prop_assert_eq!(&order, &before),
                }
                prop_assert_eq!(order.completed_at.is_some(), order.status == OrderStatus::Completed);
            }
        }
    }
}
