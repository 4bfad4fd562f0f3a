//! The view that asks why a class.

use super::topic;

topic! {
    /// The view that asks why a class.
    Explain {
        image: "Image", "Imagen";
        image_hint: "One of the rows of Maps", "Una de las filas de Mapas";
        class: "Class", "Clase";
        class_hint:
            "The class to explain, whether or not the network predicted it",
            "La clase que se explica, la haya predicho la red o no";
        predicted: "the predicted one", "la predicha";
        against: "and not", "y no";
        against_hint:
            "Compare with another class: what supports the first and not this one",
            "Compararla con otra clase: qué apoya a la primera y no a esta";
        no_other: "–", "–";
        size: "Patch", "Parche";
        size_hint: "Side of the patch that covers the picture, in pixels", "Lado del parche que tapa la imagen, en píxeles";
        stride: "Step", "Paso";
        stride_hint: "Pixels from one place of the patch to the next", "Píxeles de un lugar del parche al siguiente";
        fill: "Grey", "Gris";
        fill_hint: "Grey of the patch: 0 is black like the background, 255 white. The network sees the patch too: try more than one", "Gris del parche: 0 es negro como el fondo; 255, blanco. La red también ve el parche: prueba varios";
        picture: "The picture", "La imagen";
        occlusion: "Occlusion", "Oclusión";
        occlusion_truth:
            "Red: covering lowers the probability of the class; blue: it raises it. It shows what the network cannot do without, one place at a time, not what it looks at.",
            "Rojo: tapar baja la probabilidad de la clase; azul: la sube. Muestra de qué no puede prescindir la red, un lugar cada vez, no lo que mira.";
        lead_truth:
            "Red: covering takes from the lead of this class over the other; blue: it adds to it. It shows what decides between the two, one place at a time, not what the network looks at.",
            "Rojo: tapar reduce la ventaja de esta clase sobre la otra; azul: la aumenta. Muestra qué decide entre las dos, un lugar cada vez, no lo que mira la red.";
        grad_cam: "Grad-CAM", "Grad-CAM";
        gradient: "Gradient", "Gradiente";
        smooth: "SmoothGrad", "SmoothGrad";
        integrated: "Integrated gradients", "Gradientes integrados";
        gradient_truth:
            "Red: making this pixel lighter raises the score of the class; blue: it lowers it. It holds for a touch of light only, and is noisy: neighbours may say the opposite.",
            "Rojo: aclarar este píxel sube la puntuación de la clase; azul: la baja. Solo vale para un toque de luz, y es ruidoso: los píxeles vecinos pueden decir lo contrario.";
        smooth_truth:
            "The mean of the gradients of 32 noisy copies of the picture: smoother to look at, but about pictures near this one, not about this one alone.",
            "La media de los gradientes de 32 copias con ruido: más suave a la vista, pero trata de imágenes cercanas a esta, no solo de esta.";
        integrated_truth:
            "What each pixel adds on the way from a black picture to this one. Black pixels add nothing, whatever they mean; from another start the shares would be others.",
            "Lo que cada píxel suma en el camino de una imagen negra a esta. Los píxeles negros no suman nada, signifiquen lo que signifiquen; con otro comienzo las partes serían otras.";
        change: "Smallest change", "Cambio mínimo";
        no_change:
            "No small change was found that makes another class of this picture.",
            "No se encontró un cambio pequeño que convierta esta imagen en otra clase.";
        change_truth:
            "Added to the picture, red brightens and blue darkens. Found step by step (DeepFool): there may be a smaller one. It shows how near the border of the class is, not what the network looks at.",
            "Sumado a la imagen, rojo aclara y azul oscurece. Se busca paso a paso (DeepFool): puede haber uno menor. Muestra lo cerca que está el borde de la clase, no en qué se fija la red.";
        layer: "Layer", "Capa";
        layer_hint: "The layer whose maps are weighed: the last convolution as a rule. Earlier maps are finer and mean less by themselves", "La capa cuyos mapas se ponderan: por lo general, la última convolución. Los anteriores son más finos y significan menos por sí solos";
        grad_cam_truth:
            "Bright: areas where maps of this layer are active and push the score up. The resolution is that of these maps; it is no proof that the network needs them.",
            "Claro: zonas donde los mapas de esta capa están activos y suben la puntuación. La resolución es la de esos mapas, y no prueba que la red los necesite.";
        no_convolution:
            "This network has no convolution, so there is no Grad-CAM.",
            "Esta red no tiene convoluciones, así que no hay Grad-CAM.";
        nothing_for: "all zero: nothing in these maps supports this class", "todo cero: nada en estos mapas apoya esta clase";
    }
}
