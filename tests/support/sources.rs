//! Rust sources as far as tests of their wording need them: the string literals outside comments and tests, each with
//! what it is given to.

use std::fs;
use std::path::{Path, PathBuf};

/// One string literal.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Relative to the project's folder.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// Its text as written, escapes included.
    pub text: String,
    /// The calls, macros and attributes around it, the innermost last: `["self.say", "text!"]`.
    pub within: Vec<String>,
}

/// Every `.rs` file below a folder, or the file itself.
pub fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut found: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .flat_map(|entry| files_of(&entry.unwrap().path()))
        .collect();
    found.sort();
    found
}

fn files_of(path: &Path) -> Vec<PathBuf> {
    let is_rust = path.extension().is_some_and(|ending| ending == "rs");
    if path.is_dir() || is_rust {
        files(path)
    } else {
        Vec::new()
    }
}

/// The string literals of a source; those in comments and below a `#[cfg(test)]` are left out.
pub fn literals(file: &Path, source: &str) -> Vec<Literal> {
    let letters: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let mut around: Vec<(char, String)> = Vec::new();
    // What was written since the last bracket, comma or semicolon: the name before a bracket is at its end.
    let mut before = String::new();
    let (mut at, mut line) = (0, 1);
    // The depth at which a test module began.
    let mut test: Option<usize> = None;
    let mut test_follows = false;
    while at < letters.len() {
        let rest = &letters[at..];
        let end = match rest[0] {
            '/' if rest.get(1) == Some(&'/') => find(rest, "\n"),
            '/' if rest.get(1) == Some(&'*') => find(rest, "*/") + 2,
            '"' => string_end(rest, 0),
            'r' if raw(rest).is_some() && !before.ends_with(is_name) => raw(rest).unwrap_or(1),
            // A character, not a lifetime.
            '\'' if rest.get(1) == Some(&'\\') => 3 + find(&rest[3.min(rest.len())..], "'"),
            '\'' if rest.get(2) == Some(&'\'') => 3,
            _ => 1,
        }
        .min(rest.len());
        let token: String = rest[..end].iter().collect();
        if rest[0] == '"' || rest[0] == 'r' && end > 1 {
            if test.is_none() {
                let text = token.trim_start_matches('r').trim_matches('#');
                found.push(Literal {
                    file: file.to_owned(),
                    line,
                    text: text[1..text.len().max(2) - 1].to_owned(),
                    within: around
                        .iter()
                        .map(|(_, name)| name.clone())
                        .filter(|name| !name.is_empty())
                        .collect(),
                });
            }
            before.push('"');
        } else if end == 1 {
            match rest[0] {
                '(' | '[' | '{' => {
                    let name: String = name_at_end(&before);
                    if rest[0] == '{' && test_follows {
                        test = Some(around.len());
                        test_follows = false;
                    }
                    around.push((rest[0], name));
                    before.clear();
                }
                ')' | ']' | '}' => {
                    around.pop();
                    if test == Some(around.len()) {
                        test = None;
                    }
                    before.clear();
                    before.push(rest[0]);
                }
                ';' => {
                    test_follows = false;
                    before.clear();
                }
                ',' => before.clear(),
                other => before.push(other),
            }
            if around.is_empty() || test.is_none() {
                let tail: String = letters[at.saturating_sub(11)..=at].iter().collect();
                test_follows |= tail == "#[cfg(test)]";
            }
        }
        line += token.matches('\n').count();
        at += end;
    }
    found
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || "_!:.#".contains(letter)
}

/// "log::info!" of "; log::info!", "#" of an attribute.
fn name_at_end(text: &str) -> String {
    let text = text.trim_end();
    let start = text
        .char_indices()
        .rev()
        .find(|(_, letter)| !is_name(*letter))
        .map_or(0, |(at, letter)| at + letter.len_utf8());
    text[start..].to_owned()
}

fn find(letters: &[char], what: &str) -> usize {
    let what: Vec<char> = what.chars().collect();
    letters
        .windows(what.len())
        .position(|window| window == what)
        .unwrap_or(letters.len())
}

/// The length of a literal whose quotation mark stands at `start`.
fn string_end(letters: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of a raw literal `r"…"` or `r#"…"#`.
fn raw(letters: &[char]) -> Option<usize> {
    let marks = letters[1..].iter().take_while(|letter| **letter == '#').count();
    if letters.get(1 + marks) != Some(&'"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(marks));
    let start = 2 + marks;
    Some(start + find(&letters[start..], &end) + end.len())
}
