//! The box in which scripts run: a raw rhai engine, a whitelist of functions, and limits. What is not registered
//! here does not exist for a script: no `eval`, `print`, loops, floats, files, clock, or growth of strings.

mod operators;
mod sink;
mod values;
mod views;

use rhai::{Engine, OptimizationLevel};

pub(crate) use sink::{Raised, SinkHandle, Spoken};
pub(crate) use values::to_json;
pub(crate) use views::{ARGUMENTS, Case};

/// Limits of one run of one script. They are a safety of the host, no policy.
const OPERATIONS: u64 = 100_000;
const CALL_LEVELS: usize = 16;
const DEPTH: usize = 32;
const FUNCTION_DEPTH: usize = 16;
const STRING_BYTES: usize = 16 * 1024;
const ENTRIES: usize = 10_000;

/// Symbols that a script may not even name.
const FORBIDDEN: [&str; 14] = [
    "eval", "print", "debug", "import", "export", "while", "loop", "for", "do", "throw", "try", "Fn", "call",
    "curry",
];

/// The engine with the whitelist; `sabotage`-free, the same for every rule.
pub(crate) fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::Simple)
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
    operators::register(&mut engine);
    sink::register(&mut engine);
    views::register(&mut engine);
    engine
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
