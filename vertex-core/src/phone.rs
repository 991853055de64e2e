//! Phone numbers, as people type them and as everybody can call them.

use std::fmt;

/// A country by whose habits a number without `+` is read: ISO 3166-1, two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(phonenumber::country::Id);

impl Country {
    /// Reads a code such as `DE`.
    pub fn parse(code: impl AsRef<str>) -> Result<Self, String> {
        let code = code.as_ref().trim().to_uppercase();
        code.parse().map(Self).map_err(|_| format!("{code:?} is not a country such as RU or DE"))
    }
}

/// A phone number in E.164: a plus sign and at most 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads what somebody typed; a number without `+` is one of `country`.
    pub fn parse(text: impl AsRef<str>, country: Country) -> Result<Self, String> {
        let text = text.as_ref().trim();
        let wrong = || format!("{text:?} is not a phone number such as +49 30 123456");
        // Letters are digits on old telephones; here they are mistakes.
        if text.len() > 40 || text.chars().any(char::is_alphabetic) {
            return Err(wrong());
        }
        // The zero that is dialled inside a country, written into a number from outside.
        let called =
            if text.starts_with('+') { text.replacen("(0)", "", 1) } else { text.to_owned() };
        let number = phonenumber::parse(Some(country.0), called).map_err(|_| wrong())?;
        if !phonenumber::is_valid(&number) || number.extension().is_some() {
            return Err(wrong());
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }

    /// Takes back a number that was stored.
    pub fn stored(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let whole = (2..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if whole { Ok(Self(text)) } else { Err(format!("{text:?} is not in E.164")) }
    }

    /// The number itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The digits that a search for a typed part of a number looks for; `None` when there are too few
/// to be one. Without the zero or eight that people dial first inside their country.
pub fn searched_digits(text: &str) -> Option<String> {
    let has_words = text.chars().any(|c| !c.is_ascii_digit() && !" +-()./".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let dialled = match text.trim_start().starts_with('+') || digits.len() < 7 {
        true => digits.as_str(),
        false => digits.trim_start_matches('0'),
    };
    let dialled = match digits.len() {
        11 if !text.contains('+') => dialled.strip_prefix('8').unwrap_or(dialled),
        _ => dialled,
    };
    (!has_words && dialled.len() >= 3).then(|| dialled.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn russian(text: &str) -> Result<String, String> {
        Phone::parse(text, Country::parse("ru").unwrap()).map(|phone| phone.to_string())
    }

    #[test]
    fn a_number_is_read_as_people_type_it() {
        for typed in ["8 (912) 345-67-89", "+7 912 345 67 89", "89123456789", "9123456789"] {
            assert_eq!(russian(typed).as_deref(), Ok("+79123456789"), "{typed}");
        }
        assert_eq!(russian("+49 (0)30 901820").as_deref(), Ok("+4930901820"));
        let german = Country::parse("DE").unwrap();
        assert_eq!(Phone::parse("030 901820", german).unwrap().as_str(), "+4930901820");
        for wrong in
            ["", "123", "+7 912", "call me", "+1 800 FLOWERS", "0000000000", "+999123456789"]
        {
            assert!(russian(wrong).is_err(), "{wrong:?} passed");
        }
    }

    #[test]
    fn a_part_of_a_number_is_found_however_it_is_dialled() {
        assert_eq!(searched_digits("8 (912) 345-67-89").as_deref(), Some("9123456789"));
        assert_eq!(searched_digits("+7 912").as_deref(), Some("7912"));
        assert_eq!(searched_digits("030 901820").as_deref(), Some("30901820"));
        assert_eq!(searched_digits("345-67").as_deref(), Some("34567"));
        assert_eq!(searched_digits("12"), None);
        assert_eq!(searched_digits("Anna 912"), None);
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_e164_and_stays_what_it_is(text in "[+0-9 ()-]{0,20}|.{0,20}") {
            if let Ok(phone) = russian(&text) {
                prop_assert!(Phone::stored(phone.clone()).is_ok());
                prop_assert_eq!(russian(&phone), Ok(phone));
            }
        }
    }
}
