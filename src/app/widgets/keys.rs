//! The one map of keys. Whoever acts on a key asks [`pressed`] for its command; the sheet of keys is made from
//! [`SHEET`], and the tests find what stands in neither or is taken twice.
//!
//! Who is heard first follows from where a command acts: what has the keyboard, then the view, then the window.

use eframe::egui::{Context, Event, Key, Modifiers};

use super::typing;
use crate::app::model::display::Foldable;
use crate::app::model::view::View;
use crate::text::Text;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Chooses a view.
    View(View),
    UndoEdit,
    RedoEdit,
    Larger,
    Smaller,
    DesignedSize,
    Presenter,
    Projector,
    FullScreen,
    /// Gives the keyboard to the next part of the window, or the one before.
    NextPart,
    PreviousPart,
    /// Puts a panel away, or brings it back.
    Fold(Foldable),
    /// Closes what is open, unpins.
    Close,
    Performance,
    Quit,
    /// Trains, pauses, goes on.
    Train,
    Batch,
    Epoch,
    Stop,
    LayerUp,
    LayerDown,
    RemoveLayer,
    PreviousConvolution,
    NextConvolution,
    /// The same by arrows, where nothing has the keyboard.
    ArrowConvolution(Way),
    LargerMaps,
    SmallerMaps,
    /// Compares all channels with the one chosen.
    LikeChosen,
    ToggleFilter,
    Brush,
    Eraser,
    UndoStroke,
    RedoStroke,
    /// Draws a dot at the cursor.
    Dot,
    /// Types a digit into the picture by hand.
    Digit(usize),
    /// Plays the demonstration by hand, or holds it.
    Play,
    Lesson,
    NextStep,
    PreviousStep,
    ShowMe,
    /// Shows the teacher's notes on the only screen, or hides them.
    Notes,
    UndoShowMe,
    /// Chooses this answer of the step's question.
    Answer(usize),
    /// Takes the pen to draw over the view, or lays it down.
    Pen,
    Highlighter,
    UndoMark,
    ClearMarks,
    /// Dims all but what is around the pointer.
    Spotlight,
    /// Shows what is around the pointer larger.
    Zoom,
    /// The projector's window keeps what it shows.
    Freeze,
    Black,
    /// Lays the pen down, and ends zoom, spotlight and black.
    LetGo,
    /// Goes on in what has the keyboard, or where nothing has it.
    Go(Way),
}

/// A way to go by keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Left,
    Right,
    Up,
    Down,
    First,
    Last,
}

/// Where a key acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere, also while text is typed.
    Always,
    /// Unless text is typed.
    Window,
    /// Unless text is typed or something is drawn: nobody who draws means to train.
    Letter,
    /// In one view, unless text is typed.
    View(View),
    /// Where somebody waits for it: a question, a pen in hand. Unless text is typed, and without Alt, with which the others hear it.
    Waiting,
    /// In what has the keyboard, which asks.
    Focus,
}

