//! The Draw view.

use super::topic;

topic! {
    /// The Draw view.
    Draw {
        brush: "Brush", "Pincel";
        brush_hint: "Draw light on dark, as Fashion-MNIST is (B)", "Dibuja claro sobre oscuro, como Fashion-MNIST (B)";
        eraser: "Eraser", "Borrador";
        eraser_hint: "Erase what is drawn (E)", "Borra lo dibujado (E)";
        size: "Size", "Tamaño";
        size_hint: "Radius of brush and eraser, in pixels of the picture", "Radio del pincel y del borrador, en píxeles de la imagen";
        undo: "Undo", "Deshacer";
        undo_hint: "Undo the last stroke (Ctrl+Z)", "Deshace el último trazo (Ctrl+Z)";
        redo: "Redo", "Rehacer";
        redo_hint: "Redo the stroke (Ctrl+Y)", "Rehace el trazo (Ctrl+Y)";
        clear: "Clear", "Limpiar";
        clear_hint: "Empty the pad", "Vacía el lienzo";
        open: "Open picture", "Abrir imagen";
        open_hint: "A photograph or drawing as the network would get it", "Una foto o un dibujo, tal como lo recibiría la red";
        formats:
            "PNG, JPEG, WebP, GIF or BMP. You can also drop one on the window, or paste one (Ctrl+V).",
            "PNG, JPEG, WebP, GIF o BMP. También puedes arrastrarlo a la ventana o pegarlo (Ctrl+V).";
        clipboard: "clipboard", "portapapeles";
        as_row: "show as a row in other views", "mostrar como fila en otras vistas";
        as_row_hint:
            "Shows this picture beside the test images in Maps, Channels, Compare and the others",
            "Muestra esta imagen junto a las de prueba en Mapas, Canales, Comparar y las demás";
        pad_help:
            "Draw with the pointer. By keyboard: Tab to the pad, move with the arrows, draw with Space; B is the brush, E the eraser. Until Esc lets go of the pad, T, S, X and L do nothing.",
            "Dibuja con el puntero. Con el teclado: Tab hasta el lienzo, flechas para moverte y espacio para dibujar; B es el pincel y E, el borrador. Hasta que Esc suelte el lienzo, T, S, X y L no hacen nada.";
        what_it_gets: "What the network gets", "Lo que recibe la red";
        ground: "remove ground", "quitar el fondo";
        ground_hint:
            "For a photo of something on a table: the ground's brightness is estimated from the picture's edge as a smooth surface, every pixel is divided by it, and what differs from it no more than most of the edge does becomes black. The rest is light on dark. Suggested when the edge is neither black nor white",
            "Para una foto de algo sobre una mesa: el brillo del fondo se estima a partir del borde de la imagen como una superficie suave, cada píxel se divide por él y lo que no difiere más que la mayor parte del borde pasa a negro. Lo demás queda claro sobre oscuro. Se propone si el borde no es ni negro ni blanco";
        unclear_ground:
            "The ground can't be told from the garment here: its brightness is too uneven. Take the photo on one plain ground, with nothing else in the picture.",
            "Aquí no se distingue el fondo de la prenda: su brillo es demasiado desigual. Haz la foto sobre un solo fondo liso, sin nada más en la imagen.";
        invert: "invert", "invertir";
        invert_hint:
            "Dark on light becomes light on dark: the network has seen nothing else. Suggested when the picture's edge is light",
            "Lo oscuro sobre claro pasa a claro sobre oscuro: la red no ha visto otra cosa. Se propone si el borde de la imagen es claro";
        crop: "crop", "recortar";
        crop_hint: "Remove empty rows and columns at the edges", "Quita las filas y columnas vacías de los bordes";
        center: "centre", "centrar";
        center_hint: "Move the garment to the middle", "Lleva la prenda al centro";
        step_picture: "grey", "en gris";
        step_alone: "no ground", "sin fondo";
        step_inverted: "inverted", "invertida";
        step_cropped: "cropped", "recortada";
        step_reduced: "reduced", "reducida";
        colours:
            "white red orange yellow green blue violet brown black",
            "blanco rojo naranja amarillo verde azul violeta marrón negro";
        prediction: "The network says", "La red dice";
        blank:
            "Nothing drawn yet. The network answers anyway, as it has no class for “nothing”.",
            "Aún no hay nada dibujado. La red responde igual, porque no tiene una clase para «nada».";
        first_frame:
            "This file is animated: only its first picture was read.",
            "Este archivo es una animación: solo se leyó su primera imagen.";
        transparent:
            "Its transparent parts became a plain background.",
            "Sus partes transparentes pasaron a ser un fondo liso.";
    }
}
