//! The codes, one row a code or range. `A` of Meta's documentation is [`Retry`], `L`
//! [`RetryLater`], `S` [`Ambiguous`], `N` [`Permanent`], or [`PauseLine`] when every other message
//! of the line would fail too.

use std::ops::RangeInclusive;

use super::{
    Advice, ErrorClass,
    ErrorClass::{Ambiguous, PauseLine, Permanent, Retry, RetryLater},
    Verdict,
};

/// Code 100 with subcode 33: the number's id does not exist or is not visible to the token.
pub(super) const MISSING_OBJECT: Verdict = Verdict {
    class: PauseLine,
    advice: Advice::CheckNumber,
};

/// A code of Meta's that is not in the table.
pub(super) const UNLISTED: Verdict = Verdict {
    class: Ambiguous,
    advice: Advice::Retry,
};

const TABLE: &[(RangeInclusive<i64>, ErrorClass, Advice)] = &[
    (0..=0, PauseLine, Advice::CheckToken),
    (1..=2, Ambiguous, Advice::Wait),
    (3..=3, PauseLine, Advice::CheckToken),
    (4..=4, Retry, Advice::Wait),
    (10..=10, PauseLine, Advice::CheckToken),
    (33..=33, PauseLine, Advice::CheckNumber),
    (100..=100, Permanent, Advice::None),
    (190..=190, PauseLine, Advice::CheckToken),
    (200..=299, PauseLine, Advice::CheckToken),
    (368..=368, PauseLine, Advice::ContactSupport),
    (613..=613, RetryLater, Advice::Wait),
    (80007..=80007, Retry, Advice::Wait),
    (130_403..=130_403, Permanent, Advice::ContactUnreachable),
    (130_429..=130_429, Retry, Advice::Wait),
    (130_472..=130_472, Permanent, Advice::ContactUnreachable),
    (130_497..=130_497, Permanent, Advice::ContactUnreachable),
    (131_000..=131_000, Ambiguous, Advice::Wait),
    (131_005..=131_005, PauseLine, Advice::CheckToken),
    (131_008..=131_009, Permanent, Advice::None),
    (131_016..=131_016, Ambiguous, Advice::Wait),
    (131_020..=131_021, Permanent, Advice::None),
    (131_026..=131_026, Permanent, Advice::ContactUnreachable),
    (131_030..=131_030, Permanent, Advice::CheckNumber),
    (131_031..=131_031, PauseLine, Advice::ContactSupport),
    (131_037..=131_037, PauseLine, Advice::CheckNumber),
    (131_041..=131_041, Permanent, Advice::None),
    (131_042..=131_042, RetryLater, Advice::CheckNumber),
    (131_044..=131_044, RetryLater, Advice::CheckNumber),
    (131_045..=131_045, PauseLine, Advice::CheckNumber),
    (131_047..=131_047, Permanent, Advice::UseTemplate),
    (131_048..=131_048, Permanent, Advice::Wait),
    (131_049..=131_049, RetryLater, Advice::Wait),
    (131_050..=131_050, Permanent, Advice::ContactUnreachable),
    (131_051..=131_055, Permanent, Advice::None),
    (131_056..=131_057, Retry, Advice::Wait),
    (131_059..=131_060, Permanent, Advice::None),
    (131_062..=131_063, Permanent, Advice::None),
    (131_064..=131_064, RetryLater, Advice::Wait),
    (131_201..=131_207, Permanent, Advice::None),
    (131_208..=131_208, Retry, Advice::Wait),
    (131_209..=131_215, Permanent, Advice::None),
    (132_000..=132_012, Permanent, Advice::None),
    (132_015..=132_015, RetryLater, Advice::Wait),
    (132_016..=132_018, Permanent, Advice::None),
    (132_068..=132_068, Permanent, Advice::None),
    (132_069..=132_069, RetryLater, Advice::Wait),
    (133_000..=133_000, RetryLater, Advice::CheckNumber),
    (133_004..=133_004, Ambiguous, Advice::Wait),
    (133_005..=133_006, PauseLine, Advice::CheckNumber),
    (133_008..=133_009, RetryLater, Advice::Wait),
    (133_010..=133_010, PauseLine, Advice::CheckNumber),
    (133_015..=133_016, RetryLater, Advice::Wait),
    (134_011..=134_100, Permanent, Advice::None),
    (134_101..=134_101, RetryLater, Advice::Wait),
    (134_102..=134_102, Permanent, Advice::None),
    (135_000..=135_000, Permanent, Advice::None),
    (136_024..=136_024, RetryLater, Advice::Wait),
    (137_000..=137_000, Permanent, Advice::ContactUnreachable),
    (139_000..=139_004, Permanent, Advice::None),
    (139_102..=139_102, Retry, Advice::Wait),
    (139_103..=139_103, Ambiguous, Advice::Wait),
    (2_494_100..=2_494_100, Retry, Advice::Wait),
];

