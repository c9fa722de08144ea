import BankMessages
import Domain
import Testing

/// How banks wrap, break and bend messages.
@Suite("MT statements: forms of banks")
struct MTFormTests {
    private static let fields = """
        :20:REF
        :25:B
        :28C:00061/001
        :60F:C260301EUR1,
        :61:2603020302C2,NTRFX
        :62F:C260302EUR3,
        """

    @Test(
        "Frames around messages",
        arguments: [
            "@\n-", "@", "{1:F01ABCDEFGHXXXX0000000000}{2:I940ABCDEFGHXXXXN}{4:\n@\n-}",
            "{1:F01A}\n{2:O940A}\n{4:\n@\n-}{5:{MAC:1}{CHK:2}}", "ABNANL2A\n940\nABNANL2A\n@\n-",
            "0000 01INGBNL2AXXXX00001\n940 00\n@\n-XXX", ":940:\n@", "ä4:\n@\n-å",
            "An example\n\n------\n@\n-", "\n\n@\n-\n \n", "{1:F01A}{2:O940A}{4:@\n-}$",
            "{1:F21A}{4:{177:2603021200}{451:0}}{1:F01A}{2:O940A}{4:\n@\n-}{5:}",
        ])
    func frames(frame: String) {
        let text = frame.replacing("@", with: Self.fields)
        let one = LineReading.mt(text)
        #expect(one.looksComplete, "\(one.codes) \(String(describing: one.refusal))")
        #expect(one.tally.statements.count == 1)
        #expect(one.heads.first?.sequence == "00061")
        #expect(one.heads.first?.page == "001")
        let second = text.replacing("C260301EUR1,", with: "C260302EUR3,")
            .replacing("C260302EUR3,\n-", with: "C260302EUR5,\n-")
        let two = LineReading.mt(text + "\n" + second)
        #expect(two.tally.statements.count == 2)
        #expect(two.lines.count == 2)
    }

    @Test("The frame says what the message is; a stranger is refused")
    func types() {
        func read(_ type: String) -> LineReading {
            LineReading.mt("{1:F01A}{2:O\(type)A}{4:\n\(Self.fields)\n-}\n")
        }
        #expect(read("940").heads.first?.kind == .booked)
        #expect(read("950").heads.first?.messageName == "MT950")
        #expect(read("950").heads.first?.kind == .booked)
        #expect(read("942").heads.first?.kind == .interim)
        #expect(read("941").heads.first?.kind == .interim)
        let refusal = read("910").refusal
        #expect(refusal?.line == 1)
        #expect(refusal?.sentence.contains("MT910") == true)
    }

