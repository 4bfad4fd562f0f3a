//! The lesson's files: the built-in ones, a teacher's own, and broken ones.

use std::fmt::Write as _;
use std::fs;

use convlens::text::Language;
use convlens_core::explore::by_hand::NamedKernel;
use convlens_core::lessons::{
    self, ByHand, Experiment, HandKernel, HandPicture, Lesson, LessonError, Settings, Show,
    ShownPart, ShownView, ShownWeights, parse_step,
};
use convlens_core::network::{LayerSpec, NetworkSpec, Padding, Preset};
use convlens_core::render::{RangeMode, ValueRange};
use convlens_core::training::RunConfig;
use proptest::prelude::*;

use super::support::{root, small_config};

fn built_in(language: &str) -> Lesson {
    lessons::built_in(language).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn both_languages_do_and_ask_the_same() {
    let (english, spanish) = (built_in("en"), built_in("es"));
    assert_eq!(english.steps.len(), spanish.steps.len());
    for (en, es) in english.steps.iter().zip(&spanish.steps) {
        let name = &en.name;
        assert_eq!(name, &es.name);
        assert_eq!(en.show, es.show, "{name}");
        assert_eq!(en.minutes, es.minutes, "{name}");
        assert!(!en.show.is_empty(), "{name} shows nothing");
        assert_ne!(en.title, es.title, "{name} is not translated");
        assert_ne!(en.body, es.body, "{name} is not translated");
        assert!(!en.notes.is_empty() && en.notes != es.notes, "{name}");
        match (&en.check, &es.check) {
            (Some(en), Some(es)) => {
                assert_eq!(en.choices.len(), es.choices.len(), "{name}");
                assert_eq!(en.right, es.right, "{name}");
                assert_ne!(en.question, es.question, "{name}");
                // Whoever answers wrongly is told what speaks against it.
                for check in [en, es] {
                    let wrong = (0..check.choices.len()).filter(|choice| *choice != check.right);
                    let hints: Vec<_> = wrong.map(|choice| check.hint(choice)).collect();
                    assert!(hints.iter().all(Option::is_some), "{name}: {hints:?}");
                    assert_eq!(check.hint(check.right), None, "{name}");
                }
            }
            (None, None) => {}
            _ => panic!("{name} asks in one language only"),
        }
        let experiment = |step: &lessons::Step| step.exercise.clone().map(|e| e.experiment);
        assert_eq!(experiment(en), experiment(es), "{name}");
        assert!(en.check.is_some() || en.exercise.is_some(), "{name}");
    }
    let exercises = english.steps.iter().filter(|s| s.exercise.is_some());
    assert_eq!(exercises.count(), 6, "the notebook's three and three more");
}

#[test]
fn every_file_of_the_lesson_is_built_in() {
    for language in ["en", "es"] {
        let folder = root().join("crates/core/assets/lessons").join(language);
        let read =
            lessons::read_folder(&root().join("crates/core/assets/lessons"), language).unwrap();
        assert_eq!(read, built_in(language), "{}", folder.display());
    }
}

/// The numbers that the lesson states about networks follow from the networks.
#[test]
fn parameters_in_the_lesson_are_the_networks() {
    let all: String = built_in("en")
        .steps
        .iter()
        .fold(String::new(), |mut all, step| {
            let check = step.check.as_ref().map_or("", |check| &check.why);
            let why = step.exercise.as_ref().map_or("", |exercise| &exercise.why);
            let _ = write!(all, "{} {check} {why} {}", step.body, step.notes);
            all
        });
    let text = Language::En.text();
    for preset in [
        Preset::Dense,
        Preset::Conv64,
        Preset::Conv32,
        Preset::Conv16,
        Preset::OneConv,
        Preset::ThreeConv,
    ] {
        let layers = preset.spec().plan().unwrap();
        let parameters: usize = layers.iter().map(|layer| layer.parameters).sum();
        let parameters = text.integer(parameters);
        assert!(all.contains(&parameters), "{}: {parameters}", preset.name());
    }
}

fn step(front: &str) -> Result<lessons::Step, LessonError> {
    let source = format!("+++\ntitle = \"a\"\n{front}\n+++\nText.\n");
    parse_step("step.md", "step", &source)
}

fn show(action: &str) -> Result<Show, LessonError> {
    let mut step = step(&format!("show = [\n    {action},\n]"))?;
    Ok(step.show.remove(0))
}

#[test]
fn every_action_is_read() {
    let network = NetworkSpec::new(vec![
        LayerSpec::conv(8, 5, Padding::Same),
        LayerSpec::MAX_POOL,
        LayerSpec::dense(32),
    ]);
    let by_hand = ByHand {
        picture: HandPicture::Test(7),
        kernel: HandKernel::Named(NamedKernel::Blur),
        side: 5,
        padding: Padding::Same,
        stride: 2,
        ..ByHand::default()
    };
    for (written, meant) in [
        (
            r#"{ network = "16-16" }"#,
            Show::Network(Preset::Conv16.spec()),
        ),
        (
            r#"{ network = [{ conv = 8, kernel = 5, padding = "same" }, { pool = 2 }, { dense = 32 }] }"#,
            Show::Network(network),
        ),
        (
            r#"{ network = [{ conv = 8 }, { block = "split" }, { conv = 8, padding = "same" }, { block = "branch" }, { block = "add" }] }"#,
            Show::Network(NetworkSpec::new(vec![
                LayerSpec::conv(8, 3, Padding::Valid),
                LayerSpec::Split,
                LayerSpec::conv(8, 3, Padding::Same),
                LayerSpec::Branch,
                LayerSpec::Add,
            ])),
        ),
        (
            r#"{ settings = { epochs = 3, images = "all" } }"#,
            Show::Settings(Settings {
                epochs: Some(3),
                images: Some(None),
                ..Settings::default()
            }),
        ),
        (
            "{ train = { seed = 9, batch = 64, learning_rate = 0.01, images = 500 } }",
            Show::Train(Settings {
                seed: Some(9),
                batch_size: Some(64),
                learning_rate: Some(0.01),
                images: Some(Some(500)),
                ..Settings::default()
            }),
        ),
        (
            r#"{ runs = { networks = ["dense", "64-64"], seeds = [1, 2], epochs = 2, images = 9 } }"#,
            Show::Runs(Experiment {
                networks: vec![Preset::Dense.spec(), Preset::Conv64.spec()],
                seeds: vec![1, 2],
                epochs: 2,
                images: Some(9),
                learning_rate: None,
            }),
        ),
        (
            r#"{ weights = "start" }"#,
            Show::Weights(ShownWeights::Start),
        ),
        ("{ weights = 4 }", Show::Weights(ShownWeights::Epoch(4))),
        (r#"{ view = "by-hand" }"#, Show::View(ShownView::ByHand)),
        (
            r#"{ look_at = "preferred" }"#,
            Show::LookAt(ShownPart::Preferred),
        ),
        ("{ images = [23, 28] }", Show::Images(vec![23, 28])),
        ("{ class = 9 }", Show::Class(Some(9))),
        (r#"{ class = "all" }"#, Show::Class(None)),
        (r#"{ layer = "conv2" }"#, Show::Layer(Some("conv2".into()))),
        (r#"{ layer = "all" }"#, Show::Layer(None)),
        ("{ convolution = 63 }", Show::Convolution(63)),
        (
            r#"{ range = "per-column" }"#,
            Show::Range(RangeMode::PerColumn),
        ),
        (
            "{ range = [-1, 2.5] }",
            Show::Range(RangeMode::Fixed(ValueRange::new(-1.0, 2.5))),
        ),
        ("{ before_relu = true }", Show::BeforeRelu(true)),
        (
            r#"{ by_hand = { picture = 7, kernel = "blur", side = 5, padding = "same", stride = 2 } }"#,
            Show::ByHand(by_hand),
        ),
    ] {
        assert_eq!(show(written).unwrap(), meant, "{written}");
    }
    let own = show("{ by_hand = { values = [[1, 0, 0], [0, 0.5, 0], [0, 0, -1]] } }").unwrap();
    let Show::ByHand(ByHand {
        kernel: HandKernel::Own(kernel),
        ..
    }) = own
    else {
        panic!("{own:?}");
    };
    assert_eq!(
        kernel.values(),
        [1.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, -1.0]
    );
}

#[test]
fn routes_take_the_minutes_they_are_called_by_as_the_documentation_says() {
    let languages = ["en", "es"].map(built_in);
    let [english, spanish] = &languages;
    assert_eq!(english.routes(), [50, 90]);
    let mut table = String::from("| step | minutes | in 50 | in 90 |\n|---|---|---|---|\n");
    for (index, (step, same)) in english.steps.iter().zip(&spanish.steps).enumerate() {
        assert_eq!(step.routes, same.routes, "{}", step.name);
        let minutes = step.minutes.unwrap();
        let marks = [50, 90].map(|route| {
            if step.is_in(Some(route)) {
                "• |"
            } else {
                "|"
            }
        });
        let [in_50, in_90] = marks;
        let title = &step.title;
        let row = format!("| {} {title} | {minutes} | {in_50} {in_90}\n", index + 1);
        table.push_str(&row);
    }
    for route in [50, 90] {
        assert_eq!(english.minutes(route), route);
    }
    let teaching = include_str!("../../docs/teaching.md");
    assert!(teaching.contains(&table), "docs/teaching.md:\n{table}");
}

#[test]
fn routes_are_read_with_bounds() {
    let routes = |written: &str| {
        let source = format!("+++\ntitle = \"A\"\nroutes = {written}\n+++\nText.\n");
        parse_step("a.md", "a", &source).map(|step| step.routes)
    };
    assert_eq!(routes("[50, 90]").unwrap(), [50, 90]);
    for (written, said) in [
        ("[]", "line 3: `routes` must be a list of 1 to 6 values"),
        ("[0]", "line 3: `routes` is out of range; choose 1 to 600"),
        ("50", "line 3: `routes` must be a list"),
    ] {
        let error = routes(written).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_in_both_languages() {
    // The action is in line 4 of the file.
    for (action, english, spanish) in [
        (
            r#"{ network = "65-65" }"#,
            "`network` cannot be `65-65`; use one of: 64-64,",
            "`network` no puede ser `65-65`; usa uno de estos: 64-64,",
        ),
        (
            "{ network = [{ pool = 2 }, { pool = 2 }, { pool = 2 }, { pool = 2 }, { pool = 2 }] }",
            "this network can't be built: pool5",
            "esta red no se puede construir: pool5",
        ),
        (
            "{ images = [1, -2] }",
            "`images` is out of range; choose 0 to 99999",
            "`images` está fuera del intervalo; elige de 0 a 99999",
        ),
        (
            "{ images = [1, 2.5] }",
            "`images` must be a whole number",
            "`images` debe ser un número entero",
        ),
        (
            "{ images = [] }",
            "a list of 1 to 12 values",
            "una lista de 1 a 12 valores",
        ),
        (
            "{ images = 99999999999999999999999 }",
            "a list of 1 to 12 values",
            "una lista de 1 a 12 valores",
        ),
        (
            "{ convolution = 99999999999999999999999 }",
            "choose 0 to 511",
            "elige de 0 a 511",
        ),
        (
            "{ delete = \"all\" }",
            "there is no `delete` here; use one of: network,",
            "aquí no hay `delete`; usa uno de estos: network,",
        ),
        (
            "{ images = [1], class = 2 }",
            "an action is one name",
            "una acción es un nombre",
        ),
        (
            "{ layer = \"../conv1\" }",
            "`layer` cannot be `../conv1`",
            "`layer` no puede ser `../conv1`",
        ),
        (
            "{ range = [1, 1] }",
            "the first end of a range",
            "el primer extremo de una escala",
        ),
        (
            "{ range = [nan, 1] }",
            "`range` is out of range",
            "`range` está fuera del intervalo",
        ),
        (
            "{ train = { epoch = 1 } }",
            "there is no `epoch` here; use one of: epochs,",
            "aquí no hay `epoch`",
        ),
        (
            "{ by_hand = { side = 4 } }",
            "`side` must be one of: 3, 5",
            "`side` debe ser uno de estos: 3, 5",
        ),
        (
            "{ by_hand = { values = [[1, 2, 3], [1, 2], [1, 2, 3]] } }",
            "3 rows of 3 numbers",
            "3 filas de 3 números",
        ),
        (
            r#"{ runs = { networks = ["dense", "dense", "dense", "dense", "dense", "dense"], seeds = [1, 2, 3, 4, 5] } }"#,
            "more than 24 runs",
            "más de 24 entrenamientos",
        ),
        ("{ images = [1 }", "this is not TOML: ", "esto no es TOML: "),
    ] {
        let error = show(action).unwrap_err();
        for (language, line, words) in [
            (Language::En, "step.md, line 4: ", english),
            (Language::Es, "step.md, línea 4: ", spanish),
        ] {
            let said = language.text().lesson_error(&error);
            assert!(
                said.starts_with(line) && said.contains(words),
                "{action}: {said}"
            );
        }
    }
}

#[test]
fn a_file_that_is_no_step_is_told() {
    for (source, line, words) in [
        ("", Some(1), "begins with a line +++"),
        ("# Hello\n", Some(1), "begins with a line +++"),
        ("+++\ntitle = \"a\"\n", Some(1), "that ends the title"),
        ("+++\nminutes = 3\n+++\nx", Some(2), "`title` is missing"),
        ("+++\ntitle = \" \"\n+++\nx", Some(2), "`title` is empty"),
        ("+++\ntitle = \"a\"\n+++\n  \n", Some(4), "is empty"),
        (
            "+++\ntitle = \"a\"\n\ncolor = 3\n+++\nx",
            Some(4),
            "no `color`",
        ),
        (
            "+++\r\ntitle = \"a\"\r\nminutes = 0\r\n+++\r\nx",
            Some(3),
            "choose 1 to 120",
        ),
        (
            "+++\ntitle = \"a\"\n[check]\nquestion = \"q\"\nchoices = [\"a\", \"b\"]\nright = 3\nwhy = \"w\"\n+++\nx",
            Some(6),
            "choose 1 to 2",
        ),
    ] {
        let error = parse_step("step.md", "step", source).unwrap_err();
        assert_eq!(error.line, line, "{source:?}: {error}");
        assert!(error.to_string().contains(words), "{source:?}: {error}");
    }
    let marked = parse_step("a.md", "a", "\u{feff}+++\r\ntitle = \"a\"\r\n+++\r\nx\r\n");
    assert_eq!(marked.unwrap().body, "x");
}

#[test]
fn a_teachers_folder_is_read_in_order_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    let read = || lessons::read_folder(folder.path(), "es");
    assert!(read().unwrap_err().to_string().contains("no step here"));
    write("02-b.md", b"+++\ntitle = \"B\"\n+++\nb");
    write("01-a.md", b"+++\ntitle = \"A\"\n+++\na");
    write("README.md", b"not a step");
    write("notes.txt", b"not a step");
    let titles: Vec<_> = read().unwrap().steps.into_iter().map(|s| s.title).collect();
    assert_eq!(titles, ["A", "B"]);

    write("03-c.md", b"+++\ntitle = \"\xff\"\n+++\nc");
    let error = read().unwrap_err().to_string();
    assert!(
        error.contains("03-c.md") && error.contains("UTF-8"),
        "{error}"
    );
    write("03-c.md", &vec![b' '; lessons::MAX_FILE_BYTES + 1]);
    assert!(
        read()
            .unwrap_err()
            .to_string()
            .contains("longer than 65536")
    );
    fs::remove_file(folder.path().join("03-c.md")).unwrap();

    fs::create_dir(folder.path().join("es")).unwrap();
    write("es/01.md", "+++\ntitle = \"Únicos\"\n+++\nú".as_bytes());
    assert_eq!(read().unwrap().steps[0].title, "Únicos");
    for number in 0..=lessons::MAX_STEPS {
        write(&format!("es/{number:03}.md"), b"+++\ntitle = \"A\"\n+++\na");
    }
    assert!(read().unwrap_err().to_string().contains("more than 64"));
    let missing = lessons::read_folder(&folder.path().join("none"), "es").unwrap_err();
    let said = Language::Es.text().lesson_error(&missing);
    assert!(
        said.contains("none") && said.contains("revisa la ruta"),
        "{said}"
    );
}

#[test]
fn an_experiment_compares_all_networks_seed_by_seed() {
    let experiment = Experiment {
        networks: vec![Preset::Dense.spec(), Preset::Conv16.spec()],
        seeds: vec![4, 5],
        epochs: 3,
        images: Some(1000),
        learning_rate: None,
    };
    let base = RunConfig {
        images: Some(320),
        ..small_config()
    };
    let configs = experiment.configs(&base);
    let order: Vec<_> = configs
        .iter()
        .map(|config| (Preset::of(&config.network).unwrap().name(), config.seed))
        .collect();
    assert_eq!(
        order,
        [("dense", 4), ("16-16", 4), ("dense", 5), ("16-16", 5)]
    );
    assert!(
        configs
            .iter()
            .all(|c| c.epochs == 3 && c.images == Some(320))
    );
    for lesson in [built_in("en"), built_in("es")] {
        for exercise in lesson.steps.into_iter().filter_map(|step| step.exercise) {
            for config in exercise.experiment.configs(&RunConfig::default()) {
                config.validate().unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Anything at all is a step or a fault at a line that the file has.
    #[test]
    fn no_text_breaks_the_parser(source in "(\\+\\+\\+\n)?[ -~é\n\r\t]{0,200}(\n\\+\\+\\+\n)?[a-z]{0,3}") {
        if let Err(error) = parse_step("f", "f", &source) {
            let lines = source.lines().count().max(1);
            prop_assert!(error.line.is_some_and(|line| (1..=lines + 1).contains(&line)), "{error}");
        }
    }

    /// A real step with something cut out or put in.
    #[test]
    fn no_damage_to_a_real_step_breaks_the_parser(
        step in 0_usize..13,
        cut in any::<prop::sample::Index>(),
        length in 0_usize..40,
        put in "[\\[\\]{}=\",.+a-z0-9\n-]{0,6}",
    ) {
        let folder = root().join("crates/core/assets/lessons/es");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        let source: Vec<char> = fs::read_to_string(&files[step]).unwrap().chars().collect();
        let at = cut.index(source.len());
        let end = (at + length).min(source.len());
        let damaged: String = source[..at].iter().copied()
            .chain(put.chars())
            .chain(source[end..].iter().copied())
            .collect();
        if let Err(error) = parse_step("f", "f", &damaged) {
            let lines = damaged.lines().count().max(1);
            prop_assert!(error.line.is_some_and(|line| (1..=lines + 1).contains(&line)), "{error}");
            prop_assert!(!Language::Es.text().lesson_error(&error).is_empty());
        }
    }

    /// What is written is what is read.
    #[test]
    fn numbers_are_read_as_written(
        images in prop::collection::vec(0_usize..10_000, 1..=12),
        convolution in 0_usize..512,
        ends in (-1000.0_f32..0.0, 0.001_f32..1000.0),
        seeds in prop::collection::vec(0_u64..1_000_000, 1..=5),
        epochs in 1_usize..=100,
    ) {
        let images_read = show(&format!("{{ images = {images:?} }}")).unwrap();
        prop_assert_eq!(images_read, Show::Images(images));
        let convolution_read = show(&format!("{{ convolution = {convolution} }}")).unwrap();
        prop_assert_eq!(convolution_read, Show::Convolution(convolution));
        let range = show(&format!("{{ range = [{:?}, {:?}] }}", ends.0, ends.1)).unwrap();
        prop_assert_eq!(range, Show::Range(RangeMode::Fixed(ValueRange::new(ends.0, ends.1))));
        let runs = show(&format!(
            "{{ runs = {{ networks = [\"dense\"], seeds = {seeds:?}, epochs = {epochs} }} }}"
        )).unwrap();
        prop_assert_eq!(runs, Show::Runs(Experiment {
            networks: vec![Preset::Dense.spec()],
            seeds,
            epochs,
            images: None,
            learning_rate: None,
        }));
    }
}

/// The built-in lesson as a folder is the built-in lesson, and as paper a page that stands alone.
#[test]
fn the_lesson_is_copied_and_printed() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("mine");
    let copied = copy.display().to_string();
    super::commands::output(&["lesson", "copy", &copied]);
    let read = lessons::read_both(&copy).unwrap();
    assert_eq!(read, [built_in("en"), built_in("es")]);
    let refused = super::commands::fault(&["lesson", "copy", &copied]);
    assert!(refused.contains("does not exist yet"), "{refused}");

    let page = folder.path().join("page.html");
    let file = page.display().to_string();
    let print = [
        "lesson",
        "page",
        "handout",
        "--out",
        &file,
        "--data",
        "synthetic",
    ];
    super::commands::output(&[&print[..], &["--language", "es"]].concat());
    let html = std::fs::read_to_string(&page).unwrap();
    for step in built_in("es").steps {
        assert!(html.contains(&step.title), "{}", step.title);
    }
    // The figure of step 9: three images at four layers, drawn as shapes.
    assert!(html.contains("<svg ") && html.contains("conv2"));
    super::commands::output(&[
        "lesson",
        "page",
        "solutions",
        "--out",
        &file,
        "--lesson",
        &copied,
    ]);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("class=\"right\"") && !html.contains("<svg"));
}
