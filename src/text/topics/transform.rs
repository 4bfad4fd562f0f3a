//! The view that changes pictures by hand.

use super::topic;

topic! {
    /// The view that changes pictures by hand.
    Transform {
        reset: "Reset", "Restablecer";
        reset_hint: "The picture as it is", "La imagen tal como es";
        right: "Right", "Derecha";
        down: "Down", "Abajo";
        pixels: "px", "px";
        turn: "Turn", "Girar";
        zoom: "Zoom", "Ampliar";
        light: "Light", "Luz";
        noise: "Noise", "Ruido";
        cover: "Cover", "Tapar";
        shift: "Shift", "Desplazar";
        right_hint: "Pixels to the right; black comes in at the edge. The changed picture can be dragged too", "Píxeles a la derecha; por el borde entra negro. También se puede arrastrar la imagen cambiada";
        down_hint: "Pixels down; black comes in at the edge", "Píxeles hacia abajo; por el borde entra negro";
        turn_hint: "Degrees clockwise, about the middle", "Grados en sentido horario, en torno al centro";
        zoom_hint: "How many times as large, about the middle", "Cuántas veces más grande, en torno al centro";
        light_hint: "Brighter by this share of white, darker below zero", "Más clara en esta parte del blanco; más oscura por debajo de cero";
        noise_hint: "Gaussian noise: its standard deviation as a share of white", "Ruido gaussiano: su desviación típica como parte del blanco";
        cover_hint: "A black square in the middle: its side as a share of the shorter side", "Un cuadrado negro en el centro: su lado como parte del lado más corto";
        shift_hint: "By so many pixels: the mean over right, left, up and down", "Tantos píxeles: la media de derecha, izquierda, arriba y abajo";
        picture: "The picture", "La imagen";
        changed: "Changed", "Cambiada";
        map: "Map", "Mapa";
        moved_map: "Map, moved", "Mapa, movido";
        map_of_changed: "Map of changed", "De la cambiada";
        difference: "Difference", "Diferencia";
        moved_map_hint: "The map of the picture, moved as the picture was. Grey: comes from beyond the edge", "El mapa de la imagen, movido como la imagen. Gris: viene de fuera del borde";
        map_of_changed_hint: "What the layer makes of the changed picture", "Lo que la capa hace de la imagen cambiada";
        difference_hint: "Map of the changed picture minus the moved map. For shifts a convolution has none, but for the edge; behind pools and strides only where the shift is of whole cells", "Mapa de la imagen cambiada menos el mapa movido. Con desplazamientos, una convolución no tiene ninguna, salvo en el borde; tras agrupaciones y pasos, solo si se desplazan celdas enteras";
        accuracy: "Accuracy on the test set", "Exactitud en el conjunto de prueba";
        against: "against", "según";
        no_convolution: "This network has no maps: every pixel has weights of its own, which do not move with the picture.", "Esta red no tiene mapas: cada píxel tiene sus propios pesos, que no se mueven con la imagen.";
        truth: "A map moves with its picture; the dense layers behind it do not. Pooling forgives a pixel or two.", "Un mapa se mueve con su imagen; las capas densas de detrás, no. La agrupación perdona un píxel o dos.";
        measure: "measure", "medir";
        measure_hint: "Goes through the whole test set once for each amount and direction: some seconds", "Recorre todo el conjunto de prueba una vez por cada cantidad y dirección: unos segundos";
        measured_first: "Tick “measure”: the accuracy appears here once the test set has been gone through.", "Marca «medir»: la exactitud aparece aquí cuando se ha recorrido el conjunto de prueba.";
    }
}
