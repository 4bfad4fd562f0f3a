//! Arguments that several commands share: which data set, which network.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::signals;
use crate::text::{Language, Text};
use convlens_core::dataset::picture::{Reduction, read_picture, reduce};
use convlens_core::dataset::{
    self, Classes, Dataset, MAX_BYTES, Origin, Picture, PictureSize, PicturesFault,
};
use convlens_core::files::{self, FileFault};
use convlens_core::harmless::clean;
use convlens_core::network::import::{self, Format, ImportError, ImportFault, Imported};
use convlens_core::network::{
    self, Join, LayerKind, Model, NetworkSpec, PoolKind, Preset, weights,
};
use convlens_core::training::runs::package;
use convlens_core::training::{RunConfig, Team, find_scaling};

/// Training and test pictures of a synthetic data set: as many as the real one has.
pub const SYNTHETIC: (usize, usize) = (60_000, 10_000);

/// Which data set to use.
#[derive(Clone, Debug)]
pub enum Data {
    /// A folder with the four IDX files, or with a folder of pictures for each class.
    Folder(PathBuf),
    /// Garments drawn by the program.
    Synthetic,
}

impl From<OsString> for Data {
    fn from(argument: OsString) -> Self {
        if argument == "synthetic" {
            Self::Synthetic
        } else {
            Self::Folder(argument.into())
        }
    }
}

/// The argument that asks for a data set.
#[derive(Debug, clap::Args)]
pub struct DataArgument {
    /// Folder with the four IDX files, CIFAR's binary files or a folder of pictures for each class, an archive of CIFAR, or `synthetic`
    #[arg(long, value_name = "DIR|synthetic")]
    pub data: Option<Data>,
    /// Make all pictures of this size, such as 64, 32x48 or 32x32x3 (in colour)
    #[arg(long, value_name = "HEIGHTxWIDTHxCHANNELS", value_parser = parse_size)]
    pub picture_size: Option<PictureSize>,
}

/// Pictures of one size, `64` for a square, grey unless three channels are asked for.
pub fn parse_size(text: &str) -> Result<PictureSize, String> {
    let numbers: Result<Vec<usize>, _> = text.split(['x', '×']).map(str::parse).collect();
    let (height, width, channels) = match numbers.as_deref() {
        Ok(&[side]) => (side, side, 1),
        Ok(&[height, width]) => (height, width, 1),
        Ok(&[height, width, channels]) => (height, width, channels),
        _ => return Err("write a side, height x width, or height x width x channels".to_owned()),
    };
    let size = PictureSize {
        height,
        width,
        channels,
    };
    if size.is_allowed() {
        Ok(size)
    } else {
        Err(format!(
            "choose {least} to {most} pixels a side, and 1 or 3 channels",
            least = PictureSize::SHORTEST,
            most = PictureSize::LONGEST
        ))
    }
}

impl DataArgument {
    /// Whether one is named.
    pub fn is_given(&self) -> bool {
        self.data.is_some()
    }

    /// The data set asked for.
    pub fn dataset(&self) -> Result<Dataset> {
        self.dataset_of(SYNTHETIC)
    }

    /// The same, with so many synthetic garments to train on and to test on, if any are drawn.
    pub fn dataset_of(&self, synthetic: (usize, usize)) -> Result<Dataset> {
        dataset_of(self.data.as_ref(), self.picture_size, synthetic)
    }

    /// The network in a file, to be trained on, and the data set.
    pub fn model_to_train(&self, file: &Path) -> Result<(Model, Dataset)> {
        // A file that cannot be opened is said before the data set is read.
        let opened = imported(file, None)?;
        let dataset = self.dataset()?;
        fitting(opened, dataset)
    }

    /// A network as [`model`] opens it, and the data set, whose test pictures it takes: of synthetic garments none are drawn to train on.
    pub fn with_model(&self, file: Option<&Path>) -> Result<(Model, Dataset)> {
        // A file that cannot be opened is said before the data set is read.
        let opened = file.map(|file| imported(file, None)).transpose()?;
        let dataset = self.dataset_of((1, SYNTHETIC.1))?;
        match opened {
            Some(imported) => fitting(imported, dataset),
            None => Ok((built_in_for(dataset.size())?, dataset)),
        }
    }
}

/// The network that was opened, as the pictures of the data set ask for, if it takes them.
fn fitting(mut imported: Imported, dataset: Dataset) -> Result<(Model, Dataset)> {
    let takes = imported.model.spec().input;
    if takes != dataset.size() {
        bail!(
            "the network takes pictures of {takes}, those of the data set are {}; add --picture-size {}x{}x{}, or name another data set",
            dataset.size(),
            takes.height,
            takes.width,
            takes.channels
        );
    }
    let mut team = team(RunConfig::default().threads)?;
    find_scaling(&mut imported, &dataset.test, &mut team);
    remark(&imported.notes);
    Ok((imported.model, dataset))
}

