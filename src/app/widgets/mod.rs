//! What panels and views are made of. It knows the state and its actions, and no panel.

pub mod class_bars;
#[cfg(test)]
mod contrast;
pub mod convolution_number;
pub mod curves;
pub mod fold;
pub mod keys;
pub mod layout;
pub mod little;
pub mod map_picture;
pub mod markdown;
pub mod other_network;
pub mod over_picture;
pub mod path_menu;
pub mod picker;
pub mod playing;
pub mod run_look;
pub mod split;
pub mod stage;
pub mod still_plot;
pub mod tab_order;
pub mod tabs;
pub mod test_set_bar;
pub mod textures;
pub mod theme;
pub mod thumb;
pub mod typing;
pub mod whole;
