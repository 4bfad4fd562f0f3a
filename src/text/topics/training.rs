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
        pause_hint: "Pause or resume (T)", "Pausar o seguir (T)";
        resume: "Resume", "Seguir";
        step: "One batch", "Un lote";
        step_hint: "Train a single batch, then pause (S)", "Entrena un solo lote y se pausa (S)";
        step_epoch: "One epoch", "Una época";
        step_epoch_hint: "Train to the end of the epoch, then pause (E)", "Entrena hasta el fin de la época y se pausa (E)";
        more_epochs: "+ epochs", "+ épocas";
        more_epochs_hint:
            "Train this run further, exactly as if it had never stopped",
            "Continúa este entrenamiento, exactamente como si no se hubiera detenido";
        more_epochs_not: "There is no run to train further", "No hay ningún entrenamiento que continuar";
        to_the_plan: "Finish planned epochs", "Completar las épocas previstas";
        to_the_plan_hint:
            "Train the planned epochs that are left",
            "Entrena las épocas previstas que faltan";
        validation: "Validation", "Validación";
        validation_hint:
            "Share of the training images set aside for validation. With 0 % only the test images are never trained on, and those the notebook calls validation",
            "Parte de las imágenes de entrenamiento que se reserva para validar. Con 0 % solo las de prueba quedan fuera, y el cuaderno las llama validación";
        retrain: "Retrain as I edit", "Reentrenar al editar";
        retrain_hint:
            "Each change trains a quick draft, every time on as many images as the first one had about two seconds for. A draft is not kept",
            "Cada cambio entrena un borrador, siempre con las imágenes que al primero le cabían en unos dos segundos. Un borrador no se guarda";
        retrain_waits: "Drafts wait until the run is over.", "Los borradores esperan a que acabe el entrenamiento.";
        in_full: "Train fully", "Entrenar por completo";
        in_full_hint:
            "Train this network with all the settings below, and keep the run",
            "Entrena esta red con todos los ajustes de abajo y guarda el resultado";
        stop: "Stop", "Detener";
        stop_hint: "End the run and keep what it has learnt (X)", "Detiene el entrenamiento y conserva lo aprendido (X)";
        not_trained_yet:
            "Press Train and watch the network learn",
            "Pulsa Entrenar y mira cómo aprende la red";
        press_train: "Press Train (T)", "Pulsa Entrenar (T)";
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