/// The keys of a command.
pub struct Binding {
    pub command: Command,
    pub scope: Scope,
    /// Each of them does it. A shortcut also matches with more modifiers held, so that the longer one is asked for first.
    pub keys: &'static [(Modifiers, Key)],
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;

const fn bind(command: Command, scope: Scope, keys: &'static [(Modifiers, Key)]) -> Binding {
    Binding {
        command,
        scope,
        keys,
    }
}

/// Every key that does something.
pub const BINDINGS: &[Binding] = &[
    bind(
        Command::View(View::Maps),
        Scope::Window,
        &[(NONE, Key::Num1)],
    ),
    bind(
        Command::View(View::Channels),
        Scope::Window,
        &[(NONE, Key::Num2)],
    ),
    bind(
        Command::View(View::Filters),
        Scope::Window,
        &[(NONE, Key::Num3)],
    ),
    bind(
        Command::View(View::Compare),
        Scope::Window,
        &[(NONE, Key::Num4)],
    ),
    bind(
        Command::View(View::Errors),
        Scope::Window,
        &[(NONE, Key::Num5)],
    ),
    bind(
        Command::View(View::Draw),
        Scope::Window,
        &[(NONE, Key::Num6)],
    ),
    bind(
        Command::View(View::Explain),
        Scope::Window,
        &[(NONE, Key::Num7)],
    ),
    bind(
        Command::View(View::Runs),
        Scope::Window,
        &[(NONE, Key::Num8)],
    ),
    bind(
        Command::View(View::ByHand),
        Scope::Window,
        &[(NONE, Key::Num9)],
    ),
    bind(
        Command::View(View::Transform),
        Scope::Window,
        &[(NONE, Key::Num0)],
    ),
    bind(
        Command::View(View::Embedding),
        Scope::Letter,
        &[(NONE, Key::N)],
    ),
    bind(
        Command::View(View::Curves),
        Scope::Letter,
        &[(NONE, Key::C)],
    ),
    bind(
        Command::View(View::Histograms),
        Scope::Letter,
        &[(NONE, Key::H)],
    ),
    bind(
        Command::View(View::Overview),
        Scope::Letter,
        &[(NONE, Key::O)],
    ),
    bind(
        Command::RedoEdit,
        Scope::Window,
        &[(CTRL_SHIFT, Key::Z), (CTRL, Key::Y)],
    ),
    bind(Command::UndoEdit, Scope::Window, &[(CTRL, Key::Z)]),
    bind(
        Command::Larger,
        Scope::Always,
        &[(CTRL, Key::Plus), (CTRL, Key::Equals)],
    ),
    bind(Command::Smaller, Scope::Always, &[(CTRL, Key::Minus)]),
    bind(Command::DesignedSize, Scope::Always, &[(CTRL, Key::Num0)]),
    bind(Command::Presenter, Scope::Always, &[(NONE, Key::F5)]),
    bind(
        Command::Fold(Foldable::Network),
        Scope::Always,
        &[(NONE, Key::F2)],
    ),
    bind(
        Command::Fold(Foldable::Curves),
        Scope::Always,
        &[(NONE, Key::F3)],
    ),
    bind(
        Command::Fold(Foldable::History),
        Scope::Always,
        &[(NONE, Key::F4)],
    ),
    bind(
        Command::Fold(Foldable::Images),
        Scope::Always,
        &[(NONE, Key::F7)],
    ),
    bind(Command::PreviousPart, Scope::Always, &[(SHIFT, Key::F6)]),
    bind(Command::NextPart, Scope::Always, &[(NONE, Key::F6)]),
    bind(Command::Projector, Scope::Always, &[(NONE, Key::F8)]),
    bind(Command::FullScreen, Scope::Always, &[(NONE, Key::F11)]),
    bind(Command::Close, Scope::Window, &[(NONE, Key::Escape)]),
    bind(Command::Performance, Scope::Letter, &[(NONE, Key::P)]),
    bind(Command::Quit, Scope::Window, &[(CTRL, Key::Q)]),
    bind(Command::Train, Scope::Letter, &[(NONE, Key::T)]),
    bind(Command::Batch, Scope::Letter, &[(NONE, Key::S)]),
    bind(Command::Epoch, Scope::Letter, &[(NONE, Key::E)]),
    bind(Command::Stop, Scope::Letter, &[(NONE, Key::X)]),
    bind(Command::LayerUp, Scope::Focus, &[(ALT, Key::ArrowUp)]),
    bind(Command::LayerDown, Scope::Focus, &[(ALT, Key::ArrowDown)]),
    bind(
        Command::RemoveLayer,
        Scope::Focus,
        &[(NONE, Key::Delete), (NONE, Key::Backspace)],
    ),
    bind(
        Command::PreviousConvolution,
        Scope::Window,
        &[(NONE, Key::OpenBracket)],
    ),
    bind(
        Command::NextConvolution,
        Scope::Window,
        &[(NONE, Key::CloseBracket)],
    ),
    bind(
        Command::ArrowConvolution(Way::Left),
        Scope::Window,
        &[(NONE, Key::ArrowLeft)],
    ),
    bind(
        Command::ArrowConvolution(Way::Right),
        Scope::Window,
        &[(NONE, Key::ArrowRight)],
    ),
    bind(
        Command::LargerMaps,
        Scope::Window,
        &[(NONE, Key::Plus), (NONE, Key::Equals)],
    ),
    bind(Command::SmallerMaps, Scope::Window, &[(NONE, Key::Minus)]),
    bind(
        Command::LikeChosen,
        Scope::View(View::Channels),
        &[(NONE, Key::Enter)],
    ),
    bind(
        Command::ToggleFilter,
        Scope::View(View::Filters),
        &[(NONE, Key::F)],
    ),
    bind(Command::Brush, Scope::View(View::Draw), &[(NONE, Key::B)]),
    bind(Command::Eraser, Scope::View(View::Draw), &[(NONE, Key::E)]),
    bind(
        Command::RedoStroke,
        Scope::View(View::Draw),
        &[(CTRL_SHIFT, Key::Z), (CTRL, Key::Y)],
    ),
    bind(
        Command::UndoStroke,
        Scope::View(View::Draw),
        &[(CTRL, Key::Z)],
    ),
    bind(Command::Dot, Scope::Focus, &[(NONE, Key::Space)]),
    bind(Command::Digit(0), Scope::Focus, &[(NONE, Key::Num0)]),
    bind(Command::Digit(1), Scope::Focus, &[(NONE, Key::Num1)]),
    bind(Command::Digit(2), Scope::Focus, &[(NONE, Key::Num2)]),
    bind(Command::Digit(3), Scope::Focus, &[(NONE, Key::Num3)]),
    bind(Command::Digit(4), Scope::Focus, &[(NONE, Key::Num4)]),
    bind(Command::Digit(5), Scope::Focus, &[(NONE, Key::Num5)]),
    bind(Command::Digit(6), Scope::Focus, &[(NONE, Key::Num6)]),
    bind(Command::Digit(7), Scope::Focus, &[(NONE, Key::Num7)]),
    bind(Command::Digit(8), Scope::Focus, &[(NONE, Key::Num8)]),
    bind(Command::Digit(9), Scope::Focus, &[(NONE, Key::Num9)]),
    bind(
        Command::Play,
        Scope::View(View::ByHand),
        &[(NONE, Key::Space)],
    ),
    bind(Command::Lesson, Scope::Letter, &[(NONE, Key::L)]),
    bind(Command::NextStep, Scope::Window, &[(NONE, Key::PageDown)]),
    bind(Command::PreviousStep, Scope::Window, &[(NONE, Key::PageUp)]),
    bind(Command::Notes, Scope::Always, &[(NONE, Key::F9)]),
    bind(Command::ShowMe, Scope::Letter, &[(NONE, Key::M)]),
    bind(Command::UndoShowMe, Scope::Letter, &[(NONE, Key::U)]),
    bind(Command::Answer(0), Scope::Waiting, &[(NONE, Key::Num1)]),
    bind(Command::Answer(1), Scope::Waiting, &[(NONE, Key::Num2)]),
    bind(Command::Answer(2), Scope::Waiting, &[(NONE, Key::Num3)]),
    bind(Command::Answer(3), Scope::Waiting, &[(NONE, Key::Num4)]),
    bind(Command::Answer(4), Scope::Waiting, &[(NONE, Key::Num5)]),
    bind(Command::Answer(5), Scope::Waiting, &[(NONE, Key::Num6)]),
    bind(Command::Pen, Scope::Letter, &[(NONE, Key::W)]),
    bind(Command::Highlighter, Scope::Letter, &[(NONE, Key::G)]),
    bind(Command::UndoMark, Scope::Waiting, &[(CTRL, Key::Z)]),
    bind(
        Command::ClearMarks,
        Scope::Waiting,
        &[(NONE, Key::Delete), (NONE, Key::Backspace)],
    ),
    bind(Command::Spotlight, Scope::Letter, &[(NONE, Key::I)]),
    bind(Command::Zoom, Scope::Letter, &[(NONE, Key::Z)]),
    bind(Command::Freeze, Scope::Letter, &[(NONE, Key::K)]),
    // As the buttons of a presenter's remote control send it.
    bind(Command::Black, Scope::Letter, &[(NONE, Key::Period)]),
    bind(Command::LetGo, Scope::Waiting, &[(NONE, Key::Escape)]),
    bind(
        Command::Go(Way::Left),
        Scope::Focus,
        &[(NONE, Key::ArrowLeft)],
    ),
    bind(
        Command::Go(Way::Right),
        Scope::Focus,
        &[(NONE, Key::ArrowRight)],
    ),
    bind(Command::Go(Way::Up), Scope::Focus, &[(NONE, Key::ArrowUp)]),
    bind(
        Command::Go(Way::Down),
        Scope::Focus,
        &[(NONE, Key::ArrowDown)],
    ),
    bind(Command::Go(Way::First), Scope::Focus, &[(NONE, Key::Home)]),
    bind(Command::Go(Way::Last), Scope::Focus, &[(NONE, Key::End)]),
];

/// The keys of `command`.
fn binding(command: Command) -> &'static Binding {
    let found = BINDINGS.iter().find(|binding| binding.command == command);
    found.expect("every command is bound: a test asks for each")
}

