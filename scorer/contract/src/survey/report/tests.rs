//! Reports there and back, and what gives way where a line is short.

use super::*;

const DIGEST: &str = "0a1b2c3d4e5f";

fn error() -> ErrorText {
    ErrorText::of(&ErrorFigures { rows: 1, mae: 4.231_001_234, rmse: 65.310_512_345, bias: -0.123_456_789 })
}

fn stale(seen: Seen) -> ReportedOutput {
    let (from, to) = ("98c3b2b6befe".to_owned(), "6574d0d7c4b0".to_owned());
    ReportedOutput::Stale { cause: StaleCause::Model, from, to, seen }
}

fn available() -> ReportedInput {
    ReportedInput::Available { identity: DIGEST.to_owned() }
}

fn largest() -> Seen {
    Seen { attempt: u32::MAX, rows: u64::MAX, error: Some(error()) }
}

fn month(index: usize) -> String {
    format!("{}-{:02}", 2021 + index / 12, index % 12 + 1)
}

/// A whole part, with what is said of the month of each index.
fn part(found: impl Fn(usize) -> (ReportedInput, ReportedOutput)) -> BTreeMap<String, ReportedMonth> {
    let found = |index| {
        let (input, output) = found(index);
        (month(index), ReportedMonth { input, output })
    };
    (0..MONTHS_PER_PART).map(found).collect()
}

fn back(line: &str) -> BTreeMap<String, ReportedMonth> {
    assert!(line.len() <= LIMIT, "{} bytes", line.len());
    match SurveyReport::parse(line).unwrap() {
        SurveyReport::Found(months) => months,
        failed @ SurveyReport::Failed { .. } => panic!("{failed:?}"),
    }
}

#[test]
fn a_survey_is_cut_into_parts_of_48_months() {
    for (months, expected) in [(0, 0), (1, 1), (48, 1), (49, 2), (100, 3), (1200, 25)] {
        assert_eq!(parts(months), expected, "{months} months");
    }
}

#[test]
fn a_whole_part_that_is_current_keeps_everything() {
    let seen = Seen { attempt: 1, rows: 1_234_567, error: Some(error()) };
    let months = part(|_| (available(), ReportedOutput::Current(seen.clone())));
    assert_eq!(back(&SurveyReport::Found(months.clone()).line()), months);
}

#[test]
fn every_kind_of_month_comes_back_as_it_was() {
    let seen = Seen { attempt: 2, rows: 0, error: None };
    let months = part(|index| match index % 6 {
        0 => (ReportedInput::NotPublished, ReportedOutput::None),
        1 => (ReportedInput::Denied { message: "grant s3:GetObject".into() }, ReportedOutput::None),
        2 => (available(), ReportedOutput::Current(seen.clone())),
        3 => (available(), stale(seen.clone())),
        4 => (available(), ReportedOutput::Damaged { problem: "it is “short”".into() }),
        _ => (ReportedInput::NotPublished, stale(Seen { error: Some(error()), ..seen.clone() })),
    });
    let line = SurveyReport::Found(months.clone()).line();
    assert_eq!(back(&line), months);
    assert_eq!(line.matches("s3:GetObject").count(), 1, "a text that months share stands there once");
}

#[test]
fn a_whole_part_that_is_stale_gives_up_digits_of_its_error_figures_first() {
    let months = part(|_| (available(), stale(Seen { attempt: 1, rows: 76_518, error: Some(error()) })));
    let five = ErrorText { mae: "4.231".into(), rmse: "65.311".into(), bias: "-0.12346".into() };
    let kept = part(|_| (available(), stale(Seen { attempt: 1, rows: 76_518, error: Some(five.clone()) })));
    assert!(back(&SurveyReport::Found(months).line()) == kept);
}

#[test]
fn a_whole_part_of_large_numbers_gives_up_error_figures_next() {
    let months = part(|_| (available(), stale(Seen { attempt: 999_999, rows: 9_999_999_999, error: Some(error()) })));
    let kept = part(|_| (available(), stale(Seen { attempt: 999_999, rows: 9_999_999_999, error: None })));
    assert!(back(&SurveyReport::Found(months).line()) == kept);
}

#[test]
fn what_an_output_was_made_from_gives_way_next_and_a_month_never() {
    let text = |index: usize| format!("{index} {}", "x".repeat(500));
    let months = part(|index| (ReportedInput::Denied { message: text(index) }, stale(largest())));
    let found = back(&SurveyReport::Found(months).line());
    assert_eq!(found.len(), MONTHS_PER_PART);
    for (index, found) in found.values().enumerate() {
        let ReportedInput::Denied { message } = &found.input else { panic!("{found:?}") };
        assert!(message.starts_with(&format!("{index} ")), "{message}");
        let ReportedOutput::Stale { from, to, seen, .. } = &found.output else { panic!("{found:?}") };
        assert_eq!((from.as_str(), to.as_str(), seen), ("", "", &Seen { error: None, ..largest() }));
    }
}

