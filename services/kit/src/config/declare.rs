//! The declaration of settings: the macro and what it makes.

use super::{Environment, Mistakes, Reader};

/// What is known of one setting without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declaration {
    /// The environment variable.
    pub name: &'static str,
    /// The type, in an operator's words.
    pub kind: &'static str,
    /// The value when nothing is set.
    pub default: Option<&'static str>,
    /// Whether it may be left out although it has no default.
    pub optional: bool,
    /// Whether it may come from `<name>_FILE` and is never printed.
    pub secret: bool,
    /// What it does.
    pub doc: &'static str,
}

/// A group of settings, made by [`settings!`](crate::settings).
pub trait Settings: Sized {
    /// Every setting of the group, in the order of their declaration.
    fn declarations() -> Vec<Declaration>;

    /// Reads the group; `None` when a mistake was noted.
    fn read_from(reader: &mut Reader<'_>) -> Option<Self>;
}

/// Reads a whole group of settings.
///
/// # Errors
/// Every mistake in the group, not the first one only.
pub fn read<T: Settings>(environment: &Environment) -> Result<T, Mistakes> {
    let mut reader = Reader::new(environment);
    let settings = T::read_from(&mut reader);
    let mistakes = reader.into_mistakes();
    match settings {
        Some(settings) if mistakes.is_empty() => Ok(settings),
        _ => Err(Mistakes(mistakes)),
    }
}

/// Declares a struct of settings.
///
/// Each field has its documentation, name and type; then perhaps a default
/// after `=`, as an operator would write it, and a check after `where`. A field
/// without a default must be set, unless it is an `Option`. Groups declared
/// elsewhere are taken in after `include`.
///
/// ```
/// use std::time::Duration;
/// use goodgo_service_kit::config::{within, Environment};
///
/// goodgo_service_kit::settings! {
///     /// How long to wait.
///     pub struct Patience {
///         /// How long a caller waits.
///         "WAIT" => wait: Duration = "2s" where within(Duration::ZERO..=Duration::from_secs(9)),
///     }
/// }
///
/// let environment = Environment::from_iter([("WAIT", "3s")]);
/// let patience: Patience = goodgo_service_kit::config::read(&environment).unwrap();
/// assert_eq!(patience.wait, Duration::from_secs(3));
/// ```
#[macro_export]
macro_rules! settings {
    (
        $(#[$about:meta])*
        $visibility:vis struct $group:ident {
            $(
                $(#[doc = $doc:literal])+
                $name:literal => $field:ident : $type:ty $(= $default:literal)? $(where $check:expr)?
            ),* $(,)?
        }
        $(include {
            $( $(#[$part_about:meta])* $part:ident : $part_type:ty ),* $(,)?
        })?
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        $visibility struct $group {
            $( $(#[doc = $doc])+ pub $field: $type, )*
            $($( $(#[$part_about])* pub $part: $part_type, )*)?
        }

        impl $crate::config::Settings for $group {
            fn declarations() -> ::std::vec::Vec<$crate::config::Declaration> {
                #[allow(unused_mut, reason = "a group may include no other")]
                let mut all = ::std::vec![$($crate::config::Declaration {
                    name: $name,
                    kind: <$type as $crate::config::Setting>::KIND,
                    default: $crate::settings!(@default $($default)?),
                    optional: <$type as $crate::config::Setting>::OPTIONAL,
                    secret: <$type as $crate::config::Setting>::SECRET,
                    doc: concat!($($doc),+).trim_ascii(),
                }),*];
                $($( all.extend(<$part_type as $crate::config::Settings>::declarations()); )*)?
                all
            }

            fn read_from(reader: &mut $crate::config::Reader<'_>) -> Option<Self> {
                // All are read before the first missing one ends the function.
                $( let $field = reader.setting::<$type>(
                    $name,
                    $crate::settings!(@default $($default)?),
                    $crate::settings!(@check $($check)?),
                ); )*
                $($( let $part = <$part_type as $crate::config::Settings>::read_from(reader); )*)?
                Some(Self { $( $field: $field?, )* $($( $part: $part?, )*)? })
            }
        }
    };
    (@default) => { None };
    (@default $default:literal) => { Some($default) };
    (@check) => { |_| Ok(()) };
    (@check $check:expr) => { $check };
}