fn built_in_for(size: PictureSize) -> Result<Model> {
    let model = weights::built_in_for(size).context("the built-in network")?;
    model.ok_or_else(|| {
        anyhow!(
            "there is no built-in network for pictures of {size}; name a model, or train one: convlens train --out MODEL.safetensors"
        )
    })
}

/// The data set asked for; without a wish the first of the usual places, else synthetic garments,
/// and says so. Its pictures are made of a size, if one is asked for.
pub fn dataset_of(
    wish: Option<&Data>,
    size: Option<PictureSize>,
    (train, test): (usize, usize),
) -> Result<Dataset> {
    start_threads()?;
    let draw = || dataset::synthetic_sized(size.unwrap_or_default(), train, test);
    match wish {
        Some(Data::Folder(folder)) => {
            let dataset = dataset::load_sized(folder, size)?;
            if let Some(left_out) = super::text().left_out(&dataset.left_out) {
                super::remark(&left_out);
            }
            Ok(dataset)
        }
        Some(Data::Synthetic) => {
            check_drawn(size.unwrap_or_default(), train)?;
            Ok(draw())
        }
        None => {
            let search = dataset::find();
            for fault in &search.rejected {
                super::remark(&format!("passed over {fault}"));
            }
            let Some(dataset) = search.dataset else {
                super::remark(
                    "no Fashion-MNIST found, using synthetic garments; `convlens data download` fetches the real data",
                );
                check_drawn(size.unwrap_or_default(), train)?;
                return Ok(draw());
            };
            match size {
                Some(size) => Ok(dataset.to_size(size)?),
                None => Ok(dataset),
            }
        }
    }
}

/// Refuses synthetic garments that would not fit into memory.
fn check_drawn(size: PictureSize, count: usize) -> Result<()> {
    let bytes = count * size.len();
    if bytes > MAX_BYTES {
        bail!(PicturesFault::TooMany { size, bytes });
    }
    Ok(())
}

/// Refuses an index beyond a test set of `count` images.
pub fn check_images(images: &[usize], count: usize) -> Result<()> {
    match images.iter().find(|&&index| index >= count) {
        None => Ok(()),
        Some(&index) => bail!(
            "test image {index}: the test set has {count}; choose 0 to {}",
            count.saturating_sub(1)
        ),
    }
}

/// How results name a layer's kind.
pub fn kind(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Conv { .. } => "conv",
        LayerKind::Pool {
            kind: PoolKind::Max,
            ..
        } => "max_pool",
        LayerKind::Pool { .. } => "average_pool",
        LayerKind::GlobalPool {
            kind: PoolKind::Max,
        } => "global_max_pool",
        LayerKind::GlobalPool { .. } => "global_average_pool",
        LayerKind::BatchNorm { .. } => "batch_norm",
        LayerKind::Dropout { .. } => "dropout",
        LayerKind::Activation(_) => "activation",
        LayerKind::Dense { .. } => "dense",
        LayerKind::Output => "output",
        LayerKind::Branch => "branch",
        LayerKind::Join(Join::Add) => "add",
        LayerKind::Join(Join::Concatenate) => "concatenate",
    }
}

/// A picture from a file as a network that takes this size gets it. Says on stderr if it was inverted.
pub fn own_picture(path: &Path, size: PictureSize) -> Result<Picture> {
    let opened = read_picture(path)?;
    let how = Reduction::suggested(&opened.grey, size);
    if how.invert {
        super::remark(&format!(
            "{}: dark on light, so it was inverted: the network knows light on dark",
            path.display()
        ));
    }
    let steps = reduce(&opened.picture(size.is_colour()), how, size);
    let text = Language::En.text();
    let has_faded = steps.has_faded.then(|| text.has_faded(size));
    let unclear = steps
        .is_unclear
        .then(|| text.draw.unclear_ground.to_owned());
    for words in [unclear, has_faded].into_iter().flatten() {
        super::remark(&format!("{}: {words}", path.display()));
    }
    Ok(steps.picture)
}

/// How results name a data set.
pub fn name(dataset: &Dataset) -> &'static str {
    match dataset.origin {
        Origin::Folder { genuine: true, .. } => "fashion-mnist",
        Origin::Folder { genuine: false, .. } => "folder",
        Origin::Images { .. } => "images",
        Origin::Emnist { .. } => "emnist",
        Origin::Cifar { cifar, .. } => cifar.name(),
        Origin::Synthetic => "synthetic",
    }
}

/// How results that people read name a data set.
pub fn data_in_short(origin: &Origin) -> &'static str {
    match origin {
        Origin::Folder { genuine: true, .. } => "fashion-mnist",
        Origin::Folder { .. } => "folder",
        Origin::Images { .. } => "images",
        Origin::Emnist { split, .. } => split.title(),
        Origin::Cifar { cifar, .. } => cifar.name(),
        Origin::Synthetic => "synthetic",
    }
}

/// A preset's name, or a TOML file with a network, as an argument.
pub fn network() -> impl TypedValueParser<Value = NetworkSpec> {
    OsStringValueParser::new().try_map(|name| parse_network(&name))
}

