internal import Consensus

/// Where the two sides part.
///
/// Known differences between 3.4 and its successors are dealt with in three ways, and counted:
/// - The driver makes up for them: `OracleComparison.amendments`, each with its sentence in
///   `ops/raft-oracle/amend.go`.
/// - One side sends an append without entries, to tell its commit index, where the other does not;
///   such a message has to fit the sender's state. What 3.4 sends beyond us is lost; what we send
///   beyond 3.4 reaches both sides.
/// - Schedules leave a step out. `changeThatDoesNotFit`: we refuse it, 3.4 panics when it is
///   applied. `fewVoters`: a single voter with learners commits before it sends in 3.4 and after
///   it in ours. `proposalToFormerVoter`: a leader that became a learner may find, at its next
///   proposal, that more is committed; 3.4 finds it before it sends, and sends to itself when the
///   proposal makes it a voter. `readAnswerOfStranger`: 3.4 takes it. `snapshotForLeaver`: 3.4 does
///   not install a snapshot whose membership has the node in the outgoing half only.
///
/// One more is kept out of the schedules: we send no node a snapshot that does not know it. So
/// owners make a new snapshot after every change of membership.
struct OracleDifference: CustomStringConvertible {
    var description: String
    /// Steps up to this one, in its schedule.
    var step: Int

    init(_ schedule: OracleSchedule, step: Int, _ lines: [ArraySlice<UInt8>]) {
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        let commands = schedule.steps[max(0, step - 8)...step].map {
            text(schedule.commands.bytes[$0.command])
        }
        self.step = step
        let reset = schedule.commands.bytes.prefix { $0 != UInt8(ascii: "\n") }
        description = """
            seed \(schedule.seed), step \(step), after
            \(text(reset))
            \(commands.joined(separator: "\n"))
            ours:
            \(text(schedule.answers.bytes[schedule.steps[step].answer]))
            3.4:
            \(text(lines[step]))
            """
    }
}

/// Appends without entries, which tell a commit index: each side sends some that the other does
/// not.
extension OracleDifference {
    /// The differences that explain the answers; nil when they are not alike but for appends
    /// without entries.
    static func oddMessages(
        _ ours: ArraySlice<UInt8>, _ theirs: ArraySlice<UInt8>, after command: ArraySlice<UInt8>,
        hasWindow: Bool
    ) -> [String]? {
        let ours = parts(ours)
        var theirs = parts(theirs)
        let command = command.split(separator: UInt8(ascii: " ")).dropFirst(2).prefix(2)
        let cause = command.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        // Answers to appends and heartbeats; with a full window, whatever makes a leader send.
        guard ours[0] == theirs[0], hasWindow || ["d 2", "d 8"].contains(cause) else { return nil }
        var names: [String] = []
        for message in ours.dropFirst() {
            if let place = theirs.dropFirst().firstIndex(of: message) {
                theirs.remove(at: place)
            } else if isEmptyAppend(message, of: ours[0]) {
                names.append("emptyAppendOfOurs")
            } else {
                return nil
            }
        }
        for message in theirs.dropFirst() {
            guard cause == "d 2", isEmptyAppend(message, of: ours[0]) else { return nil }
            names.append("emptyAppendOf3.4")
        }
        return names
    }

    /// The state, then the messages.
    private static func parts(_ answer: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        answer.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
            .map { part in
                var part = part
                while part.first == UInt8(ascii: " ") { part.removeFirst() }
                while part.last == UInt8(ascii: " ") { part.removeLast() }
                return part
            }
    }

    /// Whether a message is an append without entries that fits the state of its sender: term,
    /// commit index, and the place where the receiver stands.
    private static func isEmptyAppend(
        _ message: ArraySlice<UInt8>, of state: ArraySlice<UInt8>
    ) -> Bool {
        let words = numbers(message)
        let state = numbers(state)
        guard words.count == 11, words[0] == 1, words[10] == 0, state.count > 10,
            let start = state.dropLast().lastIndex(of: nil),
            // A change that was applied in this step may have let more be committed.
            let commit = words[6], let committed = state[4], commit <= committed
        else { return false }
        // The state ends with the progress of every member, eight numbers each, and a letter.
        let progress = stride(from: start + 9, to: state.count, by: 8).first {
            state[$0 - 8] == words[2]
        }
        // Nothing is known of a receiver that the step removed, nor of any after a leader that was
        // removed itself and now follows nobody.
        let hasLed = state[1] == 3 || state[1] == 0 && state[5] == 0
        let isNext = progress.map { state[$0 - 5] == words[5].map { $0 + 1 } } ?? true
        let fitsLast = words[5] != state[8] || words[4] == state[9]
        return hasLed && words[3] == state[2] && isNext && fitsLast
    }

    /// The words of a text; nil for those that are no numbers.
    private static func numbers(_ text: ArraySlice<UInt8>) -> [UInt64?] {
        text.split(separator: UInt8(ascii: " ")).map {
            UInt64(String(decoding: $0, as: UTF8.self))
        }
    }
}
