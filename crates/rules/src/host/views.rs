//! What a script can see of a case: views with getters. Loops over communities, months and lines are native here;
//! the choices are in the scripts.

use std::cell::LazyCell;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use rhai::{Array, Dynamic, Engine, EvalAltResult, INT, ImmutableString};
use serde_json::Value;
use workflow::calendar::Calendar;
use workflow::catalogue::{Class, Item};
use workflow::facts::{Application, Burden, BurdenKind, DayFactor, Department, Facts, Offer, Term};
use workflow::hours::Hours;
use workflow::money::Fen;
use workflow::parameters::QuotaParameters;
use workflow::price::Price;
use workflow::quota::{self, QuotaRow};
use workflow::siblings;

use super::list::{List, holds};

/// Everything one assessment reads, priced and counted.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) facts: Facts,
    pub(crate) item: Option<Item>,
    pub(crate) price: Price,
    pub(crate) quota: Vec<QuotaRow>,
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) quota_parameters: QuotaParameters,
    pub(crate) paid_at_once_below: Fen,
    /// Found at most once in an assessment, since it counts a year of months anew.
    pub(crate) fitting_start: OnceLock<ImmutableString>,
}

/// The most working days of a limit that a script can ask for; a calendar holds a century.
const LIMIT_DAYS: u32 = 10_000;

