package import Testing

/// What a test needs and a machine may lack. Where it is missing the test is left out with a
/// reason, and `ops/test` lists it at its end.
extension Trait where Self == ConditionTrait {
    /// Needs programs, found as ``Installed/path(of:)`` does.
    package static func needs(_ programs: String...) -> Self {
        let missing = programs.filter { Installed.path(of: $0) == nil }
        return .enabled(if: missing.isEmpty, "not installed: \(missing.joined(separator: ", "))")
    }

    /// Needs an interpreter of Python with these top-level modules.
    package static func needsPython(_ modules: String...) -> Self {
        let missing = PythonInterpreter.missing(modules)
        let reason: Comment =
            PythonInterpreter.path == nil
            ? "no environment of Python: see ops/python"
            : "modules of Python are missing: \(missing.joined(separator: ", "))"
        return .enabled(if: missing.isEmpty, reason)
    }
}