pub(super) fn lookup(code: i64) -> Option<Verdict> {
    TABLE
        .iter()
        .find(|(codes, ..)| codes.contains(&code))
        .map(|&(_, class, advice)| Verdict { class, advice })
}

/// The meaning of an answer without a code.
pub(super) fn by_status(http_status: u16) -> Verdict {
    let (class, advice) = match http_status {
        // A redirect is not followed, so nothing was processed.
        300..=399 => (RetryLater, Advice::ContactSupport),
        401 => (PauseLine, Advice::CheckToken),
        429 => (Retry, Advice::Wait),
        400..=407 | 409..=499 => (Permanent, Advice::None),
        _ => (Ambiguous, Advice::Wait),
    };
    Verdict { class, advice }
}

#[cfg(test)]
mod tests {
    use super::{super::GraphError, *};

    #[test]
    fn rows_are_sorted_and_do_not_overlap() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0.end() < pair[1].0.start()));
    }

    #[test]
    fn codes_mean_what_the_documentation_says() {
        let cases = [
            (400, 130_429, None, Retry, "wait"),
            (400, 131_056, None, Retry, "wait"),
            (500, 131_057, None, Retry, "wait"),
            (400, 80007, None, Retry, "wait"),
            (400, 131_049, None, RetryLater, "wait"),
            (400, 131_042, None, RetryLater, "check_number"),
            (500, 131_000, None, Ambiguous, "wait"),
            (503, 2, None, Ambiguous, "wait"),
            (400, 131_047, None, Permanent, "use_template"),
            (400, 131_026, None, Permanent, "contact_unreachable"),
            (400, 100, None, Permanent, "none"),
            (400, 100, Some(33), PauseLine, "check_number"),
            (401, 190, Some(463), PauseLine, "check_token"),
            (403, 210, None, PauseLine, "check_token"),
            (403, 368, None, PauseLine, "contact_support"),
            (400, 133_010, None, PauseLine, "check_number"),
        ];
        for (http_status, code, subcode, class, advice) in cases {
            let error = GraphError {
                http_status,
                code: Some(code),
                subcode,
                message: None,
                details: None,
                fbtrace_id: None,
                retry_after: None,
            };
            assert_eq!(
                (error.class(), error.advice().as_str()),
                (class, advice),
                "{code}"
            );
        }
    }

    #[test]
    fn without_a_known_code_the_http_status_decides() {
        let cases = [
            (302, RetryLater),
            (400, Permanent),
            (401, PauseLine),
            (408, Ambiguous),
            (429, Retry),
            (502, Ambiguous),
        ];
        for (status, class) in cases {
            let error = GraphError::from_response(status, None, b"<html>Bad Gateway</html>");
            assert_eq!(error.class(), class, "{status}");
        }
    }

    #[test]
    fn a_code_that_is_not_listed_leaves_open_whether_the_message_went_out() {
        let unknown = br#"{"error":{"code":999999,"message":"new"}}"#;
        for status in [400, 500] {
            assert_eq!(
                GraphError::from_response(status, None, unknown).class(),
                Ambiguous
            );
        }
    }
}
