//! What a teacher does over the view for the class: marks by pen, spotlight, zoom, a frozen and a black picture.

use crate::app::model::view::View;

/// Most marks, and most points of one: nobody draws as many.
const MOST_MARKS: usize = 400;
const MOST_POINTS: usize = 4000;

/// How much larger the zoom shows things.
pub const ZOOM: f32 = 2.0;

/// A place by the shares of the view's width and height that are left and above.
pub type Share = [f32; 2];

/// What the mouse does over the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Pen,
    Highlighter,
    /// The next click is where the zoom goes.
    Zoom,
}

/// A part of the view, such as a map, by its number among so many, and where it was. A window of another shape lays the view out in
/// another way; what is drawn on a map is on that map in both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    pub part: usize,
    pub of: usize,
    pub min: Share,
    pub max: Share,
}

/// A place in the view, and the part that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub at: Share,
    pub anchor: Option<Anchor>,
}

/// A line that was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub view: View,
    pub is_wide: bool,
    pub anchor: Option<Anchor>,
    pub points: Vec<Share>,
}

#[derive(Default)]
pub struct Stage {
    pub tool: Option<Tool>,
    pub marks: Vec<Mark>,
    pub has_spotlight: bool,
    /// What the zoom is around.
    pub zoom: Option<Spot>,
    /// The projector's window keeps what it shows.
    pub is_frozen: bool,
    pub is_black: bool,
}

impl Stage {
    /// The marks on a view.
    pub fn marks(&self, view: View) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(move |mark| mark.view == view)
    }

    /// Whether there is something for [`Self::let_go`] to end.
    pub fn is_used(&self) -> bool {
        self.tool.is_some() || self.has_spotlight || self.zoom.is_some() || self.is_black
    }

    /// Lays the tool down and shows everything again. Marks stay until they are cleared.
    pub fn let_go(&mut self) {
        *self = Self {
            marks: std::mem::take(&mut self.marks),
            is_frozen: self.is_frozen,
            ..Self::default()
        };
    }

    /// Begins a mark with the pen in hand.
    pub fn begin(&mut self, view: View, spot: Spot) {
        let is_wide = match self.tool {
            Some(Tool::Pen) => false,
            Some(Tool::Highlighter) => true,
            Some(Tool::Zoom) | None => return,
        };
        if self.marks.len() < MOST_MARKS {
            self.marks.push(Mark {
                view,
                is_wide,
                anchor: spot.anchor,
                points: vec![spot.at],
            });
        }
    }

    /// Draws the last mark on to here.
    pub fn go_on(&mut self, to: Share) {
        let last = self.marks.last_mut();
        if let Some(mark) = last.filter(|mark| mark.points.len() < MOST_POINTS) {
            mark.points.push(to);
        }
    }

    /// Takes the last mark on a view away.
    pub fn undo(&mut self, view: View) {
        if let Some(last) = self.marks.iter().rposition(|mark| mark.view == view) {
            self.marks.remove(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_belong_to_their_view_and_stay_when_the_pen_is_laid_down() {
        let mut stage = Stage::default();
        let spot = Spot {
            at: [0.5, 0.5],
            anchor: None,
        };
        stage.begin(View::Maps, spot);
        assert!(stage.marks.is_empty(), "no pen in hand");
        stage.tool = Some(Tool::Pen);
        stage.begin(View::Maps, spot);
        stage.go_on([0.6, 0.5]);
        stage.begin(View::Filters, spot);
        assert_eq!(stage.marks(View::Maps).next().unwrap().points.len(), 2);
        stage.undo(View::Maps);
        assert_eq!(stage.marks(View::Maps).count(), 0);
        stage.is_black = true;
        stage.let_go();
        assert!(!stage.is_used());
        assert_eq!(stage.marks(View::Filters).count(), 1);
    }
}
