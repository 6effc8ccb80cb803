//! The product, told as stories: one test binary.

mod acceptance;
mod calendar;
mod command_line;
mod desk;
mod guards;
mod memory;
mod smtp;
mod stories;
mod table;
