//! The shelf of runs: what each came to, whose weights are looked at, which are compared.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::run::Run;
use crate::app::model::runs::as_it_stands;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::widgets;
use crate::app::widgets::run_look::{self, Mark};
use convlens_core::training::runs::{RunId, RunStatus, RunSummary};
use eframe::egui::{self, Align, Button, Key, Layout, RichText, TextEdit};

/// Epochs that the menu of a run offers to add.
const MORE_EPOCHS: [usize; 2] = [1, 5];

/// The shelf; it owns the name being typed.
#[derive(Default)]
pub struct Shelf {
    renaming: Option<(RunId, String)>,
    /// Whose box was ticked or unticked last: Shift goes on from there.
    ticked: Option<RunId>,
}

impl Shelf {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        heading(ui, state, actions);
        if state.runs.list.is_empty() {
            let none = RichText::new(state.text().runs.none_yet).weak();
            ui.add(egui::Label::new(none).wrap());
            // The panel would otherwise stay this low when there are runs.
            ui.take_available_height();
            return;
        }
        let rows = egui::ScrollArea::vertical().auto_shrink(false);
        rows.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for run in state.runs.list.iter().rev() {
                ui.push_id(run.id, |ui| self.row(ui, state, run, actions));
            }
        });
    }

    fn row(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        run: &RunSummary,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let stands = as_it_stands(run, state.run.as_ref());
        let is_renamed = self.renaming.as_ref().is_some_and(|(id, _)| *id == run.id);
        let row = egui::Sides::new().shrink_left().truncate().spacing(6.0);
        let (in_row, from_menu) = row.show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.x = 5.0;
                let mut chosen = state.runs.chosen.contains(&run.id);
                let name = text.compare_run(state.runs.name(run));
                let choice = ui
                    .checkbox(&mut chosen, "")
                    .accessible_name(&name)
                    .on_hover_text(format!("{name}\n{}", text.runs.tick_hint));
                let choice = choice.changed().then(|| {
                    let from = self.ticked.replace(run.id);
                    let from = from.filter(|_| ui.input(|input| input.modifiers.shift));
                    let runs = between(&state.runs.list, from.unwrap_or(run.id), run.id);
                    RunAction::Choose(runs, chosen)
                });
                let mark = Mark::of(run.colour, run.is_baseline);
                mark.show(ui, run_look::colour(ui, run.colour));
                let other = if is_renamed {
                    self.name_field(ui, state)
                } else {
                    name_button(ui, state, run)
                };
                choice.or(other)
            },
            |ui| {
                let action = menu(ui, state, run);
                if let Some(accuracy) = stands.test_accuracy() {
                    ui.label(widgets::theme::strong(text.percent(accuracy, 2)));
                }
                action
            },
        );
        let from_menu = match from_menu {
            Some(MenuAction::Rename) => {
                self.renaming = Some((run.id, state.runs.name(run).to_owned()));
                None
            }
            Some(MenuAction::Run(action)) => Some(action),
            None => None,
        };
        actions.extend(in_row.into_iter().chain(from_menu).map(Action::Runs));
        ui.horizontal(|ui| {
            ui.add_space(24.0);
            let words = text.run_in_short(stands.status, stands.seconds, run.parameters);
            let by = run.trained_by.as_ref();
            let words = by.map_or(words.clone(), |by| format!("{} · {words}", by.program));
            let label = egui::Label::new(RichText::new(words).small().weak()).truncate();
            ui.add(label);
        });
    }

    fn name_field(&mut self, ui: &mut egui::Ui, state: &State) -> Option<RunAction> {
        let (id, name) = self.renaming.as_mut()?;
        let id = *id;
        let field = TextEdit::singleline(name)
            .id(egui::Id::unique("name of the run"))
            .char_limit(60)
            .desired_width(130.0);
        let field = ui.add(field).accessible_name(state.text().runs.name);
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            self.renaming = None;
            return None;
        }
        if field.lost_focus() {
            let (_, name) = self.renaming.take()?;
            return Some(RunAction::Rename(id, name));
        }
        field.request_focus();
        None
    }
}

/// What the menu of a run asks for.
enum MenuAction {
    Run(RunAction),
    Rename,
}

fn menu(ui: &mut egui::Ui, state: &State, run: &RunSummary) -> Option<MenuAction> {
    let text = state.text();
    let button = egui::containers::menu::MenuButton::from_button(Button::new("…").small());
    let (button, chosen) = button.ui(ui, |ui| {
        let action = menu_content(ui, state, run);
        if action.is_some() {
            ui.close();
        }
        action
    });
    let name = text.menu_of_run(state.runs.name(run));
    widgets::theme::name(&button, &name);
    button.on_hover_text(name);
    chosen.and_then(|chosen| chosen.inner)
}

