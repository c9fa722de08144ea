import Domain
import Replica
import Scenarios
import Testing

/// What operators gave and the ledger took, to be asked again when it is forgotten.
struct GivenCommands {
    private var taken: [(command: Command, code: ResultCode)] = []

    /// Notes a command and its first answer, unless it left no trace (R13.3, R13.4).
    mutating func note(_ command: Command, _ outcome: Outcome) {
        let traceless: [ResultCode] = [
            .operatorMissing, .operatorUnknown, .operatorSuspended, .commandConflict,
        ]
        guard command.actor != nil, !outcome.isRepetition || outcome.code == .accepted,
            !traceless.contains(outcome.code), !isKnown(command)
        else { return }
        taken.append((command, outcome.code))
    }

    private func isKnown(_ command: Command) -> Bool {
        taken.contains {
            $0.command.actor?.name == command.actor?.name
                && $0.command.actor?.commandID == command.actor?.commandID
        }
    }

    /// R13.5 Each has its first answer for ever, another one under its identification has none, and
    /// neither is in a batch. Somebody else's is a new command.
    func expectAnswers(_ run: Running) async throws {
        #expect(taken.count > 50)
        #expect(try await run.replica.waitForTables())
        let before = run.replica.progress.applied
        let others = taken.map { other($0.command) }
        let answers = try await run.submitInTurn(taken.map(\.command) + others)
        for (place, (command, code)) in taken.enumerated() {
            let again = answers[place].outcome
            #expect(again.isRepetition && again.code == code, "\(command): \(again)")
            #expect(answers[taken.count + place].outcome.code == .commandConflict)
        }
        #expect(run.replica.progress.applied == before)
        let stranger = try #require(taken.first?.command.actor).commandID
        let news = Command.given(SetReferenceRate(foreign: .jpy, rate: Rate(scaled: 1)))
            .given(by: People.name("NOBODY.YET"), as: stranger)
        let answer = try await run.submit([EncodedCommand(news)]).get()[0]
        #expect(answer.outcome.code == .operatorUnknown)
        #expect(run.replica.progress.applied == before + 1)
    }

    /// The same identification with other content.
    private func other(_ command: Command) -> Command {
        guard case .declared(let declared, by: var actor) = command else { return command }
        actor.contentHash ^= 1
        return .declared(declared, by: actor)
    }
}
