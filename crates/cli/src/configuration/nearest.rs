//! The known name that is nearest to a misspelt one.

/// The nearest of the names, if it is near at all: no more than a third of its letters are to be changed.
pub(super) fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = among.map(|known| (distance(name, known), known)).min()?;
    (near.0 * 3 <= near.1.chars().count().max(3)).then_some(near.1)
}

/// How many letters are to be put in, left out or changed to make one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut next = vec![at + 1];
        for ((known, pair), left) in other.iter().zip(row.windows(2)).zip(at + 1..) {
            let [above, here] = pair else { continue };
            let before = next.last().copied().unwrap_or(left);
            next.push((above + usize::from(letter != *known)).min(here + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        assert_eq!((distance("kitten", "sitting"), distance("", "abc"), distance("准入", "准出")), (3, 3, 1));
        let names = ["database", "key_file", "listen", "lang"];
        assert_eq!(nearest("databse", names.into_iter()), Some("database"));
        assert_eq!(nearest("keyfile", names.into_iter()), Some("key_file"));
        assert_eq!(nearest("colour", names.into_iter()), None);
    }
}
