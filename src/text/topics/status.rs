//! The status line: whose weights a view shows.

use super::topic;

topic! {
    /// The status line: whose weights a view shows.
    Status {
        built_in: "Built-in network", "Red preentrenada";
        random: "Random weights", "Pesos al azar";
        another_network: "Look at a network for these pictures", "Ver una red para estas imágenes";
        draft: "Draft", "Borrador";
        drawing: "your drawing", "tu dibujo";
        no_network: "No network: a kernel of your own", "Sin red: un kernel propio";
        new_run: "New run", "Entrenamiento nuevo";
        other_data_hint:
            "This network was not trained on these pictures: what it says about them is no measure of its training.",
            "Esta red no se entrenó con estas imágenes: lo que dice de ellas no mide su entrenamiento.";
        other_classes_hint:
            "This network learnt other classes than those of these pictures: none of its answers can be right.",
            "Esta red aprendió otras clases que las de estas imágenes: ninguna de sus respuestas puede ser correcta.";
        not_trained: "Not trained yet", "Todavía sin entrenar";
        not_trained_hint:
            "Train starts this network. The views still show another one.",
            "Entrenar empieza con esta red. Las vistas todavía muestran otra.";
        not_shown: "Not the network shown", "No es la red que se muestra";
        not_shown_hint:
            "Runs of this network are in the list. The views show another one.",
            "En la lista hay entrenamientos de esta red. Las vistas muestran otra.";
        as_shown: "Shown in the views", "Es la que muestran las vistas";
        messages: "Messages", "Mensajes";
        messages_hint: "What was said so far, newest first", "Lo dicho hasta ahora, lo último primero";
        no_messages: "No messages", "Sin mensajes";
        forget: "Clear", "Vaciar";
    }
}
