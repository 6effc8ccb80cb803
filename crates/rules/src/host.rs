//! The box in which scripts run: a raw rhai engine, a whitelist of functions, and limits. What is not registered
//! here does not exist for a script: no `eval`, `print`, loops, floats, files, clock, or growth of strings.

mod list;
mod operators;
mod sink;
mod values;
mod views;

use std::collections::BTreeSet;

use rhai::{Engine, OptimizationLevel};

pub(crate) use sink::{Raised, SinkHandle, Spoken};
pub(crate) use values::to_json;
pub(crate) use views::{ARGUMENTS, Case};

/// Limits of one run of one script. They are a safety of the host, no policy.
const OPERATIONS: u64 = 2_000;
const CALL_LEVELS: usize = 16;
const DEPTH: usize = 32;
const FUNCTION_DEPTH: usize = 16;
const STRING_BYTES: usize = 16 * 1024;
/// Entries of a list or map that a script writes, with all that they hold: this also limits how deep they nest.
/// Lists that the host makes are not counted.
const ENTRIES: usize = 256;

/// Symbols that a script may not even name.
const FORBIDDEN: [&str; 19] = [
    "eval",
    "print",
    "debug",
    "import",
    "export",
    "while",
    "loop",
    "for",
    "do",
    "throw",
    "try",
    "Fn",
    "call",
    "curry",
    "this",
    "type_of",
    "is_shared",
    "is_def_fn",
    "is_def_var",
];

/// The engine with the whitelist, the same for every rule. The optimizer is at its full level because the simple one
/// folds `"30" == 30` with the language's own operators, past those that are registered.
pub(crate) fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::Full)
        .set_strict_variables(true)
        .set_fast_operators(false)
        .set_allow_looping(false)
        .set_allow_anonymous_fn(false)
        .set_allow_shadowing(false)
        .set_max_operations(OPERATIONS)
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(DEPTH, FUNCTION_DEPTH)
        .set_max_string_size(STRING_BYTES)
        .set_max_array_size(ENTRIES)
        .set_max_map_size(ENTRIES);
    for symbol in FORBIDDEN {
        engine.disable_symbol(symbol);
    }
    list::register(&mut engine);
    operators::register(&mut engine);
    sink::register(&mut engine);
    views::register(&mut engine);
    engine
}

/// The names of everything that is registered.
pub(crate) fn names(engine: &Engine) -> BTreeSet<String> {
    let signatures = engine.gen_fn_signatures(false);
    signatures.iter().filter_map(|signature| signature.split('(').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    /// The golden list of everything a script can call; a new release of rhai that adds a function fails here.
    #[test]
    fn a_script_can_call_these_functions_and_no_other() {
        let mut signatures = super::engine().gen_fn_signatures(true);
        signatures.sort();
        let golden = include_str!("host/functions.txt");
        assert_eq!(signatures.join("\n") + "\n", golden);
    }
}