/// Whether a key of `command` was pressed where it acts; then it acts nowhere else.
pub fn pressed(ctx: &Context, command: Command) -> bool {
    times(ctx, command) > 0
}

/// How often it was pressed: a key that is held may be more often than frames are drawn.
pub fn times(ctx: &Context, command: Command) -> usize {
    let binding = binding(command);
    let is_heard = match binding.scope {
        Scope::Always | Scope::Focus => true,
        Scope::Window | Scope::View(_) => !typing::is_under_way(ctx),
        Scope::Waiting => !typing::is_under_way(ctx) && !ctx.input(|input| input.modifiers.alt),
        Scope::Letter => {
            !typing::is_under_way(ctx) && !typing::is_drawing(ctx) && !typing::is_meant(ctx)
        }
    };
    if !is_heard {
        return 0;
    }
    let keys = binding.keys.iter();
    keys.map(|&(held, key)| ctx.input_mut(|input| input.count_and_consume_key(held, key)))
        .sum()
}

/// How many times the keys say to go on, less those to go back.
pub fn steps(ctx: &Context, back: Command, on: Command) -> isize {
    times(ctx, on) as isize - times(ctx, back) as isize
}

/// Where the arrows go: rows down, columns right. `None` where none was pressed.
pub fn walked(ctx: &Context) -> Option<(isize, isize)> {
    let go = Command::Go;
    let down = steps(ctx, go(Way::Up), go(Way::Down));
    let right = steps(ctx, go(Way::Left), go(Way::Right));
    (down != 0 || right != 0).then_some((down, right))
}

