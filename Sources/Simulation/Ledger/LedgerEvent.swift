/// What can happen in a simulated cluster of ledgers. Machines are named by their place; `life`
/// tells the process that was meant.
enum LedgerEvent {
    case tick(Int, life: Int)
    /// The message in this place of the network's table arrives.
    case arrival(place: Int)
    /// The writes of the log that are under way are done.
    case stored(Int, life: Int)
    case tablesWritten(Int, life: Int)
    /// A question to the tables goes on: it is read, or its answer arrives.
    case question(Int, life: Int, number: UInt64)
    /// The node goes on with what it has to do.
    case proceed(Int, life: Int)
    /// It looks again though nothing has happened.
    case look(Int, life: Int)
    case restart(Int, life: Int)
    case resume(Int, life: Int)
    /// A caller's deadline has passed.
    case overdue(Int, life: Int, ticket: UInt64)
    /// A process notices that the way to another node is broken.
    case broken(Int, life: Int, UInt64)
    case client(Int)
    case fault, phase
    /// The fault of a machine's database is over.
    case mended(Int)

    /// Goes into the hash over the run.
    var tag: UInt64 {
        switch self {
        case .tick(let machine, _): 1 << 32 | UInt64(machine)
        case .arrival(let place): 2 << 32 | UInt64(place)
        case .stored(let machine, _): 3 << 32 | UInt64(machine)
        case .tablesWritten(let machine, _): 4 << 32 | UInt64(machine)
        case .question(let machine, _, let number): 5 << 32 | UInt64(machine) | number << 40
        case .proceed(let machine, _): 6 << 32 | UInt64(machine)
        case .look(let machine, _): 7 << 32 | UInt64(machine)
        case .restart(let machine, _): 8 << 32 | UInt64(machine)
        case .resume(let machine, _): 9 << 32 | UInt64(machine)
        case .overdue(let machine, _, let ticket): 10 << 32 | UInt64(machine) | ticket << 40
        case .client(let client): 11 << 32 | UInt64(client)
        case .fault: 12 << 32
        case .phase: 13 << 32
        case .mended(let machine): 14 << 32 | UInt64(machine)
        case .broken(let machine, _, let other): 15 << 32 | UInt64(machine) | other << 40
        }
    }
}
