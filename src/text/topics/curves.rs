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
            "What the curves are drawn over. By batch, runs with other batch sizes can be compared update by update; by second, what the same time brought",
            "Sobre qué se dibujan las curvas. Por lote se comparan actualización por actualización; por segundo, lo que dio el mismo tiempo";
        validation: "validation", "validación";
        each_batch: "each batch", "cada lote";
        training_smoothed: "training, smoothed", "entren., suavizada";
        training_running: "training", "entrenamiento";
        test: "test", "prueba";
    }
}
