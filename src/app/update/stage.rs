//! What a teacher does over the view for the class, carried out.

use crate::app::model::action::StageAction;
use crate::app::model::stage::Tool;
use crate::app::model::state::State;

pub fn apply(state: &mut State, action: StageAction) {
    let view = state.preferences.view;
    let stage = &mut state.stage;
    match action {
        StageAction::Take(tool) => stage.tool = tool,
        StageAction::Begin(spot) => stage.begin(view, spot),
        StageAction::GoOn(to) => stage.go_on(to),
        StageAction::Undo => stage.undo(view),
        StageAction::Clear => stage.marks.retain(|mark| mark.view != view),
        StageAction::Spotlight(shown) => stage.has_spotlight = shown,
        StageAction::Zoom(around) => {
            stage.zoom = around;
            stage.tool = stage.tool.filter(|tool| *tool != Tool::Zoom);
        }
        StageAction::Freeze(is_frozen) => stage.is_frozen = is_frozen,
        StageAction::Black(is_black) => stage.is_black = is_black,
        StageAction::LetGo => stage.let_go(),
    }
}
