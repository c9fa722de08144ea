import BankMessages
import Domain
import Testing

@Suite("One faulty transaction refuses itself only")
struct FaultyTransactionTests {
    private static let changes: [(old: String, new: String, code: StatusReasonCode)] = [
        ("DE89370400440532013000", "DE00370400440532013000", .incorrectAccountNumber),
        (
            "<UETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c42</UETR>", "",
            .requiredCompulsoryElementMissing
        ),
        (">4931.20<", ">4931,20<", .invalidAmount),
        ("Ccy=\"THB\"", "Ccy=\"GBP\"", .notAllowedCurrency),
        (">2026-03-02<", ">2026-02-30<", .invalidDate),
        ("<Nm>Chanthaburi", "<Nm>\u{9F}", .elementContentFormallyIncorrect),
        (">BKKBTHBKXXX<", ">BKKB<", .bankIdentifierIncorrect),
        (">SHAR<", ">OURS<", .elementContentFormallyIncorrect),
        ("3c42<", "3c41<", .duplicateTransaction),
        ("<XchgRate>", "<XchgRate xmlns=\"\">", .invalidFileFormat),
    ]

    /// Three transactions with UETRs that end in 1, 2 and 3.
    private static func three(
        _ group: String = "", changing change: (String) -> String = { $0 }
    ) throws -> String {
        let start = try #require(samplePacs008.firstRange(of: "<CdtTrfTxInf>")).lowerBound
        let end = try #require(samplePacs008.firstRange(of: "</CdtTrfTxInf>")).upperBound
        let one = String(samplePacs008[start..<end])
        let all = (1...3).map { number in
            let text = one.replacing("3c4d<", with: "3c4\(number)<")
                .replacing("E2E-1<", with: "E2E-\(number)<")
            return number == 2 ? change(text) : text
        }
        return samplePacs008.replacing(one, with: all.joined())
            .replacing(">1</NbOfTxs>", with: ">3</NbOfTxs>\(group)")
    }

    @Test("The second of three, for every kind of fault", arguments: 0..<10)
    func second(place: Int) throws {
        let change = Self.changes[place]
        let text = try Self.three { text in
            #expect(text.contains(change.old))
            return text.replacing(change.old, with: change.new)
        }
        let message = try creditTransfers(Array(text.utf8))
        let instructions = message.paymentInstructions
        #expect(try instructions[0].get().endToEndIdentification == "E2E-1")
        #expect(try instructions[2].get().endToEndIdentification == "E2E-3")
        let refused = #expect(throws: MessageRejection.self) { try instructions[1].get() }
        #expect(refused?.code == change.code)
        #expect(refused?.path.contains("/CdtTrfTxInf[2]/") == true)
        #expect(refused?.transaction?.endToEndIdentification == "E2E-2")
        #expect(refused?.original?.messageIdentification == "MSG-1")
        #expect(message.originalTransaction(at: 1).endToEndIdentification == "E2E-2")
    }

    @Test("Of two with one UETR the first stays, however it fares")
    func duplicates() throws {
        for (first, code) in [("", nil), ("x", StatusReasonCode.incorrectAccountNumber)] {
            var text = try Self.three { $0.replacing("3c42<", with: "3c41<") }
            let iban = try #require(text.firstRange(of: "DE89"))
            text.replaceSubrange(iban, with: "DE89" + first)
            let results = try creditTransfers(Array(text.utf8)).transactions
            if let code {
                #expect(throws: MessageRejection.self) { try results[0].get() }
                guard case .failure(let error) = results[0] else { continue }
                #expect(error.code == code)
            } else {
                #expect(throws: Never.self) { try results[0].get() }
            }
            guard case .failure(let error) = results[1] else {
                Issue.record("the second was taken")
                continue
            }
            #expect(error.code == .duplicateTransaction)
            #expect(throws: Never.self) { try results[2].get() }
        }
    }

    @Test("Sums count what is stated, also by transactions that are refused")
    func sums() throws {
        for (group, isRight) in [
            ("<CtrlSum>14793.6</CtrlSum>", true), ("<CtrlSum>14793.61</CtrlSum>", false),
            ("<TtlIntrBkSttlmAmt Ccy=\"THB\">14793.60</TtlIntrBkSttlmAmt>", true),
            ("<TtlIntrBkSttlmAmt Ccy=\"THB\">14793.59</TtlIntrBkSttlmAmt>", false),
            ("<TtlIntrBkSttlmAmt Ccy=\"CNY\">14793.60</TtlIntrBkSttlmAmt>", false),
        ] {
            let text = try Self.three(group) { $0.replacing("DE89", with: "DE00") }
            let read = Result { try creditTransfers(Array(text.utf8)) }
            #expect(((try? read.get()) != nil) == isRight, "\(group)")
            // Without one of the amounts there is nothing to compare; that transaction is refused.
            let unreadable = try Self.three(group) { $0.replacing(">4931.20<", with: ">4931,20<") }
            #expect(try creditTransfers(Array(unreadable.utf8)).transactions.count == 3)
        }
    }

    @Test("Only faults of the group refuse all")
    func group() throws {
        for (old, new) in [
            (">3</NbOfTxs>", ">2</NbOfTxs>"), ("<MsgId>MSG-1</MsgId>", ""),
            ("T09:30:00+08:00</CreDtTm>", "</CreDtTm>"), (">CLRG<", ">NONE<"),
            (
                "</SttlmInf>",
                "</SttlmInf><InstgAgt><FinInstnId><BICFI>X</BICFI></FinInstnId></InstgAgt>"
            ),
        ] {
            let text = try Self.three()
            try #require(text.contains(old))
            let refused = #expect(throws: MessageRejection.self) {
                try creditTransfers(Array(text.replacing(old, with: new).utf8))
            }
            #expect(refused?.transaction == nil && refused?.path.contains("/GrpHdr/") == true)
        }
    }
}