#[test]
fn different_texts_are_cut_to_one_length_and_short_ones_are_kept() {
    let problem = |index: usize| match index {
        0 => "short".to_owned(),
        _ => format!("{index:02} {}", "é\"\\\n\u{1}💥".repeat(200)),
    };
    let months = part(|index| (available(), ReportedOutput::Damaged { problem: problem(index) }));
    let problems: Vec<String> = back(&SurveyReport::Found(months).line())
        .into_values()
        .map(|found| match found.output {
            ReportedOutput::Damaged { problem } => problem,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(problems[0], "short");
    for (index, problem) in problems.iter().enumerate().skip(1) {
        assert!(problem.starts_with(&format!("{index:02} ")) && problem.ends_with('…'), "{problem}");
        assert!((45..=64).contains(&problem.len()), "{} bytes", problem.len());
    }
}

#[test]
fn a_text_that_differs_in_its_month_alone_is_kept_whole() {
    let message = |index| format!("`s3://rides/trip data/{}.parquet`: {}", month(index), "x".repeat(500));
    let months = part(|index| (ReportedInput::Denied { message: message(index) }, ReportedOutput::None));
    assert_eq!(back(&SurveyReport::Found(months.clone()).line()), months);
}

#[test]
fn the_line_is_of_the_form_that_is_documented() {
    let seen = Seen { attempt: 1, rows: 76_518, error: Some(error()) };
    let months = BTreeMap::from([
        ("2021-01".to_owned(), ReportedMonth { input: available(), output: stale(seen) }),
        (
            "2021-02".to_owned(),
            ReportedMonth {
                input: ReportedInput::Denied { message: "not 2021-02".into() },
                output: ReportedOutput::None,
            },
        ),
    ]);
    assert_eq!(
        SurveyReport::Found(months).line(),
        r#"{"months":["2021-01 0a1b2c3d4e5f m 98c3b2b6befe 6574d0d7c4b0 1 76518 4.2310012 65.310512 -0.12345679","2021-02 !0 -"],"texts":["not {month}"]}"#
    );
}

#[test]
fn a_failure_fits_whatever_its_texts() {
    for text in ["x", "é", "\u{1}", "\"", "\\", "💥"] {
        let text = text.repeat(50_000);
        let error = Failure { reason: text.clone(), message: text.clone(), remedy: text };
        let line = SurveyReport::Failed { class: ExitClass::Denied, error }.line();
        assert!(line.len() <= LIMIT, "{} bytes", line.len());
        assert_eq!(SurveyReport::parse(&line).unwrap().class(), ExitClass::Denied);
    }
}

#[test]
fn a_short_failure_is_kept_as_it_is() {
    let error = Failure { reason: "Denied".into(), message: "`a \"b\"`".into(), remedy: "grant \\it".into() };
    let failed = SurveyReport::Failed { class: ExitClass::Denied, error };
    assert_eq!(SurveyReport::parse(&failed.line()).unwrap(), failed);
}

#[test]
fn more_months_than_a_report_holds_are_a_failure_that_says_so() {
    let many = (0..500).map(|index| (month(index), ReportedMonth { input: available(), output: stale(largest()) }));
    let report = SurveyReport::parse(&SurveyReport::Found(many.collect()).line()).unwrap();
    assert_eq!(report, SurveyReport::too_many(500));
}

#[test]
fn an_identity_is_the_digest_of_tag_and_size() {
    let found = |size| ReportedInput::of(&InputFound::Available { etag: "abc".into(), size });
    // printf 'abc 5' | sha256sum
    assert_eq!(found(5), ReportedInput::Available { identity: "df882f634b74".into() });
    assert_ne!(found(6), found(5));
}

#[test]
fn figures_have_eight_digits_and_no_more_characters_than_they_need() {
    let cases = [
        (0.0, "0"),
        (4.231_001_234, "4.2310012"),
        (-0.1, "-0.1"),
        (123_456_789_012.0, "123456790000"),
        (1e300, "1e300"),
        (-1.234_567_891_2e-300, "-1.2345679e-300"),
    ];
    for (number, text) in cases {
        assert_eq!(decimal(number, DIGITS), text);
    }
}

#[test]
fn what_changed_is_short_and_still_differs() {
    assert_eq!(short("\"a b\"", "c"), ("ab".into(), "c".into()));
    let (from, to) = short("0123456789abcdef", "0123456789abcdeg");
    assert!(from != to && from.len() == SHORT && to.len() == SHORT, "{from} {to}");
    assert_eq!(short("same", "same"), ("same".into(), "same".into()));
}

#[test]
fn a_line_that_is_no_report_is_refused() {
    let row = |row: &str| format!(r#"{{"months":["{row}"],"texts":["t"]}}"#);
    let cases = [
        ("x".repeat(LIMIT + 1), "the report has 4097 bytes"),
        (r#"{"months":["2021-01 -"#.to_owned(), "is no report"),
        (r#"{"status":"Failed","milliseconds":1}"#.to_owned(), "must hold months or a failure"),
        (r#"{"months":[],"class":"Done"}"#.to_owned(), "must hold months or a failure"),
        (format!(r#"{{"months":[{}"-"]}}"#, r#""-","#.repeat(MONTHS_PER_PART)), "has 49 months"),
        (row("2021-01"), "its input is missing"),
        (row("2021/01 - -"), "its month is not of its form"),
        (row("2021-01 0A - -"), "its input is not of its form"),
        (row("2021-01 !1 -"), "its input is not of its form"),
        (row("2021-01 - x"), "its output is not of its form"),
        (row("2021-01 - c 1 -5"), "its rows is not of its form"),
        (row("2021-01 - c 1 5 0.1"), "its RMSE is missing"),
        (row("2021-01 - c 1 5 0.1 NaN 1"), "its error figure is not of its form"),
        (row("2021-01 - i 0123456789abc - 1 5"), "its from is not of its form"),
        (row("2021-01 - - -"), "more words"),
    ];
    for (line, problem) in cases {
        let error = SurveyReport::parse(&line).unwrap_err();
        let text = [Some(error.to_string()), std::error::Error::source(&error).map(ToString::to_string)];
        assert!(text.iter().flatten().any(|text| text.contains(problem)), "{line}: {text:?}");
    }
}