    @Test("A block without its end is cut off; a message without a closing balance lacks it")
    func cutOff() {
        let block = "{1:F01A}{2:O940A}{4:\n\(Self.fields)"
        #expect(LineReading.mt(block).codes == [.isCutOff])
        let open = Self.fields.split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(LineReading.mt(open).codes == [.noClosing])
        #expect(
            LineReading.mt(open + "\n:62F:Dnullnull7414,3").codes == [
                .unreadableAmount, .noClosing,
            ])
        #expect(LineReading.mt(open + "\n:62F:C260302EUR11 27,").codes.first == .unreadableAmount)
        #expect(LineReading.mt("").codes == [.isEmpty])
        #expect(LineReading.mt("no statement\nat all\n").codes == [.isEmpty])
    }

    @Test("Behind a dash alone another statement begins, without a head if it has none")
    func dash() {
        let read = LineReading.mt(
            ":20:A\n:25:B\n:60F:C260301EUR1,\n:61:260302C2,NTRFX\n-\n:62F:C260302EUR3,\n")
        #expect(read.tally.statements.count == 2)
        #expect(read.codes == [.noClosing, .noOpening])
    }

    @Test("Dashes, colons and times of day in texts belong to the text")
    func texts() throws {
        let wrapped = String(repeating: "x", count: 61) + "T10"
        let read = LineReading.mt(
            Self.fields.replacing(
                ":62F:",
                with: """
                    :86:-Nr. 1000620785
                    -3 27/201406
                    :26:37 Fo?25lgenr. 007
                    :00:00/
                    \(wrapped)
                    :20:37 behind a wrapped time
                    :62F:
                    """))
        #expect(read.looksComplete)
        let text = try #require(read.lines.first?.text)
        #expect(text.hasPrefix("-Nr. 1000620785\n-3 27/201406\n:26:37 Fo"))
        #expect(text.hasSuffix("T10\n:20:37 behind a wrapped time"))
        #expect(read.tally.statements.count == 1)
    }

    @Test("Fields that are none are passed over and said; so is what stands twice")
    func strangers() {
        #expect(LineReading.mt(Self.fields + "\n:65F:Dnull7,3").codes == [.passedOver])
        #expect(LineReading.mt(Self.fields + "\nrest of nothing").codes == [.passedOver])
        let again = LineReading.mt(
            Self.fields + "\n:25:OTHER\n:60F:C260301EUR9,\n:62F:C260302EUR3,")
        #expect(again.codes == [.passedOver, .passedOver])
        #expect(again.heads.map(\.account) == ["B"])
        let early = LineReading.mt(":20:A\n:99Z:x\n:25:B\n:60F:C260301EUR1,\n:62F:C260302EUR1,")
        #expect(early.codes == [.passedOver])
        #expect(early.tally.findings.first?.statement == 1)
        #expect(early.heads.map(\.account) == ["B"])
    }

    @Test(
        "Field 61 as banks bend it",
        arguments: [
            ("2603020302C2,NTRFOWN REF//AGENT REF", "NTRF", "OWN REF", "AGENT REF", nil),
            ("2603020302C2,NTRFNONREF//AGENT", "NTRF", nil, "AGENT", nil),
            ("2603020302C2,NTRFNONREF", "NTRF", nil, nil, nil),
            ("2603020302CN2,//19239782213", nil, nil, "19239782213", nil),
            (
                "260302C000000000002,00N084P002445588      Belastingdienst", "N084", "P002445588",
                nil, "Belastingdienst"
            ),
            ("2603020302C2,NOVBNL47INGB9999999999", "NOVB", "NL47INGB9999999999", nil, nil),
            ("260302C2,00NGT 8850426741301240", "NGT", "8850426741301240", nil, nil),
            ("2603020302C2,FMSCX//1/2//3", "FMSC", "X", "1/2//3", nil),
            ("2603020302C 2,S103X", "S103", "X", nil, nil), ("2603020302C2,", nil, nil, nil, nil),
            ("2603020302C2,NDDTEREF", "NDDT", nil, nil, nil),
            ("2603020302C2,00 NTRFX//Y", "NTRF", "X", "Y", nil),
            ("2603020302CR\n2,00NTRFX\nmore", "NTRF", "X", nil, "more"),
            ("2603020302C\n2,00NTRFX", "NTRF", "X", nil, nil),
            ("2603020302C2,NTRF\nmore", "NTRF", nil, nil, "more"),
            ("2603020302C2,\n3more", nil, nil, nil, "3more"),
        ] as [(String, String?, String?, String?, String?)])
    func entries(
        entry: String, type: String?, owner: String?, agent: String?, text: String?
    ) throws {
        let read = LineReading.mt(
            Self.fields.replacing("2603020302C2,NTRFX", with: entry))
        #expect(read.looksComplete)
        let line = try #require(read.lines.first)
        #expect(line.transactionCode == type)
        #expect(line.ownerReference == owner)
        #expect(line.agentReference == agent)
        #expect(line.text == text)
    }

    @Test("A closing balance without a currency has that of the statement")
    func balanceWithoutCurrency() {
        let read = LineReading.mt(Self.fields.replacing("62F:C260302EUR3,", with: "62F:C2603023,"))
        #expect(read.looksComplete)
        #expect(read.tally.statements.first?.closing?.currency == "EUR")
        #expect(LineReading.mt(":20:A\n:60F:C2603021,\n").codes.first == .unreadableAmount)
    }

    @Test("Supplementary details and field 86 are the text of a line; 86 behind 62 is not")
    func lineTexts() throws {
        let read = LineReading.mt(
            Self.fields.replacing(
                ":62F:", with: "/OCMT/EUR4,5/\n:86:first\nsecond\n:86:third\n:62F:")
                + "\n:64:C260302EUR3,\n:86:of the statement\n-\n")
        #expect(read.looksComplete)
        #expect(try #require(read.lines.first).text == "/OCMT/EUR4,5/\nfirst\nsecond\nthird")
        let front = LineReading.mt(
            Self.fields.replacing(":61:", with: ":86:BANK OF THE NORTH\n:61:"))
        #expect(try #require(front.lines.first).text == nil)
    }

    @Test("Texts are cut to their bound, references too, and a head that is too long is refused")
    func bounds() throws {
        let long = String(repeating: String(repeating: "ab", count: 500) + "\n", count: 40)
        let read = LineReading.mt(
            Self.fields.replacing(":62F:", with: ":86:\(long):62F:")
                .replacing("NTRFX", with: "NTRF" + String(repeating: "R", count: 5_000)))
        #expect(read.looksComplete)
        let line = try #require(read.lines.first)
        #expect((16_000...16_400).contains(line.text?.utf8.count ?? 0))
        #expect(line.ownerReference?.utf8.count == 512)
        let head = LineReading.mt(":20:A\n:25:\(String(repeating: "x", count: 600))\n")
        #expect(head.refusal?.line == 2)
    }
}
