//! The pages and the API as a browser and a program meet them: HTTP over a socket to the real server.

mod access;
mod account;
mod accounts_by_programs;
mod addresses;
mod administration;
mod api;
mod audit;
mod bodies;
mod canaries;
pub(crate) mod client;
mod clockwork;
mod community;
mod coverage;
mod disclosure;
mod disputes;
mod errands;
mod factor;
mod figures_add_up;
mod filing;
mod finance;
mod form_script;
mod given_back;
mod guard;
mod held_accounts;
mod hostile;
mod inspections;
mod killed_uploads;
mod large_bodies;
mod large_uploads;
mod last_look;
mod lists;
mod measures;
mod meetings;
mod meetings_by_programs;
mod mergers;
mod office;
mod office_reads;
mod once;
mod openapi;
mod own_account;
mod own_pages;
mod own_parts;
mod pasted_communities;
mod ratings;
mod repeated;
mod request_page;
mod search;
mod sign_in;
mod sign_on;
mod stale_pages;
mod statements;
mod tables;
mod tasks;
mod timeline;
mod tokens;
mod told_faults;
mod tries;
mod unreadable;
mod wanted_page;
mod watch;
mod webhooks;

/// Tells each story on both databases.
macro_rules! told_on_both {
    ($($story:ident)+) => { crate::stories::told_on_both! { $($story)+ } };
}
pub(crate) use told_on_both;
