//! How to choose, as a page to be kept beside the code: each decision with what the store shows, what was
//! answered, and what follows.

use std::fmt::Write as _;

use super::markdown::escaped;
use crate::analysis::advisor::{Advice, Answers, Decision};

/// The page as Markdown.
#[must_use]
pub fn advice_markdown(advice: &Advice, answers: &Answers, store: &str, moment: &str) -> String {
    let mut text = format!("# How to choose, by what {} shows\n\n", escaped(store));
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "As of {moment}. A figure of the store and an answer weigh alike: one point each.\n"
    );
    text.push_str("| Decision | Leans to | In use |\n|---|---|---|\n");
    for own in &advice.decisions {
        let name =
            |at: Option<usize>, none: &'static str| at.map_or(none, |at| own.options[at].name);
        let leaning = name(own.leaning(answers), "open");
        let used = name(own.in_use, "not told");
        let _ = writeln!(text, "| {} | {leaning} | {used} |", own.title);
    }
    for own in &advice.decisions {
        decision(&mut text, own, answers);
    }
    text
}

fn decision(text: &mut String, own: &Decision, answers: &Answers) {
    let weights = own.weights(answers);
    let _ = writeln!(text, "\n## {}\n\n{}\n", own.title, own.conclusion(answers));
    text.push_str("| Option | Points | When | Cost |\n|---|---|---|---|\n");
    for (option, points) in own.options.iter().zip(&weights) {
        let _ = writeln!(
            text,
            "| {} | {points} | {} | {} |",
            option.name, option.when, option.cost
        );
    }
    if !own.criteria.is_empty() {
        text.push_str("\n| The store shows | | Speaks for | Because |\n|---|---|---|---|\n");
        for criterion in &own.criteria {
            let options: Vec<&str> = {
                let favours = criterion.favours.iter();
                favours.map(|at| own.options[*at].name).collect()
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                criterion.about,
                escaped(&criterion.shows),
                options.join(", "),
                criterion.because
            );
        }
    }
    text.push_str("\nWhat the store cannot know:\n\n");
    for question in own.questions {
        let answer = answers
            .to(question)
            .map_or("*not answered*", |at| question.answers[at].0);
        let _ = writeln!(text, "- {} **{answer}**", question.text);
    }
}
