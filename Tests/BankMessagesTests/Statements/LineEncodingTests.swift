import BankMessages
import Chance
import Domain
import Foundation
import Testing

/// Rule 27 and the ways in which lines of MT and CSV come in.
@Suite("MT and CSV statements: encodings, ends of lines, pieces")
struct LineEncodingTests {
    private static let message = """
        :20:REF
        :25:B
        :28C:61/1
        :60F:C260301EUR1,
        :61:2603020302C2,NTRFX
        :86:Überweisung für Grüße
        :62F:C260302EUR3,
        -

        """

    /// What a file comes to that is read in pieces.
    private func read(
        _ bytes: [UInt8], _ options: StatementReadingOptions = StatementReadingOptions(),
        pieces: (Int) -> Int = { $0 }
    ) throws -> [StatementEvent] {
        var events: [StatementEvent] = []
        var reader = StatementFileReader(options: options)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(max(1, pieces(rest.count)))
            try reader.read(piece) { events.append($0) }
            rest = rest.dropFirst(piece.count)
        }
        try reader.finish { events.append($0) }
        return events
    }

    private func text(_ events: [StatementEvent]) -> String? {
        for case .line(let line) in events { return line.text }
        return nil
    }

    private func isGuessed(_ events: [StatementEvent]) -> Bool {
        events.contains { event in
            if case .finding(let finding) = event {
                finding.code == .encodingGuessed
            } else {
                false
            }
        }
    }

    @Test(
        "Rule 27: a text is what its bytes say, by mark, by agreement, or by a guess that is said")
    func encodings() throws {
        let wanted = "Überweisung für Grüße"
        let latin1 = Self.message.unicodeScalars.map { UInt8($0.value) }
        let utf8 = Array(Self.message.utf8)
        let utf16 = Self.message.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for bytes in [utf8, [0xEF, 0xBB, 0xBF] + utf8, [0xFF, 0xFE] + utf16] {
            let events = try read(bytes)
            #expect(text(events) == wanted)
            #expect(!isGuessed(events))
        }
        var options = StatementReadingOptions()
        options.encoding = .latin1
        #expect(text(try read(latin1, options)) == wanted)
        #expect(!isGuessed(try read(latin1, options)))
        #expect(text(try read(latin1)) == wanted)
        #expect(isGuessed(try read(latin1)))
        options.encoding = .utf8
        #expect(throws: StatementRefusal.self) { try read(latin1, options) }
    }

    @Test("CR, LF, CRLF, SOH and ETX end lines alike", arguments: ["\n", "\r", "\r\n"])
    func ends(end: String) throws {
        let plain = try read(Array(Self.message.utf8))
        let bytes = Array(Self.message.utf8.split(separator: 0x0A).joined(separator: end.utf8))
        #expect(try read(bytes) == plain)
        let framed = [0x01] + bytes + [0x03] + [0x01] + bytes + [0x03]
        #expect(try read(framed) == plain + plain)
    }

    @Test("A file that comes in pieces of any size tells the same")
    func pieces() throws {
        let mapping = try JSONDecoder().decode(
            CSVMapping.self,
            from: Data(
                """
                {"dates": "YYYY-MM-DD", "currency": "EUR", "amounts": {"decimal": "."},
                 "encoding": "Shift_JIS",
                 "columns": {"bookingDate": "日", "text": "内容", "amount": "金額"}}
                """.utf8))
        let rows = "日,内容,金額\r\n2026-03-02,\"振込\r\n\"\"ト\",1.5\r\n2026-03-03,x,-2\r\n"
        let table = try #require(rows.data(using: .shiftJIS))
        var random = SplitMix64(seed: 27)
        for (bytes, options) in [
            (Array(Self.message.utf8), StatementReadingOptions()),
            (Self.message.unicodeScalars.map { UInt8($0.value) }, StatementReadingOptions()),
            ([UInt8](table), StatementReadingOptions(csv: mapping)),
        ] {
            let whole = try read(bytes, options)
            #expect(whole.count > 2)
            for _ in 0..<200 {
                #expect(try read(bytes, options) { random.below(min($0, 40)) } == whole)
            }
        }
        let lines = try read([UInt8](table), StatementReadingOptions(csv: mapping))
        #expect(text(lines) == "振込\n\"ト")
    }
}
