//! Runs: the shelf, the table, experiments.

use super::topic;

topic! {
    /// Runs: the shelf, the table, experiments.
    Runs {
        runs: "Runs", "Ejecuciones";
        run: "run", "ejecución";
        this_run: "this run", "esta ejecución";
        none_yet: "No runs yet: each one you train is kept here.", "Todavía no hay ninguna: aquí queda cada una que entrenes.";
        compare: "Compare runs", "Comparar ejecuciones";
        compare_hint: "All of them side by side, in a table", "Todas lado a lado, en una tabla";
        name: "Name of the run", "Nombre de la ejecución";
        baseline: "baseline", "referencia";
        pin: "Pin as baseline", "Fijar como referencia";
        pin_hint: "The table counts gains from it", "La tabla cuenta las mejoras desde ella";
        unpin: "Unpin", "Dejar de fijar";
        rename: "Rename", "Cambiar el nombre";
        duplicate: "Use its settings", "Usar sus ajustes";
        duplicate_hint:
            "Take its network and settings for the next run",
            "Toma su red y sus ajustes para la próxima ejecución";
        delete: "Delete", "Borrar";
        delete_hint: "It can be brought back for 30 days", "Se puede recuperar durante 30 días";
        bring_back: "Undo", "Deshacer";
        bring_back_hint: "Bring the deleted run back", "Recupera la ejecución borrada";
        wait_for_run:
            "A run is being trained. Stop it, or wait for its end, before another goes on.",
            "Se está entrenando una ejecución. Termínala, o espera a que acabe, antes de seguir con otra.";
        stop_it_first:
            "This run is being trained. Stop it before deleting it.",
            "Esta ejecución se está entrenando. Termínala antes de borrarla.";
        comparison: "What differs, and what came of it", "Qué cambia y qué resulta";
        all_compared:
            "All runs. Tick some on the shelf at the right to compare only those.",
            "Todas las ejecuciones. Marca algunas a la derecha para comparar solo esas.";
        chosen_compared: "The runs ticked on the shelf at the right.", "Las ejecuciones marcadas a la derecha.";
        save_table_hint: "The table as CSV, numbers in full", "La tabla como CSV, con los números completos";
        table_file: "runs.csv", "ejecuciones.csv";
        cost: "Accuracy against what it cost", "Exactitud frente a lo que costó";
        cost_note:
            "Up and to the left is better: more test images classified rightly, in less time, with fewer parameters.",
            "Arriba y a la izquierda es mejor: más imágenes de prueba acertadas, en menos tiempo y con menos parámetros.";
        seconds_axis: "seconds in training", "segundos de entrenamiento";
        sweep: "Filters of each convolution", "Filtros de cada convolución";
        sweep_hint:
            "Numbers of filters to try, such as 16, 32, 64",
            "Cantidades de filtros que probar, como 16, 32, 64";
        sweep_start: "Train all", "Entrenar todas";
        sweep_start_hint:
            "Train the network at the left with each of these numbers, one after another, as one experiment",
            "Entrena la red de la izquierda con cada una, una tras otra, como un experimento";
        sweep_cancel: "Drop the rest", "Dejar el resto";
    }
}
