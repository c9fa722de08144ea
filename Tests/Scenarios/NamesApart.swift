package import Domain

extension [Command] {
    /// In their order, those that change whom a BIC means each apart: a node takes them so.
    package var namesApart: [[Command]] {
        var parts: [[Command]] = []
        var goesOn = false
        for command in self {
            let isApart = command.changesNames
            if goesOn && !isApart {
                parts[parts.count - 1].append(command)
            } else {
                parts.append([command])
            }
            goesOn = !isApart
        }
        return parts
    }
}

extension [TimedCommands] {
    /// The same commands in batches as a node forms them.
    package var namesApart: [TimedCommands] {
        var batches: [TimedCommands] = []
        var time: Timestamp = 0
        for batch in self {
            for commands in batch.commands.isEmpty ? [[]] : batch.commands.namesApart {
                time = Swift.max(time + 1, batch.timestamp)
                batches.append(
                    TimedCommands(rules: batch.rules, timestamp: time, commands: commands))
            }
        }
        return batches
    }
}

extension Command {
    fileprivate var changesNames: Bool {
        guard case .declared(let command, by: _) = self else { return false }
        return type(of: command).changesNames
    }
}
