//! The window as plain data: what panels and views read, and the actions that they answer with.
//! No thread is held here, and nothing is drawn.

pub mod action;
pub mod by_hand;
pub mod canvas;
pub mod channels;
pub mod compare;
pub mod curves;
pub mod data;
pub mod dialog;
pub mod display;
pub mod draft;
pub mod drawn;
pub mod explain;
pub mod filters;
pub mod history;
pub mod lesson;
pub mod lesson_steps;
pub mod maps;
pub mod moments;
pub mod notices;
pub mod opened;
pub mod options;
pub mod own_networks;
pub mod performance;
pub mod pin;
pub mod preferences;
pub mod queue;
pub mod run;
pub mod runs;
pub mod save;
pub mod saving;
pub mod slot;
pub mod state;
pub mod test_set;
pub mod view;
pub mod weights_of;
