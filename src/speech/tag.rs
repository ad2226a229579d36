//! Language tags (BCP 47), as far as the choice of a voice needs them.

/// The language without its region: `en` of `en-US` or `en_US`.
pub(super) fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// Whether two tags are written differently at most.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).all(|pair| match pair {
            (b'-' | b'_', b'-' | b'_') => true,
            (one, other) => one.eq_ignore_ascii_case(&other),
        })
}

/// The tag to ask a platform for whose own language is `own`: where it speaks that language anyway, its own region.
pub(super) fn for_platform<'a>(wanted: &'a str, own: &'a str) -> &'a str {
    if same(wanted, primary(own)) { own } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::{for_platform, primary, same};

    #[test]
    fn a_tag_is_compared_whatever_its_case_and_hyphen() {
        assert!(same("en-US", "en_us"));
        assert!(!same("en", "en-US"));
        assert_eq!(primary("ko-KR"), "ko");
    }

    #[test]
    fn a_language_without_a_region_gets_the_one_of_the_platform() {
        assert_eq!(for_platform("en", "en-US"), "en-US");
        assert_eq!(for_platform("en-GB", "en-US"), "en-GB");
        assert_eq!(for_platform("ko", "en-US"), "ko");
    }
}
