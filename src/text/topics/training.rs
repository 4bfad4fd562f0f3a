//! The training controls and the settings of a run.

use super::topic;

topic! {
    /// The training controls and the settings of a run.
    Training {
        train: "Train", "Entrenar";
        train_hint:
            "Start from random weights with the network and settings at the left (T)",
            "Empieza con pesos al azar, con la red y los ajustes de la izquierda (T)";
        pause: "Pause", "Pausa";
        pause_hint: "Pause or resume (T)", "Pausar o seguir (T)";
        resume: "Resume", "Seguir";
        step: "One batch", "Un lote";
        step_hint: "Train a single batch, then pause (S)", "Entrena un solo lote y se pausa (S)";
        step_epoch: "One epoch", "Una época";
        step_epoch_hint: "Train to the end of the epoch, then pause (E)", "Entrena hasta el fin de la época y se pausa (E)";
        more_epochs: "+ epochs", "+ épocas";
        more_epochs_hint:
            "Train this run further, exactly as if it had never stopped",
            "Continúa este entrenamiento, exactamente como si no se hubiera detenido";
        more_epochs_not: "There is no run to train further", "No hay ningún entrenamiento que continuar";
        train_shown: "Train the weights shown", "Entrenar los pesos mostrados";
        train_shown_hint:
            "A new run that begins with the weights on screen, not with random ones, with the settings at the left: a network from a file, or one changed by hand, is trained on",
            "Un entrenamiento nuevo que empieza con los pesos en pantalla, no al azar, con los ajustes de la izquierda: sigue una red de un archivo o una cambiada a mano";
        other_pictures:
            "This network takes other pictures, or tells other classes apart, than the data loaded",
            "Esta red toma otras imágenes o distingue otras clases que los datos cargados";
        change_run_hint:
            "From its next batch on the run trains with this learning rate, schedule, momentum, decay and L2. The curves mark it, and it is kept with the run",
            "Desde su próximo lote el entrenamiento usa esta tasa, este ritmo, momento, decaimiento y L2. Se marca en las curvas y se guarda con él";
        to_the_plan: "Finish planned epochs", "Completar las épocas previstas";
        to_the_plan_hint:
            "Train the planned epochs that are left",
            "Entrena las épocas previstas que faltan";
        validation: "Validation", "Validación";
        validation_hint:
            "Share of the training images set aside for validation. With 0 % only the test images are never trained on, and those the notebook calls validation",
            "Parte de las imágenes de entrenamiento que se reserva para validar. Con 0 % solo las de prueba quedan fuera, y el cuaderno las llama validación";
        retrain: "Retrain as I edit", "Reentrenar al editar";
        retrain_hint:
            "Each change trains a quick draft, every time on as many images as the first one had about two seconds for. A draft is not kept",
            "Cada cambio entrena un borrador, siempre con las imágenes que al primero le cabían en unos dos segundos. Un borrador no se guarda";
        retrain_waits: "Drafts wait until the run is over.", "Los borradores esperan a que acabe el entrenamiento.";
        in_full: "Train fully", "Entrenar por completo";
        in_full_hint:
            "Train this network with all the settings below, and keep the run",
            "Entrena esta red con todos los ajustes de abajo y guarda el resultado";
        stop: "Stop", "Detener";
        stop_hint: "End the run and keep what it has learnt (X)", "Detiene el entrenamiento y conserva lo aprendido (X)";
        not_trained_yet:
            "Press Train and watch the network learn",
            "Pulsa Entrenar y mira cómo aprende la red";
        press_train: "Press Train (T)", "Pulsa Entrenar (T)";
        training: "Training", "Entrenamiento";
        epochs: "Epochs", "Épocas";
        epochs_hint: "Passes over all training images", "Pasadas por todas las imágenes de entrenamiento";
        batch_size: "Batch", "Lote";
        batch_size_hint:
            "Images a weight update: smaller is noisier and slower",
            "Imágenes por cada cambio de los pesos: menos es más ruidoso y más lento";
        learning_rate: "Learning rate", "Tasa de aprendizaje";
        learning_rate_hint:
            "The optimizer's step size; too large and training diverges",
            "El tamaño del paso del optimizador; si es demasiado grande, el entrenamiento diverge";
        optimizer: "Optimizer", "Optimizador";
        optimizer_hint:
            "How weights follow their gradients, how fast when, and what is asked of them besides a small loss",
            "Cómo siguen los pesos a sus gradientes, a qué ritmo y qué más se les pide aparte de una pérdida pequeña";
        adam_is: "A step of its own size for each weight; the notebook's", "Un paso de tamaño propio para cada peso; el del cuaderno";
        adamw_is: "Adam whose weights also shrink a little in every step", "Adam, y además los pesos encogen un poco en cada paso";
        sgd_is: "Straight down the gradient; needs a larger learning rate, such as 0.05", "Directo cuesta abajo; necesita una tasa mayor, por ejemplo 0.05";
        rmsprop_is: "Steps measured by how large the last gradients were", "Pasos a la medida de los últimos gradientes";
        momentum: "Momentum", "Momento";
        momentum_hint: "Share of the last step that the next one keeps, such as 0.9", "Parte del paso anterior que conserva el siguiente, por ejemplo 0.9";
        nesterov: "Nesterov", "Nesterov";
        nesterov_hint: "Looks where the momentum leads before it takes the gradient", "Mira adónde lleva el momento antes de tomar el gradiente";
        weight_decay: "Weight decay", "Decaimiento";
        weight_decay_hint: "Weights shrink by this share in every step, times the learning rate: against overfitting", "En cada paso los pesos encogen en esta parte por la tasa: contra el sobreajuste";
        l2: "L2", "L2";
        l2_hint: "A penalty on large weights that is added to the loss; the loss shown is without it", "Una penalización de los pesos grandes que se suma a la pérdida; la que se muestra va sin ella";
        smoothing: "Label smoothing", "Suavizado";
        smoothing_hint: "Share of the truth that goes to all classes alike, such as 0.1: against too much certainty", "Parte de la verdad que se reparte entre todas las clases, por ejemplo 0.1: contra el exceso de seguridad";
        schedule: "Schedule", "Ritmo";
        constant: "constant", "constante";
        constant_hint: "The same learning rate at every step", "La misma tasa en cada paso";
        warm_up: "warm-up", "con subida";
        warm_up_hint: "Up to the learning rate over the first epoch", "Sube hasta la tasa en la primera época";
        stepped: "steps", "a escalones";
        stepped_hint: "A tenth of it from half of the run on, a hundredth from three quarters on", "La décima parte desde la mitad del entrenamiento, la centésima desde los tres cuartos";
        cosine: "cosine", "coseno";
        cosine_hint: "Down to 0 along half a cosine", "Baja a 0 por medio coseno";
        one_cycle: "one cycle", "un ciclo";
        one_cycle_hint: "Up in the first 30 % of the run, then down to 0", "Sube en el primer 30 % y luego baja a 0";
        augmentation: "Augmentation", "Aumento de datos";
        augmentation_hint:
            "Training images are changed a little each time they are met, so that none is learnt by heart. Test images never are",
            "Las imágenes de entrenamiento cambian un poco cada vez que se usan, para que la red no se aprenda ninguna de memoria. Las de prueba no cambian nunca";
        no_augmentation: "none", "ninguno";
        flip: "Flip", "Reflejo";
        flip_hint: "Every other image, by chance, left to right", "Una de cada dos, al azar, de izquierda a derecha";
        shift: "Shift", "Desplazamiento";
        shift_hint: "Up to this share of its sides, any way", "Hasta esta parte de sus lados, hacia donde sea";
        turn: "Turn", "Giro";
        turn_hint: "Up to so many degrees, either way", "Hasta estos grados, a un lado o al otro";
        zoom: "Zoom", "Zoom";
        zoom_hint: "Larger or smaller by up to this share", "Más grande o más pequeña, hasta en esta parte";
        brightness: "Brightness", "Brillo";
        brightness_hint: "Lighter or darker by up to this share of white", "Más clara o más oscura, hasta en esta parte del blanco";
        cutout: "Cutout", "Recorte";
        cutout_hint: "A black square somewhere, its side this share of the image's", "Un cuadrado negro en algún sitio, con esta parte del lado de la imagen";
        as_met: "Training image #0 as the network meets it, epoch by epoch", "La imagen de entrenamiento n.º 0 como la recibe la red, época tras época";
        patience: "Patience", "Paciencia";
        patience_hint:
            "Early stopping: the run ends after so many epochs on end without a smaller validation loss. 0 trains every epoch",
            "Parada temprana: el entrenamiento acaba tras tantas épocas seguidas sin que baje la pérdida de validación. Con 0 se hacen todas";
        patience_unit: "epochs", "épocas";
        seed: "Seed", "Semilla";
        seed_hint:
            "Decides the random weights and the order of the images. Keep it to compare runs: with another seed the same filter number means something else",
            "Decide los pesos iniciales y el orden de las imágenes. No la cambies al comparar: con otra semilla, el mismo número de filtro significa otra cosa";
        training_images: "Training images", "Imágenes";
        training_images_hint:
            "Train on the first so many only, for a quick try",
            "Entrena solo con las primeras, para probar rápido";
    }
}
