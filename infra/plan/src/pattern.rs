//! How a person names resources, and what they may have meant.

use goodgo_model::Urn;

/// Whether a pattern names a resource: by its URN or its name, `*` standing for any text.
pub(crate) fn names(pattern: &str, urn: &Urn) -> bool {
    glob(pattern, urn.name()) || glob(pattern, urn.as_str())
}

fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let Some((middle, tail)) = rest.rsplit_once('*') else { return text.ends_with(rest) };
    // Taking the first place of each part leaves the most text for those that follow.
    for part in middle.split('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(tail)
}

/// Up to three of the names that resemble the pattern, nearest first.
pub(crate) fn near_misses<'a>(pattern: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (pattern.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (distance(pattern, name, limit), name))
        .filter(|&(distance, _)| distance <= limit)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// Levenshtein's distance, or more than `limit` when it certainly is.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let b: Vec<char> = b.chars().collect();
    if a.chars().count().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("auth", "auth", true),
            ("auth", "auth-1", false),
            ("auth*", "auth-1", true),
            ("*-1", "auth-1", true),
            ("a*h*1", "auth-1", true),
            ("a*h*2", "auth-1", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("*a*b*", "xbxa", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn near_misses_come_nearest_first() {
        let names = ["auth", "oath", "gateway", "auths"];
        assert_eq!(near_misses("auht", names.into_iter()), ["auth", "auths"]);
        assert_eq!(near_misses("gatway", names.into_iter()), ["gateway"]);
        assert!(near_misses("xyz", names.into_iter()).is_empty());
    }
}
