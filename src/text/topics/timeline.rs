//! The history of a training.

use super::topic;

topic! {
    /// The history of a training.
    Timeline {
        history: "Training history", "Historial del entrenamiento";
        history_hint:
            "Moments of the run whose weights are kept, closer together at the start, where most changes. Drag, or click and use ← → Home End; every view shows that moment",
            "Momentos cuyos pesos se guardan, más juntos al principio, donde más cambia. Arrastra, o haz clic y usa ← → Inicio Fin; todas las vistas muestran ese momento";
        nothing_yet:
            "Train, and drag here through what the network learnt, from random weights to now",
            "Entrena y recorre aquí lo que aprendió la red, desde pesos al azar hasta ahora";
        play: "Play the training", "Reproducir el entrenamiento";
        hold: "Pause", "Pausar";
        now: "now", "ahora";
        now_hint: "The newest weights again (End)", "Otra vez los pesos más nuevos (Fin)";
        back_to_live: "Back to the current run", "Volver al entrenamiento actual";
        back_to_built_in: "Back to the built-in network", "Volver a la red preentrenada";
        save: "Film", "Película";
        save_hint:
            "Save the maps at every one of these moments as an animated GIF",
            "Guarda los mapas de todos estos momentos como GIF animado";
        file: "training.gif", "entrenamiento.gif";
        film_under_way: "The film is being drawn…", "Se está dibujando la película…";
    }
}
