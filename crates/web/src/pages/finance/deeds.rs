//! What finance does with money as forms: which deeds there are, which fields each asks for, and a sent form as the one use
//! case of the engine.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use engine::{Engine, EngineError, NewFund, RewardOrder, TakenBack};
use workflow::actor::Actor;
use workflow::budget::CarryOver;
use workflow::decimal::Decimal;
use workflow::facts::Fault;
use workflow::money::Fen;
use workflow::words;

words! {
    /// A deed of finance, as its form is called.
    Deed {
        Appropriate = "appropriate", "下达部门预算", "appropriate to a department";
        Reduce = "reduce", "收回部门预算", "take back from a department";
        BaseFunds = "base_funds", "拨付基础经费", "pay base funds";
        BaseFund = "base_fund", "拨付一个社区的基础经费", "pay one community's base funds";
        FillContingency = "fill_contingency", "注入应急预备金", "fill the contingency pool";
        DrainContingency = "drain_contingency", "退回应急预备金", "drain the contingency pool";
        OpenFund = "open_fund", "设立专项资金", "open a special fund";
        FillFund = "fill_fund", "注入专项资金", "fill a special fund";
        DrainFund = "drain_fund", "退回专项资金", "drain a special fund";
        Reward = "reward", "以奖代补", "reward a community";
        Close = "close", "年终结转", "close the year";
        Reverse = "reverse", "冲销", "reverse";
    }
}

words! {
    /// A field of such a form.
    Asks {
        Department = "department", "部门", "Department";
        Community = "community", "社区", "Community";
        Fund = "fund", "专项资金", "Special fund";
        Year = "year", "年度", "Year";
        Amount = "amount", "金额（元）", "Amount (yuan)";
        Share = "share", "累计拨到应拨的百分之几", "Up to this share of what is due, in percent";
        Reason = "reason", "理由", "Reason";
        Code = "code", "代码", "Code";
        Name = "name", "名称", "Name";
        NameEn = "name_en", "英文名称", "Name in English";
        Until = "until", "最后年度", "Last year";
        Purpose = "purpose", "用途", "What it is for";
        Request = "request", "已结算的申请编号", "Number of a settled request";
        Rule = "rule", "结转办法", "What is carried over";
        Entry = "entry", "分录或事件（明细账中的“代码#序号”）", "Posting or event (CODE#NUMBER of a ledger)";
    }
}

impl Deed {
    /// What the form asks for, in its order.
    pub(super) fn asks(self) -> &'static [Asks] {
        match self {
            Deed::Appropriate => &[Asks::Department, Asks::Year, Asks::Amount],
            Deed::Reduce => &[Asks::Department, Asks::Year, Asks::Amount, Asks::Reason],
            Deed::BaseFunds => &[Asks::Year, Asks::Share],
            Deed::BaseFund => &[Asks::Community, Asks::Year, Asks::Amount],
            Deed::FillContingency => &[Asks::Year, Asks::Amount],
            Deed::DrainContingency => &[Asks::Year, Asks::Amount, Asks::Reason],
            Deed::OpenFund => &[Asks::Code, Asks::Name, Asks::NameEn, Asks::Year, Asks::Until, Asks::Purpose],
            Deed::FillFund => &[Asks::Fund, Asks::Year, Asks::Amount],
            Deed::DrainFund => &[Asks::Fund, Asks::Year, Asks::Amount, Asks::Reason],
            Deed::Reward => &[Asks::Fund, Asks::Request, Asks::Community, Asks::Amount, Asks::Reason],
            Deed::Close => &[Asks::Year, Asks::Rule],
            Deed::Reverse => &[Asks::Entry, Asks::Reason],
        }
    }
}

/// A sent form.
pub(super) struct Sent<'a> {
    pub(super) fields: &'a BTreeMap<String, String>,
}

