//! How a shape is declared: one list of properties, kinds or words, from which both reading and
//! writing follow.

/// The JSON name of a property: its own unless it says another.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// A struct that is an object of JSON with exactly these properties.
macro_rules! object {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty $(as $key:literal)?,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        impl $crate::outbound::shape::Properties for $name {
            const NAMES: &'static [&'static [&'static str]] = &[$($crate::outbound::shape::names_of(
                <$type as $crate::outbound::shape::Shape>::INLINE,
                &[$crate::outbound::shape::key!($field $($key)?)],
            ),)+];

            fn take_all(
                object: &$crate::outbound::shape::Object,
                at: &$crate::outbound::problem::Pointer<'_>,
                problems: &mut $crate::outbound::problem::Problems,
            ) -> Option<Self> {
                $(let $field = <$type as $crate::outbound::shape::Shape>::take(
                    object,
                    $crate::outbound::shape::key!($field $($key)?),
                    at,
                    problems,
                );)+
                Some(Self { $($field: $field?,)+ })
            }

            fn put_all(&self, object: &mut $crate::outbound::shape::Object) {
                $($crate::outbound::shape::Shape::put(
                    &self.$field,
                    $crate::outbound::shape::key!($field $($key)?),
                    object,
                );)+
            }
        }

        impl $crate::outbound::shape::Shape for $name {
            fn read(
                value: &serde_json::Value,
                at: &$crate::outbound::problem::Pointer<'_>,
                problems: &mut $crate::outbound::problem::Problems,
            ) -> Option<Self> {
                use $crate::outbound::shape::Properties as _;
                let object = $crate::outbound::shape::open(value, &Self::NAMES.concat(), at, problems)?;
                Self::take_all(object, at, problems)
            }

            fn write(&self) -> serde_json::Value {
                use $crate::outbound::shape::Properties as _;
                let mut object = $crate::outbound::shape::Object::new();
                self.put_all(&mut object);
                serde_json::Value::Object(object)
            }
        }
    };
}

/// The parts of a choice that do not depend on where its content stands.
macro_rules! choice_shape {
    ($name:ident) => {
        impl $crate::outbound::shape::Shape for $name {
            fn read(
                value: &serde_json::Value,
                at: &$crate::outbound::problem::Pointer<'_>,
                problems: &mut $crate::outbound::problem::Problems,
            ) -> Option<Self> {
                $crate::outbound::shape::read_choice(value, &[], at, problems)
            }

            fn write(&self) -> serde_json::Value {
                serde_json::Value::Object($crate::outbound::shape::write_choice(self))
            }
        }
    };
}

/// An enum whose content stands in a property named like its `type`:
/// `{"type":"image","image":{…}}`.
macro_rules! choice {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($type:ty) = $kind:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $($(#[$variant_meta])* $variant($type),)+
        }

        impl $crate::outbound::shape::Choice for $name {
            const KINDS: &'static [&'static str] = &[$($kind,)+];

            fn names(kind: &str) -> Vec<&'static str> {
                Self::KINDS.iter().copied().filter(|known| *known == kind).collect()
            }

            fn take_kind(
                kind: &str,
                object: &$crate::outbound::shape::Object,
                at: &$crate::outbound::problem::Pointer<'_>,
                problems: &mut $crate::outbound::problem::Problems,
            ) -> Option<Self> {
                use $crate::outbound::shape::Shape;
                match kind {
                    $($kind => <$type as Shape>::take(object, $kind, at, problems).map(Self::$variant),)+
                    _ => None,
                }
            }

            fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                }
            }

            fn put_kind(&self, object: &mut $crate::outbound::shape::Object) {
                use $crate::outbound::shape::Shape;
                match self {
                    $(Self::$variant(content) => Shape::put(content, $kind, object),)+
                }
            }
        }

        $crate::outbound::shape::choice_shape!($name);
    };
}

/// An enum whose content stands beside its `type`: `{"type":"body","parameters":[…]}`.
macro_rules! tagged {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident($type:ty) = $kind:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $($(#[$variant_meta])* $variant($type),)+
        }

        impl $crate::outbound::shape::Choice for $name {
            const KINDS: &'static [&'static str] = &[$($kind,)+];

            fn names(kind: &str) -> Vec<&'static str> {
                use $crate::outbound::shape::Properties;
                match kind {
                    $($kind => <$type as Properties>::NAMES.concat(),)+
                    _ => Vec::new(),
                }
            }

            fn take_kind(
                kind: &str,
                object: &$crate::outbound::shape::Object,
                at: &$crate::outbound::problem::Pointer<'_>,
                problems: &mut $crate::outbound::problem::Problems,
            ) -> Option<Self> {
                use $crate::outbound::shape::Properties;
                match kind {
                    $($kind => <$type as Properties>::take_all(object, at, problems).map(Self::$variant),)+
                    _ => None,
                }
            }

            fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                }
            }

            fn put_kind(&self, object: &mut $crate::outbound::shape::Object) {
                use $crate::outbound::shape::Properties;
                match self {
                    $(Self::$variant(content) => Properties::put_all(content, object),)+
                }
            }
        }

        $crate::outbound::shape::choice_shape!($name);
    };
}

/// An enum of words; an alias is read and written as the word before it.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Meta's word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::outbound::shape::Shape for $name {
            fn read(
                value: &serde_json::Value,
                at: &$crate::outbound::problem::Pointer<'_>,
                problems: &mut $crate::outbound::problem::Problems,
            ) -> Option<Self> {
                let word = <String as $crate::outbound::shape::Shape>::read(value, at, problems)?;
                match word.as_str() {
                    $($word $(| $alias)* => return Some(Self::$variant),)+
                    _ => {}
                }
                let reason = $crate::outbound::shape::one_of(&[$($word,)+]);
                problems.add(at, $crate::outbound::problem::code::UNSUPPORTED, reason);
                None
            }

            fn write(&self) -> serde_json::Value {
                self.as_str().into()
            }
        }
    };
}

pub(in crate::outbound) use {choice, choice_shape, key, object, tagged, words};
