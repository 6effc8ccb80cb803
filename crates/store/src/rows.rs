//! The rows of the tables, private to this crate: one file per table, written by hand, taken apart completely.

pub(crate) mod account;
pub(crate) mod assessment;
pub(crate) mod assignment;
pub(crate) mod booking;
pub(crate) mod calendar;
pub(crate) mod calendar_load;
pub(crate) mod catalogue;
pub(crate) mod community;
pub(crate) mod event;
pub(crate) mod hour_entry;
pub(crate) mod organisation;
pub(crate) mod outbox;
pub(crate) mod person;
pub(crate) mod person_role;
pub(crate) mod posting;
pub(crate) mod quota;
pub(crate) mod request;
pub(crate) mod request_target;
pub(crate) mod reward;
pub(crate) mod rule_set;
pub(crate) mod special_fund;
pub(crate) mod sweep_failure;
pub(crate) mod tick;
