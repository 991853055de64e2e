//! Phone numbers, as people type them and as everybody can call them.

use std::{fmt, iter};

use phonenumber::{
    Metadata,
    metadata::{DATABASE, Descriptor},
};

/// A country by whose habits a number without `+` is read: ISO 3166-1, two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(phonenumber::country::Id);

impl Country {
    /// Reads a code such as `DE`.
    pub fn parse(code: impl AsRef<str>) -> Result<Self, String> {
        let code = code.as_ref().trim().to_uppercase();
        code.parse().map(Self).map_err(|_| format!("{code:?} is not a country such as RU or DE"))
    }

    fn code(&self) -> &str {
        self.0.as_ref()
    }
}

/// A phone number in E.164: a plus sign and at most 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads what somebody typed; a number without `+` is one of `country`. Numbers of every kind are taken: of a place,
    /// mobile, toll-free, of shared cost, premium rate, for companies and for the Internet.
    pub fn parse(text: impl AsRef<str>, country: Country) -> Result<Self, String> {
        let text = text.as_ref().trim();
        let wrong = || format!("{text:?} is not a phone number such as +49 30 123456");
        let typed = Typed::read(text).ok_or_else(wrong)?;
        typed.number(country).map(Self).ok_or_else(wrong)
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

/// What somebody typed: digits, and whether a country code comes first.
struct Typed {
    digits: String,
    has_code: bool,
}

impl Typed {
    /// The digits among what is written between them; `None` where there is anything else. Letters are digits on old
    /// telephones; here they are mistakes.
    fn read(text: &str) -> Option<Self> {
        let between = |c: char| {
            c.is_whitespace()
                || "-./()[]~\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}".contains(c)
        };
        let (has_code, rest) = match text.strip_prefix(['+', '\u{ff0b}']) {
            // The zero that is dialled inside a country, written into a number from outside.
            Some(rest) => (true, rest.replacen("(0)", "", 1)),
            None => (false, text.to_owned()),
        };
        if text.len() > 40 || !rest.chars().all(|c| c.is_ascii_digit() || between(c)) {
            return None;
        }
        let digits = rest.chars().filter(char::is_ascii_digit).collect();
        Some(Self { digits, has_code })
    }

    /// The number in E.164.
    fn number(&self, country: Country) -> Option<String> {
        if self.has_code {
            return with_code(&self.digits);
        }
        let meta = DATABASE.by_id(country.code())?;
        let abroad = meta
            .international_prefix()
            .and_then(|prefix| prefix.find(&self.digits))
            .filter(|found| found.start() == 0)
            .and_then(|found| with_code(&self.digits[found.end()..]));
        abroad
            .or_else(|| of_country(&self.digits, meta))
            .or_else(|| transformed(&self.digits, country))
    }
}

/// A number that begins with the code of its country.
fn with_code(digits: &str) -> Option<String> {
    if digits.starts_with('0') {
        return None;
    }
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let regions = DATABASE.by_code(&code.parse::<u16>().ok()?)?;
        let dialled =
            regions.iter().filter_map(|meta| national.strip_prefix(meta.national_prefix()?));
        let national = first_number(iter::once(national).chain(dialled), &regions)?;
        Some(format!("+{code}{national}"))
    })
}

/// A number as it is dialled inside a country: with what is dialled first there or without, perhaps with its code.
fn of_country(digits: &str, meta: &Metadata) -> Option<String> {
    let code = meta.country_code();
    let regions = DATABASE.by_code(&code)?;
    let prefix = match meta.national_prefix_transform_rule() {
        None => meta.national_prefix_for_parsing().and_then(|prefix| prefix.find(digits)),
        Some(_) => None,
    };
    let candidates = [
        prefix.filter(|found| found.start() == 0).map(|found| &digits[found.end()..]),
        meta.national_prefix().and_then(|prefix| digits.strip_prefix(prefix)),
        Some(digits),
        digits.strip_prefix(&code.to_string()),
    ];
    let national = first_number(candidates.into_iter().flatten(), &regions)?;
    Some(format!("+{code}{national}"))
}

/// A number of a country that dials others inside than from outside, as Argentina does. Elsewhere the library takes
/// away too much: what is dialled first twice, and from numbers of other countries, too.
fn transformed(digits: &str, country: Country) -> Option<String> {
    let number = phonenumber::parse(Some(country.0), digits).ok()?;
    phonenumber::is_valid(&number)
        .then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

fn first_number<'a>(
    mut candidates: impl Iterator<Item = &'a str>,
    regions: &[&Metadata],
) -> Option<&'a str> {
    candidates.find(|national| regions.iter().any(|meta| is_number_of(meta, national)))
}

/// Whether any kind of number of a region looks like this one.
fn is_number_of(meta: &Metadata, national: &str) -> bool {
    let kinds = meta.descriptors();
    let matches = |kind: &Descriptor| {
        kind.is_match(national)
            && kind
                .national_number()
                .find(national)
                .is_some_and(|found| found.end() == national.len())
    };
    let any = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.personal_number(),
        kinds.voip(),
        kinds.pager(),
        kinds.uan(),
        kinds.voicemail(),
    ];
    kinds.general().is_match(national) && any.into_iter().flatten().any(matches)
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
    fn numbers_of_every_kind_and_country_are_taken() {
        for (country, typed, number) in [
            ("RU", "8-800-555-35-35", "+78005553535"),
            ("RU", "8 804 333 71 00", "+78043337100"),
            ("RU", "8 809 505 00 00", "+78095050000"),
            ("DE", "+78005553535", "+78005553535"),
            ("KZ", "8 (777) 123-45-67", "+77771234567"),
            ("RU", "+7 701 234 56 78", "+77012345678"),
            ("KZ", "8 727 258 00 00", "+77272580000"),
            ("BY", "8 0152 45-09-11", "+375152450911"),
            ("BY", "8 801 100 10 10", "+3758011001010"),
            ("RU", "+380800500500", "+380800500500"),
            ("DE", "0800 1234567", "+498001234567"),
            ("RU", "+49 (0)800 1234567", "+498001234567"),
            ("FR", "00 49 800 1234567", "+498001234567"),
            ("DE", "0180 5 123456", "+491805123456"),
            ("DE", "0900 1123456", "+499001123456"),
            ("DE", "0700 12345678", "+4970012345678"),
            ("DE", "032 123456789", "+4932123456789"),
            ("GB", "0845 123 4567", "+448451234567"),
            ("GB", "0300 123 4567", "+443001234567"),
            ("US", "1-800-555-1234", "+18005551234"),
            ("RU", "+1 900 234 5678", "+19002345678"),
            ("IT", "06 6982", "+39066982"),
            ("AU", "1800 123 456", "+611800123456"),
            ("AU", "13 00 12", "+61130012"),
            ("JP", "0570 012 345", "+81570012345"),
            ("RU", "+86 400 123 4567", "+864001234567"),
            ("RU", "8 10 49 30 901820", "+4930901820"),
            ("RU", "+800 1234 5678", "+80012345678"),
            ("RU", "+979 123 456 789", "+979123456789"),
        ] {
            let country = Country::parse(country).unwrap();
            assert_eq!(
                Phone::parse(typed, country).as_ref().map(Phone::as_str),
                Ok(number),
                "{typed}"
            );
        }
        for wrong in
            ["8 800 555", "+7 800 555 35 35 35", "+1 123 456 7890", "+49 30 1", "112", "+", "8+800"]
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
