//! Placeholders in addresses: `{month}`, `{year}`, `{mm}`, `{runId}`, `{fingerprint}`. Plain replacement: there are no
//! loops, conditions or defaults, and a placeholder that is not known is an error.

use crate::task::Month;
use crate::uri::shown;

/// What placeholders stand for. What is `None` cannot be used where this is used.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// The month.
    pub month: Month,
    /// The MLflow run of the model.
    pub run_id: Option<&'a str>,
    /// The short form of the fingerprint.
    pub fingerprint: Option<&'a str>,
}

/// A placeholder that cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{{{name}}}` in `{template}` is not known here: use one of {known}")]
pub struct TemplateError {
    /// As much of the template as may be shown.
    template: String,
    name: String,
    known: String,
}

impl Values<'_> {
    fn get(&self, name: &str) -> Option<String> {
        match name {
            "month" => Some(self.month.to_string()),
            "year" => Some(format!("{:04}", self.month.year())),
            "mm" => Some(format!("{:02}", self.month.number())),
            "runId" => self.run_id.map(str::to_owned),
            "fingerprint" => self.fingerprint.map(str::to_owned),
            _ => None,
        }
    }

    fn known(&self) -> String {
        let names = ["month", "year", "mm", "runId", "fingerprint"];
        let known: Vec<_> =
            names.into_iter().filter(|name| self.get(name).is_some()).map(|name| format!("{{{name}}}")).collect();
        known.join(", ")
    }

    fn unknown(&self, template: &str, name: &str) -> TemplateError {
        let (template, name) = (shown(template), shown(name));
        // A brace may stand in a password.
        let name =
            if template.contains(&format!("{{{name}")) { name.chars().take(32).collect() } else { "…".to_owned() };
        TemplateError { template, name, known: self.known() }
    }

    /// Fills a template in.
    pub fn fill(&self, template: &str) -> Result<String, TemplateError> {
        let mut filled = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let name = after.split('}').next().unwrap_or_default();
            let closed = after.len() > name.len();
            match self.get(name).filter(|_| closed) {
                Some(value) => filled.push_str(&value),
                None => return Err(self.unknown(template, name)),
            }
            rest = &after[name.len() + 1..];
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// Whether a template has this placeholder.
pub fn mentions(template: &str, name: &str) -> bool {
    template.contains(&format!("{{{name}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values<'static> {
        Values { month: "2021-02".parse().unwrap(), run_id: Some("ab12"), fingerprint: None }
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(
            values().fill("s3://b/{year}/{mm}/green-{month}-{runId}.parquet").unwrap(),
            "s3://b/2021/02/green-2021-02-ab12.parquet"
        );
    }

    #[test]
    fn an_unknown_or_open_placeholder_is_refused_with_those_that_are_known() {
        for template in ["{moth}", "{fingerprint}", "{month", "{}", "{{month}}"] {
            let error = values().fill(template).unwrap_err().to_string();
            assert!(error.contains("{month}, {year}, {mm}, {runId}"), "{error}");
        }
    }

    #[test]
    fn a_refusal_never_repeats_a_secret() {
        for template in [
            "https://user:secret@host/{moth}",
            "https://host/{moth}?signature=secret",
            "https://host/a?signature={secret}",
            "https://user:{secret}@host/a",
            "s3://KEY:secret@bucket/{moth}",
        ] {
            let error = values().fill(template).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{template}: {error}");
        }
    }
}
