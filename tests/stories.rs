//! The stories, each told on SQLite and on PostgreSQL.

mod absence_and_emergency;
mod audit;
mod bit_flips;
mod cards;
mod complaints;
mod evidence;
mod guards;
mod hours;
mod inspections;
mod letters;
mod limits;
mod long_ways;
mod loops;
mod main_line;
mod meetings;
mod mergers;
mod money;
mod oversight_tampering;
mod ratings;
mod splitting;
mod tampering;

/// Tells each story on both databases.
macro_rules! told_on_both {
    ($($story:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() { super::$story(crate::desk::Desk::on(crate::desk::Database::Sqlite).await).await })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() { super::$story(crate::desk::Desk::on(crate::desk::Database::Postgres).await).await })+
        }
    };
}
pub(crate) use told_on_both;
