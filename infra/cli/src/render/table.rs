//! Columns for people: as wide as their widest cell, the last one as wide as it likes.

use crate::render::paint::Paint;

/// Lines of cells under a heading, each line ended. Cells may hold no colours: they are measured.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>], paint: Paint) -> String {
    let mut widths: Vec<usize> = heading.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let heading: Vec<String> = heading.iter().map(ToString::to_string).collect();
    let mut text = format!("{}\n", paint.dim(line(&heading, &widths)));
    for row in rows {
        text.push_str(&line(row, &widths));
        text.push('\n');
    }
    text
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, &width)| format!("{cell:width$}"));
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["auth".into(), "ready".into()], vec!["a-long-name".into(), "-".into()]];
        let text = table(&["who", "state"], &rows, Paint::new(false));
        assert_eq!(text, "who          state\nauth         ready\na-long-name  -\n");
    }
}
