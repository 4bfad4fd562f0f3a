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
        run: "Run", "Entrenamiento";
        lowest: "Lowest test loss", "Menor pérdida de prueba";
        lowest_hint:
            "The ring in the plot. From here on the network gets better on the training images alone",
            "El círculo del gráfico. A partir de aquí la red solo mejora con las imágenes de entrenamiento";
        last: "Test loss at the end", "Pérdida de prueba final";
        last_hint: "After the last complete epoch", "Después de la última época completa";
        gap: "Gap", "Distancia";
        gap_hint:
            "Test loss minus the smoothed training loss at the end of the last complete epoch, in nats; filled in the plot where there is one run. A gap that grows while the test loss rises is overfitting",
            "Pérdida de prueba menos la de entrenamiento suavizada al final de la última época completa, en nats; rellena en el gráfico si hay un solo entrenamiento. Si crece mientras sube la pérdida de prueba, hay sobreajuste";
        best_accuracy: "Best test accuracy", "Mejor exactitud de prueba";
        best_accuracy_hint:
            "The largest after any epoch. Chosen by the test set itself, it says a little too much",
            "La mayor después de una época. Elegida con el propio conjunto de prueba, dice un poco de más";
    }
}
