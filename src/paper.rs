//! A lesson on paper: one page of HTML that needs nothing else, for any browser and its printer.

use std::cell::RefCell;
use std::collections::HashSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use std::sync::Arc;

use crate::text::Text;
use convlens_core::dataset::{Dataset, Gallery, ImageId};
use convlens_core::figures::{MapsSettings, draw_svg, map_set};
use convlens_core::lessons::{
    Check, Exercise, Lesson, Predicted, Show, ShownView, ShownWeights, Step, Trend,
};
use convlens_core::network::weights;
use convlens_core::render::escaped;

/// For whom a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paper {
    /// What the class reads and sees, with the questions and without their answers.
    Handout,
    /// Questions and predictions to be filled in.
    Worksheet,
    /// The answers with their reasons, and the teacher's notes.
    Solutions,
}

impl Paper {
    /// All, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Handout, Self::Worksheet, Self::Solutions];

    /// As the command line writes it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Handout => "handout",
            Self::Worksheet => "worksheet",
            Self::Solutions => "solutions",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(self, text: &Text) -> &'static str {
        match self {
            Self::Handout => text.paper.handout,
            Self::Worksheet => text.paper.worksheet,
            Self::Solutions => text.paper.solutions,
        }
    }
}

/// The page of the whole lesson, or of the steps of a route under their numbers in the lesson. `figure` gives the SVG of a step that has one.
#[must_use]
pub fn page(
    lesson: &Lesson,
    route: Option<usize>,
    paper: Paper,
    text: &Text,
    figure: &dyn Fn(&Step) -> Option<String>,
) -> String {
    let mut body = String::new();
    // What stands on the page needs no more paper.
    let drawn = RefCell::new(HashSet::new());
    let figure = |step: &Step| figure(step).filter(|svg| drawn.borrow_mut().insert(svg.clone()));
    let steps = lesson.steps.iter().enumerate();
    for (index, step) in steps.filter(|(_, step)| step.is_in(route)) {
        let asks = step.check.is_some() || step.exercise.is_some();
        if paper == Paper::Handout || asks || !step.notes.is_empty() && paper == Paper::Solutions {
            body.push_str(&section(step, index + 1, paper, text, &figure));
        }
    }
    let name = paper.name(text);
    let fields = if paper == Paper::Worksheet {
        format!(
            "<p class=\"fields\"><span>{}</span><span>{}</span></p>\n",
            text.paper.name, text.paper.date
        )
    } else {
        String::new()
    };
    let first = lesson.steps.first().map_or("", |step| step.title.as_str());
    let title = format!("{name}: {first}");
    let body = format!("<h1>{}</h1>\n{fields}{body}", escaped(name));
    document(text, &title, &body)
}

/// A document of HTML with everything in it that it needs.
pub(crate) fn document(text: &Text, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        text.language.code(),
        escaped(title),
    )
}

/// The notebook's figure as a step that looks at the maps of the built-in network shows it; none where that takes other pictures.
#[must_use]
pub fn maps_figure(step: &Step, dataset: &Arc<Dataset>, text: &Text) -> Option<String> {
    let shows = |show: &Show| step.show.contains(show);
    if !shows(&Show::View(ShownView::Maps)) || !shows(&Show::Weights(ShownWeights::BuiltIn)) {
        return None;
    }
    let mut settings = MapsSettings::default();
    for show in &step.show {
        match show {
            Show::Images(images) => {
                settings.images = images.iter().map(|image| ImageId::Test(*image)).collect();
            }
            Show::Layer(layer) => settings.layer.clone_from(layer),
            Show::Convolution(number) => settings.convolution = *number,
            Show::Range(range) => settings.range = *range,
            Show::BeforeRelu(before) => settings.before_relu = *before,
            _ => {}
        }
    }
    let model = weights::built_in_for(dataset.size()).ok()??;
    let gallery = Gallery::new(dataset.clone());
    let maps = map_set(&model, &gallery, &settings.images).ok()?;
    let whose = text.status.built_in.to_owned();
    let words = text.of_network(text, whose);
    draw_svg(&maps, dataset, &settings, &words).ok()
}

