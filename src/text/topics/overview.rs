//! The view of the whole network.

use super::topic;

topic! {
    /// The view of the whole network.
    Overview {
        most: "Channels a layer", "Canales por capa";
        most_hint:
            "How many channels of each layer are shown: the most active ones on this picture, and the chosen one",
            "Cuántos canales de cada capa se muestran: los más activos con esta imagen y el elegido";
        picture: "picture", "imagen";
        truth:
            "Lines: what each channel adds to the next, activation × weight over the whole map; red adds, blue takes away, thicker is more. Grey lines hand a channel on as it is. Point at a map for its kernels; click it for its sum.",
            "Líneas: lo que cada canal aporta al siguiente, activación × peso en todo el mapa; rojo suma, azul resta, más gruesa es más. Las grises pasan un canal tal cual. Señala un mapa para ver sus kernels; púlsalo para ver su suma.";
        sum: "What it adds up", "Qué suma";
        not_shown: "channels not shown", "canales que no se muestran";
        bias: "bias", "sesgo";
        before_activation: "mean before activation", "media antes de la activación";
        to_a_pixel: "Down to one pixel", "Hasta un píxel";
        to_a_pixel_hint: "Opens Maps with the strongest cell of this map taken apart", "Abre Mapas con la celda más fuerte de este mapa desglosada";
        close: "Close", "Cerrar";
        handed_on: "This layer hands each channel on by itself: pooled, normalized, activated or added.", "Esta capa pasa cada canal por separado: agrupado, normalizado, activado o sumado.";
    }
}
