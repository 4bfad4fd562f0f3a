//! The training controls and the settings of a run.

use super::topic;

topic! {
    /// The training controls and the settings of a run.
    Training {
        train: "Train", "Entrenar";
        train_hint:
            "Start from random weights with the network and settings at the left (T)",
            "Empieza con pesos al azar, con la red y los ajustes de la izquierda (T)";
        pause: "Pause", "Pausa";
        pause_hint: "Hold or go on (T)", "Detener un momento o seguir (T)";
        resume: "Resume", "Seguir";
        step: "One batch", "Un lote";
        step_hint: "Train a single batch, then hold (S)", "Entrena un solo lote y espera (S)";
        stop: "Stop", "Terminar";
        stop_hint: "End the run and keep what it has learnt (X)", "Termina y conserva lo aprendido (X)";
        not_trained_yet:
            "Press Train and watch the network learn",
            "Pulsa Entrenar y mira cómo aprende la red";
        training: "Training", "Entrenamiento";
        epochs: "Epochs", "Épocas";
        epochs_hint: "Passes over all training images", "Pasadas por todas las imágenes de entrenamiento";
        batch_size: "Batch", "Lote";
        batch_size_hint:
            "Images a weight update: smaller is noisier and slower",
            "Imágenes por cada cambio de los pesos: menos es más ruidoso y más lento";
        learning_rate: "Learning rate", "Tasa de aprendizaje";
        learning_rate_hint:
            "Adam's step size; too large and training diverges",
            "El tamaño del paso de Adam; si es demasiado grande, el entrenamiento diverge";
        seed: "Seed", "Semilla";
        seed_hint:
            "Decides the random weights and the order of the images. Keep it to compare runs: with another seed the same filter number means something else",
            "Decide los pesos iniciales y el orden de las imágenes. No la cambies al comparar: con otra semilla, el mismo número de filtro significa otra cosa";
        training_images: "Training images", "Imágenes";
        training_images_hint:
            "Train on the first so many only, for a quick try",
            "Entrena solo con las primeras, para probar rápido";
    }
}
