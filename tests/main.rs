//! The product, told as stories: one test binary.

#![cfg(test)]
#![expect(
    clippy::cognitive_complexity,
    reason = "a story is told in one go, and each assertion counts as a branch"
)]

mod acceptance;
mod calendar;
mod command_line;
mod desk;
mod forecast;
mod guards;
mod hours;
mod lateness;
mod ledger;
mod letters;
mod malformed;
mod memory;
mod money;
mod operations;
mod oversight;
mod races;
mod sequences;
mod smtp;
mod splitting;
mod stories;
mod table;
mod tidy;
mod tongues;
mod traps;
mod upgrade;
mod web;
mod year;
