//! What a teacher does over the view for the class, and the clock.

use super::topic;

topic! {
    /// The row of the presenter's tools.
    Stage {
        pen: "Pen", "Lápiz";
        pen_hint: "Draw over the view with the mouse, in either window (W)", "Dibujar sobre la vista con el ratón, en cualquiera de las ventanas (W)";
        highlighter: "Highlighter", "Marcador";
        highlighter_hint: "A broad line that lets the picture through (G)", "Una línea ancha que deja ver la imagen (G)";
        undo: "Undo mark", "Deshacer trazo";
        undo_short: "Undo", "Deshacer";
        undo_hint: "Remove the last mark on this view (Ctrl+Z while a pen is in hand)", "Quitar el último trazo de esta vista (Ctrl+Z con el lápiz en la mano)";
        clear: "Clear marks", "Borrar trazos";
        clear_short: "Clear", "Borrar";
        clear_hint: "Remove all marks on this view (Delete while a pen is in hand)", "Quitar todos los trazos de esta vista (Supr con el lápiz en la mano)";
        spotlight: "Spotlight", "Foco";
        spotlight_hint: "Dim everything but a circle around the pointer (I)", "Oscurecer todo menos un círculo alrededor del puntero (I)";
        zoom: "Zoom", "Ampliar";
        zoom_hint: "Then click in the view what the class is to see twice as large; Z does it at the pointer", "Después, clic en la vista sobre lo que la clase verá al doble; la tecla Z lo hace donde está el puntero";
        freeze: "Freeze", "Congelar";
        freeze_hint: "The projector keeps what it shows while you go on (K)", "El proyector mantiene lo que muestra mientras sigues (K)";
        black: "Black", "Negro";
        black_hint: "Black screen for the class (.)", "Pantalla en negro para la clase (.)";
        back: "Black screen: click, Esc or . brings the picture back", "Pantalla en negro: un clic, Esc o . devuelve la imagen";
        pad: "Drawing over the view", "Dibujo sobre la vista";
        frozen: "Frozen picture of the view", "Imagen congelada de la vista";
        hold_clock: "Hold the clock", "Parar el reloj";
        run_clock: "Run the clock", "Poner en marcha el reloj";
        clock_hint: "Time since the lesson began, and time of this step of the minutes planned for it; “Start again” sets both to zero", "Tiempo desde que empezó la lección, y tiempo de este paso de los minutos previstos; «Empezar de nuevo» pone ambos a cero";
    }
}
