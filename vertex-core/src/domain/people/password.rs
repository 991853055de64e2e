//! How hard a new password has to be to guess. Whoever guesses begins with what many people take, and with what is
//! known of the person; the estimate is zxcvbn's (Wheeler, USENIX Security 2016).

use zxcvbn::{
    Entropy, Score,
    feedback::Warning,
    matching::patterns::{DictionaryPattern, MatchPattern},
    zxcvbn,
};

/// Characters of a password that are looked at. Time grows with the square of them: this many take a tenth of a second
/// at worst.
const LOOKED_AT: usize = 32;

/// Bytes that a drawn password is made of.
const DRAWN_BYTES: usize = 12;

/// What the service is called.
const SERVICE: [&str; 2] = ["vertex", "vertexar"];

/// What many people take that zxcvbn's lists, which are of English, lack.
const COMMON: [&str; 5] = ["пароль", "привет", "йцукен", "йцукенгшщз", "йцукенгшщзхъ"];

/// Why a password is easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Many people have it, or one like it.
    Common,
    /// It is made of the person's name or address, or of the company's or the service's name.
    Personal,
    /// It is a single word or name.
    SingleWord,
    /// It follows the keys of a keyboard.
    KeyboardPattern,
    /// It says the same again and again.
    Repeats,
    /// It is a sequence such as `abc` or `6543`.
    Sequence,
    /// It is a date or a year.
    Date,
    /// It is short for what it is made of.
    Guessable,
}

impl Weakness {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Common,
        Self::Personal,
        Self::SingleWord,
        Self::KeyboardPattern,
        Self::Repeats,
        Self::Sequence,
        Self::Date,
        Self::Guessable,
    ];

    /// The rule that is broken, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Common => "password_common",
            Self::Personal => "password_personal",
            Self::SingleWord => "password_single_word",
            Self::KeyboardPattern => "password_keyboard_pattern",
            Self::Repeats => "password_repeats",
            Self::Sequence => "password_sequence",
            Self::Date => "password_date",
            Self::Guessable => "password_guessable",
        }
    }

    /// What is wrong, and what would be right.
    pub fn message(self) -> String {
        let why = match self {
            Self::Common => "is one that many people have, or much like one",
            Self::Personal => "is made of your own name or address, or of the company's name",
            Self::SingleWord => "is a single word or name",
            Self::KeyboardPattern => "follows the keys of a keyboard",
            Self::Repeats => "says the same again and again",
            Self::Sequence => "is a sequence such as abc or 6543",
            Self::Date => "is a date or a year",
            Self::Guessable => "is too short for what it is made of",
        };
        format!(
            "{why}: take several words that have nothing to do with each other, or let a password manager draw one"
        )
    }
}

/// Why a password is easy to guess for who knows `about`: the names and addresses of the person and of the company.
pub fn weakness(password: &str, about: &[&str]) -> Option<Weakness> {
    let personal: Vec<String> = about.iter().flat_map(|text| words(text)).collect();
    let personal: Vec<&str> =
        SERVICE.into_iter().chain(personal.iter().map(|word| &**word)).collect();
    let looked_at: String = password.chars().take(LOOKED_AT).collect();
    let estimate = zxcvbn(&looked_at, &[&personal[..], &COMMON].concat());
    (estimate.score() < Score::Three).then(|| reason(&estimate, &personal))
}

/// A password that nobody guesses: 16 characters or so without those that look alike.
pub fn draw(fill_random: impl FnOnce(&mut [u8])) -> String {
    let mut bytes = [0; DRAWN_BYTES];
    fill_random(&mut bytes);
    bs58::encode(bytes).into_string()
}

/// A text and its words.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
    [text].into_iter().chain(words).map(str::to_lowercase)
}

fn reason(estimate: &Entropy, personal: &[&str]) -> Weakness {
    let has_one_of = |words: &[&str]| {
        estimate.sequence().iter().any(|part| match &part.pattern {
            MatchPattern::Dictionary(DictionaryPattern { matched_word, .. }) => {
                words.contains(&&**matched_word)
            }
            _ => false,
        })
    };
    if has_one_of(personal) {
        return Weakness::Personal;
    }
    if has_one_of(&COMMON) {
        return Weakness::Common;
    }
    let warning = estimate.feedback().and_then(|feedback| feedback.warning());
    match warning {
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => Weakness::Common,
        Some(
            Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => Weakness::SingleWord,
        Some(
            Warning::StraightRowsOfKeysAreEasyToGuess
            | Warning::ShortKeyboardPatternsAreEasyToGuess,
        ) => Weakness::KeyboardPattern,
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess
            | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => Weakness::Repeats,
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => Weakness::Sequence,
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            Weakness::Date
        }
        None => Weakness::Guessable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANNA: [&str; 3] = ["anna.k", "anna@studio.example", "Kovalyova Prints"];

    #[test]
    fn what_many_people_have_or_know_of_the_person_is_weak() {
        for (password, why) in [
            ("1234567890", Weakness::Common),
            ("P@ssw0rd12", Weakness::Common),
            ("пароль12345", Weakness::Common),
            ("йцукенгшщз", Weakness::Common),
            ("vertex2026", Weakness::Personal),
            ("Kovalyova1", Weakness::Personal),
            ("anna@studio.example", Weakness::Personal),
            ("aaaaaaaaaaaa", Weakness::Repeats),
            ("abcdefghijkl", Weakness::Sequence),
        ] {
            assert_eq!(weakness(password, &ANNA), Some(why), "{password}");
        }
    }

    #[test]
    fn words_that_have_nothing_to_do_with_each_other_are_strong() {
        for password in ["correct horse battery", "violet kettle marmalade", "семь рыжих чайников"]
        {
            assert_eq!(weakness(password, &ANNA), None, "{password}");
        }
    }

    #[test]
    fn what_comes_late_in_a_long_one_costs_no_time() {
        let substitutions = "4@8({[<3691!|0$5+7%2";
        let shortest = weakness(substitutions, &[]);
        assert_eq!(weakness(&substitutions.repeat(13), &[]), shortest);
        let tail = "violet kettle marmalade".repeat(5);
        assert!(weakness(&format!("{}{tail}", "a".repeat(LOOKED_AT)), &[]).is_some());
    }

    #[test]
    fn every_weakness_says_what_to_do() {
        for weakness in Weakness::ALL {
            assert!(weakness.message().contains("take several words"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_drawn_one_is_strong(random: [u8; DRAWN_BYTES]) {
            prop_assume!(random.iter().collect::<std::collections::HashSet<_>>().len() > 8);
            prop_assert_eq!(weakness(&draw(|bytes| bytes.copy_from_slice(&random)), &ANNA), None);
        }
    }
}
