//! The sheet of keys.

use super::topic;

topic! {
    /// The sheet of keys: names of keys, and what each does.
    Keys {
        title: "Keys (?)", "Teclas (?)";
        everywhere: "Everywhere", "En todas partes";
        tab: "Tab, Shift+Tab, Enter, Space", "Tab, Mayús+Tab, Intro, Espacio";
        tab_does: "next, previous control; use it", "control siguiente, anterior; usarlo";
        views: "1, 2, …", "1, 2, …";
        views_does: "choose a view", "elegir una vista";
        undo: "Ctrl+Z, Ctrl+Shift+Z", "Ctrl+Z, Ctrl+Mayús+Z";
        undo_does: "undo, redo a change of the network", "deshacer, rehacer un cambio de la red";
        size: "Ctrl with + − 0", "Ctrl con + − 0";
        size_does: "larger, smaller, as designed", "más grande, más pequeño, tamaño original";
        presenter: "F5", "F5";
        presenter_does: "presenter mode", "modo de presentación";
        second: "F6", "F6";
        second_does: "second window for the projector", "segunda ventana para el proyector";
        full: "F11", "F11";
        full_does: "full screen", "pantalla completa";
        sheet: "?", "?";
        sheet_does: "this sheet", "esta hoja";
        escape: "Esc", "Esc";
        escape_does: "close what is open, unpin", "cerrar lo que está abierto, soltar lo fijado";
        performance: "P", "P";
        performance_does: "what the window costs", "lo que cuesta la ventana";
        quit: "Ctrl+Q", "Ctrl+Q";
        quit_does: "close the window", "cerrar la ventana";
        training: "Training", "Entrenamiento";
        train: "T", "T";
        train_does: "train, pause, resume", "entrenar, pausar, seguir";
        step: "S, E", "S, E";
        step_does: "one batch, one epoch", "un lote, una época";
        stop: "X", "X";
        stop_does: "stop", "detener";
        layer: "Alt+↑ Alt+↓ Delete", "Alt+↑ Alt+↓ Supr";
        layer_does: "move or remove the layer chosen", "mover o quitar la capa elegida";
        pictures: "Pictures", "Imágenes";
        convolution: "← → [ ]", "← → [ ]";
        convolution_does: "convolution number", "número de convolución";
        pin: "Enter, arrows", "Intro, flechas";
        pin_does: "on a map: pin a cell, move the pin", "en un mapa: fijar una celda, mover lo fijado";
        channels: "+ −, Home, End", "+ −, Inicio, Fin";
        channels_does: "in Channels: size, first, last", "en Canales: tamaño, primero, último";
        filter: "F", "F";
        filter_does: "in Filters: off or on", "en Filtros: apagar o encender";
        pad: "B, E, Space, arrows", "B, E, Espacio, flechas";
        pad_does: "in Draw: brush, eraser; on the pad: draw, move", "en Dibujar: pincel, borrador; en el lienzo: dibujar, moverte";
        pad_escape: "Esc", "Esc";
        pad_escape_does: "on the pad: let go, so that T, S, X, L act again", "en el lienzo: soltarlo; así T, S, X, L vuelven a actuar";
        lesson: "Lesson", "Lección";
        open: "L", "L";
        open_does: "open or close the lesson", "abrir o cerrar la lección";
        steps: "Page ↓, Page ↑", "Av Pág, Re Pág";
        steps_does: "next, previous step", "paso siguiente, paso anterior";
        show: "M", "M";
        show_does: "show me", "muéstrame";
        back: "U", "U";
        back_does: "undo what “show me” did", "deshacer lo que hizo «muéstrame»";
        by_hand: "Space, ← →, Home, End", "Espacio, ← →, Inicio, Fin";
        by_hand_does: "in By hand: play, move the patch", "en A mano: reproducir, mover el parche";
    }
}

impl Keys {
    /// The sheet: headings, and below each the keys with what they do.
    #[must_use]
    pub fn groups(&self) -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
        vec![
            (
                self.everywhere,
                vec![
                    (self.tab, self.tab_does),
                    (self.views, self.views_does),
                    (self.undo, self.undo_does),
                    (self.size, self.size_does),
                    (self.presenter, self.presenter_does),
                    (self.second, self.second_does),
                    (self.full, self.full_does),
                    (self.sheet, self.sheet_does),
                    (self.escape, self.escape_does),
                    (self.performance, self.performance_does),
                    (self.quit, self.quit_does),
                ],
            ),
            (
                self.training,
                vec![
                    (self.train, self.train_does),
                    (self.step, self.step_does),
                    (self.stop, self.stop_does),
                    (self.layer, self.layer_does),
                ],
            ),
            (
                self.pictures,
                vec![
                    (self.convolution, self.convolution_does),
                    (self.pin, self.pin_does),
                    (self.channels, self.channels_does),
                    (self.filter, self.filter_does),
                    (self.pad, self.pad_does),
                    (self.pad_escape, self.pad_escape_does),
                ],
            ),
            (
                self.lesson,
                vec![
                    (self.open, self.open_does),
                    (self.steps, self.steps_does),
                    (self.show, self.show_does),
                    (self.back, self.back_does),
                    (self.by_hand, self.by_hand_does),
                ],
            ),
        ]
    }
}