fn menu_content(ui: &mut egui::Ui, state: &State, run: &RunSummary) -> Option<MenuAction> {
    let text = state.text();
    let id = run.id;
    let mut action = None;
    let (pin, pinned) = if run.is_baseline {
        (text.runs.unpin, None)
    } else {
        (text.runs.pin, Some(id))
    };
    if ui.button(pin).on_hover_text(text.runs.pin_hint).clicked() {
        action = Some(MenuAction::Run(RunAction::Baseline(pinned)));
    }
    if ui.button(text.runs.rename).clicked() {
        action = Some(MenuAction::Rename);
    }
    let duplicate = ui.button(text.runs.duplicate);
    if duplicate.on_hover_text(text.runs.duplicate_hint).clicked() {
        action = Some(MenuAction::Run(RunAction::Duplicate(id)));
    }
    let is_ours = run.trained_by.is_none();
    if is_ours && run.status != RunStatus::Finished {
        let go_on = ui.button(text.training.to_the_plan);
        if go_on
            .on_hover_text(text.training.to_the_plan_hint)
            .clicked()
        {
            action = Some(MenuAction::Run(RunAction::Continue(id, 0)));
        }
    }
    for more in MORE_EPOCHS.into_iter().filter(|_| is_ours) {
        if ui.button(text.epochs_more(more)).clicked() {
            action = Some(MenuAction::Run(RunAction::Continue(id, more)));
        }
    }
    ui.separator();
    let delete = ui.button(text.runs.delete);
    if delete.on_hover_text(text.runs.delete_hint).clicked() {
        action = Some(MenuAction::Run(RunAction::Delete(vec![id])));
    }
    action
}

fn heading(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    ui.horizontal(|ui| {
        ui.label(widgets::theme::heading(text.runs.runs));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let compare = ui.add_enabled(
                !state.runs.list.is_empty(),
                Button::new(text.runs.compare).small(),
            );
            if compare.on_hover_text(text.runs.compare_hint).clicked() {
                actions.push(Action::SetView(View::Runs));
            }
            ticked_menu(ui, state, actions);
        });
    });
}

/// What can be done with several runs at once.
fn ticked_menu(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let all: Vec<RunId> = state.runs.list.iter().map(|run| run.id).collect();
    let ticked: Vec<RunId> = state.runs.chosen.iter().copied().collect();
    ui.add_enabled_ui(!all.is_empty(), |ui| {
        let button = egui::containers::menu::MenuButton::from_button(Button::new("…").small());
        let (button, _) = button.ui(ui, |ui| {
            if ui.button(text.runs.tick_all).clicked() {
                actions.push(Action::Runs(RunAction::Choose(all.clone(), true)));
            }
            let none = ui.add_enabled(!ticked.is_empty(), Button::new(text.runs.tick_none));
            if none.clicked() {
                actions.push(Action::Runs(RunAction::Choose(all.clone(), false)));
            }
            ui.separator();
            let words = text.delete_ticked(ticked.len());
            let delete = ui.add_enabled(!ticked.is_empty(), Button::new(words));
            if delete.on_hover_text(text.runs.delete_hint).clicked() {
                actions.push(Action::Runs(RunAction::Delete(ticked.clone())));
            }
        });
        widgets::theme::name(&button, text.runs.ticked);
        button.on_hover_text(text.runs.ticked_hint);
    });
}

/// The runs from one to another in the list, both included.
fn between(list: &[RunSummary], one: RunId, other: RunId) -> Vec<RunId> {
    let (first, last) = (one.min(other), one.max(other));
    let runs = list.iter().map(|run| run.id);
    runs.filter(|id| (first..=last).contains(id)).collect()
}

/// The name; clicking looks at the run.
fn name_button(ui: &mut egui::Ui, state: &State, run: &RunSummary) -> Option<RunAction> {
    let under_way = state.run.as_ref().and_then(Run::id);
    let is_looked_at = match state.runs.weights_of {
        WeightsOf::Live => under_way == Some(run.id),
        WeightsOf::BuiltIn | WeightsOf::File => false,
        WeightsOf::Kept { run: looked_at, .. } => looked_at == run.id,
    };
    let text = state.text();
    let mut name = state.runs.name(run).to_owned();
    if run.is_baseline {
        name = text.baseline_name(&name);
    }
    // What is cut off where there is no room.
    let hint = format!("{name}\n{}", text.open_run_hint(run.id.number()));
    let button = Button::selectable(is_looked_at, name).truncate();
    let button = ui.add(button).on_hover_text(hint);
    button.clicked().then_some(RunAction::Open(run.id))
}
