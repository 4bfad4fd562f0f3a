//! How the window is shown.

use super::topic;

topic! {
    /// The Display menu.
    Display {
        display: "Display", "Pantalla";
        display_hint:
            "Size, presenter mode, full screen, keys",
            "Tamaño, modo de presentación, pantalla completa, teclas";
        scale: "Size", "Tamaño";
        larger: "Larger (Ctrl +)", "Más grande (Ctrl +)";
        smaller: "Smaller (Ctrl −)", "Más pequeño (Ctrl −)";
        presenter: "Presenter mode (F5)", "Modo de presentación (F5)";
        presenter_hint:
            "For a projector: everything larger, fewer controls, a ring around the pointer, the teacher's notes beside the lesson",
            "Para un proyector: todo más grande, menos controles, un anillo alrededor del puntero, las notas para el docente junto a la lección";
        curves: "Curves", "Curvas";
        images: "Test images", "Imágenes de prueba";
        panels: "Panels", "Paneles";
        hide: "Hide", "Ocultar";
        show: "Show", "Mostrar";
        beside_hint:
            "Show or hide it beside the view: this window has room for one panel",
            "Mostrarlo u ocultarlo junto a la vista: en esta ventana cabe un solo panel";
        second_window: "Second window for the projector (F8)", "Segunda ventana para el proyector (F8)";
        second_window_hint:
            "Shows the view alone, to be put on the projector's screen; controls, lesson and notes stay here",
            "Muestra solo la vista, para la pantalla del proyector; los controles, la lección y las notas quedan aquí";
        projector: "convlens: projector", "convlens: proyector";
        reduced_motion: "Reduced motion", "Menos movimiento";
        reduced_motion_hint:
            "Nothing fades or glides; what you play yourself still moves, one step at a time",
            "Nada se desvanece ni se desliza; lo que tú reproduces se sigue moviendo, paso a paso";
        full_screen: "Full screen (F11)", "Pantalla completa (F11)";
        full_screen_hint: "Enter or leave full screen", "Entrar en pantalla completa o salir de ella";
        keys_hint: "Everything that can be done by keyboard", "Todo lo que se puede hacer con el teclado";
    }
}
