//! Guards of review: quote, proposal, approval under four eyes, publication.

use workflow::action::Action;
use workflow::assessment::Outcome;
use workflow::catalogue::Class;
use workflow::decide::DecideError;
use workflow::facts::Offer;
use workflow::money::Fen;
use workflow::request::{Assessed, Request};
use workflow::stage::Verdict;

use super::guards;
use crate::memory::{
    agreed, assessed, day, does, draft, free, in_review, offer, propose, proposed, published, quoted, submit,
    tries,
};

const PRICE: Fen = Fen(1_200_000);

fn accept(offer: Offer) -> Action {
    Action::AcceptQuote { offer }
}

/// A negative item, which the rules reject.
fn negative() -> Assessed {
    Assessed { outcome: Outcome::Reject, class: Some(Class::Negative), ..free() }
}

/// A purchase with two findings whose conditions travel with it.
fn conditional() -> Assessed {
    Assessed { conditions: ["burden.target", "funds.term"].map(str::to_owned).to_vec(), ..assessed() }
}

fn admit_with(codes: &[&str], reason: Option<&str>) -> Action {
    let conditions = codes.iter().map(|code| (*code).to_owned()).collect();
    Action::Propose { verdict: Verdict::Admit, conditions, reason: reason.map(str::to_owned) }
}

/// The same request, assessed otherwise behind the workflow's back.
fn then_assessed(request: Request, assessed: Assessed) -> Request {
    Request { assessed: Some(assessed), ..request }
}

