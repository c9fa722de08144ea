internal import Domain
internal import Foundation
internal import Glibc

/// What became of a payment of a file.
struct PaymentAnswer: Sendable {
    /// The number of the result code, perhaps one that this build does not know.
    let number: UInt16
    let status: PaymentStatus?
    /// It was on record before this run sent it.
    var isRepetition = false

    var isAccepted: Bool { number == ResultCode.accepted.rawValue }

    /// The name of the result code, or its number.
    var name: String { ResultCode(rawValue: number)?.name ?? "\(number)" }
}

/// The sidecar of a file of payments: the UETR of each payment, on disk before the first one is
/// sent, and behind them what has been answered.
///
/// Lines of text: `langqiao-progress 1 <BIC> <host>:<port> <SHA-256 of the file>`; `<line> <UETR>`
/// for every payment; then `<line> <number of the result> <status>` as answers come. Whatever
/// moment a run ends at, the next one sends the same payments under the same UETRs, so none is paid
/// twice.
struct PaymentJournal {
    private let path: String
    private let file: OpenFile
    /// The UETR of every payment, in their order.
    let uetrs: [UETR]
    /// What earlier runs learned.
    let answers: [PaymentAnswer?]

    static let magic = "langqiao-progress 1"

    /// Opens the journal of a file, or makes it. When this returns it is on disk.
    ///
    /// - Parameter gateway: host and port, as the caller names them.
    /// - Throws: ``PayFailure`` when it belongs to another content, caller or gateway, another run
    ///   uses it, or the disk refuses; it is as it was then.
    init(of file: PaymentFile, caller: String, gateway: String) throws(PayFailure) {
        path = file.path + ".progress"
        let head = "\(PaymentJournal.magic) \(caller) \(gateway) \(file.digest)"
        JournalDraft.removeLeftovers(of: path)
        if access(path, F_OK) != 0 { try PaymentJournal.create(path, head, file.payments) }
        self.file = OpenFile(path, O_RDWR | O_APPEND)
        guard self.file.descriptor >= 0 else { throw PaymentJournal.refused("open", path) }
        guard flock(self.file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw PayFailure("another run is sending this file", code: "IN_USE")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PaymentJournal.refused("read", path)
        }
        // A run that was killed may have left half a line.
        let whole = data.lastIndex(of: 10).map { data[...$0] } ?? data.prefix(0)
        let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
        try PaymentJournal.compare(lines.first ?? "", head, path)
        let uetrLines = lines.dropFirst().prefix(file.payments.count)
        uetrs = try PaymentJournal.uetrs(uetrLines, file.payments, path)
        answers = PaymentJournal.answers(lines[uetrLines.endIndex...], file.payments)
        guard ftruncate(self.file.descriptor, whole.count) == 0 else {
            throw PaymentJournal.refused("write", path)
        }
        // The run that made it may have ended before it was on disk.
        let directory = OpenFile(
            URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY)
        guard directory.descriptor >= 0, fsync(self.file.descriptor) == 0,
            fsync(directory.descriptor) == 0
        else { throw PaymentJournal.refused("keep", path) }
    }

    /// - Throws: ``PayFailure`` that says in what the heading differs from `wanted`.
    private static func compare(
        _ heading: Substring, _ wanted: String, _ path: String
    ) throws(PayFailure) {
        let parts = heading.split(separator: " ")
        let wanted = wanted.split(separator: " ")
        guard parts.count == wanted.count, parts[..<2] == wanted[..<2] else {
            throw PayFailure("\(path) is no journal of this version", code: "DAMAGED")
        }
        guard parts[2] == wanted[2], parts[4] == wanted[4] else {
            throw PayFailure(
                """
                \(path) was made for another content of the file or for another bank; send what \
                is new in a file of its own
                """, code: "CHANGED")
        }
        guard parts[3] == wanted[3] else {
            throw PayFailure(
                """
                \(path) is for the gateway \(parts[3]), not \(wanted[3]); payments may be on \
                record there. If that gateway has moved, put its new address into the first line
                """, code: "OTHER_GATEWAY")
        }
    }

    /// Writes all UETRs, forces them to disk and only then gives the journal its name, so that it
    /// is never seen in part. A journal that another run made meanwhile stays.
    private static func create(
        _ path: String, _ head: String, _ payments: [PaymentFile.Payment]
    ) throws(PayFailure) {
        var text = head + "\n"
        for payment in payments { text += "\(payment.line) \(payment.order.uetr)\n" }
        let draft = JournalDraft.path(path)
        let file = OpenFile(draft, O_WRONLY | O_CREAT | O_TRUNC)
        // The lock says that somebody is at work; ended in whatever way, it is free again.
        guard file.descriptor >= 0, flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw refused("make", draft)
        }
        defer { unlink(draft) }
        guard write(text, to: file), fsync(file.descriptor) == 0 else {
            throw refused("write", draft)
        }
        guard link(draft, path) == 0 || errno == EEXIST else { throw refused("make", path) }
    }

    private static func uetrs(
        _ lines: ArraySlice<Substring>, _ payments: [PaymentFile.Payment], _ path: String
    ) throws(PayFailure) -> [UETR] {
        guard lines.count == payments.count else {
            throw PayFailure("\(path) is damaged: it has no UETR for some lines", code: "DAMAGED")
        }
        var uetrs: [UETR] = []
        for (line, payment) in zip(lines, payments) {
            let parts = line.split(separator: " ")
            guard parts.count == 2, Int(parts[0]) == payment.line, let uetr = UETR(parts[1]) else {
                throw PayFailure("\(path) is damaged at \"\(line)\"", code: "DAMAGED")
            }
            uetrs.append(uetr)
        }
        return uetrs
    }

    private static func answers(
        _ lines: ArraySlice<Substring>, _ payments: [PaymentFile.Payment]
    ) -> [PaymentAnswer?] {
        let positions = Dictionary(
            uniqueKeysWithValues: payments.enumerated().map { ($1.line, $0) })
        var answers = [PaymentAnswer?](repeating: nil, count: payments.count)
        for line in lines {
            let parts = line.split(separator: " ")
            // What cannot be read counts as no answer: sending again is safe.
            guard parts.count == 3, let line = Int(parts[0]), let position = positions[line],
                let number = UInt16(parts[1])
            else { continue }
            answers[position] = PaymentAnswer(number: number, status: PaymentStatus(code: parts[2]))
        }
        return answers
    }

    /// Notes answers, with the line of each payment.
    func note(_ answers: [(line: Int, answer: PaymentAnswer)]) throws(PayFailure) {
        var text = ""
        for (line, answer) in answers {
            text += "\(line) \(answer.number) \(answer.status?.code ?? "-")\n"
        }
        guard PaymentJournal.write(text, to: file) else {
            throw PaymentJournal.refused("write", path)
        }
    }

    /// Forces what was noted to disk.
    func synchronize() throws(PayFailure) {
        guard fsync(file.descriptor) == 0 else { throw PaymentJournal.refused("keep", path) }
    }

    private static func write(_ text: String, to file: OpenFile) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    file.descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard written > 0 || errno == EINTR else { return false }
                rest = rest.dropFirst(max(0, written))
            }
            return true
        }
    }

    private static func refused(_ what: String, _ path: String) -> PayFailure {
        PayFailure("cannot \(what) \(path): \(String(cString: strerror(errno)))", code: "DISK")
    }
}

/// A file descriptor that is closed with its last owner.
final class OpenFile: Sendable {
    /// Negative when the system refused; `errno` says why.
    let descriptor: Int32

    init(_ path: String, _ flags: Int32) {
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
