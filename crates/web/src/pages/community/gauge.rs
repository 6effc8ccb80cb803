//! One gauge of a pool's hours: what is booked, what of it was forced, what is free, and what stays with the community.

use engine::Figures;
use workflow::hours::Centihours;

use crate::pages::bars::{Bar, said};
use crate::tongue::Tongue;

/// The hours of a month or a year as a bar with its figures.
pub(crate) struct Gauge {
    pub(crate) name: String,
    pub(crate) bar: Bar,
    pub(crate) free: String,
    pub(crate) capacity: String,
    pub(crate) reserve: String,
    pub(crate) booked: String,
    pub(crate) forced: Option<String>,
    pub(crate) over: Option<String>,
}

impl Gauge {
    pub(crate) fn of(name: String, figures: Figures, tongue: Tongue) -> Gauge {
        let Figures { capacity, reserve, booked, forced, free, over } = figures;
        let willing = Centihours(booked.0 - forced.0);
        let part = |class: &str, zh, en, hours| (class.to_owned(), tongue.say(zh, en).to_owned(), hours);
        let parts = vec![
            part("booked", "已占用", "booked", willing),
            part("forced", "强制", "forced", forced),
            part("free", "可用", "free", free),
            part("reserve", "自留", "reserve", reserve),
        ];
        let scale = Centihours(capacity.0.max(booked.0) + reserve.0);
        let bar = Bar::of(parts, scale);
        let bar = if over.0 > 0 { bar.marked(capacity, scale) } else { bar };
        let some = |hours: Centihours| (hours.0 > 0).then(|| said(hours));
        Gauge {
            name,
            bar,
            free: said(free),
            capacity: said(capacity),
            reserve: said(reserve),
            booked: said(booked),
            forced: some(forced),
            over: some(over),
        }
    }
}
