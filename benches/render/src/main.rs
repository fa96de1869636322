//! Renders 1,000 elements into the bodies of a webhook, from JSON text to bytes, with `hooks` and with two
//! template engines, and prints elements per second and the ratio of `hooks` to each.
//!
//! Each reads its templates once. `hooks` does more than the others for each element: it also renders the headers
//! and validates the values. All three parse the element's JSON, and all three bodies parse to the same JSON.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext};
use hooks::core::definitions;
use hooks::core::request::{Destination, Element, Environment, EnvironmentValue, CompiledWebhook};
use hooks::core::text::Source;
use serde_json::Value;

const ELEMENTS: usize = 1000;
const ROUNDS: usize = 15;

const DEFINITION: &str = r#"
[webhooks.rsvp]
trigger = "create"
trigger_element = "rsvp_answer"
payload_url = "https://cms.example.com/hooks/rsvp"

[webhooks.rsvp.body]
email = "{{email}}"
seats = "{{amount}}"
greeting = "Hello {{payload.first_name}} {{payload.last_name}}!"
"#;

const HANDLEBARS: &str = r#"{"element_data":{{json this}},"email":{{json email}},"seats":{{json amount}},"greeting":"Hello {{payload.first_name}} {{payload.last_name}}!"}"#;

const MINIJINJA: &str = r#"{"element_data":{{ element|tojson }},"email":{{ element.email|tojson }},"seats":{{ element.amount|tojson }},"greeting":{{ ("Hello " ~ element.payload.first_name ~ " " ~ element.payload.last_name ~ "!")|tojson }}}"#;

/// An environment without variables.
struct Nothing;

impl Environment for Nothing {
    fn get(&self, _: &str) -> Option<EnvironmentValue<'_>> {
        None
    }

    fn own_names(&self) -> Vec<&str> {
        Vec::new()
    }

    fn own_file(&self) -> &str {
        ".env"
    }
}

/// RSVP answers, all different, with quotes, line breaks and several scripts.
fn elements() -> Vec<String> {
    let element = |index: usize| {
        format!(
            r#"{{"id":"abcdef12-3456-4789-8bcd-{index:012}","status":"confirmed","email":"guest-{index}@example.com","amount":{},"payload":{{"first_name":"Jürgen \"J\" {index}","last_name":"Doe\n東","required_check":true}},"prokey":"c6510c06-a277-4e1c-9baf-deec9c5507c7","date_created":"2023-12-07T08:58:47.510Z","date_updated":null}}"#,
            index % 7 + 1
        )
    };
    (0..ELEMENTS).map(element).collect()
}

fn hooks_side() -> impl Fn(&str) -> Vec<u8> {
    let (definitions, findings) = definitions::read(&Arc::new(Source::new("webhooks.toml", DEFINITION)));
    assert!(findings.is_empty(), "{findings:#?}");
    let (plan, _) = CompiledWebhook::compile(&definitions.webhooks[0], &Nothing, &Destination::Defined, false).unwrap();
    move |text| {
        let (element, _) = Element::parse(Arc::new(Source::new("element.json", text))).unwrap();
        plan.render(&element).unwrap().0.body.to_vec()
    }
}

fn json_helper(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(&helper.param(0).unwrap().value().to_string())?;
    Ok(())
}

fn handlebars_side() -> impl Fn(&str) -> Vec<u8> {
    let mut engine = Handlebars::new();
    // Text in quotes is escaped as in JSON.
    engine.register_escape_fn(|text| {
        let quoted = Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    });
    engine.register_helper("json", Box::new(json_helper));
    engine.register_template_string("body", HANDLEBARS).unwrap();
    move |text| {
        let element: Value = serde_json::from_str(text).unwrap();
        engine.render("body", &element).unwrap().into_bytes()
    }
}

fn minijinja_side() -> impl Fn(&str) -> Vec<u8> {
    let mut engine = minijinja::Environment::new();
    engine.add_template("body", MINIJINJA).unwrap();
    move |text| {
        let element: minijinja::Value = serde_json::from_str(text).unwrap();
        let template = engine.get_template("body").unwrap();
        template.render(minijinja::context! { element }).unwrap().into_bytes()
    }
}

/// A renderer: its name, and the function from the JSON of an element to the body.
type Side = (&'static str, Box<dyn Fn(&str) -> Vec<u8>>);

fn main() {
    let elements = elements();
    let sides: [Side; 3] = [
        ("hooks", Box::new(hooks_side())),
        ("handlebars", Box::new(handlebars_side())),
        ("minijinja", Box::new(minijinja_side())),
    ];
    for element in &elements {
        let bodies =
            sides.each_ref().map(|(_, render)| serde_json::from_slice::<Value>(&render(element)).unwrap());
        assert!(bodies[0] == bodies[1] && bodies[0] == bodies[2], "the bodies differ: {bodies:#?}");
    }
    // The renderers take turns, so that a slow moment of the machine affects all of them.
    let mut seconds = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for ((_, render), own) in sides.iter().zip(&mut seconds) {
            let start = Instant::now();
            for element in &elements {
                black_box(render(black_box(element)));
            }
            own.push(start.elapsed().as_secs_f64());
        }
    }
    let rates = seconds.map(|mut own| {
        own.sort_by(f64::total_cmp);
        ELEMENTS as f64 / own[ROUNDS / 2]
    });
    println!("{:<12} {:>12} {:>18}", "", "elements/s", "hooks, times this");
    for ((name, _), rate) in sides.iter().zip(rates) {
        println!("{name:<12} {rate:>12.0} {:>17.2}x", rates[0] / rate);
    }
}
