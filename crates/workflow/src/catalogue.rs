//! The catalogue of items (事项目录): what each item is, its class and its yearly hours.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::language::Bilingual;
use crate::words;

words! {
    /// The five classes of a task (`policy.md` §2).
    Class {
        Core = "core", "依法履职", "core duty";
        Assist = "assist", "依法协助", "statutory assistance";
        Purchase = "purchase", "准入购买", "purchased service";
        Emergency = "emergency", "应急", "emergency";
        Negative = "negative", "负面清单", "negative list";
    }
}

words! {
    /// The seven core functions of a community (`policy.md` §1).
    Function {
        PartyBuilding = "party_building", "社区党建", "Party building";
        SocialSecurity = "social_security", "社会保障", "social security";
        HealthFamilyPlanning = "health_family_planning", "社区医疗和计划生育", "health and family planning";
        EnvironmentSanitation = "environment_sanitation", "社区环境卫生", "environment and sanitation";
        PublicOrder = "public_order", "社区综合治理", "public order";
        CultureSportsEducation = "culture_sports_education", "社区文体教育", "culture, sports and education";
        ConvenienceServices = "convenience_services", "便民利民服务", "convenience services";
    }
}

impl Function {
    /// 1 to 7.
    #[must_use]
    pub fn number(self) -> u8 {
        let place = Self::ALL.iter().position(|function| *function == self);
        place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
    }

    /// The function of a number from 1 to 7.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Function> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }
}

/// One item of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub code: String,
    pub title: Bilingual,
    pub category: Bilingual,
    /// None outside the seven functions.
    pub function: Option<Function>,
    pub class: Class,
    /// Hours a year in the standard community of `policy.md` §2.
    pub yearly_hours: Decimal,
    pub requester: Bilingual,
    /// The days on which it can be applied for and begun; always, without dates.
    pub open: Open,
}

/// First and last day of an item; none of them is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

impl Open {
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// All items by code.
pub type Catalogue = BTreeMap<String, Item>;
