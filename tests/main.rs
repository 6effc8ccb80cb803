//! The product, told as stories: one test binary.

mod acceptance;
