//! Everything that is tested from outside: the rooms together, the commands, the window.

#![expect(clippy::unwrap_used, reason = "a test that fails should say where")]

mod by_hand;
mod commands;
mod compare_commands;
mod damage;
mod editor;
mod experiments;
mod explanations;
mod export_commands;
mod exports;
mod figures;
mod file_menu;
mod harmless;
mod house;
mod import;
mod import_keras;
mod import_onnx;
mod independent;
mod inspect;
mod inspect_command;
mod inspector;
mod keyboard;
mod killed_runs;
mod lesson_window;
mod lessons;
mod own_data;
mod own_picture_views;
mod painter;
mod preferences;
mod programs;
mod readers;
mod real_data;
mod receptive_field;
mod runs;
mod runs_commands;
mod sent_lessons;
mod sent_runs;
mod small_windows;
mod stays;
mod support;
mod test_set;
mod test_set_commands;
mod test_set_views;
mod training;
#[cfg(unix)]
mod trouble;
mod unmeasured_epochs;
mod untrusted;
mod views;
mod views_follow;
mod window;
mod words;
