//! `--generate KEY=VALUE`: a setting of the search, as `generation_config.json` would say it.

use hearsight::model::check_wish;
use serde_json::Value;

/// Reads one setting. The value is JSON, or a bare word such as `never`; Python's `True`, `False` and `None` are
/// understood too.
///
/// # Errors
/// It is no setting, or the value makes no sense; the sentence names it and says what could be.
pub fn setting(text: &str) -> Result<(String, Value), String> {
    let Some((key, value)) = text.split_once('=') else {
        return Err("a setting is written KEY=VALUE, such as length_penalty=0.0".to_owned());
    };
    let value = match value.trim() {
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        "None" => Value::Null,
        other => serde_json::from_str(other).unwrap_or_else(|_| Value::String(other.to_owned())),
    };
    let key = key.trim();
    check_wish(key, &value).map_err(|error| error.to_string())?;
    Ok((key.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_json_or_a_bare_word() {
        for (text, expected) in [
            ("length_penalty=0.0", json!(0.0)),
            ("early_stopping=never", json!("never")),
            ("early_stopping=True", json!(true)),
            ("max_new_tokens=None", json!(null)),
            ("bad_words_ids=[[1, 2], [3]]", json!([[1, 2], [3]])),
        ] {
            assert_eq!(setting(text).map(|(_, value)| value), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_setting_is_refused_with_those_that_there_are() {
        for (text, expected) in [
            ("length_penalty", "KEY=VALUE"),
            ("lenght_penalty=1", "length_penalty"),
            ("num_beams=lots", "num_beams"),
            ("num_beams=65", "64"),
            ("do_sample=true", "do_sample"),
        ] {
            let error = setting(text).err().unwrap_or_default();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
