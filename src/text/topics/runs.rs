//! Runs: the shelf, the table, experiments.

use super::topic;

topic! {
    /// Runs: the shelf, the table, experiments.
    Runs {
        runs: "Runs", "Entrenamientos";
        run: "run", "entrenamiento";
        this_run: "this run", "este entrenamiento";
        none_yet: "No runs yet: each one you train is kept here.", "Todavía no hay ninguno: aquí se guardan todos los que hagas.";
        compare: "Compare runs", "Compararlos";
        compare_hint: "All of them side by side, in a table", "Todos lado a lado, en una tabla";
        name: "Name of the run", "Nombre del entrenamiento";
        baseline: "baseline", "referencia";
        pin: "Pin as baseline", "Fijar como referencia";
        pin_hint: "The table counts gains from it", "La tabla cuenta las mejoras a partir de él";
        unpin: "Unpin", "Dejar de fijar";
        rename: "Rename", "Cambiar el nombre";
        duplicate: "Use its settings", "Usar sus ajustes";
        duplicate_hint:
            "Take its network and settings for the next run",
            "Toma su red y sus ajustes para el próximo entrenamiento";
        delete: "Delete", "Borrar";
        delete_hint: "It can be brought back for 30 days", "Se puede recuperar durante 30 días";
        ticked: "Several runs", "Varios entrenamientos";
        ticked_hint:
            "Tick runs to compare or delete several at once",
            "Marca entrenamientos para comparar o borrar varios a la vez";
        tick_hint: "With Shift: all up to here", "Con Mayús: todos hasta aquí";
        tick_all: "Tick all", "Marcar todos";
        tick_none: "Untick all", "Desmarcar todos";
        bring_back: "Undo", "Deshacer";
        wait_for_run:
            "A run is in training. Stop it, or wait for its end, before you continue another.",
            "Hay un entrenamiento en marcha. Detenlo, o espera a que acabe, antes de continuar otro.";
        stop_it_first:
            "This run is in training. Stop it before you delete it.",
            "Este entrenamiento está en marcha. Detenlo antes de borrarlo.";
        comparison: "Settings and results", "Ajustes y resultados";
        all_compared:
            "All runs. Tick some in the list of runs to compare only those.",
            "Todos los entrenamientos. Marca algunos en la lista para comparar solo esos.";
        chosen_compared: "The runs ticked in the list.", "Los entrenamientos marcados en la lista.";
        save_table_hint: "The table as CSV, numbers in full", "La tabla como CSV, con los números completos";
        table_file: "runs.csv", "entrenamientos.csv";
        cost: "Accuracy vs. cost", "Exactitud frente a tiempo y parámetros";
        cost_note:
            "Up and to the left is better: more test images classified correctly, in less time, with fewer parameters.",
            "Arriba y a la izquierda es mejor: más imágenes de prueba bien clasificadas, en menos tiempo y con menos parámetros.";
        seconds_axis: "seconds in training", "segundos de entrenamiento";
        sweep: "Filters of each convolution", "Filtros de cada convolución";
        sweep_hint:
            "Numbers of filters to try, such as 16, 32, 64",
            "Cantidades de filtros que probar, como 16, 32, 64";
        sweep_start: "Train all", "Entrenar todas";
        sweep_start_hint:
            "Train the network at the left with each of these numbers, one after another, as one experiment",
            "Entrena la red de la izquierda con cada cantidad, una tras otra, como un experimento";
        sweep_cancel: "Cancel the rest", "Cancelar el resto";
    }
}
