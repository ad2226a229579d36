//! The order of names as people read them: "photo 2" before "photo 10", whatever their case.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

/// Compares two names: runs of digits by their number, the rest letter by letter without regard to case. Names that
/// are alike in that are told apart by their letters, so that the order is always the same.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.chars().peekable(), other.chars().peekable());
    loop {
        let order = match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return one.cmp(other),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (a, b) = (digits(&mut left), digits(&mut right));
                // Without leading zeros the longer number is the larger one.
                a.len().cmp(&b.len()).then_with(|| a.cmp(&b))
            }
            (Some(a), Some(b)) => {
                left.next();
                right.next();
                a.to_lowercase().cmp(b.to_lowercase())
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes a run of digits, without its leading zeros; it may be longer than any number type.
fn digits(letters: &mut Peekable<Chars<'_>>) -> String {
    let mut run = String::new();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        if !(run.is_empty() && digit == '0') {
            run.push(digit);
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_counted_and_case_does_not_matter() {
        let expected = [
            "1.jpg",
            "2.jpg",
            "10.jpg",
            "a1b2.jpg",
            "a1b10.jpg",
            "a02.jpg",
            "B.jpg",
            "c.jpg",
            "Größe.jpg",
            "강아지.jpg",
        ];
        let mut names = expected;
        names.reverse();
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, expected);
    }

    #[test]
    fn names_that_differ_in_case_or_zeros_alone_still_have_an_order() {
        assert_ne!(compare("A.jpg", "a.jpg"), Ordering::Equal);
        assert_ne!(compare("01.jpg", "1.jpg"), Ordering::Equal);
        assert_eq!(compare("A 1.jpg", "A 1.jpg"), Ordering::Equal);
        let long = "9".repeat(60);
        assert_eq!(compare(&long, &format!("{long}0")), Ordering::Less);
    }

    #[test]
    fn the_order_is_one_that_sorting_can_rely_on() {
        let mut random = fastrand::Rng::with_seed(3);
        let names: Vec<String> = (0..60)
            .map(|_| {
                (0..random.usize(0..6))
                    .map(|_| random.choice("01a9Bä ".chars().collect::<Vec<_>>()).unwrap_or('x'))
                    .collect()
            })
            .collect();
        for a in &names {
            for b in &names {
                assert_eq!(compare(a, b), compare(b, a).reverse(), "{a:?} {b:?}");
                for c in &names {
                    if compare(a, b).is_le() && compare(b, c).is_le() {
                        assert!(compare(a, c).is_le(), "{a:?} {b:?} {c:?}");
                    }
                }
            }
        }
    }
}