/// Whether ? was typed: where it is on the keyboard, only the text it types tells.
pub fn asked_for_sheet(ctx: &Context) -> bool {
    let is_it = |event: &Event| matches!(event, Event::Text(typed) if typed == "?");
    !typing::is_under_way(ctx) && ctx.input(|input| input.events.iter().any(is_it))
}

/// The first key of a command as keyboards have it on them; `None` where that depends on the language.
pub fn shown(command: Command) -> Option<String> {
    match binding(command).keys {
        [(Modifiers::NONE, key), ..] => Some(key.symbol_or_name().to_owned()),
        _ => None,
    }
}

/// A heading of the sheet of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Everywhere,
    Training,
    Pictures,
    Lesson,
    Stage,
}

/// A row of the sheet.
pub struct SheetRow {
    pub group: Group,
    /// Keys that no command is bound to.
    others: fn(&Text) -> &'static str,
    commands: &'static [Command],
    pub does: fn(&Text) -> &'static str,
}

const fn row(
    group: Group,
    commands: &'static [Command],
    does: fn(&Text) -> &'static str,
) -> SheetRow {
    SheetRow {
        group,
        others: |_| "",
        commands,
        does,
    }
}

/// What can be done without a mouse, in the order in which it is read.
pub const SHEET: &[SheetRow] = &[
    SheetRow {
        group: Group::Everywhere,
        others: |text| text.keys.tab,
        commands: &[],
        does: |text| text.keys.tab_does,
    },
    row(
        Group::Everywhere,
        &[
            Command::View(View::Maps),
            Command::View(View::Channels),
            Command::View(View::Filters),
            Command::View(View::Compare),
            Command::View(View::Errors),
            Command::View(View::Draw),
            Command::View(View::Explain),
            Command::View(View::Runs),
            Command::View(View::ByHand),
        ],
        |text| text.keys.views_does,
    ),
    row(
        Group::Everywhere,
        &[
            Command::View(View::Transform),
            Command::View(View::Overview),
            Command::View(View::Embedding),
            Command::View(View::Curves),
            Command::View(View::Histograms),
        ],
        |text| text.keys.more_views_does,
    ),
    row(
        Group::Everywhere,
        &[Command::UndoEdit, Command::RedoEdit],
        |text| text.keys.undo_does,
    ),
    row(
        Group::Everywhere,
        &[Command::Larger, Command::Smaller, Command::DesignedSize],
        |text| text.keys.size_does,
    ),
    row(Group::Everywhere, &[Command::Presenter], |text| {
        text.keys.presenter_does
    }),
    row(Group::Everywhere, &[Command::Projector], |text| {
        text.keys.second_does
    }),
    row(Group::Everywhere, &[Command::FullScreen], |text| {
        text.keys.full_does
    }),
    row(
        Group::Everywhere,
        &[Command::NextPart, Command::PreviousPart],
        |text| text.keys.parts_does,
    ),
    row(
        Group::Everywhere,
        &[
            Command::Fold(Foldable::Network),
            Command::Fold(Foldable::Curves),
            Command::Fold(Foldable::History),
            Command::Fold(Foldable::Images),
        ],
        |text| text.keys.fold_does,
    ),
    SheetRow {
        group: Group::Everywhere,
        others: |text| text.keys.sheet,
        commands: &[],
        does: |text| text.keys.sheet_does,
    },
    row(Group::Everywhere, &[Command::Close], |text| {
        text.keys.escape_does
    }),
    row(Group::Everywhere, &[Command::Performance], |text| {
        text.keys.performance_does
    }),
    row(Group::Everywhere, &[Command::Quit], |text| {
        text.keys.quit_does
    }),
    row(Group::Training, &[Command::Train], |text| {
        text.keys.train_does
    }),
    row(Group::Training, &[Command::Batch, Command::Epoch], |text| {
        text.keys.step_does
    }),
    row(Group::Training, &[Command::Stop], |text| {
        text.keys.stop_does
    }),
    row(
        Group::Training,
        &[Command::LayerUp, Command::LayerDown, Command::RemoveLayer],
        |text| text.keys.layer_does,
    ),
    row(
        Group::Pictures,
        &[
            Command::ArrowConvolution(Way::Left),
            Command::ArrowConvolution(Way::Right),
            Command::PreviousConvolution,
            Command::NextConvolution,
        ],
        |text| text.keys.convolution_does,
    ),
    SheetRow {
        group: Group::Pictures,
        others: |text| text.keys.enter,
        commands: &[
            Command::Go(Way::Left),
            Command::Go(Way::Right),
            Command::Go(Way::Up),
            Command::Go(Way::Down),
        ],
        does: |text| text.keys.pin_does,
    },
    row(
        Group::Pictures,
        &[
            Command::LargerMaps,
            Command::SmallerMaps,
            Command::Go(Way::First),
            Command::Go(Way::Last),
        ],
        |text| text.keys.channels_does,
    ),
    row(Group::Pictures, &[Command::LikeChosen], |text| {
        text.keys.like_does
    }),
    row(Group::Pictures, &[Command::ToggleFilter], |text| {
        text.keys.filter_does
    }),
    row(
        Group::Pictures,
        &[
            Command::Brush,
            Command::Eraser,
            Command::Dot,
            Command::Go(Way::Left),
            Command::Go(Way::Right),
            Command::Go(Way::Up),
            Command::Go(Way::Down),
        ],
        |text| text.keys.pad_does,
    ),
    row(
        Group::Pictures,
        &[Command::UndoStroke, Command::RedoStroke],
        |text| text.keys.stroke_does,
    ),
    row(Group::Pictures, &[Command::Close], |text| {
        text.keys.pad_escape_does
    }),
    row(Group::Lesson, &[Command::Lesson], |text| {
        text.keys.open_does
    }),
    row(
        Group::Lesson,
        &[Command::NextStep, Command::PreviousStep],
        |text| text.keys.steps_does,
    ),
    row(Group::Lesson, &[Command::ShowMe], |text| {
        text.keys.show_does
    }),
    row(Group::Lesson, &[Command::Notes], |text| {
        text.keys.notes_does
    }),
    row(Group::Lesson, &[Command::UndoShowMe], |text| {
        text.keys.back_does
    }),
    row(
        Group::Lesson,
        &[
            Command::Answer(0),
            Command::Answer(1),
            Command::Answer(2),
            Command::Answer(3),
            Command::Answer(4),
            Command::Answer(5),
        ],
        |text| text.keys.answer_does,
    ),
    row(
        Group::Lesson,
        &[Command::Go(Way::Up), Command::Go(Way::Down)],
        |text| text.keys.scroll_does,
    ),
    row(
        Group::Lesson,
        &[
            Command::Play,
            Command::Go(Way::Left),
            Command::Go(Way::Right),
            Command::Go(Way::First),
            Command::Go(Way::Last),
        ],
        |text| text.keys.by_hand_does,
    ),
    row(
        Group::Lesson,
        &[
            Command::Digit(0),
            Command::Digit(1),
            Command::Digit(2),
            Command::Digit(3),
            Command::Digit(4),
            Command::Digit(5),
            Command::Digit(6),
            Command::Digit(7),
            Command::Digit(8),
            Command::Digit(9),
        ],
        |text| text.keys.digit_does,
    ),
    row(
        Group::Stage,
        &[Command::Pen, Command::Highlighter],
        |text| text.keys.pen_does,
    ),
    row(
        Group::Stage,
        &[Command::UndoMark, Command::ClearMarks],
        |text| text.keys.marks_does,
    ),
    row(Group::Stage, &[Command::Spotlight, Command::Zoom], |text| {
        text.keys.spotlight_does
    }),
    row(Group::Stage, &[Command::Freeze, Command::Black], |text| {
        text.keys.freeze_does
    }),
    row(Group::Stage, &[Command::LetGo], |text| {
        text.keys.let_go_does
    }),
];

