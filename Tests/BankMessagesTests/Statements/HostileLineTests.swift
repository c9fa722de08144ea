import BankMessages
import Chance
import Domain
import Foundation
import Testing

/// MT and CSV that were cut, changed or made up: refused or flagged, never taken for the whole.
@Suite("MT and CSV statements: hostile input")
struct HostileLineTests {
    private static let message = """
        {1:F01AGNTDEFFXXXX0000000000}{2:O9401200260302AGNTDEFFXXXX00000000002603021200N}{4:
        :20:STMT/2026/61
        :25:DE02120300000000202051
        :28C:61/1
        :60F:C260301EUR1234,56
        :61:2603020302CR1000,00NTRFINV-4711//AGENT-1
        /OCMT/USD1080,55/
        :86:166?00GUTSCHRIFT?20EREF+INV-4711?21SVWZ+Invoice?30GENODEF1PFK?32Hans
        :61:2603020302RC17,01NCHG//AGENT-2
        :61:2603020301DR0,55NCHGNONREF
        :62F:C260302EUR2217,00
        :64:C260302EUR2217,00
        -}

        """

    private static let rows = """
        Date;Text;Amount;Balance
        02.03.2026;"a;b";1.000,00;2.234,56
        02.03.2026;c;-17,01;2.217,55
        03.03.2026;"d
        e";-0,55;2.217,00

        """

    private static func mapping() throws -> CSVMapping {
        let json = """
            {"delimiter": ";", "dates": "DD.MM.YYYY", "currency": "EUR", "order": "oldest-first",
             "amounts": {"decimal": ",", "thousands": "."},
             "columns": {"bookingDate": "Date", "text": "Text", "amount": "Amount",
               "balance": "Balance"}}
            """
        return try JSONDecoder().decode(CSVMapping.self, from: Data(json.utf8))
    }

    @Test("The two samples are whole")
    func whole() throws {
        #expect(LineReading.mt(Self.message).looksComplete)
        let rows = LineReading.csv(Self.rows, try Self.mapping())
        #expect(rows.looksComplete)
        #expect(rows.tally.statements.first?.closing?.amount.description == "2217.00")
    }

    @Test("A message cut anywhere before its end is flagged")
    func cutMessage() {
        let bytes = Array(Self.message.utf8)
        // The last two are the end of the line and the brace.
        for length in 0..<bytes.count - 3 {
            let read = LineReading.mt(String(decoding: bytes.prefix(length), as: UTF8.self))
            #expect(!read.looksComplete, "\(length)")
        }
    }

    @Test("Rows cut anywhere are refused or flagged, or end with the balance of the row before")
    func cutRows() throws {
        let mapping = try Self.mapping()
        let bytes = Array(Self.rows.utf8)
        for length in 0..<bytes.count - 2 {
            let read = LineReading.csv(
                String(decoding: bytes.prefix(length), as: UTF8.self), mapping)
            let closing = read.tally.statements.first?.closing?.amount.description
            // Whose closing balance is right has every row; the last one's balance may be cut.
            #expect(!read.looksComplete || closing != "2217.00" || length >= bytes.count - 9)
        }
    }

    @Test("One minor unit more or less in any amount is found")
    func oneUnitOff() {
        for (written, other) in [
            ("1234,56", "1234,57"), ("1000,00N", "999,99N"), ("17,01", "17,02"), ("D", "C"),
            ("DR0,55", "DR0,54"), ("62F:C260302EUR2217,00", "62F:C260302EUR2217,01"),
            ("RC17", "RD17"),
            ("62F:C", "62F:D"), ("60F:C", "60F:D"),
        ] {
            let range = Self.message.range(of: written == "D" ? "DR0,55" : written)!
            let changed = Self.message.replacingCharacters(
                in: range, with: written == "D" ? "CR0,55" : other)
            #expect(!LineReading.mt(changed).looksComplete, "\(written) \(other)")
        }
    }

    private static var amount: Regex<(Substring, Substring)> {
        #/:(?:61:\d{6}(?:\d{4}| {4})?[A-Z]{1,3}|6[02][FM]:[CD]\d{6}[A-Z]{3})(\d+,\d\d)/#
    }

