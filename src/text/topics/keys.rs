//! The sheet of keys.

use super::topic;

topic! {
    /// The sheet of keys: headings, what each key does, and names of keys.
    Keys {
        title: "Keys (?)", "Teclas (?)";
        everywhere: "Everywhere", "En todas partes";
        tab: "Tab, Shift+Tab, Enter, Space", "Tab, Mayús+Tab, Intro, Espacio";
        tab_does: "next, previous control; use it", "control siguiente, anterior; usarlo";
        views_does: "choose a view", "elegir una vista";
        more_views_does: "Transform, Overview, Points, Curves, Histograms", "Transformar, Panorama, Puntos, Curvas, Histogramas";
        undo_does: "undo, redo a change to the network", "deshacer, rehacer un cambio de la red";
        size_does: "larger, smaller, original size", "más grande, más pequeño, tamaño original";
        presenter_does: "presenter mode", "modo de presentación";
        second_does: "second window for the projector", "segunda ventana para el proyector";
        full_does: "full screen", "pantalla completa";
        parts_does: "next, previous part of the window", "parte siguiente, anterior de la ventana";
        fold_does:
            "hide or show network, curves, history, test images",
            "ocultar o mostrar red, curvas, historial, imágenes";
        sheet: "?", "?";
        sheet_does: "this sheet", "esta hoja";
        escape_does: "close what is open, unpin", "cerrar lo que está abierto, soltar lo fijado";
        performance_does: "window performance", "rendimiento de la ventana";
        quit_does: "close the window", "cerrar la ventana";
        training: "Training", "Entrenamiento";
        train_does: "train, pause, resume", "entrenar, pausar, seguir";
        step_does: "one batch, one epoch", "un lote, una época";
        stop_does: "stop", "detener";
        layer_does: "move or remove the layer chosen", "mover o quitar la capa elegida";
        pictures: "Pictures", "Imágenes";
        convolution_does: "channel", "canal";
        pin_does: "on a map: pin a cell, move the pin", "en un mapa: fijar una celda, mover lo fijado";
        channels_does: "in Maps, Channels: size; first, last", "en Mapas, Canales: tamaño; primero, último";
        like_does: "in Channels, by similarity: compare with the one chosen", "en Canales, por parecido: comparar con el elegido";
        filter_does: "in Filters: off or on", "en Filtros: apagar o encender";
        pad_does: "in Draw: brush, eraser; on the pad: draw, move", "en Dibujar: pincel, borrador; en el lienzo: dibujar, moverte";
        stroke_does: "in Draw: undo, redo a stroke", "en Dibujar: deshacer, rehacer un trazo";
        pad_escape_does: "on the pad: let go, so that T, S, X, L act again", "en el lienzo: soltarlo; así T, S, X, L vuelven a actuar";
        lesson: "Lesson", "Lección";
        open_does: "open or close the lesson", "abrir o cerrar la lección";
        steps_does: "next, previous step", "paso siguiente, paso anterior";
        show_does: "show me", "muéstrame";
        notes_does: "the teacher's notes, in presenter mode", "notas para el docente, en modo de presentación";
        back_does: "undo what “show me” did", "deshacer lo que hizo «muéstrame»";
        by_hand_does: "in By hand: play, move the patch", "en A mano: reproducir, mover el parche";
        digit_does: "in By hand: on a pixel, its value", "en A mano: sobre un píxel, su valor";
        answer_does: "answer the question; with Alt, choose a view", "responder a la pregunta; con Alt, elegir una vista";
        scroll_does: "scroll the step", "desplazar el paso";
        stage: "For the class", "Ante la clase";
        pen_does: "pen, highlighter over the view", "lápiz, marcador sobre la vista";
        marks_does: "with a pen in hand: undo, clear", "con el lápiz en la mano: deshacer, borrar";
        spotlight_does: "spotlight; zoom at the pointer", "foco; ampliar donde está el puntero";
        freeze_does: "freeze the projector; black screen", "congelar el proyector; pantalla en negro";
        let_go_does: "put the pen down; end zoom, spotlight, black", "soltar el lápiz; fin de zoom, foco y negro";
        shift: "Shift", "Mayús";
        space: "Space", "Espacio";
        enter: "Enter", "Intro";
        home: "Home", "Inicio";
        end: "End", "Fin";
        delete: "Delete", "Supr";
        page_up: "Page ↑", "Re Pág";
        page_down: "Page ↓", "Av Pág";
    }
}
