//! `$(NAME)` in variables and arguments, as a kubelet expands it. Pure.
//!
//! Source: Kubernetes 1.34.4, `third_party/forked/golang/expansion/expand.go`: a name that is not known stays as it is
//! written, `$$` is one dollar, and a lone `$` is itself.

/// The text with each reference to a known name replaced.
pub(super) fn expand(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|reference| reference.split_once(')')) {
            expanded.push_str(&value(name).unwrap_or_else(|| format!("$({name})")));
            rest = after;
        } else {
            expanded.push('$');
        }
    }
    expanded + rest
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn references_are_expanded_as_a_kubelet_does() {
        // From Kubernetes 1.34.4, third_party/forked/golang/expansion/expand_test.go.
        let cases = [
            ("$(VAR_A)", "A"),
            ("___$(VAR_B)___", "___B___"),
            ("$(VAR_A)$(VAR_B)", "AB"),
            ("$$(VAR_B)_$(VAR_A)", "$(VAR_B)_A"),
            ("$$$(VAR_A)", "$A"),
            ("$$$$$$$(VAR_A)", "$$$A"),
            ("$(VAR_DNE)", "$(VAR_DNE)"),
            ("$VAR_A", "$VAR_A"),
            ("foo$$var", "foo$var"),
            ("$(VAR_A$(VAR_B)", "$(VAR_A$(VAR_B)"),
            ("f000-$$VAR_A", "f000-$VAR_A"),
            ("$(", "$("),
            ("$?_boo_$!", "$?_boo_$!"),
            ("$", "$"),
        ];
        let value = |name: &str| matches!(name, "VAR_A" | "VAR_B").then(|| name[4..].to_owned());
        for (text, expected) in cases {
            assert_eq!(expand(text, value), expected, "{text}");
        }
    }
}
