//! The words that mark a name as a credential: of a header, a URL parameter, a body field or a key.

use std::sync::LazyLock;

/// Words that mean a credential wherever they occur in a name, in alphabetical order.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| LIST.split_whitespace().collect());

const LIST: &str = "
    accesskey accesstoken apikey apitoken auth authentication authkey authorization authtoken bearer
    clientsecret cookie cookies credential credentials creds hmac jwt kennwort key oauth otp pass passcode
    passphrase passwd password passwort pwd refreshtoken sas secret secretkey secrets sessionid sig signature
    signatures token tokens
";

/// Words that mean a credential only if they are the whole name: a country code is not a credential.
const WHOLE_NAMES: [&str; 2] = ["code", "pin"];

/// Words before `key` that make it an identifier instead of a credential.
const BEFORE_KEY: [&str; 8] =
    ["cache", "foreign", "idempotency", "partition", "primary", "public", "sort", "surrogate"];

/// Whether this is the name of a credential. Whole words count; words end where the case changes, and at characters other
/// than letters and digits.
pub fn is_credential_name(name: &str) -> bool {
    let words = words(name);
    let own = words.strip_prefix(&["x".to_owned()][..]).unwrap_or(&words);
    if let [word] = own
        && WHOLE_NAMES.contains(&word.as_str())
    {
        return true;
    }
    let is_word = |word: &str| WORDS.binary_search(&word).is_ok();
    // `session_id` and `pass-word` as well as `sessionid` and `password`.
    if words.windows(2).any(|pair| pair[1] != "key" && is_word(&pair.concat())) {
        return true;
    }
    words.iter().enumerate().any(|(index, word)| {
        let before = index.checked_sub(1).map_or("", |before| &words[before]);
        is_word(word) && !(word == "key" && BEFORE_KEY.contains(&before))
    })
}

/// The words of a name in lower case, without trailing digits.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        let is_after_lower = before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        // `APIKey` is `API` and `Key`.
        let is_last_upper = before.is_some_and(|before| before.is_uppercase())
            && chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        if !c.is_alphanumeric() || c.is_uppercase() && (is_after_lower || is_last_upper) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    words.push(word);
    let words = words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_word_is_one() {
        assert!(WORDS.is_sorted());
        for word in WORDS.iter() {
            assert!(words(word).iter().eq([*word]), "{word}");
        }
    }

    #[test]
    fn whole_words_make_a_credential_and_parts_of_words_do_not() {
        const CREDENTIALS: &str = "
            Authorization Proxy-Authorization Set-Cookie X-Api-Key apiKey APIKey api_key api.key apikey
            X-API-KEY2 key sig code X-Code auth auth[user] X-Amz-Signature X-Amz-Credential pwd DB_PWD sas jwt
            bearer hmac X-Hub-Signature-256 accessToken OAuthToken client-secret session_id
        ";
        const OTHERS: &str = "
            X-Author X-Design X-Country-Code countryCode X-Keyword signup keyboard tokenizer passenger
            Idempotency-Key WWW-Authenticate X-Request-Id monkey compass decode ,
        ";
        for name in CREDENTIALS.split_whitespace() {
            assert!(is_credential_name(name), "{name}");
        }
        for name in OTHERS.split_whitespace().chain([""]) {
            assert!(!is_credential_name(name), "{name}");
        }
    }
}
