//! Networks and settings that the editor allows, one after another, so that a cliff between neighbours is seen.

use anyhow::Result;
use convlens_core::network::{KERNELS, NetworkSpec, Padding, Preset};

use crate::measure::{Ours, Setting, faster, median, median_ratio};
use crate::network::{kinds, name, stack, training_flops, two_blocks};
use crate::options::{Axis, Data, Options};
use crate::peers::{Peer, Peers};
use crate::points::{Point, find_cliffs};
use crate::report::Report;

/// Images of the points of [`Axis::Images`].
const IMAGES: [usize; 5] = [1000, 2000, 4000, 8000, 16_000];
/// Time a rival warms up before it is measured, as a share of the time measured.
const WARM_UP: f64 = 0.3;

/// Measures every sweep that was asked for.
pub fn run(options: &Options, data: &Data, peers: &mut Peers, report: &mut Report) -> Result<()> {
    for &threads in &options.threads {
        let sweeps = match &options.network {
            Some(network) => vec![(Axis::Batch, batches(options, network))],
            None => options
                .axes
                .iter()
                .map(|&axis| (axis, settings(axis, options, data)))
                .collect(),
        };
        for (axis, settings) in sweeps {
            let mut points = Vec::new();
            for (x, network, batch) in settings {
                let setting = Setting {
                    network,
                    batch,
                    threads,
                };
                let point = if axis == Axis::Images {
                    // Time grows with images whatever the threads: one curve is enough.
                    if threads < options.most_threads() {
                        continue;
                    }
                    images_point(x, &setting, options, data)?
                } else {
                    point(axis, x, &setting, options, data, peers)?
                };
                let point = with_arithmetic(point, &setting, report)?;
                eprintln!("{}", crate::report::point_line(&point));
                points.push(point);
            }
            find_cliffs(&mut points, options.cliff);
            report.points.append(&mut points);
        }
    }
    Ok(())
}

/// The swept value, the network and the batch size of each point.
fn settings(axis: Axis, options: &Options, data: &Data) -> Vec<(usize, NetworkSpec, usize)> {
    let blocks = |padding| {
        KERNELS
            .into_iter()
            .map(move |kernel| (kernel, two_blocks(64, kernel, padding), 32))
            .collect()
    };
    let notebook = Preset::Conv64.spec();
    match axis {
        Axis::Filters => {
            let filters = options.filters.iter();
            filters
                .map(|&filters| (filters, two_blocks(filters, 3, Padding::Valid), 32))
                .collect()
        }
        Axis::Batch => batches(options, &notebook),
        Axis::Kernel => blocks(Padding::Valid),
        Axis::KernelSame => blocks(Padding::Same),
        Axis::Layers => (1..=6)
            .map(|layers| (layers, stack(layers, 32, 2, Padding::Same), 32))
            .collect(),
        Axis::Unpooled => (1..=3)
            .map(|layers| (layers, stack(layers, 16, 0, Padding::Valid), 32))
            .collect(),
        Axis::Images => IMAGES
            .into_iter()
            .map(|images| (images, notebook.clone(), 32))
            .collect(),
        Axis::Kinds => numbered(kinds(), data),
        Axis::Presets => {
            let presets = [
                Preset::Conv64,
                Preset::LeNet5,
                Preset::VggSmall,
                Preset::ResNetSmall,
            ];
            numbered(presets.map(Preset::spec).to_vec(), data)
        }
    }
}

/// These networks for the pictures of the data set, by number.
fn numbered(networks: Vec<NetworkSpec>, data: &Data) -> Vec<(usize, NetworkSpec, usize)> {
    let networks = networks.into_iter().enumerate();
    networks
        .map(|(number, network)| (number + 1, network.for_data(&data.dataset), 32))
        .collect()
}

fn batches(options: &Options, network: &NetworkSpec) -> Vec<(usize, NetworkSpec, usize)> {
    options
        .batches
        .iter()
        .map(|&batch| (batch, network.clone(), batch))
        .collect()
}

/// Measures a setting beside PyTorch.
fn point(
    axis: Axis,
    x: usize,
    setting: &Setting,
    options: &Options,
    data: &Data,
    peers: &mut Peers,
) -> Result<Point> {
    let warm_up = options.seconds * WARM_UP;
    let mut ours = Ours::start(setting, &data.dataset, warm_up)?;
    let rivals = peers.torches();
    for &peer in rivals {
        peers.build(peer, setting, warm_up)?;
    }
    let (mut own, mut others) = (Vec::new(), vec![Vec::new(); rivals.len()]);
    for _ in 0..options.rounds {
        own.push(ours.images_per_second(options.seconds)?);
        for (figures, &peer) in others.iter_mut().zip(rivals) {
            figures.push(peers.images_per_second(peer, setting.threads, options.seconds)?);
        }
    }
    let images_per_second = median(&own);
    let fastest = faster(&others);
    let mut bfloat16 = rivals.iter().zip(&others);
    let bfloat16 = bfloat16.find(|(rival, _)| **rival == Peer::TorchBfloat16);
    let bfloat16 = bfloat16.map(|(_, figures)| figures);
    Ok(Point {
        sweep: axis,
        x,
        network: name(&setting.network),
        batch: setting.batch,
        threads: setting.threads,
        images_per_second,
        seconds: 10_000.0 / images_per_second,
        gflops: 0.0,
        share_of_peak: None,
        torch: others.first().map(|figures| median(figures)),
        torch_channels_last: others.get(1).map(|figures| median(figures)),
        torch_bfloat16: bfloat16.map(|figures| median(figures)),
        ratio: fastest.map(|fastest| median_ratio(&own, &fastest)),
        ratio_bfloat16: bfloat16.map(|figures| median_ratio(&own, figures)),
        cliff: None,
    })
}

/// Times one pass over the first `images` images.
fn images_point(images: usize, setting: &Setting, options: &Options, data: &Data) -> Result<Point> {
    let images = images.min(data.dataset.train.len());
    let mut seconds = Vec::new();
    for _ in 0..options.rounds {
        let mut ours = Ours::start(setting, &data.dataset, 0.1)?;
        seconds.push(ours.seconds_for(images)?);
    }
    let seconds = median(&seconds);
    Ok(Point {
        sweep: Axis::Images,
        x: images,
        network: name(&setting.network),
        batch: setting.batch,
        threads: setting.threads,
        images_per_second: images as f64 / seconds,
        seconds,
        gflops: 0.0,
        share_of_peak: None,
        torch: None,
        torch_channels_last: None,
        torch_bfloat16: None,
        ratio: None,
        ratio_bfloat16: None,
        cliff: None,
    })
}

fn with_arithmetic(mut point: Point, setting: &Setting, report: &Report) -> Result<Point> {
    point.gflops = training_flops(&setting.network)? * point.images_per_second / 1e9;
    point.share_of_peak = report
        .machine
        .peak(setting.threads)
        .map(|peak| point.gflops / peak);
    Ok(point)
}
