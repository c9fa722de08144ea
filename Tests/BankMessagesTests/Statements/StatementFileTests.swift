import BankMessages
import Foundation
import Testing

/// 238 statements of 35 origins, against figures that two other readers made of them.
@Suite("Statements that nobody here wrote", .needsSharedStatements)
struct StatementFileTests {
    private func reading(_ file: StatementManifest.File, piece: Int = .max) throws -> FileReading {
        FileReading(
            try SharedStatements.bytes(file.file), options: try options(file), piece: piece)
    }

    private func options(_ file: StatementManifest.File) throws -> StatementReadingOptions {
        guard file.format == "CSV" else { return StatementReadingOptions() }
        let name = CSVManifestMappings.all.keys.first { file.file.contains("csv__\($0).") }
        let json = Data(CSVManifestMappings.all[try #require(name)]!.utf8)
        return StatementReadingOptions(
            csv: try JSONDecoder().decode(CSVMapping.self, from: json))
    }

    @Test("Every file that two readers agree on gives their figures")
    func figures() throws {
        var counts: [String: (confident: Int, same: Int, others: Int, flagged: Int)] = [:]
        for file in try StatementManifest.read().files {
            let read = try reading(file)
            let faults = file.faults(read)
            var count = counts[file.format] ?? (0, 0, 0, 0)
            if file.confident {
                count.confident += 1
                if faults.isEmpty { count.same += 1 }
                #expect(faults.isEmpty, "\(file.file): \(faults.joined(separator: "; "))")
            } else {
                // What the note says of it must be seen, whatever is made of the figures.
                count.others += 1
                if !read.isClean { count.flagged += 1 }
                print("not confident: \(file.file): \(faults); told: \(read.codes)")
            }
            counts[file.format] = count
        }
        for (format, count) in counts.sorted(by: { $0.key < $1.key }) {
            print(
                "\(format): \(count.same) of \(count.confident) confident files give the figures, "
                    + "\(count.flagged) of \(count.others) others are told of")
        }
        #expect(counts.values.map(\.same).reduce(0, +) == 231)
    }

    @Test("Lines have their positions, and every row is taken or refused")
    func rows() throws {
        for file in try StatementManifest.read().files {
            let read = try reading(file)
            guard read.refusal == nil else { continue }
            #expect(read.tally.rowsTaken == read.lines.count, "\(file.file)")
            #expect(read.tally.rowsRead == file.facts.entries, "\(file.file)")
            #expect(read.tally.statements.allSatisfy { $0.lines + $0.refusedLines >= 0 })
        }
    }

    @Test("Pieces of any size tell the same", arguments: [1, 7, 1_000])
    func pieces(size: Int) throws {
        for file in try StatementManifest.read().files {
            let (whole, pieces) = (try reading(file), try reading(file, piece: size))
            #expect(whole.events == pieces.events, "\(file.file)")
            #expect(whole.refusal == pieces.refusal, "\(file.file)")
        }
    }

    @Test("Cut at every 1,000th byte, a file is refused, told of, or plainly shorter")
    func cuts() throws {
        var (refused, told, shorter) = (0, 0, 0)
        let chain = try SharedStatements.chain().map {
            (nil as StatementManifest.File?, $0.bytes)
        }
        let files = try StatementManifest.read().files.map {
            ($0 as StatementManifest.File?, try SharedStatements.bytes($0.file))
        }
        for (file, bytes) in chain + files where bytes.count > 1 {
            let options = try file.map(options) ?? StatementReadingOptions()
            let whole = FileReading(bytes, options: options)
            for count in stride(from: 1_000, to: bytes.count, by: 1_000) {
                let read = FileReading(Array(bytes.prefix(count)), options: options)
                if read.refusal != nil {
                    refused += 1
                } else if read.codes != whole.codes || read.codes.contains(.isCutOff) {
                    told += 1
                } else {
                    shorter += 1
                    // Behind the last balance of MT stands nothing that moves money.
                    let isMT = file?.format.hasPrefix("MT") == true
                    #expect(isMT || read.figures != whole.figures, "\(file?.file ?? "") \(count)")
                }
                // Nothing of XML is read before its end has come.
                if file?.format.hasPrefix("camt") != false { #expect(read.refusal != nil) }
            }
        }
        print("\(refused) cuts are refused, \(told) told of, \(shorter) leave fewer statements")
    }

    private static var amountOfEntry: Regex<Substring> {
        #/<Ntry>\s*(?:<NtryRef>[^<]*</NtryRef>\s*)?<Amt [^>]*>\d+\.\d\d/#
    }

    @Test("One minor unit off in any booked entry of camt that adds up is told")
    func minorUnits() throws {
        var changes = 0
        for file in try StatementManifest.read().files where file.format == "camt.053" {
            let bytes = try SharedStatements.bytes(file.file)
            let whole = FileReading(bytes)
            guard whole.isClean, let text = String(validating: bytes, as: UTF8.self) else {
                continue
            }
            for range in text.ranges(of: Self.amountOfEntry) {
                let entry = String(text[range])
                let start = try #require(entry.lastIndex(of: ">"))
                let amount = try #require(decimal(String(entry[entry.index(after: start)...])))
                let other = ExactDecimal(unscaled: amount.unscaled + 1, scale: amount.scale)
                let read = FileReading(
                    text.replacingCharacters(in: range, with: "\(entry[...start])\(other)"))
                #expect(!read.isClean, "\(file.file): \(entry)")
                changes += 1
            }
        }
        #expect(changes > 20)
        print("\(changes) entries changed by a minor unit are told of")
    }
}