    @Test("One minor unit off in any MT statement of others that adds up", .needsSharedStatements)
    func oneUnitOffOfOthers() throws {
        var changes = 0
        for file in try StatementManifest.read().files where file.format == "MT940" {
            let bytes = try SharedStatements.bytes(file.file)
            guard FileReading(bytes).isClean, let text = String(validating: bytes, as: UTF8.self)
            else { continue }
            for match in text.matches(of: Self.amount) {
                let last = text.index(before: match.output.1.endIndex)
                let digit = (Int(String(text[last]))! + 1) % 10
                let changed = text.replacingCharacters(in: last...last, with: "\(digit)")
                #expect(!FileReading(changed).isClean, "\(file.file): \(match.output.0)")
                changes += 1
            }
        }
        #expect(changes > 500)
        print("\(changes) amounts of MT changed by a minor unit are told of")
    }

    @Test("Random changes never break a reader, and what was refused is not taken")
    func mutations() throws {
        let mapping = try Self.mapping()
        var random = SplitMix64(seed: 18)
        let alphabet = Array("\r\n:{}-/?+\";,.0123456789CDRFM 6\u{0}\u{1A}é".utf8)
        var refused = 0
        for round in 0..<20_000 {
            var bytes = Array((round % 2 == 0 ? Self.message : Self.rows).utf8)
            for _ in 0...random.below(6) {
                let place = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[place] = random.pick(alphabet)
                case 1: bytes.insert(random.pick(alphabet), at: place)
                case 2: bytes.remove(at: place)
                default:
                    let end = min(bytes.count, place + random.below(60))
                    bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let read = round % 2 == 0 ? LineReading.mt(text) : LineReading.csv(text, mapping)
            if read.refusal != nil { refused += 1 }
            #expect(read.tally.rowsTaken <= read.lines.count)
            if read.refusal == nil { #expect(read.tally.rowsTaken == read.lines.count) }
            for finding in read.tally.findings { #expect(finding.sentence.utf8.count < 400) }
        }
        print("\(refused) of 20000 changed files were refused")
    }

    @Test("Long texts, many fields, many empty lines cost what they weigh, and no more is kept")
    func bombs() {
        let empty =
            ":20:A\n:25:B\n:60F:C260301EUR1,\n:61:260302C1,NTRFX\n:86:x\n"
            + String(repeating: "\n", count: 300_000) + ":62F:C260302EUR2,\n"
        let read = LineReading.mt(empty)
        #expect(read.looksComplete)
        #expect((read.lines.first?.text?.utf8.count ?? 0) < 17_000)
        let marks =
            ":20:A\n:60F:C260301EUR1,\n:61:260302C1,NTRFX\n:86:166"
            + String(repeating: "?2", count: 8_000) + "\n:62F:C260302EUR2,\n"
        #expect(LineReading.mt(marks).looksComplete)
        let words =
            ":20:A\n:60F:C260301EUR1,\n:61:260302C1,NTRFX\n:86:"
            + String(repeating: "166?20EREF+", count: 1_400) + "\n:62F:C260302EUR2,\n"
        #expect(LineReading.mt(words).looksComplete)
        let many =
            ":20:A\n:60F:C260301EUR1,\n:61:260302C1,NTRFX\n"
            + String(repeating: ":86:\n", count: 300_000) + ":62F:C260302EUR2,\n"
        #expect(LineReading.mt(many).looksComplete)
        let long =
            ":20:A\n:60F:C260301EUR1,\n:61:260302C1,NTRFX               "
            + String(repeating: "é", count: 20_000) + "\n:86:/EREF/"
            + String(repeating: "E", count: 600) + "\n:62F:C260302EUR2,\n"
        let cut = LineReading.mt(long)
        #expect(cut.lines.first?.text?.utf8.count == 16_384)
        #expect(cut.lines.first?.text?.hasSuffix("é") == true)
        #expect(cut.lines.first?.details == [])
        let strangers = String(repeating: ":99Z:x\n", count: 5_000)
        #expect(
            LineReading.mt(":20:A\n:60F:C260301EUR1,\n" + strangers).tally.findings.count == 1_000)
    }
}