fn parse_network(name: &OsStr) -> Result<NetworkSpec, String> {
    if let Some(preset) = name.to_str().and_then(Preset::from_name) {
        return Ok(preset.spec());
    }
    if Path::new(name)
        .extension()
        .is_none_or(|ending| ending != "toml")
    {
        let names = Preset::ALL.map(Preset::name).join(", ");
        return Err(format!("choose one of {names}, or name a .toml file"));
    }
    network::read_toml(Path::new(name)).map_err(clean)
}

/// A language's code as an argument.
pub fn parse_language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "choose one of en, es".to_owned())
}

/// The network in a file of any kind that convlens opens, of a run its newest weights, or the
/// built-in one.
pub fn model(file: Option<&Path>) -> Result<Model> {
    match file {
        Some(path) => {
            let imported = imported(path, None)?;
            remark(&imported.notes);
            Ok(imported.model)
        }
        None => weights::built_in().context("the built-in network"),
    }
}

/// The texts with what the outputs of [`model`] are called: of the built-in network as it learnt them, of a file as
/// the data set calls as many classes, or else by numbers.
pub fn outputs(file: Option<&Path>, model: &Model, labels: &'static Text) -> &'static Text {
    let count = model.spec().classes;
    match file {
        None => labels.language.text(),
        Some(_) if labels.classes.len() == count => labels,
        Some(_) => labels.language.text_for(&Classes::numbered(count)),
    }
}

/// The same with what is to be known about it; `network` is that of weights which fit several.
pub fn imported(path: &Path, network: Option<&NetworkSpec>) -> Result<Imported> {
    if !package::is_package(path) {
        return Ok(import::open_as(path, network)?);
    }
    let model = package::newest(path)?;
    if let Some(asked) = network.filter(|&asked| asked != model.spec()) {
        let fault = ImportFault::OtherNetwork {
            file: Box::new(model.spec().clone()),
            asked: Box::new(asked.clone()),
        };
        let path = path.to_owned();
        return Err(ImportError::File { path, fault }.into());
    }
    Ok(Imported {
        model,
        format: Format::Convlens,
        notes: Vec::new(),
        says_pixels: true,
    })
}

/// Says what is to be known about a model from elsewhere.
pub fn remark(notes: &[import::Note]) {
    for note in notes {
        super::remark(&note.to_string());
    }
}

/// Starts the threads on which pictures are read and drawn: where the system refuses them when they are first needed,
/// Rayon panics.
pub fn start_threads() -> Result<()> {
    match rayon::ThreadPoolBuilder::new().build_global() {
        // Without a cause they have been started before.
        Err(error) if error.source().is_some() => Err(no_threads(&error)),
        _ => Ok(()),
    }
}

/// Has the first signal leave a command time to keep what it has.
pub fn heed_signals(wake: impl Fn() + Send + 'static) -> Result<()> {
    signals::install(wake).map_err(|error| no_threads(&error))
}

fn no_threads(error: &impl Display) -> anyhow::Error {
    anyhow!("no threads: {error}; close other programs, or allow this one more")
}

/// Threads that go through pictures together.
pub fn team(threads: usize) -> Result<Team> {
    Team::new(threads, "convlens-team").map_err(|error| no_threads(&error))
}

/// The processor threads to use.
pub fn thread_pool(threads: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| no_threads(&error))
}

/// Whether a file can be written, as far as it is known before; asked before the work that fills it.
pub fn writable(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        bail!(
            "{}: there is no such folder to write to; create it first",
            folder.display()
        );
    }
    files::check_replaceable(path).map_err(|error| match FileFault::of(&error) {
        Some(FileFault::NotPlain) => anyhow!("{}: {error}; name another file", path.display()),
        Some(FileFault::WriteProtected) => anyhow!(
            "{}: {error}; allow writing to it, or name another file",
            path.display()
        ),
        None => not_written(path, &error),
    })
}

/// A file that was not written, and what would do.
pub fn not_written(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow!(
        "{}: {error}; choose a folder that exists, may be written to and has room",
        path.display()
    )
}

/// A file name that does not say what to write.
pub fn name_ending(path: &Path, endings: &str) -> anyhow::Error {
    anyhow!("{}: name a file ending in {endings}", path.display())
}

/// A filter beyond the last of a layer.
pub fn no_such_filter(filter: usize, layer: &str, count: usize) -> anyhow::Error {
    let last = count.saturating_sub(1);
    anyhow!("filter {filter}: {layer} has {count}; choose 0 to {last}")
}

/// A layer that the network does not have.
pub fn no_such_layer<'a>(
    layer: &str,
    layers: impl IntoIterator<Item = &'a String>,
) -> anyhow::Error {
    let names: Vec<&str> = layers.into_iter().map(String::as_str).collect();
    anyhow!("layer {layer}: choose one of {}", names.join(", "))
}

/// Refuses a class that the network does not have.
pub fn check_class(model: &Model, class: usize) -> Result<()> {
    let classes = model.spec().classes;
    ensure!(
        class < classes,
        "class {class}: the network has {classes}; choose 0 to {}",
        classes.saturating_sub(1)
    );
    Ok(())
}
