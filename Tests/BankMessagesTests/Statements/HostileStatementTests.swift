import BankMessages
import Chance
import Foundation
import Testing

/// Statements that were cut, changed or made to do harm: refused or told, never taken for whole.
@Suite("camt statements: hostile input")
struct HostileStatementTests {
    @Test("A document that is cut anywhere is refused")
    func cut() {
        let bytes = Array(CamtSample().text.utf8)
        #expect(FileReading(bytes).isClean)
        // The last byte is the end of the line.
        for count in 0..<bytes.count - 1 {
            #expect(FileReading(Array(bytes.prefix(count))).refusal != nil, "\(count)")
        }
    }

    @Test("One minor unit more or less in any amount is told")
    func minorUnit() {
        let text = CamtSample().text
        for range in text.ranges(of: #/\d+\.\d\d(?=<\/Amt>)/#) {
            for change in [-1, 1] as [Int64] {
                let amount = decimal(String(text[range]))!
                let other = ExactDecimal(unscaled: amount.unscaled + change, scale: amount.scale)
                let read = FileReading(text.replacingCharacters(in: range, with: "\(other)"))
                #expect(read.codes == [.doesNotAddUp])
                #expect(read.tally.findings.first?.difference?.magnitude.description == "0.01")
            }
        }
        for range in text.ranges(of: "CRDT") {
            #expect(!FileReading(text.replacingCharacters(in: range, with: "DBIT")).isClean)
        }
    }

    /// How a document goes on and on.
    private struct Bomb: CustomTestStringConvertible, Sendable {
        var name: String
        var start: String
        var repeated: String
        /// What the refusal says; nil when the document may be as long as a file may.
        var refusal: String?
        var testDescription: String { name }
    }

    private static let statement =
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>"

    private static let bombs = [
        Bomb(
            name: "entities",
            start: "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\">",
            repeated: "<!ENTITY b \"&a;&a;&a;\">", refusal: "DOCTYPE"),
        Bomb(name: "depth", start: "", repeated: "<a>", refusal: "64 inside each other"),
        Bomb(name: "depth of entries", start: statement, repeated: "<Ntry>", refusal: "64 inside"),
        Bomb(name: "a tag", start: "<a ", repeated: "a", refusal: "has more than"),
        Bomb(name: "attributes", start: "<a ", repeated: "b='' ", refusal: "has more than"),
        Bomb(name: "a comment", start: "<a><!--", repeated: "comment ", refusal: "65536 bytes"),
        Bomb(name: "a section", start: "<a><![CDATA[", repeated: "data ", refusal: "65536 bytes"),
        Bomb(
            name: "an identification", start: statement + "<Id>", repeated: "identification ",
            refusal: "a text of more than 16384"),
        Bomb(name: "a text", start: statement + "<SplmtryData>", repeated: "text ", refusal: nil),
        Bomb(name: "blanks", start: statement + "<Ntry>", repeated: "        ", refusal: nil),
        Bomb(
            name: "details", start: statement + "<Ntry><NtryDtls>", repeated: "<TxDtls/>",
            refusal: "more than 100000 details"),
        Bomb(
            name: "balances", start: statement,
            repeated: "<Bal><Amt>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>",
            refusal: "more than 1000 balances"),
        Bomb(
            name: "statements", start: statement + "</Stmt>", repeated: "<Stmt/>",
            refusal: "more than 10000 statements"),
        Bomb(name: "empty lines", start: "", repeated: "\n\n\n\n\n\n\n\n", refusal: "empty"),
        Bomb(name: "no statement", start: "", repeated: "12345678", refusal: "neither camt"),
        Bomb(
            name: "one line of MT", start: ":20:A\n:86:", repeated: "12345678",
            refusal: "more than 65536"),
    ]

    /// 300 MB of it are refused at their bound, or read without being held.
    @Test("A bomb costs its bytes and no room", arguments: bombs)
    private func bomb(_ bomb: Bomb) {
        var reader = StatementFileReader()
        var tally = StatementTally()
        let piece = Array(String(repeating: bomb.repeated, count: 8_192).utf8)
        let before = residentBytes()
        var refusal: StatementRefusal?
        do throws(StatementRefusal) {
            let take = { (event: StatementEvent) throws(StatementRefusal) in
                try tally.take(event)
            }
            try reader.read(Array(bomb.start.utf8)[...], take)
            while reader.bytesRead < 300_000_000 { try reader.read(piece[...], take) }
            try reader.finish(take)
        } catch { refusal = error }
        // What may go on for 300 MB is not at its end then, and is refused for that.
        let expected = bomb.refusal ?? "ends before its root element is closed"
        #expect(refusal?.sentence.contains(expected) == true, "\(refusal?.sentence ?? "none")")
        #expect(bomb.refusal == nil || reader.bytesRead < 10_000_000)
        #expect(residentBytes() - before < 100 << 20)
    }

    @Test("A file has a bound, and other kinds of files are named")
    func files() {
        var options = StatementReadingOptions()
        options.limits.fileBytes = 500
        let long = FileReading(Array(CamtSample().text.utf8), options: options, piece: 100)
        #expect(long.refusal?.sentence.contains("more than 500 bytes") == true)
        let kinds: [([UInt8], String)] = [
            ([0x1F, 0x8B, 8, 0], "gzip"), ([0x50, 0x4B, 3, 4], "ZIP"),
            (Array("%PDF-1.4".utf8), "PDF"),
            ([], "empty"), (Array("Date,Amount\n".utf8), "neither"), (Array("\r\n".utf8), "empty"),
            (Array("<a/>".utf8), "no camt.052"),
            (Array("<html><body></body></html>".utf8), "no camt"),
        ]
        for (bytes, word) in kinds {
            let refusal = FileReading(bytes).refusal
            #expect(refusal?.sentence.contains(word) == true, "\(refusal?.sentence ?? word)")
        }
    }

    @Test("Random changes never break the reader, and what is refused is not taken")
    func mutations() {
        var random = SplitMix64(seed: 53)
        let alphabet = Array("<>/&;\"'= \n-![]?.,0129CDRTx\u{0}\u{1A}é".utf8)
        let whole = Array(CamtSample().text.utf8)
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0...random.below(5) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = random.pick(alphabet)
                case 1: bytes.insert(random.pick(alphabet), at: place)
                case 2: bytes.remove(at: place)
                default:
                    let end = min(bytes.count, place + random.below(200))
                    bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
                }
            }
            let read = FileReading(bytes)
            if read.refusal != nil { refused += 1 }
            if read.refusal == nil { #expect(read.tally.rowsTaken == read.lines.count) }
            for finding in read.tally.findings { #expect(finding.sentence.utf8.count < 400) }
            // However it comes, the same is made of it.
            let piecewise = FileReading(bytes, piece: 1 + random.below(40))
            #expect(piecewise.events == read.events)
            #expect((piecewise.refusal == nil) == (read.refusal == nil))
        }
        #expect((1..<20_000).contains(refused))
        print("\(refused) of 20,000 changed documents were refused")
    }
}

/// What the process holds in memory now.
func residentBytes() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
        return 0
    }
    let pages = status.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(getpagesize())
}
