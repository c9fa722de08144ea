internal import Testing

/// Drives the real program from outside: one suite after the other, because each starts its own
/// gateway and PostgreSQL and some kill them.
@Suite("The program from outside", .serialized)
struct SystemTests {}
