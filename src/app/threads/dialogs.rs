//! Native file dialogs, each on a thread of its own: the blocking kind would freeze the window.

use crate::app::model::dialog::{Choice, Dialog};
use crate::app::model::opened::MODELS;
use convlens_core::dataset::picture;
use convlens_core::training::Wake;
use convlens_core::training::runs::package;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

/// A dialog that ends sooner than this was not cancelled by a person: the system has none to open,
/// which `rfd` tells only to the log.
const FASTEST_PERSON: Duration = Duration::from_millis(200);

/// Opens dialogs and holds their answers.
pub struct Dialogs {
    sender: Sender<Choice>,
    choices: Receiver<Choice>,
    wake: Wake,
}

impl Dialogs {
    pub fn new(wake: Wake) -> Self {
        let (sender, choices) = mpsc::channel();
        Self {
            sender,
            choices,
            wake,
        }
    }

    /// Opens a dialog and returns at once.
    pub fn open(&self, dialog: Dialog) {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        let thread = std::thread::Builder::new().name("convlens-dialog".into());
        // Not joined: a dialog left open must not keep the program from closing.
        let spawned = thread.spawn(move || {
            let started = Instant::now();
            let choice = match ask(dialog) {
                None if started.elapsed() < FASTEST_PERSON => Some(Choice::NoDialog),
                choice => choice,
            };
            if let Some(choice) = choice {
                let _window_closed = sender.send(choice);
                wake();
            }
        });
        if let Err(error) = spawned {
            log::error!("no thread for a dialog: {error}");
            let _window_closed = self.sender.send(Choice::NoDialog);
            (self.wake)();
        }
    }

    pub fn try_choice(&self) -> Option<Choice> {
        self.choices.try_recv().ok()
    }
}

fn ask(dialog: Dialog) -> Option<Choice> {
    match dialog {
        Dialog::DataFolder { title } => rfd::FileDialog::new()
            .set_title(title)
            .pick_folder()
            .filter(|path| is_chosen(path))
            .map(Choice::DataFolder),
        Dialog::Picture { title } => rfd::FileDialog::new()
            .set_title(title)
            .add_filter("PNG, JPEG, WebP, GIF, BMP", &picture::ENDINGS)
            .pick_file()
            .filter(|path| is_chosen(path))
            .map(Choice::Picture),
        Dialog::LessonFolder { title } => rfd::FileDialog::new()
            .set_title(title)
            .pick_folder()
            .filter(|path| is_chosen(path))
            .map(Choice::LessonFolder),
        Dialog::File {
            what,
            title,
            folder,
            name,
        } => {
            let ending = what.ending();
            let chosen = in_folder(rfd::FileDialog::new(), &folder, &name)
                .set_title(title)
                .add_filter(ending.to_uppercase(), &[ending])
                .save_file()
                .filter(|path| is_chosen(path))?;
            let path = what.with_ending(chosen.clone());
            // It knows nothing of an ending that was added afterwards.
            let asked = path == chosen;
            Some(Choice::File { what, path, asked })
        }
        Dialog::Open { title } => {
            let runs = [package::ENDING];
            let all = [&MODELS[..], &runs, &picture::ENDINGS].concat();
            rfd::FileDialog::new()
                .set_title(title)
                .add_filter(
                    "Keras, PyTorch, TensorFlow.js, ONNX, convlens, PNG, JPEG, WebP, GIF, BMP",
                    &all,
                )
                .pick_file()
                .filter(|path| is_chosen(path))
                .map(Choice::Open)
        }
    }
}

/// Whether somebody chose this: `rfd` takes whatever zenity prints for a path, its last words too.
fn is_chosen(path: &Path) -> bool {
    path.is_absolute()
}

/// Has a dialog begin in a folder with a file name.
fn in_folder(dialog: rfd::FileDialog, folder: &Path, name: &str) -> rfd::FileDialog {
    let dialog = dialog.set_directory(folder);
    if has_dialogs_of_its_own() {
        dialog.set_file_name(name)
    } else {
        // `rfd` then calls zenity, and tells it the name but not the folder.
        let path = folder.join(name);
        dialog.set_file_name(path.to_str().unwrap_or(name))
    }
}

/// Whether the desktop opens dialogs: everywhere but on a Linux without a desktop portal.
fn has_dialogs_of_its_own() -> bool {
    const SERVICE: &str = "dbus-1/services/org.freedesktop.portal.Desktop.service";
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return true;
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let has_bus = set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR").is_some_and(|dir| Path::new(&dir).join("bus").exists());
    // Inside a sandbox the portal is there, but not the file that starts it.
    let is_in_sandbox = Path::new("/.flatpak-info").exists() || set("SNAP").is_some();
    let shared = set("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    let is_installed = || std::env::split_paths(&shared).any(|dir| dir.join(SERVICE).is_file());
    has_bus && (is_in_sandbox || is_installed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failing_zenity_prints_is_not_chosen() {
        let folder = std::env::temp_dir();
        assert!(is_chosen(&folder.join("maps.png")));
        let last_words = "Bail out! Gtk:ERROR:gtkiconhelper.c:495: assertion failed";
        assert!(!is_chosen(Path::new(last_words)));
    }
}