impl SheetRow {
    /// Its keys in words: the first and the last of many digits, the first of those that do the same.
    pub fn keys(&self, text: &Text) -> String {
        let names = self.commands.iter().map(|command| {
            let (held, key) = binding(*command).keys[0];
            combination(text, held, key)
        });
        let mut names: Vec<String> = names.collect();
        let digits = names
            .iter()
            .all(|name| name.len() == 1 && name.as_bytes()[0].is_ascii_digit());
        if digits && names.len() > 2 {
            names = vec![format!("{} … {}", names[0], names[names.len() - 1])];
        }
        let arrows = ["←", "→", "↑", "↓"];
        let others = (self.others)(text);
        let mut line = others.to_owned();
        for name in names {
            let is_arrow = arrows.contains(&name.as_str());
            let follows_arrow = arrows.iter().any(|arrow| line.ends_with(arrow));
            if !line.is_empty() {
                line.push_str(if is_arrow && follows_arrow { " " } else { ", " });
            }
            line.push_str(&name);
        }
        line
    }
}

/// A key with what is held meanwhile, as it stands on a keyboard of that language.
fn combination(text: &Text, held: Modifiers, key: Key) -> String {
    let words = &text.keys;
    let name = match key {
        Key::Space => words.space,
        Key::Enter => words.enter,
        Key::Home => words.home,
        Key::End => words.end,
        Key::Delete => words.delete,
        Key::PageUp => words.page_up,
        Key::PageDown => words.page_down,
        Key::Escape => "Esc",
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Minus => "−",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Period => ".",
        other => other.symbol_or_name(),
    };
    let held = [
        (held.command, "Ctrl"),
        (held.alt, "Alt"),
        (held.shift, words.shift),
    ];
    let held = held.into_iter().filter(|(is_held, _)| *is_held);
    let parts: Vec<&str> = held.map(|(_, name)| name).chain([name]).collect();
    parts.join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things_in_one_place() {
        for (index, one) in BINDINGS.iter().enumerate() {
            for other in &BINDINGS[index + 1..] {
                let shared = one.keys.iter().find(|key| other.keys.contains(key));
                let Some(key) = shared else { continue };
                let both = (one.scope, other.scope);
                let precedes = match both {
                    // What has the keyboard is heard first, then who waits, then the view.
                    (Scope::Focus, scope) | (scope, Scope::Focus) => scope != Scope::Focus,
                    (Scope::Waiting, scope) | (scope, Scope::Waiting) => {
                        !matches!(scope, Scope::Waiting | Scope::Always)
                    }
                    (Scope::View(a), Scope::View(b)) => a != b,
                    (Scope::View(_), scope) | (scope, Scope::View(_)) => scope != Scope::Always,
                    _ => false,
                };
                assert!(
                    precedes,
                    "{:?} and {:?}: {key:?}",
                    one.command, other.command
                );
            }
        }
    }

    #[test]
    fn a_command_is_bound_once_and_stands_on_the_sheet() {
        for (index, one) in BINDINGS.iter().enumerate() {
            assert!(!one.keys.is_empty(), "{:?}", one.command);
            let again = BINDINGS[index + 1..]
                .iter()
                .any(|other| other.command == one.command);
            assert!(!again, "{:?} is bound twice", one.command);
            let is_told = SHEET.iter().any(|row| row.commands.contains(&one.command));
            assert!(is_told, "{:?} is not on the sheet", one.command);
        }
        for row in SHEET {
            for command in row.commands {
                // Panics where it is not bound.
                binding(*command);
            }
        }
    }

    #[test]
    fn the_sheet_names_the_keys() {
        let text = crate::text::Language::Es.text();
        let keys: Vec<String> = SHEET.iter().map(|row| row.keys(text)).collect();
        for wanted in [
            "1 … 9",
            "Ctrl+Z, Ctrl+Mayús+Z",
            "Alt+↑, Alt+↓, Supr",
            "← →, [, ]",
            "Espacio, ← →, Inicio, Fin",
        ] {
            assert!(keys.iter().any(|row| row == wanted), "{wanted}: {keys:?}");
        }
    }
}
