//! The rules of OpenMetrics 1.0 that a text of figures must keep: families in one piece, each with its type; names that fit
//! type and unit; no sample twice; buckets that add up.

use std::collections::BTreeSet;

/// A family of samples as it stands in the text.
#[derive(Debug, Default)]
struct Family {
    name: String,
    kind: String,
    samples: Vec<(String, String, f64)>,
}

/// The samples of a text, by name with labels; fails where the text breaks a rule.
pub(crate) fn samples(text: &str) -> Vec<(String, f64)> {
    let body = text.strip_suffix("# EOF\n").expect("the text ends with its mark");
    let mut families: Vec<Family> = Vec::new();
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            describe(&mut families, comment);
        } else {
            sample(families.last_mut().expect("a sample has a family"), line);
        }
    }
    let names: BTreeSet<&str> = families.iter().map(|family| family.name.as_str()).collect();
    assert_eq!(names.len(), families.len(), "a family is in two pieces");
    families.iter().for_each(adds_up);
    let all = families.into_iter().flat_map(|family| family.samples);
    all.map(|(name, labels, value)| (format!("{name}{{{labels}}}"), value)).collect()
}

fn describe(families: &mut Vec<Family>, comment: &str) {
    let mut words = comment.splitn(3, ' ');
    let (what, name, rest) = (words.next(), words.next().expect("a name"), words.next().unwrap_or_default());
    if families.last().is_none_or(|family| family.name != name) {
        families.push(Family { name: name.to_owned(), ..Family::default() });
    }
    match what {
        Some("TYPE") => rest.clone_into(&mut families.last_mut().expect("it was just pushed").kind),
        Some("UNIT") => assert!(name.ends_with(&format!("_{rest}")), "{name} does not end with its unit {rest}"),
        other => assert!(other == Some("HELP") && !rest.is_empty(), "{name} is not described: {comment}"),
    }
}

fn sample(family: &mut Family, line: &str) {
    let (head, value) = line.rsplit_once(' ').expect("a value");
    let (name, labels) = head.split_once('{').map_or((head, ""), |(name, rest)| (name, rest.trim_end_matches('}')));
    let suffixes: &[&str] = match family.kind.as_str() {
        "counter" => &["_total"],
        "gauge" => &[""],
        "histogram" => &["_bucket", "_count", "_sum"],
        // No other type is used.
        _ => &[],
    };
    assert!(suffixes.iter().any(|suffix| name == format!("{}{suffix}", family.name)), "{line} in {}", family.name);
    let value: f64 = value.parse().expect("a number");
    assert!(family.kind == "gauge" || value >= 0.0, "{line}");
    let is_new = !family.samples.iter().any(|(known, of, _)| known == name && of == labels);
    assert!(is_new, "{line} is there twice");
    family.samples.push((name.to_owned(), labels.to_owned(), value));
}

/// Buckets never decrease, and the last one holds everything.
fn adds_up(family: &Family) {
    let buckets = || family.samples.iter().filter(|(name, ..)| name.ends_with("_bucket"));
    let without_bound = |labels: &str| -> String {
        labels.split(',').filter(|label| !label.starts_with("le=")).collect::<Vec<_>>().join(",")
    };
    for (name, labels, value) in buckets() {
        let of = without_bound(labels);
        let all = buckets().filter(|(_, other, _)| without_bound(other) == of);
        let largest = all.map(|(.., value)| *value).fold(0.0, f64::max);
        if labels.contains("le=\"+Inf\"") {
            assert!((value - largest).abs() < f64::EPSILON, "{name}{{{labels}}} is less than another bucket");
        }
    }
}