/// Dark on white everywhere, blocks that stay on a page, lines to write on.
const STYLE: &str = "\
@page { size: A4; margin: 18mm 16mm; }
body { font: 11pt/1.45 Inter, Helvetica, Arial, sans-serif; color: #111; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; break-after: avoid; }
section { break-inside: auto; } figure, table, .ask, .notes, .whole { break-inside: avoid; }
figure { margin: 1rem 0; } figure svg { display: block; max-width: 100%; max-height: 120mm; height: auto; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { border: 1px solid #999; padding: .2rem .6rem; text-align: left; }
.ask { break-before: avoid; } .ask + .ask { break-before: auto; }
.ask { border-left: 3px solid #444; padding: .2rem 0 .2rem .8rem; margin: 1rem 0; }
.ask ul { list-style: none; padding-left: 0; } .ask li::before { content: '\\2610\\00a0'; } .ask li.right::before { content: '\\2611\\00a0'; }
.ask ul.row { margin: .2rem 0 .5rem; } .ask ul.row li { display: inline-block; margin-right: 2rem; }
.ask li.right { font-weight: 600; } .line { border-bottom: 1px solid #777; height: 2rem; line-height: 2rem; }
.ask p { margin: .4rem 0; } .blank { display: inline-block; width: 4rem; border-bottom: 1px solid #777; }
.fields { display: flex; gap: 2rem; } .fields span { flex: 1; border-bottom: 1px solid #777; padding-bottom: .3rem; }
.figures span { white-space: nowrap; margin-right: .8rem; } .charts { display: flex; flex-wrap: wrap; gap: 1rem; break-inside: avoid; }
.charts svg { flex: 1 1 18rem; min-width: 0; max-width: 24rem; font: 10px Inter, Helvetica, Arial, sans-serif; } .charts .title { font-weight: 600; font-size: 11px; }
.run h2 { margin: 1.2rem 0 .4rem; } .run p { margin: .4rem 0; }
.run table { margin: .4rem 0; font-size: 9pt; line-height: 1.25; } .run th, .run td { padding: .05rem .6rem; }
.bar { background: #444; height: .5rem; print-color-adjust: exact; }
.notes { background: #f1f1f1; padding: .5rem .8rem; } .minutes { color: #555; font-weight: 400; font-size: .9rem; }
@media (max-width: 30rem) { th, td { padding: .1rem .25rem; font-size: .75rem; } }
@media print { body { max-width: none; margin: 0; padding: 0; } .notes { background: #fff; border: 1px solid #999; } }
";

fn section(
    step: &Step,
    number: usize,
    paper: Paper,
    text: &Text,
    figure: &dyn Fn(&Step) -> Option<String>,
) -> String {
    let minutes = step.minutes.filter(|_| paper == Paper::Solutions);
    let minutes = minutes.map_or(String::new(), |minutes| {
        format!(
            " <span class=\"minutes\">{}</span>",
            escaped(&text.minutes(minutes))
        )
    });
    // What is filled in has its title with it.
    let class = if paper == Paper::Worksheet {
        " class=\"whole\""
    } else {
        ""
    };
    let mut section = format!(
        "<section{class}>\n<h2>{number} · {}{minutes}</h2>\n",
        escaped(&step.title)
    );
    if paper == Paper::Handout {
        section.push_str(&from_markdown(&step.body));
        if let Some(svg) = figure(step) {
            // An SVG document stands in a page as it is.
            section.extend(["<figure>\n", &svg, "</figure>\n"]);
        }
    }
    if let Some(check) = &step.check {
        section.push_str(&question(check, number, paper, text));
    }
    if let Some(exercise) = &step.exercise {
        section.push_str(&prediction(exercise, number, paper, text));
    }
    if paper == Paper::Solutions && !step.notes.is_empty() {
        let notes = from_markdown(&step.notes);
        let heading = escaped(text.lesson.notes);
        section.extend([
            "<div class=\"notes\">",
            &of_step(number, paper),
            "<strong>",
            &heading,
            "</strong>\n",
            &notes,
            "</div>\n",
        ]);
    }
    section.push_str("</section>\n");
    section
}

/// Which step a box is of: its title may stand on the page before, but for the worksheet's.
fn of_step(number: usize, paper: Paper) -> String {
    match paper {
        Paper::Worksheet => String::new(),
        Paper::Handout | Paper::Solutions => format!("<strong>{number} ·</strong> "),
    }
}

/// A question with its choices; with the right one, and what speaks against the others, in the solutions.
fn question(check: &Check, number: usize, paper: Paper, text: &Text) -> String {
    let is_solved = paper == Paper::Solutions;
    let choices = check.choices.iter().enumerate().map(|(index, choice)| {
        let is_right = is_solved && index == check.right;
        let class = if is_right { " class=\"right\"" } else { "" };
        let hint = check.hint(index).filter(|_| is_solved);
        let hint = hint.map_or(String::new(), |hint| {
            format!(" <em>({})</em>", escaped(hint))
        });
        format!("<li{class}>{}{hint}</li>\n", escaped(choice))
    });
    let choices: String = choices.collect();
    let why = if is_solved {
        format!(
            "<p><strong>{}:</strong> {}</p>\n",
            text.lesson.why,
            escaped(&check.why)
        )
    } else {
        String::new()
    };
    let asked = escaped(&check.question);
    let of = of_step(number, paper);
    format!("<div class=\"ask\">\n<p>{of}{asked}</p>\n<ul>\n{choices}</ul>\n{why}</div>\n")
}

/// What is to be predicted, and room to write down what came of it; why it comes so, in the solutions.
fn prediction(exercise: &Exercise, number: usize, paper: Paper, text: &Text) -> String {
    let words = &text.lesson;
    let asked = escaped(&exercise.question);
    let mut block = format!(
        "<div class=\"ask\">\n<p>{}<strong>{}:</strong> {asked}</p>\n",
        of_step(number, paper),
        words.predict
    );
    if paper == Paper::Solutions {
        block.push_str(&from_markdown(&exercise.why));
    } else {
        for predicted in Predicted::ALL {
            let name = text.predicted(predicted);
            let choices = Trend::ALL
                .map(|trend| format!("<li>{}</li>\n", text.trend(predicted, trend)))
                .concat();
            let by_points = if paper == Paper::Worksheet && predicted == Predicted::Accuracy {
                format!(" · {}: <span class=\"blank\"></span>", words.by_points)
            } else {
                String::new()
            };
            block.extend([
                "<p>",
                name,
                &by_points,
                "</p>\n<ul class=\"row\">\n",
                &choices,
                "</ul>\n",
            ]);
        }
    }
    if paper == Paper::Worksheet {
        // As many lines as two exercises leave room for on a page.
        for name in [words.measured, words.why, ""] {
            block.extend(["<div class=\"line\">", name, "</div>\n"]);
        }
    }
    block.push_str("</div>\n");
    block
}

/// Nothing of a lesson is run or fetched: HTML is only text, and a picture is its words.
fn from_markdown(source: &str) -> String {
    let events = Parser::new_ext(source, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Html(words) | Event::InlineHtml(words) => Some(Event::Text(words)),
        Event::Start(Tag::Image { .. } | Tag::Link { .. })
        | Event::End(TagEnd::Image | TagEnd::Link) => None,
        event => Some(event),
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;
    use convlens_core::lessons::{built_in, parse_step};

    #[test]
    fn answers_stand_in_the_solutions_alone() {
        for language in [Language::En, Language::Es] {
            let text = language.text();
            let lesson = built_in(language.code()).unwrap();
            let of = |paper| page(&lesson, None, paper, text, &|_| None);
            let (handout, worksheet, solutions) = (
                of(Paper::Handout),
                of(Paper::Worksheet),
                of(Paper::Solutions),
            );
            for step in &lesson.steps {
                let title = escaped(&step.title);
                assert!(handout.contains(&title), "{title}");
                if let Some(check) = &step.check {
                    let why = escaped(&check.why);
                    assert!(solutions.contains(&why), "{why}");
                    assert!(!handout.contains(&why) && !worksheet.contains(&why));
                    assert!(worksheet.contains(&escaped(&check.question)));
                }
            }
            assert!(solutions.contains("class=\"right\""));
            // A route's steps alone, under their numbers in the lesson.
            let short = page(&lesson, Some(50), Paper::Handout, text, &|_| None);
            assert!(short.contains("<h2>3 · ") && !short.contains("<h2>2 · "));
            for page in [&handout, &worksheet] {
                assert!(!page.contains("class=\"right\""));
                assert!(!page.contains(text.lesson.notes));
            }
            let svg = |_: &Step| Some("<svg/>".to_owned());
            let illustrated = page(&lesson, None, Paper::Handout, text, &svg);
            assert_eq!(illustrated.matches("<svg").count(), 1, "a figure once");
            // Self-contained: nothing is fetched, nothing is run.
            for page in [handout, worksheet, solutions] {
                for outside in ["http", "src=", "href=", "<script", "url("] {
                    assert!(!page.contains(outside), "{outside}");
                }
                assert_eq!(
                    page.matches("<section").count(),
                    page.matches("</section>").count()
                );
                assert_eq!(page.matches("<div").count(), page.matches("</div>").count());
            }
        }
    }

    #[test]
    fn a_lesson_from_elsewhere_brings_no_markup_along() {
        let source = "+++\ntitle = \"<b>T</b>\"\n+++\nA <script>alert(1)</script> ![p](http://x/y.png) [l](javascript:1)\n";
        let step = parse_step("s.md", "s", source).unwrap();
        let lesson = Lesson { steps: vec![step] };
        let page = page(&lesson, None, Paper::Handout, Language::En.text(), &|_| {
            None
        });
        assert!(page.contains("&lt;b&gt;T&lt;/b&gt;") && page.contains("&lt;script&gt;"));
        for bad in ["<script", "http://x", "javascript:"] {
            assert!(!page.contains(bad), "{bad}: {page}");
        }
    }
}
