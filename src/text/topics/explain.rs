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
        against: "and not", "y no";
        against_hint:
            "Hold it against another class: what speaks for the first and not for this one",
            "Compararla con otra clase: qué habla a favor de la primera y no de esta";
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
            "Red where covering lowers the probability of the class, blue where it raises it: not what the network looks at, only what it cannot spare, one place at a time.",
            "Rojo donde tapar baja la probabilidad de la clase, azul donde la sube: no es lo que mira la red, solo aquello de lo que no puede prescindir, un lugar cada vez.";
        grad_cam: "Grad-CAM", "Grad-CAM";
        grad_cam_truth:
            "Bright where maps of the last convolution are active whose growth would raise the score of the class: as coarse as those maps, only what speaks for it, and no proof that the network needs the place.",
            "Claro donde están activos mapas de la última convolución cuyo aumento subiría la puntuación de la clase: tan grueso como ellos, solo lo que habla a favor y sin probar que la red necesite ese lugar.";
        no_convolution:
            "This network has no convolution, so there is no Grad-CAM.",
            "Esta red no tiene convoluciones, así que no hay Grad-CAM.";
        nothing_for: "all zero: nothing in these maps speaks for this class", "todo cero: nada en estos mapas habla a favor de esta clase";
    }
}