guards! {
    nothing_is_quoted_where_no_price_is_due:
    DecideError::NoPrice, {
        let refused = tries(&in_review(free()), "review", Action::Quote, "2026-03-02");
        (refused, tries(&in_review(assessed()), "review", Action::Quote, "2026-03-02"))
    }

    an_offer_below_the_price_is_refused:
    DecideError::OfferBelowPrice { offer: Fen(1_199_999), price: PRICE }, {
        let refused = tries(&quoted(), "health", accept(offer(Fen(1_199_999))), "2026-03-02");
        (refused, tries(&quoted(), "health", accept(offer(PRICE)), "2026-03-02"))
    }

    an_offer_outside_the_budget_is_refused:
    DecideError::NotInBudget, {
        let outside = Offer { in_budget: false, ..offer(PRICE) };
        let refused = tries(&quoted(), "health", accept(outside), "2026-03-02");
        (refused, tries(&quoted(), "health", accept(offer(Fen(1_200_001))), "2026-03-02"))
    }

    a_quote_is_accepted_within_its_limit:
    DecideError::TooLate { on: day("2026-03-16") }, {
        let refused = tries(&quoted(), "health", accept(offer(PRICE)), "2026-03-17");
        (refused, tries(&quoted(), "health", accept(offer(PRICE)), "2026-03-16"))
    }

    a_price_is_admitted_with_an_accepted_quote_only:
    DecideError::QuoteNotAccepted { price: PRICE }, {
        let admit = propose(Verdict::Admit, Some("会审同意"));
        let refused = tries(&in_review(assessed()), "review", admit.clone(), "2026-03-02");
        (refused, tries(&agreed(assessed()), "review", admit, "2026-03-02"))
    }

    a_quote_of_another_price_is_no_quote:
    DecideError::QuoteNotAccepted { price: Fen(1_200_001) }, {
        let dearer = Assessed { price: Fen(1_200_001), ..assessed() };
        let admit = propose(Verdict::Admit, None);
        let refused = tries(&then_assessed(agreed(assessed()), dearer), "review", admit.clone(), "2026-03-02");
        (refused, tries(&agreed(free()), "review", admit, "2026-03-02"))
    }

    money_and_reasons_never_cure_the_negative_list:
    DecideError::NegativeNeverAdmitted, {
        let admit = propose(Verdict::Admit, Some("经费充足"));
        let refused = tries(&in_review(negative()), "review", admit, "2026-03-02");
        (refused, tries(&in_review(negative()), "review", propose(Verdict::Reject, None), "2026-03-02"))
    }

    approval_does_not_cure_the_negative_list_either:
    DecideError::NegativeNeverAdmitted, {
        let negative = then_assessed(proposed(free()), negative());
        let refused = tries(&negative, "approve", Action::Approve, "2026-03-02");
        (refused, tries(&proposed(free()), "approve", Action::Approve, "2026-03-02"))
    }

    a_condition_is_one_of_the_assessment:
    DecideError::UnknownCondition("burden.form".into()), {
        let unknown = admit_with(&["burden.target", "funds.term", "burden.form"], Some("会审同意"));
        let refused = tries(&agreed(conditional()), "review", unknown, "2026-03-02");
        let all = admit_with(&["burden.target", "funds.term"], None);
        (refused, tries(&agreed(conditional()), "review", all, "2026-03-02"))
    }

    dropping_a_condition_needs_a_reason:
    DecideError::ReasonMissing, {
        let dropping = |reason| admit_with(&["funds.term"], reason);
        let refused = tries(&agreed(conditional()), "review", dropping(None), "2026-03-02");
        (refused, tries(&agreed(conditional()), "review", dropping(Some("指标已取消")), "2026-03-02"))
    }

    a_proposal_against_the_rules_needs_a_reason:
    DecideError::ReasonMissing, {
        let refused = tries(&agreed(assessed()), "review", propose(Verdict::Reject, Some(" ")), "2026-03-02");
        let against = propose(Verdict::Reject, Some("与其他事项重复"));
        (refused, tries(&agreed(assessed()), "review", against, "2026-03-02"))
    }

    admitting_what_the_rules_refer_needs_a_reason:
    DecideError::ReasonMissing, {
        let referred = Assessed { outcome: Outcome::Refer, ..free() };
        let refused = tries(&in_review(referred.clone()), "review", propose(Verdict::Admit, None), "2026-03-02");
        let reasoned = propose(Verdict::Admit, Some("会审同意"));
        (refused, tries(&in_review(referred), "review", reasoned, "2026-03-02"))
    }

    whoever_proposed_cannot_approve:
    DecideError::FourEyes, {
        let by_both = does(&agreed(assessed()), "both", propose(Verdict::Admit, None), "2026-03-02");
        let refused = tries(&by_both, "both", Action::Approve, "2026-03-02");
        (refused, tries(&proposed(assessed()), "both", Action::Approve, "2026-03-02"))
    }

    whoever_filed_cannot_approve:
    DecideError::FourEyes, {
        let by_both = Request { filed_by: crate::memory::user("both"), ..proposed(assessed()) };
        let refused = tries(&by_both, "both", Action::Approve, "2026-03-02");
        (refused, tries(&by_both, "approve", Action::Approve, "2026-03-02"))
    }

    an_approver_of_another_district_is_none:
    DecideError::NotYours, {
        let refused = tries(&proposed(assessed()), "approve3", Action::Approve, "2026-03-02");
        (refused, tries(&proposed(assessed()), "approve", Action::Approve, "2026-03-02"))
    }

    sending_back_needs_a_reason:
    DecideError::ReasonMissing, {
        let back = |reason: &str| Action::SendBack { reason: reason.to_owned() };
        let refused = tries(&proposed(assessed()), "approve", back(""), "2026-03-02");
        (refused, tries(&proposed(assessed()), "approve", back("请补充社区意见"), "2026-03-02"))
    }

    nothing_enters_before_its_publication_has_ended:
    DecideError::NotYetDue { on: day("2026-03-09") }, {
        let refused = tries(&published(assessed()), "system", Action::Enter, "2026-03-09");
        (refused, tries(&published(assessed()), "system", Action::Enter, "2026-03-10"))
    }

    nothing_is_proposed_without_an_assessment:
    DecideError::Incomplete, {
        let unassessed = Request { assessed: None, ..in_review(free()) };
        let refused = tries(&unassessed, "review", propose(Verdict::Reject, Some("未评估")), "2026-03-02");
        (refused, tries(&in_review(free()), "review", propose(Verdict::Admit, None), "2026-03-02"))
    }
}

#[test]
fn a_correction_forgets_the_accepted_quote() {
    let back = Action::Return { reason: "金额有误".into() };
    let returned = does(&agreed(assessed()), "review", back, "2026-03-02");
    let again = does(&returned, "health", submit(assessed()), "2026-03-02");
    let review = does(&again, "review", Action::AcceptFiling, "2026-03-02");
    let refused = tries(&review, "review", propose(Verdict::Admit, None), "2026-03-02").unwrap_err();
    assert_eq!(refused, DecideError::QuoteNotAccepted { price: PRICE });
    assert_eq!(draft().version + 7, review.version, "every step counted once");
}
