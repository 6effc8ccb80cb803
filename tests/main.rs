//! The product, told as stories: one test binary.

mod acceptance;
mod calendar;
mod desk;
mod guards;
mod memory;
mod smtp;
mod stories;
mod table;