/// Views are shared handles of the case, one type each so that a script cannot mix them up.
macro_rules! views {
    ($($view:ident)+) => { $(#[derive(Debug, Clone)] struct $view(Arc<Case>);)+ };
}
views! { RequestView DepartmentView ItemView PriceView QuotaView OfferView CalendarView RegisterView AdmittedView SiblingsView }

/// A name that `check` may take, and how its value is found; none means the rule has nothing to look at.
pub(crate) type Argument = (&'static str, fn(&Arc<Case>) -> Option<Dynamic>);

/// Every name that `check` may take.
pub(crate) const ARGUMENTS: &[Argument] = &[
    ("request", |case| Some(Dynamic::from(RequestView(case.clone())))),
    ("department", |case| case.department().map(|_| Dynamic::from(DepartmentView(case.clone())))),
    ("item", |case| case.item.as_ref().map(|_| Dynamic::from(ItemView(case.clone())))),
    ("price", |case| Some(Dynamic::from(PriceView(case.clone())))),
    ("quota", |case| Some(Dynamic::from(QuotaView(case.clone())))),
    ("offer", |case| case.facts.request.offer.as_ref().map(|_| Dynamic::from(OfferView(case.clone())))),
    ("calendar", |case| Some(Dynamic::from(CalendarView(case.clone())))),
    ("register", |case| Some(Dynamic::from(RegisterView(case.clone())))),
    ("admitted", |case| Some(Dynamic::from(AdmittedView(case.clone())))),
    ("siblings", |case| Some(Dynamic::from(SiblingsView(case.clone())))),
    ("today", |case| Some(Dynamic::from(case.facts.today))),
    ("starts_on", |case| case.facts.request.starts_on.map(Dynamic::from)),
    ("ends_on", |case| case.facts.request.ends_on.map(Dynamic::from)),
    ("begins_on", |case| case.begins_on().map(Dynamic::from)),
    ("expires_on", |case| case.expires_on().map(Dynamic::from)),
];

impl Case {
    fn request(&self) -> &Application {
        &self.facts.request
    }

    fn department(&self) -> Option<&Department> {
        self.request().department.as_ref()
    }

    fn offer(&self) -> Result<&Offer, Box<EvalAltResult>> {
        self.request().offer.as_ref().ok_or_else(|| "there is no offer".into())
    }

    fn item(&self) -> Result<&Item, Box<EvalAltResult>> {
        self.item.as_ref().ok_or_else(|| "there is no item".into())
    }

    /// The day an emergency occurred; else the start.
    fn begins_on(&self) -> Option<NaiveDate> {
        let occurred = self.request().occurred_on.filter(|_| self.request().term == Term::Emergency);
        occurred.or(self.request().starts_on)
    }

    fn expires_on(&self) -> Option<NaiveDate> {
        self.request().governing_document.as_ref().and_then(|document| document.expires_on)
    }

    fn is_emergency_work(&self) -> bool {
        self.item.as_ref().is_some_and(|item| item.class == Class::Emergency)
    }

    /// A form is valid with number, approval and an expiry that is not before the start (`contract.md`).
    fn is_numbered(&self, burden: &Burden) -> bool {
        let expires_on =
            burden.expires_on.filter(|expiry| self.request().starts_on.is_none_or(|start| *expiry >= start));
        is_given(burden.number.as_deref()) && is_given(burden.approval.as_deref()) && expires_on.is_some()
    }

    fn burdens(&self, kinds: &Array, keep: impl Fn(&Burden) -> bool) -> Result<List, Box<EvalAltResult>> {
        if let Some(unknown) = kinds.iter().find(|kind| !is_burden_kind(kind)) {
            return Err(format!("`{unknown}` is no kind of burden").into());
        }
        let burdens = self.request().burdens.iter();
        let wanted = burdens.filter(|burden| holds(kinds, burden.kind.word()) && keep(burden));
        Ok(wanted.map(|burden| burden.name.as_str()).collect())
    }

    /// The keys of `intake.missing`, in the order of `contract.md`.
    fn missing(&self) -> List {
        let request = self.request();
        let department = self.department().map(|department| department.name.as_str());
        let document = request.governing_document.as_ref().map(|document| document.title.as_str());
        let described = request.item.is_some() || is_given(request.description.as_deref());
        let given = [
            ("title", is_given(request.title.as_deref())),
            ("department", is_given(department)),
            ("item_or_description", described),
            ("starts_on", request.starts_on.is_some()),
            ("ends_on", request.ends_on.is_some()),
            ("communities", !self.facts.communities.is_empty()),
            ("work", !request.work.is_empty()),
            ("governing_document", is_given(document)),
        ];
        absent(&given)
    }

    fn missing_declarations(&self) -> List {
        let declarations = self.request().declarations.as_ref();
        let given = [
            ("department", is_given(declarations.and_then(|d| d.department.as_deref()))),
            ("community", is_given(declarations.and_then(|d| d.community.as_deref()))),
            ("support", is_given(declarations.and_then(|d| d.support.as_deref()))),
        ];
        absent(&given)
    }

    fn needs_working_days(&self) -> bool {
        let mut days = self.request().work.iter().map(|line| line.day);
        days.any(|day| matches!(day, DayFactor::Working | DayFactor::Extended))
    }

    /// Numbers of admitted requests with the same item, an overlapping period and a shared community.
    fn overlapping(&self, item: &str, start: NaiveDate, end: NaiveDate) -> List {
        let same = self.facts.admitted.iter().filter(|admitted| {
            admitted.item.as_deref() == Some(item) && admitted.starts_on <= end && start <= admitted.ends_on
        });
        let ours =
            LazyCell::new(|| self.facts.communities.iter().map(|c| c.code.as_str()).collect::<HashSet<_>>());
        let shared =
            same.filter(|admitted| admitted.communities.iter().any(|code| ours.contains(code.as_str())));
        shared.map(|admitted| admitted.number.as_str()).collect()
    }

    fn siblings(&self) -> List {
        self.facts.siblings.iter().map(|sibling| sibling.number.as_str()).collect()
    }

    /// First and last day with all siblings.
    fn whole_period(&self) -> Result<(NaiveDate, NaiveDate), Box<EvalAltResult>> {
        siblings::period(&self.facts).ok_or_else(|| "there is no period".into())
    }

    /// The thresholds that the request keeps alone and breaks together with its siblings.
    fn crossed(&self, is_too_long: bool) -> List {
        let Price { total, communities, together } = &self.price;
        let is_small = |sum: Fen| sum < self.paid_at_once_below;
        let crossed = [
            ("longest_period", is_too_long),
            ("yearly_hours", communities.iter().any(|line| !line.surplus_by_siblings.is_zero())),
            ("month_hours", self.quota.iter().any(|row| row.over_by_siblings)),
            ("small_sum", self.price.is_due() && is_small(*total) && !is_small(*together)),
        ];
        crossed.iter().filter(|(_, is_crossed)| *is_crossed).map(|(word, _)| *word).collect()
    }

    /// `[community, month, hours over]` for every month that has not enough.
    fn over(&self) -> List {
        let over = self.quota.iter().filter(|row| row.over > Hours::ZERO);
        let triple =
            |row: &QuotaRow| [row.community.clone(), row.month.to_string(), row.over.rounded().to_string()];
        over.map(|row| Value::from(triple(row).map(Value::from).to_vec())).collect()
    }

    fn fitting_start(&self) -> ImmutableString {
        let find = || {
            let month = quota::fitting_start(&self.facts, &self.calendar, &self.quota_parameters);
            month.map_or_else(|| "—".into(), |month| month.to_string().into())
        };
        self.fitting_start.get_or_init(find).clone()
    }
}

pub(super) fn register(engine: &mut Engine) {
    register_request(engine);
    register_money(engine);
    engine
        .register_type_with_name::<DepartmentView>("department")
        .register_get("kind", |view: &mut DepartmentView| word(view.0.department().map(|d| d.kind.word())))
        .register_get("hosts_office", |view: &mut DepartmentView| {
            view.0.department().is_some_and(|department| department.hosts_office)
        });
    engine
        .register_type_with_name::<ItemView>("item")
        .register_get("class", |view: &mut ItemView| view.0.item().map(|item| word(Some(item.class.word()))))
        .register_fn("is_open", |view: &mut ItemView, day: NaiveDate| {
            view.0.item().map(|item| item.open.covers(day))
        })
        .register_get("open_days", |view: &mut ItemView| view.0.item().map(open_days))
        .register_get("code", |view: &mut ItemView| {
            view.0.item().map(|item| ImmutableString::from(&item.code))
        });
    engine
        .register_type_with_name::<CalendarView>("calendar")
        .register_fn("limit", |view: &mut CalendarView, start: NaiveDate, days: INT| {
            let days = u32::try_from(days).ok().filter(|days| *days <= LIMIT_DAYS);
            let days = days.ok_or_else(|| format!("a limit has 0 to {LIMIT_DAYS} working days"))?;
            Ok::<_, Box<EvalAltResult>>(view.0.calendar.limit(start, days).due)
        })
        .register_fn("working_days", |view: &mut CalendarView, first: NaiveDate, last: NaiveDate| {
            INT::from(view.0.calendar.working_days(first, last))
        });
    engine.register_type_with_name::<RegisterView>("register").register_fn(
        "holding",
        |view: &mut RegisterView, wanted: List| {
            let held = &view.0.facts.register.held;
            let texts = wanted.entries().iter().filter_map(Value::as_str);
            texts.filter(|data| held.iter().any(|known| known == data)).collect::<List>()
        },
    );
    engine.register_type_with_name::<AdmittedView>("admitted").register_fn(
        "overlapping",
        |view: &mut AdmittedView, item: ImmutableString, start: NaiveDate, end: NaiveDate| {
            view.0.overlapping(&item, start, end)
        },
    );
    register_siblings(engine);
    engine
        .register_type_with_name::<QuotaView>("quota")
        .register_fn("over", |view: &mut QuotaView| view.0.over())
        .register_fn("fitting_start", |view: &mut QuotaView| view.0.fitting_start());
}

fn register_request(engine: &mut Engine) {
    engine
        .register_type_with_name::<RequestView>("request")
        .register_get("term", |view: &mut RequestView| word(Some(view.0.request().term.word())))
        .register_get("is_emergency", |view: &mut RequestView| view.0.request().term == Term::Emergency)
        .register_get("is_emergency_work", |view: &mut RequestView| view.0.is_emergency_work())
        .register_get("is_listed", |view: &mut RequestView| view.0.request().item.is_some())
        .register_get("item", |view: &mut RequestView| word(view.0.request().item.as_deref()))
        .register_get("cosigned_by", |view: &mut RequestView| {
            word(view.0.request().cosigned_by.map(workflow::facts::BodyKind::word))
        })
        .register_get("personal_data", |view: &mut RequestView| {
            view.0.request().personal_data.iter().map(String::as_str).collect::<List>()
        })
        .register_fn("ends_after", |view: &mut RequestView, date: NaiveDate| {
            view.0.request().ends_on.is_some_and(|end| end > date)
        })
        .register_fn("missing", |view: &mut RequestView| view.0.missing())
        .register_fn("missing_declarations", |view: &mut RequestView| view.0.missing_declarations())
        .register_fn("needs_working_days", |view: &mut RequestView| view.0.needs_working_days())
        .register_fn("burdens", |view: &mut RequestView, kinds: Array| view.0.burdens(&kinds, |_| true))
        .register_fn("burdens_without_valid_number", |view: &mut RequestView, kinds: Array| {
            view.0.burdens(&kinds, |burden| !view.0.is_numbered(burden))
        })
        .register_fn("burdens_off_list", |view: &mut RequestView, kinds: Array, list: Array| {
            view.0.burdens(&kinds, |burden| !holds(&list, &burden.name))
        });
}

fn register_siblings(engine: &mut Engine) {
    engine
        .register_type_with_name::<SiblingsView>("siblings")
        .register_fn("numbers", |view: &mut SiblingsView| view.0.siblings())
        .register_fn("crossed", |view: &mut SiblingsView, is_too_long: bool| view.0.crossed(is_too_long))
        .register_get("first_day", |view: &mut SiblingsView| view.0.whole_period().map(|(first, _)| first))
        .register_get("last_day", |view: &mut SiblingsView| view.0.whole_period().map(|(_, last)| last))
        .register_get("total", |view: &mut SiblingsView| view.0.price.together);
}

fn register_money(engine: &mut Engine) {
    engine
        .register_type_with_name::<PriceView>("price")
        .register_get("total", |view: &mut PriceView| view.0.price.total)
        .register_get("is_due", |view: &mut PriceView| view.0.price.is_due())
        .register_fn("above_baseline", |view: &mut PriceView| {
            let above = |line: &&workflow::price::CommunityPrice| line.surplus.is_some_and(|m| !m.is_zero());
            view.0.price.communities.iter().filter(above).map(|line| line.code.as_str()).collect::<List>()
        });
    engine
        .register_type_with_name::<OfferView>("offer")
        .register_get("amount", |view: &mut OfferView| view.0.offer().map(|offer| offer.amount))
        .register_get("in_budget", |view: &mut OfferView| view.0.offer().map(|offer| offer.in_budget));
}

/// First and last day of an item, as the heads of rules write them.
fn open_days(item: &Item) -> ImmutableString {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    format!("{} .. {}", day(item.open.from), day(item.open.until)).trim().into()
}

fn is_given(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn absent(given: &[(&'static str, bool)]) -> List {
    given.iter().filter(|(_, is_given)| !is_given).map(|(name, _)| *name).collect()
}

fn word(text: Option<&str>) -> ImmutableString {
    text.unwrap_or_default().into()
}

fn is_burden_kind(word: &Dynamic) -> bool {
    word.read_lock::<ImmutableString>().is_some_and(|word| BurdenKind::from_word(&word).is_some())
}
