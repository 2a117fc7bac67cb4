//! `RandomPassword` and `RandomString`: characters drawn from classes.

use goodgo_model::{Map, Value};
use goodgo_provider::schema::{Property, Shape, mistake};
use goodgo_provider::{CheckFailure, Error};

use crate::dice;
use crate::generator::{KEEPERS, Sort, text, whole};

/// A secret text.
pub(crate) const PASSWORD: Sort = Sort {
    token: "random:index/randomPassword:RandomPassword",
    properties: PROPERTIES,
    conflicts,
    results: &[("result", true)],
    make,
};

/// The same in the open, for names that must be unique.
pub(crate) const STRING: Sort = Sort {
    token: "random:index/randomString:RandomString",
    properties: PROPERTIES,
    conflicts,
    results: &[("result", false)],
    make,
};

const LONGEST: i32 = 65_536;

const PROPERTIES: &[Property] = &[
    KEEPERS,
    Property::required("length", Shape::Whole(1, LONGEST)),
    Property::flag("lower", true),
    least("minLower"),
    least("minNumeric"),
    least("minSpecial"),
    least("minUpper"),
    Property::flag("numeric", true),
    Property::optional("overrideSpecial", Shape::Text),
    Property::flag("special", true),
    Property::flag("upper", true),
];

const fn least(name: &'static str) -> Property {
    Property::whole(name, 0, LONGEST, 0)
}

/// Characters that are drawn when `switch` is on, `least` of them at any rate.
struct Class {
    switch: &'static str,
    least: &'static str,
    characters: &'static str,
}

/// The characters are those of Pulumi's package.
const CLASSES: [Class; 4] = [
    Class { switch: "lower", least: "minLower", characters: "abcdefghijklmnopqrstuvwxyz" },
    Class { switch: "upper", least: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    Class { switch: "numeric", least: "minNumeric", characters: "0123456789" },
    Class { switch: "special", least: "minSpecial", characters: "!@#$%&*()-_=+[]{}<>:?" },
];

impl Class {
    fn characters<'a>(&self, inputs: &'a Map) -> &'a str {
        match (self.switch, text(inputs, "overrideSpecial")) {
            ("special", own) if !own.is_empty() => own,
            _ => self.characters,
        }
    }
}

fn flag(inputs: &Map, name: &str) -> bool {
    inputs.get(name).and_then(Value::as_bool).unwrap_or_default()
}

fn conflicts(inputs: &Map) -> Vec<CheckFailure> {
    if !inputs.iter().all(|(name, value)| &**name == "keepers" || value.is_known()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for class in CLASSES.iter().filter(|class| !flag(inputs, class.switch)) {
        if whole(inputs, class.least) > 0 {
            let message = format!("asks for characters that `{}: false` excludes", class.switch);
            found.push(mistake(class.least, message));
        }
    }
    if CLASSES.iter().all(|class| !flag(inputs, class.switch)) {
        found.push(mistake("lower", "all four classes of characters are off; switch one on"));
    }
    let least: usize = CLASSES.iter().map(|class| whole(inputs, class.least)).sum();
    let length = whole(inputs, "length");
    if length < least {
        let message = format!("is {length}, but the `min…` properties ask for {least} characters");
        found.push(mistake("length", message));
    }
    found
}

fn make(inputs: &Map) -> Result<Vec<String>, Error> {
    let length = whole(inputs, "length");
    let mut drawn: Vec<char> = Vec::with_capacity(length);
    let mut all: Vec<char> = Vec::new();
    for class in CLASSES.iter().filter(|class| flag(inputs, class.switch)) {
        let characters: Vec<char> = class.characters(inputs).chars().collect();
        for _ in 0..whole(inputs, class.least) {
            drawn.push(characters[dice::index(characters.len())?]);
        }
        all.extend(characters);
    }
    while drawn.len() < length {
        drawn.push(all[dice::index(all.len())?]);
    }
    // Otherwise the first characters would always be of the classes with a minimum.
    dice::shuffle(&mut drawn)?;
    Ok(vec![drawn.into_iter().collect()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn_from(text: &str, characters: &str) -> usize {
        text.chars().filter(|character| characters.contains(*character)).count()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn length_classes_and_minimums_are_kept(
            on in prop::array::uniform4(any::<bool>()).prop_filter("one on", |on| on.contains(&true)),
            least in prop::array::uniform4(0_u32..6),
            more in 1_u32..40,
        ) {
            let mut inputs = Map::new();
            let mut length = more;
            for ((class, on), least) in CLASSES.iter().zip(on).zip(least) {
                inputs.insert(class.switch.into(), on.into());
                let least = if on { least } else { 0 };
                inputs.insert(class.least.into(), least.into());
                length += least;
            }
            inputs.insert("length".into(), length.into());
            prop_assert!(conflicts(&inputs).is_empty());

            let text = make(&inputs).unwrap().remove(0);
            prop_assert_eq!(text.chars().count(), length as usize);
            for class in &CLASSES {
                let count = drawn_from(&text, class.characters);
                prop_assert!(count >= whole(&inputs, class.least), "{} in {}", class.switch, text);
                prop_assert!(flag(&inputs, class.switch) || count == 0, "{} in {}", class.switch, text);
            }
        }
    }

    fn inputs(pairs: &[(&str, Value)]) -> Map {
        let given = pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        goodgo_provider::schema::complete(PROPERTIES, &given)
    }

    #[test]
    fn every_character_of_every_class_can_come() {
        let text = make(&inputs(&[("length", 20_000_u32.into())])).unwrap().remove(0);
        for character in CLASSES.iter().flat_map(|class| class.characters.chars()) {
            assert!(text.contains(character), "{character}");
        }
    }

    #[test]
    fn own_special_characters_take_the_place_of_the_usual_ones() {
        let only = [
            ("length", 200_u16.into()),
            ("lower", false.into()),
            ("upper", false.into()),
            ("numeric", false.into()),
            ("overrideSpecial", "-é".into()),
        ];
        let text = make(&inputs(&only)).unwrap().remove(0);
        assert_eq!(drawn_from(&text, "-é"), 200);
    }

    #[test]
    fn inputs_that_contradict_each_other_are_all_named() {
        let found = conflicts(&inputs(&[
            ("length", 3_u16.into()),
            ("special", false.into()),
            ("minSpecial", 2_u16.into()),
            ("minUpper", 2_u16.into()),
        ]));
        let messages: Vec<String> =
            found.iter().map(|failure| format!("{} {}", failure.path, failure.message)).collect();
        assert_eq!(
            messages,
            [
                "minSpecial asks for characters that `special: false` excludes",
                "length is 3, but the `min…` properties ask for 4 characters",
            ]
        );
    }
}
