internal import Foundation
internal import Glibc

/// The file in which a journal is written before it gets its name: `FILE.progress.<process>`.
///
/// A command that is killed meanwhile leaves it behind. Nothing is lost with it: no payment is sent
/// before the journal has its name, and then this is at most a second name of it.
enum JournalDraft {
    /// The draft of this process for the journal of this path.
    static func path(_ journal: String) -> String { "\(journal).\(getpid())" }

    /// Removes the drafts of processes that have ended. What is not surely such a draft stays, and
    /// so does what cannot be removed: it only takes room.
    static func removeLeftovers(of journal: String) {
        let journal = URL(fileURLWithPath: journal)
        let directory = journal.deletingLastPathComponent()
        let prefix = journal.lastPathComponent + "."
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let number = name.dropFirst(prefix.count)
            guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let process = pid_t(number),
                process > 0, process != getpid()
            else { continue }
            remove(directory.appendingPathComponent(name).path, madeBy: process)
        }
    }

    private static func remove(_ path: String, madeBy process: pid_t) {
        guard kill(process, 0) != 0, errno == ESRCH else { return }
        let file = OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        var status = stat()
        guard file.descriptor >= 0, fstat(file.descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG,
            // Whoever writes it elsewhere, on a shared disk, holds the lock.
            flock(file.descriptor, LOCK_EX | LOCK_NB) == 0, isDraft(file)
        else { return }
        unlink(path)
    }

    /// It begins as a journal does, as far as it goes.
    private static func isDraft(_ file: OpenFile) -> Bool {
        let magic = Array(PaymentJournal.magic.utf8)
        var start = [UInt8](repeating: 0, count: magic.count)
        let count = pread(file.descriptor, &start, start.count, 0)
        return count >= 0 && start[..<count] == magic[..<count]
    }
}
