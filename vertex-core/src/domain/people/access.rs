//! Who may do what: one table of everything that not every signed-in user may do.
//!
//! What is not in the table, every signed-in user may do with the rows of their own company. Rows of
//! other companies do not exist for anybody but superadmins, whatever the table says.

use crate::domain::user::Role;

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal: $role:ident;)+) => {
        /// Something that takes a role above `user`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $action,)+
        }

        impl Action {
            /// The whole table.
            pub const ALL: &[Self] = &[$(Self::$action,)+];

            /// The action's name: that of its operation in the API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$action => $name,)+ }
            }

            /// The least role that may do it.
            pub fn least_role(self) -> Role {
                match self { $(Self::$action => Role::$role,)+ }
            }
        }
    };
}

actions! {
    /// Make a company.
    CreateCompany = "createCompany": Superadmin;
    /// Delete a company.
    DeleteCompany = "deleteCompany": Superadmin;
    /// See which deleted companies are not removed yet, and why.
    ListRemovals = "listRemovals": Superadmin;
    /// Have a deleted company removed now.
    RemoveCompany = "removeCompany": Superadmin;
    /// Change a company; its short name and whether it may be used only as superadmin.
    UpdateCompany = "updateCompany": Admin;
    /// Say how much a company may keep.
    PutCompanyQuota = "putCompanyQuota": Superadmin;
    /// Give a company the default quota again.
    DeleteCompanyQuota = "deleteCompanyQuota": Superadmin;
    /// Look for objects without rows and rows without objects.
    SweepStorage = "sweepStorage": Superadmin;
    /// See where a company's files live.
    GetStorage = "getStorage": Admin;
    /// Choose where a company's files live.
    PutStorage = "putStorage": Admin;
    /// Give a place up that holds no files.
    DeleteStorage = "deleteStorage": Admin;
    /// See where every company's files live.
    ListStorages = "listStorages": Superadmin;
    /// See whether that place works.
    TestStorage = "testStorage": Admin;
    /// Move a company's files to another place.
    MoveStorage = "moveStorage": Admin;
    /// Connect a company to a Yandex Disk.
    ConnectYandexDisk = "connectYandexDisk": Admin;
    /// List users.
    ListUsers = "listUsers": Admin;
    /// Count users.
    GetUserStats = "getUserStats": Admin;
    /// Read a user.
    GetUser = "getUser": Admin;
    /// Make a user.
    CreateUser = "createUser": Admin;
    /// Change a user.
    UpdateUser = "updateUser": Admin;
    /// Delete a user.
    DeleteUser = "deleteUser": Admin;
    /// Lock a user out.
    LockUser = "lockUser": Admin;
    /// Let a user in again.
    UnlockUser = "unlockUser": Admin;
    /// Replace a user's password.
    ResetPassword = "resetPassword": Admin;
    /// Invite somebody.
    CreateInvitation = "createInvitation": Admin;
    /// List invitations.
    ListInvitations = "listInvitations": Admin;
    /// Take an invitation back.
    DeleteInvitation = "deleteInvitation": Admin;
    /// See how the company is doing.
    GetDashboard = "getDashboard": Admin;
    /// See the figures of the installation or the company.
    GetStats = "getStats": Admin;
    /// Have many markers made again.
    GenerateMarkers = "generateMarkers": Admin;
    /// See how far that is.
    GetMarkerBatch = "getMarkerBatch": Admin;
    /// Read the audit log.
    ListAudit = "listAudit": Admin;
    /// See which notifications could not be delivered.
    ListDeadLetters = "listDeadLetters": Admin;
    /// Have one delivered after all.
    RetryDeadLetter = "retryDeadLetter": Admin;
}
