//! The fixed texts, a file a topic, each with English and Spanish side by side: a text that is
//! missing in one of them does not compile.

mod about;
mod by_hand;
mod channels;
mod compare;
mod curves;
mod data;
mod display;
mod draw;
mod editing;
mod embedding;
mod errors;
mod explain;
mod export;
mod filters;
mod histograms;
mod images;
mod inspector;
mod keys;
mod lesson;
mod maps;
mod network;
mod overview;
mod paper;
mod performance;
mod report;
mod runs;
mod stage;
mod status;
mod test_set;
mod timeline;
mod training;
mod transform;
mod views;
mod window;

/// Declares a topic: `name: "English", "Spanish";` a line. A name ending in `_hint` explains the
/// control of the same name.
macro_rules! topic {
    ($(#[$doc:meta])* $topic:ident { $($name:ident: $en:literal, $es:literal;)+ }) => {
        $(#[$doc])*
        #[allow(clippy::struct_field_names, reason = "a text is named after the control it is on")]
        pub struct $topic {
            $(pub $name: &'static str,)+
        }

        impl $topic {
            /// In English.
            pub(in crate::text) const EN: Self = Self { $($name: $en,)+ };
            /// In Spanish.
            pub(in crate::text) const ES: Self = Self { $($name: $es,)+ };

            /// Name and text of every field, for the tests.
            #[cfg(test)]
            pub(in crate::text) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}
use topic;

/// Puts the topics together: a field of [`Text`] each.
macro_rules! topics {
    ($($(#[$doc:meta])* $name:ident: $topic:ty,)+) => {
        /// Every fixed text of one language.
        pub struct Text {
            /// The language.
            pub language: super::Language,
            /// Names of the classes: of Fashion-MNIST, or a data set's own.
            pub classes: &'static [&'static str],
            $($(#[$doc])* pub $name: $topic,)+
        }

        impl Text {
            /// English.
            pub(in crate::text) const EN: Self = Self {
                language: super::Language::En,
                classes: &[
                    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
                ],
                $($name: <$topic>::EN,)+
            };
            /// Spanish.
            pub(in crate::text) const ES: Self = Self {
                language: super::Language::Es,
                classes: &[
                    "Camiseta", "Pantalón", "Pulóver", "Vestido", "Abrigo",
                    "Sandalia", "Camisa", "Zapatilla", "Bolso", "Botín",
                ],
                $($name: <$topic>::ES,)+
            };

            /// Name and text of every field, for the tests.
            #[cfg(test)]
            pub(in crate::text) fn all(&self) -> Vec<(&'static str, &'static str)> {
                [$(self.$name.all(),)+].concat()
            }
        }
    };
}

topics! {
    /// What the program says of itself.
    about: about::About,
    /// The Channels view.
    channels: channels::Channels,
    /// The Compare view.
    compare: compare::Compare,
    /// Convolution by hand.
    by_hand: by_hand::ByHand,
    /// Loss and accuracy.
    curves: curves::Curves,
    /// The data set.
    data: data::Data,
    /// The Draw view.
    draw: draw::Draw,
    /// The Display menu.
    display: display::Display,
    /// Editing the network.
    editing: editing::Editing,
    /// The view of pictures as points.
    embedding: embedding::Embedding,
    /// The Errors view.
    errors: errors::Errors,
    /// The view that asks why a class.
    explain: explain::Explain,
    /// What can be taken away.
    export: export::Export,
    /// The Filters view.
    filters: filters::Filters,
    /// The Histograms view.
    histograms: histograms::Histograms,
    /// The strip of test images.
    images: images::Images,
    /// The inspector.
    inspector: inspector::Inspector,
    /// The sheet of keys.
    keys: keys::Keys,
    /// The lesson.
    lesson: lesson::Lesson,
    /// The Maps view.
    maps: maps::Maps,
    /// The stack of layers.
    network: network::Network,
    /// The view of the whole network.
    overview: overview::Overview,
    /// A lesson on paper.
    paper: paper::Paper,
    /// The performance overlay.
    performance: performance::Performance,
    /// A report of experiments.
    report: report::Report,
    /// Runs: the shelf, the table, experiments.
    runs: runs::Runs,
    /// What a teacher does over the view for the class.
    stage: stage::Stage,
    /// The history of a training.
    timeline: timeline::Timeline,
    /// The status line.
    status: status::Status,
    /// Questions about the whole test set.
    test_set: test_set::TestSet,
    /// Training and its settings.
    training: training::Training,
    /// The view that changes pictures by hand.
    transform: transform::Transform,
    /// Names of the views.
    views: views::Views,
    /// The window as a whole.
    window: window::Window,
}
