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
        forward: "Forward", "Hacia delante";
        forward_hint: "What each channel adds to the next", "Lo que cada canal aporta al siguiente";
        backward: "Backward", "Hacia atrás";
        backward_hint:
            "The gradient at every map, unit and weight: how much the loss would rise for each of its values, were it a little larger",
            "El gradiente en cada mapa, unidad y peso: cuánto subiría la pérdida por cada uno de sus valores si fuera un poco mayor";
        back_from: "of", "de";
        the_loss: "the loss", "la pérdida";
        back_truth:
            "Each map is a gradient: red, a larger value here would raise what is asked; blue, lower it. Every column has a scale of its own. Lines: what each channel hands back, weight × gradient, on the mean. Training moves each weight against its gradient. Click a map for its kernels' gradients.",
            "Cada mapa es un gradiente: rojo, un valor mayor aquí subiría lo preguntado; azul, lo bajaría. Cada columna tiene su escala. Líneas: lo que devuelve cada canal, peso × gradiente, en media. El entrenamiento mueve cada peso en contra de su gradiente. Pulsa un mapa para ver los gradientes de sus kernels.";
        comes_back: "What comes back", "Qué vuelve";
        mean_gradient: "mean gradient", "gradiente medio";
        its_weights: "its weights, and the gradient by each", "sus pesos y el gradiente de cada uno";
        weights_of_unit:
            "The gradient by each of its weights is the input at that weight × the gradient of this unit before its activation.",
            "El gradiente de cada uno de sus pesos es la entrada en ese peso × el gradiente de esta unidad antes de su activación.";
        back_as_it_is: "The next layer hands the gradient back by itself: pooled, normalized, activated or added.", "La capa siguiente devuelve el gradiente por separado: agrupado, normalizado, activado o sumado.";
        chain_rule: "Gradient by this weight: input × gradient of the sum, added up over the map", "Gradiente de este peso: entrada × gradiente de la suma, sumado en todo el mapa";
        sum: "What it adds up", "Qué suma";
        not_shown: "channels not shown", "canales que no se muestran";
        bias: "bias", "sesgo";
        before_activation: "mean before activation", "media antes de la activación";
        to_a_pixel: "Down to one pixel", "Hasta un píxel";
        to_a_pixel_hint: "The window slides over its inputs, and the products add up to one cell of this map, step by step", "La ventana recorre sus entradas y los productos suman una celda de este mapa, paso a paso";
        to_maps: "In Maps", "En Mapas";
        to_maps_hint: "Opens Maps with the strongest cell of this map taken apart", "Abre Mapas con la celda más fuerte de este mapa desglosada";
        back_to_sum: "Back to the whole map", "Volver al mapa entero";
        term_by_term: "term by term", "término a término";
        term_by_term_hint: "Each step adds one input channel, then the others, the bias and the activation; without it each step is a cell", "Cada paso suma un canal de entrada, luego los demás, el sesgo y la activación; si no, cada paso es una celda";
        so_far: "Sum so far", "Suma hasta aquí";
        grows: "The map so far", "El mapa hasta aquí";
        close: "Close", "Cerrar";
        handed_on: "This layer hands each channel on by itself: pooled, normalized, activated or added.", "Esta capa pasa cada canal por separado: agrupado, normalizado, activado o sumado.";
    }
}
