//! The curves of loss and accuracy.

use super::topic;

topic! {
    /// The curves of loss and accuracy.
    Curves {
        loss: "Loss", "Pérdida";
        accuracy: "Accuracy", "Exactitud";
        accuracy_note:
            "Training accuracy is averaged over the epoch while the weights change; test accuracy is measured at its end. That is why the test curve may start above.",
            "La exactitud de entrenamiento es una media de toda la época, mientras los pesos cambian; la de prueba se mide al final. Por eso la curva de prueba puede empezar más arriba.";
        epoch: "epoch", "época";
        batch: "batch", "lote";
        second: "second", "segundo";
        axis_hint:
            "The horizontal axis. By batch, runs with different batch sizes are compared update by update; by second, at equal training time",
            "El eje horizontal. Por lote, se comparan actualización por actualización; por segundo, con el mismo tiempo de entrenamiento";
        validation: "validation", "validación";
        log: "log", "log";
        log_hint:
            "The loss on a logarithmic axis: large and small values both show",
            "La pérdida en un eje logarítmico: se ven los valores grandes y los pequeños";
        no_loss: "The loss appears here as the network trains.", "Aquí aparece la pérdida mientras entrena la red.";
        no_accuracy:
            "The accuracy appears here at the end of each epoch.",
            "Aquí aparece la exactitud al final de cada época.";
        each_batch: "each batch", "cada lote";
        training_smoothed: "training, smoothed", "entren., suavizada";
        training_running: "training", "entrenamiento";
        test: "test", "prueba";
    }
}
