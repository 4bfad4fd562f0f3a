//! What stands around the middle: a file a panel. A panel owns only what it alone needs; it reads the
//! state and answers with actions.

pub mod curves;
pub mod data_menu;
pub mod display;
pub mod dropping;
pub mod file_menu;
pub mod lesson;
pub mod network;
pub mod notices;
pub mod other_pictures;
pub mod performance;
pub mod presenter;
pub mod shelf;
pub mod stage;
pub mod status;
pub mod timeline;
pub mod top_bar;
pub mod training_controls;
pub mod welcome;
