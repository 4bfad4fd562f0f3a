//! The lesson beside the views, and the welcome.

use super::topic;

topic! {
    /// The lesson.
    Lesson {
        lesson: "Lesson", "Lección";
        lesson_hint:
            "The notebook's class in steps beside the views (L)",
            "La clase del cuaderno de Jupyter, en pasos junto a las vistas (L)";
        close: "Close the lesson", "Cerrar la lección";
        next: "Next", "Siguiente";
        next_hint: "Next step (Page ↓)", "Paso siguiente (Av Pág)";
        previous: "Back", "Atrás";
        previous_hint: "Previous step (Page ↑)", "Paso anterior (Re Pág)";
        steps: "Step of the lesson", "Paso de la lección";
        route_hint:
            "Which steps Next and Back go through, and the clock counts; the list has all of them",
            "Qué pasos recorren Siguiente y Atrás y cuenta el reloj; la lista los tiene todos";
        whole: "whole lesson", "lección entera";
        show_me: "Show me", "Muéstrame";
        show_me_hint:
            "Set the window up for this step: network, images, layer, view (M)",
            "Preparar la ventana para este paso: red, imágenes, capa, vista (M)";
        ends_training:
            "A training is under way. Show me ends it and starts another: press it once more (M).",
            "Hay un entrenamiento en marcha. Muéstrame lo termina y empieza otro: púlsalo otra vez (M).";
        undo: "Undo", "Deshacer";
        undo_hint:
            "Restore network, settings, images and view; a run that was started is kept (U)",
            "Restaurar red, ajustes, imágenes y vista; un entrenamiento ya empezado se conserva (U)";
        other_data:
            "The lesson is about Fashion-MNIST. Other data are open: their images and numbers differ.",
            "La lección trata de Fashion-MNIST. Hay otros datos abiertos: sus imágenes y números son distintos.";
        check: "Check yourself", "Compruébalo";
        right: "Right.", "Correcto.";
        wrong: "Not yet.", "Todavía no.";
        predict: "Predict first", "Primero predice";
        accuracy_asked: "Test accuracy", "Exactitud de prueba";
        time_asked: "Training time", "Tiempo de entrenamiento";
        less_accurate: "lower", "menor";
        same_accuracy: "about the same", "casi igual";
        more_accurate: "higher", "mayor";
        faster: "shorter", "menor";
        same_time: "about the same", "casi igual";
        slower: "longer", "mayor";
        by_points: "In percentage points", "En puntos porcentuales";
        run: "Train both", "Entrenar las dos";
        run_hint:
            "Train both networks with the same settings and seed, one after the other",
            "Entrenar las dos redes con los mismos ajustes y la misma semilla, una tras otra";
        run_more: "Two more seeds", "Dos semillas más";
        run_more_hint:
            "Train both again from other random weights: does the difference stay?",
            "Entrenar las dos otra vez desde otros pesos al azar: ¿se mantiene la diferencia?";
        predict_to_run: "Make both predictions, then train.", "Haz las dos predicciones y después entrena.";
        wait_for_run: "Wait for the current run, or stop it.", "Espera a que acabe el entrenamiento en marcha, o detenlo.";
        no_result: "The runs ended before they had a result.", "Los entrenamientos acabaron antes de dar un resultado.";
        prediction: "Prediction", "Predicción";
        measured: "Measured", "Medido";
        one_seed: "one seed only", "una sola semilla";
        seeds_disagree: "the seeds disagree", "las semillas no coinciden";
        measured_once: "measured once", "medido una sola vez";
        times_disagree: "the times disagree", "los tiempos no coinciden";
        to_be_trained: "To be trained", "Se va a entrenar";
        why: "Why", "Por qué";
        notes: "For the teacher", "Para el docente";
        show_notes: "Notes for the teacher", "Notas para el docente";
        hands: "Show of hands", "A mano alzada";
        hands_hint: "How many of the class choose each answer; they see it when you show it", "Cuántos de la clase eligen cada respuesta; lo ven cuando lo muestras";
        show_hands: "show to the class", "mostrar a la clase";
        restart: "Start again for the next group", "Empezar de nuevo con otro grupo";
        restart_hint: "To the first step; answers, hands and predictions are forgotten, runs are kept", "Al primer paso; se olvidan respuestas, manos y predicciones; los entrenamientos quedan";
        own_folder: "A folder of your own…", "Una carpeta propia…";
        own_folder_hint:
            "Steps of your own, as Markdown files; docs/lessons.md says how",
            "Pasos propios, como archivos Markdown; docs/lessons.md explica cómo";
        folder: "Folder", "Carpeta";
        open: "Open", "Abrir";
        copy: "Copy", "Copiar";
        copy_hint: "The built-in lesson as a folder of its own, to be changed and sent:", "La lección incluida como carpeta propia, para cambiarla y enviarla:";
        new_folder: "New folder", "Carpeta nueva";
        choose: "Choose…", "Elegir…";
        built_in: "The built-in lesson", "La lección incluida";
        choose_folder: "Folder with a lesson", "Carpeta con una lección";
        welcome: "Three clicks to begin:", "Tres clics para empezar:";
        click_image: "another image, in the strip of test images", "otra imagen, en la tira de imágenes de prueba";
        click_filter: "another filter: →", "otro filtro: →";
        click_train: "Train", "Entrenar";
        welcome_done: "That is all it takes. The lesson explains what you see.", "Eso es todo. La lección explica lo que ves.";
        skip: "Skip", "Omitir";
        close_welcome: "Close", "Cerrar";
        done: "done", "hecho";
    }
}