impl Sent<'_> {
    pub(super) fn text(&self, field: Asks) -> &str {
        self.fields.get(field.word()).map(|text| text.trim()).unwrap_or_default()
    }

    fn year(&self, field: Asks) -> Result<i32, EngineError> {
        crate::pages::years::read(self.text(field)).ok_or_else(|| fault(field, "请填写年度", "give a year"))
    }

    fn amount(&self) -> Result<Fen, EngineError> {
        Fen::parse(self.text(Asks::Amount))
            .map_err(|_| fault(Asks::Amount, "请填写金额，如 1200.00", "enter an amount such as 1200.00"))
    }

    fn sum(&self) -> Result<(i32, Fen), EngineError> {
        Ok((self.year(Asks::Year)?, self.amount()?))
    }

    /// A share of one, from percent.
    fn share(&self) -> Result<Decimal, EngineError> {
        let fault = || fault(Asks::Share, "请填写 1 至 100", "give a number from 1 to 100");
        let percent: u32 = self.text(Asks::Share).parse().map_err(|_| fault())?;
        Decimal::parse(&format!("{}.{:02}", percent / 100, percent % 100)).map_err(|_| fault())
    }
}

fn fault(field: Asks, zh: &str, en: &str) -> EngineError {
    EngineError::Malformed(vec![Fault::new(format!("/{}", field.word()), (zh, en))])
}

/// Carries a deed out.
pub(super) async fn carry_out(
    engine: &Engine,
    (actor, now): (&Actor, DateTime<Utc>),
    (deed, sent): (Deed, &Sent<'_>),
) -> Result<(), EngineError> {
    let why = (sent.text(Asks::Reason), now);
    match deed {
        Deed::Appropriate => engine.appropriate(actor, sent.text(Asks::Department), sent.sum()?, now).await,
        Deed::Reduce => engine.reduce(actor, sent.text(Asks::Department), sent.sum()?, why).await,
        Deed::BaseFunds => {
            let wanted = (sent.year(Asks::Year)?, sent.share()?);
            engine.pay_base_funds_up_to(actor, wanted, now).await.map(|_| ())
        }
        Deed::BaseFund => engine.pay_base_fund(actor, sent.text(Asks::Community), sent.sum()?, now).await,
        Deed::FillContingency => engine.fill_contingency(actor, sent.sum()?, now).await,
        Deed::DrainContingency => engine.drain_contingency(actor, sent.sum()?, why).await,
        Deed::OpenFund => open_fund(engine, (actor, now), sent).await,
        Deed::FillFund => engine.fill_fund(actor, sent.text(Asks::Fund), sent.sum()?, now).await,
        Deed::DrainFund => engine.drain_fund(actor, sent.text(Asks::Fund), sent.sum()?, why).await,
        Deed::Reward => {
            let order = RewardOrder {
                fund: sent.text(Asks::Fund),
                request: sent.text(Asks::Request),
                community: sent.text(Asks::Community),
                amount: sent.amount()?,
                reason: why.0,
            };
            engine.reward(actor, order, now).await
        }
        Deed::Close => {
            let rule = CarryOver::from_word(sent.text(Asks::Rule));
            engine.close_year(actor, sent.year(Asks::Year)?, rule, now).await.map(|_| ())
        }
        Deed::Reverse => {
            let (zh, en) = ("请填写分录编号或“代码#序号”", "give the id of a posting, or CODE#NUMBER");
            let taken = TakenBack::parse(sent.text(Asks::Entry));
            let taken = taken.ok_or_else(|| fault(Asks::Entry, zh, en))?;
            engine.reverse(actor, &taken, why.0, now).await.map(|_| ())
        }
    }
}

async fn open_fund(
    engine: &Engine,
    (actor, now): (&Actor, DateTime<Utc>),
    sent: &Sent<'_>,
) -> Result<(), EngineError> {
    let new = NewFund {
        code: sent.text(Asks::Code).to_owned(),
        name: sent.text(Asks::Name).to_owned(),
        name_en: sent.text(Asks::NameEn).to_owned(),
        years: (sent.year(Asks::Year)?, sent.year(Asks::Until)?),
        purpose: sent.text(Asks::Purpose).to_owned(),
    };
    engine.open_fund(actor, new, now).await.map(|_| ())
}
