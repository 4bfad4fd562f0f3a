//! The view that asks why a class.

use super::topic;

topic! {
    /// The view that asks why a class.
    Explain {
        image: "Image", "Imagen";
        image_hint: "One of the rows of Maps", "Una de las filas de Mapas";
        class: "Class", "Clase";
        class_hint:
            "The class that is asked about: what speaks for it, whether or not the network chose it",
            "La clase por la que se pregunta: qué habla a su favor, la haya elegido la red o no";
        predicted: "the predicted one", "la que predice";
        size: "Patch", "Parche";
        size_hint: "Side of the patch that covers the picture, in pixels", "Lado del parche que tapa la imagen, en píxeles";
        stride: "Step", "Paso";
        stride_hint: "Pixels from one place of the patch to the next", "Píxeles de un lugar del parche al siguiente";
        fill: "Grey", "Gris";
        fill_hint: "Grey of the patch: 0 is black like the background, 255 white. The network sees the patch too: try more than one", "Gris del parche: 0 es negro como el fondo; 255, blanco. La red también ve el parche: prueba varios";
        picture: "The picture", "La imagen";
        occlusion: "Occlusion", "Oclusión";
        occlusion_truth:
            "Red: covering this place lowers the probability of the class; blue: it raises it. It does not show what the network looks at, only what it cannot spare, one place at a time: where two places say the same, covering either alone changes nothing.",
            "Rojo: tapar este lugar baja la probabilidad de la clase; azul: la sube. No muestra qué mira la red, solo de qué no puede prescindir, un lugar cada vez: si dos lugares dicen lo mismo, tapar uno solo no cambia nada.";
        grad_cam: "Grad-CAM", "Grad-CAM";
        grad_cam_truth:
            "Bright: here the maps of the last convolution are active whose growth would raise the score of the class. It is as coarse as those maps, shows only what speaks for the class, and holds for very small changes: it does not prove that the network would decide otherwise without this place.",
            "Claro: aquí están activos los mapas de la última convolución cuyo aumento subiría la puntuación de la clase. Es tan grueso como esos mapas, solo muestra lo que habla a favor y vale para cambios muy pequeños: no prueba que la red decidiría otra cosa sin este lugar.";
        over_picture: "over the picture", "sobre la imagen";
        no_convolution:
            "This network has no convolution, so there is no Grad-CAM.",
            "Esta red no tiene convoluciones, así que no hay Grad-CAM.";
        nothing_for: "all zero: nothing in these maps speaks for this class", "todo cero: nada en estos mapas habla a favor de esta clase";
    }
}
