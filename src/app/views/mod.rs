//! What the middle shows: a folder or file a view. A view is a struct that owns only what it alone needs
//! (textures, a zoom); it reads the state and answers with actions. The table of them is `view_table.rs`.

pub mod by_hand;
pub mod channels;
pub mod compare;
pub mod curves;
pub mod draw;
pub mod embedding;
pub mod errors;
pub mod explain;
pub mod filters;
pub mod histograms;
pub mod image_strip;
pub mod maps;
pub mod overview;
pub mod runs;
pub mod transform;

use eframe::egui;

use crate::app::model::action::Action;
use crate::app::model::state::State;

/// A view of the middle.
pub trait ViewPanel {
    /// Draws it in all the room of `ui`.
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>);
}
