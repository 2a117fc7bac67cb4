//! Values as people read them: no secret in clear, no page-long text.

use goodgo_model::Value;
use goodgo_provider::Change;

/// What stands for a value that only applying will tell.
pub(crate) const UNKNOWN: &str = "(known after deploy)";
/// What stands for a secret.
pub(crate) const SECRET: &str = "[secret]";
/// Longer texts are cut: a diff is read line by line.
const LONGEST: usize = 100;

/// One line, secrets masked, long texts cut.
pub(crate) fn short(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::List(items) => cut(&listed(items)),
        Value::Map(map) => {
            let pairs: Vec<String> =
                map.iter().map(|(key, item)| format!("{key}: {}", short(item))).collect();
            cut(&format!("{{{}}}", pairs.join(", ")))
        }
        Value::Secret(_) => SECRET.to_owned(),
        Value::Unknown | Value::Output { .. } | Value::Concat(_) => UNKNOWN.to_owned(),
    }
}

fn listed(items: &[Value]) -> String {
    let items: Vec<String> = items.iter().map(short).collect();
    format!("[{}]", items.join(", "))
}

fn quoted(text: &str) -> String {
    let characters = text.chars().count();
    if characters <= LONGEST {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(LONGEST - 20).collect();
    format!("{head:?}… ({characters} characters)")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST * 2) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Both sides of a change; masked when one of them is a secret: what a value was tells much
/// about what it is.
pub(crate) fn sides(change: &Change) -> (Option<String>, Option<String>) {
    let secret = |side: &Option<Value>| matches!(side, Some(Value::Secret(_)));
    let masked = secret(&change.old) || secret(&change.new);
    let show = |value: &Value| if masked { SECRET.to_owned() } else { short(value) };
    (change.old.as_ref().map(show), change.new.as_ref().map(show))
}

/// A value as a program's input wants it: texts without quotes, the rest as JSON. Secrets in
/// clear: only for a person who asked to see them.
pub(crate) fn raw(value: &Value) -> String {
    match revealed(value) {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A value as JSON with its secrets in clear.
pub(crate) fn revealed(value: &Value) -> serde_json::Value {
    match value {
        Value::Secret(inner) => revealed(inner),
        Value::List(items) => items.iter().map(revealed).collect(),
        Value::Map(map) => {
            map.iter().map(|(key, item)| (key.to_string(), revealed(item))).collect()
        }
        plain => serde_json::to_value(plain).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown_and_no_text_is_endless() {
        let nested =
            Value::map([("user", "ann".into()), ("password", Value::from("hunter2").secret())]);
        assert_eq!(short(&nested), "{password: [secret], user: \"ann\"}");
        assert_eq!(short(&Value::Unknown), UNKNOWN);
        assert!(short(&"x".repeat(500).into()).ends_with("(500 characters)"));
        assert_eq!(raw(&Value::from("hunter2").secret()), "hunter2");
    }
}
