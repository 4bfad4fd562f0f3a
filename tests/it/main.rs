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
mod house;
mod import;
mod import_keras;
mod independent;
mod inspect;
mod inspect_command;
mod inspector;
mod killed_runs;
mod lesson_window;
mod lessons;
mod own_data;
mod own_picture_views;
mod preferences;
mod programs;
mod readers;
mod real_data;
mod receptive_field;
mod runs;
mod runs_commands;
mod sent_lessons;
mod sent_runs;
mod spanish_commands;
mod support;
mod test_set;
mod test_set_commands;
mod test_set_views;
mod training;
mod unmeasured_epochs;
mod untrusted;
mod views;
mod views_follow;
mod window;
mod words;
